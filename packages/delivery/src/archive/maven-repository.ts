import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Artifact, newContext, readPom } from '@mi-patterns/inventory';

/** A dependency of a pom that Maven has downloaded to its local repository before: the path of its file. */
export function dependencyIn(
  repository: string,
  pom: string,
  { name, version, type }: { readonly name: string; readonly version: string; readonly type: 'zip' | 'jar' },
): string | undefined {
  const context = newContext();
  const dependency = readPom(context, dirname(pom), new Map())?.dependencies.find(
    (entry) => entry.type === type && entry.artifactId === name && entry.version === version,
  );
  if (
    dependency === undefined ||
    [dependency.groupId, name, version].some((part) => !/^[-.\w]+$/.test(part) || part.includes('..'))
  )
    return undefined;
  const file = join(repository, ...dependency.groupId.split('.'), name, version, `${name}-${version}.${type}`);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/**
 * The JAR of a library that is beside an archive, for MI's `lib/`: a file of `deployment/libs`, or a dependency of the
 * pom in Maven's local repository. Undefined when it is not here. What the dependency itself depends on is not looked
 * for.
 *
 * @param cwd the folder that {@link ReadOptions.cwd} named when the inventory was read.
 */
export function libraryFile(
  artifact: Pick<Artifact, 'name' | 'version' | 'source'>,
  cwd: string,
  repository?: string,
): string | undefined {
  const path = resolve(cwd, artifact.source.path);
  if (!path.endsWith('pom.xml')) return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
  return repository === undefined
    ? undefined
    : dependencyIn(repository, path, { name: artifact.name, version: artifact.version, type: 'jar' });
}
