import { type Artifact, groupBy } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { artifactAt, deployedArtifacts, edgesOf, type Graph } from '../graph/graph.ts';
import { storeTypeOf } from '../verdicts/message-store.ts';
import { startsDeactivated } from '../verdicts/message-processor.ts';
import { setting } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/** Findings about consumers that get in each other's way at a broker, whatever their pods. */
export function rivalDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return [...sameClients(context), ...sharedQueues(context)];
}

/** A provider URL without `failover:` and its options, which say nothing of which broker it is, except for Qpid. */
function brokerOf(url: string): string {
  if (/brokerlist=/i.test(url)) return url;
  return url
    .trim()
    .replace(/^failover:(?:\/\/)?/i, '')
    .replace(/[?].*$/s, '')
    .replace(/[()]/g, '')
    .toLowerCase();
}

/**
 * The text of parameters, joined; undefined where the first is missing. An expression is equal to itself, since one
 * server resolves both.
 */
function keyOf({ facts }: Artifact, ...names: readonly string[]): string | undefined {
  if (facts.kind !== 'inbound-endpoint' && facts.kind !== 'message-store') return undefined;
  const texts = names.map((name) => {
    const found = setting(facts.parameters, name);
    if (found.state === 'absent') return undefined;
    return found.state === 'literal' && name === 'java.naming.provider.url'
      ? brokerOf(found.value)
      : found.parameter.value;
  });
  return texts[0] === undefined ? undefined : JSON.stringify(texts);
}

/**
 * Inbound endpoints with one client id at one broker. MI refuses the second in one server for MQTT
 * (`MqttClientManager.hasMqttClient`), but not in two; there the broker disconnects the first (MQTT 3.1.1, 3.1.4). Of a
 * JMS connection the client id must be unique (JMS 1.1, 4.3.2).
 */
function sameClients({ graph }: PlanContext): PlanDiagnostic[] {
  const inbounds = deployedArtifacts(graph, 'inbound-endpoint');
  const rows = inbounds.flatMap((artifact) => {
    const protocol = artifact.facts.kind === 'inbound-endpoint' ? artifact.facts.protocol : undefined;
    const key =
      protocol === 'mqtt'
        ? keyOf(artifact, 'mqtt.client.id', 'mqtt.server.host.name', 'mqtt.server.port')
        : keyOf(artifact, 'transport.jms.DurableSubscriberClientID', 'java.naming.provider.url');
    return key === undefined || (protocol !== 'mqtt' && protocol !== 'jms') ? [] : [{ artifact, protocol, key }];
  });
  return rivals(
    rows,
    ({ protocol, key }) => `${protocol} ${key}`,
    ({ artifact }) => artifact.id,
  ).map((found) => {
    const ids = found.map(({ artifact }) => artifact.id);
    return finding('MI-PLAN-SAME-CLIENT', 'warning', {
      message: `${listed(ids, 5)} have the same client id at one broker, which lets one of them connect at a time: ${found[0]?.protocol === 'mqtt' ? 'in pods of their own they throw each other out again and again, and in one pod MI refuses the second' : 'the others get no messages'}.`,
      hint: 'Give each a client id of its own.',
      ...placesOf(found.map(({ artifact }) => artifact)),
    });
  });
}

/** Consumers of one queue that do different things with its messages: each message comes to one of them only. */
function sharedQueues({ graph, verdicts }: PlanContext): PlanDiagnostic[] {
  const rows = deployedArtifacts(graph, 'inbound-endpoint', 'message-processor').flatMap((artifact) => {
    const { facts } = artifact;
    const shares = facts.kind === 'message-processor' || verdicts.get(artifact.id)?.class === 'broker-safe';
    const queue = shares ? (queueOfInbound(artifact) ?? queueOfProcessor(graph, artifact)) : undefined;
    return queue === undefined ? [] : [{ artifact, queue, does: workOf(artifact) }];
  });
  return rivals(
    rows,
    ({ queue }) => queue,
    ({ does }) => does,
  ).map((found) => {
    const ids = found.map(({ artifact }) => artifact.id);
    return finding('MI-PLAN-SHARED-QUEUE', 'warning', {
      message: `${listed(ids, 5)} take from one queue and do different things: each message comes to one of them only, whichever is first.`,
      hint: 'Give each a queue of its own, for example by a topic or an exchange that copies each message to both, or let one of them do it all.',
      ...placesOf(found.map(({ artifact }) => artifact)),
    });
  });
}

/** What a consumer does with a message; equal for those that share the work on purpose. */
function workOf({ facts, id }: Artifact): string {
  if (facts.kind === 'inbound-endpoint') return facts.sequence ?? '';
  if (facts.kind !== 'message-processor') return id;
  const sequence = setting(facts.parameters, 'sequence');
  return JSON.stringify([
    facts.class,
    facts.targetEndpoint,
    sequence.state === 'absent' ? '' : sequence.parameter.value,
  ]);
}

/** Parameters by which consumers of one name get messages of their own. */
const dividing = [
  'transport.jms.MessageSelector',
  'transport.jms.SubscriptionDurable',
  'transport.jms.SharedSubscription',
];

function queueOfInbound(artifact: Artifact): string | undefined {
  const { facts } = artifact;
  if (facts.kind !== 'inbound-endpoint') return undefined;
  if (facts.protocol === 'rabbitmq') {
    const at = ['rabbitmq.server.host.name', 'rabbitmq.server.port', 'rabbitmq.server.virtual.host'];
    return keyOf(artifact, 'rabbitmq.queue.name', ...at);
  }
  const isDivided = dividing.some((name) => setting(facts.parameters, name).state !== 'absent');
  if (facts.protocol !== 'jms' || isDivided) return undefined;
  return keyOf(artifact, 'transport.jms.Destination', 'java.naming.provider.url');
}

function queueOfProcessor(graph: Graph, { id, facts }: Artifact): string | undefined {
  if (facts.kind !== 'message-processor' || startsDeactivated(facts)) return undefined;
  const taken = [...edgesOf(graph, graph.out, graph.index.get(id) ?? -1)].find(
    ({ relation }) => relation === 'consumes-from',
  );
  const store = taken === undefined ? undefined : artifactAt(graph, taken.to);
  if (store === undefined) return undefined;
  switch (storeTypeOf(store)) {
    case 'jms':
      return keyOf(store, 'store.jms.destination', 'java.naming.provider.url') ?? store.id;
    case 'rabbitmq': {
      const at = ['store.rabbitmq.host.name', 'store.rabbitmq.host.port', 'store.rabbitmq.virtual.host'];
      return keyOf(store, 'store.rabbitmq.queue.name', ...at) ?? store.id;
    }
    case 'in-memory':
      return store.id;
    default:
      return undefined;
  }
}

/** The groups of one key in which something differs. */
function rivals<Row>(rows: readonly Row[], keyOfRow: (row: Row) => string, differs: (row: Row) => string): Row[][] {
  return [...groupBy(rows, keyOfRow).values()].filter((found) => new Set(found.map(differs)).size > 1);
}

function placesOf(artifacts: readonly Artifact[]): Pick<PlanDiagnostic, 'source' | 'related' | 'artifacts'> {
  const [source, ...related] = artifacts.map((artifact) => artifact.source);
  return { ...(source === undefined ? {} : { source }), related, artifacts: artifacts.map(({ id }) => id) };
}
