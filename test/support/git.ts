import { execFileSync, spawnSync } from 'node:child_process';
import { repository, temporaryFolder } from './command.ts';

/**
 * git with an empty repository of its own over the files of this checkout: so it knows them in an archive of the
 * sources as well, and in a checkout of another user, which git refuses to read. The user's own rules do not count.
 */
const words: readonly string[] = (() => {
  const folder = temporaryFolder();
  execFileSync('git', ['init', '--quiet', '--bare', folder]);
  return ['-c', 'core.excludesFile=', '--git-dir', folder, '--work-tree', repository];
})();

/** Whether git reads this checkout by itself. */
export const isCheckout = spawnSync('git', ['rev-parse'], { cwd: repository }).status === 0;

/** Paths of the files that are no output of a run, from the top, sorted. */
export function sourceFiles(): readonly string[] {
  const listed = execFileSync('git', [...words, 'ls-files', '-z', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  });
  return listed.split('\0').filter(Boolean).sort();
}

/** Those of the paths that `.gitignore` names. */
export function ignoredOf(paths: readonly string[]): string {
  const input = paths.join('\n');
  // Exits with 1 when there is none.
  return spawnSync('git', [...words, 'check-ignore', '--stdin'], { cwd: repository, input, encoding: 'utf8' }).stdout;
}
