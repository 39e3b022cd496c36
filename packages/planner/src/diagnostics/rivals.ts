import { type Artifact, distinctBy, groupBy } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { artifactAt, deployedArtifacts, edgesOf, type Graph } from '../graph/graph.ts';
import { clientsOf, queueOfStore, queuesOf, type QueueUse } from '../needs/queues.ts';
import { storeTypeOf } from '../verdicts/message-store.ts';
import { startsDeactivated } from '../verdicts/message-processor.ts';
import { serversOf } from '../verdicts/proxy-service.ts';
import type { PlanContext } from './context.ts';
import { workOf } from './work.ts';
import { finding, listed } from '../findings/finding.ts';

/** Findings about consumers that get in each other's way at a broker, whatever their pods. */
export function rivalDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return [...sameClients(context), ...sharedQueues(context)];
}

/**
 * Consumers with one client id at one broker. MI refuses the second MQTT inbound endpoint in one server
 * (`MqttClientManager.hasMqttClient`), but not in two, and no second service; there the broker disconnects the first
 * (MQTT 3.1.1, 3.1.4). Of a JMS connection the client id must be unique (JMS 1.1, 4.3.2).
 */
function sameClients({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const servers = serversOf(inventory.configurations);
  const rows = deployedArtifacts(graph, 'inbound-endpoint', 'proxy-service').flatMap((artifact) =>
    clientsOf(artifact, servers).map(({ protocol, key }) => ({ artifact, protocol, key, does: artifact.id })),
  );
  return rivals(rows).map((found) =>
    finding('MI-PLAN-SAME-CLIENT', {
      message: `${namesOf(found)} ${sameClientWords(found)}.`,
      hint: 'Give each a client id of its own; to change data capture a database.server.id or slot.name.',
      ...placesOf(found),
    }),
  );
}

/** What consumers with one client id have in common, and what comes of it. */
function sameClientWords(found: readonly { readonly artifact: Artifact; readonly protocol: string }[]): string {
  const [first] = found;
  const isRefused = found.every(({ artifact }) => artifact.kind === 'inbound-endpoint');
  const broker = 'have the same client id at one broker, which lets one of them connect at a time';
  if (first?.protocol === 'jms') return `${broker}: the others get no messages`;
  if (first?.protocol !== 'mqtt')
    return 'follow one database with the same database.server.id or slot.name, which it gives to one of them at a time: the others are disconnected or refused, and get no changes';
  return isRefused
    ? `${broker}: in pods of their own they throw each other out again and again, and in one pod MI refuses the second`
    : `${broker}: they throw each other out again and again`;
}

/** A consumer of something, and what it does with what it takes; equal for those that share the work on purpose. */
interface Consumer {
  readonly artifact: Artifact;
  readonly key: string;
  readonly does: string;
}

/** Consumers of one queue that do different things with its messages: each message comes to one of them only. */
function sharedQueues(context: PlanContext): PlanDiagnostic[] {
  const { graph, inventory } = context;
  const servers = serversOf(inventory.configurations);
  const kinds = ['inbound-endpoint', 'message-processor', 'proxy-service'] as const;
  const rows = deployedArtifacts(graph, ...kinds).flatMap((artifact) => {
    const uses =
      artifact.kind === 'message-processor' ? queueOfProcessor(graph, artifact) : queuesOf(artifact, servers);
    return uses.map((use) => ({ ...use, artifact, does: workOf(context, artifact) }));
  });
  return rivals(rows).map((found) => {
    const { what = '', hint = '' } = found[0] ?? {};
    return finding('MI-PLAN-SHARED-QUEUE', {
      message: `${namesOf(found)} ${what} and do different things: each message comes to one of them only, whichever is first.`,
      hint,
      ...placesOf(found),
    });
  });
}

function queueOfProcessor(graph: Graph, { id, facts }: Artifact): readonly QueueUse[] {
  if (facts.kind !== 'message-processor' || startsDeactivated(facts)) return [];
  const taken = [...edgesOf(graph, graph.out, graph.index.get(id) ?? -1)].find(
    ({ relation }) => relation === 'consumes-from',
  );
  const store = taken === undefined ? undefined : artifactAt(graph, taken.to);
  const use = store === undefined ? undefined : queueOfStore(store, storeTypeOf(store));
  return use === undefined ? [] : [use];
}

/** The groups of one key in which something differs, each artifact once; one group for each set of artifacts. */
function rivals<Row extends Consumer>(rows: readonly Row[]): Row[][] {
  const groups = [...groupBy(rows, ({ key }) => key).values()]
    .map((found) => distinctBy(found, ({ artifact }) => artifact.id))
    .filter((found) => new Set(found.map(({ does }) => does)).size > 1);
  return distinctBy(groups, (found) => found.map(({ artifact }) => artifact.id).join('\n'));
}

function namesOf(found: readonly Consumer[]): string {
  return listed(
    found.map(({ artifact }) => artifact.id),
    5,
  );
}

function placesOf(found: readonly Consumer[]): Pick<PlanDiagnostic, 'source' | 'related' | 'artifacts'> {
  const [source, ...related] = found.map(({ artifact }) => artifact.source);
  return {
    ...(source === undefined ? {} : { source }),
    related,
    artifacts: found.map(({ artifact }) => artifact.id),
  };
}
