import { createHash } from 'node:crypto';
import * as realFiles from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { withoutWaiting } from '@mi-patterns/inventory';
import { Looks } from './looks.ts';
import { type Observation, observe } from './observe.ts';
import { readAnswer, writeAnswer } from './store.ts';
import { askAgain } from './trace.ts';

type Files = typeof realFiles;

const base = realFiles.mkdtempSync(join(tmpdir(), 'mi-patterns-answers-'));
afterAll(() => realFiles.rmSync(base, { recursive: true, force: true }));
const require = createRequire(import.meta.url);

let folder = '';
beforeEach(() => {
  folder = realFiles.mkdtempSync(join(base, 'case-'));
});

function write(name: string, content = name): string {
  const path = join(folder, name);
  realFiles.writeFileSync(path, content);
  return path;
}

/** What is kept of a run over the files that it gets. */
function watch(run: (files: Files, observation: Observation) => void, environment: NodeJS.ProcessEnv = {}) {
  const observation = observe(require, environment);
  run(observation.require('node:fs') as Files, observation);
  return observation.result();
}

function isSame(kept: ReturnType<typeof watch>, environment: NodeJS.ProcessEnv = {}): boolean {
  return askAgain(kept?.trace ?? ['=nothing is kept'], new Looks(environment));
}

function readWhole(files: Files, path: string): string {
  const file = files.openSync(path, withoutWaiting);
  const bytes = Buffer.alloc(files.fstatSync(file).size);
  files.readSync(file, bytes, 0, bytes.length, 0);
  files.closeSync(file);
  return bytes.toString();
}

