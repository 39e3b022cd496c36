import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../packages/inventory/src/index.ts';
import type { Random } from './mutate.ts';

export const root = join(import.meta.dirname, '..');

/** Longest time for one input in milliseconds, and most memory in bytes. */
const slowest = 10_000;
const largest = 500 * 1024 * 1024;

export interface Outcome {
  readonly crashes: readonly string[];
  readonly differences: readonly Difference[];
  readonly slow: number;
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

/**
 * Answers for each input, with what failed and what took too long or too much memory; an input may go through several
 * commands.
 */
export async function each<Input, T>(inputs: Iterable<Input>, read: (input: Input) => T | Promise<T>, commands = 1) {
  const answers: (T | undefined)[] = [];
  const crashes: string[] = [];
  let slow = 0;
  let index = -1;
  for (const input of inputs) {
    index += 1;
    const start = performance.now();
    try {
      answers.push(await read(input));
    } catch (error) {
      answers.push(undefined);
      crashes.push(`input ${index}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (performance.now() - start > commands * slowest) slow += 1;
    if (process.memoryUsage.rss() > largest) throw new Error(`input ${index}: more than 500 MB of memory`);
  }
  return { answers, crashes, slow };
}

/** What a Java program says of each input, a line each; undefined where Java is not there. */
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
  return run.status === 0 ? run.stdout.trimEnd().split('\n') : undefined;
}

/**
 * What no output may hold: characters that order a terminal about or turn text around, and lines that CI takes for a
 * command.
 */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
export const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|^::/m;

/** Throws for a finding without a code or a place in the text. */
export function checkFindings(diagnostics: readonly Diagnostic[], text: string): void {
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { code, message, source } of diagnostics) {
    if (!/^MI-[A-Z0-9-]+$/.test(code) || code === 'MI-INTERNAL' || message === '')
      throw new Error(`${code}: ${message}`);
    if (source !== undefined && (source.line < 1 || source.line > lines || source.column < 1))
      throw new Error(`${code} is at ${source.line}:${source.column} of ${lines} lines`);
  }
}

export function filesBelow(folder: string, ...endings: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => endings.some((ending) => file.endsWith(ending)) && statSync(file).isFile())
    .sort();
}
