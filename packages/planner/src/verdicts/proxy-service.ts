import {
  type Artifact,
  type ArtifactFacts,
  compareText,
  type Listener,
  type Parameter,
  type ServerConfiguration,
  type Source,
} from '@mi-patterns/inventory';
import { listed } from '../findings/finding.ts';
import { type JmsTopics, jmsTopics, topicOfProxy } from './jms-topics.ts';
import {
  listenerClasses,
  missingExpected,
  proxyTransports,
  transportsEnabledByDefault,
  whyNotLoaded,
} from './proxy-transports.ts';
import { factsOfAll } from './versions.ts';
import {
  evidence,
  type Finding,
  isExpression,
  isStricter,
  parameterText,
  reasonOf,
  type Ruling,
  setting,
} from './verdict.ts';

type ProxyFacts = Extract<ArtifactFacts, { kind: 'proxy-service' }>;

/** A transport that serves a proxy, and the place that says so. */
export interface ServedTransport {
  readonly name: string;
  /**
   * The transport it is, by name of MI's own; undefined for one that is not known. Custom listeners give any name to
   * any class.
   */
  readonly type: string | undefined;
  /** The class of its listener, if MI does not bring it. */
  readonly foreign?: string | undefined;
  readonly source: Source;
  readonly text: string;
  /**
   * What its connection factory says for a service that does not say it itself: one list for each factory that it may
   * have.
   */
  readonly defaults?: readonly (readonly Parameter[])[];
}

/** A listener that runs in the servers. */
interface EnabledListener {
  /** Line of `deployment.toml` that switches it on; undefined for one that is on by default. */
  readonly source?: Source;
  readonly type: string | undefined;
  /** Its class, if MI does not bring it. */
  readonly foreign?: string | undefined;
  /** Names of its connection factories in all files; undefined when they are not known, or it has none. */
  readonly factories?: ReadonlySet<string>;
  readonly factoryDefaults?: Listener['factoryDefaults'];
}

/** Listeners that run in the servers, by transport, sorted. */
export type EnabledTransports = ReadonlyMap<string, EnabledListener>;

/**
 * The `deployment.toml` files of the projects and what the chart writes for each environment count alike, because one
 * image and its roles serve all environments: a listener counts as enabled when any of them enables it, and one that is
 * on by default counts as off only when every one of them switches it off.
 */
export function enabledTransports(configurations: readonly ServerConfiguration[]): EnabledTransports {
  const enabled = new Map<string, EnabledListener>();
  for (const transport of transportsEnabledByDefault) {
    const off =
      configurations.length > 0 &&
      configurations.every((configuration) => {
        const said = configuration.listeners.filter((listener) => listener.transport === transport);
        return said.length > 0 && said.every((listener) => !listener.enabled);
      });
    if (!off) enabled.set(transport, { type: transport });
  }
  const listeners = configurations.flatMap((configuration) => configuration.listeners.filter(({ enabled: on }) => on));
  for (const transport of new Set(listeners.map((listener) => listener.transport)))
    enabled.set(
      transport,
      merged(
        transport,
        listeners.filter((listener) => listener.transport === transport),
      ),
    );
  return new Map([...enabled].toSorted(([a], [b]) => compareText(a, b)));
}

/** One listener in several files: a service is loaded when one of them would load it. */
function merged(transport: string, listeners: readonly Listener[]): EnabledListener {
  const types = new Set(
    listeners.map((listener) =>
      listener.class === undefined ? ownType(transport) : listenerClasses.get(listener.class),
    ),
  );
  const [type] = types;
  const foreign = listeners.map((listener) => listener.class).find((name) => name && !listenerClasses.has(name));
  const factories = listeners.map((listener) => listener.factories);
  const all = factories.includes(undefined) ? undefined : new Set(factories.flatMap((names) => names ?? []));
  const [first] = listeners;
  return {
    ...(first === undefined ? {} : { source: first.source }),
    type: types.size === 1 ? type : undefined,
    ...(foreign === undefined ? {} : { foreign }),
    ...(all === undefined ? {} : { factories: all }),
    factoryDefaults: listeners.flatMap(({ factoryDefaults }) => factoryDefaults ?? []),
  };
}

