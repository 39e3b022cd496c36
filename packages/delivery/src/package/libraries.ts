import { basename } from 'node:path';
import { type Artifact, type Diagnostic, groupBy, type Inventory, type Source } from '@mi-patterns/inventory';
import { libraryFile } from '../archive/maven-repository.ts';
import { digestOf } from './hashed-file.ts';
import type { DeliverySet } from '@mi-patterns/planner';
import { finding } from '../findings/catalogue.ts';

/** Folders of MI's home for JARs: any, and OSGi bundles. */
export type LibraryFolder = 'lib' | 'dropins';

/** Where a JAR belongs: what lies in `dropins/` of a server is an OSGi bundle, which `lib/` would wrap in another. */
export function libraryFolder({ path }: Pick<Source, 'path'>): LibraryFolder {
  return /(?:^|\/)dropins\/[^/]+$/.test(path) ? 'dropins' : 'lib';
}

/** A JAR that belongs into a folder of MI's home. */
export interface Library {
  readonly artifact: Artifact;
  /** Undefined when the JAR is not on this machine. */
  readonly path: string | undefined;
  /** Where the same library was read too, with its file. */
  readonly copies: readonly { readonly source: Source; readonly path: string }[];
}

/**
 * JARs beside the archives of a set: the image gets those of deployment/libs, of dependencies of the pom and of a
 * server's `lib` in MI's `lib/`, and those of a server's `dropins` there.
 */
export function librariesOf(
  inventory: Inventory,
  set: DeliverySet,
  { cwd, mavenRepository }: { readonly cwd: string; readonly mavenRepository?: string },
): Library[] {
  const applications = new Set(
    set.archives.flatMap((archive) => [archive, ...archive.nested]).map(({ application }) => application.id),
  );
  const delivered = new Set(
    set.archives.flatMap(({ artifacts }) => artifacts.map(({ delivery }) => delivery.artifact)),
  );
  return inventory.artifacts
    .filter(
      (artifact) =>
        artifact.facts.kind === 'library' &&
        artifact.facts.role === 'other' &&
        !delivered.has(artifact.id) &&
        artifact.applications.some((id) => applications.has(id)),
    )
    .map((artifact) => ({
      artifact,
      path: libraryFile(artifact, cwd, mavenRepository),
      copies: artifact.duplicates.flatMap((source) => {
        const path = libraryFile({ ...artifact, source }, cwd, mavenRepository);
        return path === undefined ? [] : [{ source, path }];
      }),
    }));
}

/** A JAR on this machine, and the place in the image that it belongs to, such as `lib/a.jar`. */
export interface LibraryFile {
  readonly source: Source;
  readonly path: string;
  readonly place: string;
}

/** The JARs of libraries and their copies; of one place the first is the one that the image gets. */
export function filesOfLibraries(libraries: readonly Library[]): readonly LibraryFile[] {
  return libraries
    .flatMap(({ artifact: { source }, path, copies }) => (path === undefined ? copies : [{ source, path }, ...copies]))
    .map((file) => ({ ...file, place: `${libraryFolder(file.source)}/${basename(file.path)}` }));
}

/** JARs of one file name with different content: a folder holds one file of a name, which is the first of them. */
export function libraryClashes(libraries: readonly Library[]): Diagnostic[] {
  return [...groupBy(filesOfLibraries(libraries), ({ place }) => place)].flatMap(([place, [kept, ...others]]) => {
    if (kept === undefined || others.length === 0) return [];
    const { digest } = digestOf(kept.path);
    const lost = others.filter(({ path }) => path !== kept.path && digestOf(path).digest !== digest);
    if (lost.length === 0) return [];
    const [folder, name] = place.split('/');
    return [
      {
        ...finding(
          'MI-PKG-LIBRARY-CLASH',
          `${lost.map(({ source }) => source.path).join(', ')} ${lost.length === 1 ? 'has' : 'have'} content that differs from ${kept.source.path}, and ${folder}/ holds one file named ${name}: the image gets ${kept.source.path}.`,
          'Keep the one that all of them work with, or give them different names where each is needed.',
          kept.source,
        ),
        related: lost.map(({ source }) => source),
      },
    ];
  });
}

/** What the servers need in `lib/` or `dropins/` and do not get. */
export function libraryFindings(libraries: readonly Library[], withImage: boolean): Diagnostic[] {
  const absent = withImage ? libraries.filter(({ path }) => path === undefined) : libraries;
  const [first] = absent;
  if (first === undefined) return [];
  const names = absent
    .map(({ artifact }) => `${artifact.name}${artifact.version === '' ? '' : ` ${artifact.version}`}`)
    .join(', ');
  const folders = [...new Set(absent.map(({ artifact }) => `${libraryFolder(artifact.source)}/`))];
  return [
    finding(
      'MI-PKG-LIBRARIES',
      `The servers need ${names} in ${folders.join(' and ')}, ${withImage ? 'and the Maven build would download them; the image does not have them' : 'which neither a volume with archives nor a ConfigMap can provide'}.`,
      withImage
        ? 'Put the JAR into deployment/libs, or build the project once (mvn package) so that it is in the local Maven repository, then package again. Or use a base image that has it.'
        : 'Use an image that has them, or mount them with extraVolumes.',
      first.artifact.source,
    ),
  ];
}
