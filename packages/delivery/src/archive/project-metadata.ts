import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ApplicationMetadata, type Artifact, readRegularFile } from '@mi-patterns/inventory';
import { folderNames, plainName } from './entry-names.ts';
import { artifactDescriptor } from './lists.ts';
import type { Piece } from './piece.ts';
import type { ArchiveRequest } from '@mi-patterns/planner';

/**
 * Metadata for the service catalogue and OpenAPI definitions of APIs and proxies, under the names that CAppHandler
 * gives them: `resources/metadata/` where the project has them (the definition only together with its metadata file),
 * else a definition from `resources/api-definitions/` and metadata made from the artifact.
 */
export function metadataOfProject(
  request: ArchiveRequest,
  artifacts: ReadonlyMap<string, Artifact>,
  cwd: string,
): Piece[] {
  const { metadata, type } = request.application;
  if (metadata !== undefined) return declaredMetadata(metadata, request, cwd);
  if (type !== 'project') return [];
  const resources = join(resolve(cwd, request.application.source.path), 'src', 'main', 'wso2mi', 'resources');
  const metadataFile = filesOf(join(resources, 'metadata'));
  const definitionFile = filesOf(join(resources, 'api-definitions'));
  const folderFor = folderNames();
  const piece = (name: string, version: string, bytes: () => Buffer): Piece =>
    metadataPiece({ name, version, own: folderFor(name, version), bytes });
  return request.artifacts.flatMap(({ delivery }) => {
    const artifact = artifacts.get(delivery.artifact);
    if (artifact === undefined || (artifact.facts.kind !== 'api' && artifact.facts.kind !== 'proxy-service')) return [];
    const proxy = artifact.facts.kind === 'proxy-service';
    const base = proxy ? `${delivery.name}_proxy` : delivery.name;
    const own = metadataFile(`${base}_metadata.yaml`);
    const ownDefinition = metadataFile(`${base}_swagger.yaml`);
    const ofProject = own !== undefined && (proxy || ownDefinition !== undefined) ? own : undefined;
    const entry = piece(`${base}_metadata`, delivery.version, () =>
      ofProject === undefined ? Buffer.from(catalogueEntry(artifact, delivery.version)) : readRegularFile(ofProject),
    );
    if (proxy) return [entry];
    const versioned = artifact.facts.kind === 'api' && artifact.facts.apiVersion !== undefined;
    const definition =
      ofProject === undefined
        ? definitionFile(`${artifact.name}${versioned ? `_v${delivery.version}` : ''}.yaml`)
        : ownDefinition;
    if (definition === undefined) return [entry];
    return [entry, piece(`${base}_swagger`, delivery.version, () => readRegularFile(definition))];
  });
}

/**
 * What a legacy exporter selects: each entry only where the API or proxy service that it is about is in the archive
 * too.
 */
function declaredMetadata(
  metadata: readonly ApplicationMetadata[],
  { artifacts, application }: ArchiveRequest,
  cwd: string,
): Piece[] {
  const all = new Set(application.deliveries.map(({ name }) => name));
  const packed = new Set(artifacts.map(({ delivery }) => delivery.name));
  const folderFor = folderNames();
  return metadata
    .filter(({ name }) => {
      const about = name.replace(/(_proxy)?_(metadata|swagger)$/, '');
      return packed.has(about) || !all.has(about);
    })
    .map(({ name, version, serverRole, path }) =>
      metadataPiece({
        name,
        version,
        own: folderFor(name, version),
        bytes: () => readRegularFile(resolve(cwd, path)),
        serverRole,
      }),
    );
}

interface Metadata {
  readonly name: string;
  readonly version: string;
  /** Its folder in the archive. */
  readonly own: string;
  readonly bytes: () => Buffer;
  readonly serverRole?: string | undefined;
}

function metadataPiece({ name, version, own, bytes, serverRole = 'EnterpriseIntegrator' }: Metadata): Piece {
  const folder = `metadata/${own}/`;
  const file = plainName(`${name}-${version}.yaml`);
  return {
    folder,
    name,
    version,
    serverRole,
    writeEntries(write) {
      write({
        type: 'file',
        name: `${folder}artifact.xml`,
        bytes: Buffer.from(artifactDescriptor({ name, version, type: 'synapse/metadata', serverRole, file })),
      });
      write({ type: 'file', name: folder + file, bytes: bytes() });
    },
  };
}

function catalogueEntry({ name, facts }: Artifact, version: string): string {
  const api = facts.kind === 'api' ? facts : undefined;
  const path = api === undefined ? `/services/${name}` : api.context + (api.versionType === 'url' ? `/${version}` : '');
  const quoted = JSON.stringify(name);
  return `---
key: ${JSON.stringify(`${name}${api === undefined ? '_proxy' : ''}-${version}`)}
name: ${quoted}
displayName: ${quoted}
version: ${JSON.stringify(version)}
serviceUrl: ${JSON.stringify(`https://{MI_HOST}:{MI_PORT}${path}`)}
definitionType: "${api === undefined ? 'WSDL1' : 'OAS3'}"
securityType: "BASIC"
mutualSSLEnabled: false
`;
}

/** Finds the regular files of a folder by name; where there is no such folder, no file is looked for. */
function filesOf(folder: string): (name: string) => string | undefined {
  const exists = statSync(folder, { throwIfNoEntry: false }) !== undefined;
  return (name) => {
    const path = join(folder, plainName(name));
    return exists && statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
  };
}
