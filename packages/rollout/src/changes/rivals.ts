import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, effectiveReplicas, identity, type KubernetesObject, releaseWorkloads } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import { isEnding, type LiveState, releaseOf, workloadState } from '../live/live.ts';

/**
 * An error for each workload of another release that runs a stateful artifact which `wanted` runs too: both would do
 * its work. Artifacts of one name count as the same, as they do for guards. Nothing is said of two with guards, which
 * wait for each other unless their scopes say that they are different artifacts, and of two that agree through a
 * database. What `running` has already does not count. Pure.
 */
export function rivalFindings(
  wanted: readonly KubernetesObject[],
  others: LiveState,
  running: readonly KubernetesObject[] = [],
): readonly Diagnostic[] {
  const known = new Set(releaseWorkloads(running).flatMap(({ statefulArtifacts }) => statefulArtifacts));
  const owners = releaseWorkloads(wanted).filter(({ object }) => effectiveReplicas(object, wanted) > 0);
  return releaseWorkloads(others.workloads)
    .filter(({ object }) => works(object, others))
    .flatMap(({ object, coordination, statefulArtifacts }): readonly Diagnostic[] => {
      const contested = statefulArtifacts.filter(
        (artifact) =>
          !known.has(artifact) &&
          owners.some(
            (owner) =>
              owner.statefulArtifacts.includes(artifact) &&
              (owner.coordination === 'isolate' || owner.coordination !== coordination),
          ),
      );
      return contested.length === 0 ? [] : [rivalFinding(object, contested)];
    });
}

/** Whether pods of a workload work, or will. Those that end, or whose workload is being deleted, are waited for. */
function works(object: KubernetesObject, { pods }: LiveState): boolean {
  if (isEnding(object)) return false;
  return workloadState(object).wanted > 0 || pods.some((pod) => pod.workload === identity(object) && !pod.ending);
}

function rivalFinding(object: KubernetesObject, artifacts: readonly string[]): Diagnostic {
  const release = releaseOf(object);
  const ofRelease = release === undefined ? '' : ` of the release ${release}`;
  const end = release === undefined ? 'end it' : `remove it (helm uninstall ${release})`;
  return finding(
    'MI-ROLLOUT-RUNS-ELSEWHERE',
    `${displayName(object)}${ofRelease} in the same namespace runs ${artifacts.join(', ')} too. While both releases run it, the work is done twice.`,
    `If this release replaces it, list it in \`takeOver\` of the environment, or ${end} first. If it only has an artifact of the same name, use --accept MI-ROLLOUT-RUNS-ELSEWHERE.`,
  );
}
