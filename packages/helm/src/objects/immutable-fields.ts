import { ownValue } from '@mi-patterns/inventory';
import { at, isJsonObject, textAt, type KubernetesObject } from './kubernetes-object.ts';

/** Fields of a kind that an API server refuses to change, as validation of Kubernetes 1.30 to 1.37 has it. */
const immutable: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  ReplicaSet: [['spec', 'selector']],
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  Job: [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completionMode'],
  ],
  PersistentVolumeClaim: [
    ['spec', 'accessModes'],
    ['spec', 'storageClassName'],
    ['spec', 'volumeMode'],
    ['spec', 'volumeName'],
    ['spec', 'selector'],
    ['spec', 'dataSource'],
  ],
  RoleBinding: [['roleRef']],
  ClusterRoleBinding: [['roleRef']],
  Secret: [['type']],
  PriorityClass: [['value']],
};

/** What the API server fills in, so that writing it out is no change. */
const defaults: Readonly<Record<string, unknown>> = {
  'StatefulSet spec.podManagementPolicy': 'OrderedReady',
  'StatefulSet spec.serviceName': '',
  'Job spec.completionMode': 'NonIndexed',
  'PersistentVolumeClaim spec.volumeMode': 'Filesystem',
  'Secret type': 'Opaque',
};

/** Paths of immutable fields that differ between two versions of one object. */
export function changedImmutableFields(before: KubernetesObject, after: KubernetesObject): string[] {
  const kind = after.kind;
  const fields = [
    ...(ownValue(immutable, kind) ?? []),
    ...(before.immutable === true ? [['data'], ['binaryData'], ['stringData'], ['immutable']] : []),
  ];
  const changed = fields
    .filter((path) => {
      const fallback = defaults[`${kind} ${path.join('.')}`];
      return canonical(at(before, ...path) ?? fallback) !== canonical(at(after, ...path) ?? fallback);
    })
    .map((path) => path.join('.'));
  return kind === 'Service' && clusterAddressChanged(before, after) ? [...changed, 'spec.clusterIP'] : changed;
}

/**
 * A Service without an address in the manifest has one that Kubernetes chose; it cannot become headless, nor the
 * reverse.
 */
function clusterAddressChanged(before: KubernetesObject, after: KubernetesObject): boolean {
  if ([before, after].some((service) => textAt(service, 'spec', 'type') === 'ExternalName')) return false;
  const [old, wanted] = [
    textAt(before, 'spec', 'clusterIP') || 'chosen',
    textAt(after, 'spec', 'clusterIP') || 'chosen',
  ];
  return old !== wanted && (old === 'None' || wanted !== 'chosen');
}

/**
 * Equal for equal JSON whatever the order of keys; null, empty defaults of claims and what the server fills in are left
 * out.
 */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (key, inner: unknown) => {
      if (
        inner === null ||
        (key === 'volumeMode' && inner === 'Filesystem') ||
        key === 'creationTimestamp' ||
        key === 'status'
      )
        return undefined;
      if (!isJsonObject(inner)) return inner;
      const isClaim = inner.kind === 'PersistentVolumeClaim';
      const keys = Object.keys(inner).filter((name) => !(isClaim && (name === 'kind' || name === 'apiVersion')));
      return Object.fromEntries(keys.sort().map((name) => [name, inner[name]]));
    }) ?? 'absent'
  );
}