describe('a run that is asked again', () => {
  it.each<[string, (files: Files, path: string) => unknown]>([
    ['read in one piece', readWhole],
    ['read by readFileSync', (files, path) => files.readFileSync(path, 'utf8')],
    [
      'read in pieces',
      (files, path) => {
        const file = files.openSync(path, 'r');
        const bytes = Buffer.alloc(100);
        const first = files.readSync(file, bytes, 10, 3, null);
        const second = files.readSync(file, bytes, 20, 40, null);
        files.closeSync(file);
        return bytes.toString('utf8', 0, first + second + 20);
      },
    ],
  ])('notices every change of a file that was %s', (_, read) => {
    const path = write('a.xml', 'old content');
    const kept = watch((files) => expect(read(files, path)).toEqual(read(realFiles, path)));
    expect(isSame(kept)).toBe(true);
    realFiles.utimesSync(path, 1, 1);
    expect(isSame(kept)).toBe(true);
    for (const content of ['new content', 'old conten', 'old content!', '']) {
      write('a.xml', content);
      expect(isSame(kept)).toBe(false);
    }
    realFiles.rmSync(path);
    expect(isSame(kept)).toBe(false);
    realFiles.mkdirSync(path);
    expect(isSame(kept)).toBe(false);
    realFiles.rmdirSync(path);
    write('a.xml', 'old content');
    expect(isSame(kept)).toBe(true);
  });

  it('makes one question of a file that is read in one piece, and a few of others', () => {
    const [first, second] = [write('a'), write('b')];
    const kept = watch((files) => {
      readWhole(files, first);
      const file = files.openSync(first, withoutWaiting);
      readWhole(files, second);
      files.closeSync(file);
      files.closeSync(files.openSync(second, withoutWaiting));
    });
    expect(kept?.trace.slice(0, -1)).toEqual([
      `F1 ${first}`,
      `O0 ${first}`,
      `F1 ${second}`,
      'C0',
      `O1 ${second}`,
      'C1',
    ]);
    expect(isSame(kept)).toBe(true);
  });

  it('notices changes of files that are open at once', () => {
    const [first, second] = [write('a', 'first'), write('b', 'other')];
    const kept = watch((files) => {
      const one = files.openSync(first, withoutWaiting);
      const other = files.openSync(second, withoutWaiting);
      const sizes = [files.fstatSync(other).size, files.fstatSync(one).size];
      const bytes = Buffer.alloc(10);
      files.readSync(one, bytes, 0, 5, 0);
      files.readSync(other, bytes, 5, 5, 0);
      files.closeSync(one);
      files.closeSync(other);
      expect([...sizes, bytes.toString()]).toEqual([5, 5, 'firstother']);
    });
    expect(kept?.trace.slice(0, -1)).toEqual([
      `O0 ${first}`,
      `O1 ${second}`,
      'T1',
      'T0',
      'B0 5 0',
      'B1 5 0',
      'C0',
      'C1',
    ]);
    expect(isSame(kept)).toBe(true);
    write('b', 'third');
    expect(isSame(kept)).toBe(false);
    write('b', 'other');
    write('a', 'third');
    expect(isSame(kept)).toBe(false);
  });

  it('notices that a link leads elsewhere', () => {
    for (const name of ['a', 'b']) realFiles.mkdirSync(join(folder, name));
    const link = join(folder, 'link');
    realFiles.symlinkSync('a', link);
    const kept = watch((files) => files.realpathSync(link));
    expect(isSame(kept)).toBe(true);
    realFiles.rmSync(link);
    realFiles.symlinkSync('b', link);
    expect(isSame(kept)).toBe(false);
  });

  it('notices that the path in the message of a failure is another', () => {
    for (const name of ['a', 'b']) {
      realFiles.mkdirSync(join(folder, name));
      realFiles.symlinkSync('nowhere', join(folder, name, 'file'));
    }
    const link = join(folder, 'link');
    realFiles.symlinkSync('a', link);
    const kept = watch((files) => expect(() => files.realpathSync(join(link, 'file'))).toThrow(join(folder, 'a/')));
    expect(isSame(kept)).toBe(true);
    realFiles.rmSync(link);
    realFiles.symlinkSync('b', link);
    expect(isSame(kept)).toBe(false);
  });

  it('notices what comes, goes and turns into something else', () => {
    write('a');
    realFiles.symlinkSync('a', join(folder, 'link'));
    const kept = watch((files) => {
      files.readdirSync(folder, { withFileTypes: true });
      files.existsSync(join(folder, 'later'));
      files.statSync(join(folder, 'link')).isFile();
      files.lstatSync(join(folder, 'link')).isSymbolicLink();
      files.realpathSync(join(folder, 'link'));
      expect(() => files.statSync(join(folder, 'missing'))).toThrow('ENOENT');
      expect(files.statSync(join(folder, 'missing'), { throwIfNoEntry: false })).toBeUndefined();
      expect(() => files.readdirSync(join(folder, 'missing'))).toThrow('ENOENT');
    });
    expect(isSame(kept)).toBe(true);
    const later = write('later');
    expect(isSame(kept)).toBe(false);
    realFiles.rmSync(later);
    expect(isSame(kept)).toBe(true);
    realFiles.rmSync(join(folder, 'link'));
    expect(isSame(kept)).toBe(false);
    write('link', 'a');
    expect(isSame(kept)).toBe(false);
  });

  it('notices other variables, of those that were asked for', () => {
    const kept = watch((_, { environment }) => [environment.HOME, 'NO_COLOR' in environment], { HOME: '/a' });
    expect(isSame(kept, { HOME: '/a', OTHER: '1' })).toBe(true);
    expect(isSame(kept, { HOME: '/b' })).toBe(false);
    expect(isSame(kept, { HOME: '/a', NO_COLOR: '' })).toBe(false);
  });

  it('notices a change before it reads what follows', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => write(`${index}`, 'x'));
    const kept = watch((files) => void paths.map((path) => readWhole(files, path)));
    write('3', 'y');
    const asked: string[] = [];
    const looks = new Looks({});
    const open = looks.open.bind(looks);
    looks.open = (path) => {
      asked.push(path);
      return open(path);
    };
    expect(askAgain(kept?.trace ?? [], looks)).toBe(false);
    expect(asked.length).toBeLessThan(300);
  });

  it.skipIf(process.platform === 'win32')('takes nothing from a pipe (skipped on Windows)', () => {
    const [whole, pieces] = [write('a'), write('b')];
    const keptWhole = watch((files) => files.readFileSync(whole, 'utf8'));
    const keptPieces = watch((files) => {
      const file = files.openSync(pieces, withoutWaiting);
      files.readSync(file, Buffer.alloc(5), 0, 5, null);
      files.closeSync(file);
    });
    for (const path of [whole, pieces]) {
      realFiles.rmSync(path);
      execFileSync('mkfifo', [path]);
    }
    const writer = realFiles.openSync(pieces, realFiles.constants.O_RDWR | realFiles.constants.O_NONBLOCK);
    realFiles.writeSync(writer, 'content');
    expect(isSame(keptWhole)).toBe(false);
    expect(isSame(keptPieces)).toBe(false);
    const left = Buffer.alloc(20);
    expect(realFiles.readSync(writer, left, 0, 20, null)).toBe(7);
    realFiles.closeSync(writer);
  });
});

