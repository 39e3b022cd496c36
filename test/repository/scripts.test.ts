import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { $ } from 'zx';
import { makeCacheFolder, provideInCache } from '../../scripts/lib/cache.ts';
import { failureOf } from '../../scripts/lib/failure.ts';
import { repository, temporaryFolder } from '../support/command.ts';

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
  it('say what to set where the cache cannot be written', () => {
    const below = join(repository, 'package.json', 'cache');
    let said = '';
    try {
      makeCacheFolder(below);
    } catch (error) {
      said = failureOf(error);
    }
    expect(said).toBe(
      `The folder ${below} for tools and schemas cannot be made (ENOTDIR). Set MI_PATTERNS_CACHE to a folder that you can write to, then run the command again.`,
    );
  });

  it('may make the same folder of the cache at once, and remove what was begun a day ago', async () => {
    const cache = temporaryFolder();
    const folder = join(cache, 'schemas', '1.37.0');
    const begun = ['old', 'new'].map((name) => join(cache, 'schemas', `${name}.1.part`));
    for (const path of begun) mkdirSync(path, { recursive: true });
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    utimesSync(begun[0] ?? '', yesterday, yesterday);
    const made = await Promise.all(
      ['first', 'second'].map((text) =>
        provideInCache(folder, async (partial) => {
          mkdirSync(partial);
          writeFileSync(join(partial, 'v1.json'), text);
        }),
      ),
    );
    expect(made).toEqual([folder, folder]);
    expect(readFileSync(join(folder, 'v1.json'), 'utf8')).toBe('first');
    expect(readdirSync(join(cache, 'schemas')).toSorted()).toEqual(['1.37.0', 'new.1.part']);
  });

  it('leave nothing of what could not be made', async () => {
    const cache = temporaryFolder();
    const making = provideInCache(join(cache, 'tool'), async (partial) => {
      writeFileSync(partial, 'half');
      throw new Error('no space');
    });
    await expect(making).rejects.toThrow('no space');
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each(scripts)('%s reads its command line with readArguments', (path) => {
    const text = textOf(path);
    expect(text).toMatch(/\breadArguments\(/);
    expect(text).not.toMatch(/\bparseArgs\(|argv\[2\]/);
  });

  it('start a bash that reads nothing of whoever runs it', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, '.bashrc'), 'echo read\n');
    expect((await $({ env: { ...process.env, HOME: home } })`echo done`).stdout).toBe('done\n');
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

  it.each([
    [
      'cluster that is not up',
      ['test-cluster'],
      'The cluster "default" is not up. Start it with: npm run cluster -- up --name default',
    ],
    [
      'cluster to load into',
      ['cluster', 'load', 'x'],
      'The cluster "default" is not up. Start it with: npm run cluster -- up --name default',
    ],
    [
      'cluster to cut',
      ['cluster', 'cut', '1'],
      'The cluster "default" is not up. Start it with: npm run cluster -- up --name default',
    ],
    [
      'helm and no Go',
      ['rollout', 'dev'],
      expect.stringMatching(/^helm \S+ is needed and cannot be built, because there is no Go\. Put helm \S+ on PATH/),
    ],
    ['browser', ['screenshots'], 'There is no chromium on PATH; on Debian: apt-get install chromium.'],
    ['Python', ['docs'], 'The site is generated by a Python program: install python3 with venv and pip.'],
  ])('say without a %s what is missing and what to do', (_, [script, ...words], sentence) => {
    const [home, temporary] = [temporaryFolder(), temporaryFolder()];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', `scripts/${script}.ts`, ...words],
      {
        cwd: repository,
        encoding: 'utf8',
        env: { PATH: home, HOME: home, TMPDIR: temporary },
      },
    );
    expect([status, stdout, stderr.trimEnd()]).toEqual([3, '', sentence]);
    // The cache of tsx stays.
    expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  });
});

describe('the reason why a script failed', () => {
  const thrown = async (act: () => unknown): Promise<unknown> => {
    try {
      await act();
    } catch (error) {
      return error;
    }
    throw new Error('It did not throw.');
  };

  it.each([
    ['what a program of zx said', () => $({ quiet: true })`sh -c ${'echo said >&2; exit 4'}`, 'said'],
    [
      'how a silent program of zx ended',
      () => $({ quiet: true })`sh -c ${'exit 4'}`,
      'A program that it started ended with 4.',
    ],
    [
      'what a program of Node said',
      () => execFileSync('sh', ['-c', 'echo said >&2; exit 4'], { stdio: 'pipe' }),
      'said',
    ],
    [
      'how a silent program of Node ended',
      () => execFileSync('sh', ['-c', 'exit 4'], { stdio: 'pipe' }),
      'sh -c exit 4 ended with 4.',
    ],
    ['why a program cannot be started', () => execFileSync('/nowhere/program'), 'spawnSync /nowhere/program ENOENT'],
    [
      'why an address does not answer',
      () => fetch('http://127.0.0.1:1/'),
      expect.stringMatching(/^fetch failed: [^\n]+$/),
    ],
    [
      'what a registry refused and what to do',
      () => Promise.reject(Object.assign(new Error('x'), { diagnostics: [{ message: 'No.', hint: 'Log in.' }] })),
      'No. Log in.',
    ],
    [
      'what a missing tool is and what to do',
      () => Promise.reject(Object.assign(new Error('No helm.'), { hint: 'Install it.', stderr: '' })),
      'No helm. Install it.',
    ],
    ['what is not even an error', () => Promise.reject('plain' as unknown as Error), 'plain'],
    [
      'where a fault of the script itself is',
      () => (undefined as unknown as { a: { b: number } }).a.b,
      expect.stringMatching(/^TypeError: .*\n +at .*scripts\.test\.ts/),
    ],
  ])('is %s', async (_, act, text) => {
    expect(failureOf(await thrown(act))).toEqual(text);
  });
});
