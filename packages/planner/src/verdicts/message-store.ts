import type { Artifact, ArtifactFacts } from '@mi-patterns/inventory';
import type { Verdict } from '../model/plan.ts';
import { evidence, reasonOf, type Ruling } from './verdict.ts';
import { factsOfAll } from './versions.ts';

type StoreFacts = Extract<ArtifactFacts, { kind: 'message-store' }>;

export type StoreType = 'in-memory' | 'jms' | 'rabbitmq' | 'jdbc' | 'resequence' | 'custom';

/**
 * `class=` of a message store, deprecated names included; a missing class means in-memory
 * (MessageStoreFactory.java:78-98).
 */
export const storeClasses: ReadonlyMap<string, StoreType> = new Map<string, StoreType>([
  ['org.apache.synapse.message.store.impl.memory.InMemoryStore', 'in-memory'],
  ['org.apache.synapse.message.store.InMemoryMessageStore', 'in-memory'],
  ['org.apache.synapse.message.store.impl.jms.JmsStore', 'jms'],
  ['org.wso2.carbon.message.store.persistence.jms.JMSMessageStore', 'jms'],
  ['org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore', 'rabbitmq'],
  ['org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore', 'jdbc'],
  ['org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore', 'resequence'],
]);

/** What the class makes of the store; without a class MI keeps the messages in memory. */
export function storeType(facts: StoreFacts): StoreType {
  const name = facts.class?.trim();
  return name === undefined || name === '' ? 'in-memory' : (storeClasses.get(name) ?? 'custom');
}

/** Of a store of several versions, the type that allows the least. */
export function storeTypeOf(artifact: Artifact): StoreType {
  const types = factsOfAll(artifact).flatMap((facts) => (facts.kind === 'message-store' ? [storeType(facts)] : []));
  return (
    (['in-memory', 'resequence', 'custom', 'jdbc', 'rabbitmq', 'jms'] as const).find((type) => types.includes(type)) ??
    'custom'
  );
}

/** True for a store whose messages or counters live in one JVM: its processor and writers must be in the same pod. */
export function isPodLocalStore(artifact: Artifact): boolean {
  return artifact.facts.kind === 'message-store' && ['in-memory', 'resequence'].includes(storeTypeOf(artifact));
}

const says: Readonly<Record<StoreType, readonly [Verdict['class'], string]>> = {
  'in-memory': [
    'pod-local',
    'keeps its messages in the memory of one pod: other pods never see them and a restart loses them',
  ],
  resequence: ['pod-local', 'counts the next message of the sequence in the memory of one pod'],
  jms: ['stateless', 'keeps its messages in a JMS broker, outside the pods'],
  rabbitmq: ['stateless', 'keeps its messages in RabbitMQ, outside the pods'],
  jdbc: [
    'stateless',
    'keeps its messages in a database, outside the pods; a row is not locked while a processor reads it',
  ],
  custom: ['opaque', 'runs a custom class: the files do not show where it keeps its messages'],
};

/** Verdict of a message store. A store starts no work itself, so it is never isolated for its own sake. */
export function storeVerdict(artifact: Artifact, facts: StoreFacts): Ruling {
  const type = storeType(facts);
  const inPod = type === 'jdbc' ? artifact.effects.find((effect) => effect.type === 'embedded-database') : undefined;
  if (inPod !== undefined)
    return {
      class: 'pod-local',
      because: reasonOf(artifact, `keeps its messages in ${inPod.subject}: other pods never see them`),
      evidence: evidence(inPod.source, inPod.subject),
    };
  const [found, why] = says[type];
  return {
    class: found,
    because: reasonOf(artifact, why),
    evidence: evidence(
      artifact.source,
      facts.class === undefined ? '<messageStore> without class' : `class="${facts.class}"`,
    ),
    ...(type === 'custom' ? { undecided: 'custom-class' as const } : {}),
  };
}
