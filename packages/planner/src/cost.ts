import type { Cost, Workload } from './model.ts';

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

function downtimeOf(
  workload: Workload,
  coordination: 'isolate' | 'database',
  artifacts: number,
): Cost['downtime'][number] {
  const start = Math.round(assumptions.serverStart + artifacts * assumptions.startPerArtifact);
  if (workload.replicas > 1) {
    if (coordination === 'database' && workload.stateful.length > 0) {
      return {
        workload: workload.name,
        podLoss: assumptions.databaseFailover,
        nodeLoss: assumptions.databaseFailover,
        because:
          'Another pod takes the coordinated work over when the heartbeat of the lost one is missed; requests go on meanwhile.',
      };
    }
    return {
      workload: workload.name,
      podLoss: 0,
      nodeLoss: 0,
      because: 'The other replicas go on; only requests inside the lost pod fail.',
    };
  }
  return {
    workload: workload.name,
    podLoss: start,
    nodeLoss: assumptions.nodeDetection + assumptions.toleration + start,
    because: `A new server has to start (${start} s); a lost node is noticed after ${assumptions.nodeDetection} s and left after ${assumptions.toleration} s more.`,
  };
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

/** Seconds that everything is away when the only pod of a single replica is lost, and when its node is. */
export function singleReplicaOutage(deployed: number): { podLoss: number; nodeLoss: number } {
  const start = Math.round(assumptions.serverStart + deployed * assumptions.startPerArtifact);
  return { podLoss: start, nodeLoss: assumptions.nodeDetection + assumptions.toleration + start };
}
