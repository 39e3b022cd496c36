import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, type KubernetesObject } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';

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
  for (const object of live) {
    const keeper = keeperOf(object);
    if (keeper !== undefined)
      return [
        finding(
          'MI-ROLLOUT-GITOPS',
          `${displayName(object)} belongs to ${keeper}, which would undo a rollout while it runs.`,
          'Commit the generated files instead. If it has been told to leave the release alone, use --accept MI-ROLLOUT-GITOPS.',
        ),
      ];
  }
  return [];
}
