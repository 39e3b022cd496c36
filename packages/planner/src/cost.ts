import { measured } from './generated/measured.ts';
import type { Cost, Plan, Workload } from './model.ts';

/** Assumptions of the cost of a plan. They are averages for comparison; the values of the chart decide what a pod really gets. */
export const assumptions = {
  /** MiB a pod. MI's start script has -Xmx1024m and WSO2's chart limits a pod to 1Gi (helm-mi 4.6.0-0 values.yaml). */
  memoryPerPod: 1024,
  /** Thousandths of a core a pod asks for (helm-mi 4.6.0-0 values.yaml). */
  cpuPerPod: 500,
  /** Seconds until a server without artifacts is ready: 6 to 9 s seen with MI 4.3.0 built from source, rounded up. */
  serverStart: 10,
  /** Seconds that each artifact adds. An estimate: a deployment is the parsing of one small XML file. */
  startPerArtifact: 0.01,
  /** Seconds until Kubernetes counts a silent node as lost (node-monitor-grace-period, 50 s since Kubernetes 1.32). */
  nodeDetection: 50,
  /** Seconds a pod may stay on a lost node: the not-ready and unreachable tolerations of a stateful workload in the chart. */
  toleration: 30,
  /** The same for any other pod: what Kubernetes gives it (DefaultTolerationSeconds). */
  defaultToleration: 300,
  /** Seconds until a volume that one node alone can mount is taken from a lost node (maxWaitForUnmountDuration of Kubernetes). */
  volumeDetach: 360,
  /** Seconds until another node takes the tasks over: heartbeat 5 s, 3 retries (RDBMSCoordinationStrategy.java:158-190). */
  databaseFailover: 15,
} as const;

/** What the workloads cost to run, and how long each is away when its pod or node is lost. */
export function costOf(
  workloads: readonly Workload[],
  coordination: 'isolate' | 'database',
  deployed: number,
  delivery: 'roles' | 'archives',
): Cost {
  const pods = workloads.reduce((sum, workload) => sum + workload.replicas, 0);
  return {
    pods,
    memory: pods * assumptions.memoryPerPod,
    cpu: pods * assumptions.cpuPerPod,
    serverStarts: pods,
    downtime: workloads.map((workload) =>
      downtimeOf(workload, coordination, delivery === 'roles' ? deployed : workload.artifacts.length),
    ),
  };
}

/** What happens to one workload, apart from its name. The sentences say what docs/availability.md measured. */
type Downtime = Omit<Cost['downtime'][number], 'workload'>;

function downtimeOf(
  workload: Workload,
  coordination: 'isolate' | 'database',
  artifacts: number,
): Cost['downtime'][number] {
  const start = startOf(artifacts);
  const found =
    workload.replicas === 1
      ? ofOnePod(workload, start)
      : coordination === 'database' && workload.stateful.length > 0
        ? ofDatabase(workload)
        : ofReplicas(workload);
  return { workload: workload.name, ...found };
}

function startOf(artifacts: number): number {
  return Math.round(assumptions.serverStart + artifacts * assumptions.startPerArtifact);
}

const oneByOne = 'Pods are replaced one by one; no request failed when measured.';

/** A Service goes on sending its share to a lost node until Kubernetes gives the node up. */
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
    imageChange: oneByOne,
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
      'The server on that node goes on with its tasks while another takes them over: they run twice, as was measured.',
    imageChange: oneByOne,
  };
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
    because: `A new server has to start (${start} s). Kubernetes notices a lost node after ${nodeDetection} s and evicts its pods ${stay} s later${volume}.${stateful && !claim ? standby() : ''}`,
    cutOff: stateful
      ? 'With recovery respawn, the old pod may keep working while the next one starts: work ran twice for 14 s when measured. With fenced, the old pod stops itself first; with at-most-one, no other pod starts.'
      : 'The old pod may keep running while the next one starts; requests reach the next one.',
    imageChange: stateful
      ? `The old server ends before the next one starts: a pause of its stop and ${start} s, 14 to 17 s when measured, and nothing ran twice.`
      : 'The next pod is ready before the old one ends.',
  };
}

/**
 * What the plan costs when every stateful workload has a standby, which `generate` gives to all that can have one: a second pod
 * that waits and reserves the memory of a server. Undefined where a standby is never written.
 */
export function costWithStandbys({
  pattern,
  coordination,
  workloads,
}: Pick<Plan, 'pattern' | 'coordination' | 'workloads'>): Pick<Cost, 'pods' | 'memory' | 'cpu'> | undefined {
  const standbys = workloads.filter(({ type }) => type === 'stateful').length;
  if (pattern !== 'coordinated' || coordination === 'database' || standbys === 0) return undefined;
  const pods = standbys + workloads.reduce((sum, { replicas }) => sum + replicas, 0);
  return { pods, memory: pods * assumptions.memoryPerPod, cpu: pods * assumptions.cpuPerPod };
}

/** What `recovery: fenced` with a standby makes of a lost node, where it was measured. */
function standby(): string {
  const lost = measured['fenced-cold']?.['node lost'];
  return lost === undefined
    ? ''
    : ` With recovery fenced and a standby, which generate writes where it can, work was back ${lost.pause} s after a node was lost.`;
}

/** How many pods each choice would take, for comparison; the choice of the plan is among them. */
export function alternativesOf(counts: {
  readonly stateless: number;
  readonly stateful: number;
  readonly units: number;
  readonly replicas: number;
}): { name: string; pods: number; memory: number; cpu: number }[] {
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
    pods,
    memory: pods * assumptions.memoryPerPod,
    cpu: pods * assumptions.cpuPerPod,
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
