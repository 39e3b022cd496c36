import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { $, which } from 'zx';
import { readArguments } from './lib/arguments.ts';
import { provideKubernetesSchemas } from './lib/kubernetes-schemas.ts';
import { type TaskInputs, taskInputs } from './lib/task-inputs.ts';
import { provideTool } from './lib/tools.ts';

/** Shows whether turbo knows of every file that the tests of a task read: it runs them under strace. */
const { operands } = readArguments({
  run: 'npx tsx scripts/trace-inputs.ts',
  summary: `Runs the tests of tasks of turbo under strace, and names the files of the repository that they opened and that are no
inputs of the task: after a change of these, turbo would take the result from its cache. Build first: npm run build.`,
  operands: 'TASK...',
  more: 'A task is named as turbo names it: test:chart, or test for the unit tests of all packages.',
});
const root = join(import.meta.dirname, '..');
const say = (text: string): void => void process.stderr.write(`${text}\n`);
if (!(await which('strace', { nothrow: true })))
  throw new Error('There is no strace on PATH; on Debian: apt-get install strace.');
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  MI_PATTERNS_HELM: await provideTool('helm', say),
  MI_PATTERNS_HELM_UNITTEST: await provideTool('helm-unittest', say),
  MI_PATTERNS_KUBECONFORM: await provideTool('kubeconform', say),
  MI_PATTERNS_KUBERNETES_SCHEMAS: await provideKubernetesSchemas(say),
};

let found = 0;
for (const task of taskInputs(operands)) {
  const opened = await openedBy(task);
  const unknown = opened.filter((file) => !task.files.has(file));
  found += unknown.length;
  const unused = [...task.files].filter((file) => !opened.includes(file));
  process.stdout.write(`${task.task}: ${opened.length} files opened, ${unknown.length} are no inputs\n`);
  for (const file of unknown) process.stdout.write(`  ${file}\n`);
  process.stdout.write(`  inputs that were not opened: ${foldersOf(unused)}\n`);
}
process.exit(found === 0 ? 0 : 1);

/** Files of the repository that the command of a task and its processes open, sorted, without what is not tracked. */
async function openedBy({ folder, command, task }: TaskInputs): Promise<readonly string[]> {
  const work = mkdtempSync(join(tmpdir(), 'trace-inputs-'));
  try {
    const log = join(work, 'log');
    const trace = ['-f', '--seccomp-bpf', '-y', '-qq', '-s', '4096', '-e', 'signal=none', '-e', 'trace=open,openat'];
    const run = await $({
      cwd: join(root, folder),
      env: { ...environment, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
      nothrow: true,
      quiet: true,
    })`strace ${trace} -o ${log} sh -c ${command}`;
    if (run.exitCode !== 0) say(`The tests of ${task} failed:\n${run.stdout.split('\n').slice(-40).join('\n')}`);
    const descriptors = readFileSync(log, 'utf8').matchAll(/ = \d+<(\/[^>]*)>/g);
    const files = new Set([...descriptors].map(([, path = '']) => relative(root, path)));
    const inside = [...files].filter((path) => !path.startsWith('..') && existsSync(join(root, path)));
    const ignored = /(^|\/)(node_modules|dist|\.git|\.turbo|out|test-results)(\/|$)|(^|\/)test-results\.json$/;
    return inside.filter((path) => !ignored.test(path) && statSync(join(root, path)).isFile()).toSorted();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The two first folders of each path, with the number of files in them. */
function foldersOf(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = file.split('/').slice(0, -1).slice(0, 3).join('/') || '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, count]) => `${folder} ${count}`)
    .join(', ');
}
