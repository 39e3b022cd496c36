import { isSecretName } from '../text/credentials.ts';
import type { ArtifactKind, SettingRead } from '../model/inventory.ts';
import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { own, type Reading, report } from './reading.ts';
import { short } from './refused.ts';
import { needsNewer } from './since.ts';

/** Files without any of these words need not be searched; a character reference may stand for a part of one. */
const mentioned = /\$SYSTEM:|\$FILE:|configs\.|vault|secretAlias|&#/;

/**
 * A value that starts so comes from the server's environment, whatever follows: a variable, a line of file.properties,
 * or since MI 4.4 a configurable (`ResolverFactory` of wso2/wso2-synapse).
 */
const resolved = /^\s*(?:\$(SYSTEM|FILE):([_a-zA-Z0-9]+)|\$\{configs\.([_a-zA-Z0-9]+)\})/;
const configurable = /\bconfigs\.([\w.-]+)/g;
/**
 * `wso2:vault-lookup('alias', 'ENV')`, `hashicorp:vault-lookup('path', 'key')` and their forms in Synapse expressions.
 */
const lookup =
  /(hashicorp[:-]vault(?:-lookup)?|(?:wso2[:-]vault|\bvault)(?:-lookup)?)\(\s*(["'])(.{1,200}?)\2(?:\s*,\s*(["'])(.{1,200}?)\4)?/g;

/** The attributes and texts that MI 4.3.0 to 4.6.0 resolves as {@link resolved}, by parent and element. */
const resolvedPlaces: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      // The endpoint factories of wso2/wso2-synapse.
      ['endpoint/address', 'uri'],
      ['endpoint/http', 'uri-template'],
      ['endpoint/wsdl', 'uri service port'],
      ['endpoint/parameter', 'value'],
      ['loadbalance/member recipientlist/member', 'hostName httpPort httpsPort'],
      // AbstractDBMediatorFactory.
      ['pool/driver pool/url pool/user pool/password pool/dsName pool/icClass', 'text()'],
      // TaskDescriptionFactory, ProxyServiceFactory, InboundEndpointFactory and MessageStoreFactory.
      ['/task /proxy', 'pinnedServers'],
      ['task/trigger', 'count once interval cron'],
      ['task/property', 'value'],
      ['proxy/publishWSDL', 'endpoint key uri'],
      ['proxy/parameter parameters/parameter messageStore/parameter', 'text()'],
      // `extractProperties` of DBUtils.java in wso2/product-integrator-mi, of data services.
      ['config/property property/property', 'text()'],
    ] as const
  ).flatMap(([elements, places]) => elements.split(' ').map((element) => [element, places.split(' ')] as const)),
);
const none: readonly string[] = [];
const ofTemplate = ['name', 'uri', 'template'];

function resolvedIn(node: XmlNode): readonly string[] {
  // TemplateEndpointFactory.
  if (node.local === 'endpoint') return attributeValue(node, 'template') === undefined ? none : ofTemplate;
  return resolvedPlaces.get(`${node.parent?.local ?? ''}/${node.local}`) ?? none;
}

/** Reads what an artifact takes from where its server runs: environment, file.properties, configurables and vaults. */
export function readSettings(reading: Reading, root: XmlNode, kind: ArtifactKind): readonly SettingRead[] {
  if (!mentioned.test(reading.text)) return [];
  const reads: SettingRead[] = [];
  // RDBMSDataSourceUtils of wso2/product-integrator-mi.
  visit(reading, root, kind === 'data-source', reads);
  return reads;
}

/** With `all`, MI resolves each text below. */
function visit(reading: Reading, node: XmlNode, all: boolean, reads: SettingRead[]): void {
  const places = resolvedIn(node);
  const label = attributeValue(node, 'name') ?? attributeValue(node, 'key') ?? node.local;
  for (const { name, value, offset } of node.attributes) {
    const isSecret = isSecretName(name) || (name === 'value' && isSecretName(label));
    if (name.endsWith('secretAlias'))
      reads.push({ from: 'vault', name: own(value.trim()), secret: true, source: reading.locate(offset) });
    else collect(reading, { value, offset, inside: places.includes(name), isSecret }, reads);
  }
  if (node.text !== '')
    collect(
      reading,
      {
        value: node.text,
        offset: node.textOffset,
        inside: all || places.includes('text()'),
        isSecret: isSecretName(label) || isSecretName(node.local),
      },
      reads,
    );
  // OAuthUtils of wso2/wso2-synapse.
  const isAuthentication = node.local === 'authentication' && node.parent?.local === 'http';
  for (const inner of node.children) visit(reading, inner, all || isAuthentication, reads);
}

interface Place {
  readonly value: string;
  readonly offset: number;
  /** MI resolves `$SYSTEM:` and `$FILE:` here. */
  readonly inside: boolean;
  readonly isSecret: boolean;
}

function collect(reading: Reading, { value, offset, inside, isSecret }: Place, reads: SettingRead[]): void {
  const add = (from: SettingRead['from'], name: string, more: Pick<SettingRead, 'atOnce'> = {}): void => {
    reads.push({
      from,
      name: own(name),
      secret: isSecret || isSecretName(name),
      ...more,
      source: reading.locate(offset),
    });
  };
  const found = inside ? resolved.exec(value) : null;
  if (found !== null) {
    const [start, place, variable = '', configured] = found;
    if (configured === undefined) add(place === 'SYSTEM' ? 'environment' : 'file', variable);
    else {
      add('configurable', configured, { atOnce: true });
      needsNewer(reading, `the configurable ${short(start.trim())}`, offset);
    }
    if (value.slice(start.length).trim() !== '') replaced(reading, start.trim(), offset);
  } else if (inside && value.includes('${configs.')) unresolved(reading, value, offset);
  else if (value.includes('${')) for (const [, name = ''] of value.matchAll(configurable)) add('configurable', name);
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

/** Tells of a text after what MI resolves. It is not shown, as what stands beside a password may be a part of it. */
function replaced(reading: Reading, start: string, offset: number): void {
  report(reading, offset, {
    code: 'MI-ARTIFACT-VALUE',
    severity: 'warning',
    message: `The value of "${short(start)}" takes the place of the whole text; Micro Integrator leaves out what follows it here.`,
    hint: `Put the whole text into the setting, and write ${short(start)} alone.`,
  });
}

/** Tells of a configurable that stays as it is written. */
function unresolved(reading: Reading, value: string, offset: number): void {
  const written = /\$\{configs\.[^}]*\}?/.exec(value)?.[0] ?? '';
  report(reading, offset, {
    code: 'MI-ARTIFACT-VALUE',
    severity: 'warning',
    message: `"${short(written)}" stays as it is written; Micro Integrator resolves a configurable only where a value here begins with it, and only by a name of letters, digits and "_".`,
    hint: 'Declare one with such a name in config.properties, put the whole text into it, and write ${configs.NAME} alone.',
  });
}
