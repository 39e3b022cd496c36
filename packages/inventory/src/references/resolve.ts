import { finding } from '../findings/catalogue.ts';
import type { ParsedArtifact, ParsedReference } from '../artifact/parsed.ts';
import { forwardingProcessors } from '../artifact/processor-checks.ts';
import { targetOfMessage } from '../artifact/reference-table.ts';
import { withoutCredentials } from '../text/credentials.ts';
import { compareDiagnostics, compareSources, compareText, type Diagnostic } from '../model/diagnostic.ts';
import type { Application, ArtifactId, Reference, ServerConfiguration } from '../model/inventory.ts';
import { dispatchTargets } from './dispatch.ts';
import { createLoopbackIndex, type LoopbackIndex, type LoopbackTarget } from './loopback.ts';
import { createNameIndex, isBuiltinClass, type NameIndex } from './names.ts';
import { looksByName } from './served-data-sources.ts';
import { parameterReferences } from './parameters.ts';
import { incompleteCalls } from './template-calls.ts';
import { registryPath } from './registry-path.ts';
import { withoutTrailingSlashes } from '../text/slashes.ts';

/**
 * One artifact with its final id. Libraries, connectors, registry resources and so on come with no references of their
 * own.
 */
export interface ResolvableArtifact {
  readonly id: ArtifactId;
  /**
   * Kind, name, facts and references as read. For an artifact without XML: a record with empty `effects` and
   * `references`.
   */
  readonly parsed: ParsedArtifact;
  /** Applications that deliver it, by `Application.id`. */
  readonly applications: readonly string[];
}

export interface ResolveInput {
  readonly artifacts: readonly ResolvableArtifact[];
  readonly applications: readonly Application[];
  readonly configurations: readonly ServerConfiguration[];
}

export interface ResolveResult {
  /** Sorted by artifact, place and target. */
  readonly references: Reference[];
  readonly diagnostics: Diagnostic[];
}

interface Outcome {
  readonly to: string;
  readonly state: Reference['state'];
  readonly port?: number;
}

interface Indexes {
  readonly names: NameIndex;
  readonly loopback: LoopbackIndex;
  readonly diagnostics: Diagnostic[];
}

/**
 * Turns references as written into edges between artifacts, now that every artifact is known. Pure and deterministic.
 * Each written place gives one reference, save that a dispatch pattern gives one for each API or proxy it reaches, and
 * that addresses of other servers and classes MI brings along give none.
 */
export function resolveReferences(input: ResolveInput): ResolveResult {
  const { applications, configurations } = input;
  const artifacts = input.artifacts.toSorted((a, b) => compareText(a.id, b.id));
  const names = createNameIndex(artifacts, applications);
  const diagnostics: Diagnostic[] = incompleteCalls(artifacts, names);
  const indexes: Indexes = {
    names,
    loopback: createLoopbackIndex(artifacts, names, configurations, applications),
    diagnostics,
  };
  const { connections, targets, isByParameter } = survey(artifacts);
  const parameters = isByParameter ? parameterReferences(artifacts, names) : undefined;
  const references: Reference[] = [];
  // Artifacts come in the order of their ids, so only the references of one artifact are left to be sorted.
  let start = 0;
  for (const [index, artifact] of artifacts.entries()) {
    if (artifact.id !== artifacts[index - 1]?.id) {
      sortFrom(references, start);
      start = references.length;
    }
    const own = artifact.parsed.references;
    const given = parameters?.from(artifact) ?? [];
    const sent = targets.length > 0 && sendsByMessage(artifact.parsed) ? targets : given;
    for (const written of sent.length > 0 ? [...own, ...sent] : own) {
      if (parameters?.isTold(artifact.id, written)) continue;
      if (targets.length > 0 && written.via === targetOfMessage.via && artifact.parsed.kind !== 'message-processor')
        continue;
      // A connection that only holds scheme, host and port is called through the operations that use it.
      const isBase =
        artifact.parsed.kind === 'local-entry' &&
        written.target.type === 'address' &&
        connections.has(artifact.parsed.name);
      for (const outcome of outcomes(indexes, artifact, written)) {
        if ((isBase || written.isGuess === true) && outcome.state !== 'resolved') continue;
        references.push(resolved(artifact.id, outcome, written));
      }
    }
  }
  sortFrom(references, start);
  return { references, diagnostics: diagnostics.sort(compareDiagnostics) };
}

