import type { Diagnostic } from '@mi-patterns/inventory';
import { isWorkload, type KubernetesObject, objectAt } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { RolloutRecord } from '../release/record.ts';

/**
 * A warning where the artifacts differ from those of the running release, but the image that holds them has the same
 * name: an image that was pushed again under its tag changes no object, so the pods keep the old one. Archives that are
 * mounted change with the objects. `running`: the record of what runs. Pure.
 */
export function sameImageFindings(
  { image, artifactsDigest }: Pick<RolloutRecord, 'image' | 'artifactsDigest'>,
  running: RolloutRecord | undefined,
  wanted: readonly KubernetesObject[],
): readonly Diagnostic[] {
  if (running?.artifactsDigest === undefined || artifactsDigest === undefined) return [];
  if (running.image !== image || running.artifactsDigest === artifactsDigest || running.only !== undefined) return [];
  if (wanted.filter(isWorkload).some(mountsArchives)) return [];
  return [
    finding(
      'MI-ROLLOUT-SAME-IMAGE',
      `The artifacts differ from those of the last rollout, but the image is still ${image}. Running pods keep it, also if it was pushed again.`,
      'If artifacts have changed, push their image under a new tag, and name that in mi-patterns.yaml. After an update of mi-patterns alone, there is nothing to do.',
    ),
  ];
}

/** Whether the pods of a workload get their archives from a volume, not from their image. */
export function mountsArchives(workload: KubernetesObject): boolean {
  return JSON.stringify(objectAt(workload, 'spec')).includes('deployment/server/carbonapps');
}
