import { addTo, type Effect, miFeatures, miHas, serverFilesOf } from '@mi-patterns/inventory';
import { deployedNodes, artifactAt } from '../graph/graph.ts';
import { finding, listed } from '../findings/finding.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { namedVersions, runtimeVersions } from '../verdicts/runtime.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';

interface Use {
  readonly who: string;
  readonly id: string;
  readonly effect: Effect;
  /** Whether it is a file of the server's own, not of an archive. */
  readonly isOfServer: boolean;
}

/**
 * What artifacts use that MI does not have in the version that their applications are written for, one finding for each
 * such version: a project uses it everywhere. Seen on MI 4.3.0: it refuses most of it, and takes the rest for a text.
 */
export function versionDiagnostics({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const isOfServer = serverFilesOf(inventory);
  const byVersion = new Map<string, Use[]>();
  for (const node of deployedNodes(graph)) {
    const artifact = artifactAt(graph, node);
    const effect = artifact.effects.find(({ type }) => type === 'since-4.4');
    if (effect === undefined) continue;
    for (const version of runtimeVersions(inventory, artifact)) {
      if (miHas(version, 'synapseExpressions')) continue;
      addTo(byVersion, version, { who: title(artifact), id: artifact.id, effect, isOfServer: isOfServer(artifact) });
    }
  }
  return [...byVersion].flatMap(([version, uses]) => {
    const [first, ...others] = uses.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (first === undefined) return [];
    const what = `${first.effect.subject}, which MI has since ${miFeatures.synapseExpressions}`;
    const also = others.length === 0 ? '' : ` (likewise ${listed(others.map(({ id }) => id), 5)})`; // prettier-ignore
    const [whose, refusal] = uses.every((use) => use.isOfServer)
      ? ['server', 'leaves it out']
      : ['project', 'undeploys the whole archive'];
    const isNamed = namedVersions(inventory).includes(version);
    const where = isNamed ? `\`runtime.version\` is ${version}` : `its ${whose} is for MI ${version}`;
    const imageHint = whose === 'server' ? 'Use an image of' : 'Set the version of the project and of its image to';
    return [
      finding('MI-PLAN-NEWER', {
        message: `${first.who} uses ${what}${also}, but ${where}: that version ${refusal}, or takes the expression for a plain text.`,
        hint: `${isNamed ? 'Set `runtime.version` and the version of the image to' : imageHint} ${miFeatures.synapseExpressions} or later, or write it in the way of the earlier versions.`,
        source: first.effect.source,
        related: others.map(({ effect }) => effect.source),
        artifacts: uses.map(({ id }) => id),
      }),
    ];
  });
}
