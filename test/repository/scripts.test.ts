import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/command.ts';

const scripts = ['scripts', 'bench'].flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);

/** The text of a script, and of the one that it hands over to. */
function textOf(path: string): string {
  const text = readFileSync(join(repository, path), 'utf8');
  const [, other] = /^import '(\.[^']+)';$/m.exec(text) ?? [];
  return other === undefined ? text : text + readFileSync(join(repository, dirname(path), other), 'utf8');
}

function run(...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', ...words], { cwd: repository, encoding: 'utf8' });
}

describe('the scripts of the repository', () => {
  it.each(scripts)('%s reads its command line with readArguments', (path) => {
    const text = textOf(path);
    expect(text).toMatch(/\breadArguments\(/);
    expect(text).not.toMatch(/\bparseArgs\(|argv\[2\]/);
  });

  it('print a usage with every option on --help', () => {
    const { status, stdout, stderr } = run('scripts/setup.ts', '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^usage: npm run setup -- \[options\]\n\n.*\n\n {2}--tools NAME,NAME {2}.*\n {2}--help/);
  });

  it.each([
    ['an option that there is not', ['scripts/demo.ts', '--nonsense'], "Unknown option '--nonsense'."],
    ['an option without its value', ['scripts/setup.ts', '--tools'], "Option '--tools' needs a value."],
    ['a word too many', ['scripts/demo.ts', 'x'], "Unexpected argument 'x'."],
    ['a number that is none', ['bench/scan.ts', 'x'], "COUNT needs a whole number, not 'x'."],
    ['a class that there is not', ['scripts/fuzz.ts', 'nonsense'], "There is no class 'nonsense'."],
  ])('refuse %s in one line', (_, words, reason) => {
    const { status, stdout, stderr } = run(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^[^\n]+ Run "[^"]+ --help" to see the usage\.\n$/);
    expect(stderr.startsWith(reason)).toBe(true);
  });
});
