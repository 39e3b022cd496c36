import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readAnswer, writeAnswer } from './kept-answers/store.ts';

const program = fileURLToPath(new URL('../bin/mi-patterns.js', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'mi-patterns-start-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(base, 'cache-'));
});

/** What `mi-patterns explain MI-XML-DTD` prints, with what is kept in the folder. */
function run(environment: NodeJS.ProcessEnv = {}, command = 'explain'): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, command, 'MI-XML-DTD'],
      { env: { ...process.env, MI_PATTERNS_CACHE: cache, ...environment } },
      (error, stdout, stderr) => (error === null ? resolve(stdout + stderr) : reject(error)),
    );
  });
}

function keptFiles(): string[] {
  return readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the start of the command', () => {
  it.skipIf(process.platform !== 'linux')('needs no folder that can be made (skipped without /proc)', async () => {
    const [usual, ...others] = await Promise.all(
      [cache, '/proc/none', '/dev/null/none'].map((folder) => run({ MI_PATTERNS_CACHE: folder })),
    );
    expect(others).toEqual([usual, usual]);
  });

  it('keeps what a command compiled, for this user alone, and starts from it', async () => {
    const first = await run();
    const files = keptFiles();
    // One for each script, of which `explain` needs all, and the answer.
    expect(files).toHaveLength(4);
    for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
    const times = files.map((file) => statSync(file).mtimeMs);
    expect(await run()).toBe(first);
    expect(files.map((file) => statSync(file).mtimeMs)).toEqual(times);
  });

  it.each([
    ['damaged in the middle', (content: Buffer) => content.fill(0x5a, content.length >> 1, (content.length >> 1) + 8)],
    ['cut short', (content: Buffer) => content.subarray(0, content.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['of something else', () => Buffer.from('no code at all')],
  ])('replaces files that are %s', async (_, damage) => {
    const first = await run();
    const files = keptFiles().map((file) => ({ file, sound: readFileSync(file) }));
    for (const { file, sound } of files) writeFileSync(file, damage(Buffer.from(sound)));
    expect(await run()).toBe(first);
    for (const { file, sound } of files) {
      expect(readFileSync(file).length).toBeGreaterThan(sound.length / 2);
      expect(readFileSync(file).subarray(0, 8)).toEqual(sound.subarray(0, 8));
    }
  });

  it('does not run what others may have written', async () => {
    const first = await run();
    const files = keptFiles();
    for (const file of files) chmodSync(file, 0o666);
    expect(await run()).toBe(first);
    for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('runs where nothing can be kept, or nothing shall be', async () => {
    const first = await run();
    const [file = ''] = keptFiles();
    expect(await run({ MI_PATTERNS_CACHE: join(file, 'below-a-file') })).toBe(first);
    for (const kept of keptFiles()) rmSync(kept);
    expect(await run({ NODE_DISABLE_COMPILE_CACHE: '1', MI_PATTERNS_KEEP_ANSWERS: '0' })).toBe(first);
    expect(keptFiles()).toEqual([]);
  });

  it('keeps one file for each script when several processes start at once', async () => {
    const answers = await Promise.all([run(), run(), run()]);
    expect(new Set(answers).size).toBe(1);
    expect(keptFiles()).toHaveLength(4);
  });
});

describe('an answer that is kept', () => {
  const orders = fileURLToPath(new URL('../../../examples/orders', import.meta.url));

  let project = '';
  beforeEach(() => {
    project = mkdtempSync(join(base, 'project-'));
    cpSync(orders, project, { recursive: true });
  });

  /** Runs the command in the project. */
  function ended(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      const env = { ...process.env, MI_PATTERNS_CACHE: cache, ...environment };
      execFile(process.execPath, [program, ...words], { cwd: project, env }, (error, stdout, stderr) =>
        resolve([error?.code ?? 0, stdout, stderr]),
      );
    });
  }

  /** The answers that are kept; with a text, all of them print it from now on. */
  function answers(text = ''): readonly string[] {
    const files = keptFiles().filter((file) => file.includes('answers'));
    for (const file of text === '' ? [] : files) {
      const answer = readAnswer(file);
      if (answer !== undefined) writeAnswer(file, { ...answer, printed: [{ descriptor: 1, text }] });
    }
    return files;
  }

  it.each([
    ['scan'],
    ['scan', '--json'],
    ['plan', '--verbose'],
    ['explain', 'MI-XML-DTD'],
    ['explain', 'OrderBackendEP'],
  ])('is printed again: %s %s', async (...words) => {
    const first = await ended(words);
    expect(await ended(words, { MI_PATTERNS_KEEP_ANSWERS: '0' })).toEqual(first);
    expect(answers()).toHaveLength(1);
    expect(await ended(words)).toEqual(first);
    answers('kept');
    expect(await ended(words)).toEqual([first[0], 'kept', '']);
  });

  it('is one of the same words, folder, variables and files', async () => {
    const first = await ended(['scan']);
    answers('kept');
    expect((await ended(['scan', '--verbose']))[1]).not.toBe('kept');
    expect((await ended(['scan', project]))[1]).not.toBe('kept');
    expect((await ended(['scan'], { NODE_OPTIONS: '--max-old-space-size=2000' }))[1]).not.toBe('kept');
    expect((await ended(['scan'], { FORCE_COLOR: '1' }))[1]).not.toBe('kept');
    answers('kept');
    const file = join(project, 'pom.xml');
    const content = readFileSync(file, 'utf8');
    writeFileSync(file, content.replace('<', ' <'));
    expect((await ended(['scan']))[1]).not.toBe('kept');
    writeFileSync(file, content);
    expect(await ended(['scan'])).toEqual(first);
    answers('kept');
    writeFileSync(join(project, 'another.xml'), '<sequence xmlns="http://ws.apache.org/ns/synapse" name="Another"/>');
    expect((await ended(['scan']))[1]).not.toBe('kept');
  });

  it('is none of a command that writes, or that fails', async () => {
    expect((await ended(['plan', '--report', 'plan.html']))[0]).toBe(0);
    expect((await ended(['scan', 'missing']))[0]).toBe(2);
    expect(answers()).toEqual([]);
  });

  it('keeps the exit code, and what is told beside the answer', async () => {
    writeFileSync(join(project, 'faulty.xml'), '<api xmlns="http://ws.apache.org/ns/synapse" name="a"');
    const first = await ended(['scan', '.']);
    expect(await ended(['scan', '.'])).toEqual(first);
    answers('kept');
    expect(await ended(['scan', '.'])).toEqual([first[0], 'kept', '']);
  });

  it.skipIf(spawnSync('script', ['--version']).status !== 0)(
    'is printed to a terminal (skipped without script)',
    () => {
      const env = { ...process.env, MI_PATTERNS_CACHE: cache, TERM: 'xterm', NO_COLOR: '', FORCE_COLOR: undefined };
      const shown = (): string =>
        execFileSync('script', ['-qec', `"${process.execPath}" "${program}" plan "${project}"`, '/dev/null'], {
          env,
          encoding: 'utf8',
        });
      const first = shown();
      expect(first).toContain('\u001b[1m');
      // Without what progress showed.
      expect(shown()).toBe(first.slice(first.indexOf('\u001b[1m')));
      answers('kept\n');
      expect(shown()).toBe('kept\r\n');
    },
  );
});

it.each(['18.20.8', '20.18.3'])('Node %s is told that it is too old', async (version) => {
  const preload = join(base, 'old.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const ended = await new Promise((resolve) => {
    const args = ['--require', preload, program, '--version'];
    execFile(process.execPath, args, (error, stdout, stderr) => resolve([error?.code, stdout, stderr]));
  });
  expect(ended).toEqual([2, '', `Node ${version} is too old: mi-patterns needs Node 20.19 or newer.\n`]);
});

