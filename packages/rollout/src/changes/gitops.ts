import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, type KubernetesObject } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { OldRelease } from '../live/live.ts';

/**
 * What tells that a controller keeps an object as git says: the annotation by which Argo CD knows its objects, with the
 * name of the Application first (argo-cd, docs/user-guide/resource_tracking.md), and the label that Flux gives to all
 * objects of a HelmRelease (helm-controller, internal/postrender/origin_labels.go).
 */
function keeperOf({ metadata: { annotations, labels } }: KubernetesObject): string | undefined {
  const application = annotations?.['argocd.argoproj.io/tracking-id']?.split(':')[0];
  if (application !== undefined) return `the Application ${application} of Argo CD`;
  const release = labels?.['helm.toolkit.fluxcd.io/name'];
  return release === undefined ? undefined : `the HelmRelease ${release} of Flux`;
}

/** A warning where a controller would undo a rollout, step by step. `live`: the objects of the release. Pure. */
export function gitOpsFindings(live: Iterable<KubernetesObject>): readonly Diagnostic[] {
  return firstKept(
    live,
    (object, keeper) => `${object} belongs to ${keeper}, which would undo a rollout while it runs.`,
    'Commit the generated files instead: mi-patterns generate says what would run twice. If it has been told to leave the release alone, use --accept MI-ROLLOUT-GITOPS.',
  );
}

/** A warning for each release to be taken over whose pods a controller would start again once they have ended. Pure. */
export function oldGitOpsFindings(olds: readonly OldRelease[]): readonly Diagnostic[] {
  return olds.flatMap(({ name, objects }) =>
    firstKept(
      objects,
      (object, keeper) =>
        `${object} of the release ${name} belongs to ${keeper}, which would start its pods again after the rollout has ended them: what must run once would run twice.`,
      'First delete the Application without its objects, or suspend the HelmRelease. Then use --accept MI-ROLLOUT-GITOPS.',
    ),
  );
}

function firstKept(
  objects: Iterable<KubernetesObject>,
  message: (object: string, keeper: string) => string,
  hint: string,
): readonly Diagnostic[] {
  for (const object of objects) {
    const keeper = keeperOf(object);
    if (keeper !== undefined) return [finding('MI-ROLLOUT-GITOPS', message(displayName(object), keeper), hint)];
  }
  return [];
}
