import { isSecretName } from '../credentials.ts';
import type { ArtifactKind, SettingRead } from '../model.ts';
import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { own, type Reading } from './reading.ts';

/** Files without any of these words need not be searched. */
const mentioned = /\$SYSTEM:|\$FILE:|configs\.|vault|secretAlias/;

/** A value that starts so comes from the server's environment (`ResolverFactory` of wso2/wso2-synapse). */
const resolved = /^\s*\$(SYSTEM|FILE):([_a-zA-Z0-9]+)/;
const configurable = /\bconfigs\.([\w.-]+)/g;
/**
 * `wso2:vault-lookup('alias', 'ENV')`, `hashicorp:vault-lookup('path', 'key')` and their forms in Synapse expressions.
 */
const lookup =
  /(hashicorp[:-]vault(?:-lookup)?|(?:wso2[:-]vault|\bvault)(?:-lookup)?)\(\s*(["'])(.{1,200}?)\2(?:\s*,\s*(["'])(.{1,200}?)\4)?/g;

/**
 * Kinds in which MI resolves every value that starts with `$SYSTEM:` or `$FILE:` (`TaskDescriptionFactory`,
 * `InboundEndpointFactory`, `MessageStoreFactory`, the endpoint factories, `RDBMSDataSourceUtils`). In flows it
 * resolves them only in endpoints and in the connection of a database mediator; anywhere else they are plain text.
 */
const resolvingKinds: ReadonlySet<ArtifactKind> = new Set([
  'endpoint',
  'inbound-endpoint',
  'message-store',
  'task',
  'data-source',
]);
const resolvingElements: ReadonlySet<string> = new Set(['endpoint', 'endpoints', 'connection']);

/** Reads what an artifact takes from where its server runs: environment, file.properties, configurables and vaults. */
export function readSettings(reading: Reading, root: XmlNode, kind: ArtifactKind): readonly SettingRead[] {
  if (!mentioned.test(reading.text)) return [];
  const reads: SettingRead[] = [];
  visit(reading, root, resolvingKinds.has(kind), reads);
  return reads;
}

function visit(reading: Reading, node: XmlNode, resolving: boolean, reads: SettingRead[]): void {
  const inside = resolving || resolvingElements.has(node.local) || isProxySetting(node);
  const label = attributeValue(node, 'name') ?? attributeValue(node, 'key') ?? node.local;
  for (const { name, value, offset } of node.attributes) {
    const isSecret = isSecretName(name) || (name === 'value' && isSecretName(label));
    if (name.endsWith('secretAlias'))
      reads.push({ from: 'vault', name: own(value.trim()), secret: true, source: reading.locate(offset) });
    else collect(reading, { value, offset, inside, isSecret }, reads);
  }
  if (node.text !== '')
    collect(
      reading,
      { value: node.text, offset: node.textOffset, inside, isSecret: isSecretName(label) || isSecretName(node.local) },
      reads,
    );
  for (const inner of node.children) visit(reading, inner, inside, reads);
}

/** Parameters and the WSDL of a proxy service (`ProxyServiceFactory`). */
function isProxySetting({ local, parent }: XmlNode): boolean {
  return parent?.local === 'proxy' && (local === 'parameter' || local === 'publishWSDL');
}

interface Place {
  readonly value: string;
  readonly offset: number;
  /** MI resolves `$SYSTEM:` and `$FILE:` here. */
  readonly inside: boolean;
  readonly isSecret: boolean;
}

function collect(reading: Reading, { value, offset, inside, isSecret }: Place, reads: SettingRead[]): void {
  const add = (from: SettingRead['from'], name: string, secret: boolean): void => {
    reads.push({ from, name: own(name), secret, source: reading.locate(offset) });
  };
  const found = inside ? resolved.exec(value) : null;
  if (found !== null) {
    const name = found[2] ?? '';
    add(found[1] === 'SYSTEM' ? 'environment' : 'file', name, isSecret || isSecretName(name));
  }
  if (value.includes('${'))
    for (const [, name = ''] of value.matchAll(configurable)) add('configurable', name, isSecret || isSecretName(name));
  if (!value.includes('vault')) return;
  for (const [, func = '', , alias = '', , second] of value.matchAll(lookup)) {
    const lookedUp = (from: SettingRead['from'], name: string): void => {
      reads.push({ from, name: own(name), secret: true, lookup: true, source: reading.locate(offset) });
    };
    if (func.startsWith('hashicorp')) lookedUp('hashicorp-vault', second === undefined ? alias : `${alias}/${second}`);
    // `SecureVaultLookupHandlerImpl`: the second argument says where the alias is looked up, the vault when it is
    // missing.
    else if (second === 'ENV') lookedUp('environment', alias);
    else if (second !== 'FILE' && second !== 'DOCKER') lookedUp('vault', alias);
  }
}
