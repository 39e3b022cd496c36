import {
  addTo,
  type Artifact,
  type ArtifactId,
  type Effect,
  groupBy,
  type Inventory,
  isDeployed,
  isNoUri,
  looksByName,
  namesOnly,
  type Reference,
  registryPath,
  serverFilesOf,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { connectsAtOnce, isClientClass } from '../graph/client-class.ts';
import { processorType } from '../verdicts/message-processor.ts';
import { inWords, title } from '../verdicts/verdict.ts';
import { nearest } from '../findings/near.ts';
import { finding } from '../findings/finding.ts';

/**
 * References of delivered artifacts that lead nowhere, and those whose target only the server knows, each at its place:
 * what `scan` tells of references. The plan tells the first of them itself, and judges the second.
 */
export function referenceDiagnostics(inventory: Inventory): PlanDiagnostic[] {
  return [...missingReferences(inventory), ...parameterKeys(inventory), ...dynamicReferences(inventory)];
}

/** References of delivered artifacts to what is in none of the given paths; those of an artifact to one target once. */
export function missingReferences(inventory: Inventory): PlanDiagnostic[] {
  const near = suggestions(inventory);
  // A JAR that a pom names and nobody has looked into may hold any client.
  const isUnseen = inventory.artifacts.some(({ facts }) => facts.kind === 'library' && facts.classes.length === 0);
  const written = writtenKeys(inventory);
  const served = new Set(inventory.configurations.flatMap(({ dataSources = [] }) => dataSources.map(({ id }) => id)));
  const isOfServer = serverFilesOf(inventory);
  const found = delivered(inventory, 'missing').flatMap(([from, reference]) => {
    if (isUnseen && isClientClass(reference)) return [];
    const read = registryRead(from, reference);
    if (read !== undefined && written.has(registryPath(read.subject))) return [];
    const other = otherName(reference, from, served);
    const { what, hint } = other ?? (read?.orEmpty === true ? emptyWords(reference) : words(reference, from, isUnseen));
    return [
      finding('MI-REF-MISSING', {
        message: `${title(from)} ${isOfServer(from) ? what.replace(undeployed, 'without it, MI leaves the artifact out') : what}`,
        hint: other === undefined ? near(reference) + hint : hint,
        source: reference.source,
        artifacts: [from.id],
      }),
    ];
  });
  return [...groupBy(found, ({ message }) => message).values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const related = others.flatMap(({ source }) => source ?? []);
    return [related.length === 0 ? first : { ...first, related }];
  });
}

/** How the inventory says that a parameter has its value from elsewhere. */
const byKey = 'parameter/@key';

/** Kinds whose parameters MI reads by key. */
const keyed: ReadonlySet<string> = new Set(['inbound-endpoint', 'message-store']);

/**
 * Parameters whose key is a local entry. MI wants the text node that the registry gives it; a local entry gives a
 * string or an element, which it takes for nothing (`InboundEndpointFactory`, `MessageStoreFactory` and `EntryFactory`
 * of wso2/wso2-synapse; seen on MI 4.3.0). What an entry with `src` gives depends on the file.
 */
export function parameterKeys(inventory: Inventory): PlanDiagnostic[] {
  const found = inventory.references.filter(
    ({ via, to, state }) => via === byKey && state === 'resolved' && to.startsWith('local-entry/'),
  );
  if (found.length === 0) return [];
  const byId = new Map<ArtifactId, Artifact>(inventory.artifacts.map((artifact) => [artifact.id, artifact]));
  const isOfServer = serverFilesOf(inventory);
  return found.flatMap(({ from: id, to, source }) => {
    const [from, entry] = [byId.get(id), byId.get(to)];
    if (from === undefined || !keyed.has(from.kind) || !isDeployed(inventory, from)) return [];
    if (entry?.facts.kind !== 'local-entry' || entry.facts.location !== undefined) return [];
    return [
      finding('MI-REF-KEY', {
        message: `${title(from)} takes a parameter from ${inWords('local-entry', entry.name)}, but MI reads it only from the registry: it refuses the artifact${isOfServer(from) ? '' : ' and undeploys the whole archive'}.`,
        hint: 'Write the value into the parameter, as a configurable if it differs between environments, or put it into the registry as text.',
        source,
        related: [entry.source],
        artifacts: [id, to],
      }),
    ];
  });
}

