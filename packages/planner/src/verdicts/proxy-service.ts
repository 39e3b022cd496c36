import {
  type Artifact,
  type ArtifactFacts,
  compareText,
  type Parameter,
  type ServerConfiguration,
  type Source,
} from '@mi-patterns/inventory';
import type { Verdict } from '../model.ts';
import { type JmsTopics, jmsTopics, topicOfProxy } from './jms-topics.ts';
import { proxyTransports, transportsEnabledByDefault } from './proxy-transports.ts';
import { factsOfAll } from './versions.ts';
import { evidence, type Finding, isExpression, isStricter, parameterText, setting, title } from './verdict.ts';

type ProxyFacts = Extract<ArtifactFacts, { kind: 'proxy-service' }>;

/** A transport that serves a proxy, and the place that says so. */
export interface ServedTransport {
  readonly name: string;
  readonly source: Source;
  readonly text: string;
}

/** Listeners that run in the servers, by transport, sorted; `source` is the line of `deployment.toml` that switches one on. */
export type EnabledTransports = ReadonlyMap<string, Source | undefined>;

/**
 * The `deployment.toml` files of the projects and what the chart writes for each environment count alike, because one image and
 * its roles serve all environments: a listener counts as enabled when any of them enables it, and one that is on by default counts
 * as off only when every one of them switches it off.
 */
export function enabledTransports(configurations: readonly ServerConfiguration[]): EnabledTransports {
  const enabled = new Map<string, Source | undefined>();
  for (const transport of transportsEnabledByDefault) {
    const off =
      configurations.length > 0 &&
      configurations.every((configuration) => {
        const said = configuration.listeners.filter((listener) => listener.transport === transport);
        return said.length > 0 && said.every((listener) => !listener.enabled);
      });
    if (!off) enabled.set(transport, undefined);
  }
  for (const configuration of configurations) {
    for (const listener of configuration.listeners) {
      if (listener.enabled && enabled.get(listener.transport) === undefined)
        enabled.set(listener.transport, listener.source);
    }
  }
  return new Map([...enabled].toSorted(([a], [b]) => compareText(a, b)));
}

/**
 * The transports that really serve a proxy: those it names, or every enabled one that has the parameter it needs when it names
 * none or `all` (wso2-synapse ProxyServiceFactory.java:93-110).
 */
export function servedTransports(
  artifact: Artifact,
  transports: readonly string[] | undefined,
  parameters: readonly Parameter[],
  enabled: EnabledTransports,
): readonly ServedTransport[] {
  const text =
    transports === undefined ? `<${elementOf(artifact)}> without transports` : `transports="${transports.join(' ')}"`;
  if (transports !== undefined && namesTransports(transports))
    return transports
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, source: artifact.source, text }));
  const served: ServedTransport[] = [];
  for (const [name, source] of enabled) {
    const needed = proxyTransports.get(name)?.needs;
    const found = needed === undefined ? undefined : setting(parameters, needed);
    if (found?.state === 'absent') continue;
    if (found !== undefined)
      served.push({ name, source: found.parameter.source, text: parameterText(found.parameter) });
    else
      served.push(
        source === undefined
          ? { name, source: artifact.source, text }
          : { name, source, text: `the ${name} listener is enabled` },
      );
  }
  return served;
}

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

/** The transports whose consumer parameters a service has, sorted: whoever wrote them meant it to be served by these. */
export function markedTransports(parameters: readonly Parameter[]): readonly MarkedTransport[] {
  const marked = [...proxyTransports].flatMap(([name, { needs, marks = [] }]) => {
    const parameter = parameters.find((candidate) =>
      needs === undefined
        ? marks.some((mark) => candidate.name.startsWith(mark))
        : candidate.name === needs && setting(parameters, needs).state !== 'absent',
    );
    return parameter === undefined ? [] : [{ name, parameter }];
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
  otherwise: Verdict,
): Verdict {
  let worst: Verdict = otherwise;
  for (const transport of served) {
    const found = judge(transport, parameters);
    if (!isStricter(found.class, worst.class)) continue;
    worst = {
      class: found.class,
      because: `${title(artifact)} ${found.why}.`,
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
  const rule = proxyTransports.get(transport.name);
  if (rule !== undefined) return rule.find(parameters);
  return isExpression(transport.name)
    ? {
        class: 'opaque',
        why: `takes its transports from ${transport.name}, which only the server can resolve`,
        undecided: 'value-of-the-server',
      }
    : {
        class: 'opaque',
        why: `is served by the transport ${transport.name}, which is none of MI's own: whether it starts work by itself cannot be decided`,
        undecided: 'unknown-protocol',
      };
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
 * Verdict of a proxy service or of one Axis2 service. `pinnedServers` and `startOnLoad` of a proxy do not change it: they are about
 * one server, not about several pods.
 */
export function proxyVerdict(artifact: Artifact, facts: ServiceFacts, servers: Servers): Verdict {
  const served = servedTransports(artifact, facts.transports, facts.parameters, servers.enabled);
  const names = served.map((transport) => transport.name).join(' and ');
  const topic = served.some((transport) => transport.name === 'jms')
    ? topicOfProxy(artifact, facts.parameters, servers.topics)
    : undefined;
  const found = transportVerdict(artifact, served, facts.parameters, {
    class: 'stateless',
    because: `${title(artifact)} only answers requests${names === '' ? '' : ` over ${names}`}: any pod can.`,
    evidence: evidence(artifact.source, served[0]?.text ?? `<${elementOf(artifact)}> without transports`),
  });
  if (found.class === 'isolate' || found.class === 'opaque') return found;
  return topic ?? inDoubt(artifact, facts, servers) ?? found;
}

function elementOf({ kind }: Artifact): string {
  return kind === 'proxy-service' ? 'proxy' : 'service';
}

/**
 * A proxy that names no transports and has parameters of a consumer, while nobody has said which listeners its servers have: it
 * would consume in every pod as soon as somebody enables the listener.
 */
function inDoubt(
  artifact: Artifact,
  facts: ServiceFacts,
  { enabled, known, switchedOff }: Servers,
): Verdict | undefined {
  if (known || namesTransports(facts.transports)) return undefined;
  const marked = markedTransports(facts.parameters).find(
    ({ name, parameter }) =>
      !enabled.has(name) &&
      !switchedOff.has(name) &&
      judge({ name, source: parameter.source, text: '' }, facts.parameters).class !== 'stateless',
  );
  if (marked === undefined) return undefined;
  return {
    class: 'opaque',
    because: `${title(artifact)} is on every transport that its server enables and has parameters of the ${marked.name} transport, but no deployment.toml was read: whether each pod would consume cannot be decided.`,
    evidence: evidence(marked.parameter.source, parameterText(marked.parameter)),
    undecided: 'value-of-the-server',
  };
}