/** The parameters that the connection factory of a service adds to its own, for each factory that it may be. */
function defaultsOf(
  { factoryDefaults = [], type }: EnabledListener,
  parameters: readonly Parameter[],
): readonly (readonly Parameter[])[] {
  const named = type === undefined ? undefined : proxyTransports.get(type)?.factory;
  if (factoryDefaults.length === 0 || named === undefined) return [];
  const factory = setting(parameters, named.parameter);
  const name = factory.state === 'literal' ? factory.value : named.byDefault;
  return factoryDefaults.flatMap((one) =>
    factory.state === 'dynamic' || name === one.factory ? [one.parameters] : [],
  );
}

function ownType(transport: string): string | undefined {
  return proxyTransports.has(transport) ? transport : undefined;
}

/** A transport whose listener drops the service, and why. */
interface DroppedTransport {
  readonly name: string;
  readonly why: string;
  readonly source: Source;
}

/** The transports that a service is on, parted by what their listeners do with it. */
export interface Transports {
  readonly served: readonly ServedTransport[];
  readonly dropped: readonly DroppedTransport[];
  /** Of the served ones those that the listener will mark as faulty for a forgotten parameter. */
  readonly faulty: readonly DroppedTransport[];
}

/**
 * The transports that really serve a proxy: those it names, or every enabled one when it names none or `all`
 * (wso2-synapse ProxyServiceFactory.java:93-110), as far as the listener would load it.
 */
export function servedTransports(
  artifact: Artifact,
  transports: readonly string[] | undefined,
  parameters: readonly Parameter[],
  enabled: EnabledTransports,
): Transports {
  const text =
    transports === undefined ? `<${elementOf(artifact)}> without transports` : `transports="${transports.join(' ')}"`;
  const named = transports !== undefined && namesTransports(transports);
  const names = named
    ? [...new Set(transports.map((name) => name.trim()).filter((name) => name !== ''))]
    : [...enabled.keys()];
  const served: ServedTransport[] = [];
  const dropped: DroppedTransport[] = [];
  const faulty: DroppedTransport[] = [];
  for (const name of names) {
    const listener = enabled.get(name) ?? { type: ownType(name) };
    const rule = listener.type === undefined ? undefined : proxyTransports.get(listener.type);
    const fault = rule === undefined ? undefined : whyNotLoaded(rule, parameters, listener.factories);
    if (fault !== undefined) dropped.push({ name, why: fault.why, source: fault.parameter?.source ?? artifact.source });
    else {
      const missing = rule === undefined ? undefined : missingExpected(rule, parameters);
      if (missing !== undefined) faulty.push({ name, why: `it has no parameter ${missing}`, source: artifact.source });
      served.push({
        name,
        type: listener.type,
        foreign: listener.foreign,
        defaults: defaultsOf(listener, parameters),
        ...(named
          ? { source: artifact.source, text }
          : (reason(name, listener, parameters) ?? { source: artifact.source, text })),
      });
    }
  }
  return { served, dropped, faulty };
}

/**
 * What puts a service that names no transports on one: the parameter its listener asks for, or the line that enables
 * the listener.
 */
function reason(
  name: string,
  { source, type }: EnabledListener,
  parameters: readonly Parameter[],
): Pick<ServedTransport, 'source' | 'text'> | undefined {
  const [needed] = (type === undefined ? undefined : proxyTransports.get(type))?.needs ?? [];
  const found = needed === undefined ? undefined : setting(parameters, ...needed);
  if (found !== undefined && found.state !== 'absent')
    return { source: found.parameter.source, text: parameterText(found.parameter) };
  return source === undefined ? undefined : { source, text: `the ${name} listener is enabled` };
}

/** Kinds of artifacts that bring services. */
export const serviceKinds = ['proxy-service', 'data-service', 'axis2-service'] as const;