/** Paths of the registry that flows of delivered artifacts write. */
function writtenKeys(inventory: Inventory): ReadonlySet<string> {
  return new Set(
    inventory.artifacts
      .filter((artifact) => isDeployed(inventory, artifact))
      .flatMap(({ effects }) =>
        effects
          .filter(({ type, dynamic }) => type === 'registry-write' && !dynamic)
          .map(({ subject }) => registryPath(subject)),
      ),
  );
}

/** The read of the registry that a reference stands for; undefined for any other reference. */
function registryRead({ effects }: Artifact, { to, source }: Reference): Effect | undefined {
  if (!to.startsWith('registry-resource/')) return undefined;
  return effects.find(
    (effect) =>
      effect.type === 'registry-read' &&
      effect.source.line === source.line &&
      effect.source.column === source.column &&
      effect.source.path === source.path &&
      registryPath(effect.subject) === registryPath(to.slice('registry-resource'.length)),
  );
}

/**
 * Names that nobody has are compared with at most this many times, so that a project with nothing but such names stays
 * fast.
 */
const mostComparisons = 2_000_000;

/**
 * For a reference that leads nowhere, `Did you mean endpoint/Orders? ` where an artifact of that kind has almost its
 * name.
 */
function suggestions(inventory: Inventory): (reference: Reference) => string {
  const byKind = new Map<string, ArtifactId[]>();
  for (const { id, kind } of inventory.artifacts) addTo(byKind, kind, id);
  const known = new Map<string, string>();
  let comparisons = 0;
  return ({ to }) => {
    const done = known.get(to);
    if (done !== undefined) return done;
    const candidates = byKind.get(to.slice(0, to.indexOf('/'))) ?? [];
    comparisons += candidates.length;
    const [first] = comparisons > mostComparisons ? [] : nearest(to, candidates, 1);
    const text = first === undefined ? '' : `Did you mean ${first}? `;
    known.set(to, text);
    return text;
  };
}

function dynamicReferences(inventory: Inventory): PlanDiagnostic[] {
  return delivered(inventory, 'dynamic').map(([from, reference]) =>
    finding('MI-REF-DYNAMIC', {
      message: `${title(from)} finds a target (${reference.via}) only at run time: ${reference.to}.`,
      hint: 'Nothing to do here: `mi-patterns plan` reports where it matters.',
      source: reference.source,
      artifacts: [from.id],
    }),
  );
}

function delivered(inventory: Inventory, state: Reference['state']): [Artifact, Reference][] {
  const wanted = inventory.references.filter((reference) => reference.state === state);
  if (wanted.length === 0) return [];
  const byId = new Map<ArtifactId, Artifact>(inventory.artifacts.map((artifact) => [artifact.id, artifact]));
  return wanted.flatMap((reference) => {
    const from = byId.get(reference.from);
    return from === undefined || !isDeployed(inventory, from) ? [] : [[from, reference]];
  });
}

interface Words {
  readonly what: string;
  readonly hint: string;
}

// Read on their own too, in the next steps of a report: they say what is missing.
const elsewhere = 'Pass the project or archive that contains the missing artifact as well, or correct the name.';
const dataSourceHint =
  'Declare the data source in deployment.toml (`[[datasource]]`), pass the project or archive that contains it as well, or correct the name.';
const connectorHint =
  'Add the ZIP file of the connector to the project, or make sure that another archive on the same server delivers it.';
const nowhere = 'which is in none of the given paths';
const undeployed = 'without it, MI does not deploy the archive';
const noDataSource = 'which is neither in the given paths nor in the deployment.toml of each environment';

