import { type Artifact, type ArtifactFacts, compareText, type Parameter, type ServerConfiguration, type Source } from '@mi-patterns/inventory';
import type { Verdict } from '../model.ts';
import { type JmsTopics, noTopics, topicOfProxy } from './jms-topics.ts';
import { proxyTransports, transportsEnabledByDefault } from './proxy-transports.ts';
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
 * All configurations end up in one kind of server, so a listener counts as enabled when any of them enables it, and one that is
 * on by default counts as off only when every configuration switches it off.
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
      if (listener.enabled && enabled.get(listener.transport) === undefined) enabled.set(listener.transport, listener.source);
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
  const written = (transports ?? []).map((name) => name.trim()).filter((name) => name !== '');
  const text = transports === undefined ? `<proxy> without transports` : `transports="${transports.join(' ')}"`;
  if (written.length > 0 && !written.includes('all')) return written.map((name) => ({ name, source: artifact.source, text }));
  const served: ServedTransport[] = [];
  for (const [name, source] of enabled) {
    const needed = proxyTransports.get(name)?.needs;
    const found = needed === undefined ? undefined : setting(parameters, needed);
    if (found?.state === 'absent') continue;
    if (found !== undefined) served.push({ name, source: found.parameter.source, text: parameterText(found.parameter) });
    else served.push(source === undefined ? { name, source: artifact.source, text } : { name, source, text: `the ${name} listener is enabled` });
  }
  return served;
}

/** Verdict of a service by its transports; the transport that allows the least decides. */
export function transportVerdict(artifact: Artifact, served: readonly ServedTransport[], parameters: readonly Parameter[], otherwise: Verdict): Verdict {
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

/** Verdict of a proxy service. `pinnedServers` and `startOnLoad` do not change it: they are about one server, not about several pods. */
export function proxyVerdict(artifact: Artifact, facts: ProxyFacts, enabled: EnabledTransports, topics: JmsTopics = noTopics): Verdict {
  const served = servedTransports(artifact, facts.transports, facts.parameters, enabled);
  const names = served.map((transport) => transport.name).join(' and ');
  const topic = served.some((transport) => transport.name === 'jms') ? topicOfProxy(artifact, facts.parameters, topics) : undefined;
  const found = transportVerdict(artifact, served, facts.parameters, {
    class: 'stateless',
    because: `${title(artifact)} only answers requests${names === '' ? '' : ` over ${names}`}: any pod can.`,
    evidence: evidence(artifact.source, served[0]?.text ?? '<proxy> without transports'),
  });
  return topic !== undefined && found.class !== 'isolate' && found.class !== 'opaque' ? topic : found;
}
