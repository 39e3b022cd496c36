import type { ArchiveRequest } from '@mi-patterns/planner';
import { openPacked, type PackedArchive } from './packed-archive.ts';
import { type NamedArtifact, type RoleOf, setListedRoles, setOwnRole } from './role-edit.ts';
import { defaultServerRoles, type Limits } from '@mi-patterns/inventory';
import { type Sink, writeZip, type ZipEntry } from './zip-writer.ts';

const lists = new Set(['artifacts.xml', 'metadata.xml']);

/**
 * Writes an existing archive again with other server roles: in `artifacts.xml` and `metadata.xml`, in the
 * `artifact.xml` of the artifacts concerned, and in the archives of a fat archive. Dependencies without a role get one
 * (MI fails on them), folders without an entry get one, and everything else stays as it is, packed bytes and order
 * included. An archive that needs no change comes out byte for byte.
 */
export function rewriteArchive(archive: PackedArchive, request: ArchiveRequest, limits: Limits, sink: Sink): void {
  const changed = new Map<string, Buffer>();
  const listed = listedRoles(request);
  const own = ownRoles(request);
  const described = changedFolders(request);
  for (const entry of archive.entries) {
    const name = nameOf(entry);
    const nested = request.nested.find(({ application }) => application.within?.entry === name);
    const before = nested !== undefined || lists.has(name) || described.has(name) ? archive.read(name) : undefined;
    if (before === undefined) continue;
    const withRoles = (): Buffer | undefined =>
      lists.has(name) ? setListedRoles(before, listed) : setOwnRole(before, own);
    const after = nested === undefined ? withRoles() : rewriteNested(before, nested, limits);
    if (after !== undefined && !after.equals(before)) changed.set(name, after);
  }
  if (changed.size === 0 && archive.copyAll !== undefined && !lacksFolders(archive.entries)) {
    archive.copyAll(sink);
    return;
  }
  const entries = archive.entries.map((entry): ZipEntry => {
    const bytes = changed.get(nameOf(entry));
    return bytes === undefined ? entry : { type: 'file', name: nameOf(entry), bytes };
  });
  writeZip((write) => entries.forEach(write), sink);
}

function rewriteNested(bytes: Buffer, request: ArchiveRequest, limits: Limits): Buffer {
  const archive = openPacked(bytes, limits);
  const pieces: Uint8Array[] = [];
  try {
    rewriteArchive(archive, request, limits, (piece) => pieces.push(Buffer.from(piece)));
  } finally {
    archive.close();
  }
  return Buffer.concat(pieces);
}

/** The name that an entry has in the archive. */
export function nameOf(entry: ZipEntry): string {
  return entry.type === 'packed' ? entry.entry.name : entry.name;
}

/** Names of the artifact.xml of artifacts that get another role; the others need not be read. */
function changedFolders({ application, artifacts }: ArchiveRequest): Set<string> {
  const changed = artifacts.filter(({ delivery, serverRole }) => delivery.serverRole !== serverRole);
  return new Set(
    changed.map(
      ({ delivery }) =>
        `${delivery.path.slice(application.source.path.length).replace(/^!?\//, '').split('/')[0] ?? ''}/artifact.xml`,
    ),
  );
}

function keyOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}\0${version}`;
}

function ownRoles({ artifacts }: ArchiveRequest): RoleOf {
  const roles = new Map(artifacts.map(({ delivery, serverRole }) => [keyOf(delivery), serverRole]));
  return (artifact) => roles.get(keyOf(artifact));
}

/**
 * What the inventory does not know (metadata, artifacts that cannot be read) keeps its role, and gets one where it has
 * none.
 */
function listedRoles(request: ArchiveRequest): RoleOf {
  const own = ownRoles(request);
  return (artifact: NamedArtifact) => own(artifact) ?? artifact.serverRole ?? defaultServerRoles[0];
}

/**
 * Whether a file comes before an entry for its folder, as in {@link writeZip}; of nested archives MI does not ask that.
 */
function lacksFolders(entries: readonly ZipEntry[]): boolean {
  const made = new Set<string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    for (let end = name.indexOf('/'); end >= 0 && end < name.length - 1; end = name.indexOf('/', end + 1))
      if (!made.has(name.slice(0, end + 1))) return true;
    if (name.endsWith('/')) made.add(name);
  }
  return false;
}
