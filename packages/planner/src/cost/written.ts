import type { Inventory } from '@mi-patterns/inventory';
import { costOf, priceOf } from './cost.ts';
import type { Plan, Recovery, Workload } from '../model/plan.ts';

/** What the values of a plan make of one workload. */
export interface WrittenWorkload {
  /** Pods that work at the same time. */
  readonly replicas: number;
  readonly recovery?: Recovery;
  readonly standby?: 'cold';
  readonly withoutStandby?: string;
}

/**
 * The plan with the pods that its values ask for, and what they cost.
 *
 * @param written by name of workload; `mayStandBy`: `generate` writes a standby for each workload that can have one,
 *   which the cost of the alternatives goes by.
 */
export function withWritten(
  plan: Plan,
  inventory: Inventory,
  { written, mayStandBy }: { readonly written: ReadonlyMap<string, WrittenWorkload>; readonly mayStandBy: boolean },
): Plan {
  // By Object.assign, since V8 gives each object of two spreads a hidden class of its own.
  const workloads = plan.workloads.map((workload): Workload => Object.assign({}, workload, written.get(workload.name)));
  return {
    ...plan,
    workloads,
    cost: costOf(workloads, plan.coordination, deployedIn(inventory), plan.delivery),
    alternatives: mayStandBy ? alternativesWithStandbys({ ...plan, workloads }) : plan.alternatives,
  };
}

/** The number of artifacts that something deploys. */
export function deployedIn({ applications, artifacts }: Inventory): number {
  const everything = applications.length === 0;
  return artifacts.filter((artifact) => everything || artifact.applications.length > 0).length;
}

/**
 * The alternatives with the standbys that `generate` would write. What keeps a workload of the plan from having one
 * keeps at least one workload of `isolate each` from it, and the only one of `isolate one`.
 */
function alternativesWithStandbys({ alternatives, workloads, pattern, coordination }: Plan): Plan['alternatives'] {
  const isDivided = pattern === 'coordinated' && coordination === 'isolate';
  const without = workloads.filter(
    ({ type, standby }) => isDivided && type === 'stateful' && standby === undefined,
  ).length;
  const podsOf = (name: string): number => alternatives.find((one) => one.name === name)?.pods ?? 0;
  const units = podsOf('coordinated, isolate each') - podsOf('coordinated, isolate one') + 1;
  const standbys: Readonly<Record<string, number>> = {
    'coordinated, isolate each': Math.max(0, units - without),
    'coordinated, isolate one': without > 0 ? 0 : 1,
  };
  return alternatives.map((alternative) => {
    const more = standbys[alternative.name] ?? 0;
    return { ...alternative, ...priceOf({ pods: alternative.pods + more, standbys: more }) };
  });
}
