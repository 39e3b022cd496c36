import { isMapping, mergeValues, valueAt, type Values } from '../merge.ts';
import { archivesOf } from './isolation.ts';

/** A workload as the chart sees it, with what it inherits. Only what has the right type is taken over. */
export interface EffectiveWorkload {
  readonly key: string;
  readonly type: 'stateless' | 'stateful';
  /** Undefined where neither the workload nor the defaults say it. */
  readonly replicas: number | undefined;
  readonly autoscaling: boolean;
  readonly minReplicas: number | undefined;
  /** Whether it has no pod for a while. */
  readonly paused: boolean;
  readonly strategy: Values;
  readonly recovery: string;
  readonly roles: readonly string[];
  readonly stateful: readonly string[];
  /** Roles that its servers have besides `roles`: MI's own, or those of its deployment.toml. */
  readonly serverRoles: readonly string[];
  /** Where its archives come from, as text to compare. */
  readonly archives: string;
  readonly database: string;
  readonly management: boolean;
  /** Everything the workload says or inherits. */
  readonly settings: Values;
  /** Where a setting comes from: the workload's own path, or that of the defaults it inherits from. */
  readonly pathOf: (...setting: readonly string[]) => readonly string[];
}

/** Settings of `workloadDefaults` that the chart does not hand on to stateful workloads. */
const notForStateful = ['type', 'replicas', 'autoscaling', 'strategy'];

/** Every workload that is switched on; the chart has one called `integration` when there is none. */
export function effectiveWorkloads(values: Values): readonly EffectiveWorkload[] {
  const written = isMapping(values['workloads']) ? values['workloads'] : {};
  const workloads = Object.keys(written).length === 0 ? { integration: {} } : written;
  const defaults = isMapping(values['workloadDefaults']) ? values['workloadDefaults'] : {};
  return Object.entries(workloads).flatMap(([key, own]) =>
    isMapping(own) && own['enabled'] !== false ? [effective(values, defaults, key, own)] : [],
  );
}

/** A workload with the pods that its values ask for, at least where an autoscaler decides. */
export interface WorkloadPods {
  readonly name: string;
  readonly type: 'stateless' | 'stateful';
  readonly replicas: number;
  readonly autoscaled: boolean;
}

/** The pods that values ask for, read as the chart reads them; `values` lie over those of the chart. */
export function podsOf(values: Values): readonly WorkloadPods[] {
  const single = (values['pattern'] ?? 'single-replica') === 'single-replica';
  return effectiveWorkloads(values).map(({ key, type, replicas, autoscaling, minReplicas, paused }) => ({
    name: key,
    type,
    replicas: paused ? 0 : ((autoscaling ? minReplicas : replicas) ?? (single || type === 'stateful' ? 1 : 2)),
    autoscaled: autoscaling && !paused,
  }));
}

function effective(values: Values, defaults: Values, key: string, own: Values): EffectiveWorkload {
  const type = (own['type'] ?? defaults['type']) === 'stateful' ? 'stateful' : 'stateless';
  const inherited =
    type === 'stateless'
      ? defaults
      : Object.fromEntries(Object.entries(defaults).filter(([setting]) => !notForStateful.includes(setting)));
  const merged = mergeValues(inherited, own);
  const at = (...path: readonly string[]): unknown => valueAt(merged, path);
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    key,
    type,
    replicas: number(at('replicas')),
    autoscaling: at('autoscaling', 'enabled') === true,
    minReplicas: number(at('autoscaling', 'minReplicas')),
    paused: at('paused') === true,
    strategy: mappingOr(at('strategy')),
    recovery: text(at('recovery')) || 'respawn',
    roles: texts(at('artifacts', 'roles')),
    stateful: texts(at('artifacts', 'stateful')),
    serverRoles: serverRoles(mergeValues(mappingOr(values['deploymentToml']), mappingOr(at('deploymentToml')))),
    archives: archivesOf(merged),
    database: text(
      valueAt(
        mergeValues(
          mappingOr(valueAt(values, ['coordination', 'database'])),
          mappingOr(at('coordination', 'database')),
        ),
        ['url'],
      ),
    ),
    management:
      (at('service', 'management', 'enabled') ?? valueAt(values, ['service', 'management', 'enabled'])) === true,
    settings: merged,
    pathOf: (...setting) =>
      valueAt(own, setting) === undefined && valueAt(inherited, setting) !== undefined
        ? ['workloadDefaults', ...setting]
        : ['workloads', key, ...setting],
  };
}

/** MI's roles unless deployment.toml names others (micro-integrator `default.json`, server.roles). */
function serverRoles(toml: Values): readonly string[] {
  const named = texts(valueAt(toml, ['server', 'roles']));
  return named.length > 0 ? named : ['EnterpriseIntegrator', 'EnterpriseServiceBus', 'DataServicesServer'];
}

function mappingOr(value: unknown): Values {
  return isMapping(value) ? value : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
