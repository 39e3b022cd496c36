import { type Artifact, compareText, type ServerConfiguration, type Source } from '@mi-patterns/inventory';
import { artifactAt, deployedArtifacts, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import {
  type EnabledTransports,
  enabledTransports,
  markedTransports,
  namesTransports,
  servedTransports,
  serviceKinds,
  servicesOf,
} from '../verdicts/proxy-service.ts';
import { proxyTransports } from '../verdicts/proxy-transports.ts';
import { isExpression, title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/** Served by every server, whatever deployment.toml says. */
const always: ReadonlySet<string> = new Set(['http', 'https', 'local']);

/**
 * Services whose transport has no listener in the `deployment.toml` that the chart writes from the values: the server
 * starts, is ready, and the service never gets a message. The file of the project does not reach the pods, see
 * `runtime.deploymentTomlFrom`.
 */
export function listenerDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const { configurations } = context.inventory;
  const written = configurations.filter(({ environment }) => environment !== undefined);
  if (written.length === 0) return [];
  const environments = [...new Set(written.map(({ environment }) => environment))];
  const enabled = new Map(written.map((configuration) => [configuration, enabledTransports([configuration])]));
  const ofFiles = enabledTransports(configurations.filter(({ environment }) => environment === undefined));
  return deployedNodes(context.graph, ...serviceKinds).flatMap((node) => {
    const artifact = artifactAt(context.graph, node);
    const needed = neededBy(artifact);
    if (needed.length === 0) return [];
    const home = context.workloads[context.home[node] ?? -1]?.name;
    const applying = environments.flatMap((name) => {
      const ofEnvironment = written.filter(({ environment }) => environment === name);
      return (
        ofEnvironment.find(({ workload }) => workload !== undefined && workload === home) ??
        ofEnvironment.find(({ workload }) => workload === undefined) ??
        []
      );
    });
    return needed.flatMap((transport) => {
      const without = applying.filter((configuration) => !(enabled.get(configuration)?.has(transport) ?? false));
      return without.length === 0 ? [] : [unserved(artifact, transport, without, ofFiles)];
    });
  });
}

/** Services that name a transport, or have parameters of its consumers, and that its listener would not load. */
export function droppedDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const enabled = enabledTransports(context.inventory.configurations);
  return deployedArtifacts(context.graph, ...serviceKinds).flatMap((artifact) =>
    servicesOf(artifact).flatMap(({ transports, parameters }) => {
      const marked = new Set(markedTransports(parameters).map(({ name }) => name));
      const meant = (name: string): boolean => namesTransports(transports) || marked.has(name);
      const { dropped, faulty } = servedTransports(artifact, transports, parameters, enabled);
      return [...dropped, ...faulty]
        .filter(({ name }) => meant(name))
        .map(({ name, why, source }) =>
          finding('MI-PLAN-NOT-SERVED', {
            message: `${title(artifact)} receives nothing over ${name}: the listener does not load it, because ${why}.`,
            hint: 'Add what the listener needs, or remove the transport from the service. The server only logs a warning.',
            source,
            artifacts: [artifact.id],
          }),
        );
    }),
  );
}

/** The transports that a service is written for and that need a listener of their own, each once. */
function neededBy(artifact: Artifact): readonly string[] {
  const names = servicesOf(artifact).flatMap(({ transports, parameters }) =>
    namesTransports(transports)
      ? (transports ?? []).map((name) => name.trim())
      : markedTransports(parameters).map(({ name }) => name),
  );
  return [...new Set(names)]
    .filter((name) => name !== '' && !always.has(name) && !isExpression(name))
    .toSorted(compareText);
}

function unserved(
  artifact: Artifact,
  transport: string,
  without: readonly ServerConfiguration[],
  ofFiles: EnabledTransports,
): PlanDiagnostic {
  const environments = [...new Set(without.flatMap(({ environment }) => environment ?? []))].filter(
    (name) => name !== 'default',
  );
  const list = without.flatMap(({ listenerLists = [] }) => listenerLists).find((one) => one.transport === transport);
  const place: Source | undefined = list?.source ?? ofFiles.get(transport)?.source;
  const example = place === undefined ? '' : `, as ${place.path}:${place.line} has it`;
  const because =
    list === undefined ? '' : `, since it is a list at ${place?.path}:${place?.line}, which MI does not read`;
  const change =
    list === undefined
      ? `Add ${keyOf(transport)} to the values in mi-patterns.yaml${example}`
      : `Write a table in its place: in values ${keyOf(transport)}, in a deployment.toml single brackets instead of [[…]]`;
  return finding('MI-PLAN-LISTENER', {
    message: `${title(artifact)} needs the listener ${transport}, which the values${environments.length === 0 ? '' : ` of ${listed(environments)}`} do not enable${because}: so no message reaches it that way, and no server reports that.`,
    hint: `${change}; passwords belong in Secrets. If the image contains a deployment.toml of its own, you can set runtime.deploymentTomlFrom: image in the values instead.`,
    source: artifact.source,
    ...(place === undefined ? {} : { related: [place] }),
    artifacts: [artifact.id],
  });
}

/** Where the values switch a listener on: keys of deployment.toml, as MI's axis2.xml.j2 reads them. */
function keyOf(transport: string): string {
  if (transport === 'jms' || transport === 'rabbitmq')
    return `deploymentToml.transport.${transport}.listener, a list of {name, parameter},`;
  if (transport === 'mailto') return 'deploymentToml.transport.mail.listener: {enable: true}';
  if (transport === 'idoc' || transport === 'bapi')
    return `deploymentToml.transport.sap.listener.${transport}: {enable: true}`;
  return proxyTransports.has(transport) && transport !== 'hl7'
    ? `deploymentToml.transport.${transport}.listener: {enable: true}`
    : `deploymentToml.custom_transport.listener, a list with {class, protocol: ${transport}},`;
}