/** The services that an artifact brings, in all its versions, by how each is reached; none for what is no service. */
export function servicesOf(artifact: Artifact): readonly ServiceFacts[] {
  return factsOfAll(artifact).flatMap((facts): readonly ServiceFacts[] => {
    if (facts.kind === 'proxy-service') return [facts];
    if (facts.kind === 'axis2-service') return facts.services ?? [];
    // Without transports a data service is on HTTP alone: it has no parameters that a consuming listener would need.
    return facts.kind === 'data-service'
      ? [{ parameters: [], ...(facts.transports === undefined ? {} : { transports: facts.transports }) }]
      : [];
  });
}

/** A transport that a service asks for with parameters of its consumers, and the first of these. */
export interface MarkedTransport {
  readonly name: string;
  readonly parameter: Parameter;
}

/**
 * The transports whose consumer parameters a service has, sorted: whoever wrote them meant it to be served by these.
 */
export function markedTransports(parameters: readonly Parameter[]): readonly MarkedTransport[] {
  const marked = [...proxyTransports].flatMap(([name, { needs = [], marks }]) => {
    const parameter = parameters.find((candidate) =>
      marks === undefined
        ? needs.flat().includes(candidate.name)
        : marks.some((mark) => candidate.name.startsWith(mark)),
    );
    return parameter === undefined || setting(parameters, parameter.name).state === 'absent'
      ? []
      : [{ name, parameter }];
  });
  return marked.toSorted((a, b) => compareText(a.name, b.name));
}

/** True when a service names its transports, rather than being on every one that its server enables. */
export function namesTransports(transports: readonly string[] | undefined): boolean {
  const written = (transports ?? []).map((name) => name.trim()).filter((name) => name !== '');
  return written.length > 0 && !written.includes('all');
}

/** Verdict of a service by its transports; the transport that allows the least decides. */
export function transportVerdict(
  artifact: Artifact,
  served: readonly ServedTransport[],
  parameters: readonly Parameter[],
  otherwise: Ruling,
): Ruling {
  let worst: Ruling = otherwise;
  for (const transport of served) {
    const found = judge(transport, parameters);
    if (!isStricter(found.class, worst.class)) continue;
    worst = {
      class: found.class,
      because: reasonOf(artifact, found.why),
      evidence:
        found.parameter === undefined
          ? evidence(transport.source, transport.text)
          : evidence(found.parameter.source, parameterText(found.parameter)),
      ...(found.undecided === undefined ? {} : { undecided: found.undecided }),
    };
  }
  return worst;
}

function judge(transport: ServedTransport, parameters: readonly Parameter[]): Finding {
  const rule = transport.type === undefined ? undefined : proxyTransports.get(transport.type);
  if (rule !== undefined) {
    const [first = rule.find(parameters), ...others] = withDefaults(transport, parameters).map((all) => rule.find(all));
    return others.reduce((worst, one) => (isStricter(one.class, worst.class) ? one : worst), first);
  }
  const what = transport.foreign === undefined ? 'which' : `whose class ${transport.foreign}`;
  return isExpression(transport.name)
    ? {
        class: 'opaque',
        why: `takes its transports from ${transport.name}, which only the server can resolve`,
        undecided: 'value-of-the-server',
      }
    : {
        class: 'opaque',
        why: `is served by the transport ${transport.name}, ${what} is not part of MI: whether it starts work on its own is unknown`,
        undecided: 'unknown-protocol',
      };
}

/** The parameters of a service behind those that it takes over, for each connection factory that it may have. */
export function withDefaults(
  { defaults = [] }: ServedTransport,
  parameters: readonly Parameter[],
): (readonly Parameter[])[] {
  return defaults.length === 0 ? [parameters] : defaults.map((some) => [...some, ...parameters]);
}

/** What is known of the servers that run a service. */
export interface Servers {
  readonly enabled: EnabledTransports;
  readonly topics: JmsTopics;
  /** False when no `deployment.toml` was read: which listeners its authors had in mind is not known then. */
  readonly known: boolean;
  /** Listeners that somebody switches off in so many words. */
  readonly switchedOff: ReadonlySet<string>;
}

