import {
  type Artifact,
  type ArtifactKind,
  groupBy,
  hasNameOfItsOwn,
  looksByName,
  podConfigurations,
  serverFilesOf,
} from '@mi-patterns/inventory';
import { artifactAt, deployedArtifacts, deployedNodes, edgesOf } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { serviceKinds } from '../verdicts/proxy-service.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/** Kinds of the local registry, in the order in which MI deploys those of one archive (SynapseAppDeployer.java). */
const registered = ['local-entry', 'endpoint', 'sequence', 'template'] as const satisfies readonly ArtifactKind[];

/** One of several artifacts that a server has under one name. */
interface Named {
  readonly artifact: Artifact;
  /** Whether anything that is deployed refers to it. */
  readonly used: boolean;
}

/**
 * Artifacts of several kinds with one name. A server has one list for all of them, its local registry, in which the
 * later one replaces the earlier, whose users then find nothing; a local entry is not replaced, and the archive with
 * the other one is rejected (`localRegistry` and `assertAlreadyExists` of SynapseConfiguration.java in
 * wso2/wso2-synapse, the same for MI 4.3.0 and 4.6.0). Seen on MI 4.3.0, which calls itself ready with a replaced one,
 * and without the other one where they are the server's own files.
 */
export function sameKeys(context: PlanContext): PlanDiagnostic[] {
  const { graph, inventory } = context;
  const nodes = registered.flatMap((kind) => deployedNodes(graph, kind));
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const node of nodes) {
    const { name } = artifactAt(graph, node);
    (seen.has(name) ? shared : seen).add(name);
  }
  if (shared.size === 0) return [];
  const isOfServer = serverFilesOf(inventory);
  // Versioned deployment puts the application before the names of all of these kinds.
  const apart = new Set(inventory.applications.flatMap((one) => (one.versionedDeployment ? [one.id] : [])));
  const rows = nodes.flatMap((node) => {
    const artifact = artifactAt(graph, node);
    if (!shared.has(artifact.name)) return [];
    const used = edgesOf(graph, graph.in, node).next().done !== true;
    const lists = new Set(artifact.applications.map((id) => (apart.has(id) ? id : '')));
    return [...lists].map((list) => ({ artifact, used, key: `${list}\0${artifact.name}` }));
  });
  return [...groupBy(rows, ({ key }) => key).values()].flatMap((rivals) => {
    const outcome = rivals.length > 1 ? outcomeOf(rivals, isOfServer) : undefined;
    if (outcome === undefined) return [];
    const ids = rivals.map(({ artifact }) => artifact.id);
    const [source, ...related] = rivals.map(({ artifact }) => artifact.source);
    return finding('MI-PLAN-SAME-KEY', {
      severity: outcome.severity,
      message: `${listed(ids)} have the same name, and a server knows one local entry, endpoint, sequence or template of a name. ${outcome.sentence}`,
      hint: 'Rename all but one, and what refers to them.',
      source,
      related,
      artifacts: ids,
    });
  });
}

/** What a server makes of them; undefined where nobody misses the one that is replaced. */
function outcomeOf(
  rivals: readonly Named[],
  isOfServer: (artifact: Artifact) => boolean,
): { readonly severity: 'error' | 'warning'; readonly sentence: string } | undefined {
  const used = rivals.filter((one) => one.used).map(({ artifact }) => artifact.id);
  const entry = rivals.find(({ artifact }) => artifact.kind === 'local-entry');
  if (entry !== undefined && rivals.some((other) => other !== entry && areTogether(entry, other)))
    return {
      severity: 'error',
      sentence: `MI does not replace the local entry, so it ${isOfServer(entry.artifact) ? 'leaves the other out' : 'rejects the whole archive and no pod becomes ready'}.`,
    };
  const last = rivals.at(-1) as Named;
  if (rivals.every((other) => areTogether(last, other))) {
    const lost = used.filter((id) => id !== last.artifact.id);
    return lost.length === 0
      ? undefined
      : {
          severity: 'error',
          sentence: `MI deploys ${last.artifact.id} last, so every flow that uses ${listed(lost)} fails.`,
        };
  }
  if (used.length === 0 && entry === undefined) return undefined;
  const [only = ''] = used;
  const fails =
    used.length > 1
      ? ', and every flow that uses another fails'
      : `: if that is not ${only}, every flow that uses ${only} fails`;
  return {
    severity: used.length > 1 ? 'error' : 'warning',
    sentence: [
      'They are in several archives.',
      ...(used.length === 0 ? [] : [`MI keeps the one that it deploys last${fails}.`]),
      ...(entry === undefined ? [] : ['After the local entry, it rejects the archive with the other one.']),
    ].join(' '),
  };
}

