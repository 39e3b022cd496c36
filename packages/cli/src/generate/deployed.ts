import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { isToolFailure, run } from '@mi-patterns/helm';
import { readRegularFile } from '@mi-patterns/inventory';
import { releaseMark } from '@mi-patterns/values';
import { defaultRevision, repositoryRoot } from './gitops.ts';
import { yamlFiles } from './left-over.ts';

/** Generated files as they are deployed now. */
export interface DeployedFiles {
  /** Where they are read from, as people call it: `origin/main`; undefined for the files on disk. */
  readonly revision: string | undefined;
  /** What a controller follows, where the remote may have it and this clone has not: `main`. */
  readonly unfetched: string | undefined;
  /** Undefined for a file that is not there. */
  readonly read: (file: string) => Promise<string | undefined>;
  /** Files that may be generated values of a release, wherever they are. */
  readonly valuesOf: (release: string) => Promise<readonly string[]>;
  /** A file as git names it behind a revision; without git, in its folder. */
  readonly shown: (file: string) => string;
}

/** In a hook of git, these name the repository of the hook, and the current folder is then taken for its top. */
export const repositoryOfFolder = { GIT_DIR: undefined, GIT_WORK_TREE: undefined } as const;

/**
 * What a controller deploys from the folder of generated files: the named revision, or `main`, as the remote has it, as
 * far as it was fetched; without a name also the remote's own branch; else as this repository has it; else the last
 * commit. A second run of `generate` before the commit, and one after it, are so compared with what runs. The files on
 * disk where there is no repository; undefined where git has no commit yet.
 */
export async function deployedFiles(
  out: string,
  named: string | undefined,
): Promise<DeployedFiles | Unasked | undefined> {
  const root = repositoryRoot(out);
  if (root === undefined)
    return {
      revision: undefined,
      unfetched: undefined,
      read: (file) => Promise.resolve(readText(file)),
      valuesOf: () => Promise.resolve(yamlFiles(out, { recursive: false })),
      shown: basename,
    };
  const revision = named ?? defaultRevision;
  const published = [`origin/${revision}`, ...(named === undefined ? ['origin/HEAD'] : [])];
  for (const name of [...published, revision, 'HEAD']) {
    const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (commit === undefined) continue;
    const shown = (file: string): string => relative(root, file).replaceAll('\\', '/');
    const read = (file: string): Promise<string | undefined> =>
      git(root, ['cat-file', 'blob', `${commit.trim()}:${shown(file)}`]);
    const valuesOf = async (release: string): Promise<string[]> => {
      const search = [
        'grep',
        '-l',
        '-z',
        '--fixed-strings',
        '-e',
        releaseMark(release),
        commit.trim(),
        '--',
        '*.yaml',
        '*.yml',
      ];
      const found = (await git(root, search))?.split('\0').filter((file) => file !== '') ?? [];
      // Each after the commit and a colon.
      return found.map((file) => join(root, file.slice(file.indexOf(':') + 1)));
    };
    const isExact = published.includes(name) || (name === revision && isFixed(revision));
    const hasRemote = !isExact && (await git(root, ['config', '--get', 'remote.origin.url'])) !== undefined;
    return { revision: name, unfetched: hasRemote ? revision : undefined, read, valuesOf, shown };
  }
  return whyUnasked(root);
}

/** A repository that git cannot be asked about: it is not installed, or does not trust whom the folder belongs to. */
export interface Unasked {
  readonly why: string;
}

async function whyUnasked(root: string): Promise<Unasked | undefined> {
  try {
    await run(['git', 'rev-parse', '--git-dir'], { cwd: root, environment: repositoryOfFolder });
    return undefined;
  } catch (error) {
    return { why: faultOfGit(error) ?? 'git fails' };
  }
}

/** Why git gave no answer, in its words; undefined where it says nothing. Throws what is no failure of git. */
export function faultOfGit(error: unknown): string | undefined {
  if (!isToolFailure(error)) throw error;
  return error.reason === 'missing' ? 'git was not found' : /^fatal: (.*)$/m.exec(error.stderr)?.[1];
}

/** Whether a revision is the same everywhere: a commit, or a whole name such as `refs/tags/1.0`. */
export function isFixed(revision: string): boolean {
  return /^(?:refs\/.*|[0-9a-f]{40})$/.test(revision);
}

async function git(root: string, words: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(['git', ...words], { cwd: root, environment: repositoryOfFolder })).stdout;
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return existsSync(file) ? readRegularFile(file).toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}
