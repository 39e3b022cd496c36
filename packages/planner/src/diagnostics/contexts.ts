import {
  addTo,
  type Artifact,
  compareSources,
  hasNameOfItsOwn,
  podConfigurations,
  withoutTrailingSlashes,
  serverFilesOf,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { deployedArtifacts } from '../graph/graph.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/**
 * APIs that share context and version: MI deploys the first and undeploys the archive of the other
 * (`SynapseConfiguration.addAPI` of wso2/wso2-synapse; seen on MI 4.3.0, "URL context: /x is already registered with
 * the API"). A server that exposes versions puts the application before the context of each (`API.setContext`).
 */
export function contextClashes(context: PlanContext): PlanDiagnostic[] {
  const { applications } = context.inventory;
  const servers = podConfigurations(context.inventory.configurations);
  const apart = new Set(
    applications.flatMap((application) => (hasNameOfItsOwn('api', application, servers) ? [application.id] : [])),
  );
  const isOfServer = serverFilesOf(context.inventory);
  const byContext = new Map<string, Artifact[]>();
  for (const artifact of deployedArtifacts(context.graph, 'api')) {
    const { facts } = artifact;
    if (facts.kind !== 'api' || facts.context.includes('$')) continue;
    const before = artifact.applications.every((id) => apart.has(id)) ? artifact.applications.join(' ') : '';
    const key = [before, withoutTrailingSlashes(facts.context), facts.apiVersion ?? ''].join('\0');
    addTo(byContext, key, artifact);
  }
  return [...byContext.values()]
    .filter((apis) => apis.length > 1)
    .map((apis) => {
      const [source, ...related] = apis.map((api) => api.source).toSorted(compareSources);
      const { facts } = apis[0] as Artifact;
      const otherwise = apis.every(isOfServer)
        ? 'leaves the other out'
        : 'undeploys the whole archive of the other, so no pod becomes ready';
      return finding('MI-PLAN-CONTEXT', {
        message: `${listed(
          apis.map(({ id }) => id),
          5,
        )} have the same context ${facts.kind === 'api' ? facts.context : ''}: MI deploys the first and ${otherwise}.`,
        hint: 'Give one of them another context, or plan their applications separately.',
        source,
        related,
        artifacts: apis.map(({ id }) => id),
      });
    });
}
