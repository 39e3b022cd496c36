import { measured } from '../generated/measured.ts';
import type { Cost, Plan, Workload } from '../model/plan.ts';

/**
 * Assumptions of the cost of a plan. They are averages for comparison; the values of the chart decide what a pod really
 * gets.
 */
export const assumptions = {
  /** MiB that a pod asks for: `workloadDefaults.heap` of the chart, max and overhead. */
  memoryPerPod: 1024,
  /** Thousandths of a core that a pod asks for: `workloadDefaults.resources.requests.cpu` of the chart. */
  cpuPerPod: 250,
  /** Seconds until a server without artifacts is ready: 6 to 9 s seen with MI 4.3.0 built from source, rounded up. */
  serverStart: 10,
  /** Seconds that each artifact adds. An estimate: a deployment is the parsing of one small XML file. */
  startPerArtifact: 0.01,
  /** Seconds until Kubernetes counts a silent node as lost (node-monitor-grace-period, 50 s since Kubernetes 1.32). */
  nodeDetection: 50,
  /**
   * Seconds a pod may stay on a lost node: the not-ready and unreachable tolerations of a stateful workload in the
   * chart.
   */
  toleration: 30,
  /** The same for any other pod: what Kubernetes gives it (DefaultTolerationSeconds). */
  defaultToleration: 300,
  /**
   * Seconds until a volume that one node alone can mount is taken from a lost node (maxWaitForUnmountDuration of
   * Kubernetes).
   */
  volumeDetach: 360,
  /**
   * Seconds until another node takes the tasks over: heartbeat 5 s, 3 retries (RDBMSCoordinationStrategy.java:158-190).
   */
  databaseFailover: 15,
} as const;

/** What the workloads cost to run, and how long each that runs, not paused, is away when its pod or node is lost. */
export function costOf(
  workloads: readonly Workload[],
  coordination: 'isolate' | 'database',
  deployed: number,
  delivery: 'roles' | 'archives',
): Cost {
  const count = countPods(workloads);
  return {
    ...priceOf(count),
    serverStarts: count.pods - count.standbys,
    downtime: workloads
      .filter(({ replicas }) => replicas > 0)
      .map((workload) =>
        downtimeOf(workload, coordination, delivery === 'roles' ? deployed : workload.artifacts.length),
      ),
  };
}

/**
 * The pods of workloads: all of them, and those of them that stand by. Everything that shows a number of pods takes it
 * from here.
 */
export function countPods(
  workloads: readonly Pick<Workload, 'replicas' | 'standby'>[],
): Pick<Cost, 'pods' | 'standbys'> {
  const standbys = workloads.filter(({ standby }) => standby !== undefined).length;
  return { pods: workloads.reduce((sum, { replicas }) => sum + replicas, standbys), standbys };
}

/** What pods reserve. One that stands by reserves as much as one that works. */
export function priceOf({ pods, standbys }: Pick<Cost, 'pods' | 'standbys'>): Omit<Cost, 'serverStarts' | 'downtime'> {
  return { pods, standbys, memory: pods * assumptions.memoryPerPod, cpu: pods * assumptions.cpuPerPod };
}

/** What happens to one workload, apart from its name. The sentences say what docs/availability.md measured. */
type Downtime = Omit<Cost['downtime'][number], 'workload'>;

function downtimeOf(
  workload: Workload,
  coordination: 'isolate' | 'database',
  artifacts: number,
): Cost['downtime'][number] {
  const start = startOf(artifacts);
  const byDatabase = coordination === 'database' && workload.stateful.length > 0;
  const several = byDatabase ? ofDatabase : ofReplicas;
  const found = workload.replicas === 1 ? ofOnePod(workload, start) : several(workload);
  return { workload: workload.name, ...found };
}

function startOf(artifacts: number): number {
  return Math.round(assumptions.serverStart + artifacts * assumptions.startPerArtifact);
}

const newBeforeOld = 'New pods are ready before old ones end; no request failed when measured.';

/** A Service goes on sending its share to a lost node until Kubernetes gives up the node. */
function requestsFail({ replicas }: Workload): NonNullable<Downtime['requestsFail']> {
  return { oneOf: replicas, seconds: assumptions.nodeDetection };
}

function ofReplicas(workload: Workload): Downtime {
  return {
    podLoss: 0,
    nodeLoss: 0,
    requestsFail: requestsFail(workload),
    because:
      'The other replicas keep serving. Requests inside a lost pod fail, and so do requests sent to a lost node until Kubernetes gives it up.',
    cutOff: 'As with a lost node; nothing here runs twice.',
    imageChange: newBeforeOld,
  };
}

function ofDatabase(workload: Workload): Downtime {
  return {
    podLoss: assumptions.databaseFailover,
    nodeLoss: assumptions.databaseFailover,
    requestsFail: requestsFail(workload),
    because:
      'Another pod takes over the coordinated work once it misses the heartbeat of the lost pod; requests are served meanwhile.',
    cutOff:
      'The server on that node keeps running its tasks while another takes them over: they ran twice when measured.',
    imageChange: newBeforeOld,
  };
}