/** What all `deployment.toml` files say together. */
export function serversOf(configurations: readonly ServerConfiguration[]): Servers {
  return {
    enabled: enabledTransports(configurations),
    topics: jmsTopics(configurations),
    known: configurations.some(({ environment }) => environment === undefined),
    switchedOff: new Set(
      configurations.flatMap(({ listeners }) =>
        listeners.filter((listener) => !listener.enabled).map(({ transport }) => transport),
      ),
    ),
  };
}

/** What a service says of how it is reached. */
export type ServiceFacts = Pick<ProxyFacts, 'transports' | 'parameters'>;

/**
 * The verdict of a proxy that each pod stops as soon as it has deployed it. Its class stays, since somebody may start
 * the proxy in any pod (management API).
 */
export function withStop(ruling: Ruling, { startOnLoad }: ProxyFacts): Ruling {
  if (startOnLoad) return ruling;
  const why = `${ruling.because.why}; its startOnLoad stops it in each new pod until it is started there`;
  return { ...ruling, because: { ...ruling.because, why } };
}

/**
 * Verdict of a proxy service or of one Axis2 service. `pinnedServers` and `startOnLoad` of a proxy do not change it:
 * they are about one server, not about several pods.
 */
export function proxyVerdict(artifact: Artifact, facts: ServiceFacts, servers: Servers): Ruling {
  const { served, dropped } = servedTransports(artifact, facts.transports, facts.parameters, servers.enabled);
  const topic = served
    .filter(({ type }) => type === 'jms')
    .flatMap((transport) => withDefaults(transport, facts.parameters))
    .map((parameters) => topicOfProxy(artifact, parameters, servers.topics))
    .find((found) => found !== undefined);
  const found = transportVerdict(artifact, served, facts.parameters, withoutConsumer(artifact, { served, dropped }));
  if (found.class === 'isolate' || found.class === 'opaque') return found;
  return topic ?? inDoubt(artifact, facts, servers) ?? found;
}

/** The verdict of a service that no transport brings work of its own to. */
function withoutConsumer(artifact: Artifact, { served, dropped }: Omit<Transports, 'faulty'>): Ruling {
  const names = listed(served.map((transport) => transport.name));
  const [first] = dropped;
  const nothing = served.length === 0 && first !== undefined;
  return {
    class: 'stateless',
    because: nothing
      ? reasonOf(artifact, `receives no messages: the ${first.name} listener does not load it, because ${first.why}`)
      : reasonOf(artifact, `only answers requests${names === '' ? '' : ` over ${names}`}: any pod can`),
    evidence: nothing
      ? evidence(first.source, `the ${first.name} listener drops it`)
      : evidence(artifact.source, served[0]?.text ?? `<${elementOf(artifact)}> without transports`),
  };
}

function elementOf({ kind }: Artifact): string {
  return kind === 'proxy-service' ? 'proxy' : 'service';
}

/**
 * A proxy that names no transports and has parameters of a consumer, while nobody has said which listeners its servers
 * have: it would consume in every pod as soon as somebody enables the listener.
 */
function inDoubt(
  artifact: Artifact,
  facts: ServiceFacts,
  { enabled, known, switchedOff }: Servers,
): Ruling | undefined {
  if (known || namesTransports(facts.transports)) return undefined;
  const marked = markedTransports(facts.parameters).find(({ name, parameter }) => {
    const rule = proxyTransports.get(name);
    return (
      !enabled.has(name) &&
      !switchedOff.has(name) &&
      (rule === undefined || whyNotLoaded(rule, facts.parameters, undefined) === undefined) &&
      judge({ name, type: name, source: parameter.source, text: '' }, facts.parameters).class !== 'stateless'
    );
  });
  if (marked === undefined) return undefined;
  return {
    class: 'opaque',
    because: reasonOf(
      artifact,
      `is on every transport that its server enables and has parameters of the ${marked.name} transport, but no deployment.toml was read: whether each pod would consume cannot be decided`,
    ),
    evidence: evidence(marked.parameter.source, parameterText(marked.parameter)),
    undecided: 'value-of-the-server',
  };
}
