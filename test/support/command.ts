import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { chart, repository } from './places.ts';

export { chart, repository };
export const orders = join(repository, 'examples/orders');
/** The built command. */
export const program = join(repository, 'packages/cli/bin/mi-patterns.js');

/** What a user sees of one run of the command. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Takes from root the right to read everything, so that the modes of files count; needs setpriv. */
  readonly obeysModes?: boolean;
}

/** Both rights that let root pass over modes. */
const withoutOverride = [
  'setpriv',
  '--bounding-set=-dac_override,-dac_read_search',
  '--inh-caps=-dac_override,-dac_read_search',
];

/** Runs the built command as a process of its own, as a user would. */
export function miPatterns(args: readonly string[], options: RunOptions = {}): Promise<Answer> {
  const [file = '', ...words] = [
    ...(options.obeysModes === true ? withoutOverride : []),
    process.execPath,
    program,
    ...args,
  ];
  return new Promise((resolve, reject) => {
    execFile(
      file,
      words,
      {
        cwd: options.cwd ?? repository,
        env: { ...process.env, NO_COLOR: '1', ...options.environment },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

/** Runs the command with `--json` and reads the one document it prints. */
export async function miPatternsJson<Document>(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ readonly exitCode: number; readonly document: Document }> {
  const { exitCode, stdout } = await miPatterns([...args, '--json'], options);
  return { exitCode, document: JSON.parse(stdout) as Document };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed when the tests of the file have ended. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mi-patterns-test-')));
  folders.push(folder);
  return folder;
}

/** A copy of the sample that a test may change. */
export function copyOfOrders(): string {
  const folder = join(temporaryFolder(), 'orders');
  cpSync(orders, folder, { recursive: true });
  return folder;
}

/** Every file below a folder with what it holds, so that two listings are equal only when nothing was touched. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files.map((file) => [
      file,
      statSync(join(folder, file)).isFile() ? readFileSync(join(folder, file), 'latin1') : 'folder',
    ]),
  );
}
