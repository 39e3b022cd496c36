import type { Diagnostic } from '@mi-patterns/inventory';
import {
  displayName,
  finding,
  identity,
  isToolFailure,
  type KubernetesObject,
  type ToolFailure,
} from '@mi-patterns/helm';
import { isNoAnswer } from '../tools/cluster-failure.ts';
import { kubectl, parseObjects, type Place } from '../tools/kubectl.ts';
import { remedyFor } from '../tools/refused-words.ts';
import type { Target } from '../release/release.ts';

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
 * Manifests may leave the namespace out, or empty, which is the same to Kubernetes; with it, identities compare with
 * what the cluster answers. Hooks are left out.
 */
export function withNamespace(objects: readonly KubernetesObject[], namespace: string): KubernetesObject[] {
  return objects
    .filter((object) => object.metadata.annotations?.['helm.sh/hook'] === undefined)
    .map((object) =>
      clusterScoped.has(object.kind) || (object.metadata.namespace ?? '') !== ''
        ? object
        : { ...object, metadata: { ...object.metadata, namespace } },
    );
}

/**
 * The objects as the cluster has them now, by {@link identity}; those that do not exist, or whose kind the cluster does
 * not know, are left out. Throws a ToolFailure when one cannot be read: taken for one that does not exist, its pods
 * would go on beside new ones.
 */
export async function liveObjects(
  place: Place,
  objects: readonly KubernetesObject[],
): Promise<ReadonlyMap<string, KubernetesObject>> {
  const words = ['get', '--filename=-', '--ignore-not-found', '--output=json'];
  const answers = await forAll(place, objects, words, (_, failure) => {
    if (unknownKind.test(failure.stderr)) return [];
    throw failure;
  });
  return answers.objects;
}

/**
 * The objects as a server-side apply by helm would leave them, without doing it; refusals say what the API server would
 * not take. Throws a ToolFailure when it does not answer.
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
    (object, failure) => [refusal(object, failure.stderr)],
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
 * alone; `onFailure` says what that means.
 */
async function forAll(
  place: Place,
  objects: readonly KubernetesObject[],
  words: readonly string[],
  onFailure: (object: KubernetesObject, failure: ToolFailure) => readonly Diagnostic[],
): Promise<Answers> {
  if (objects.length === 0) return { objects: new Map(), refusals: [] };
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  try {
    // The objects name their namespace themselves; the place's would be refused where it differs.
    const { stdout } = await kubectl(place, words, list, { timeout: 600_000 });
    return { objects: new Map(parseObjects(stdout).map((object) => [identity(object), object])), refusals: [] };
  } catch (error) {
    if (!isToolFailure(error) || error.exitCode !== 1 || isNoAnswer(error)) throw error;
    const [only] = objects;
    if (only !== undefined && objects.length === 1) return { objects: new Map(), refusals: onFailure(only, error) };
  }
  const middle = Math.ceil(objects.length / 2);
  const parts = [
    await forAll(place, objects.slice(0, middle), words, onFailure),
    await forAll(place, objects.slice(middle), words, onFailure),
  ];
  return {
    objects: new Map(parts.flatMap((part) => [...part.objects])),
    refusals: parts.flatMap((part) => part.refusals),
  };
}

/** What kubectl says of a kind that the cluster does not have. */
const unknownKind = /no matches for kind/;

function refusal(object: KubernetesObject, stderr: string): Diagnostic {
  const unknown = unknownKind.test(stderr);
  const reason = stderr
    .replace(/^WARNING:.*$/gm, '')
    .trim()
    .replace(/^Error from server \(\w+\): /, '')
    .replace(/\n\* /g, '; ');
  return unknown
    ? finding(
        'MI-UPGRADE-KIND-UNKNOWN',
        `The cluster does not know the kind ${object.kind} (${object.apiVersion}) of ${displayName(object)}.`,
        hintOf(stderr),
      )
    : finding('MI-UPGRADE-REFUSED', `The API server would refuse ${displayName(object)}: ${reason}`, hintOf(stderr));
}

function hintOf(stderr: string): string {
  if (unknownKind.test(stderr))
    return 'Install the product that provides that kind, or disable the feature in the values.';
  if (/^Error from server \(Forbidden\).* cannot \w+ resource /m.test(stderr))
    return 'Ask for the role `edit` in the namespace. `recovery: fenced` also needs the right to change Roles and RoleBindings. Nothing was rolled out.';
  return `${remedyFor(stderr) ?? 'Correct the values.'} Nothing was rolled out.`;
}
