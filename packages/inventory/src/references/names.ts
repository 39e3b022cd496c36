import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { Application, ArtifactId, ArtifactKind } from '../model/inventory.ts';
import { registryPath } from './registry-path.ts';

export interface NamedArtifact {
  readonly id: ArtifactId;
  readonly parsed: ParsedArtifact;
  readonly applications: readonly string[];
}

/** Finds artifacts by what references call them. */
export interface NameIndex {
  readonly find: (kind: ArtifactKind, name: string) => ArtifactId | undefined;
  /** The data source that JNDI has under a name. */
  readonly findInJndi: (name: string) => ArtifactId | undefined;
  /** No longer name is found, so that the parts of one without end need not be looked for. */
  readonly longestName: number;
  /** A registry resource by key, with or without prefix. */
  readonly findResource: (key: string) => ArtifactId | undefined;
  readonly findClass: (name: string) => ArtifactId | undefined;
  /**
   * The inbound connector (`mi-inbound-amazonsqs`) whose package a class of an inbound endpoint is in. What is in its
   * JARs is not read.
   */
  readonly findInboundConnector: (className: string) => ArtifactId | undefined;
  readonly artifact: (id: ArtifactId) => NamedArtifact | undefined;
}

/** @param artifacts sorted by id: where two have a name in common, the first is found. */
export function createNameIndex(artifacts: readonly NamedArtifact[], applications: readonly Application[]): NameIndex {
  const { byId, byName, byJndi, byPath, byClass, inboundConnectors, unread } = namesOf(artifacts);
  const owners = ownersOf(applications);
  const longestPath = longest(byPath.keys());
  const longestName =
    Math.max(longest(byId.keys()), longest(byName.keys())) +
    longest(owners.keys()) +
    longest(applications.map(({ version }) => `__${version}__`));

  /** Where one artifact's id is another's name, the first in the order of ids has it. */
  const named = (key: string): ArtifactId | undefined => {
    const id = byId.get(key)?.id;
    const other = byName.get(key);
    return id === undefined || (other !== undefined && other < id) ? other : id;
  };
  /** mi-connector-kafka brings `kafkaTransport`, mi-connector-amazons3 `amazons3`: near enough to what is not read. */
  const findUnread = (name: string): ArtifactId | undefined => {
    const prefix = name.toLowerCase();
    const near = (guess: string): boolean => guess.length > 3 && (prefix.startsWith(guess) || guess.startsWith(prefix));
    return [...unread].find(([guess]) => near(guess))?.[1];
  };
  const find = (kind: ArtifactKind, name: string): ArtifactId | undefined => {
    const exact = named(`${kind}/${name}`) ?? (kind === 'connector' ? findUnread(name) : undefined);
    if (exact !== undefined || !name.includes('__')) return exact;
    const plain = unversioned(name, owners);
    const id = plain === undefined ? undefined : named(`${kind}/${plain.name}`);
    return id !== undefined && byId.get(id)?.applications.includes(plain?.application.id ?? '') === true
      ? id
      : undefined;
  };
  const findResource = (key: string): ArtifactId | undefined => {
    const path = registryPath(key);
    // `path@property` and a path below a collection both need the resource that is declared.
    const start = path.includes('@') ? path.indexOf('@') : path.length;
    for (let end = start; end > 0; end = path.lastIndexOf('/', Math.min(end - 1, longestPath))) {
      const id = end > longestPath ? undefined : byPath.get(path.slice(0, end));
      if (id !== undefined) return id;
    }
    const slash = path.lastIndexOf('/') + 1;
    const plain = unversioned(path.slice(slash), owners);
    return plain === undefined ? undefined : byPath.get(path.slice(0, slash) + plain.name);
  };
  const findInboundConnector = (className: string): ArtifactId | undefined =>
    className
      .toLowerCase()
      .split('.')
      .map((part) => inboundConnectors.get(part))
      .find((id) => id !== undefined);
  return {
    find,
    findInJndi: (name) => byJndi.get(name),
    longestName,
    findResource,
    findClass: (name) => byClass.get(name),
    findInboundConnector,
    artifact: (id) => byId.get(id),
  };
}

interface Names {
  readonly byId: ReadonlyMap<ArtifactId, NamedArtifact>;
  /** Names other than the id. Nearly every artifact has its id only, and a second map of those would be large. */
  readonly byName: ReadonlyMap<string, ArtifactId>;
  readonly byJndi: ReadonlyMap<string, ArtifactId>;
  readonly byPath: ReadonlyMap<string, ArtifactId>;
  readonly byClass: ReadonlyMap<string, ArtifactId>;
  readonly inboundConnectors: ReadonlyMap<string, ArtifactId>;
  /** Connectors whose ZIP file was not read, by what their operations are likely to begin with. */
  readonly unread: ReadonlyMap<string, ArtifactId>;
}

