import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Diagnostic } from '../packages/inventory/src/index.ts';
import { formatDiagnostics } from '../packages/cli/src/output/diagnostics.ts';
import { noLinks } from '../packages/cli/src/output/links.ts';
import { createStyle } from '../packages/cli/src/output/style.ts';
import type { Random } from './mutate.ts';

export const root = join(import.meta.dirname, '..');

/** Longest time of a processor for one input in milliseconds, and most memory in bytes. */
export const slowest = 10_000;
export const largest = 500 * 1024 * 1024;

/** What a class found. */
export interface Outcome {
  /** One line for each input that was not answered as promised. */
  readonly faults: readonly string[];
  readonly differences: readonly Difference[];
  readonly oracle: string;
}

/** An input that something else answers in another way. */
export interface Difference {
  readonly shown: string;
  /** Why the two differ, where they are meant to; a difference without a reason fails the run. */
  readonly reason?: string | undefined;
}

/** The first reason of a list whose test an input passes. */
export const reasonFor = <Case>(known: ReadonlyMap<string, (one: Case) => boolean>, one: Case): string | undefined =>
  [...known].find(([, applies]) => applies(one))?.[0];

/** A class of inputs: makes `count` of them, feeds each, and says what went wrong. */
export type FuzzClass = (next: Random, count: number) => Promise<Outcome>;

/** Whoever looks on while inputs are read. */
interface Watch {
  /** Told before each input through how many commands it goes, and undefined after the last. */
  readonly reading: (input: number | undefined, commands: number) => void;
  /** The only input that is read, and shown; all of them when undefined. */
  readonly only: number | undefined;
}
let watch: Watch = { reading: () => {}, only: undefined };
export function watchWith(watcher: Watch): void {
  watch = watcher;
}

/**
 * Answers for each input, with what failed or took too much memory; an input may go through several commands, each with
 * its own time. One that never returns is ended by who watches this process.
 */
export async function each<Input, T>(inputs: Iterable<Input>, read: (input: Input) => T | Promise<T>, commands = 1) {
  const answers: (T | undefined)[] = [];
  const faults: string[] = [];
  let index = -1;
  for (const input of inputs) {
    index += 1;
    if (watch.only !== undefined && watch.only !== index) {
      answers.push(undefined);
      continue;
    }
    if (watch.only !== undefined) process.stderr.write(`${shownInput(input)}\n`);
    watch.reading(index, commands);
    const before = process.memoryUsage.rss();
    const peak = process.resourceUsage().maxRSS;
    const start = process.cpuUsage();
    try {
      answers.push(await read(input));
    } catch (error) {
      answers.push(undefined);
      faults.push(`input ${index}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const highest = process.resourceUsage().maxRSS;
    if (highest > peak && highest * 1024 - before > largest)
      faults.push(`input ${index}: ${Math.round((highest * 1024 - before) / 1024 / 1024)} MB of memory`);
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 > commands * slowest) faults.push(`input ${index}: more than ten seconds`);
  }
  watch.reading(undefined, 0);
  return { answers, faults };
}

const shownInput = (input: unknown): string =>
  typeof input === 'string' || Buffer.isBuffer(input)
    ? JSON.stringify(input.toString('latin1'))
    : inspect(input, { depth: 8, maxStringLength: 10_000 });

/**
 * What a Java program says of each input, a line each; undefined where Java is not there. Throws where it is there and
 * does not answer each: nothing would be compared, and all would look well.
 */
export function askJava(
  program: string,
  inputs: readonly Buffer[],
  classpath: readonly string[],
): string[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  mkdirSync(join(folder, 'in'));
  const paths = inputs.map((input, index) => {
    const path = join(folder, 'in', String(index));
    writeFileSync(path, input);
    return path;
  });
  const run = spawnSync('java', [...classpath, join(root, 'fuzz/oracles', program)], {
    input: `${paths.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  rmSync(folder, { recursive: true });
  if (run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT') return undefined;
  const lines = run.status === 0 ? run.stdout.trimEnd().split('\n') : [];
  if (lines.length !== inputs.length)
    throw new Error(`${program} answered ${lines.length} of ${inputs.length} inputs: ${run.error ?? run.stderr}`);
  return lines;
}

/**
 * What no output may hold: characters that order a terminal about or turn text around, and lines that CI takes for a
 * command.
 */
export const raw =
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|^::/m;

const plain = { style: createStyle(false), columns: 100, verbose: true, links: noLinks, textOf: () => undefined };

/** Throws for a finding without a code or a place in the text, or that is printed with raw characters. */
export function checkFindings(diagnostics: readonly Diagnostic[], text: string): void {
  const lines = text.split(/\r\n|\r|\n/).length;
  checkTold(diagnostics);
  for (const { code, message, source } of diagnostics) {
    if (source === undefined) throw new Error(`${code} names no place: ${message}`);
    if (source.line < 1 || source.line > lines || source.column < 1)
      throw new Error(`${code} is at ${source.line}:${source.column} of ${lines} lines`);
  }
}

/** Throws for a finding without a code or a sentence, or that is printed with raw characters or a secret. */
export function checkTold(diagnostics: readonly Diagnostic[], secrets: readonly string[] = []): void {
  for (const { code, message, hint } of diagnostics)
    if (!/^MI-[A-Z0-9-]+$/.test(code) || code === 'MI-INTERNAL' || message === '' || hint === '')
      throw new Error(`${code}: ${message}`);
  const printed = formatDiagnostics(diagnostics, plain).join('\n');
  if (raw.test(printed)) throw new Error(`raw characters: ${JSON.stringify(printed)}`);
  if (secrets.some((secret) => printed.includes(secret))) throw new Error(`a secret is shown: ${printed}`);
}

export function filesBelow(folder: string, ...endings: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => endings.some((ending) => file.endsWith(ending)) && statSync(file).isFile())
    .sort();
}
