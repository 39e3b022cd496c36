import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, identity, type KubernetesObject } from '@mi-patterns/helm';
import { kubectl, parseObjects, type Place } from './kubectl.ts';
import type { Target } from './release.ts';

export interface Answers {
  /** Objects by {@link identity}. */
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  readonly refusals: readonly Diagnostic[];
}

/** Objects that Kubernetes keeps outside namespaces; everything else of a release is in its namespace. */
const clusterScoped = new Set([
  'APIService',
  'CSIDriver',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/**
 * Manifests may leave the namespace out; with it, identities compare with what the cluster answers. Hooks are left out.
 */
export function withNamespace(objects: readonly KubernetesObject[], namespace: string): KubernetesObject[] {
  return objects
    .filter((object) => object.metadata.annotations?.['helm.sh/hook'] === undefined)
    .map((object) =>
      clusterScoped.has(object.kind) || object.metadata.namespace !== undefined
        ? object
        : { ...object, metadata: { ...object.metadata, namespace } },
    );
}

/** The objects as the cluster has them now; those that do not exist are left out. */
export async function liveObjects(place: Place, objects: readonly KubernetesObject[]): Promise<Answers> {
  return forAll(place, objects, ['get', '--filename=-', '--ignore-not-found', '--output=json']);
}

/**
 * The objects as a server-side apply by helm would leave them, without doing it; refusals say what the API server would
 * not take.
 */
export async function dryRunApply(target: Target, objects: readonly KubernetesObject[]): Promise<Answers> {
  return forAll(
    target,
    objects.map((object) => owned(object, target)),
    [
      'apply',
      '--server-side',
      '--dry-run=server',
      '--force-conflicts',
      '--field-manager=helm',
      '--filename=-',
      '--output=json',
    ],
  );
}

/** What helm writes into every object of a release when it applies it (helm/helm pkg/action/validate.go). */
function owned(object: KubernetesObject, target: Target): KubernetesObject {
  const { labels, annotations } = object.metadata;
  const mine = { 'meta.helm.sh/release-name': target.release, 'meta.helm.sh/release-namespace': target.namespace };
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...annotations, ...mine },
    },
  };
}

/**
 * kubectl prints nothing at all when one object of many fails, so a list that fails is halved until the culprit stands
 * alone.
 */
async function forAll(place: Place, objects: readonly KubernetesObject[], words: readonly string[]): Promise<Answers> {
  if (objects.length === 0) return { objects: new Map(), refusals: [] };
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  // The objects name their namespace themselves; the place's would be refused where it differs.
  const answer = await kubectl(place, words, list, { expectedExitCodes: [0, 1], timeout: 600_000 });
  if (answer.exitCode === 0)
    return { objects: new Map(parseObjects(answer.stdout).map((object) => [identity(object), object])), refusals: [] };
  const [only] = objects;
  if (only !== undefined && objects.length === 1)
    return { objects: new Map(), refusals: [refusal(only, answer.stderr)] };
  const middle = Math.ceil(objects.length / 2);
  const parts = [
    await forAll(place, objects.slice(0, middle), words),
    await forAll(place, objects.slice(middle), words),
  ];
  return {
    objects: new Map(parts.flatMap((part) => [...part.objects])),
    refusals: parts.flatMap((part) => part.refusals),
  };
}

function refusal(object: KubernetesObject, stderr: string): Diagnostic {
  const unknown = /no matches for kind/.test(stderr);
  const reason = stderr
    .replace(/^WARNING:.*$/gm, '')
    .trim()
    .replace(/^Error from server \(\w+\): /, '')
    .replace(/\n\* /g, '; ');
  return {
    code: unknown ? 'MI-UPGRADE-KIND-UNKNOWN' : 'MI-UPGRADE-REFUSED',
    severity: 'error',
    message: unknown
      ? `The cluster does not know the kind ${object.kind} (${object.apiVersion}) of ${displayName(object)}.`
      : `The API server would refuse ${displayName(object)}: ${reason}`,
    hint: unknown
      ? 'Install what brings that kind, or switch the feature off in the values.'
      : 'Correct the values; nothing was changed.',
  };
}
