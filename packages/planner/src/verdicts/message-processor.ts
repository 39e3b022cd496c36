import type { Artifact, ArtifactFacts } from '@mi-patterns/inventory';
import { cronFault } from './task.ts';
import type { StoreType } from './message-store.ts';
import { evidence, reasonOf, type Ruling, setting } from './verdict.ts';

type ProcessorFacts = Extract<ArtifactFacts, { kind: 'message-processor' }>;

export type ProcessorType = 'forwarding' | 'sampling' | 'failover' | 'custom';

/**
 * `class=` of a message processor, deprecated names included (semantics of wso2-synapse core message/processor/impl).
 */
export const processorClasses: ReadonlyMap<string, ProcessorType> = new Map<string, ProcessorType>([
  ['org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor', 'forwarding'],
  ['org.apache.synapse.message.processor.impl.sampler.SamplingProcessor', 'sampling'],
  ['org.apache.synapse.message.processor.impl.failover.FailoverScheduledMessageForwardingProcessor', 'failover'],
  ['org.apache.synapse.message.processors.forward.ScheduledMessageForwardingProcessor', 'forwarding'],
  ['org.apache.synapse.message.processors.sampler.SamplingProcessor', 'sampling'],
]);

/** What the class makes of the processor. */
export function processorType(facts: ProcessorFacts): ProcessorType {
  return processorClasses.get(facts.class.trim()) ?? 'custom';
}

/**
 * After how many failed deliveries the processor switches itself off; undefined when it does not (wso2-synapse
 * ForwardingService.java, checkAndDeactivateProcessor, and FailoverForwardingService.java). A forwarding processor has
 * 4 attempts when nothing is said, a failover processor has no limit. With `max.delivery.drop` exactly `Enabled` it
 * drops the message and goes on; with a fail store, which only a forwarding processor reads, it moves the message there
 * and goes on.
 */
export function deactivatesAfter(facts: ProcessorFacts): string | undefined {
  const type = processorType(facts);
  if (type !== 'forwarding' && type !== 'failover') return undefined;
  const attempts = setting(facts.parameters, 'max.delivery.attempts');
  const drop = setting(facts.parameters, 'max.delivery.drop');
  if (drop.state === 'literal' && drop.value === 'Enabled') return undefined;
  if (type === 'forwarding' && setting(facts.parameters, 'message.processor.failMessagesStore').state !== 'absent')
    return undefined;
  if (attempts.state === 'absent') return type === 'forwarding' ? '4' : undefined;
  if (attempts.state === 'dynamic') return attempts.text;
  // With a text that is no number it fails before it delivers anything.
  return /^\+?0*[1-9]\d*$/.test(attempts.value) ? attempts.value : undefined;
}

/**
 * True when the processor starts deactivated in a pod that knows no other state of it (`getIsActivatedParamValue`: a
 * Java boolean).
 */
export function startsDeactivated(facts: ProcessorFacts): boolean {
  const active = setting(facts.parameters, 'is.active');
  return active.state === 'literal' && active.value.toLowerCase() !== 'true';
}

const does: Readonly<Record<ProcessorType, string>> = {
  forwarding: 'forwards the messages of',
  sampling: 'samples the messages of',
  failover: 'moves the messages of',
  custom: 'runs a custom class on',
};

/** What would go wrong in two pods, by where the store keeps its messages. */
const harm: Readonly<Record<StoreType, string>> = {
  'in-memory':
    'each pod has a store of its own in memory, so order, pace and deactivation would differ from pod to pod',
  resequence: 'each pod would count the sequence on its own and release messages out of order',
  jdbc: 'two pods would deliver a message twice, because the store does not lock the row it returns',
  jms: 'two pods would share the messages and deliver them out of order',
  rabbitmq: 'two pods would share the messages and deliver them out of order',
  custom: 'whether two pods would deliver a message twice depends on the store, whose class is unknown',
};

function paceOf({ parameters }: ProcessorFacts): string {
  const cron = setting(parameters, 'cronExpression');
  if (cron.state === 'literal') return `by the cron expression ${cron.value}`;
  const interval = setting(parameters, 'interval');
  if (interval.state === 'literal') return `every ${interval.value} ms`;
  return interval.state === 'dynamic' ? `at the interval ${interval.text}` : 'every 1000 ms';
}

/** Why a processor never runs although it is deployed; undefined when it does. */
function neverRuns({ parameters }: ProcessorFacts): string | undefined {
  const cron = setting(parameters, 'cronExpression');
  const fault = cron.state === 'literal' ? cronFault(cron.value) : undefined;
  return cron.state === 'literal' && fault !== undefined ? `its cron expression "${cron.value}" ${fault}` : undefined;
}

/**
 * Verdict of a message processor: always exactly one pod, because each pod would take from the store.
 *
 * @param store how its store keeps messages; undefined when the store was not read.
 */
export function processorVerdict(artifact: Artifact, facts: ProcessorFacts, store: StoreType | undefined): Ruling {
  const pace = paceOf(facts);
  const asleep = startsDeactivated(facts) ? '; it starts deactivated in each new pod until it is activated there' : '';
  const never = neverRuns(facts);
  return {
    class: 'isolate',
    because:
      never === undefined
        ? reasonOf(
            artifact,
            `${does[processorType(facts)]} message store ${facts.messageStore} ${pace} in each pod that deploys it: ${store === undefined ? 'two pods may deliver a message twice' : harm[store]}${asleep}`,
          )
        : reasonOf(
            artifact,
            `takes no message from message store ${facts.messageStore}, because ${never}; with a valid one, each pod that deploys it would`,
          ),
    evidence: evidence(artifact.source, `class="${facts.class}" messageStore="${facts.messageStore}"`),
  };
}
