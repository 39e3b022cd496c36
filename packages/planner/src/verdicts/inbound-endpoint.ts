import { type Artifact, type ArtifactFacts, miHas } from '@mi-patterns/inventory';
import type { Verdict } from '../model/plan.ts';
import { inboundClasses } from './inbound-classes.ts';
import { type JmsTopics, noTopics, topicOfInbound } from './jms-topics.ts';
import { inboundProtocols, type InboundRule, type Suspend } from './inbound-protocols.ts';
import { evidence, isExpression, reasonOf, type Ruling, setting, verdictOf } from './verdict.ts';

type InboundFacts = Extract<ArtifactFacts, { kind: 'inbound-endpoint' }>;

/**
 * The rule for an inbound endpoint; undefined when neither its protocol nor its class is known. `protocol` wins over
 * `class`.
 */
export function inboundRule(facts: InboundFacts): InboundRule | undefined {
  if (facts.protocol !== undefined) return inboundProtocols.get(facts.protocol);
  return facts.class === undefined ? undefined : inboundClasses.get(facts.class);
}

/**
 * What `suspend="true"` does to an inbound endpoint; undefined when it is not suspended, when its MI does not read the
 * attribute, or when a class of the user's own decides. `versions` are those it is written for; without one a current
 * MI is taken.
 */
export function suspension(facts: InboundFacts, versions: readonly string[]): Suspend | undefined {
  if (!facts.suspend) return undefined;
  if (versions.length > 0 && versions.every((version) => !miHas(version, 'inboundSuspend'))) return undefined;
  return inboundRule(facts)?.suspend;
}

function suspendedWords(suspend: Suspend, rule: InboundRule): string {
  if (suspend === 'never')
    return '; it is suspended, so MI does not start it, and it cannot be activated later: it works in no pod until it is deployed without suspend';
  if (suspend === 'ignored') return '; MI starts it although it is suspended';
  return rule.behavior === 'listening'
    ? '; it is suspended, so it opens no port in a pod until it is activated there'
    : '; it starts suspended in each new pod until it is activated there';
}

/** Verdict of an inbound endpoint, from its protocol or class and the parameters that matter to it. */
export function inboundVerdict(
  artifact: Artifact,
  facts: InboundFacts,
  topics: JmsTopics = noTopics,
  versions: readonly string[] = [],
): Ruling {
  const fallback =
    facts.protocol !== undefined
      ? evidence(artifact.source, `protocol="${facts.protocol}"`)
      : evidence(artifact.source, facts.class === undefined ? '<inboundEndpoint>' : `class="${facts.class}"`);
  const rule = inboundRule(facts);
  if (rule !== undefined) {
    const finding = rule.find(facts.parameters);
    const topic =
      facts.protocol === 'jms' && finding.class === 'broker-safe'
        ? topicOfInbound(artifact, facts.parameters, topics)
        : undefined;
    if (topic !== undefined) return topic;
    const suspend = suspension(facts, versions);
    const why = suspend === undefined ? finding.why : finding.why + suspendedWords(suspend, rule);
    return verdictOf(artifact, { ...finding, why }, fallback);
  }
  if (facts.protocol !== undefined) return unknownProtocol(artifact, facts.protocol, fallback);
  if (facts.class === undefined) {
    return {
      class: 'opaque',
      because: reasonOf(artifact, 'has neither a protocol nor a class, so MI cannot start it'),
      evidence: fallback,
      undecided: 'unknown-protocol',
    };
  }
  return customClass(artifact, facts, fallback);
}

function unknownProtocol(artifact: Artifact, protocol: string, fallback: Verdict['evidence']): Ruling {
  const because = isExpression(protocol)
    ? reasonOf(artifact, `takes its protocol from ${protocol}, which only the server can resolve`)
    : reasonOf(artifact, `uses the protocol ${protocol}, which MI does not have (names are case-sensitive)`);
  return {
    class: 'opaque',
    because,
    evidence: fallback,
    undecided: isExpression(protocol) ? 'value-of-the-server' : 'unknown-protocol',
  };
}

/**
 * A class of the user's own. MI takes it for a listener only when `inbound.behavior` is exactly `listening`;
 * `eventBased` is the other value, and everything else, the documentation's `event-based` included, polls
 * (GenericInboundListener.java:35).
 */
function customClass(artifact: Artifact, facts: InboundFacts, fallback: Verdict['evidence']): Ruling {
  const behavior = setting(facts.parameters, 'inbound.behavior');
  if (behavior.state === 'literal' && behavior.parameter.value === 'listening') {
    return verdictOf(
      artifact,
      {
        class: 'stateless',
        why: `runs the class ${facts.class ?? ''}, which declares that it only listens; the files do not show what the class keeps in memory`,
        parameter: behavior.parameter,
        undecided: 'custom-class',
      },
      fallback,
    );
  }
  if (behavior.state === 'dynamic')
    return verdictOf(
      artifact,
      {
        class: 'opaque',
        why: `runs the class ${facts.class ?? ''} and takes its inbound.behavior from ${behavior.text}, which only the server can resolve: whether it listens for requests or starts work in each pod cannot be decided`,
        parameter: behavior.parameter,
        undecided: 'value-of-the-server',
      },
      fallback,
    );
  const said = behavior.state === 'literal' ? (behavior.parameter.value ?? '') : 'polling';
  const doubt = said === 'polling' ? '' : ` (inbound.behavior "${said}" is not a value MI knows, so it polls)`;
  const how =
    said === 'eventBased'
      ? 'starts a consumer in each pod that deploys it'
      : `polls in each pod that deploys it${doubt}`;
  return verdictOf(
    artifact,
    {
      class: 'opaque',
      why: `runs the class ${facts.class ?? ''}, which ${how}; the files do not show whether two pods would do the same work twice`,
      undecided: 'custom-class',
    },
    fallback,
  );
}