function areTogether(one: Named, other: Named): boolean {
  return one.artifact.applications.some((id) => other.artifact.applications.includes(id));
}

/**
 * Data sources of several names with one name in JNDI: the later replaces the earlier there (`rebind` in
 * DataSourceRepository.java of wso2/product-integrator-mi), those of deployment.toml coming first. Seen on MI 4.3.0,
 * without a word in its log. Nothing where no query goes by that name.
 */
export function sameJndiNames({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const archived = deployedArtifacts(graph, 'data-source').flatMap(({ id, name, facts, source }) =>
    facts.kind === 'data-source' && facts.jndiName !== undefined ? [{ id, name, jndi: facts.jndiName, source }] : [],
  );
  const byJndi = groupBy(archived, ({ jndi }) => jndi);
  const configured = podConfigurations(inventory.configurations).flatMap(({ dataSources = [] }) => dataSources);
  return [...byJndi].flatMap(([jndi, rivals]) => {
    const server = configured.find(({ id }) => `jdbc/${id}` === jndi);
    const names = new Set([...rivals.map(({ name }) => name), ...(server === undefined ? [] : [server.id])]);
    const ids = rivals.map(({ id }) => id);
    const isUsed = inventory.references.some(({ to, via }) => !looksByName(via) && (ids as string[]).includes(to));
    if (names.size < 2 || !isUsed) return [];
    const [source, ...related] = rivals.map((one) => one.source);
    const all = server === undefined ? ids : [`${server.id} of deployment.toml`, ...ids];
    return finding('MI-PLAN-SAME-KEY', {
      severity: 'warning',
      message: `${listed(all)} have the same JNDI name ${jndi}. MI keeps the one that it deploys last, and every query by that name goes to its database.`,
      hint: 'Give each a JNDI name of its own, and let each flow use that of the database that it means.',
      source,
      related: [...related, ...(server === undefined ? [] : [server.source])],
      artifacts: ids,
    });
  });
}

/**
 * Proxy, data and Axis2 services with one name: a server has one list of services, and MI refuses a second one of a
 * name with its whole archive (`AxisConfiguration.addToAllServicesMap` of wso2/wso2-axis2; DBDeployer.java of
 * wso2/product-integrator-mi looks by itself). A proxy service that is refused even takes the other service off the
 * server (`ProxyService.buildAxisService` of wso2/wso2-synapse). Seen on MI 4.3.0 with an Axis2 and a proxy service;
 * where they are the server's own files, it starts without the proxy service.
 */
export function sameServices({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const servers = podConfigurations(inventory.configurations);
  const isOfServer = serverFilesOf(inventory);
  const byId = new Map(inventory.applications.map((application) => [application.id, application]));
  const rows = deployedArtifacts(graph, ...serviceKinds).flatMap((artifact) => {
    const lists = artifact.applications.map((id) => {
      const application = byId.get(id);
      return application !== undefined && hasNameOfItsOwn(artifact.kind, application, servers) ? id : '';
    });
    return serviceNames(artifact).flatMap((name) =>
      [...new Set(lists)].map((list) => ({ artifact, name, key: `${list}\0${name}` })),
    );
  });
  return [...groupBy(rows, ({ key }) => key).values()].flatMap((rivals) => {
    const ids = [...new Set(rivals.map(({ artifact }) => artifact.id))];
    if (ids.length < 2) return [];
    const [source, ...related] = rivals.map(({ artifact }) => artifact.source);
    const outcome = rivals.every(({ artifact }) => isOfServer(artifact))
      ? ', and starts without it'
      : ' with its whole archive, so no pod becomes ready';
    return finding('MI-PLAN-SAME-KEY', {
      message: `${listed(ids)} bring a service of the same name, ${rivals[0].name}, and a server has one service of a name. MI refuses the one that it deploys later${outcome}.`,
      hint: 'Rename all but one, and what calls them.',
      source,
      related,
      artifacts: ids,
    });
  });
}

function serviceNames({ name, facts }: Artifact): readonly string[] {
  if (facts.kind !== 'axis2-service') return [name];
  return (facts.services ?? []).map((service) => service.name);
}
