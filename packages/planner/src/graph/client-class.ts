import type { Reference } from '@mi-patterns/inventory';

/**
 * True for a class of a broker's or database's client: a JNDI factory or a JDBC driver. MI looks for it when it
 * connects, not when it deploys (seen on MI 4.3.0: a JMS store and a JMS inbound endpoint are deployed without it, and
 * the server is ready).
 */
export function isClientClass({ relation, via }: Pick<Reference, 'relation' | 'via'>): boolean {
  return relation === 'needs-class' && /driverClassName|store\.jdbc\.driver|java\.naming\.factory\.initial/.test(via);
}
