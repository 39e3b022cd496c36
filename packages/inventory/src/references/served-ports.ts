import { finding } from '../findings/catalogue.ts';
import { compareDiagnostics, type Diagnostic } from '../model/diagnostic.ts';
import { defaultOffset, miPorts } from '../model/mi-ports.ts';
import type { Inventory, Reference, ServerConfiguration } from '../model/inventory.ts';

/**
 * The inventory without calls to ports of its own server at which no server of its configurations listens, each of them
 * a finding (`MI-LOOPBACK-PORT`). To be asked once every configuration is known, those of the environments included.
 */
export function withServedPorts(inventory: Inventory): Inventory {
  const doubtful = inventory.references.filter(({ port }) => port !== undefined);
  if (doubtful.length === 0 || inventory.configurations.length === 0) return inventory;
  const ports = servedPorts(inventory.configurations);
  const isServed = ({ port }: Reference): boolean => port === undefined || ports.all.has(port);
  const unserved = doubtful.filter((reference) => !isServed(reference));
  if (unserved.length === 0) return inventory;
  return {
    ...inventory,
    references: inventory.references.filter(isServed),
    diagnostics: [...inventory.diagnostics, ...unserved.map((reference) => unservedCall(reference, ports))].toSorted(
      compareDiagnostics,
    ),
  };
}

/** Ports of the HTTP and HTTPS listeners, sorted. */
interface Ports {
  readonly http: readonly number[];
  readonly https: readonly number[];
  readonly all: ReadonlySet<number>;
}

/** The port of a listener, its offset included. */
export function listenerPort(
  { offset, ports }: Pick<ServerConfiguration, 'offset' | 'ports'>,
  scheme: 'http' | 'https',
): number {
  return (ports?.[scheme] ?? miPorts[scheme]) + offset;
}

function servedPorts(configurations: readonly ServerConfiguration[]): Ports {
  const of = (scheme: 'http' | 'https'): number[] => {
    return [...new Set(configurations.map((configuration) => listenerPort(configuration, scheme)))].toSorted(
      (a, b) => a - b,
    );
  };
  const [http, https] = [of('http'), of('https')];
  return { http, https, all: new Set([...http, ...https]) };
}

function unservedCall({ from, via, port, source }: Reference, ports: Ports): Diagnostic {
  const isSecure = port === miPorts.https || port === miPorts.https + defaultOffset;
  const own = isSecure ? ports.https : ports.http;
  return finding(
    'MI-LOOPBACK-PORT',
    `${from} calls port ${port} of its own server (${via}), but nothing listens on ${port}; the server's ${isSecure ? 'HTTPS' : 'HTTP'} port is ${own.join(' or ')}.`,
    `Write port ${own.join(' or ')}, which is ${isSecure ? miPorts.https : miPorts.http} plus the offset of the server.`,
    source,
  );
}