describe('nothing is kept of a run that', () => {
  it.each<[string, (observed: Observation) => unknown]>([
    ['writes a file', ({ require: watched }) => (watched('node:fs') as Files).writeFileSync(join(folder, 'a'), 'a')],
    ['asks for a time', ({ require: watched }) => (watched('node:fs') as Files).statSync(folder).mtimeMs],
    ['asks who owns a file', ({ require: watched }) => (watched('node:fs') as Files).lstatSync(folder).uid],
    [
      'lists what is below a folder',
      ({ require: watched }) => (watched('node:fs') as Files).readdirSync(folder, { recursive: true }),
    ],
    ['reads its input', ({ require: watched }) => (watched('node:fs') as Files).readSync(0, Buffer.alloc(0))],
    ['reads files by promises', ({ require: watched }) => (watched('node:fs') as Files).promises],
    ['starts a program', ({ require: watched }) => watched('node:child_process').execFileSync('true')],
    ['asks for the user', ({ require: watched }) => watched('node:os').userInfo()],
    ['draws lots', ({ require: watched }) => watched('node:crypto').randomBytes(4)],
    ['makes a stream', ({ require: watched }) => new (watched('node:stream').PassThrough)()],
    ['looks at all variables', ({ environment }) => ({ ...environment })],
    ['looks whether a variable is set', ({ environment }) => Object.hasOwn(environment, 'A')],
    ['sets a variable', ({ environment }) => (environment.A = 'a')],
    ['prints more than 24 MiB', ({ printed }) => printed(1, Buffer.alloc(24 * 1024 * 1024 + 1))],
    [
      'reads more than 192 MiB',
      ({ require: watched }) => {
        const path = write('large', 'x'.repeat(1024 * 1024));
        for (let round = 0; round <= 192; round += 1) (watched('node:fs') as Files).readFileSync(path);
      },
    ],
  ])('%s', (_, run) => {
    const kept = watch((_files, observation) => void run(observation));
    expect(kept).toBeUndefined();
  });

  it('but of one that only computes there is', () => {
    const kept = watch((_, { require: watched }) => {
      expect(watched('node:path').join('a', 'b')).toBe(join('a', 'b'));
      expect(watched('node:crypto').createHash('sha256').update('a').digest('hex')).toHaveLength(64);
      expect(watched('node:os')).toBeDefined();
    });
    expect(isSame(kept)).toBe(true);
  });
});

describe('the answer in a file', () => {
  const answer = {
    trace: ['X/a', 'F3 /b', '=digest'] as const,
    printed: [
      { descriptor: 1, text: 'Überall\n' },
      { descriptor: 2, text: Buffer.from('note\n') },
    ] as const,
    exitCode: 1,
  };

  it('is read as it was written', () => {
    const file = join(folder, 'answers', 'one');
    writeAnswer(file, answer);
    expect(readAnswer(file)).toEqual({
      ...answer,
      printed: answer.printed.map(({ descriptor, text }) => ({ descriptor, text: Buffer.from(text as string) })),
    });
    expect(realFiles.statSync(file).mode & 0o077).toBe(0);
    expect(realFiles.readdirSync(join(folder, 'answers'))).toEqual(['one']);
  });

  it('is not taken when it is damaged, or when others may have written it', () => {
    const file = join(folder, 'one');
    writeAnswer(file, answer);
    const sound = realFiles.readFileSync(file);
    for (let length = 0; length < sound.length; length += 1) {
      realFiles.writeFileSync(file, sound.subarray(0, length));
      expect(readAnswer(file)).toBeUndefined();
      const damaged = Buffer.from(sound);
      damaged[length] = (damaged[length] ?? 0) ^ 1;
      realFiles.writeFileSync(file, damaged);
      expect(readAnswer(file)).toBeUndefined();
    }
    realFiles.writeFileSync(file, sound);
    expect(readAnswer(file)).toBeDefined();
    realFiles.writeFileSync(join(folder, 'another'), sound);
    expect(readAnswer(join(folder, 'another'))).toBeUndefined();
    if (process.platform === 'win32') return;
    realFiles.chmodSync(file, 0o666);
    expect(readAnswer(file)).toBeUndefined();
    realFiles.rmSync(file);
    execFileSync('mkfifo', ['-m', '600', file]);
    expect(readAnswer(file)).toBeUndefined();
  });

  it('makes room: at most a hundred are kept, the newest', () => {
    for (let index = 0; index < 120; index += 1) {
      const file = join(folder, String(index));
      writeAnswer(file, answer);
      realFiles.utimesSync(file, index, index);
    }
    const names = realFiles.readdirSync(folder).map(Number);
    expect(names).toHaveLength(100);
    expect(Math.min(...names)).toBe(20);
  });

  it('is not written where nothing can be', () => {
    writeAnswer(join(write('file'), 'below'), answer);
    expect(realFiles.readdirSync(folder)).toEqual(['file']);
  });
});

