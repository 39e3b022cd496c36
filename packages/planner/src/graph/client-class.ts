import type { Artifact, Reference } from '@mi-patterns/inventory';

/**
 * True for a class of a broker's or database's client: a JNDI factory or a JDBC driver. MI looks for it when it
 * connects, not when it deploys (seen on MI 4.3.0: a JMS store and a JMS inbound endpoint are deployed without it, and
 * the server is ready).
 */
export function isClientClass({ relation, via }: Pick<Reference, 'relation' | 'via'>): boolean {
  return relation === 'needs-class' && /driverClassName|store\.jdbc\.driver|java\.naming\.factory\.initial/.test(via);
}

const resequencer = 'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore';

/**
 * True for what connects to its database while MI deploys it: a resequencing store (seen on MI 4.3.0), and a data
 * service (`SQLConfig.initSQLDataSource`; `DBDeployer.deploy` throws what fails there, in MI 4.2 to 4.6).
 */
export function connectsAtOnce({ facts }: Pick<Artifact, 'facts'>): boolean {
  if (facts.kind === 'data-service') return facts.connects !== undefined;
  return facts.kind === 'message-store' && facts.class?.trim() === resequencer;
}
