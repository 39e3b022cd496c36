import { defaultOffset, miPorts } from '../model/mi-ports.ts';
import type { Application, ArtifactFacts, ArtifactId, ServerConfiguration } from '../model/inventory.ts';
import { hasNameOfItsOwn, podConfigurations } from '../model/versioned-names.ts';
import { compareText } from '../model/diagnostic.ts';
import { addTo } from '../model/group.ts';
import { withoutTrailingSlashes } from '../text/slashes.ts';
import type { NamedArtifact, NameIndex } from './names.ts';
import { apiPath, versionedPath } from './public-paths.ts';
import { listenerPort } from './served-ports.ts';

/** Where a request to the server itself ends up. */
export type LoopbackTarget =
  | { readonly type: 'resolved'; readonly id: ArtifactId; readonly port?: number }
  /** The server's own address, but nothing that was read answers there; `id` says what would. */
  | { readonly type: 'missing'; readonly id: string; readonly port?: number }
  /** The server's own address with a path that only a message decides. */
  | { readonly type: 'dynamic'; readonly port?: number }
  /** Some other server. */
  | { readonly type: 'external' };

export interface LoopbackIndex {
  /** Resolves an address as an artifact of these applications uses it. */
  readonly resolve: (uri: string, applications: readonly string[]) => LoopbackTarget;
  /** APIs, proxies and data services by the paths they answer, sorted by path. */
  readonly paths: readonly { readonly path: string; readonly id: ArtifactId }[];
}

interface Route {
  readonly id: ArtifactId;
  readonly bindsTo: readonly string[];
}

type InboundFacts = Extract<ArtifactFacts, { kind: 'inbound-endpoint' }>;

const localHosts = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])$/i;

/** Where MI answers without configuration, and where it would without an offset. */
const defaultPorts = [miPorts.http + defaultOffset, miPorts.https + defaultOffset, miPorts.http, miPorts.https];

/** @param artifacts sorted by id: where two answer at one path, the first does. */
export function createLoopbackIndex(
  artifacts: readonly NamedArtifact[],
  names: NameIndex,
  configurations: readonly ServerConfiguration[],
  applications: readonly Application[],
): LoopbackIndex {
  const { routes, paths, inbounds, isPlain } = answersOf(artifacts, configurations, applications);
  const findService = serviceFinder(names, isPlain);
  const known = new Set(applications.map(({ id }) => id));
  const own = (used: readonly string[]): readonly ServerConfiguration[] => {
    const applying = configurations.filter(
      ({ application }) => application === undefined || !known.has(application) || used.includes(application),
    );
    return applying.length > 0 ? applying : configurations;
  };

  /** No longer beginning of a path is one of an API, so a path without end need not be looked through. */
  const longestPath = [...routes.keys()].reduce((most, path) => Math.max(most, path.length), 0);
  const matchPath = (path: string, eligible: (route: Route) => boolean): ArtifactId | undefined => {
    const prefix = withoutTrailingSlashes(path);
    for (let end = prefix.length; end > 0; end = prefix.lastIndexOf('/', Math.min(end - 1, longestPath))) {
      const route = end > longestPath ? undefined : routes.get(prefix.slice(0, end))?.find(eligible);
      if (route !== undefined) return route.id;
    }
    return routes.get('')?.find(eligible)?.id;
  };

  const resolve = (uri: string, used: readonly string[]): LoopbackTarget => {
    if (/^local:/i.test(uri))
      return findService(/(?:services|axis2services)\/(.*)$/is.exec(uri)?.[1] ?? uri.slice(6), uri);
    const address = addressOf(uri);
    const files = own(used);
    const host = address === undefined ? 'other' : hostIn(address, files);
    if (address === undefined || host === 'other') return { type: 'external' };
    const { port, path, open } = address;
    const inbound = inbounds.get(port);
    if (inbound !== undefined)
      return {
        type: 'resolved',
        id: matchPath(path, ({ bindsTo }) => bindsTo.includes(inbound.parsed.name)) ?? inbound.id,
      };
    if (listensOn(port, host, files)) return onServer(path, open);
    return host === 'local' && defaultPorts.includes(port) ? { ...onServer(path, open), port } : { type: 'external' };
  };

  const onServer = (path: string, open: boolean): Exclude<LoopbackTarget, { readonly type: 'external' }> => {
    if (path.startsWith('/services/') && path.length > 10) {
      const found = findService(path.slice(10), path);
      // `/services/Ord{uri.var.x}` may become any service.
      return open && found.type === 'missing' ? { type: 'dynamic' } : found;
    }
    const id = matchPath(path, isOnDefaultPort);
    if (id !== undefined) return { type: 'resolved', id };
    return open ? { type: 'dynamic' } : { type: 'missing', id: `api/context:${path === '' ? '/' : path}` };
  };
  return { resolve, paths };
}

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Whether an expression follows the path. */
  readonly open: boolean;
}

