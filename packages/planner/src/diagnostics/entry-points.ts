import { type Artifact, publicPaths } from '@mi-patterns/inventory';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { otherServers, scheduleOf } from '../verdicts/task.ts';
import { setting, title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/** Findings about single entry points: what to know of each before its workload runs. */
export function entryPointDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const diagnostics = affinity(context);
  for (const node of deployedNodes(context.graph, 'task', 'proxy-service', 'inbound-endpoint')) {
    const artifact = artifactAt(context.graph, node);
    if (artifact.facts.kind === 'task') diagnostics.push(...task(context, artifact, artifact.facts));
    if (artifact.facts.kind === 'task' || artifact.facts.kind === 'proxy-service')
      diagnostics.push(...pinned(context, artifact, artifact.facts.pinnedServers));
    if (artifact.facts.kind === 'inbound-endpoint' && context.pattern === 'multiple-replicas')
      diagnostics.push(...coordination(context, node, artifact));
  }
  return [...diagnostics, ...replacedHandlers(context), ...clientsOfIsolated(context)];
}

function affinity(context: PlanContext): PlanDiagnostic[] {
  return context.workloads.flatMap((workload) =>
    workload.replicas < 2
      ? []
      : workload.affinity.flatMap((id) => {
          const verdict = context.verdicts.get(id);
          return [
            finding('MI-PLAN-AFFINITY', {
              message: `${verdict?.because ?? id} Workload ${workload.name} has ${workload.replicas} pods.`,
              hint: 'Enable session affinity in the Service or route of the workload.',
              source: context.graph.artifacts[context.graph.index.get(id) ?? -1]?.source,
              artifacts: [id],
            }),
          ];
        }),
  );
}

function task(
  context: PlanContext,
  artifact: Artifact,
  facts: Extract<Artifact['facts'], { kind: 'task' }>,
): PlanDiagnostic[] {
  const parts = { source: facts.trigger?.source ?? artifact.source, artifacts: [artifact.id] };
  const diagnostics: PlanDiagnostic[] = [];
  const schedule = scheduleOf(facts);
  if (schedule.type === 'never') {
    if (!schedule.isMeant) return diagnostics;
    diagnostics.push(
      finding('MI-PLAN-NEVER-RUNS', {
        message: `${title(artifact)} has count="0" and never runs.`,
        hint: context.divided
          ? 'Remove it, or group it with another task: as it is, its pod does nothing.'
          : 'Remove it, or correct the count.',
        ...parts,
      }),
    );
  } else if (schedule.type !== 'repeatedly' && !context.byDatabase) {
    const other =
      context.divided && context.workloads.length > 1
        ? ' Other pods never run it, so what it prepares in memory is not there for them.'
        : '';
    diagnostics.push(
      finding('MI-PLAN-ONE-SHOT', {
        message: `${title(artifact)} runs ${schedule.type === 'once' ? 'once' : `${schedule.count} times`} at each start of its pod: a restart or an update runs it again.${other}`,
        hint: 'Make what it does safe to repeat, or run it as a Kubernetes Job (automation mode of MI).',
        ...parts,
      }),
    );
  }
  return diagnostics;
}

function pinned(context: PlanContext, artifact: Artifact, servers: readonly string[]): PlanDiagnostic[] {
  const names = otherServers(servers, context.inventory.configurations);
  if (names === undefined) return [];
  return [
    finding('MI-PLAN-PINNED', {
      message: `${title(artifact)} is pinned to ${listed(servers)}, but the name of every server is ${listed(names)}: it starts in no pod.`,
      hint: 'Remove pinnedServers (the plan decides where it runs), or set [server] synapse_config_server_name in deployment.toml.',
      source: artifact.source,
      artifacts: [artifact.id],
    }),
  ];
}

function coordination(context: PlanContext, node: number, artifact: Artifact): PlanDiagnostic[] {
  if (artifact.facts.kind !== 'inbound-endpoint' || context.stateful[node] === 0) return [];
  const said = setting(artifact.facts.parameters, 'coordination');
  if (said.state !== 'literal' || said.value.toLowerCase() !== 'true') return [];
  return [
    finding('MI-ISO-COORDINATION', {
      message: `${title(artifact)} sets coordination=true, which has no effect without a coordination database: every pod that has it consumes.`,
      hint: 'Use --pattern coordinated, which gives it one pod, or with --coordination database a database that coordinates it.',
      source: said.parameter.source,
      artifacts: [artifact.id],
    }),
  ];
}

/** What is isolated and answers HTTP: its clients find it in that pod only. */
function clientsOfIsolated(context: PlanContext): PlanDiagnostic[] {
  if (!context.divided) return [];
  return context.workloads.flatMap(({ name, http, stateful }) => {
    const isolated = new Set(stateful);
    return http
      .filter((id) => isolated.has(id))
      .map((id) => {
        const artifact = artifactAt(context.graph, context.graph.index.get(id) ?? -1);
        const isApi = artifact.kind === 'api';
        const path = publicPaths(artifact, context.inventory)[0];
        const outside = `from outside by a path of their own that names the workload (${path === undefined ? '' : `${path}: `}{workload: ${name}})`;
        return finding(isApi ? 'MI-ISO-CLIENTS' : 'MI-ISO-MIXED-TRANSPORT', {
          severity: 'warning',
          message: `${title(artifact)} is isolated in workload ${name} and answers HTTP${isApi ? '' : ' too'}: the pods of other workloads do not run it.`,
          hint: `${isApi ? 'Send' : 'Split it into two services, restrict its transports attribute to the one it needs, or send'} its clients to the Service of workload ${name}, ${outside}.`,
          source: artifact.source,
          artifacts: [id],
        });
      });
  });
}

/** Inbound endpoints that call `setErrorHandler` of their sequence, by protocol or class (FileInjectHandler.java). */
const handing: ReadonlySet<string> = new Set(
  'file grpc hl7 kafka mqtt rabbitmq org.wso2.carbon.inbound.vfs.VFSConsumer'.split(' '),
);

/** Sequences whose onError no message of an inbound endpoint gets to (seen on MI 4.3.0). */
function replacedHandlers({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  return inventory.references.flatMap(({ from, to, via, state }) => {
    if (via !== 'inboundEndpoint/@sequence' || state !== 'resolved') return [];
    const node = graph.index.get(from) ?? -1;
    if ((graph.deployed[node] ?? 0) === 0) return [];
    const inbound = artifactAt(graph, node);
    const sequence = artifactAt(graph, graph.index.get(to) ?? -1);
    if (inbound.facts.kind !== 'inbound-endpoint' || sequence.facts.kind !== 'sequence') return [];
    const { protocol, class: className, onError: given } = inbound.facts;
    const own = sequence.facts.onError;
    if (own === undefined || own === given || !handing.has(protocol ?? className ?? '')) return [];
    // One that is nowhere is told of the sequence.
    if (!graph.index.has(`sequence/${own}`)) return [];
    return [
      finding('MI-PLAN-ON-ERROR', {
        message:
          given === undefined
            ? `${title(inbound)} has no onError, and MI takes away that of its sequence ${sequence.name} (${own}): a message that fails is dropped.`
            : `${title(inbound)} gives its onError ${given} to its sequence ${sequence.name}, in place of ${own}, which never runs for its messages.`,
        hint: `Write onError="${own}" at the inbound endpoint${given === undefined ? '' : ', if that is meant'}.`,
        source: inbound.source,
        related: [sequence.source],
        artifacts: [inbound.id, sequence.id],
      }),
    ];
  });
}
