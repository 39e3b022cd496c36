import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { redraw } from '../output/redraw.ts';
import { mayBeTerminal, openStandardOutput } from '../standard-streams.ts';
import { Looks } from './looks.ts';
import { type Observation, observe } from './observe.ts';
import { type Answer, readAnswer, writeAnswer } from './store.ts';
import { askAgain } from './trace.ts';

interface Command {
  /** Folder for what is kept. */
  readonly cache: string;
  /** Digest of the code that `run` runs. */
  readonly build: string;
  /** Runs the command, which takes what it is given for `require`. */
  readonly run: (require: NodeJS.Require) => void;
}

/**
 * Runs a command that only reads, or prints again what it printed before. A run is kept with everything that it asked:
 * files, folders, links and variables. All of this is asked again, and where the answers are the same to the byte, so
 * is the run.
 */
export function start(require: NodeJS.Require, { cache, build, run }: Command): void {
  const file = join(cache, 'answers', keyOf(build));
  const answer = readAnswer(file);
  if (answer !== undefined && askAgain(answer.trace, new Looks(process.env))) return printAgain(answer);
  runAndKeep(file, observe(require, process.env), run);
}

/**
 * What a run is given besides what it asks for. A Node of the same version may be linked with other time zones and
 * letters, and is told as much by its variable as by its command line.
 */
function keyOf(build: string): string {
  const { versions, arch, platform, execArgv, argv } = process;
  const node = [versions, arch, platform, execArgv, process.env.NODE_OPTIONS];
  const given = [build, node, argv.slice(1), process.cwd(), ...terminals()];
  return createHash('sha256').update(JSON.stringify(given)).digest('hex');
}

/** Which of input, output and errors are a terminal, and how wide it is. */
function terminals(): readonly unknown[] {
  // To look at a stream loads modules that take 3 ms.
  if (!mayBeTerminal(1) && !mayBeTerminal(2)) return [];
  const { stdin, stdout, stderr } = process;
  return [stdin.isTTY, stdout.isTTY, stdout.columns, stderr.isTTY];
}

function printAgain({ printed, exitCode }: Answer): void {
  const { stdout, stderr, exitCodeAfter, isDone } = openStandardOutput();
  for (const { descriptor, text } of printed) (descriptor === 1 ? stdout : stderr).write(text);
  process.exitCode = exitCodeAfter(exitCode);
  if (isDone()) process.exit();
}

function runAndKeep(
  file: string,
  { require, environment, giveUp, printed, result }: Observation,
  run: Command['run'],
): void {
  process.env = environment;
  for (const descriptor of [1, 2] as const) if (mayBeTerminal(descriptor)) watchStream(descriptor, printed);
  const { fetch } = globalThis;
  globalThis.fetch = (...given) => {
    giveUp();
    return fetch(...given);
  };
  process.once('uncaughtExceptionMonitor', giveUp);
  process.once('warning', giveUp);
  run(require);
  // After those of the run, which may change the code.
  process.once('exit', () => {
    const seen = result();
    const exitCode = Number(process.exitCode ?? 0);
    if (seen !== undefined && exitCode <= 1) writeAnswer(file, { ...seen, exitCode });
  });
}

/** What is written to a terminal goes by a stream. What progress writes is gone once it is done. */
function watchStream(descriptor: 1 | 2, printed: Observation['printed']): void {
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  const write = stream.write.bind(stream);
  stream.write = (text: string | Uint8Array, ...rest: []): boolean => {
    if (typeof text !== 'string' || !text.startsWith(redraw)) printed(descriptor, text as string | Buffer);
    return write(text, ...rest);
  };
}