/** Written out by what most references have: spreads for each of them took more time than its target. */
function resolved(
  from: string,
  { to, state, port }: Outcome,
  { via, relation, always, method, source }: ParsedReference,
): Reference {
  if (method !== undefined)
    return {
      from,
      to,
      via,
      relation,
      state,
      ...(port === undefined ? {} : { port }),
      method,
      ...(always === undefined ? {} : { always }),
      source,
    };
  if (port !== undefined)
    return { from, to, via, relation, state, port, ...(always === undefined ? {} : { always }), source };
  return always === undefined
    ? { from, to, via, relation, state, source }
    : { from, to, via, relation, state, always, source };
}

/** Sorts the references of one artifact, the last of the list, in place. */
function sortFrom(references: Reference[], start: number): void {
  const count = references.length - start;
  if (count < 2) return;
  const own = references
    .splice(start, count)
    .sort((a, b) => compareSources(a.source, b.source) || compareText(a.via, b.via) || compareText(a.to, b.to));
  for (const reference of own) references.push(reference);
}

/** True for a forwarding processor that takes its target from each message. */
function sendsByMessage({ facts }: ParsedArtifact): boolean {
  return (
    facts.kind === 'message-processor' &&
    forwardingProcessors.has(facts.class) &&
    facts.targetEndpoint === undefined &&
    !facts.parameters.some(({ name }) => name === targetOfMessage.property)
  );
}

/** What has to be known of all references before any of them is resolved. */
interface Survey {
  /** Local entries that operations of the HTTP connector call through. */
  readonly connections: ReadonlySet<string>;
  /** The endpoints that flows name for the processor of the messages they store, each once. */
  readonly targets: readonly ParsedReference[];
  /** Whether anything is found by a parameter of a template. */
  readonly isByParameter: boolean;
}

function survey(artifacts: readonly ResolvableArtifact[]): Survey {
  const connections = new Set<string>();
  const targets = new Map<string, ParsedReference>();
  let isByParameter = false;
  for (const { parsed } of artifacts) {
    for (const written of parsed.references) {
      if (written.target.type === 'dynamic') isByParameter ||= written.target.parameter !== undefined;
      if (written.target.type === 'address') {
        if (written.target.connection !== undefined) connections.add(written.target.connection);
      } else if (written.via === targetOfMessage.via) {
        const name = JSON.stringify(written.target);
        if (!targets.has(name)) targets.set(name, written);
      }
    }
  }
  return { connections, targets: [...targets.values()], isByParameter };
}

function outcomes(indexes: Indexes, artifact: ResolvableArtifact, written: ParsedReference): Outcome[] {
  const { names, loopback } = indexes;
  const { target, source } = written;
  switch (target.type) {
    case 'dynamic':
      return [{ to: withoutCredentials(target.expression), state: 'dynamic' }];
    case 'name':
      return [
        target.kinds[0] === 'data-source'
          ? resolveDataSource(indexes, artifact, written, target.name)
          : resolveName(names, target.kinds, target.name),
      ];
    case 'registry':
      return [resolveResource(names, target.key)];
    case 'class': {
      const id =
        names.findClass(target.name) ??
        (artifact.parsed.kind === 'inbound-endpoint' ? names.findInboundConnector(target.name) : undefined);
      if (id !== undefined) return [{ to: id, state: 'resolved' }];
      return isBuiltinClass(target.name) ? [] : [{ to: `library/${target.name}`, state: 'missing' }];
    }
    case 'address': {
      const uri = target.connection === undefined ? target.uri : connectionUri(names, target.connection, target.uri);
      return uri === undefined ? [] : addressOutcome(loopback.resolve(uri, artifact.applications), uri);
    }
    case 'dispatch': {
      const result = dispatchTargets(target.pattern, loopback.paths);
      if ('ids' in result)
        return result.ids.length > 0
          ? result.ids.map((id) => ({ to: id, state: 'resolved' }))
          : [{ to: `api/matching:${target.pattern}`, state: 'missing' }];
      indexes.diagnostics.push(
        finding(
          'MI-DISPATCH-PATTERN',
          `The pattern "${target.pattern}" of ${artifact.id} cannot be evaluated: ${result.refused}. Which APIs and proxies it reaches is not known.`,
          'Write the pattern without repeated groups, for example (/orders|/stock)/?.*',
          source,
        ),
      );
      return [{ to: target.pattern, state: 'dynamic' }];
    }
  }
}

