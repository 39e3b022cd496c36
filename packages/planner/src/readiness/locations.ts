import { type Artifact, type Source, withoutCredentials, type Inventory, serverFilesOf } from '@mi-patterns/inventory';
import { finding, listed } from '../findings/finding.ts';
import { connectsAtOnce } from '../graph/client-class.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { storeType } from '../verdicts/message-store.ts';
import { setting } from '../verdicts/verdict.ts';

interface Location {
  /** What MI does, from where: the sentence begins with it. */
  readonly loads: string;
  readonly uri: string;
  readonly source: Source;
  readonly instead: string;
}

/** The addresses from which MI loads something while it deploys an artifact. */
export function loadedAddresses(artifact: Artifact): readonly string[] {
  return locationsOf(artifact).map(({ uri }) => uri);
}

/** What an artifact takes from addresses while MI deploys it. */
function locationsOf(artifact: Artifact): readonly Location[] {
  const own = locationOf(artifact);
  return [...(own === undefined ? [] : [own]), ...descriptionsOf(artifact), ...keyStoresOf(artifact)];
}

/** Parameters of inbound endpoints that name a file, by protocol: MI reads it at once (seen on MI 4.3.0). */
const keyStores: Readonly<Record<string, string>> = {
  wss: 'wss.ssl.key.store.file',
  mqtt: 'mqtt.ssl.keystore.location',
};

/** The key store that every MI has. */
const ownKeyStore = /(?:^|\/)repository\/resources\/security\/wso2carbon\.jks$/;

function keyStoresOf({ name, facts }: Artifact): readonly Location[] {
  if (facts.kind !== 'inbound-endpoint' || facts.suspend) return [];
  const parameter = keyStores[facts.protocol ?? ''];
  const file = parameter === undefined ? undefined : setting(facts.parameters, parameter);
  if (file?.state !== 'literal' || ownKeyStore.test(file.value)) return [];
  if (facts.protocol === 'mqtt' && !isOn(setting(facts.parameters, 'mqtt.ssl.enable'))) return [];
  return [
    {
      uri: `file:${file.value}`,
      source: file.parameter.source,
      loads: `loads the key store of the inbound endpoint ${name}`,
      instead: 'Name a key store that the image has',
    },
  ];
}

function isOn(found: ReturnType<typeof setting>): boolean {
  return found.state === 'literal' && found.value.toLowerCase() === 'true';
}

/**
 * The WSDLs of the endpoints of a flow. MI builds a local entry, an endpoint template and what the registry holds only
 * when a flow uses it.
 */
function descriptionsOf({ id, name, facts, effects }: Artifact): readonly Location[] {
  const { kind } = facts;
  if (kind === 'local-entry' || kind === 'registry-resource' || (kind === 'template' && facts.endpoint === true))
    return [];
  const of = kind === 'endpoint' ? `the endpoint ${name}` : `an endpoint in ${id}`;
  return effects
    .filter(({ type, dynamic }) => type === 'wsdl' && !dynamic)
    .map(({ subject: uri, source }) => ({
      uri,
      source,
      loads: `loads the WSDL of ${of}`,
      instead: 'Write the address of the service instead',
    }));
}

function locationOf({ name, facts, source }: Artifact): Location | undefined {
  if (facts.kind === 'local-entry' && facts.location !== undefined)
    return {
      ...facts.location,
      loads: `loads the local entry ${name}`,
      instead: 'Put the content into the entry itself',
    };
  if (facts.kind === 'proxy-service' && facts.wsdl?.uri !== undefined)
    return {
      uri: withoutCredentials(facts.wsdl.uri),
      source: facts.wsdl.source,
      loads: `loads the WSDL of the proxy service ${name}`,
      instead: 'Put the WSDL into the registry and name its key',
    };
  if (facts.kind === 'message-store' && storeType(facts) === 'rabbitmq')
    return {
      uri: 'its broker',
      source,
      loads: `connects the message store ${name}`,
      instead: 'Start the broker first',
    };
  return undefined;
}

/**
 * Local entries, WSDLs and brokers that lie elsewhere. MI asks for them while it deploys the artifact: where nothing
 * answers, it undeploys the whole archive (seen on MI 4.3.0), or leaves out the server's own file.
 */
export function locationFindings(
  artifacts: readonly Artifact[],
  inventory: Pick<Inventory, 'applications' | 'references'>,
): readonly PlanDiagnostic[] {
  const isOfServer = serverFilesOf(inventory);
  const inPod = new Set(
    artifacts.filter(({ effects }) => effects.some(({ type }) => type === 'embedded-database')).map(({ id }) => id),
  );
  const served = new Set(inventory.references.filter(({ to }) => inPod.has(to)).map(({ from }) => from));
  const connecting = artifacts.filter(
    (artifact) => connectsAtOnce(artifact) && !isOfServer(artifact) && !served.has(artifact.id),
  );
  const found = artifacts.flatMap((artifact) =>
    locationsOf(artifact).map(({ uri, source, loads, instead }) => {
      const isFile = /^file:/i.test(uri);
      return finding('MI-READY-LOCATION', {
        message: `MI ${loads} ${uri === 'its broker' ? 'with' : 'from'} ${uri} when it deploys it: ${isFile ? 'without that file in the pod' : 'if nothing answers there while a pod starts'}, MI ${isOfServer(artifact) ? 'starts without the artifact' : 'undeploys the whole archive and the pod does not become ready'}.`,
        hint: `${instead}, or ${isFile ? 'add the file to the pods with `files` in the values' : 'make sure that the address answers from every pod'}.`,
        source,
        artifacts: [artifact.id],
      });
    }),
  );
  return [...found, ...databaseFinding(connecting)];
}

/** One finding for all that connects to a database while MI deploys it. */
function databaseFinding(artifacts: readonly Artifact[]): readonly PlanDiagnostic[] {
  const [source, ...related] = artifacts.map(({ facts, source: own }) =>
    facts.kind === 'data-service' ? (facts.connects ?? own) : own,
  );
  if (source === undefined) return [];
  const [names, its, it] = [
    listed(
      artifacts.map(({ id }) => id),
      5,
    ),
    ...(artifacts.length === 1 ? ['its database', 'it'] : ['their databases', 'them']),
  ];
  return [
    finding('MI-READY-LOCATION', {
      message: `MI connects ${names} with ${its} when it deploys ${it}: if nothing answers there while a pod starts, MI undeploys the whole archive and the pod does not become ready.`,
      hint: 'Start the database first, and the pods again if it did not answer.',
      source,
      related,
      artifacts: artifacts.map(({ id }) => id),
    }),
  ];
}
