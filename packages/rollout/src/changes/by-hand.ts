import { type KubernetesObject, overlaps } from '@mi-patterns/helm';
import { compareText, type Diagnostic } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { type Log, returnOf } from '../release/record.ts';
import type { Revision } from '../release/release.ts';

/**
 * A warning where the newest revision is a way back that no rollout or rollback has made, and that ran stateful
 * artifacts in two pods: `helm rollback` renders nothing, so no check of the chart can refuse it, and it starts what it
 * brings back before it ends what it removes (helm/helm pkg/action/rollback.go).
 */
export async function handRollbackFindings(
  history: readonly Revision[],
  { records, begun }: Log,
  released: (revision: number) => Promise<readonly KubernetesObject[]>,
): Promise<readonly Diagnostic[]> {
  const [before, newest] = history.slice(-2);
  if (before === undefined || newest === undefined || returnOf(newest) === undefined) return [];
  // helm goes back itself from an upgrade that fails.
  const isOurs =
    records.some(({ revision }) => revision === newest.revision) ||
    (begun?.helm === true && [newest.revision, before.revision].includes(begun.revision));
  if (isOurs) return [];
  const moved = overlaps(await released(before.revision), await released(newest.revision));
  const artifacts = [...new Set(moved.map(({ artifact }) => artifact))].sort(compareText);
  if (artifacts.length === 0) return [];
  return [
    finding(
      'MI-ROLLOUT-BY-HAND',
      `Revision ${newest.revision} is a way back that helm made without mi-patterns. It ran ${artifacts.join(', ')} in two pods until the old ones had ended, unless somebody had ended them before.`,
      'Check what was done twice at that time. mi-patterns rollback ends the old pods first.',
    ),
  ];
}
