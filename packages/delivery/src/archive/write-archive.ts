import { resolve } from 'node:path';
import {
  type Application,
  ArchiveFault,
  type Artifact,
  defaultLimits,
  type Diagnostic,
  type FileRead,
  type FilesRead,
  hasErrors,
  type Inventory,
  type Limits,
  ZipProblem,
} from '@mi-patterns/inventory';
import { piecesOfArchive } from './archive-pieces.ts';
import { archiveFinding } from '../findings/catalogue.ts';
import { UnsafeEntryName } from './entry-names.ts';
import { applicationDescriptor, applicationList, listedDependency } from './lists.ts';
import { openPacked, type PackedArchive } from './packed-archive.ts';
import type { Pieces } from './piece.ts';
import { piecesOfProject, sortedPieces } from './project-pieces.ts';
import type { ArchiveRequest } from '@mi-patterns/planner';
import { rewriteArchive } from './rewrite.ts';
import { ArchiveTooLarge, type Sink, writeZip, type ZipEntry } from './zip-writer.ts';

export interface ArchiveOptions {
  /** The folder that {@link ReadOptions.cwd} named when the inventory was read. */
  readonly cwd?: string;
  readonly limits?: Partial<Limits>;
  /** Maven's local repository, where connectors of a pom may lie; none is looked into when missing. */
  readonly mavenRepository?: string;
  /** Files that were read with the inventory: what was planned is packed, whatever became of them since. */
  readonly filesRead?: FilesRead | undefined;
  /** Called for each entry that is a copy of a file of {@link filesRead}. */
  readonly onCopy?: (entry: string, of: FileRead) => void;
  /** Bytes of archives that are not files on disk, for example those of an image, by their path. */
  readonly contents?: ReadonlyMap<string, Buffer>;
}

/**
 * Writes the archive that a request asks for, piece by piece into `sink`. An archive that exists is rewritten when it
 * is wanted whole, else its parts are copied, both without packing anything again; a project is packed as the Maven
 * plugin would. The same input gives the same bytes on any machine.
 *
 * @returns findings; with one of severity error the archive is incomplete and must not be used.
 */
export function writeArchive(
  request: ArchiveRequest,
  inventory: Inventory,
  options: ArchiveOptions,
  sink: Sink,
): Diagnostic[] {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const cwd = resolve(options.cwd ?? process.cwd());
  const { path } = request.application.source;
  try {
    if (request.application.type === 'archive')
      return fromArchive(request, { cwd, limits, contents: options.contents }, sink);
    const pieces = piecesOfProject(request, artifactsById(inventory), {
      cwd,
      limits,
      mavenRepository: options.mavenRepository,
      filesRead: options.filesRead,
      onCopy: options.onCopy,
    });
    try {
      if (!hasErrors(pieces.diagnostics)) writePieces(request, pieces, sink);
      return [...pieces.diagnostics];
    } finally {
      pieces.close();
    }
  } catch (error) {
    if (error instanceof UnsafeEntryName)
      return [archiveFinding('MI-PKG-NAME', path, `${request.application.id} cannot be packed: ${error.message}.`)];
    if (error instanceof ArchiveTooLarge)
      return [archiveFinding('MI-PKG-TOO-LARGE', path, `${request.application.id} would be ${error.message}.`)];
    if (error instanceof ArchiveFault || error instanceof ZipProblem)
      return [archiveFinding('MI-PKG-ARCHIVE', path, `${path} cannot be rewritten: ${error.message}.`)];
    // Errors of the sink are not about what is read.
    if (error instanceof Error && 'code' in error && 'path' in error)
      return [
        archiveFinding(
          'MI-PKG-GONE',
          String(error.path),
          `${String(error.path)} cannot be read (${String(error.code)}).`,
        ),
      ];
    throw error;
  }
}

interface Opening {
  readonly cwd: string;
  readonly limits: Limits;
  readonly contents: ReadonlyMap<string, Buffer> | undefined;
}

function fromArchive(request: ArchiveRequest, opening: Opening, sink: Sink): Diagnostic[] {
  const { limits } = opening;
  const { path } = request.application.source;
  const archive = openApplication(request.application, opening);
  try {
    const [fault] = archive.faults.filter(({ code }) => code !== 'MI-ZIP-DUPLICATE');
    if (fault !== undefined)
      return [
        archiveFinding(
          'MI-PKG-ARCHIVE',
          path,
          `${path} cannot be rewritten: ${fault.entry === undefined ? '' : `${fault.entry}: `}${fault.message}.`,
        ),
      ];
    if (request.whole) rewriteArchive(archive, request, limits, sink);
    else writePieces(request, piecesOfArchive(archive, request), sink);
    return [];
  } finally {
    archive.close();
  }
}

/** Opens an archive, one inside of a fat archive, the folder of an unpacked application, or bytes that are given. */
function openApplication({ source, within }: Application, { cwd, limits, contents }: Opening): PackedArchive {
  const path = within?.archive ?? source.path;
  const outer = openPacked(contents?.get(path) ?? resolve(cwd, path), limits);
  if (within === undefined) return outer;
  try {
    return openPacked(outer.read(within.entry), limits);
  } finally {
    outer.close();
  }
}

function writePieces(request: ArchiveRequest, pieces: Pieces, sink: Sink): void {
  const { name, version, application, descriptor } = request;
  const listed = { name, version, mainSequence: application.mainSequence };
  const artifacts = sortedPieces(pieces.artifacts);
  const metadata = sortedPieces(pieces.metadata);
  const dependencies = artifacts.map(listedDependency);
  writeZip((write) => {
    write(textFile('artifacts.xml', applicationList(listed, dependencies)));
    if (descriptor !== undefined)
      write(
        textFile(
          'descriptor.xml',
          applicationDescriptor(descriptor.id, {
            versionedDeployment: application.versionedDeployment,
            dependencies: descriptor.dependencies,
          }),
        ),
      );
    write(textFile('metadata.xml', applicationList(listed, [...dependencies, ...metadata.map(listedDependency)])));
    for (const piece of [...artifacts, ...metadata]) {
      write({ type: 'folder', name: piece.folder });
      piece.writeEntries(write);
    }
  }, sink);
}

function textFile(name: string, text: string): ZipEntry {
  return { type: 'file', name, bytes: Buffer.from(text) };
}

const artifactMaps = new WeakMap<Inventory, ReadonlyMap<string, Artifact>>();

/**
 * Made once for an inventory: an application with ten thousand artifacts is no reason to look through them for each
 * archive.
 */
function artifactsById(inventory: Inventory): ReadonlyMap<string, Artifact> {
  const known = artifactMaps.get(inventory) ?? new Map(inventory.artifacts.map((artifact) => [artifact.id, artifact]));
  artifactMaps.set(inventory, known);
  return known;
}
