import {
  type ArtifactId,
  compareText,
  defaultServerRoles,
  type Delivery,
  groupBy,
  podConfigurations,
  type Source,
} from '@mi-patterns/inventory';
import { deliverable } from '../delivery/delivery-of.ts';
import { artifactAt, deployedArtifacts } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { duplicateDeliveries, replacedDefinitions } from './duplicates.ts';
import { finding, listed, overrideHint } from '../findings/finding.ts';

/** Findings about what is deployed together, and about archives that would have to be split. */
export function archiveDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return [
    ...duplicateDeliveries(context),
    ...replacedDefinitions(context),
    ...existing(context),
    ...builtinMain(context),
    ...implicit(context),
    ...dataSources(context),
    ...split(context),
    ...replacedRoles(context),
  ];
}

/** The sequences that a server has of its own; MI 4.3.0 was asked with both. */
const ownSequences = ['main', 'fault'] as const;

/**
 * Archives with a sequence that each server has already. With hot deployment off, as the chart sets it, no server ever
 * uses it: MI deploys it at once over its own (SynapseAppDeployer.java:817-880). Before it has looked into its folder
 * of sequences, it takes the file for the one that it has loaded, and ignores it; afterwards it says "already exists"
 * and fails the archive (AbstractSynapseArtifactDeployer.java:119-136). Which folder comes first depends on the hashes
 * of their absolute paths (RepositoryListener.java:266-278 of wso2/wso2-axis2 goes through a ConcurrentHashMap). Seen
 * on MI 4.3.0 built from source, in homes of eight paths, where what the hashes say came true: of those of WSO2's
 * images, wso2mi-4.3.0 and wso2mi-4.6.0 ignore it, wso2mi-4.5.0 fails. A warning, since WSO2's own build was not asked.
 */
function existing({ inventory, graph }: PlanContext): PlanDiagnostic[] {
  return ownSequences.flatMap((name) => {
    const id = `sequence/${name}` as const;
    const delivering = inventory.applications
      // Versioned deployment gives a sequence a name of its own.
      .filter(({ type, versionedDeployment }) => type !== 'server' && !versionedDeployment)
      .flatMap((application) => {
        const delivery = application.deliveries.find(({ artifact }) => artifact === id);
        return delivery === undefined ? [] : [{ application, delivery }];
      })
      .toSorted((a, b) => compareText(a.application.id, b.application.id));
    if (delivering.length === 0) return [];
    const [source, ...related] = delivering.map(
      ({ application, delivery }) => placeOf(graph, delivery) ?? application.source,
    );
    const names = listed(delivering.map(({ application }) => application.id));
    return [
      finding('MI-PLAN-OWN-SEQUENCE', {
        message: `${names} ${delivering.length === 1 ? 'delivers' : 'deliver'} the ${name} sequence, which each server has already. With hot deployment off, as the chart sets it, MI never uses this one: depending on the path of its home, it keeps its own, or rejects the whole archive, so no pod becomes ready.`,
        hint: `Give the sequence another name and call that, or put it into the image: repository/deployment/server/synapse-configs/default/sequences/${name}.xml in the server's home.`,
        source,
        related,
        artifacts: [id],
      }),
    ];
  });
}

/** Where a delivered artifact says its name; an application that delivers it has no line of its own for it. */
function placeOf(graph: PlanContext['graph'], { artifact: id, path }: Delivery): Source | undefined {
  const artifact = graph.artifacts[graph.index.get(id) ?? -1];
  return artifact === undefined
    ? undefined
    : [artifact.source, ...artifact.duplicates].find((source) => source.path === path);
}

/** A task without `injectTo` sends to the sequence `main`; MI's own only logs and drops. */
function builtinMain({ graph }: PlanContext): PlanDiagnostic[] {
  return graph.unresolved.flatMap((reference) => {
    if (reference.relation !== 'injects-into' || reference.state !== 'builtin') return [];
    const node = graph.index.get(reference.from);
    if (node === undefined || graph.deployed[node] === 0) return [];
    return [
      finding('MI-ISO-MAINSEQ', {
        severity: 'warning',
        message: `${reference.from} injects its messages into the main sequence, which no application delivers: MI's own does nothing useful with them.`,
        hint: 'Set injectTo and sequenceName (or proxyName) in the task.',
        source: reference.source,
        artifacts: [reference.from],
      }),
    ];
  });
}

/**
 * What MI hands to two sequences by their name alone: they are at work in every pod, without any entry point that names
 * them.
 */
const handedTo: ReadonlyMap<ArtifactId, string> = new Map([
  ['sequence/main', 'The main sequence takes every request that no API or service of a pod answers'],
  ['sequence/fault', 'The fault sequence takes the errors of every flow that has no fault sequence of its own'],
]);

/**
 * An error for `fault`, as for a flow that names what another pod has: every flow without a fault sequence of its own
 * comes to it. What no API or service answers comes to `main`, which may be nothing at all: a warning. With the
 * coordination database all pods have everything, and only a processor that is active in another pod is out of reach.
 */
