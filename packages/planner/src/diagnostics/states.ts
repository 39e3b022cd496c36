import type { Artifact, ArtifactId } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { runtimeVersions } from '../verdicts/runtime.ts';
import { inboundRule, suspension } from '../verdicts/inbound-endpoint.ts';
import { deactivatesAfter, processorType } from '../verdicts/message-processor.ts';
import { scheduleOf, startOnLoadOf } from '../verdicts/task.ts';
import { setting, title } from '../verdicts/verdict.ts';
import { deployedArtifacts } from '../graph/graph.ts';
import type { PlanContext } from './context.ts';
import { finding } from '../findings/finding.ts';

/**
 * Findings about what is switched on and off: where the artifact says one thing and MI does another, or a state ends
 * with its pod.
 */
export function stateDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const { references } = context.inventory;
  const byMessage = new Set(references.flatMap(({ from, via }) => (via === targetOfMessage ? [from] : [])));
  return deployedArtifacts(context.graph, 'inbound-endpoint', 'message-processor', 'proxy-service', 'task').flatMap(
    (artifact) => {
      const { facts } = artifact;
      if (facts.kind === 'proxy-service') return facts.startOnLoad ? [] : [stopped(artifact)];
      if (facts.kind === 'inbound-endpoint') return suspended(context, artifact, facts);
      if (facts.kind === 'task') return started(context, artifact, facts);
      return facts.kind === 'message-processor' ? processor(artifact, facts, byMessage) : [];
    },
  );
}

type ProcessorFacts = Extract<Artifact['facts'], { kind: 'message-processor' }>;

function processor(artifact: Artifact, facts: ProcessorFacts, byMessage: ReadonlySet<ArtifactId>): PlanDiagnostic[] {
  const targetless = withoutTarget(artifact, facts, byMessage);
  return targetless === undefined ? stops(artifact, facts) : [targetless];
}

/** How the inventory names the property of a message that a forwarding processor without an endpoint goes by. */
const targetOfMessage = 'property[@name="target.endpoint"]';

/**
 * A processor that has nowhere to send its messages. Seen on MI 4.3.0: a forwarding one deactivates itself, a failover
 * one removes each message, and a sampling one has removed it already when it asks for a sequence (`dispatch` of
 * ForwardingService.java, FailoverForwardingService.java and SamplingService.java of wso2/wso2-synapse).
 *
 * @param byMessage processors whose messages name an endpoint.
 */
function withoutTarget(
  artifact: Artifact,
  facts: ProcessorFacts,
  byMessage: ReadonlySet<ArtifactId>,
): PlanDiagnostic | undefined {
  const has = (name: string): boolean => setting(facts.parameters, name).state !== 'absent';
  switch (processorType(facts)) {
    case 'forwarding':
      if (facts.targetEndpoint !== undefined || has('target.endpoint') || byMessage.has(artifact.id)) return undefined;
      return finding('MI-PLAN-PROCESSOR-TARGET', {
        severity: 'warning',
        message: `${title(artifact)} has no targetEndpoint, and no flow sets the property target.endpoint: at its first message, it deactivates itself, and all messages wait.`,
        hint: 'Name an endpoint in targetEndpoint. Ignore this if a class, a script or a flow that was not read sets the property of each message.',
        source: artifact.source,
        artifacts: [artifact.id],
      });
    case 'sampling':
      return has('sequence') ? undefined : lost(artifact, 'sequence');
    case 'failover':
      return has('message.target.store.name') ? undefined : lost(artifact, 'message.target.store.name');
    default:
      return undefined;
  }
}

function lost(artifact: Artifact, parameter: string): PlanDiagnostic {
  return finding('MI-PLAN-PROCESSOR-TARGET', {
    message: `${title(artifact)} has no parameter ${parameter}: it takes each message from its store and loses it.`,
    hint: `Set the parameter ${parameter}.`,
    source: artifact.source,
    artifacts: [artifact.id],
  });
}

/** A stopped service answers requests with an error, and its listeners take no messages for it (seen on MI 4.3.0). */
function stopped(artifact: Artifact): PlanDiagnostic {
  return finding('MI-PLAN-STOPPED', {
    message: `${title(artifact)} has a startOnLoad other than "true": in each new pod, MI deploys it and stops it immediately. It takes no messages, and HTTP clients get status 500.`,
    hint: 'Remove startOnLoad, or start it in each pod after each restart (management API).',
    source: artifact.source,
    artifacts: [artifact.id],
  });
}

/** What becomes of a suspended inbound endpoint, and what to do. */
const suspensions = {
  never: {
    outcome: 'MI does not start it, and it cannot be activated: it works in no pod.',
    hint: 'Remove suspend="true" to make it work, or remove the inbound endpoint.',
  },
  ignored: {
    outcome: 'MI starts it anyway, so it takes messages.',
    hint: 'Leave it out of the archive until it is meant to work.',
  },
  asleep: {
    outcome: 'it opens no port in a pod until it is activated there, although the Service exposes that port.',
    hint: 'Remove suspend="true", or activate it in each pod after each restart (management API).',
  },
};

function suspended(
  context: PlanContext,
  artifact: Artifact,
  facts: Extract<Artifact['facts'], { kind: 'inbound-endpoint' }>,
): PlanDiagnostic[] {
  const suspend = suspension(facts, runtimeVersions(context.inventory, artifact));
  const listens = inboundRule(facts)?.behavior === 'listening';
  // That a consumer starts asleep is a state which the next pod does not have: MI-ISO-STATE-PVC.
  if (suspend === undefined || (suspend === 'asleep' && !listens)) return [];
  const { outcome, hint } = suspensions[suspend];
  return [
    finding('MI-PLAN-SUSPENDED', {
      message: `${title(artifact)} is suspended: ${outcome}`,
      hint,
      source: artifact.source,
      artifacts: [artifact.id],
    }),
  ];
}

/** A task that some MI starts although it says otherwise. What it is where it sleeps, MI-ISO-STATE-PVC says. */
function started(
  context: PlanContext,
  artifact: Artifact,
  facts: Extract<Artifact['facts'], { kind: 'task' }>,
): PlanDiagnostic[] {
  const start = startOnLoadOf(facts, runtimeVersions(context.inventory, artifact));
  if (start === undefined || start === 'pauses' || scheduleOf(facts).type === 'never') return [];
  return [
    finding('MI-PLAN-SUSPENDED', {
      message: `${title(artifact)} has startOnLoad="false", which Micro Integrator reads from 4.7 on, and 4.1 in its late updates: any other runs it.`,
      hint: 'Leave it out of the archive until it is meant to run, or deploy it to an MI that reads startOnLoad.',
      source: artifact.source,
      artifacts: [artifact.id],
    }),
  ];
}

function stops(artifact: Artifact, facts: ProcessorFacts): PlanDiagnostic[] {
  const attempts = deactivatesAfter(facts);
  if (attempts === undefined) return [];
  return [
    finding('MI-PLAN-PROCESSOR-STOPS', {
      message: `${title(artifact)} deactivates itself after ${attempts} failed deliveries, and all later messages wait; a new pod activates it again.`,
      hint: 'Set max.delivery.drop to Enabled, or name a store in message.processor.failMessagesStore, to keep it running. If it must stay off after a restart, give the workload a volume for the registry.',
      source: artifact.source,
      artifacts: [artifact.id],
    }),
  ];
}
