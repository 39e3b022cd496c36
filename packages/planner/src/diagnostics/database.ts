import {
  type Artifact,
  type ArtifactId,
  compareText,
  kindRow,
  miHas,
  type Parameter,
  podConfigurations,
  type ServerConfiguration,
  type Severity,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { runtimeVersions } from '../verdicts/runtime.ts';
import { inboundRule } from '../verdicts/inbound-endpoint.ts';
import { scheduleOf } from '../verdicts/task.ts';
import { falseWords } from '../verdicts/broker.ts';
import { isExpression, setting, title } from '../verdicts/verdict.ts';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import { coordinationId, type PlanContext } from './context.ts';
import { finding, listed, overrideHint, place } from '../findings/finding.ts';

/** Findings about coordination by a database: what it does not cover, and what it asks of the release. */
export function databaseDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return context.byDatabase ? [...release(context), ...ofArtifacts(context)] : shared(context);
}

/**
 * Why a plan with coordination by a database would be refused, in words that follow `refused:`; undefined when it would
 * not, or when the plan has it already and its findings say so.
 */
export function databaseRefused(context: PlanContext): string | undefined {
  if (context.byDatabase) return undefined;
  const errors = ofArtifacts(context).filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const artifacts = [...new Set(errors.flatMap((one) => one.artifacts))].toSorted(compareText);
  const codes = [...new Set(errors.map(({ code }) => code))].toSorted(compareText);
  return `it does not coordinate ${listed(artifacts, 3)} (${codes.join(', ')})`;
}

/** What a coordination database makes of each artifact. */
function ofArtifacts(context: PlanContext): PlanDiagnostic[] {
  const diagnostics: PlanDiagnostic[] = [];
  for (const node of deployedNodes(context.graph)) {
    const artifact = artifactAt(context.graph, node);
    const facts = artifact.facts;
    if (facts.kind === 'task') diagnostics.push(...task(artifact, facts));
    else if (context.stateful[node] === 1 && isListener(facts)) diagnostics.push(listener(context, artifact));
    else if (facts.kind === 'inbound-endpoint' && context.stateful[node] === 1)
      diagnostics.push(...coordinationFalse(context, artifact));
    if (kindRow(artifact.kind).startedBy === 'itself' && artifact.applications.length > 1)
      diagnostics.push(nameTwice(artifact));
  }
  return diagnostics;
}

/**
 * One coordination database under workloads with different artifacts (the task table has no group:
 * mysql_cluster.sql:29-33).
 */
function shared(context: PlanContext): PlanDiagnostic[] {
  const stateful = context.workloads.filter((workload) => workload.stateful.length > 0);
  if (!context.divided || stateful.length === 0 || context.workloads.length < 2) return [];
  return podConfigurations(context.inventory.configurations).flatMap(({ coordinationDatabase }) =>
    coordinationDatabase === undefined
      ? []
      : [
          finding('MI-ISO-DB-SHARED', {
            message: `deployment.toml configures the coordination database, which all ${context.workloads.length} workloads would share. Its task table has no column for the workload: servers take tasks from each other that they have not deployed, and those never run.`,
            hint: 'Remove the data source WSO2_COORDINATION_DB from deployment.toml, or use --coordination database.',
            source: coordinationDatabase,
            artifacts: stateful.flatMap((workload) => workload.stateful),
          }),
        ],
  );
}

