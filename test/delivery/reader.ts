import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkXml, unpack } from '../support/archives.ts';

/** An artifact that a server with certain roles deploys from an archive. */
export interface ReadArtifact {
  /** `kind/name`, from the artifact's own file. */
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly version: string;
  readonly role: string;
}

/** Every role: a reader that sees all that is listed. */
export const everyRole = ['.*'];

export const defaultRoles = ['EnterpriseIntegrator', 'EnterpriseServiceBus', 'DataServicesServer'];

/**
 * Reads an archive as MI does, with libraries and no code of the product: metadata.xml before artifacts.xml, a role
 * that must match in full, the rest dropped, artifacts joined by name and version, metadata taken out. Throws where MI
 * would drop the archive: a file before its folder, a dependency without a role, one without its folder.
 */
export function readAsServer(archive: string, roles: readonly string[]): ReadArtifact[] {
  const folder = mkdtempSync(join(tmpdir(), 'as-server-'));
  try {
    checkFolders(unpack(archive, folder));
    const file = existsSync(join(folder, 'metadata.xml')) ? 'metadata.xml' : 'artifacts.xml';
    const text = readFileSync(join(folder, file), 'utf8');
    checkXml(text);
    const application =
      /<artifact\b[^>]*\btype\s*=\s*"carbon\/application"[^>]*>/.exec(text)?.[0] ?? fail(`${file} has no application`);
    const id = `${valueOf(application, 'name')} ${valueOf(application, 'version')}`;
    const folders = artifactFolders(folder);
    const metadata = new Set(
      readdirIfAny(join(folder, 'metadata')).flatMap((name) => nameIn(join(folder, 'metadata', name))),
    );
    const listed = [...text.matchAll(/<dependency\b[^>]*>/g)].map(([tag]) => ({
      name: valueOf(tag, 'artifact') ?? '',
      version: valueOf(tag, 'version') ?? '',
      role: valueOf(tag, 'serverRole'),
    }));
    const inside = readdirIfAny(join(folder, 'dependencies'))
      .filter((name) => name.endsWith('.car'))
      .flatMap((name) => readAsServer(join(folder, 'dependencies', name), roles));
    const own = listed
      .filter(({ role, name }) =>
        roles.some((pattern) => new RegExp(`^(?:${pattern})$`).test(role ?? fail(`${name} has no serverRole`))),
      )
      .filter(({ name }) => !metadata.has(name))
      .map(({ name, version, role }) => {
        const found = folders.get(`${name} ${version}`) ?? fail(`${name} ${version} has no folder`);
        return { id: idOf(found.folder, found.type, name), application: id, name, version, role: role ?? '' };
      });
    return [...own, ...inside];
  } catch (error) {
    throw new Error(`${archive}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fail(reason: string): never {
  throw new Error(reason);
}

/** MI makes no folders: each must have an entry before the first file in it, unless it is not unpacked at all. */
function checkFolders(names: readonly string[]): void {
  const made = new Set<string>();
  for (const name of names) {
    if (/^(META-INF|dependencies)\//.test(name)) continue;
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    if (name.endsWith('/')) made.add(name);
    else if (folder !== '' && !made.has(folder)) fail(`${name} comes before ${folder}`);
  }
}

function artifactFolders(folder: string): Map<string, { folder: string; type: string }> {
  const found = new Map<string, { folder: string; type: string }>();
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name, 'artifact.xml');
    if (!existsSync(file)) continue;
    const tag = /<artifact\b[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
    const key = `${valueOf(tag, 'name') ?? ''} ${valueOf(tag, 'version') ?? ''}`;
    if (found.has(key)) fail(`two folders hold ${key}`);
    found.set(key, { folder: join(folder, name), type: valueOf(tag, 'type') ?? '' });
  }
  return found;
}

const kinds: Readonly<Record<string, string>> = {
  'synapse/api': 'api',
  'synapse/proxy-service': 'proxy-service',
  'synapse/sequence': 'sequence',
  'synapse/endpoint': 'endpoint',
  'synapse/template': 'template',
  'synapse/local-entry': 'local-entry',
  'synapse/message-store': 'message-store',
  'synapse/message-processors': 'message-processor',
  'synapse/task': 'task',
  'synapse/inbound-endpoint': 'inbound-endpoint',
  'synapse/lib': 'connector',
  'lib/synapse/mediator': 'library',
  'lib/connector/dependency': 'library',
  'service/dataservice': 'data-service',
  'datasource/datasource': 'data-source',
  'registry/resource': 'registry-resource',
  'config/property': 'property-file',
};

function idOf(folder: string, type: string, name: string): string {
  const kind = kinds[type] ?? 'unsupported';
  const file = /<file>\s*([^<]*?)\s*<\/file>/.exec(readFileSync(join(folder, 'artifact.xml'), 'utf8'))?.[1] ?? '';
  const path = join(folder, unescape(file));
  if (!existsSync(path)) fail(`${path} is not there`);
  if (['connector', 'library', 'registry-resource', 'property-file', 'unsupported'].includes(kind))
    return `${kind}/${name}`;
  const text = readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '');
  if (kind === 'data-source') return `${kind}/${/<name>([^<]*)<\/name>/.exec(text)?.[1] ?? name}`;
  const root = /<[A-Za-z][^>]*>/.exec(text)?.[0] ?? '';
  return `${kind}/${valueOf(root, kind === 'local-entry' ? 'key' : 'name') ?? name}`;
}

function nameIn(folder: string): string[] {
  const file = join(folder, 'artifact.xml');
  const name = existsSync(file)
    ? valueOf(/<artifact\b[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '', 'name')
    : undefined;
  return name === undefined ? [] : [name];
}

function readdirIfAny(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function valueOf(tag: string, attribute: string): string | undefined {
  const value = new RegExp(`[\\s"']${attribute}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return value === null ? undefined : unescape(value[1] ?? value[2] ?? '');
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
