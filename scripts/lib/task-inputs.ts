import { execFileSync } from 'node:child_process';
import { join, normalize } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What turbo says of a task, as far as it is read here. */
interface Task {
  readonly taskId: string;
  readonly directory: string;
  readonly command: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
}

/** A task of turbo, and the files without a change of which its result comes from the cache. */
export interface TaskInputs {
  readonly task: string;
  /** The package of the task, below the root of the repository; empty for that itself. */
  readonly folder: string;
  readonly command: string;
  /** Paths below the root of the repository. */
  readonly files: ReadonlySet<string>;
}

/** The tasks that have a command, with all that turbo's hash of them is made of. */
export function taskInputs(names: readonly string[]): readonly TaskInputs[] {
  const turbo = join(root, 'node_modules/.bin/turbo');
  const { tasks, globalCacheInputs } = JSON.parse(
    execFileSync(turbo, ['run', ...names, '--dry=json'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { readonly tasks: readonly Task[]; readonly globalCacheInputs: { readonly files: Record<string, string> } };
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const filesOf = ({ directory, inputs, dependencies }: Task): readonly string[] => [
    ...Object.keys(inputs).map((file) => normalize(join(directory, file))),
    ...dependencies.flatMap((id) => filesOf(byId.get(id) ?? missing(id))),
  ];
  return tasks
    .filter(({ command, taskId }) => command !== '<NONEXISTENT>' && names.includes(taskId.replace(/^.*#/, '')))
    .map((task) => ({
      task: task.taskId,
      folder: task.directory,
      command: task.command,
      files: new Set([...Object.keys(globalCacheInputs.files), ...filesOf(task)]),
    }));
}

function missing(id: string): never {
  throw new Error(`turbo names no task ${id}.`);
}
