import type { JsonObject, KubernetesObject } from '@mi-patterns/helm';
import { isObject, valueAt } from './values-paths.ts';

/** What kube-linter and kube-score look for and our own rules (checkRules) do not have; each names theirs. */
export interface LintRule {
  readonly name: string;
  readonly breaches: (objects: readonly KubernetesObject[]) => readonly string[];
}

type Json = JsonObject;
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const at = (value: unknown, path: string): unknown => valueAt(value, path.split('.'));
const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

interface Pod {
  readonly owner: string;
  readonly object: KubernetesObject;
  readonly labels: Json;
  readonly spec: Json;
}

function podsOf(objects: readonly KubernetesObject[]): readonly Pod[] {
  return objects.flatMap((object) => {
    const template = ['Deployment', 'StatefulSet', 'Job'].includes(object.kind)
      ? at(object, 'spec.template')
      : object.kind === 'Pod'
        ? object
        : undefined;
    const spec = at(template, 'spec');
    const labels = at(template, 'metadata.labels');
    return isObject(spec) ? [{ owner: nameOf(object), object, labels: isObject(labels) ? labels : {}, spec }] : [];
  });
}

const servers = (objects: readonly KubernetesObject[]): readonly Pod[] =>
  podsOf(objects).filter(({ object }) => object.kind !== 'Job' && object.kind !== 'Pod');
const containers = (pod: Pod): readonly Json[] => [...list(pod.spec.initContainers), ...list(pod.spec.containers)];

/** `Owner container` of each container that fails. */
function everyContainer(
  fails: (container: Json, pod: Pod) => boolean,
  pods: (objects: readonly KubernetesObject[]) => readonly Pod[] = podsOf,
): LintRule['breaches'] {
  return (objects) =>
    pods(objects).flatMap((pod) =>
      containers(pod)
        .filter((container) => fails(container, pod))
        .map((container) => `${pod.owner} ${String(container.name)}`),
    );
}
function everyPod(
  fails: (pod: Pod) => boolean,
  pods: (objects: readonly KubernetesObject[]) => readonly Pod[] = podsOf,
): LintRule['breaches'] {
  return (objects) =>
    pods(objects)
      .filter(fails)
      .map(({ owner }) => owner);
}
const serving = (container: Json): boolean => container.name === 'micro-integrator';
const matches = (selector: unknown, labels: Json): boolean =>
  isObject(selector) && Object.entries(selector).every(([key, value]) => labels[key] === value);
const replicasOf = (pod: Pod, objects: readonly KubernetesObject[]): number => {
  const scaler = objects.find(
    (object) =>
      object.kind === 'HorizontalPodAutoscaler' && at(object, 'spec.scaleTargetRef.name') === pod.object.metadata.name,
  );
  return Number(at(scaler, 'spec.minReplicas') ?? at(pod.object, 'spec.replicas') ?? 1);
};

