import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Artifact,
  compareText,
  deployedType,
  type Diagnostic,
  type FileRead,
  type FilesRead,
  type Limits,
  readRegularFile,
  type Source as Place,
} from '@mi-patterns/inventory';
import { dependencyIn } from './maven-repository.ts';
import { type BuildOutput, openBuild } from './build-output.ts';
import type { ArchiveCode } from '../findings/catalogue-archive.ts';
import { archiveFinding } from '../findings/catalogue.ts';
import { folderNames, plainName } from './entry-names.ts';
import { artifactDescriptor } from './lists.ts';
import type { Piece, Pieces } from './piece.ts';
import { metadataOfProject } from './project-metadata.ts';
import { registryFiles, resourceAt } from './registry-source.ts';
import type { ArchiveRequest, ArtifactRequest } from '@mi-patterns/planner';
import type { ZipEntry } from './zip-writer.ts';

/** Where the bytes of an artifact are. `missing`: what the Maven build would make or fetch. */
type Source =
  | { readonly from: 'file'; readonly file: string; readonly path: string }
  | { readonly from: 'memory'; readonly file: string; readonly read: FileRead }
  | {
      readonly from: 'files';
      readonly file: string;
      readonly entries: () => readonly { readonly name: string; readonly bytes: () => Buffer }[];
    }
  | { readonly from: 'build'; readonly folder: string; readonly build: BuildOutput }
  | { readonly from: 'missing'; readonly code: ArchiveCode; readonly message: string };

export interface ProjectPieces extends Pieces {
  readonly diagnostics: readonly Diagnostic[];
  readonly close: () => void;
}

/**
 * What the Maven plugin would pack of a project or composite exporter (wso2/maven-tools, CAppHandler.java): a folder
 * `<name>_<version>/` for each artifact. What only the build can make (JARs of Java sources, data mappers) or fetch
 * (connectors of the pom, their libraries) is taken from the last build in `target/`; where there is none, a diagnostic
 * says what to do.
 */
export function piecesOfProject(
  request: ArchiveRequest,
  artifacts: ReadonlyMap<string, Artifact>,
  options: {
    readonly cwd: string;
    readonly limits: Limits;
    readonly mavenRepository?: string | undefined;
    readonly filesRead?: FilesRead | undefined;
    readonly onCopy?: ((entry: string, of: FileRead) => void) | undefined;
  },
): ProjectPieces {
  const { cwd, limits, mavenRepository, filesRead, onCopy } = options;
  const diagnostics: Diagnostic[] = [];
  const build = openBuild(request.application, cwd, limits);
  const pieces: Piece[] = [];
  const folderFor = folderNames();
  for (const artifact of request.artifacts) {
    const { delivery } = artifact;
    const place = placeOf(artifacts.get(delivery.artifact), delivery.path);
    const type = deployedType(delivery.type);
    if (type === undefined) {
      diagnostics.push(
        archiveFinding(
          'MI-PKG-UNSUPPORTED',
          place,
          `${delivery.name} has the type ${delivery.type}; it is not packed.`,
        ),
      );
      continue;
    }
    const source =
      request.application.type === 'server' && type.content === 'registry'
        ? serverResource(artifact, artifacts.get(delivery.artifact), cwd)
        : sourceOf({
            artifact,
            request,
            content: type.content,
            mapping: isMapping(artifacts.get(delivery.artifact)),
            build,
            cwd,
            mavenRepository,
            filesRead,
          });
    if (source.from === 'missing') diagnostics.push(archiveFinding(source.code, place, source.message));
    else pieces.push(pieceOf(artifact, source, `${folderFor(artifact.name, artifact.version)}/`, onCopy));
    if (source.from === 'build')
      diagnostics.push(...fromBuild(delivery.name, delivery.path, source.build, resolve(cwd, delivery.path)));
  }
  if (request.artifacts.some(({ delivery }) => delivery.type === 'synapse/lib'))
    pieces.push(...(build?.connectorLibraries ?? []));
  const metadata = metadataOfProject(request, artifacts, cwd);
  return { artifacts: pieces, metadata, diagnostics, close: () => build?.close() };
}

interface Search {
  readonly artifact: ArtifactRequest;
  readonly request: ArchiveRequest;
  readonly content: string;
  /** Whether it is a part of a data mapper, which the build makes from TypeScript. */
  readonly mapping: boolean;
  readonly build: BuildOutput | undefined;
  readonly cwd: string;
  readonly mavenRepository: string | undefined;
  readonly filesRead: FilesRead | undefined;
}

function isMapping(artifact: Artifact | undefined): boolean {
  return artifact?.facts.kind === 'registry-resource' && /\/datamapper\//.test(artifact.facts.registryPath ?? '');
}