function release(context: PlanContext): PlanDiagnostic[] {
  const { inventory } = context;
  const all = context.workloads.flatMap((workload) => workload.stateful);
  const diagnostics = [
    finding('MI-DB-ONE-WORKLOAD', {
      message:
        'Every server on one coordination database must have the same artifacts: there is one workload, and no other release may use its database.',
      hint: 'Give each release and environment a database of its own; localGroupId does not keep them apart.',
    }),
    finding('MI-DB-SETUP', {
      message: 'MI creates none of the tables of the coordination database and includes no JDBC driver for it.',
      hint: 'Run the scripts of dbscripts/ for your database, add the driver to lib/, and keep the clocks of the nodes in sync.',
    }),
  ];
  diagnostics.push(...missing(inventory, all));
  for (const { embeddedDatabases = [] } of coordinating(inventory)) {
    const embedded = embeddedDatabases.find(({ id }) => id === coordinationId);
    if (embedded === undefined) continue;
    diagnostics.push(
      finding('MI-DB-EMBEDDED', {
        message: `The coordination database is ${embedded.database}: each pod sees only itself, so every pod runs every stateful artifact.`,
        hint: 'Use a database server that all pods reach, such as MySQL or PostgreSQL.',
        source: embedded.source,
        artifacts: all,
      }),
    );
  }
  for (const { nodeId } of podConfigurations(inventory.configurations)) {
    if (nodeId === undefined || /\$(env|sys)\{/.test(nodeId.value)) continue;
    diagnostics.push(
      finding('MI-DB-NODE-ID', {
        message: `deployment.toml gives every pod the node id ${nodeId.value}: the second one waits and does not start its work.`,
        hint: 'Remove node_id: MI then generates a new one at each start. With the pod name as id, a restarted container finds its own last heartbeat and does not start.',
        source: nodeId.source,
      }),
    );
  }
  return [...diagnostics, ...taskNodes(inventory, all), ...atMostOnce(inventory, all)];
}

/**
 * Tasks for named nodes (`TaskNodeResolver.getTaskNodeLocation` of wso2/micro-integrator: without one of them in the
 * cluster there is no location). A node id comes from the variable `nodeId`, from deployment.toml, or is a new UUID.
 */
function taskNodes(inventory: PlanContext['inventory'], artifacts: readonly string[]): PlanDiagnostic[] {
  return podConfigurations(inventory.configurations).flatMap(({ taskNodes: nodes, nodeId }) => {
    if (nodes === undefined || (nodeId !== undefined && nodes.names.includes(nodeId.value))) return [];
    const isNamed =
      (nodeId !== undefined && isExpression(nodeId.value)) ||
      inventory.given?.some(({ everywhere }) => everywhere.variables.includes('nodeId')) === true;
    const names =
      nodes.names.length === 0 ? 'no node (task_nodes is missing)' : `${listed(nodes.names, 5)} (task_nodes)`;
    return [
      finding('MI-DB-TASK-NODES', {
        severity: isNamed ? 'warning' : 'error',
        message: isNamed
          ? `The TaskNodeResolver in deployment.toml gives tasks to ${names} alone. The names of pods of a Deployment are made up, so unless the node id is one of these, every stateful artifact runs in no pod.`
          : `The TaskNodeResolver in deployment.toml gives tasks to ${names} alone, and no pod has such a node id: MI makes up a new one at each start. Every stateful artifact runs in no pod.`,
        hint: 'Remove resolver_class from [task_handling], or use the RoundRobinResolver, which shares tasks between all pods.',
        source: nodes.source,
        artifacts,
      }),
    ];
  });
}

/**
 * The values name the database, in `coordination.database` or in `deploymentToml`; what the deployment.toml of a
 * project says of it counts only where the image brings that file.
 */
function missing(inventory: PlanContext['inventory'], artifacts: readonly ArtifactId[]): PlanDiagnostic[] {
  const delivered = podConfigurations(inventory.configurations);
  if (delivered.some(namesDatabase)) return [];
  const [source, ...related] = inventory.configurations.flatMap(
    ({ coordinationDatabase }) => coordinationDatabase ?? [],
  );
  return [
    finding('MI-DB-MISSING', {
      message: `The values name no coordination database${source === undefined ? '' : ', and the one of this deployment.toml is not carried over'}. Without it every pod runs every stateful artifact.`,
      hint: 'Set `coordination: {database: {url: …, driver: …}}` under `values` in mi-patterns.yaml, or use --coordination isolate.',
      source,
      related,
      artifacts,
    }),
  ];
}

/** The files that the pods get and that have the coordination database. */
function coordinating(inventory: PlanContext['inventory']): readonly ServerConfiguration[] {
  return podConfigurations(inventory.configurations).filter(namesDatabase);
}

function namesDatabase({ coordinationDatabase, chartDatabase }: ServerConfiguration): boolean {
  return (coordinationDatabase ?? chartDatabase) !== undefined;
}

/** Coordination is at most once from MI 4.7 on, and only with the whole block of hardening, which is off by default. */
function atMostOnce(inventory: PlanContext['inventory'], artifacts: readonly string[]): PlanDiagnostic[] {
  const versions = runtimeVersions(inventory);
  const old = versions.filter((version) => !miHas(version, 'claimBeforeFire'));
  if (versions.length > 0 && old.length === 0 && isHardened(inventory.configurations)) return [];
  const known =
    old.length > 0
      ? `With MI ${listed(old)}`
      : `MI ${listed(versions)} has coordination hardening, which is off by default and not fully enabled in any deployment.toml here; without it`;
  const unknown = 'The version of MI is not known; before 4.7, or without coordination hardening,';
  const when = versions.length === 0 ? unknown : known;
  return [
    finding('MI-DB-AT-MOST-ONCE', {
      message: `${when} two nodes may both run the same task when they lose contact with each other or with the database.`,
      hint: 'Make the work safe to repeat, use --coordination isolate with recovery at-most-one or fenced, or MI 4.7 with coordination_hardening, enable_task_delete_barrier and synchronous_injection all true.',
      artifacts,
    }),
  ];
}

/**
 * True when every file that the pods get has the block: those that the chart writes, where it writes a database or
 * hardening at all.
 */
function isHardened(configurations: PlanContext['inventory']['configurations']): boolean {
  const written = configurations.filter(({ environment }) => environment !== undefined);
  const coordinated = (configuration: ServerConfiguration): boolean =>
    namesDatabase(configuration) || configuration.coordinationHardening === true;
  const deciding = written.some(coordinated)
    ? written
    : configurations.filter(({ environment }) => environment === undefined).filter(coordinated);
  return deciding.length > 0 && deciding.every(({ coordinationHardening }) => coordinationHardening === true);
}

function task(artifact: Artifact, facts: Extract<Artifact['facts'], { kind: 'task' }>): PlanDiagnostic[] {
  const diagnostics: PlanDiagnostic[] = [];
  if (facts.pinnedServers.length > 0) {
    diagnostics.push(
      finding('MI-DB-PINNED', {
        message: `${title(artifact)} has pinnedServers (${listed(facts.pinnedServers)}), so the database does not coordinate it: it runs in every pod whose server has one of these names.`,
        hint: 'Remove pinnedServers from the task, or use --coordination isolate.',
        source: artifact.source,
        artifacts: [artifact.id],
      }),
    );
  }
  if (scheduleOf(facts).type === 'once') {
    diagnostics.push(
      finding('MI-DB-ONE-SHOT', {
        message: `${title(artifact)} runs once; its row in the database then stays marked as completed, so it does not run again after an update.`,
        hint: 'Delete the row to run it again, or run it as a Kubernetes Job.',
        source: facts.trigger?.source ?? artifact.source,
        artifacts: [artifact.id],
      }),
    );
  }
  return diagnostics;
}

/** Started in each pod without a task that the database could give to one of them. */
function isListener(facts: Artifact['facts']): boolean {
  return (
    facts.kind === 'proxy-service' ||
    facts.kind === 'data-service' ||
    facts.kind === 'axis2-service' ||
    (facts.kind === 'inbound-endpoint' && inboundRule(facts)?.behavior === 'listening')
  );
}

/**
 * Whether a coordination database lets one server at a time run an artifact. `version`: that of the servers, where it
 * is known; up to 4.4 an inbound endpoint can opt out.
 */
export function isCoordinated({ facts }: Artifact, version?: string): boolean {
  if (facts.kind === 'task') return facts.pinnedServers.length === 0;
  if (facts.kind === 'message-processor') return true;
  if (facts.kind !== 'inbound-endpoint' || isListener(facts)) return false;
  return optOut(facts) === undefined || (version !== undefined && miHas(version, 'inboundAlwaysCoordinated'));
}

/**
 * The parameter by which an inbound endpoint asks not to be coordinated. `protocol="rabbitmq"` knows the words of
 * Commons Lang; for all others whatever is not `true` means no (`Boolean.parseBoolean` in VFSProcessor, JMSProcessor,
 * GenericProcessor and so on).
 */
function optOut(facts: Extract<Artifact['facts'], { kind: 'inbound-endpoint' }>): Parameter | undefined {
  const said = facts.parameters.findLast(({ name }) => name === 'coordination');
  if (said?.value === undefined || isExpression(said.value)) return undefined;
  const value = said.value.toLowerCase();
  const isOut = facts.protocol === 'rabbitmq' ? falseWords.has(value) : value !== 'true';
  return isOut ? said : undefined;
}

/** What listens and is not an inbound endpoint, in the plural. */
const listeners: Partial<Record<Artifact['kind'], string>> = {
  'proxy-service': 'proxy services',
  'data-service': 'data services',
  'axis2-service': 'Axis2 services',
};

function listener(context: PlanContext, artifact: Artifact): PlanDiagnostic {
  const what = listeners[artifact.kind] ?? 'inbound endpoints that listen';
  const verdict = context.verdicts.get(artifact.id);
  const shares = verdict?.class === 'broker-safe';
  return finding('MI-DB-PROXY', {
    severity: shares ? 'warning' : 'error',
    message: `${verdict?.because ?? artifact.id} The coordination database does not cover ${what}, so every pod does it.`,
    hint: shares
      ? `The broker shares the work; if the order of messages does not matter, ${overrideHint(artifact, 'stateless')}. Otherwise use --coordination isolate, or an inbound endpoint instead of the proxy.`
      : `Use --coordination isolate${artifact.kind === 'inbound-endpoint' ? '' : ', or an inbound endpoint that polls instead, which is coordinated'}.`,
    source: verdict === undefined ? artifact.source : place(verdict),
    artifacts: [artifact.id],
  });
}

/**
 * `coordination=false` by version: up to 4.4.0 a thread on every node, from 4.5.0 only logged
 * (InboundOneTimeTriggerRequestProcessor.java:63-75).
 */
function coordinationFalse(context: PlanContext, artifact: Artifact): PlanDiagnostic[] {
  if (artifact.facts.kind !== 'inbound-endpoint') return [];
  const versions = runtimeVersions(context.inventory, artifact);
  const old = versions.filter((version) => !miHas(version, 'inboundAlwaysCoordinated'));
  const said = optOut(artifact.facts);
  if (said === undefined) return coordinationOfServer(artifact, artifact.facts.parameters, { versions, old });
  const [severity, outcome] = outcomeOfOptOut(versions, old);
  return [
    finding('MI-DB-COORDINATION-FALSE', {
      severity,
      message: `${title(artifact)} sets coordination=${said.value === '' ? '""' : said.value}: ${outcome}.`,
      hint: 'Remove the parameter, or use --coordination isolate.',
      source: said.source,
      artifacts: [artifact.id],
    }),
  ];
}

/** A `coordination` that only the server knows, or that is not the same in each environment. */
function coordinationOfServer(
  artifact: Artifact,
  parameters: readonly Parameter[],
  { versions, old }: { readonly versions: readonly string[]; readonly old: readonly string[] },
): PlanDiagnostic[] {
  const found = setting(parameters, 'coordination');
  if (found.state !== 'dynamic' || (versions.length > 0 && old.length === 0)) return [];
  const { differs, source } = found.parameter;
  return [
    finding('MI-DB-COORDINATION-FALSE', {
      severity: 'warning',
      message: `${title(artifact)} takes coordination from ${found.text}, which ${differs === undefined ? 'only the server can resolve' : `is ${differs}`}: where it is not true, ${old.length > 0 ? `with MI ${listed(old)}` : 'up to MI 4.4'} it runs in every pod, whatever the database says.`,
      hint: 'Remove the parameter, or use --coordination isolate.',
      source,
      artifacts: [artifact.id],
    }),
  ];
}

function nameTwice(artifact: Artifact): PlanDiagnostic {
  return finding('MI-DB-NAME', {
    message: `${title(artifact)} is delivered by ${listed(artifact.applications)}: names are global in the coordination database, so the two are one task.`,
    hint: 'Deliver it once, or rename one of them.',
    source: artifact.source,
    related: artifact.duplicates,
    artifacts: [artifact.id],
  });
}

/** What coordination=false does with the versions that are known, `old` those of them that heed it. */
function outcomeOfOptOut(versions: readonly string[], old: readonly string[]): readonly [Severity, string] {
  if (old.length > 0) return ['error', `with MI ${listed(old)}, it runs in every pod despite the database`];
  return versions.length === 0
    ? ['warning', 'up to MI 4.4, it then runs in every pod; from 4.5, the parameter is ignored']
    : ['info', `MI ${listed(versions)} ignores that and coordinates it anyway`];
}
