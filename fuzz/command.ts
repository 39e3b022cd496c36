import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { defaultLimits, openZip, printable } from '../packages/inventory/src/index.ts';
import { readYaml } from '../packages/values/src/index.ts';
import { largest, raw, root, slowest } from './harness.ts';
import { isLate, processorTime } from './processor-time.ts';

/** The built command. */
export const program = join(root, 'packages/cli/bin/mi-patterns.js');

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a command in a folder, and throws for what no input may bring about. `patience`: how many times the time of an
 * input it may take.
 */
export async function run(command: string, args: readonly string[], cwd: string, patience = 1): Promise<Answer> {
  const before = contentsOf(cwd);
  const { code, output, kilobytes } = await ended(command, args, cwd, patience);
  const told = `${JSON.stringify(args)} ended with ${code}: ${JSON.stringify(output.slice(0, 400))}`;
  if (code === null || code < 0 || code > 3) throw new Error(`no documented exit code: ${told}`);
  if (kilobytes * 1024 > largest) throw new Error(`${Math.round(kilobytes / 1024)} MB of memory: ${told}`);
  if (output.includes('MI-INTERNAL') || /^\s+at .*:\d+:\d+\)?$/m.test(output)) throw new Error(`it crashed: ${told}`);
  if (code !== 0) checkErrors(output, args, told);
  // In its own format, a line may order GitHub's runner about.
  const shown = args.includes('github') ? output.replaceAll(/^::(?=(?:error|warning|notice) )/gm, '') : output;
  if (raw.test(shown)) throw new Error(`raw characters: ${told}`);
  const changed = [...contentsOf(cwd)].filter(([path, digest]) => before.get(path) !== digest).map(([path]) => path);
  if (code === 2 && changed.length > 0) throw new Error(`wrote ${changed.join(', ')}: ${told}`);
  for (const path of changed) {
    const fault = await incomplete(join(cwd, path));
    if (fault !== undefined) throw new Error(`half-written ${path}: ${fault}: ${told}`);
  }
  return { code, output };
}

function ended(
  command: string,
  args: readonly string[],
  cwd: string,
  patience: number,
): Promise<{ code: number | null; output: string; kilobytes: number }> {
  const child = spawn(
    process.execPath,
    [
      '--max-old-space-size=400',
      '--require',
      join(import.meta.dirname, 'peak.cjs'),
      command,
      ...args.map((word) => word.replaceAll('\0', '')),
    ],
    {
      cwd,
      // No cluster and no login of whoever runs this is asked.
      env: { ...process.env, NO_COLOR: '1', HOME: cwd, DOCKER_CONFIG: cwd, KUBECONFIG: join(cwd, 'none') },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [, , , peak] = child.stdio;
  let output = '';
  let kilobytes = '';
  child.stdout?.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (output += piece.toString()));
  peak?.on('data', (piece: Buffer) => (kilobytes += piece.toString()));
  const since = { clock: Date.now(), processor: processorTime(child.pid) };
  // A loop without an end takes no other signal.
  const look = setInterval(() => isLate(child.pid, since, slowest * patience) && child.kill('SIGKILL'), 200);
  return new Promise((done) =>
    child.once('close', (code) => {
      clearInterval(look);
      done({ code, output, kilobytes: Number(kilobytes) });
    }),
  );
}

/**
 * Each error needs a code, and a place: in a file, or a word of the command line, or something in quotes. What an
 * outside tool says needs none.
 */
function checkErrors(output: string, args: readonly string[], told: string): void {
  if (!/\bMI-[A-Z]|^Usage: /.test(output)) throw new Error(`no code: ${told}`);
  const lines = output.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, code, place] = /^error (MI-[A-Z0-9-]+)(?: ×\d+)?(?: {2}(\S.*))?$/.exec(line) ?? [];
    const below = lines.slice(index + 1).findIndex((next) => !next.startsWith(' '));
    const body = lines.slice(index + 1, below < 0 ? undefined : index + 1 + below).join('\n');
    const names =
      args.some((word) => word !== '' && body.includes(printable(word))) || /["'“‘`]\S|\S[/.:]\S|--\w/.test(body);
    if (code !== undefined && !code.startsWith('MI-TOOL-') && place === undefined && !names)
      throw new Error(`${code} names no place: ${told}`);
  }
}

/** Every file of a folder with the digest of its content. */
function contentsOf(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [
        path,
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
      ]),
  );
}

/** Why a file that was written is not whole; undefined when it is. */
async function incomplete(path: string): Promise<string | undefined> {
  const content = readFileSync(path);
  const text = content.toString();
  switch (extname(path)) {
    case '.car':
      return (await openZip(content, defaultLimits)).faults[0]?.message;
    case '.json':
      return isJson(text) ? undefined : 'it is not JSON';
    case '.yaml':
      return readYaml(text, path, 'MI-VALUES', 'helm').diagnostics[0]?.message;
    case '.svg':
      return text.endsWith('</svg>\n') ? undefined : 'its end is missing';
    case '.html':
      return text.trimEnd().endsWith('</html>') ? undefined : 'its end is missing';
    default:
      return content.length > 0 ? undefined : 'it is empty';
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const leftOver = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\.[^/]*\.(tmp|old)$/.test(name));

/**
 * Runs `use` with a folder of its own, which must hold nothing half-written afterwards. The folder above it holds
 * nothing else, since a command may read that too.
 */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const above = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const folder = join(above, 'work');
  try {
    mkdirSync(folder);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const result = await use(folder);
    const left = leftOver(folder);
    if (left.length > 0) throw new Error(`left over: ${left.join(', ')}`);
    return result;
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}
