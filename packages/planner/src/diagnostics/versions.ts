import { addTo, type Effect, miFeatures, miHas, serverFilesOf } from '@mi-patterns/inventory';
import { deployedNodes, artifactAt } from '../graph/graph.ts';
import { finding, listed } from '../findings/finding.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { namedVersions, runtimeVersions } from '../verdicts/runtime.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';

interface Use {
  readonly type: 'since-4.4' | 'logs-since-4.4';
  readonly who: string;
  readonly id: string;
  readonly effect: Effect;
  /** Whether it is a file of the server's own, not of an archive. */
  readonly isOfServer: boolean;
}

/**
 * What artifacts use that MI does not have in the version that their applications are written for, one finding for each
 * such version: a project uses it everywhere. Seen on MI 4.3.0: it refuses most of it, and takes the rest for a text,
 * which is only a warning where nothing but a log has it.
 */
export function versionDiagnostics({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const isOfServer = serverFilesOf(inventory);
  const byVersion = new Map<string, Use[]>();
  for (const node of deployedNodes(graph)) {
    const artifact = artifactAt(graph, node);
    const ofType = (wanted: Use['type']): Use[] => {
      const effect = artifact.effects.find(({ type }) => type === wanted);
      const [who, { id }] = [title(artifact), artifact];
      return effect === undefined ? [] : [{ type: wanted, who, id, effect, isOfServer: isOfServer(artifact) }];
    };
    const [use] = [...ofType('since-4.4'), ...ofType('logs-since-4.4')];
    if (use === undefined) continue;
    for (const version of runtimeVersions(inventory, artifact))
      if (!miHas(version, 'synapseExpressions')) addTo(byVersion, version, use);
  }
  return [...byVersion].flatMap(([version, all]) => {
    const needed = all.filter(({ type }) => type === 'since-4.4');
    const isLogged = needed.length === 0;
    const uses = isLogged ? all : needed;
    const [first, ...others] = uses.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (first === undefined) return [];
    const what = `${first.effect.subject}, which MI has since ${miFeatures.synapseExpressions}`;
    const also = others.length === 0 ? '' : ` (likewise ${listed(others.map(({ id }) => id), 5)})`; // prettier-ignore
    const [whose, refusal] = uses.every((use) => use.isOfServer)
      ? ['server', 'leaves it out']
      : ['project', 'undeploys the whole archive'];
    const isNamed = namedVersions(inventory).includes(version);
    const where = isNamed ? `\`runtime.version\` is ${version}` : `its ${whose} is for MI ${version}`;
    const consequence = isLogged
      ? 'that version does not evaluate it, so the log lacks the value'
      : `that version ${refusal}, or takes the expression for a plain text`;
    const imageHint = whose === 'server' ? 'Use an image of' : 'Set the version of the project and of its image to';
    return [
      finding('MI-PLAN-NEWER', {
        ...(isLogged ? { severity: 'warning' } : {}),
        message: `${first.who} uses ${what}${also}, but ${where}: ${consequence}.`,
        hint: `${isNamed ? 'Set `runtime.version` and the version of the image to' : imageHint} ${miFeatures.synapseExpressions} or later, or write it in the way of the earlier versions.`,
        source: first.effect.source,
        related: others.map(({ effect }) => effect.source),
        artifacts: uses.map(({ id }) => id),
      }),
    ];
  });
}