/** What fails at run time, and the way out, by what the reference is for. */
function words(reference: Reference, from: Artifact, isUnseen: boolean): Words {
  const { to, via, relation } = reference;
  const [kind, name] = [to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1)];
  if (isClientClass(reference)) {
    const server = via.includes('java.naming') ? 'broker' : 'database';
    return {
      what: `connects with the Java class ${name} (${via}), which no JAR in the given paths has: ${connectsAtOnce(from) ? undeployed : `without it, the server becomes ready but never reaches the ${server}`}.`,
      hint: `Put the client JAR of the ${server} into deployment/libs of a project that has src/main/wso2mi, or into lib/ of a base image (docker build --build-arg BASE_IMAGE=…).`,
    };
  }
  if (relation === 'needs-class') {
    return {
      what: `needs the Java class ${name} (${via}), which nothing in the given paths delivers: ${undeployed}.`,
      hint: `${isUnseen ? 'A JAR that a pom names was not found, and may contain the class. ' : ''}Pass the project or JAR that contains the class, or make sure that the image has it in lib/ or dropins/.`,
    };
  }
  // A connection is data to MI; what refuses to deploy without its connector is the flow that calls an operation.
  if (kind === 'connector' && from.kind === 'local-entry') {
    return {
      what: `is a connection of the connector ${name} (${via}), ${nowhere}: nothing can use it.`,
      hint: connectorHint,
    };
  }
  if (kind === 'connector') {
    return {
      what: `uses the connector ${name}, ${nowhere}: ${undeployed}.`,
      hint: connectorHint,
    };
  }
  return relationWords(reference, from);
}

/**
 * For a data source of deployment.toml that is named by its id where JNDI has it as `jdbc/` and the id, or the other
 * way round (seen on MI 4.3.0: "Error looking up DataSource").
 */
function otherName({ to, via }: Reference, from: Artifact, served: ReadonlySet<string>): Words | undefined {
  if (!to.startsWith('data-source/')) return undefined;
  const name = to.slice('data-source/'.length);
  const id = looksByName(via) ? name.replace(/^jdbc\//, '') : name;
  if (!served.has(id) || (looksByName(via) && id === name)) return undefined;
  const right = looksByName(via) ? id : `jdbc/${id}`;
  return {
    what: `uses ${inWords('data-source', name)} (${via}), which it must call ${right} to get that of deployment.toml: ${consequence(from, to, via)}.`,
    hint: `Write ${right}.`,
  };
}

/** What MI does was seen on MI 4.3.0: no error, no line in the log. */
function emptyWords({ to, via }: Reference): Words {
  const target = inWords('registry-resource', to.slice(to.indexOf('/') + 1));
  return {
    what: `reads ${target} (${via}), which is in none of the given paths, and no flow there writes it: it reads an empty text until something writes it.`,
    hint: elsewhere,
  };
}

/** For an expression where MI takes a name. */
function expressionWords({ to, via }: Reference, from: Artifact): Words {
  const [kind, name] = [to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1)];
  const hints: Readonly<Record<string, string>> = {
    sequence: `Let a mediator <sequence key="${name}"/> run it.`,
    endpoint: 'Write the expression, without its braces, into key-expression of an endpoint.',
    template: 'Write a name; a switch can choose between several.',
  };
  return {
    what: `names ${kind === 'endpoint' ? 'an' : 'a'} ${kind} by the expression ${name} (${via}), which MI takes for a name there: ${consequence(from, to, via)}.`,
    hint: hints[kind] ?? 'Write a name.',
  };
}

/** The same by what the artifact does with what it refers to. */
function relationWords(reference: Reference, from: Artifact): Words {
  const { to, via, relation } = reference;
  const [kind, name] = [to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1)];
  if (name.startsWith('{') && namesOnly.has(via)) return expressionWords(reference, from);
  const target = inWords(kind, name);
  switch (relation) {
    case 'calls-loopback': {
      const path = /^api\/context:(.*)$/s.exec(to)?.[1];
      return path === undefined
        ? { what: `calls ${target} of its own server (${via}), ${nowhere}: the call fails.`, hint: elsewhere }
        : {
            what: `calls the path ${path} of its own server (${via}), where no API, proxy service or data service of the given paths answers: the call fails.`,
            hint: elsewhere,
          };
    }
    case 'dispatches-to':
      return {
        what: `passes requests that match ${to.replace(/^api\/matching:/, '')} to APIs and proxy services, but nothing in the given paths has such a path: the requests find no target.`,
        hint: 'Pass the project that contains them as well, or correct the pattern.',
      };
    case 'binds-to':
      return { what: `is bound to ${target} (${via}), ${nowhere}: nothing listens for it there.`, hint: elsewhere };
    case 'consumes-from':
      return {
        what: `takes its messages from ${target} (${via}), ${nowhere}: without it, there is nothing to process.`,
        hint: elsewhere,
      };
    case 'stores-into':
      return {
        what: `puts messages into ${target} (${via}), ${nowhere}: without it, the messages are lost or the flow fails.`,
        hint: elsewhere,
      };
    case 'injects-into':
      return {
        what: `injects its messages into ${target} (${via}), ${nowhere}: without it, every run fails.`,
        hint: elsewhere,
      };
    case 'offers-tool':
      return { what: `offers ${target} as a tool (${via}), ${nowhere}: calls of the tool fail.`, hint: elsewhere };
    default: {
      const [where, hint] = kind === 'data-source' ? [noDataSource, dataSourceHint] : [nowhere, elsewhere];
      return { what: `uses ${target} (${via}), ${where}: ${consequence(from, to, via)}.`, hint };
    }
  }
}

