import type { Feature } from './feature.ts';

/** A row that is about charts in general, with what another product's chart has for it. */
export interface GeneralFeature extends Feature {
  /** `yes` or `no`, and where it is in that chart. */
  readonly peer: string;
}

/** The chart that is looked at, as it was then: the nearest to ours, one release in three deployment modes. */
export const peer = {
  name: 'loki',
  about:
    '[loki](https://github.com/grafana-community/helm-charts/tree/main/charts/loki) 18.11.0 (commit 3386a115), the nearest to ours: one release in three deployment modes',
} as const;

const coordinated = (workload: object): Feature['ours'] => ({
  pattern: 'coordinated',
  workloads: { integration: { type: 'stateless', replicas: 2 }, next: { type: 'stateless', replicas: 2, ...workload } },
});
const gateway = {
  enabled: true,
  force: true,
  parentRefs: { public: { name: 'public' } },
};

/**
 * What users ask of any chart. Kinds that extraObjects serves as well have no keys of their own here: there is no end
 * of them.
 */
export const generalFeatures: readonly GeneralFeature[] = [
  {
    feature: 'Any extra object in the release',
    peer: 'yes: `extraObjects`',
    ours: { extraObjects: { quota: { apiVersion: 'v1', kind: 'ResourceQuota', spec: { hard: { pods: '9' } } } } },
    shows: ({ of }) => of('ResourceQuota')[0]?.metadata.name === 'orders-quota',
  },
  {
    feature: 'Alerts',
    peer: 'yes: its own, and `additionalPrometheusRules`',
    ours: {
      extraObjects: {
        alerts: { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', spec: { groups: [] } },
      },
    },
    shows: ({ has }) => has('PrometheusRule'),
  },
  {
    feature: 'Routes of other kinds: TLSRoute, GRPCRoute, VirtualService',
    peer: 'yes: `route.kind`',
    ours: {
      extraObjects: { tls: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'TLSRoute', spec: { rules: [] } } },
    },
    shows: ({ has }) => has('TLSRoute'),
  },
  {
    feature: 'CiliumNetworkPolicy',
    peer: 'yes: `templates/ciliumnetworkpolicy.yaml`',
    ours: {
      extraObjects: {
        net: { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', spec: { endpointSelector: {} } },
      },
    },
    shows: ({ has }) => has('CiliumNetworkPolicy'),
  },
  {
    feature: 'Templates in names, hosts and environment',
    peer: 'yes: in some values',
    ours: { env: { RELEASE: '{{ .Release.Name }}' } },
    shows: ({ containers }) =>
      containers.some(({ env }) => JSON.stringify(env).includes('{"name":"RELEASE","value":"orders"}')),
  },
  {
    feature: 'Every object in another namespace (ours: but the record of what runs, which upgrades have to find)',
    peer: 'yes: `namespaceOverride`',
    ours: { namespaceOverride: 'other' },
    shows: ({ objects }) =>
      objects.every(({ metadata: { name, namespace } }) => namespace === 'other' || name === 'orders-stateful'),
  },
  {
    feature: 'Image, command, hooks and service account for one workload',
    peer: 'yes: by component',
    ours: coordinated({
      image: { tag: '2' },
      command: ['run'],
      lifecycle: { postStart: { exec: { command: ['warm'] } } },
      serviceAccountName: 'own',
    }),
    shows: ({ pods }) =>
      pods.some(
        ({ serviceAccountName, containers: [container] }) =>
          serviceAccountName === 'own' &&
          /:2$/.test(container.image) &&
          container.command[0] === 'run' &&
          container.lifecycle.postStart !== undefined,
      ),
  },
  {
    feature: 'User namespaces',
    peer: 'yes: `hostUsers`',
    ours: { workloadDefaults: { hostUsers: false } },
    shows: ({ pods }) => pods.every(({ hostUsers }) => hostUsers === false),
  },
  {
    feature: 'IP families and cluster IP of a Service',
    peer: 'yes: `ipFamilies`, `clusterIP`',
    ours: { service: { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6', 'IPv4'], clusterIP: 'None' } },
    shows: ({ of }) => of('Service').some(({ spec }) => spec.clusterIP === 'None' && spec.ipFamilies?.[0] === 'IPv6'),
  },
  {
    feature: 'Load balancer class',
    peer: 'no',
    ours: { service: { type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb' } },
    shows: ({ of }) => of('Service').some(({ spec }) => spec.loadBalancerClass === 'service.k8s.aws/nlb'),
  },
  {
    feature: 'Fixed address of a load balancer',
    peer: 'yes: `loadBalancerIP`',
    ours: { service: { type: 'LoadBalancer', loadBalancerIP: '10.0.0.40' } },
    shows: ({ of }) => of('Service').some(({ spec }) => spec.loadBalancerIP === '10.0.0.40'),
  },
  {
    feature: 'Labels of the service account',
    peer: 'yes: `serviceAccount.labels`',
    ours: { serviceAccount: { labels: { identity: 'orders' } } },
    shows: ({ of }) => of('ServiceAccount')[0]?.metadata.labels.identity === 'orders',
  },
  {
    feature: 'Selector and attributes class of a volume claim',
    peer: 'yes: `persistence.selector`, `volumeAttributesClassName`',
    ours: {
      workloads: {
        integration: {
          persistence: {
            registry: {
              what: 'registry',
              size: '1Gi',
              volumeAttributesClass: 'gold',
              selector: { matchLabels: { app: 'orders' } },
            },
          },
        },
      },
    },
    shows: ({ of }) =>
      of('PersistentVolumeClaim').some(
        ({ spec }) => spec.volumeAttributesClassName === 'gold' && spec.selector.matchLabels.app === 'orders',
      ),
  },
  {
    feature: 'HTTPRoute with matches, filters and weights',
    peer: 'yes: `additionalRules`',
    ours: {
      ...coordinated({}),
      gateway: { ...gateway, rules: { all: { backends: { integration: { weight: 9 }, next: { weight: 1 } } } } },
    },
    shows: ({ of }) => of('HTTPRoute')[0]?.spec.rules[0].backendRefs.length === 2,
  },
  {
    feature: 'A second Ingress with a class of its own',
    peer: 'no',
    ours: {
      ingress: { enabled: true, hosts: { a: {} }, additional: { in: { className: 'in', hosts: { b: {} } } } },
    },
    shows: ({ of }) => of('Ingress').length === 2,
  },
  {
    feature: 'Labels for every object, changed without restarting pods',
    peer: 'no: they are on the pods',
    ours: { commonLabels: { team: 'a' } },
    shows: ({ of }) =>
      of('Deployment').every(
        ({ metadata, spec }) => metadata.labels.team === 'a' && spec.template.metadata.labels.team === undefined,
      ),
  },
  {
    feature: 'Scheduling, resources and security of the test pod',
    peer: 'no: labels and annotations only',
    ours: { tests: { nodeSelector: { pool: 'a' }, resources: { limits: { memory: '1Gi' } } } },
    shows: ({ of }) => of('Pod')[0]?.spec.nodeSelector?.pool === 'a',
  },
  {
    feature: 'Pausing a workload, keeping its name and claim',
    peer: 'no',
    ours: coordinated({
      type: 'stateful',
      replicas: 1,
      paused: true,
      artifacts: { roles: ['N'], stateful: ['task/n'] },
    }),
    shows: ({ of }) => of('Deployment').some(({ spec }) => spec.replicas === 0),
  },
];
