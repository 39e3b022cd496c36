import { counted, grouped } from '@mi-patterns/inventory';
import {
  type Cost,
  countPods,
  type Flow,
  type FlowEdge,
  type FlowNode,
  inNoWorkload,
  type Plan,
} from '@mi-patterns/planner';

/** `coordinated: 3 workloads, 7 pods (2 on standby)`. */
export function planTitle({
  pattern,
  workloads,
}: Pick<Plan, 'pattern'> & {
  readonly workloads: readonly {
    readonly replicas: number;
    readonly standby?: 'cold';
    readonly autoscaled?: boolean;
  }[];
}): string {
  const atLeast = workloads.some(({ autoscaled }) => autoscaled === true) ? 'at least ' : '';
  return `${pattern}: ${counted(workloads.length, 'workload')}, ${atLeast}${podsAndStandbys(countPods(workloads))}`;
}

/** Whether a picture draws a node in the box of its workload. */
export function isInWorkload({ kind, workload }: Pick<FlowNode, 'kind' | 'workload'>): boolean {
  return kind === 'artifact' && workload !== undefined;
}

/** `7 pods (2 on standby)`. */
export function podsAndStandbys({ pods, standbys }: Pick<Cost, 'pods' | 'standbys'>): string {
  const waiting = standbys === 0 ? '' : ` (${grouped(standbys)} on standby)`;
  return `${grouped(pods)} ${pods === 1 ? 'pod' : 'pods'}${waiting}`;
}

/** What a picture of one pod must not promise. */
export function honestWords(flow: Pick<Flow, 'workloads'>): string[] {
  const ways = new Set(flow.workloads.filter(({ type }) => type === 'stateful').map(wayOf));
  if (ways.size === 0) return [];
  // Where one of them is not known, the sentence about all of them says what each does.
  const said = ways.has('unknown') ? ['unknown' as const] : wayNames.filter((way) => ways.has(way));
  return said.map((way) => wordsOf[way]);
}

const wayNames = ['standby', 'fenced', 'respawn', 'at-most-one'] as const;

/** How a stateful workload comes back. */
function wayOf({ standby, recovery }: Flow['workloads'][number]): (typeof wayNames)[number] | 'unknown' {
  return standby === undefined ? (recovery ?? 'unknown') : 'standby';
}

const frozen = 'Work may be done twice, for a few moments, only after a whole node was frozen.';
const wordsOf = {
  unknown:
    'Only one pod at a time does stateful work during an update. With recovery: respawn, a node that is cut off may still run its pod: the work may be done twice until the node is back. recovery: fenced and at-most-one prevent that.',
  standby: `One pod at a time does stateful work; the pod that waits starts when the Lease of the other has ended. ${frozen}`,
  fenced: `With recovery: fenced, one pod at a time does stateful work: the next one starts when the Lease of the other has ended. ${frozen}`,
  respawn:
    'With recovery: respawn, only one pod at a time does stateful work during an update, but a node that is cut off may still run its pod: the work may be done twice until the node is back. recovery: fenced and at-most-one prevent that.',
  'at-most-one':
    'With recovery: at-most-one, one pod at a time does stateful work: when its node is lost, no other starts before the node is back or its Node object is removed.',
} as const;

/** Why nothing runs what is drawn in a frame without pods: one of the values is paused, the other is no workload. */
export function noPodsInWords({ name }: Pick<Flow['workloads'][number], 'name'>): string {
  return name === inNoWorkload ? 'nothing deploys it' : 'paused, without a pod';
}

/** The pods of a workload in words. */
export function podsInWords({ name, type, replicas, standby, count }: Flow['workloads'][number]): string {
  if (replicas === 0) return noPodsInWords({ name });
  const one = standby === undefined ? 'one pod at a time' : 'one pod works, one is a standby';
  const pods = type === 'stateful' ? one : counted(replicas, 'pod');
  return count > 1 ? `${count} workloads, ${pods} each` : pods;
}

/** A node in one line: what it is, its name, more about it, and what is dangerous. */
export function nodeInWords({ note, label, danger }: FlowNode): string {
  const sign = danger === undefined ? '' : ` (${signOf(danger)} ${danger.word})`;
  const [kind = '', ...more] = note.split(', ');
  return `${kind === '' ? '' : `${kind} `}${label}${more.length === 0 ? '' : ` (${more.join(', ')})`}${sign}`;
}

/** Colours of what fails and of what may lose messages, readable on white and on the frames of workloads. */
export const dangerColours = { broken: '#b3261e', risk: '#855800' } as const;

/** The sign of a danger, for those who do not see its colour. */
export function signOf({ level }: NonNullable<FlowEdge['danger']>): string {
  return level === 'broken' ? '✗' : '▲';
}

/** The whole picture as sentences, for those who cannot see it. */
export function readFlow(flow: Flow): string {
  const names = new Map(flow.nodes.map((node) => [node.id, nodeInWords(node)]));
  const sentences = flow.edges.map(
    ({ from, to, danger }) =>
      `${names.get(from) ?? from} leads to ${names.get(to) ?? to}${danger === undefined ? '' : `, ${danger.word}`}.`,
  );
  const shown = sentences.slice(0, 200);
  return [
    ...flow.workloads.map((workload) => `Workload ${workload.name}: ${podsInWords(workload)}.`),
    ...shown,
    ...(sentences.length > shown.length ? [`And ${sentences.length - shown.length} more.`] : []),
  ].join(' ');
}
