import type { PlanOptions } from '@mi-patterns/planner';
import type { LoadedConfiguration } from './loaded.ts';

/** Pods of the workload that scales, where nothing says how many: one can be lost while another is updated. */
const defaultReplicas = 3;

/** What an environment decides of a plan, where it decides anything. */
export type EnvironmentChoices = Pick<Partial<PlanOptions>, 'pattern' | 'coordination' | 'replicas'>;

/** What a caller decides of a plan, whatever the configuration says. */
export type PlanChoices = EnvironmentChoices & Pick<Partial<PlanOptions>, 'isolate' | 'delivery'>;

/**
 * Planner options: what the caller chooses wins over the environment, the environment over the configuration, and that
 * over the defaults. Pure.
 */
export function planOptionsOf(
  loaded: Pick<LoadedConfiguration, 'configuration' | 'groups' | 'verdicts'> | undefined,
  environment: EnvironmentChoices = {},
  choices: PlanChoices = {},
): PlanOptions {
  const configuration = loaded?.configuration ?? {};
  const pattern = choices.pattern ?? environment.pattern ?? configuration.pattern;
  return {
    ...(pattern === undefined ? {} : { pattern }),
    replicas: choices.replicas ?? environment.replicas ?? configuration.replicas ?? defaultReplicas,
    isolate: choices.isolate ?? isolationOf(loaded),
    coordination: choices.coordination ?? environment.coordination ?? configuration.coordination ?? 'isolate',
    delivery: choices.delivery ?? configuration.delivery ?? 'roles',
    verdicts: loaded?.verdicts ?? new Map(),
  };
}

function isolationOf(
  loaded: Pick<LoadedConfiguration, 'configuration' | 'groups'> | undefined,
): PlanOptions['isolate'] {
  if (loaded === undefined) return 'each';
  const { configuration, groups } = loaded;
  if (configuration.isolate === 'one') return 'one';
  return configuration.isolate === 'groups' || configuration.groups !== undefined ? { groups } : 'each';
}