it.skipIf(process.platform === 'win32')('a folder that is gone is told (skipped on Windows)', async () => {
  const gone = mkdtempSync(join(base, 'gone-'));
  const ended = await new Promise((resolve) => {
    const args = ['-c', 'cd "$1" && rmdir "$1" && exec "$2" "$3" scan', 'sh', gone, process.execPath, program];
    execFile('sh', args, (error, stdout, stderr) => resolve([error?.code, stdout, stderr]));
  });
  const told = 'error MI-FILE\n    The current folder does not exist any more.\n    → Change to another one.\n';
  expect(ended).toEqual([2, '', told]);
});

it('a command that waits for what never comes fails', async () => {
  const preload = join(base, 'silent.cjs');
  writeFileSync(preload, 'globalThis.fetch = () => new Promise(() => {});');
  const ended = await new Promise((resolve) => {
    const args = ['--require', preload, program, 'scan', 'oci:127.0.0.1:9/a/b:1'];
    execFile(process.execPath, args, (error, stdout, stderr) => resolve([error?.code, stdout, stderr]));
  });
  expect(ended).toEqual([3, '', expect.stringMatching(/^error MI-INTERNAL[^]*waits for something that never happens/)]);
});

it.skipIf(process.platform === 'win32')(
  'everything arrives through a pipe that does not wait (skipped on Windows)',
  async () => {
    const pipe = join(base, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    const orders = fileURLToPath(new URL('../../../examples/orders', import.meta.url));
    // Node makes the first three descriptors of what it starts wait.
    const args = ['-c', 'exec "$@" >&3', 'bash', process.execPath, program, 'plan', orders, '--report', '-'];
    const child = spawn('bash', args, { stdio: ['ignore', 'inherit', 'inherit', writer] });
    closeSync(writer);
    // So long that the pipe is full.
    await setTimeout(1500);
    let arrived = '';
    for await (const part of new Socket({ fd: reader, readable: true, writable: false }).setEncoding('utf8')) {
      arrived += part as string;
      await setTimeout(20);
    }
    expect(arrived.slice(-8)).toBe('</html>\n');
    expect(arrived.length).toBeGreaterThan(65_536);
    expect(child.exitCode ?? 0).toBeLessThan(2);
  },
);