function addressOf(uri: string): Address | undefined {
  const parts = /^https?:\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([/?#].*)?$/i.exec(uri);
  if (parts === null) return undefined;
  const [, host = '', port = '', rest = ''] = parts;
  const usual = /^https/i.test(uri) ? 443 : 80;
  return { host, port: port === '' ? usual : Number(port), ...literalPath(rest) };
}

type Host = 'local' | 'named' | 'other';

function hostIn({ host }: Address, servers: readonly ServerConfiguration[]): Host {
  if (localHosts.test(host)) return 'local';
  return servers.some(({ hostname }) => hostname?.toLowerCase() === host.toLowerCase()) ? 'named' : 'other';
}

function listensOn(port: number, host: Host, files: readonly ServerConfiguration[]): boolean {
  // A host name of its own may be that of a load balancer, which has the ports without an offset.
  const shifts = host === 'local' ? [0] : [0, -defaultOffset];
  const servers = files.length === 0 ? [{ offset: defaultOffset }] : files;
  const ports = servers.flatMap((one) => [listenerPort(one, 'http'), listenerPort(one, 'https')]);
  return ports.some((one) => shifts.some((shift) => one + shift === port));
}

interface Answers {
  /** APIs by the path that they answer. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly paths: LoopbackIndex['paths'];
  /** Inbound endpoints that answer HTTP, by port, with the offset and without. */
  readonly inbounds: ReadonlyMap<number, NamedArtifact>;
  /** False for what answers only where a path has its application in it. */
  readonly isPlain: (artifact: NamedArtifact) => boolean;
}

function answersOf(
  artifacts: readonly NamedArtifact[],
  configurations: readonly ServerConfiguration[],
  applications: readonly Application[],
): Answers {
  const routes = new Map<string, Route[]>();
  const exposing = configurations.filter(({ exposesVersionedServices }) => exposesVersionedServices === true);
  const versioned = new Map(
    applications.flatMap((one) => (hasNameOfItsOwn('api', one, exposing) ? [[one.id, one] as const] : [])),
  );
  /** Where a server that exposes versions has the API of each application. */
  const versionedPaths = (path: string, { applications: used }: NamedArtifact): readonly string[] =>
    used.flatMap((id) => {
      const application = versioned.get(id);
      return application === undefined ? [] : (versionedPath(path, application) ?? []);
    });
  const servers = podConfigurations(configurations);
  const isPlain = ({ applications: used }: NamedArtifact): boolean =>
    versioned.size === 0 ||
    used.length === 0 ||
    used.some((id) => {
      const application = versioned.get(id);
      return application?.descriptorId === undefined || !hasNameOfItsOwn('api', application, servers);
    });
  const paths: { path: string; id: ArtifactId }[] = [];
  const inbounds = new Map<number, NamedArtifact>();
  const shifts = [
    ...new Set([0, ...configurations.filter((file) => file.inboundPortOffset).map((file) => file.offset)]),
  ];
  for (const artifact of artifacts) {
    const { facts, name } = artifact.parsed;
    if (facts.kind === 'api') {
      const path = apiPath(facts);
      const route = { id: artifact.id, bindsTo: facts.bindsTo };
      const plain = isPlain(artifact) ? [path] : [];
      for (const place of [...plain, ...versionedPaths(path, artifact)]) addTo(routes, place, route);
      if (isOnDefaultPort(route)) paths.push({ path, id: artifact.id });
    } else if (facts.kind === 'proxy-service' || facts.kind === 'data-service') {
      paths.push({ path: `/services/${name}`, id: artifact.id });
    } else if (facts.kind === 'inbound-endpoint') {
      const port = inboundPort(facts);
      if (port !== undefined)
        for (const shift of shifts) if (!inbounds.has(port + shift)) inbounds.set(port + shift, artifact);
    }
  }
  paths.sort((a, b) => compareText(a.path, b.path) || compareText(a.id, b.id));
  return { routes, paths, inbounds, isPlain };
}

function isOnDefaultPort({ bindsTo }: Route): boolean {
  return bindsTo.length === 0 || bindsTo.includes('default');
}

/**
 * The part of a path that is written out, and whether an expression follows it. A segment the expression is part of is
 * left out.
 */
function literalPath(rest: string): { readonly path: string; readonly open: boolean } {
  const end = rest.search(/[?#{$]/);
  if (end === -1) return { path: rest, open: false };
  if (rest[end] === '?' || rest[end] === '#') return { path: rest.slice(0, end), open: false };
  return { path: rest.slice(0, rest.lastIndexOf('/', end) + 1), open: true };
}

/**
 * A name and what is left of it without its last parts: what is after the last slash, or after the last dot where there
 * is none. Only those that are not longer than `longest`.
 */
function* shortened(name: string, longest: number): Generator<string> {
  let sign = '/';
  for (let end = name.length; end > 0;) {
    if (end <= longest) yield name.slice(0, end);
    let before = name.lastIndexOf(sign, Math.min(end - 1, longest));
    if (before < 0 && sign === '/') {
      sign = '.';
      before = name.lastIndexOf(sign, Math.min(end - 1, longest));
    }
    end = before;
  }
}

/**
 * `/services/NAME`, also with an operation, an endpoint suffix (`NAME.NAMEHttpSoap11Endpoint`) or a versioned
 * application before it.
 */
function serviceFinder(
  names: NameIndex,
  isPlain: Answers['isPlain'],
): (rest: string, written: string) => Exclude<LoopbackTarget, { readonly type: 'external' }> {
  const find = (name: string): ArtifactId | undefined =>
    names.find('proxy-service', name) ?? names.find('data-service', name) ?? names.find('axis2-service', name);
  const answers = (id: ArtifactId, name: string): boolean => {
    const artifact = names.artifact(id);
    return artifact === undefined || artifact.parsed.name !== name || isPlain(artifact);
  };
  return (rest, written) => {
    const path = withoutTrailingSlashes(/^[^?#]*/.exec(rest)?.[0] ?? '');
    for (const name of shortened(path, names.longestName)) {
      const id = find(name);
      if (id !== undefined && answers(id, name)) return { type: 'resolved', id };
    }
    const [first = '', second] = path.split('/');
    const versioned = first.includes('__') && second !== undefined ? find(second) : undefined;
    if (versioned !== undefined) return { type: 'resolved', id: versioned };
    if (/[{$]/.test(path)) return { type: 'dynamic' };
    return { type: 'missing', id: first === '' ? `api/context:${written}` : `proxy-service/${first}` };
  };
}

const httpProtocols: ReadonlySet<string> = new Set(['http', 'https', 'httpws', 'httpswss']);

/**
 * The port at which an inbound endpoint answers HTTP; undefined for the others, and for a port only the server knows.
 */
function inboundPort({ protocol, class: className, parameters }: InboundFacts): number | undefined {
  const value = (name: string): string | undefined =>
    parameters.findLast((parameter) => parameter.name === name)?.value;
  const listens =
    protocol === undefined
      ? className !== undefined &&
        (value('inbound.behavior') === 'listening' || className.endsWith('.McpInboundListener'))
      : httpProtocols.has(protocol);
  if (!listens) return undefined;
  const port = value('inbound.mcp.port') ?? value('inbound.http.port') ?? value('port');
  return port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined;
}
