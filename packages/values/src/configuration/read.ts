import { compareDiagnostics, type Diagnostic, hasErrors, kindNames } from '@mi-patterns/inventory';
import type { Group, PlanOptions } from '@mi-patterns/planner';
import { describe } from '../findings/catalogue.ts';
import type { Configuration } from '../generated/configuration.ts';
import { configurationSchema } from '../schema/schemas.ts';
import { validate } from '../generated/validate-configuration.js';
import { isMapping, valueAt } from '../mapping/merge.ts';
import { withoutEchoes } from '../schema/echoes.ts';
import { checkAgainstSchema } from '../schema/explain.ts';
import { nearest } from '../schema/nearest.ts';
import { writtenRules } from '../rules/written.ts';
import { locate } from '../yaml/locate.ts';
import { readYaml, type YamlFile } from '../yaml/read.ts';

export interface ConfigurationResult {
  /** Undefined when any diagnostic is an error. */
  readonly configuration?: Configuration;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads `mi-patterns.yaml`: all faults at once, each with its place. Never throws; `path` is only used in diagnostics.
 */
export function readConfiguration(text: string, path: string): ConfigurationResult {
  const file = readYaml(text, path, 'MI-CONFIG', 'yaml-1.2');
  if (file.value === undefined) return { diagnostics: file.diagnostics };
  const faults = withoutEchoes(
    checkAgainstSchema(validate, configurationSchema, { data: file.value, file, prefix: 'MI-CONFIG' }),
  );
  const rules = [...groupRules(file), ...verdictRules(file), ...environmentRules(file), ...writtenTexts(file)];
  const diagnostics = [...faults, ...rules].sort(compareDiagnostics);
  return hasErrors(diagnostics) ? { diagnostics } : { configuration: file.value as Configuration, diagnostics };
}

/** Settings under `values` that would be written into the values file as another text than they are here. */
function writtenTexts(file: YamlFile): readonly Diagnostic[] {
  const environments = file.value?.['environments'];
  const names = isMapping(environments) ? Object.keys(environments) : [];
  return [['values'], ...names.map((name) => ['environments', name, 'values'])].flatMap((base) =>
    writtenRules(file, base).map(({ path, message, hint }) =>
      describe('MI-CONFIG-FORMAT', message, locate(file, path, 'value').source, hint),
    ),
  );
}

export interface GroupsResult {
  readonly groups?: readonly Group[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a group file (`--isolate FILE`): a mapping of the workload's name to globs over artifact ids, also below the
 * key `groups` as in `mi-patterns.yaml`. Never throws.
 */
export function readGroups(text: string, path: string): GroupsResult {
  const file = readYaml(text, path, 'MI-CONFIG', 'yaml-1.2');
  if (file.value === undefined) return { diagnostics: file.diagnostics };
  // Globs are lists, so a mapping called `groups` is no group.
  const below = isMapping(file.value['groups']) && Object.keys(file.value).length === 1;
  const data = (below ? file.value : { groups: file.value }) as Pick<Configuration, 'groups'>;
  const faults = withoutEchoes(
    checkAgainstSchema(validate, configurationSchema, { data, file, prefix: 'MI-CONFIG', wrapped: below ? 0 : 1 }),
  );
  const diagnostics = [...faults, ...repeatedGlobs(file, below ? ['groups'] : [])].sort(compareDiagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  return { groups: groupsOf(data, file, below ? ['groups'] : []), diagnostics };
}

/** The groups in the order of the file. `base`: the keys that lead to them. */
function groupsOf(
  { groups = {} }: Pick<Configuration, 'groups'>,
  file: YamlFile,
  base: readonly string[],
): readonly Group[] {
  return Object.entries(groups).map(([name, match]) => ({
    name,
    match,
    source: locate(file, [...base, name], 'key').source,
  }));
}

/** What a configuration decides itself, as the planner takes it. */
export function decisionsOf(
  configuration: Configuration,
  text: string,
  path: string,
): { readonly groups: readonly Group[]; readonly verdicts: PlanOptions['verdicts'] } {
  const { groups, verdicts = {} } = configuration;
  if (groups === undefined && Object.keys(verdicts).length === 0) return { groups: [], verdicts: new Map() };
  const file = readYaml(text, path, 'MI-CONFIG', 'yaml-1.2');
  const overrides = Object.entries(verdicts).map(([id, override]) => {
    const { source } = locate(file, ['verdicts', id], 'key');
    return [id, { ...override, source }] as const;
  });
  return { groups: groupsOf(configuration, file, ['groups']), verdicts: new Map(overrides) };
}

function groupRules(file: YamlFile): readonly Diagnostic[] {
  const { groups, isolate } = file.value ?? {};
  const at = (key: string): ReturnType<typeof locate> => locate(file, [key], 'key');
  if (groups !== undefined && (isolate === 'each' || isolate === 'one')) {
    return [
      describe(
        'MI-CONFIG-GROUPS',
        `\`groups\` has no effect, because \`isolate\` is \`${isolate}\`.`,
        at('groups').source,
        'Set `isolate: groups`, or remove `groups`.',
      ),
    ];
  }
  if (groups === undefined && isolate === 'groups') {
    return [
      describe(
        'MI-CONFIG-GROUPS',
        '`isolate` is `groups`, but there are no `groups`.',
        at('isolate').source,
        'Add `groups:` with names and globs, or use `isolate: each`.',
      ),
    ];
  }
  return repeatedGlobs(file, ['groups']);
}

function repeatedGlobs(file: YamlFile, base: readonly string[]): readonly Diagnostic[] {
  const groups = valueAt(file.value, base);
  if (!isMapping(groups)) return [];
  const first = new Map<string, { readonly name: string; readonly path: readonly string[] }>();
  const found: Diagnostic[] = [];
  for (const [name, globs] of Object.entries(groups)) {
    for (const [index, glob] of (Array.isArray(globs) ? globs : []).entries()) {
      if (typeof glob !== 'string') continue;
      const path = [...base, name, String(index)];
      const earlier = first.get(glob);
      if (earlier === undefined) first.set(glob, { name, path });
      else {
        found.push(
          describe(
            'MI-CONFIG-GLOB-TWICE',
            `\`${glob}\` appears in the groups \`${earlier.name}\` and \`${name}\`.`,
            locate(file, path, 'value').source,
            { related: [locate(file, earlier.path, 'value').source] },
          ),
        );
      }
    }
  }
  return found;
}

/** Kinds that a verdict can be about. */
const kinds = kindNames.filter((kind) => kind !== 'unsupported');

function verdictRules(file: YamlFile): readonly Diagnostic[] {
  const verdicts = file.value?.['verdicts'];
  if (!isMapping(verdicts)) return [];
  return Object.keys(verdicts).flatMap((id) => {
    const slash = id.indexOf('/');
    const kind = slash < 0 ? id : id.slice(0, slash);
    if (slash > 0 && slash < id.length - 1 && (kinds as readonly string[]).includes(kind)) return [];
    const meant = nearest(kind, kinds);
    const known =
      meant === undefined ? `Kinds are ${kinds.join(', ')}.` : `Did you mean \`${meant}${id.slice(slash)}\`?`;
    const hint = slash < 0 ? 'Write the kind, a slash and the name, for example `task/OrderTask`.' : known;
    return [
      describe(
        'MI-CONFIG-ARTIFACT-ID',
        `\`${id}\` is not an artifact id.`,
        locate(file, ['verdicts', id], 'key').source,
        hint,
      ),
    ];
  });
}

function environmentRules(file: YamlFile): readonly Diagnostic[] {
  const top = file.value ?? {};
  const environments = top['environments'];
  const names = isMapping(environments) ? Object.keys(environments) : [];
  const targets = new Map<string, string>();
  return [
    ...(names.length === 0 ? replicaRule(file, [], top, top) : []),
    ...names.flatMap((name) => {
      const path = ['environments', name];
      const own = valueAt(top, path);
      if (own !== null && !isMapping(own)) return [];
      const merged = { ...top, ...own };
      const target = JSON.stringify([
        merged['context'] ?? null,
        merged['namespace'] ?? null,
        merged['release'] ?? null,
      ]);
      const earlier = targets.get(target);
      if (earlier === undefined) targets.set(target, name);
      const same =
        earlier === undefined
          ? []
          : [
              describe(
                'MI-CONFIG-SAME-TARGET',
                `The environments \`${earlier}\` and \`${name}\` have the same context, namespace and release.`,
                locate(file, path, 'key').source,
                { related: [locate(file, ['environments', earlier], 'key').source] },
              ),
            ];
      return [...same, ...replicaRule(file, path, own ?? {}, merged)];
    }),
  ];
}

/** Replicas and pattern are judged where they meet; the place is the value that the environment itself says. */
function replicaRule(
  file: YamlFile,
  path: readonly string[],
  own: Readonly<Record<string, unknown>>,
  merged: Readonly<Record<string, unknown>>,
): readonly Diagnostic[] {
  const { pattern, replicas } = merged;
  if (typeof replicas !== 'number') return [];
  // Replicas written as a default count for the environments of another pattern only.
  if (pattern === 'single-replica' && replicas !== 1 && own['replicas'] !== undefined) {
    return [
      describe(
        'MI-CONFIG-REPLICAS',
        `\`replicas\` is ${replicas}, but \`single-replica\` runs exactly one.`,
        locate(file, [...path, 'replicas'], 'value').source,
        'Remove `replicas`, or use `multiple-replicas` or `coordinated`.',
      ),
    ];
  }
  if (pattern === 'multiple-replicas' && replicas < 2) {
    const key = own['replicas'] !== undefined ? 'replicas' : 'pattern';
    const place = own[key] === undefined ? locate(file, ['replicas'], 'value') : locate(file, [...path, key], 'value');
    return [
      describe(
        'MI-CONFIG-REPLICAS',
        `\`replicas\` is ${replicas}, but \`multiple-replicas\` needs at least 2.`,
        place.source,
        'Set `replicas: 2` or more, or use `single-replica`.',
      ),
    ];
  }
  return [];
}
