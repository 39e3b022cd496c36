import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Application,
  childrenNamed,
  decodeXml,
  type Delivery,
  type Limits,
  readXmlTree,
} from '@mi-patterns/inventory';
import { filesUnder } from './files.ts';
import { openPacked } from './packed-archive.ts';
import type { Piece } from './piece.ts';
import { readOwnName } from './role-edit.ts';
import { nameOf } from './rewrite.ts';
import type { ZipEntry } from './zip-writer.ts';

/** The archive that the last Maven build of a project has left in `target/`. */
export interface BuildOutput {
  readonly path: string;
  /** Folder of the artifact that the build made for a delivery; undefined when it has none. */
  readonly folderOf: (delivery: Pick<Delivery, 'name' | 'version' | 'type'>) => string | undefined;
  /** Entries of a folder without its artifact.xml, and the file that this names. */
  readonly contents: (folder: string) => { readonly file: string; readonly entries: readonly ZipEntry[] };
  /** JARs that the build has fetched for connectors (4.4 and later). */
  readonly connectorLibraries: readonly Piece[];
  /** Whether a file, or one below a folder, was changed after the build. */
  readonly olderThan: (source: string) => boolean;
  readonly close: () => void;
}

/**
 * The folder that Maven builds, as it is shown: an exporter, and a legacy module without one, is known by its pom.xml.
 */
function projectFolder({ source: { path } }: Application, cwd: string): string {
  return statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
}

/** Opens the archive of the last build; undefined when there is none that can be read. */
export function openBuild(application: Application, cwd: string, limits: Limits): BuildOutput | undefined {
  const shown = projectFolder(application, cwd);
  const path = resolve(cwd, shown, 'target', `${application.name}_${application.version}.car`);
  const built = statSync(path, { throwIfNoEntry: false });
  if (built === undefined || !built.isFile()) return undefined;
  const archive = openPacked(path, limits);
  const artifacts: {
    readonly folder: string;
    readonly name: string;
    readonly version: string;
    readonly type: string;
  }[] = [];
  for (const entry of archive.entries) {
    const folder = /^([^/]+\/)artifact\.xml$/.exec(nameOf(entry))?.[1];
    const described = folder === undefined ? undefined : readOwnName(archive.read(nameOf(entry)));
    if (folder !== undefined && described !== undefined) artifacts.push({ folder, ...described });
  }
  const inside = (folder: string): ZipEntry[] => archive.entries.filter((entry) => nameOf(entry).startsWith(folder));
  return {
    path: `${shown}/target/${application.name}_${application.version}.car`,
    folderOf: ({ name, version, type }) => {
      const sameType = artifacts.filter((artifact) => artifact.type === type);
      const exact = sameType.find((artifact) => artifact.name === name && artifact.version === version);
      // The name of the JAR of Java sources has changed between releases of the plugin; a project has one.
      return (exact ?? (type === 'lib/synapse/mediator' && sameType.length === 1 ? sameType[0] : undefined))?.folder;
    },
    contents: (folder) => {
      const decoded = decodeXml(archive.read(`${folder}artifact.xml`), '');
      const described = 'text' in decoded ? readXmlTree(decoded.text, '').root : undefined;
      const [file] = described === undefined ? [] : childrenNamed(described, 'file');
      return {
        file: file?.text.trim() ?? '',
        entries: inside(folder).filter((entry) => ![folder, `${folder}artifact.xml`].includes(nameOf(entry))),
      };
    },
    connectorLibraries: artifacts
      .filter(({ type }) => type === 'lib/connector/dependency')
      .map(({ folder, name, version }): Piece => ({
        folder,
        name,
        version,
        serverRole: 'EnterpriseIntegrator',
        writeEntries: (write) => inside(folder).forEach(write),
      })),
    olderThan: (source) =>
      [source, ...filesUnder(source)].some(
        (file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > built.mtimeMs,
      ),
    close: archive.close,
  };
}
