import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inFolder, program } from './command.ts';
import { each, type FuzzClass } from './harness.ts';
import { archiveOf, mutate, type Random, random } from './mutate.ts';
import { projectsOf } from './projects.ts';

const commands = [
  ['scan', '.'],
  ['scan', '.', '--json'],
  ['scan', 'p1', 'a.car', '--verbose'],
  ['plan'],
  ['plan', '.', '--verbose'],
  ['plan', '.', '--isolate', 'groups.yaml'],
  ['plan', '.', '--report', '-'],
  ['explain', 'tasksA', '.'],
  ['explain', 'sequencesB', '.', '--diagram', '-'],
] as const;

const configurations = [
  'artifacts: [p1]\n',
  'artifacts: [.]\nisolate: one\n',
  'artifacts: [.]\nenvironments: {dev: {pattern: single-replica}}\n',
  'artifacts: [',
] as const;

type Variables = Readonly<Record<string, string>>;
const variables: readonly Variables[] = [
  {},
  { NO_COLOR: '1' },
  { FORCE_COLOR: '1' },
  { FORCE_COLOR: '1', FORCE_HYPERLINK: '1' },
  { GITHUB_ACTIONS: 'true', CI: 'true' },
  { LANG: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' },
];

/** Each is given a file, or a folder, and one of either elsewhere. */
const changes: readonly ((place: { file: string; folder: string; other: string }, next: Random) => void)[] = [
  ({ file }, next) => writeFileSync(file, mutate(readFileSync(file), next)),
  ({ file }, next) => appendFileSync(file, next.pick([' ', '\n', '<!-- -->'])),
  ({ file, other }) => writeFileSync(file, readFileSync(other)),
  ({ file, folder }, next) => copyFileSync(file, join(folder, next.pick(['a.xml', 'b.xml', 'b.car', 'groups.yaml']))),
  ({ file, folder }, next) => renameSync(file, join(folder, next.pick(['a.xml', 'pom.xml', 'old~']))),
  ({ file }) => rmSync(file),
  ({ folder }) => rmSync(folder, { recursive: true }),
  ({ folder }, next) => mkdirSync(join(folder, next.pick(['src', 'apis', 'target', 'a.xml']))),
  ({ folder, other }, next) =>
    symlinkSync(next.pick([other, folder, 'a.xml', '..', 'nowhere']), join(folder, next.pick(['link.xml', 'link']))),
  ({ file, other }) => {
    rmSync(file);
    symlinkSync(other, file);
  },
  ({ file, folder }, next) => chmodSync(next.pick([file, folder]), next.pick([0o700, 0o755, 0o644])),
  ({ file }, next) => utimesSync(file, next.below(2 ** 31), next.below(2 ** 31)),
];

/** Other letters in a file whose size and time stay, which is the hardest to notice. */
function changeLetters(file: string, next: Random): void {
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  for (let count = next.below(3); count >= 0 && bytes.length > 0; count -= 1)
    bytes[next.below(bytes.length)] = next.pick([0x20, 0x41, 0x3c, 0x30, 0xff]);
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
}

/** Changes one thing in a folder. */
function change(folder: string, next: Random): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .toSorted();
  const files = paths.filter((path) => lstatSync(path).isFile());
  const folders = paths.filter((path) => lstatSync(path).isDirectory());
  if (next.below(8) === 0) return writeFileSync(join(folder, 'mi-patterns.yaml'), next.pick(configurations));
  if (files.length === 0 || folders.length === 0) return;
  const place = { file: next.pick(files), folder: next.pick(folders), other: next.pick(files) };
  try {
    if (next.below(2) === 0) changeLetters(place.file, next);
    else next.pick(changes)(place, next);
  } catch (error) {
    // It is there already, or cannot be done here.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** What a command prints and how it ends. */
function told(words: readonly string[], folder: string, environment: Variables): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'latin1',
    env: { PATH: process.env['PATH'], HOME: folder, MI_PATTERNS_CACHE: join(folder, '../cache'), ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.stringify({ status, stdout, stderr }, undefined, 1);
}

/** Which answers are kept: every one that is written is another file. */
function kept(folder: string): string {
  const answers = join(folder, '../cache/answers');
  return existsSync(answers)
    ? readdirSync(answers)
        .map((name) => `${name} ${statSync(join(answers, name)).ino}`)
        .join()
    : '';
}

const rounds = 3;

/**
 * Projects that change between runs: what is printed from a kept answer is what a run prints that keeps none. Each run
 * is repeated, so that both the answer of before the change and that of after it are asked.
 */
export const answers: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({
    files: Object.fromEntries([
      ...projectsOf(next),
      ['mi-patterns.yaml', next.pick(configurations)],
      ['groups.yaml', 'groups:\n  a:\n    - task/tasksA\n'],
    ]),
    words: next.pick(commands),
    seed: String(next.below(2 ** 31)),
  }));
  let again = 0;
  const { faults } = await each(
    inputs,
    ({ files, words, seed }) =>
      inFolder(files, async (folder) => {
        const own = random(seed);
        writeFileSync(join(folder, 'a.car'), archiveOf(own));
        let environment = own.pick(variables);
        told(words, folder, environment);
        for (let round = 0; round < rounds; round += 1) {
          if (own.below(5) === 0) environment = own.pick(variables);
          else change(folder, own);
          const expected = told(words, folder, { ...environment, MI_PATTERNS_KEEP_ANSWERS: '0' });
          for (const time of ['first', 'second']) {
            const before = kept(folder);
            const actual = told(words, folder, environment);
            if (before !== '' && kept(folder) === before) again += 1;
            if (actual !== expected)
              throw new Error(`${time} run of ${words.join(' ')} printed ${actual} instead of ${expected}`);
          }
        }
      }),
    1 + 3 * rounds,
  );
  return { faults, differences: [], oracle: `runs that keep nothing, ${again} of ${count * 2 * rounds} printed again` };
};