function sourceOf({ artifact, request, content, mapping, build, cwd, mavenRepository, filesRead }: Search): Source {
  const { delivery } = artifact;
  const path = resolve(cwd, delivery.path);
  const built = (): Source | undefined => {
    const folder = build?.folderOf(delivery);
    return build === undefined || folder === undefined ? undefined : { from: 'build', folder, build };
  };
  if (content === 'registry') {
    const files = registryFiles(delivery, path);
    if (files !== undefined) return { from: 'files', file: delivery.file, entries: () => files };
    return (
      built() ??
      missing(
        mapping ? 'MI-PKG-DATA-MAPPER' : 'MI-PKG-GONE',
        `The registry resource ${delivery.name} cannot be made from ${delivery.path}, and ${noBuild(build)}`,
      )
    );
  }
  if (content === 'jar' && !isFile(path)) {
    const jar = jarOf(path, [delivery.file, `${request.application.name}-${request.application.version}.jar`]);
    if (jar !== undefined) return { from: 'file', file: delivery.file, path: jar };
    return (
      built() ??
      missing(
        'MI-PKG-JAVA',
        `The classes in ${delivery.path} are not built: there is no ${delivery.file} in target/, and ${noBuild(build)}`,
      )
    );
  }
  if (content === 'connector' && !path.endsWith('.zip')) {
    const zip =
      mavenRepository === undefined
        ? undefined
        : dependencyIn(mavenRepository, path, { name: delivery.name, version: delivery.version, type: 'zip' });
    if (zip !== undefined) return { from: 'file', file: delivery.file, path: zip };
    return (
      built() ??
      missing(
        'MI-PKG-CONNECTOR',
        `${request.application.name} needs the connector ${delivery.name} ${delivery.version}, which its build downloads, and ${noBuild(build)}`,
      )
    );
  }
  const read = filesRead?.get(path);
  if (read !== undefined) return { from: 'memory', file: delivery.file, read };
  return isFile(path)
    ? { from: 'file', file: delivery.file, path }
    : missing('MI-PKG-GONE', `${delivery.path} cannot be read`);
}

/** Where the file that delivers an artifact says so. */
function placeOf(artifact: Artifact | undefined, path: string): Place | string {
  return [artifact?.source, ...(artifact?.duplicates ?? [])].find((source) => source?.path === path) ?? path;
}

function missing(code: ArchiveCode, reason: string): Source {
  return { from: 'missing', code, message: `${reason}.` };
}

function noBuild(build: BuildOutput | undefined): string {
  return build === undefined
    ? 'the project has no archive of an earlier build'
    : `${build.path} does not contain it either`;
}

/** A resource of a server's registry, which no artifact.xml declares: the path says where it goes. */
function serverResource({ delivery }: ArtifactRequest, artifact: Artifact | undefined, cwd: string): Source {
  const registryPath = artifact?.facts.kind === 'registry-resource' ? (artifact.facts.registryPath ?? '') : '';
  return {
    from: 'files',
    file: 'registry-info.xml',
    entries: () => resourceAt(registryPath, resolve(cwd, delivery.path)),
  };
}

function pieceOf(
  artifact: ArtifactRequest,
  source: Exclude<Source, { readonly from: 'missing' }>,
  folder: string,
  onCopy: ((entry: string, of: FileRead) => void) | undefined,
): Piece {
  const { name, version, serverRole, delivery } = artifact;
  const described = (file: string): ZipEntry => ({
    type: 'file',
    name: `${folder}artifact.xml`,
    bytes: Buffer.from(artifactDescriptor({ name, version, type: delivery.type, serverRole, file })),
  });
  return {
    folder,
    name,
    version,
    serverRole,
    writeEntries(write) {
      if (source.from === 'build') {
        const { file, entries } = source.build.contents(source.folder);
        write(described(file));
        for (const entry of entries)
          write(entry.type === 'packed' ? { type: 'packed', entry: moved(entry.entry, source.folder, folder) } : entry);
        return;
      }
      const file = plainName(source.file);
      write(described(file));
      if (source.from === 'memory') {
        onCopy?.(folder + file, source.read);
        write({ type: 'file', name: folder + file, bytes: source.read.bytes });
      } else if (source.from === 'file')
        write({ type: 'file', name: folder + file, bytes: readRegularFile(source.path) });
      else
        for (const { name: inside, bytes } of source.entries())
          write({ type: 'file', name: folder + inside, bytes: bytes() });
    },
  };
}

function moved(
  entry: Extract<ZipEntry, { type: 'packed' }>['entry'],
  from: string,
  to: string,
): Extract<ZipEntry, { type: 'packed' }>['entry'] {
  const name = to + entry.name.slice(from.length);
  return { ...entry, name, utf8: Buffer.byteLength(name) !== name.length };
}

function fromBuild(name: string, path: string, build: BuildOutput, source: string): Diagnostic[] {
  if (build.olderThan(source))
    return [archiveFinding('MI-PKG-STALE', path, `${name} comes from ${build.path}, which is older than ${path}.`)];
  return [archiveFinding('MI-PKG-FROM-BUILD', path, `${name} comes from ${build.path}.`)];
}

/** A JAR in the `target/` folder of the module whose Java sources lie at `sources`. */
function jarOf(sources: string, names: readonly string[]): string | undefined {
  const module = sources.replace(/[/\\]src[/\\]main[/\\]java$/, '');
  return names.map((name) => join(module, 'target', name)).find(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** In the order of their folders, which is the same on every machine. */
export function sortedPieces(pieces: readonly Piece[]): Piece[] {
  return pieces.toSorted((a, b) => compareText(a.folder, b.folder));
}