function implicit(context: PlanContext): PlanDiagnostic[] {
  const { graph } = context;
  if (!context.byDatabase && (!context.divided || context.workloads.length < 2)) return [];
  return [...handedTo].flatMap(([id, takes]) => {
    const node = graph.index.get(id);
    if (node === undefined || graph.deployed[node] === 0) return [];
    const isolated = context.walker
      .forward([node])
      .filter(
        (other) =>
          context.stateful[other] === 1 &&
          (!context.byDatabase || artifactAt(graph, other).kind === 'message-processor'),
      );
    if (isolated.length === 0) return [];
    const ids = isolated.map((other) => artifactAt(graph, other).id).toSorted(compareText);
    const processor = isolated
      .map((other) => artifactAt(graph, other))
      .find(({ kind }) => kind === 'message-processor');
    return [
      finding('MI-ISO-MAINSEQ', {
        severity: id === 'sequence/fault' ? 'error' : 'warning',
        message: `${takes}, in all pods, and needs ${listed(ids, 5)}, which only one pod ${context.byDatabase ? 'runs' : 'has'}: what it passes on in the other pods is lost.`,
        hint:
          processor === undefined
            ? 'Let the flow use a broker or an address of the workload that has them, or send such requests there.'
            : `Use a JMS, RabbitMQ or JDBC message store there; or keep everything in one pod with --pattern single-replica; or let each pod process the messages that it stored itself: ${overrideHint(processor, 'pod-local')}.`,
        source: artifactAt(graph, node).source,
        related: isolated.map((other) => artifactAt(graph, other).source),
        artifacts: [id, ...ids],
      }),
    ];
  });
}

/**
 * Data sources that a server would have twice: of two archives, or of one and deployment.toml, which is first
 * (DataSourceCappDeployer.java of wso2/product-integrator-mi; seen on MI 4.3.0).
 */
function dataSources({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const configured = groupBy(
    podConfigurations(inventory.configurations).flatMap((one) => one.dataSources ?? []),
    ({ id }) => id,
  );
  return deployedArtifacts(graph, 'data-source').flatMap((artifact) => {
    const own = configured.get(artifact.name)?.map(({ source }) => source) ?? [];
    if (artifact.applications.length < 2 && own.length === 0) return [];
    const parts = { source: artifact.source, related: [...artifact.duplicates, ...own], artifacts: [artifact.id] };
    const found =
      own.length === 0
        ? {
            message: `${title(artifact)} is delivered by ${listed(artifact.applications)}: MI treats the second one as faulty and does not deploy it.`,
            hint: 'Keep the data source in one application that the others depend on.',
          }
        : {
            message: `${title(artifact)} of ${listed(artifact.applications)} is in deployment.toml too ([[datasource]]), which comes first: MI rejects the whole archive, so no pod becomes ready.`,
            hint: 'Remove one of the two, or give it another name.',
          };
    return [finding('MI-ISO-DS-DUP', { ...found, ...parts })];
  });
}

function split(context: PlanContext): PlanDiagnostic[] {
  if (context.delivery !== 'archives' || context.workloads.length < 2) return [];
  return context.inventory.applications.flatMap((application) => {
    const nodes = application.deliveries.flatMap((delivery) => context.graph.index.get(delivery.artifact) ?? []);
    const stateful = nodes.filter((node) => context.stateful[node] === 1);
    const homes = new Set(nodes.map((node) => context.home[node]).filter((home) => home !== -1));
    if (stateful.length === 0 || homes.size < 2) return [];
    const ids = stateful.flatMap((node) => context.graph.artifacts[node]?.id ?? []);
    const [source = application.source, ...related] = application.deliveries
      .filter(({ artifact }) => ids.includes(artifact))
      .flatMap((delivery) => placeOf(context.graph, delivery) ?? []);
    const found = [
      finding('MI-ISO-SAME-CAR', {
        message: `${application.id} holds ${listed(ids, 5)} next to artifacts of other workloads: deployed unchanged, it would run them in every pod.`,
        hint: 'Deploy the archives that `mi-patterns package` writes instead of this one, or deliver by roles.',
        source,
        related,
        artifacts: ids,
      }),
    ];
    if (application.versionedDeployment) {
      found.push(
        finding('MI-ISO-VERSIONED', {
          message: `${application.id} uses versioned deployment: its artifacts are named after the archive, so references change their meaning when it is split across workloads.`,
          hint: 'Deliver by roles, which keeps the archive whole, or disable versioned deployment.',
          source,
          related,
          artifacts: ids,
        }),
      );
    }
    return found;
  });
}

/**
 * Server roles of somebody else's, which a server with MI's own roles leaves out: the archives that `package` writes
 * carry roles of the plan instead, so what was asleep starts to work.
 */
function replacedRoles({ inventory, graph, roles }: PlanContext): PlanDiagnostic[] {
  return deliverable(inventory).flatMap((application) => {
    const foreign = application.deliveries.flatMap((delivery) => {
      const { artifact, serverRole } = delivery;
      const node = graph.index.get(artifact) ?? -1;
      const runs = graph.deployed[node] === 1 && artifactAt(graph, node).kind !== 'unsupported';
      return runs &&
        serverRole !== undefined &&
        !defaultServerRoles.includes(serverRole) &&
        roles.get(artifact) !== serverRole
        ? [{ artifact, serverRole, source: placeOf(graph, delivery) ?? application.source }]
        : [];
    });
    if (foreign.length === 0) return [];
    const names = [...new Set(foreign.map(({ serverRole }) => serverRole))].toSorted(compareText);
    const ids = foreign.map(({ artifact }) => artifact).toSorted(compareText);
    return [
      finding('MI-DELIVERY-ROLE-REPLACED', {
        message: `${listed(ids, 5)} of ${application.id} ${ids.length === 1 ? 'carries' : 'carry'} the server ${names.length === 1 ? 'role' : 'roles'} ${listed(names, 5)}, so servers with MI's own roles leave ${ids.length === 1 ? 'it' : 'them'} out today. The plan runs ${ids.length === 1 ? 'it' : 'them'}: the archives that package writes carry roles that its servers have.`,
        hint: 'Remove what must not start from the archive; otherwise there is nothing to do.',
        source: foreign[0]?.source,
        related: foreign.slice(1).map(({ source }) => source),
        artifacts: ids,
      }),
    ];
  });
}
