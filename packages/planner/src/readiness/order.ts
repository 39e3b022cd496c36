import { type Application, compareText, type Inventory } from '@mi-patterns/inventory';
import { deliverable } from '../delivery/delivery-of.ts';
import { type DeploymentNeed, deploymentNeeds } from '../delivery/order.ts';
import { finding } from '../findings/finding.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import type { NeededArchive } from '../model/readiness.ts';

/** Archives that must be deployed before others, and whether the names they have now do that. */
export function neededArchives(inventory: Inventory): readonly NeededArchive[] {
  const needs = deploymentNeeds(inventory, deliverable(inventory));
  return needs
    .map((need): NeededArchive => {
      const { from, to, reference } = need;
      return {
        archive: fileOf(from),
        after: fileOf(to),
        artifact: reference.from,
        needs: reference.to,
        source: reference.source,
        order: isCircular(need, needs) ? 'circular' : orderOf(from, to),
      };
    })
    .toSorted((a, b) => compareText(a.archive, b.archive) || compareText(a.after, b.after));
}

/** Archives are deployed in the order of their file names. */
const orderOf = (from: Application, to: Application): NeededArchive['order'] =>
  compareText(fileOf(to), fileOf(from)) < 0 ? 'right' : 'wrong';

function fileOf({ type, name, version, source }: Application): string {
  return type === 'archive' ? source.path.slice(source.path.lastIndexOf('/') + 1) : `${name}_${version || '1.0.0'}.car`;
}

/** True when the needed application needs the other one too, over any number of others. */
function isCircular({ from, to }: DeploymentNeed, needs: readonly DeploymentNeed[]): boolean {
  const seen = new Set<Application>();
  const open = [to];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === from) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...needs.filter((need) => need.from === next).map((need) => need.to));
  }
  return false;
}

/** Findings about archives whose order is wrong: an error where no order is right. */
export function orderFindings(archives: readonly NeededArchive[]): readonly PlanDiagnostic[] {
  return archives.flatMap(({ archive, after, artifact, needs, source, order }) => {
    if (order === 'right') return [];
    const isCircle = order === 'circular';
    return [
      finding('MI-READY-ORDER', {
        severity: isCircle ? 'error' : 'warning',
        message: isCircle
          ? `${archive} and ${after} need each other during deployment (${artifact} needs ${needs}): whichever comes first fails, MI undeploys all of it, and no pod becomes ready.`
          : `MI deploys ${archive} before ${after}, in the order of their file names, but ${artifact} needs ${needs} of ${after} at that moment: the archive fails, MI undeploys all of it, and no pod becomes ready.`,
        hint: isCircle
          ? 'Move what both need into an archive of its own.'
          : 'Deploy the archives that `mi-patterns package` and `generate` write: their names sort correctly. Or rename the archives so that the needed one sorts first.',
        source,
        artifacts: [artifact, needs],
      }),
    ];
  });
}
