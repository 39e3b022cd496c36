import type { Feature } from './feature.ts';

const coordinated = {
  pattern: 'coordinated',
  workloads: {
    integration: { type: 'stateless', replicas: 2 },
    nightly: { type: 'stateful', artifacts: { roles: ['Nightly'] } },
  },
};
const two = { pattern: 'multiple-replicas' };

/** Values of the official chart with a coordination database. */
const withDatabase = {
  wso2: {
    config: {
      coordination: {
        nodeId: '$env{POD_NAME}',
        rdbms: {
          url: 'jdbc:mysql://db/mi',
          username: 'mi',
          password: 'mi',
          jdbc: { driver: 'com.mysql.cj.jdbc.Driver', poolParameters: {} },
        },
      },
    },
  },
};

/** Workloads, patterns, scaling, probes, pods. */
export const workloadFeatures: readonly Feature[] = [
  { feature: 'Several workloads in one release', ours: coordinated, shows: ({ pods }) => pods.length > 1 },
  {
    feature: 'Pattern 1: single replica',
    ours: {},
    theirs: {},
    shows: ({ of }) => of('Deployment').length === 1 && of('Deployment')[0].spec.replicas === 1,
  },
  {
    feature: 'Pattern 1 that never runs two pods during an update',
    ours: {},
    shows: ({ of }) => of('Deployment')[0]?.spec.strategy.type === 'Recreate',
  },
  {
    feature: 'Pattern 2: several replicas',
    ours: two,
    theirs: { wso2: { deployment: { replicas: 2 } } },
    shows: ({ of }) => of('Deployment')[0]?.spec.replicas === 2,
  },
  {
    feature: 'Pattern 3: stateful integrations isolated',
    ours: coordinated,
    shows: ({ of }) =>
      of('Deployment').some((workload) => workload.spec.strategy.type === 'Recreate') &&
      of('Deployment').some((workload) => workload.spec.strategy.type === 'RollingUpdate'),
  },
  {
    feature:
      'Pattern 3: restarts on another node, and never runs twice when a node is cut off (a Lease, and a guard that kills in time)',
    ours: {
      pattern: 'coordinated',
      fencing: { image: 'acme/lease-guard:1' },
      workloads: {
        integration: { type: 'stateless' },
        nightly: { type: 'stateful', artifacts: { roles: ['Nightly'] }, recovery: 'fenced' },
      },
    },
    shows: ({ of }) =>
      /"leases"/.test(JSON.stringify(of('Role'))) &&
      of('Deployment').some(({ spec }) =>
        /lease-guard/.test(JSON.stringify(spec.template.spec.containers[0].command ?? '')),
      ),
  },
  {
    feature: 'Pattern 3: at most one pod even when a node is cut off',
    ours: {
      pattern: 'coordinated',
      workloads: {
        integration: { type: 'stateless' },
        nightly: { type: 'stateful', artifacts: { roles: ['Nightly'] }, recovery: 'at-most-one' },
      },
    },
    shows: ({ of }) =>
      of('StatefulSet').some(({ spec }) => spec.replicas === 1 && spec.podManagementPolicy === 'Parallel'),
  },
  {
    feature: 'Pattern 3 by a coordination database',
    ours: {
      pattern: 'coordinated',
      coordination: { mode: 'database', database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver' } },
      workloads: { integration: { type: 'stateless', replicas: 2 } },
    },
    theirs: withDatabase,
    shows: ({ toml }) => toml.includes('id = "WSO2_COORDINATION_DB"'),
  },
  {
    feature: '… with task handling and resolver',
    ours: {
      pattern: 'coordinated',
      coordination: {
        mode: 'database',
        database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver', resolver: 'round-robin' },
      },
      workloads: { integration: { type: 'stateless', replicas: 2 } },
    },
    theirs: withDatabase,
    shows: ({ toml }) => toml.includes('[task_handling]') && toml.includes('RoundRobinResolver'),
  },
  {
    feature: '… with the coordination hardening of MI 4.7',
    ours: {
      runtime: { version: '4.7.0' },
      pattern: 'coordinated',
      coordination: {
        mode: 'database',
        database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver', hardening: { enabled: true } },
      },
      workloads: { integration: { type: 'stateless', replicas: 2 } },
    },
    shows: ({ toml }) => /hardening|claim/.test(toml),
  },
  {
    feature: '… with a Job that creates the tables',
    ours: {
      pattern: 'coordinated',
      coordination: {
        mode: 'database',
        database: { url: 'jdbc:mysql://db/mi', driver: 'com.mysql.cj.jdbc.Driver' },
        schemaJob: { enabled: true, image: 'acme/tables:1.0.0', command: ['sh', '-c', 'apply'] },
      },
      workloads: { integration: { type: 'stateless', replicas: 2 } },
    },
    shows: ({ has }) => has('Job'),
  },
  {
    feature: 'Rolling update settings',
    ours: { ...two, workloadDefaults: { strategy: { maxSurge: 2, maxUnavailable: 0 } } },
    theirs: { wso2: { deployment: { strategy: { rollingUpdate: { maxSurge: 2 } } } } },
    shows: ({ of }) => of('Deployment')[0]?.spec.strategy.rollingUpdate.maxSurge === 2,
  },
  {
    feature: 'Startup, readiness and liveness probes',
    ours: {},
    theirs: {},
    shows: ({ containers }) =>
      containers.every((container) => container.startupProbe && container.readinessProbe && container.livenessProbe),
  },
  {
    feature: '… with all timings configurable',
    ours: { workloadDefaults: { probes: { liveness: { timeoutSeconds: 7, failureThreshold: 8 } } } },
    theirs: { wso2: { deployment: { probes: { liveness: { timeoutSeconds: 7, failureThreshold: 8 } } } } },
    shows: ({ containers }) =>
      containers[0]?.livenessProbe.timeoutSeconds === 7 && containers[0]?.livenessProbe.failureThreshold === 8,
  },
  {
    feature: 'Graceful stop: drains first, with a grace period',
    ours: two,
    shows: ({ pods, containers }) =>
      containers.every((container) => container.lifecycle?.preStop) &&
      pods.every((pod) => pod.terminationGracePeriodSeconds > 30),
  },
  {
    feature: 'Autoscaler by CPU and memory',
    ours: { ...two, workloadDefaults: { autoscaling: { enabled: true, targetMemoryUtilization: 80 } } },
    theirs: { wso2: { deployment: { hpa: { enabled: true } } } },
    shows: ({ of }) => of('HorizontalPodAutoscaler').some(({ spec }) => spec.metrics.length === 2),
  },
  {
    feature: '… that leaves `replicas` to the autoscaler',
    ours: { ...two, workloadDefaults: { autoscaling: { enabled: true } } },
    theirs: { wso2: { deployment: { hpa: { enabled: true } } } },
    shows: ({ of }) => of('Deployment')[0]?.spec.replicas === undefined,
  },
  {
    feature: 'Autoscaler by events (KEDA)',
    ours: {
      ...two,
      workloadDefaults: {
        autoscaling: {
          enabled: true,
          keda: { force: true, triggers: { queue: { type: 'rabbitmq', metadata: { queueName: 'orders' } } } },
        },
      },
    },
    shows: ({ has }) => has('ScaledObject'),
  },
  {
    feature: 'Vertical sizing',
    ours: { workloadDefaults: { verticalAutoscaling: { enabled: true, force: true, mode: 'Off' } } },
    shows: ({ has }) => has('VerticalPodAutoscaler'),
  },
  {
    feature: 'Disruption budget',
    ours: two,
    theirs: { wso2: { deployment: { pdb: { enabled: true } } } },
    shows: ({ has }) => has('PodDisruptionBudget'),
  },
  {
    feature: '… that never blocks a drain',
    ours: { workloads: { integration: { disruptionBudget: { enabled: true } } } },
    theirs: { wso2: { deployment: { pdb: { enabled: true } } } },
    shows: ({ of }) => !of('PodDisruptionBudget').some(({ spec }) => spec.minAvailable === 1),
  },
  {
    feature: 'Spread over nodes and zones',
    ours: two,
    shows: ({ pods }) =>
      pods[0]?.topologySpreadConstraints?.length === 1 &&
      pods[0].affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length === 1,
  },
  {
    feature: 'Affinity',
    ours: { workloadDefaults: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } } },
    theirs: {},
    theirsNote: 'fixed soft anti-affinity by zone',
    shows: ({ pods }) => pods[0]?.affinity !== undefined,
  },
  {
    feature: 'Node selector',
    ours: { workloadDefaults: { nodeSelector: { pool: 'mi' } } },
    theirs: { wso2: { deployment: { nodeSelector: { pool: 'mi' } } } },
    shows: ({ pods }) => pods[0]?.nodeSelector?.pool === 'mi',
  },
  {
    feature: 'Tolerations',
    ours: { workloadDefaults: { tolerations: [{ key: 'mi', operator: 'Exists' }] } },
    shows: ({ pods }) => pods[0]?.tolerations?.some(({ key }: { readonly key: string }) => key === 'mi') === true,
  },
  {
    feature: 'Priority class',
    ours: { workloadDefaults: { priorityClassName: 'integration' } },
    shows: ({ pods }) => pods[0]?.priorityClassName === 'integration',
  },
  {
    feature: 'Heap set in a variable that MI reads',
    ours: { workloadDefaults: { heap: { max: '1Gi' } } },
    shows: ({ containers }) =>
      containers[0]?.env.some(
        ({ name, value }: { readonly name: string; readonly value?: string }) =>
          ['JAVA_OPTS', 'JVM_MEM_OPTS'].includes(name) && /-Xmx/.test(value ?? ''),
      ),
  },
  {
    feature: 'Restricted Pod Security',
    ours: {},
    theirs: {},
    shows: ({ pods, containers }) =>
      pods.every((pod) => pod.securityContext?.seccompProfile?.type === 'RuntimeDefault') &&
      containers.every(
        ({ securityContext }) =>
          securityContext?.allowPrivilegeEscalation === false && securityContext.capabilities.drop.includes('ALL'),
      ),
  },
  {
    feature: 'Read-only root file system',
    ours: { workloadDefaults: { readOnlyRootFilesystem: true } },
    shows: ({ containers }) =>
      containers.every(({ securityContext }) => securityContext?.readOnlyRootFilesystem === true),
  },
  {
    feature: 'Service account of its own, without a token',
    ours: {},
    shows: ({ has, pods }) => has('ServiceAccount') && pods.every((pod) => pod.automountServiceAccountToken === false),
  },
  {
    feature: 'Pod labels and annotations',
    ours: { workloadDefaults: { podLabels: { team: 'orders' }, podAnnotations: { note: 'x' } } },
    theirs: { wso2: { deployment: { annotations: { note: 'x' } } } },
    theirsNote: 'annotations only',
    shows: ({ of }) => of('Deployment')[0]?.spec.template.metadata.annotations.note === 'x',
  },
  {
    feature: 'Extra volumes, init and side containers',
    ours: {
      workloadDefaults: {
        extraVolumes: { scratch: { emptyDir: {} } },
        extraInitContainers: { wait: { image: 'acme/wait:1.0.0' } },
        extraContainers: { proxy: { image: 'acme/proxy:1.0.0' } },
      },
    },
    shows: ({ pods }) => pods[0]?.initContainers?.length === 1 && pods[0]?.containers.length === 2,
  },
];
