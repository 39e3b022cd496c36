import { isMapping, mappingOf, mergeValues, valueAt, type Values } from '../mapping/merge.ts';

/** A workload as the chart sees it, with what it inherits. */
export interface EffectiveWorkload {
  readonly key: string;
  readonly type: 'stateless' | 'stateful';
  readonly roles: readonly string[];
  readonly stateful: readonly string[];
  /** Everything the workload says or inherits. */
  readonly settings: Values;
}

/** A workload with the pods that its values ask for, at least where an autoscaler decides. */
export interface WorkloadPods {
  readonly name: string;
  readonly type: 'stateless' | 'stateful';
  /** Pods that work at the same time. */
  readonly replicas: number;
  readonly autoscaled: boolean;
  readonly recovery?: 'respawn' | 'fenced' | 'at-most-one';
  /** Set where one pod more stands by. */
  readonly standby?: 'cold';
  /** Why none does, where one could: in words that follow `no standby:`. */
  readonly withoutStandby?: string;
}

/** Settings of `workloadDefaults` that the chart does not hand on to stateful workloads. */
const notForStateful = ['type', 'replicas', 'autoscaling', 'strategy'];

/** Every workload that is switched on; the chart has one called `integration` when there is none. */
export function effectiveWorkloads(values: Values): readonly EffectiveWorkload[] {
  const written = mappingOf(values['workloads']);
  const workloads = Object.keys(written).length === 0 ? { integration: {} } : written;
  const stateless = mappingOf(values['workloadDefaults']);
  const stateful = Object.fromEntries(
    Object.entries(stateless).filter(([setting]) => !notForStateful.includes(setting)),
  );
  return Object.entries(workloads).flatMap(([key, own]) =>
    isMapping(own) && own['enabled'] !== false ? [effective({ stateless, stateful }, key, own)] : [],
  );
}

/** @param defaults what workloads of each type inherit. */
function effective(
  defaults: { readonly stateless: Values; readonly stateful: Values },
  key: string,
  own: Values,
): EffectiveWorkload {
  const type = (own['type'] ?? defaults.stateless['type']) === 'stateful' ? 'stateful' : 'stateless';
  const settings = mergeValues(defaults[type], own);
  const { roles, stateful } = mappingOf(settings['artifacts']);
  return { key, type, roles: texts(roles), stateful: texts(stateful), settings };
}

/** The pods that values ask for, read as the chart reads them; `values` lie over those of the chart. */
export function podsOf(values: Values): readonly WorkloadPods[] {
  const single = (values['pattern'] ?? 'single-replica') === 'single-replica';
  const isolates = valueAt(values, ['coordination', 'mode']) !== 'database';
  return effectiveWorkloads(values).map(({ key, type, settings }) => {
    const autoscaled = valueAt(settings, ['autoscaling', 'enabled']) === true;
    const asked = autoscaled ? valueAt(settings, ['autoscaling', 'minReplicas']) : settings['replicas'];
    const usual = single || (type === 'stateful' && isolates) ? 1 : 2;
    const given = typeof asked === 'number' ? asked : usual;
    if (settings['paused'] === true) return { name: key, type, replicas: 0, autoscaled: false };
    const isolated = type === 'stateful' && isolates && !autoscaled;
    return { name: key, type, replicas: given, autoscaled, ...(isolated ? recoveryOf(settings, given) : {}) };
  });
}

function recoveryOf(settings: Values, replicas: number): Pick<WorkloadPods, 'recovery' | 'standby' | 'withoutStandby'> {
  const { recovery, standby } = settings;
  if (recovery !== 'respawn' && recovery !== 'fenced' && recovery !== 'at-most-one') return {};
  if (recovery !== 'fenced' || replicas !== 1) return { recovery };
  if (standby === 'cold') return { recovery, standby };
  const because = standbylessBecause(settings);
  return { recovery, ...(because === undefined ? {} : { withoutStandby: because }) };
}

/** Why a workload cannot have a standby, or should not; undefined where it can have one. */
export function standbylessBecause({ standby, persistence, ports }: Values): string | undefined {
  const [volume] = Object.entries(mappingOf(persistence)).find(([, one]) => isMapping(one) && isOfOneNode(one)) ?? [];
  if (volume !== undefined) return `its ${volume} volume mounts on one node only`;
  const served = Object.values(mappingOf(ports)).filter(isMapping);
  if (served.some(({ protocol, expose }) => protocol === 'udp' && expose !== false))
    return 'a standby forwards only TCP, and one of its ports is UDP';
  // The chart's own default too, so it counts last.
  return standby === 'none' ? 'none is wanted' : undefined;
}

/** Nothing is known of a claim that exists already, so it counts as one unless the values say more. */
function isOfOneNode({ accessModes }: Values): boolean {
  return !(Array.isArray(accessModes) && accessModes.includes('ReadWriteMany'));
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