function resolveName(names: NameIndex, kinds: readonly string[], name: string): Outcome {
  for (const kind of kinds) {
    const id = names.find(kind as Parameters<NameIndex['find']>[0], name);
    if (id !== undefined) return { to: id, state: 'resolved' };
  }
  // A sequence or endpoint that may stand in a local entry may stand in the registry as well.
  const resource = kinds.includes('local-entry') ? names.findResource(name) : undefined;
  if (resource !== undefined) return { to: resource, state: 'resolved' };
  return {
    to: `${kinds[0] ?? ''}/${name}`,
    state: kinds[0] === 'sequence' && (name === 'main' || name === 'fault') ? 'builtin' : 'missing',
  };
}

/**
 * A data source by its name in JNDI, or by its own where {@link looksByName}. One that is only known by the other of
 * the two is what is meant, but MI does not find it (seen on MI 4.3.0).
 */
function resolveDataSource(
  { names, diagnostics }: Indexes,
  { id: from }: ResolvableArtifact,
  { via, source }: ParsedReference,
  written: string,
): Outcome {
  const isByName = looksByName(via);
  const name = isByName ? written : written.replace(/^java:comp\/env\//, '');
  const own = names.find('data-source', name);
  const inJndi = names.findInJndi(name);
  const [found, other] = isByName ? [own, inJndi] : [inJndi, own];
  if (found !== undefined) return { to: found, state: 'resolved' };
  const meant = other === undefined ? undefined : names.artifact(other);
  if (meant?.parsed.facts.kind !== 'data-source') return { to: `data-source/${name}`, state: 'missing' };
  const right = isByName ? meant.parsed.name : meant.parsed.facts.jndiName;
  diagnostics.push(
    finding(
      'MI-REF-JNDI',
      isByName
        ? `${from} looks for a data source with the name ${name} (${via}), which is what JNDI calls ${meant.id}: MI does not find it.`
        : `${from} looks for the data source ${name} in JNDI (${via}), where ${meant.id} ${right === undefined ? 'is not' : `is ${right}`}: MI does not find it.`,
      right === undefined
        ? `Add <jndiConfig><name>${name}</name></jndiConfig> to ${meant.id}.`
        : `Write ${right} instead of ${name}.`,
      source,
    ),
  );
  return { to: meant.id, state: 'resolved' };
}

/**
 * A bare key is a local entry first, then a resource of the governance registry; sequences and endpoints may have
 * prefixed keys.
 */
function resolveResource(names: NameIndex, key: string): Outcome {
  const isBare = !/^(?:gov|conf|local|resources):/.test(key);
  const id = (isBare ? names.find('local-entry', key) : undefined) ?? names.findResource(key);
  if (id !== undefined) return { to: id, state: 'resolved' };
  return { to: `registry-resource${registryPath(key)}`, state: 'missing' };
}

function connectionUri(names: NameIndex, connection: string, path: string): string | undefined {
  const id = names.find('local-entry', connection);
  const base =
    id === undefined
      ? undefined
      : names
          .artifact(id)
          ?.parsed.references.find(({ target }) => target.type === 'address' && target.connection === undefined)
          ?.target;
  if (base?.type !== 'address') return undefined;
  return `${withoutTrailingSlashes(base.uri)}${path === '' || path.startsWith('/') ? '' : '/'}${path}`;
}

function addressOutcome(target: LoopbackTarget, uri: string): Outcome[] {
  if (target.type === 'external') return [];
  return [
    {
      to: target.type === 'dynamic' ? withoutCredentials(uri) : target.id,
      state: target.type,
      ...(target.port === undefined ? {} : { port: target.port }),
    },
  ];
}
