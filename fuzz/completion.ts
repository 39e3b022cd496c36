import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentedCodes } from '../packages/cli/src/codes/documented-codes.ts';
import { readInventory } from '../packages/inventory/src/index.ts';
import { inFolder, program } from './command.ts';
import { each, type FuzzClass, raw } from './harness.ts';
import type { Random } from './mutate.ts';
import { api, artifacts, pom, task } from './project.ts';

const pieces = [
  'a', 'B', 'Größe', '日本', '.', '_', '-', '/', ':', '%', '@', '+', ',', '=', ' ', '\t', '\n', '"', "'", '\\', '$(touch ran)', '`touch ran`',
  '${HOME}', '$PATH', ';touch ran;', '|', '&', '>ran', '<', '(', ')', '{a,b}', '*', '?', '[a]', '~', '!', '#', '^', '--help', '-rf', ':4', ':0',
  '%x', '\u202e', '\u0085', '__proto__', 'x'.repeat(100),
] as const; // prettier-ignore
const wild = (next: Random): string =>
  Array.from({ length: 1 + next.below(3) }, () => next.pick(pieces))
    .join('')
    .trim() || 'n';

interface Input {
  readonly files: Readonly<Record<string, string>>;
  readonly line: string;
  /** Its configuration can be read. */
  readonly isSound: boolean;
}

function inputOf(next: Random): Input {
  const names = [wild(next), wild(next), `a${wild(next)}`];
  const isSound = next.below(3) > 0;
  return {
    isSound,
    files: {
      'mi-patterns.yaml': `artifacts: [p]\nenvironments:\n  ${isSound ? 'dev' : JSON.stringify(wild(next))}: {namespace: n}\n  prod: {namespace: p}\n`,
      'p/pom.xml': pom(),
      [`${artifacts}/apis/A.xml`]: api(names[0] ?? ''),
      [`${artifacts}/tasks/A.xml`]: task(names[1] ?? ''),
      [`${artifacts}/apis/B.xml`]: api(names[2] ?? ''),
    },
    line: next.pick([
      'explain ',
      'explain a',
      'explain api/',
      'explain MI-ISO',
      'rollout --env ',
      'rollout --env=',
      'plan --pattern ',
      'sc',
      '',
      `explain ${wild(next)}`,
      `${wild(next)} ${wild(next)}`,
      `scan ${wild(next)}`,
    ]),
  };
}

/** What a shell would split, run or take for something else. */
const unsafe = /[\s"'`$\\;|&<>(){}*?[\]~!#^=]|^[-%:]/;
const option = /^(?:--[a-z][a-z-]*|-h)$/;

/** Throws where an answer is not of the form that the scripts of all shells read. */
function checkAnswer(output: string): readonly string[] {
  const lines = output.trimEnd().split('\n');
  if (!/^:[04]$/.test(lines.at(-1) ?? '')) throw new Error(`no directive: ${JSON.stringify(output)}`);
  const words = lines.slice(0, -1).map((line) => line.split('\t')[0] ?? '');
  const odd = words.find((word) => unsafe.test(word) && !option.test(word));
  if (odd !== undefined) throw new Error(`a shell does not take ${JSON.stringify(odd)} as it is`);
  return words;
}

/** What bash makes of a line when the person presses Tab. */
const inBash = (line: string, cwd: string, bin: string) =>
  spawnSync(
    'bash',
    [
      '-c',
      'source "$BIN/script"; COMP_LINE=$1 COMP_POINT=${#1}; __mi_patterns_complete; printf "%s\\n" "${COMPREPLY[@]}"',
      'bash',
      line,
    ],
    { cwd, encoding: 'utf8', env: { ...process.env, BIN: bin, PATH: `${bin}:${process.env['PATH']}` } },
  );

/** Lines of a shell that completes names of a project: each name that is safe is offered, none is run. */
export const completion: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => inputOf(next));
  const bin = mkdtempSync(join(tmpdir(), 'fuzz-'));
  writeFileSync(join(bin, 'mi-patterns'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  writeFileSync(
    join(bin, 'script'),
    spawnSync(process.execPath, [program, 'complete', 'bash'], { encoding: 'utf8' }).stdout,
  );
  const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;
  const { faults } = await each(
    inputs,
    ({ files, line, isSound }) =>
      inFolder(files, async (folder) => {
        const typed = line.split(' ');
        // Not as other commands: MI-INTERNAL is a word that it knows.
        const asked = spawnSync(process.execPath, [program, 'complete', '--', ...typed], {
          cwd: folder,
          encoding: 'utf8',
        });
        if (asked.status !== 0 || asked.stderr !== '') throw new Error(`ended with ${asked.status}: ${asked.stderr}`);
        if (raw.test(asked.stdout.replaceAll('\t', ' ')))
          throw new Error(`raw characters: ${JSON.stringify(asked.stdout)}`);
        const words = checkAnswer(asked.stdout);
        const [command, last = ''] = typed;
        if (isSound && command === 'explain' && typed.length === 2 && !last.startsWith('-') && !last.includes('=')) {
          const { artifacts: read } = await readInventory(['p'], { cwd: folder });
          const known = [
            ...read.flatMap(({ id, name }) => [id, name]),
            ...documentedCodes().map(({ code: one }) => one),
          ];
          const wanted = known.filter(
            (word) => word.startsWith(last) && /^[\p{L}\p{N}_][\p{L}\p{N}_.:/-]*$/u.test(word),
          );
          const lost = wanted.find((word) => !words.includes(word));
          if (lost !== undefined) throw new Error(`${JSON.stringify(lost)} is not offered`);
        }
        if (!hasBash) return;
        const before = readdirSync(folder, { recursive: true }).length;
        const { stdout, stderr, status } = inBash(`mi-patterns ${line}`, folder, bin);
        if (readdirSync(folder, { recursive: true }).length !== before) throw new Error('a name was run');
        if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`);
        const odd = stdout.split('\n').find((word) => unsafe.test(word) && !option.test(word));
        if (odd !== undefined) throw new Error(`bash is given ${JSON.stringify(odd)}`);
      }),
    3,
  );
  rmSync(bin, { recursive: true });
  return { faults, differences: [], oracle: hasBash ? 'bash' : 'no bash' };
};
