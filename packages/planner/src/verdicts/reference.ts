import type { Parameter } from '@mi-patterns/inventory';
import type { VerdictClass } from '../model/plan.ts';
import type { BrokerRule } from './broker.ts';
import { examples } from './examples.ts';
import { inboundClasses } from './inbound-classes.ts';
import { inboundProtocols, type Suspend } from './inbound-protocols.ts';
import { proxyTransports } from './proxy-transports.ts';
import type { Kept } from './verdict.ts';

/** One answer: with these parameters it is this verdict. */
export interface ReferenceAnswer {
  /** Empty: whatever else is said. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly class: VerdictClass;
  /** Continues "It …"; no full stop. */
  readonly why: string;
  readonly keeps?: Kept;
}

/** What is known of one inbound endpoint or transport. */
export interface ReferenceRule {
  readonly name: string;
  readonly origin: string;
  readonly answers: readonly ReferenceAnswer[];
  readonly behavior?: 'polling' | 'event-based' | 'listening';
  readonly suspend?: Suspend;
  /** Of a transport: what its listener asks of a service before it loads it, each a list of which one is enough. */
  readonly needs?: readonly (readonly string[])[];
  /** Without one of these the listener marks the service as faulty; the verdict stays. */
  readonly expects?: readonly string[];
  readonly factory?: { readonly parameter: string; readonly byDefault?: string };
}

/** Every row of the tables that verdicts are made from, with the answers that the rules themselves give. */
export function verdictReference(): {
  readonly protocols: readonly ReferenceRule[];
  readonly classes: readonly ReferenceRule[];
  readonly transports: readonly ReferenceRule[];
} {
  const inbound = (table: typeof inboundProtocols): ReferenceRule[] =>
    [...table].map(([name, { find, origin, behavior, suspend }]) => ({
      name,
      origin,
      behavior,
      answers: answersOf(find),
      ...(suspend === undefined ? {} : { suspend }),
    }));
  return {
    protocols: inbound(inboundProtocols),
    classes: inbound(inboundClasses),
    transports: [...proxyTransports].map(([name, { find, origin, needs, expects, factory }]) => ({
      name,
      origin,
      answers: answersOf(find),
      ...(needs === undefined ? {} : { needs }),
      ...(expects === undefined ? {} : { expects }),
      ...(factory === undefined ? {} : { factory }),
    })),
  };
}

function answersOf(find: BrokerRule): readonly ReferenceAnswer[] {
  return [{}, ...(examples.get(find) ?? [])].map((parameters) => {
    const { class: found, why, keeps } = find(parametersOf(parameters));
    return { parameters, class: found, why, ...(keeps === undefined ? {} : { keeps }) };
  });
}

function parametersOf(values: Readonly<Record<string, string>>): readonly Parameter[] {
  const source = { path: '', line: 1, column: 1 };
  return Object.entries(values).map(([name, value]) => ({ name, value, source }));
}