export const lintRules: readonly LintRule[] = [
  {
    name: 'no-liveness-probe',
    breaches: everyContainer((container) => serving(container) && container.livenessProbe === undefined, servers),
  },
  {
    name: 'no-readiness-probe',
    breaches: everyContainer((container) => serving(container) && container.readinessProbe === undefined, servers),
  },
  {
    name: 'pod-probes-identical',
    breaches: everyContainer(
      (container) =>
        serving(container) && JSON.stringify(container.livenessProbe) === JSON.stringify(container.readinessProbe),
      servers,
    ),
  },
  {
    name: 'liveness-port',
    breaches: everyContainer((container) => {
      const ports: readonly unknown[] = list(container.ports)
        .flatMap(({ name, containerPort }) => [name, containerPort])
        .filter((port) => port !== undefined);
      return ['startupProbe', 'livenessProbe', 'readinessProbe'].some(
        (probe) =>
          isObject(container[probe]) &&
          ![at(container, `${probe}.httpGet.port`), at(container, `${probe}.tcpSocket.port`)].some((port) =>
            ports.includes(port),
          ),
      );
    }, servers),
  },
  {
    name: 'unset-memory-requirements',
    breaches: everyContainer(
      (container) =>
        at(container, 'resources.requests.memory') === undefined ||
        at(container, 'resources.limits.memory') === undefined,
    ),
  },
  {
    name: 'unset-cpu-requirements',
    breaches: everyContainer((container) => at(container, 'resources.requests.cpu') === undefined),
  },
  {
    name: 'container-cpu-limit',
    breaches: everyContainer((container) => at(container, 'resources.limits.cpu') === undefined),
  },
  { name: 'run-as-non-root', breaches: everyPod(({ spec }) => at(spec, 'securityContext.runAsNonRoot') !== true) },
  {
    name: 'no-read-only-root-fs',
    breaches: everyContainer((container) => at(container, 'securityContext.readOnlyRootFilesystem') !== true),
  },
  {
    name: 'privilege-escalation-container',
    breaches: everyContainer(
      (container) =>
        at(container, 'securityContext.allowPrivilegeEscalation') !== false ||
        at(container, 'securityContext.privileged') === true,
    ),
  },
  {
    name: 'drop-net-raw-capability',
    breaches: everyContainer((container) => {
      const drop = at(container, 'securityContext.capabilities.drop');
      return !Array.isArray(drop) || !drop.includes('ALL');
    }),
  },
  {
    name: 'host-network, host-pid, host-ipc',
    breaches: everyPod(({ spec }) => spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true),
  },
  {
    name: 'sensitive-host-mounts',
    breaches: everyPod(({ spec }) => list(spec.volumes).some((volume) => volume.hostPath !== undefined)),
  },
  {
    name: 'latest-tag',
    breaches: everyContainer(
      ({ image }) => typeof image !== 'string' || !/(:(?!latest$)[^/]+|@sha256:[0-9a-f]{64})$/.test(image),
    ),
  },
  {
    name: 'default-service-account',
    breaches: everyPod(
      ({ spec }) => typeof spec.serviceAccountName !== 'string' || spec.serviceAccountName === 'default',
      servers,
    ),
  },
  {
    name: 'access-to-secrets, automounted token',
    breaches: everyPod(({ spec }) => spec.automountServiceAccountToken !== false),
  },
  {
    name: 'env-var-secret',
    breaches: (objects) =>
      podsOf(objects).flatMap((pod) =>
        containers(pod).flatMap((container) =>
          list(container.env)
            .filter(
              ({ name, value }) =>
                /SECRET|PASSWORD|TOKEN/i.test(String(name)) && typeof value === 'string' && value !== '',
            )
            .map(({ name, value }) => `${pod.owner} ${String(name)}=${String(value)}`),
        ),
      ),
  },
  {
    name: 'read-secret-from-env-var',
    breaches: everyContainer((container) =>
      list(container.env).some((variable) => at(variable, 'valueFrom.secretKeyRef') !== undefined),
    ),
  },
  {
    name: 'duplicate-env-var',
    breaches: everyContainer(
      (container) => new Set(list(container.env).map(({ name }) => name)).size < list(container.env).length,
    ),
  },
  {
    name: 'minimum-three-replicas',
    breaches: (objects) =>
      servers(objects)
        .filter((pod) => replicasOf(pod, objects) < 3)
        .map(({ owner }) => owner),
  },
  {
    name: 'no-anti-affinity',
    breaches: (objects) =>
      servers(objects)
        .filter(
          (pod) =>
            replicasOf(pod, objects) > 1 &&
            list(pod.spec.topologySpreadConstraints).length === 0 &&
            at(pod.spec, 'affinity.podAntiAffinity') === undefined,
        )
        .map(({ owner }) => owner),
  },
  {
    name: 'deployment-has-poddisruptionbudget',
    breaches: (objects) =>
      servers(objects)
        .filter(
          (pod) =>
            replicasOf(pod, objects) > 1 &&
            !objects.some(
              (object) =>
                object.kind === 'PodDisruptionBudget' && matches(at(object, 'spec.selector.matchLabels'), pod.labels),
            ),
        )
        .map(({ owner }) => owner),
  },
  {
    name: 'pdb-max-unavailable, pdb-min-available',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'PodDisruptionBudget' &&
            (at(object, 'spec.maxUnavailable') === 0 || at(object, 'spec.minAvailable') !== undefined),
        )
        .map(nameOf),
  },
  {
    name: 'pdb-unhealthy-pod-eviction-policy',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'PodDisruptionBudget' && at(object, 'spec.unhealthyPodEvictionPolicy') !== 'AlwaysAllow',
        )
        .map(nameOf),
  },
  {
    name: 'dangling-service',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'Service' &&
            !podsOf(objects).some(({ labels }) => matches(at(object, 'spec.selector'), labels)),
        )
        .map(nameOf),
  },
  {
    name: 'dangling-networkpolicy',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'NetworkPolicy' &&
            !podsOf(objects).some(({ labels }) => matches(at(object, 'spec.podSelector.matchLabels') ?? {}, labels)),
        )
        .map(nameOf),
  },
  {
    name: 'dangling-horizontalpodautoscaler',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            ['HorizontalPodAutoscaler', 'ScaledObject', 'VerticalPodAutoscaler'].includes(object.kind) &&
            !objects.some(
              ({ kind, metadata }) =>
                ['Deployment', 'StatefulSet'].includes(kind) &&
                metadata.name === (at(object, 'spec.scaleTargetRef.name') ?? at(object, 'spec.targetRef.name')),
            ),
        )
        .map(nameOf),
  },
  {
    name: 'dangling-ingress',
    breaches: (objects) =>
      objects
        .filter((object) => ['Ingress', 'HTTPRoute', 'Route'].includes(object.kind))
        .filter((object) => {
          const named = [
            ...JSON.stringify(object.spec).matchAll(/"(?:service|backendRefs|to)":[[{]+.*?"name":"([^"]+)"/g),
          ].map(([, name]) => name);
          return (
            named.length === 0 ||
            named.some((name) => !objects.some(({ kind, metadata }) => kind === 'Service' && metadata.name === name))
          );
        })
        .map(nameOf),
  },
  {
    name: 'statefulset-has-servicename',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'StatefulSet' &&
            !objects.some(
              ({ kind, metadata, spec }) =>
                kind === 'Service' &&
                metadata.name === at(object, 'spec.serviceName') &&
                at(spec, 'clusterIP') === 'None',
            ),
        )
        .map(nameOf),
  },
  {
    name: 'container-image-pull-policy',
    breaches: everyContainer(({ imagePullPolicy }) => imagePullPolicy !== 'Always'),
  },
  {
    name: 'pod-networkpolicy',
    breaches: (objects) =>
      servers(objects)
        .filter(
          ({ labels }) =>
            !objects.some(
              (object) =>
                object.kind === 'NetworkPolicy' && matches(at(object, 'spec.podSelector.matchLabels') ?? {}, labels),
            ),
        )
        .map(({ owner }) => owner),
  },
  {
    name: 'exposed-services',
    breaches: (objects) =>
      objects
        .filter(
          (object) =>
            object.kind === 'Service' && ['LoadBalancer', 'NodePort'].includes(String(at(object, 'spec.type'))),
        )
        .map(nameOf),
  },
  {
    name: 'ssh-port',
    breaches: everyContainer((container) => list(container.ports).some(({ containerPort }) => containerPort === 22)),
  },
  {
    name: 'no-rolling-update-strategy',
    breaches: (objects) =>
      objects
        .filter((object) => object.kind === 'Deployment' && at(object, 'spec.strategy.type') !== 'RollingUpdate')
        .map(nameOf),
  },
];