const doneTwice = 'The old pod may keep working while the next one starts: work ran twice for 14 s when measured.';
const cutOffWords = `With recovery respawn: ${doneTwice} With fenced, the old pod stops itself first; with at-most-one, no other pod starts.`;

/** What the recovery of a workload changes, where its values are known. */
function recovered(
  { recovery, standby }: Workload,
  { start, nodeLoss, claim }: { readonly start: number; readonly nodeLoss: number; readonly claim: boolean },
): Partial<Downtime> {
  if (recovery === 'respawn') return { cutOff: doneTwice };
  if (recovery === 'at-most-one')
    return {
      waitsForNode: true,
      because: `A new server has to start (${start} s). When its node is lost, no other pod starts before the node is back or its Node object is removed.`,
      cutOff: 'The old pod keeps working, and no other starts: nothing runs twice.',
    };
  if (recovery !== 'fenced') return {};
  const cutOff = 'The old pod stops itself before the next one starts: nothing ran twice when measured.';
  if (standby === undefined)
    return {
      nodeLoss: nodeLoss + fencedDelay,
      because: `A new server has to start (${start} s). When its node is lost, it also waits until the Lease of the old pod has ended${claim ? `, and for its volume: if one node alone can mount it, it is free after ${assumptions.volumeDetach} s more` : ''}.`,
      cutOff,
    };
  return {
    ...standbyOutage(start),
    because: `A standby on another node starts its server (${start} s): immediately when the pod is lost, ${standbyDelay} s later when its node is.`,
    cutOff,
    imageChange: `The standby starts the new server once the old one has ended: a pause of ${measuredPause('fenced-cold', 'image changed')} s when measured, and nothing ran twice.`,
  };
}

/**
 * Seconds that workloads with and without a standby are away after a lost node, beyond the start of a server, as
 * measured.
 */
const standbyDelay = measuredPause('fenced-cold', 'node lost') - measuredPause('fenced-cold', 'server killed');
const fencedDelay = measuredPause('fenced', 'node lost') - measuredPause('respawn', 'node lost');

function measuredPause(recovery: string, event: string): number {
  return measured[recovery]?.[event]?.pause ?? 0;
}

/**
 * Seconds that work is away when a pod or a node is lost and a standby takes over. `start`: seconds until a server is
 * ready.
 */
export function standbyOutage(start: number): { readonly podLoss: number; readonly nodeLoss: number } {
  return { podLoss: start, nodeLoss: start + standbyDelay };
}

function ofOnePod(workload: Workload, start: number): Downtime {
  const stateful = workload.type === 'stateful';
  const { nodeDetection, toleration, defaultToleration, volumeDetach } = assumptions;
  const stay = stateful ? toleration : defaultToleration;
  const claim = stateful && workload.persistence.some(({ what }) => what !== 'shared-directory');
  const nodeLoss = nodeDetection + stay + (claim ? volumeDetach : 0) + start;
  const volume = claim ? `; its volume, if one node alone can mount it, is free after ${volumeDetach} s more` : '';
  return {
    podLoss: start,
    nodeLoss,
    because: `A new server has to start (${start} s). Kubernetes notices a lost node after ${nodeDetection} s and evicts its pods ${stay} s later${volume}.`,
    cutOff: stateful
      ? cutOffWords
      : 'The old pod may keep running while the next one starts; requests reach the next one.',
    imageChange: stateful
      ? `The old server ends before the next one starts: a pause of its stop and ${start} s, 14 to 17 s when measured, and nothing ran twice.`
      : 'The next pod is ready before the old one ends.',
    ...(stateful ? recovered(workload, { start, nodeLoss, claim }) : {}),
  };
}

/** How many pods each choice would take, for comparison; the choice of the plan is among them. */
export function alternativesOf(counts: {
  readonly stateless: number;
  readonly stateful: number;
  readonly units: number;
  readonly replicas: number;
  readonly databaseRefused: string | undefined;
}): Plan['alternatives'] {
  const replicas = Math.max(2, counts.replicas);
  const scaled = counts.stateless > 0 ? replicas : 0;
  const choices: [name: string, pods: number][] =
    counts.stateful === 0
      ? [['multiple-replicas', scaled]]
      : [
          ['coordinated, isolate each', scaled + counts.units],
          ['coordinated, isolate one', scaled + 1],
          ['coordinated, database', replicas],
        ];
  choices.push(['single-replica', counts.stateless + counts.stateful > 0 ? 1 : 0]);
  return choices.map(([name, pods]) => ({
    name,
    ...priceOf({ pods, standbys: 0 }),
    ...(name === 'coordinated, database' && counts.databaseRefused !== undefined
      ? { refused: counts.databaseRefused }
      : {}),
  }));
}

/**
 * Seconds that everything is away when the only pod of a single replica is lost, and when its node is.
 *
 * @param stateful whether any artifact is: the pod then leaves a lost node sooner.
 */
export function singleReplicaOutage(deployed: number, stateful: boolean): { podLoss: number; nodeLoss: number } {
  const start = startOf(deployed);
  const { nodeDetection, toleration, defaultToleration } = assumptions;
  return { podLoss: start, nodeLoss: nodeDetection + (stateful ? toleration : defaultToleration) + start };
}
