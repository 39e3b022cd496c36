import type { FuzzClass } from './harness.ts';

/** Every class by its name, in the order in which they are run. */
export const classes: Readonly<Record<string, () => Promise<FuzzClass>>> = {
  zip: async () => (await import('./readers.ts')).zip,
  xml: async () => (await import('./readers.ts')).xml,
  toml: async () => (await import('./toml.ts')).toml,
  encoder: async () => (await import('./toml.ts')).encoder,
  text: async () => (await import('./readers.ts')).text,
  yaml: async () => (await import('./yaml.ts')).yaml,
  values: async () => (await import('./documents.ts')).values,
  configuration: async () => (await import('./documents.ts')).configuration,
  groups: async () => (await import('./documents.ts')).groups,
  carry: async () => (await import('./carry.ts')).carryOver,
  translate: async () => (await import('./translate.ts')).translate,
  plans: async () => (await import('./plans.ts')).plans,
  long: async () => (await import('./long.ts')).long,
  projects: async () => (await import('./projects.ts')).projects,
  commands: async () => (await import('./commands.ts')).commands,
  names: async () => (await import('./names.ts')).names,
  registries: async () => (await import('./registries.ts')).registries,
  pulls: async () => (await import('./pulls.ts')).pulls,
  clusters: async () => (await import('./clusters.ts')).clusters,
  management: async () => (await import('./management.ts')).management,
  pictures: async () => (await import('./pictures.ts')).pictures,
  reporters: async () => (await import('./reporters.ts')).reporters,
  chart: async () => (await import('./documents.ts')).chart,
};
