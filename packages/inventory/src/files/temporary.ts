import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { finding } from '../findings/catalogue.ts';
import { InputError } from './input-error.ts';

/**
 * Names of what is written beside its place and then renamed into it: `.NAME.PID-RUN-RANDOM.tmp`, and `.old` for what
 * it takes the place of. PID and RUN say which process it belongs to, so that a later run removes what a killed one has
 * left, and never what another one is still writing.
 */
export function temporaryBeside(target: string, ending: 'tmp' | 'old'): string {
  const path = join(
    dirname(target),
    `.${basename(target)}.${process.pid}-${runOf(process.pid) ?? unknownRun}-${randomBytes(4).toString('hex')}.${ending}`,
  );
  temporaries.add(path);
  listen();
  return path;
}

/** To be called when a temporary is gone: renamed into its place, or removed. */
export function forgetTemporary(path: string): void {
  temporaries.delete(path);
}

/**
 * Makes a folder for what is written into it: it goes when nothing came into it. Throws what mkdir throws.
 */
export function makeOurFolder(path: string): void {
  listen();
  mkdirSync(path);
  folders.push(path);
}

/**
 * Starts a program: when this process is told to end, the program ends first. One that writes into a temporary would
 * write into what was removed, and one that asks a cluster would go on asking.
 */
export function startWithUs<Program extends ChildProcess>(start: () => Program): Program {
  // Before it starts: a program can be at work before the line after its start is.
  listen();
  const program = start();
  // One that could not be started never ends.
  if (program.pid === undefined) return program;
  programs.add(program);
  program.once('exit', () => {
    programs.delete(program);
    if (programs.size === 0) afterPrograms?.();
  });
  // What went on when the program before it was ended starts the next one.
  if (afterPrograms !== undefined) end(program);
  return program;
}

/**
 * Whether this process was told to end, and only waits for its programs: that they end is no failure of theirs, and
 * nothing may follow from it.
 */
export function isEnding(): boolean {
  return afterPrograms !== undefined;
}

const programs = new Set<ChildProcess>();
/** What is left to do when the last program has ended, once this process was told to end. */
let afterPrograms: (() => void) | undefined;
/** Time that a program has to end by itself, in milliseconds. */
const graceOfPrograms = 2_000;
const temporaries = new Set<string>();
/** Outer ones before those in them. */
const folders: string[] = [];
const unknownRun = '0'.repeat(12);
/** A terminal that is closed, Ctrl-C, and what systems end a process with. */
const exitOf = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
let listens = false;

/**
 * Leaves nothing behind when the process is told to end. Where others listen as well, they decide how it ends, and what
 * they do until then still needs what is temporary.
 */
function listen(): void {
  if (listens) return;
  listens = true;
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) process.once('exit', removeAll);
      else
        whenEnded(() => {
          removeAll();
          process.exit(exitOf[signal]);
        });
    });
  }
}

/** Ends every program, and then does what is left to do: at once where there is none. */
function whenEnded(rest: () => void): void {
  afterPrograms = rest;
  if (programs.size === 0) rest();
  for (const program of programs) end(program);
}

function end(program: ChildProcess): void {
  program.kill('SIGTERM');
  setTimeout(() => program.kill('SIGKILL'), graceOfPrograms).unref();
}

function removeAll(): void {
  for (const path of temporaries) {
    if (!path.endsWith('.tmp')) continue;
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // The next run removes what is left.
    }
  }
  for (const path of folders.toReversed()) removeIfEmpty(path);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it, or it is gone.
  }
}

/** Older than this, a temporary of another machine or container is nobody's any more. In milliseconds. */
const longestRun = 24 * 60 * 60 * 1000;

/**
 * Removes what killed runs have left beside a file or folder. Where one was killed between moving the old content away
 * and putting the new one there, the old content comes back. Does nothing where it may not.
 */
export function removeLeftOvers(target: string): void {
  const start = `.${basename(target)}.`;
  for (const name of namesIn(dirname(target))) {
    if (!name.startsWith(start)) continue;
    const found = /^(\d+)-([0-9a-f]{12})-[0-9a-f]{8}\.(tmp|old)$/.exec(name.slice(start.length));
    if (found === null) continue;
    const path = join(dirname(target), name);
    try {
      if (!isLeft(path, Number(found[1]), found[2] ?? '')) continue;
      if (found[3] === 'old' && !existsSync(target)) renameSync(path, target);
      else rmSync(path, { recursive: true, force: true });
    } catch {
      // It belongs to somebody else, or may not be changed: writing says what is wrong.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A folder for files that a tool is to read, which only this user can open. */
export interface TemporaryFolder {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * Makes a folder below the system's own for temporary files. It is gone after `remove`, or when the process is told to
 * end; what a killed run has left goes first. Throws an {@link InputError} where no folder can be made.
 */
export function temporaryFolder(): TemporaryFolder {
  const target = join(tmpdir(), 'mi-patterns');
  removeLeftOvers(target);
  const path = temporaryBeside(target, 'tmp');
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    forgetTemporary(path);
    throw noTemporaryFolder(error);
  }
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      forgetTemporary(path);
    },
  };
}

/** Writes a file into such a folder, which only this user can read. Throws an {@link InputError} where it cannot. */
export function writeTemporary(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw noTemporaryFolder(error);
  }
}

/** Whether a path is in a folder of {@link temporaryFolder}: what cannot be written there is nobody's output. */
export function isTemporary(path: string): boolean {
  return path.startsWith(join(tmpdir(), '.mi-patterns.'));
}

/** Says why nothing can be made or written below the system's folder for temporary files. */
export function noTemporaryFolder(error: unknown): InputError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reasons = new Map<unknown, string>([
    ['ENOENT', 'it does not exist'],
    ['EACCES', 'this user may not write to it'],
    ['EROFS', 'its file system is read-only'],
    ['ENOSPC', 'there is no space left on the disk'],
    ['EDQUOT', 'there is no space left on the disk'],
    ['ENOTDIR', 'it is not a folder'],
  ]);
  const reason = reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
  return new InputError([
    finding(
      'MI-TEMPORARY-FOLDER',
      `${tmpdir()}, the folder for temporary files, cannot be used: ${reason}.`,
      'Set TMPDIR to an existing, writable folder with free space.',
    ),
  ]);
}

function isLeft(path: string, pid: number, run: string): boolean {
  if (temporaries.has(path)) return false;
  const status = statSync(path, { throwIfNoEntry: false });
  if (status !== undefined && Date.now() - status.mtimeMs > longestRun) return true;
  if (run === unknownRun || run.slice(0, 6) !== machine()) return false;
  return runOf(pid) !== run;
}

/**
 * What tells a process from every other that has its number: machine and container, and when it started. Undefined for
 * a process that does not exist, or where the system does not say.
 */
function runOf(pid: number): string | undefined {
  try {
    const started = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19] ?? '';
    return machine() + digest(`${pid} ${started}`).slice(0, 6);
  } catch {
    return undefined;
  }
}

let known: string | undefined;

/** The machine since it was started, and the container whose process numbers are meant. */
function machine(): string {
  if (known === undefined) {
    const parts = [hostname()];
    try {
      parts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), readlinkSync('/proc/self/ns/pid'));
    } catch {
      // Not Linux: without /proc no run is ever taken for ended before a day is over.
    }
    known = digest(parts.join('\n')).slice(0, 6);
  }
  return known;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
