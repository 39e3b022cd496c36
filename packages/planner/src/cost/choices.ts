import type { Inventory } from '@mi-patterns/inventory';
import { assumptions, singleReplicaOutage, standbyOutage } from './cost.ts';
import type { Plan } from '../model/plan.ts';
import { deployedIn } from './written.ts';

/**
 * One way to run the same artifacts, for a comparison side by side. Memory in MiB, CPU in thousandths of a core, times
 * in seconds.
 */
export interface Choice {
  readonly name: string;
  /** All pods, those that stand by included. */
  readonly pods: number;
  readonly standbys: number;
  readonly memory: number;
  readonly cpu: number;
  /** How long stateful work is away when its pod or its node is lost; undefined where there is none. */
  readonly pause?: { readonly podLoss: number; readonly nodeLoss: number };
  /** What happens to requests in the meantime. */
  readonly requests: string;
  /** What can go wrong with it. */
  readonly risk: string;
  /** True for what the plan does. */
  readonly isChosen: boolean;
}

const goOn = 'The other pods keep serving; requests sent to a lost node fail until Kubernetes gives up the node.';
const respawn =
  'A node that is cut off may still run its pod, and a pod that is drained works until its last request has its answer: work may be done twice until then. recovery: fenced prevents that.';

/** What is better, and what is worse, where standbys take over. */
function takenOver(
  { name, standbys }: Pick<Choice, 'name' | 'standbys'>,
  start: number,
): Partial<Pick<Choice, 'pause' | 'risk'>> {
  if (standbys === 0) return {};
  const together = name.endsWith('isolate one') ? ' All stateful artifacts pause and restart together.' : '';
  return {
    pause: standbyOutage(start),
    risk: `While the API server is away, work with recovery: fenced stops.${together}`,
  };
}

/** The plan beside the other ways to run its artifacts: cost, pause and risk of each. */
export function choicesOf(inventory: Inventory, plan: Plan): readonly Choice[] {
  const stateful = plan.roles.size;
  const outage = singleReplicaOutage(deployedIn(inventory), stateful > 0);
  const isAllStateful =
    plan.pattern === 'coordinated' &&
    plan.coordination === 'isolate' &&
    plan.workloads.every(({ type }) => type === 'stateful');
  const serving = isAllStateful ? 'No other pod does the same: its work waits until it is back.' : goOn;
  const takeover = { podLoss: assumptions.databaseFailover, nodeLoss: assumptions.databaseFailover };
  const words: Readonly<Record<string, Pick<Choice, 'pause' | 'requests' | 'risk'>>> = {
    'multiple-replicas': { requests: goOn, risk: 'None: nothing here must run only once.' },
    'coordinated, isolate each': { pause: outage, requests: serving, risk: respawn },
    'coordinated, isolate one': {
      pause: outage,
      requests: serving,
      risk: `${respawn} All stateful artifacts pause and restart together.`,
    },
    'coordinated, database': {
      pause: takeover,
      requests: goOn,
      risk: 'Needs a database. A node that is cut off keeps running its tasks while another takes them over: work may be done twice.',
    },
    'single-replica': {
      ...(stateful > 0 ? { pause: outage } : {}),
      requests: `Everything is down for ${outage.podLoss} s, or ${outage.nodeLoss} s when the node is lost.`,
      risk: stateful > 0 ? respawn : 'Nothing answers during a loss.',
    },
  };
  const chosen = nameOf(plan);
  const rows = plan.alternatives.map(({ refused: why, ...alternative }): Choice => ({
    ...alternative,
    ...(words[alternative.name] ?? { requests: '', risk: '' }),
    ...(why === undefined ? {} : { risk: `Refused: ${why}.` }),
    ...takenOver(alternative, outage.podLoss),
    isChosen: alternative.name === chosen,
  }));
  if (rows.some(({ isChosen }) => isChosen)) return rows;
  const own = words[`${plan.pattern}, ${plan.coordination === 'database' ? 'database' : 'isolate each'}`];
  const { pods, standbys, memory, cpu } = plan.cost;
  const fallback = words[plan.pattern] ?? { requests: goOn, risk: respawn };
  const refused =
    plan.pattern === 'multiple-replicas' && plan.diagnostics.some(({ code }) => code === 'MI-PLAN-STATEFUL');
  return [
    {
      name: plan.pattern === 'coordinated' ? 'coordinated, groups of your own' : plan.pattern,
      pods,
      standbys,
      memory,
      cpu,
      ...(own ?? fallback),
      ...takenOver({ name: plan.pattern, standbys }, outage.podLoss),
      ...(refused ? { risk: 'Refused: stateful work would be done in every pod.' } : {}),
      isChosen: true,
    },
    ...rows,
  ];
}

/** The alternative that a plan is, by what it does and how many pods it has; undefined for groups of the user's own. */
function nameOf({ pattern, coordination, cost, alternatives }: Plan): string | undefined {
  const coordinated =
    coordination === 'database' ? ['coordinated, database'] : ['coordinated, isolate each', 'coordinated, isolate one'];
  const names = pattern === 'coordinated' ? coordinated : [pattern];
  return names.find((name) => alternatives.some((one) => one.name === name && one.pods === cost.pods));
}