/**
 * Rules that some examples break on purpose: the rule, which of its breaches, and why. An exception that nothing needs
 * fails.
 */
export const exceptions: readonly { readonly rule: string; readonly where: RegExp; readonly reason: string }[] = [
  {
    rule: 'container-cpu-limit',
    where: /./,
    reason:
      'A CPU limit slows the start of the JVM, which needs several times the CPU of the running server; memory is limited.',
  },
  {
    rule: 'access-to-secrets, automounted token',
    where: /^vault-agent:/,
    reason: 'The agent logs in to Vault with the token of the pod.',
  },
  {
    rule: 'no-read-only-root-fs',
    where: /./,
    reason:
      'MI writes into its home; readOnlyRootFilesystem: true copies the home to a volume at the cost of a slower start (example hardened).',
  },
  {
    rule: 'read-secret-from-env-var',
    where: /./,
    reason: 'MI reads $env{NAME}; it has no way to read a secret from a file other than its own secure vault.',
  },
  {
    rule: 'env-var-secret',
    where: /_PASSWORD=wso2carbon$/,
    reason:
      "The password of the demonstration keystores in MI's image, which everyone knows; a warning asks for keystores of one's own (example keystores).",
  },
  {
    rule: 'minimum-three-replicas',
    where: /./,
    reason: 'Two is the smallest number that survives the loss of a node; a stateful workload must have one.',
  },
  {
    rule: 'no-rolling-update-strategy',
    where: /./,
    reason: 'A stateful workload must be stopped before its successor starts.',
  },
  {
    rule: 'container-image-pull-policy',
    where: /./,
    reason: 'Tags are versions or digests here; Always makes every start depend on the registry.',
  },
  {
    rule: 'pod-networkpolicy',
    where: /./,
    reason: 'Who may call is known by the operator only; networkPolicy.enabled is an opt-in (example hardened).',
  },
  { rule: 'exposed-services', where: /./, reason: 'The example load-balancer asks for it.' },
];