/** Numbers from 0 to 1 that follow from a text. */
function drawer(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha1').update(`${seed} ${count}`).digest().readUInt32BE() / 2 ** 32;
  };
}

/** A run that asks questions, of which each depends on all answers before; returns what it was told. */
function wander(files: Files, seed: string): string {
  let told = seed;
  for (let step = 0; step < 12; step += 1) {
    const draw = drawer(told);
    const path = join(
      folder,
      ...Array.from({ length: 1 + Math.floor(draw() * 2) }, () => 'abcd'[Math.floor(draw() * 4)] ?? ''),
    );
    told += told.length > 4000 ? '' : ` ${answerTo(files, path, Math.floor(draw() * 8))}`;
  }
  return told;
}

function answerTo(files: Files, path: string, question: number): string {
  try {
    switch (question) {
      case 0:
        return files.readdirSync(path).join();
      case 1:
        return files
          .readdirSync(path, { withFileTypes: true })
          .map((entry) => `${entry.name}${entry.isFile()}${entry.isSymbolicLink()}`)
          .join();
      case 2:
        return String(files.existsSync(path));
      case 3:
        return String(files.statSync(path).isDirectory());
      case 4:
        return String(files.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink());
      case 5:
        return files.realpathSync(path);
      case 6:
        return files.readFileSync(path, 'utf8');
      default:
        return readWhole(files, path);
    }
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** Makes or changes one file, folder or link. */
function change(draw: () => number): void {
  const path = join(
    folder,
    ...Array.from({ length: 1 + Math.floor(draw() * 2) }, () => 'abcd'[Math.floor(draw() * 4)] ?? ''),
  );
  try {
    const kind = Math.floor(draw() * 6);
    if (kind < 2) realFiles.writeFileSync(path, 'xyz'[Math.floor(draw() * 3)] ?? '');
    else if (kind === 2) realFiles.mkdirSync(path);
    else if (kind === 3) realFiles.symlinkSync(['a', 'b', '../c', 'nowhere'][Math.floor(draw() * 4)] ?? '', path);
    else if (kind === 4) realFiles.rmSync(path, { recursive: true });
    else realFiles.renameSync(path, join(folder, 'abcd'[Math.floor(draw() * 4)] ?? ''));
  } catch {
    // Not there, or there already.
  }
}

it('whatever changes, an answer is true for as long as the run would be told the same', () => {
  const seen = { same: 0, other: 0, alike: 0 };
  for (let seed = 0; seed < 400; seed += 1) {
    realFiles.rmSync(folder, { recursive: true, force: true });
    realFiles.mkdirSync(folder);
    const draw = drawer(`tree ${seed}`);
    for (let count = 0; count < 25; count += 1) change(draw);
    let told = '';
    const kept = watch((files) => (told = wander(files, `run ${seed}`)));
    expect(told).toBe(wander(realFiles, `run ${seed}`));
    expect(isSame(kept)).toBe(true);
    for (let count = 0; count < 6; count += 1) {
      change(draw);
      const isTold = wander(realFiles, `run ${seed}`) === told;
      const isTaken = isSame(kept);
      if (isTaken) expect(isTold).toBe(true);
      seen[isTaken ? 'same' : isTold ? 'alike' : 'other'] += 1;
    }
  }
  // Changes elsewhere leave an answer true, and only of those that nobody can see it notices many.
  expect(seen.same).toBeGreaterThan(300);
  expect(seen.other).toBeGreaterThan(300);
});
