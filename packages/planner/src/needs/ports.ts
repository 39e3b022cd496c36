import {
  type Artifact,
  compareText,
  type Inventory,
  type Parameter,
  type ServerConfiguration,
  type Source,
  defaultOffset,
  miPorts,
  serverFilesOf,
} from '@mi-patterns/inventory';
import { finding } from '../findings/finding.ts';
import type { PlanDiagnostic, Port } from '../model/plan.ts';
import { inboundRule } from '../verdicts/inbound-endpoint.ts';
import type { ListeningPort } from '../verdicts/inbound-protocols.ts';
import { type EnabledTransports, servedTransports } from '../verdicts/proxy-service.ts';
import { proxyTransports } from '../verdicts/proxy-transports.ts';
import { setting, title } from '../verdicts/verdict.ts';

/** A listener's port: its number, or why the number is not known. */
type Found = ({ readonly port: Port } | { readonly unknown: string }) & { readonly parameter?: Parameter };

/** Ports that the given artifacts open, sorted by number, with findings for unknown and clashing ones. */
export function portsOf(
  artifacts: readonly Artifact[],
  inventory: Inventory,
  enabled: EnabledTransports,
  pods: ServedPods = {},
): { ports: Port[]; diagnostics: PlanDiagnostic[] } {
  const isOfServer = serverFilesOf(inventory);
  const ports: Port[] = [];
  const diagnostics: PlanDiagnostic[] = [];
  const configurations = servingConfigurations(inventory, pods);
  const own = new Set(Object.values(miPorts).map((port) => port + offsetOf(configurations[0])));
  const taken = new Map<string, { readonly artifact: Artifact; readonly source: Source }>();
  for (const artifact of artifacts) {
    for (const found of listenersOf(artifact, configurations, enabled)) {
      const source = found.parameter?.source ?? artifact.source;
      if ('unknown' in found) {
        diagnostics.push(
          finding('MI-PLAN-PORT', {
            message: `${title(artifact)} listens on a port that is not known here: ${found.unknown}.`,
            hint: 'Add the port to `ports:` of its workload in the values, so that container and Service open it.',
            source,
            artifacts: [artifact.id],
          }),
        );
        continue;
      }
      const { port } = found;
      const key = `${port.protocol === 'udp' ? 'udp' : 'tcp'} ${port.number}`;
      const other = taken.get(key);
      if (other !== undefined || (own.has(port.number) && port.protocol !== 'udp')) {
        diagnostics.push(
          finding('MI-PLAN-PORT-CLASH', {
            message: `${title(artifact)} listens on port ${port.number}, which ${other === undefined ? "is one of MI's own ports" : `${other.artifact.id} of the same pods uses too`}.`,
            hint: `Give it another port: ${isOfServer(artifact) ? 'MI starts without a listener whose port is taken' : 'a listener that cannot start takes its whole archive down'}.`,
            source,
            ...(other === undefined ? {} : { related: [other.source] }),
            artifacts: other === undefined ? [artifact.id] : [artifact.id, other.artifact.id],
          }),
        );
        continue;
      }
      taken.set(key, { artifact, source });
      ports.push(port);
    }
  }
  return { ports: ports.toSorted((a, b) => a.number - b.number || compareText(a.protocol, b.protocol)), diagnostics };
}

/** Which pods the ports are for: of one environment and one workload, where they are known. */
export interface ServedPods {
  readonly environment?: string | undefined;
  readonly workload?: string | undefined;
}

/** What the pods get: the files that the chart writes, or those that were read where it writes none. */
function servingConfigurations({ configurations }: Inventory, pods: ServedPods): readonly ServerConfiguration[] {
  const written = configurations.filter(
    ({ environment }) =>
      environment !== undefined && (pods.environment === undefined || environment === pods.environment),
  );
  const own = written.filter(({ workload }) => workload !== undefined && workload === pods.workload);
  if (own.length > 0 && pods.environment !== undefined) return own;
  if (written.length > 0) return written.filter(({ workload }) => workload === undefined);
  return configurations.filter(({ environment }) => environment === undefined);
}

function* listenersOf(
  artifact: Artifact,
  configurations: readonly ServerConfiguration[],
  enabled: EnabledTransports,
): Generator<Found> {
  const facts = artifact.facts;
  if (facts.kind === 'inbound-endpoint') {
    const rule = inboundRule(facts);
    if (rule?.port !== undefined) yield inboundPort(artifact, facts.parameters, rule.port, configurations);
  } else if (facts.kind === 'proxy-service') {
    for (const { type } of servedTransports(artifact, facts.transports, facts.parameters, enabled).served) {
      const port = type === undefined ? undefined : proxyTransports.get(type)?.port;
      if (port !== undefined) yield numbered(artifact, facts.parameters, port, 0);
    }
  }
}

function inboundPort(
  artifact: Artifact,
  parameters: readonly Parameter[],
  port: ListeningPort,
  configurations: readonly ServerConfiguration[],
): Found {
  const offset = movedBy(parameters, port, configurations);
  return numbered(artifact, parameters, port, offset);
}

function numbered(
  artifact: Artifact,
  parameters: readonly Parameter[],
  { parameter: name, protocol, default: byDefault }: Pick<ListeningPort, 'parameter' | 'protocol' | 'default'>,
  offset: number,
): Found {
  const found = setting(parameters, name);
  if (found.state === 'dynamic') return { unknown: `${name} comes from ${found.text}`, parameter: found.parameter };
  if (found.state === 'absent' && byDefault === undefined) return { unknown: `it has no parameter ${name}` };
  const written = found.state === 'literal' ? { parameter: found.parameter } : {};
  const number = found.state === 'absent' ? (byDefault ?? 0) : Number(found.value);
  if (!Number.isInteger(number) || number < 1 || number + offset > 65535) {
    return { unknown: `${name} is not a port number`, ...written };
  }
  return {
    ...written,
    port: { name: `${protocol}-${number + offset}`, number: number + offset, protocol, artifact: artifact.id },
  };
}

/** How far the server's port offset moves the port of an inbound endpoint. */
function movedBy(
  parameters: readonly Parameter[],
  { offsetBy }: ListeningPort,
  configurations: readonly ServerConfiguration[],
): number {
  if (offsetBy === undefined) return 0;
  if (offsetBy === 'deployment.toml') {
    const moves = configurations.find((configuration) => configuration.inboundPortOffset);
    return moves === undefined ? 0 : offsetOf(moves);
  }
  const moved = setting(parameters, offsetBy.parameter);
  return moved.state === 'literal' && moved.value.toLowerCase() === 'true' ? offsetOf(configurations[0]) : 0;
}

function offsetOf(configuration: ServerConfiguration | undefined): number {
  return configuration?.offset ?? defaultOffset;
}