function namesOf(artifacts: readonly NamedArtifact[]): Names {
  const byId = new Map<ArtifactId, NamedArtifact>();
  const byName = new Map<string, ArtifactId>();
  const byJndi = new Map<string, ArtifactId>();
  const byPath = new Map<string, ArtifactId>();
  const byClass = new Map<string, ArtifactId>();
  const inboundConnectors = new Map<string, ArtifactId>();
  const unread = new Map<string, ArtifactId>();
  for (const artifact of artifacts) {
    const { id, parsed } = artifact;
    if (!byId.has(id)) byId.set(id, artifact);
    const usual = `${parsed.kind}/${parsed.name}`;
    if (usual !== id) remember(byName, usual, id);
    const { facts } = parsed;
    if (facts.kind === 'data-source' && facts.jndiName !== undefined) remember(byJndi, facts.jndiName, id);
    else if (facts.kind === 'registry-resource')
      for (const path of [facts.registryPath ?? [], facts.registryPaths ?? []].flat())
        remember(byPath, registryPath(path), id);
    else if (facts.kind === 'library') for (const name of facts.classes) remember(byClass, name, id);
    else if (facts.kind === 'connector') {
      const inbound = /^(?:mi-)?(?:inbound-([a-z0-9]+)|([a-z0-9]+)-inbound)/i.exec(parsed.name);
      if (inbound !== null && artifact.applications.length > 0)
        remember(inboundConnectors, (inbound[1] ?? inbound[2] ?? '').toLowerCase(), id);
      for (const name of connectorNames(facts.connectorName, parsed.name)) {
        remember(byName, `connector/${name}`, id);
        if (facts.connectorName === undefined) remember(unread, name.toLowerCase(), id);
      }
    }
  }
  return { byId, byName, byJndi, byPath, byClass, inboundConnectors, unread };
}

function remember(map: Map<string, ArtifactId>, key: string, id: ArtifactId): void {
  if (!map.has(key)) map.set(key, id);
}

/** Applications by `group__artifact`, with which the names of what they version begin. */
function ownersOf(applications: readonly Application[]): ReadonlyMap<string, Application> {
  const owners = new Map(
    applications.map((application) => [`${application.groupId ?? ''}__${application.name}`, application]),
  );
  for (const application of applications) {
    const [group, artifactId] = application.descriptorId?.split('__') ?? [];
    if (artifactId !== undefined) owners.set(`${group ?? ''}__${artifactId}`, application);
  }
  return owners;
}

/**
 * What `group__artifact__name` and `group__artifact__version__name` of versioned deployments stand for (`FactoryUtils`
 * of wso2/wso2-synapse).
 */
function unversioned(
  name: string,
  owners: ReadonlyMap<string, Application>,
): { readonly name: string; readonly application: Application } | undefined {
  const parts = name.split('__');
  const application = parts.length < 3 ? undefined : owners.get(`${parts[0] ?? ''}__${parts[1] ?? ''}`);
  if (application === undefined) return undefined;
  return { name: parts.slice(parts.length > 3 && parts[2] === application.version ? 3 : 2).join('__'), application };
}

function longest(texts: Iterable<string>): number {
  let most = 0;
  for (const text of texts) most = Math.max(most, text.length);
  return most;
}

/**
 * The prefixes a connector's operations may have: its own name, the last part of its package, its file without the
 * usual affixes.
 */
function connectorNames(connectorName: string | undefined, artifactName: string): string[] {
  const fromFile = artifactName
    .replace(/^mi-(?:connector|module|inbound)-/, '')
    .replace(/[-_]?\d.*$/s, '')
    .replace(/-(?:connector|module|inbound)$/, '');
  const names = [artifactName, fromFile];
  if (connectorName !== undefined)
    names.unshift(connectorName, connectorName.slice(connectorName.lastIndexOf('.') + 1));
  return names;
}

// Of org.wso2.carbon only the inbound connectors come in archives or libraries of their own, and what samples and tests
// are written in.
const builtin =
  /^(?:org\.apache\.(?:synapse|axis2)\.|org\.wso2\.micro\.integrator\.|org\.wso2\.carbon\.(?!(?:inbound|test|ei|esb|samples?)\.)|org\.wso2\.carbon\.inbound\.endpoint\.(?!ext\.wsrm\.))/;

/** Clients that come with MI or the JDK: H2, the naming providers of the JDK and of WSO2's own broker. */
const builtinClient = /^(?:org\.h2\.|com\.sun\.jndi\.|org\.wso2\.andes\.jndi\.)/;

/** Packages of wso2/wso2-synapse with tasks, stores and processors. */
const holders = ['org.apache.synapse.message.', 'org.apache.synapse.startup.'];

/**
 * What artifacts can name in them: the same classes in MI 4.3.0 and 4.6.0, and older names that `MessageStoreFactory`
 * and `MessageProcessorFactory` take for them.
 */
const held: ReadonlySet<string> = new Set([
  'org.apache.synapse.startup.tasks.MessageInjector',
  'org.apache.synapse.startup.tasks.TemplateMessageExecutor',
  'org.apache.synapse.message.store.InMemoryMessageStore',
  'org.apache.synapse.message.store.impl.memory.InMemoryStore',
  'org.apache.synapse.message.store.impl.jms.JmsStore',
  'org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore',
  'org.apache.synapse.message.store.impl.rabbitmq.RabbitMQStore',
  'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore',
  'org.apache.synapse.message.processors.forward.ScheduledMessageForwardingProcessor',
  'org.apache.synapse.message.processors.sampler.SamplingProcessor',
  'org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor',
  'org.apache.synapse.message.processor.impl.failover.FailoverScheduledMessageForwardingProcessor',
  'org.apache.synapse.message.processor.impl.sampler.SamplingProcessor',
]);

/** True for a class that MI itself brings along. */
export function isBuiltinClass(name: string): boolean {
  if (holders.some((holder) => name.startsWith(holder))) return held.has(name);
  return builtin.test(name) || builtinClient.test(name);
}