/** What MI looks up while it builds a flow or an endpoint, in the registry too (seen on MI 4.3.0). */
const builtWithFlow: ReadonlySet<string> = new Set([
  'sequence/@key',
  'endpoint/@key',
  'endpoint/@template',
  'then/@sequence',
  'else/@sequence',
  'target/@sequence',
  'foreach/@sequence',
  'onComplete/@sequence',
  'throttle/@onAccept',
  'throttle/@onReject',
]);

/**
 * What comes of a fault handler that is not there, by what names it. MI 4.3.0 logs a warning, and a sequence then fails
 * where it goes on after a response: SequenceMediator.java of wso2/wso2-synapse asks for the missing one at its end.
 */
function withoutHandler(via: string): string | undefined {
  const [element = '', attribute = ''] = via.split('/');
  if (attribute === '@faultSequence') return 'failures run the sequence `fault` of the server instead';
  if (attribute !== '@onError') return undefined;
  return /^(?:in|out|fault)?sequence$/i.test(element)
    ? 'failures are handled as if it were not named, and an API or proxy service fails at the end of the sequence after each successful `call` in it'
    : 'failures are handled as if it were not named';
}

/**
 * Policies and WSDLs are read when a proxy service is deployed, the definition of an API when somebody asks for it, and
 * everything else when a message gets there.
 */
function consequence(from: Artifact, to: string, via: string): string {
  const [kind, name] = [to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1)];
  if (via === byKey && keyed.has(from.kind)) return undeployed;
  const unhandled = withoutHandler(via);
  if (unhandled !== undefined) return unhandled;
  if (from.kind === 'proxy-service' && /^(?:policy|publishWSDL)\//.test(via)) return undeployed;
  // `RabbitMQInjectHandler` looks for it in its constructor, every other protocol when a message comes.
  if (
    from.facts.kind === 'inbound-endpoint' &&
    from.facts.protocol === 'rabbitmq' &&
    via === 'inboundEndpoint/@sequence'
  )
    return undeployed;
  // `MicroIntegratorRegistry` makes a URI of the key of what a flow calls while MI builds the flow.
  if (builtWithFlow.has(via) && isNoUri(name)) return undeployed;
  if (via === 'api/@publishSwagger')
    return 'requests for the definition of the API (?swagger.json) do not return that file';
  if (from.kind === 'data-service') return undeployed;
  // Both seen on MI 4.3.0; without the second, it calls itself ready.
  if (from.kind === 'message-store')
    return kind === 'data-source' && connectsAtOnce(from) ? undeployed : 'the store takes no messages';
  // SamplingService.java, fetch and dispatch: seen on MI 4.3.0, without a line in the log.
  if (from.facts.kind === 'message-processor' && processorType(from.facts) === 'sampling' && kind === 'sequence')
    return 'the message processor takes each message from its store and loses it';
  // ForwardingService.java:519-525 of wso2/wso2-synapse.
  if (from.kind === 'message-processor' && kind === 'endpoint')
    return 'at its first message, it deactivates itself, and all messages wait';
  return kind === 'data-source' ? 'the query fails when the flow reaches it' : 'the flow fails when it reaches it';
}
