import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from '@mi-patterns/helm';
import { readRegularFile } from '@mi-patterns/inventory';
import { repositoryRoot } from './gitops.ts';

/** Generated files as they are deployed now. */
export interface DeployedFiles {
  /** Where they are read from, as people call it: `origin/main`; undefined for the files on disk. */
  readonly revision: string | undefined;
  /** Undefined for a file that is not there. */
  readonly read: (file: string) => Promise<string | undefined>;
}

/** In a hook of git, these name the repository of the hook, and the current folder is then taken for its top. */
export const repositoryOfFolder = { GIT_DIR: undefined, GIT_WORK_TREE: undefined } as const;

/**
 * What a controller deploys from the folder of generated files: `revision` as the remote has it, as far as it was
 * fetched; else as this repository has it; else the last commit. A second run of `generate` before the commit, and one
 * after it, are so compared with what runs. The files on disk where there is no repository; undefined where git has no
 * commit or cannot be asked.
 */
export async function deployedFiles(out: string, revision: string): Promise<DeployedFiles | undefined> {
  const root = repositoryRoot(out);
  if (root === undefined) return { revision: undefined, read: (file) => Promise.resolve(readText(file)) };
  for (const name of [`origin/${revision}`, revision, 'HEAD']) {
    const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    if (commit === undefined) continue;
    const read = (file: string): Promise<string | undefined> =>
      git(root, ['cat-file', 'blob', `${commit.trim()}:${relative(root, file).replaceAll('\\', '/')}`]);
    return { revision: name, read };
  }
  return undefined;
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
