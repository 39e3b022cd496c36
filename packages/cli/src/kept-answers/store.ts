import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { makeFolders, makeRoom, withoutWaiting } from '@mi-patterns/inventory';
import type { Printed } from './observe.ts';
import type { Question } from './trace.ts';

/** What a run printed and how it ended, with all that it asked. */
export interface Answer {
  readonly trace: readonly Question[];
  readonly printed: readonly Printed[];
  readonly exitCode: number;
}

/** Of all answers together. */
const most = { files: 100, bytes: 256 * 1024 * 1024 };

interface Head {
  readonly exitCode: number;
  readonly traceBytes: number;
  /** Of each text: to where, and how long. */
  readonly printed: readonly (readonly [1 | 2, number])[];
}

/**
 * The answer in a file; undefined when there is none, when it is damaged, or when somebody else may have written it.
 */
export function readAnswer(file: string): Answer | undefined {
  let opened: number | undefined;
  try {
    opened = openSync(file, withoutWaiting);
    const status = fstatSync(opened);
    const { uid, mode } = status;
    if (!status.isFile()) return undefined;
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
    const bytes = readFileSync(opened);
    const content = bytes.subarray(digestBytes);
    if (!digestOf(file, [content]).equals(bytes.subarray(0, digestBytes))) return undefined;
    return answerIn(content);
  } catch {
    return undefined;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function answerIn(content: Buffer): Answer {
  const headEnd = content.indexOf('\n');
  const head = JSON.parse(content.toString('utf8', 0, headEnd)) as Head;
  let start = headEnd + 1;
  const next = (length: number): Buffer => {
    start += length;
    return content.subarray(start - length, start);
  };
  const trace = next(head.traceBytes).toString('utf8').split('\0') as Question[];
  const printed = head.printed.map(([descriptor, length]) => ({ descriptor, text: next(length) }));
  return { trace, printed, exitCode: head.exitCode };
}

/** Keeps an answer, for this user alone. A folder that cannot be written is no fault: the next run reads again. */
export function writeAnswer(file: string, { trace, printed, exitCode }: Answer): void {
  const questions = Buffer.from(trace.join('\0'));
  const texts = printed.map(({ descriptor, text }) => ({ descriptor, bytes: Buffer.from(text as string) }));
  const head: Head = {
    exitCode,
    traceBytes: questions.length,
    printed: texts.map(({ descriptor, bytes }) => [descriptor, bytes.length]),
  };
  const parts = [Buffer.from(`${JSON.stringify(head)}\n`), questions, ...texts.map(({ bytes }) => bytes)];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const unfinished = `${file}.${process.pid}`;
  try {
    makeFolders(dirname(file), (folder) => mkdirSync(folder, { mode: 0o700 }));
    makeRoom(dirname(file), length, most);
    writeParts(unfinished, [digestOf(file, parts), ...parts]);
    renameSync(unfinished, file);
  } catch {
    remove(unfinished);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // There is no folder to write to.
  }
}

/** One after the other: putting them together takes longer than writing them. */
function writeParts(file: string, parts: readonly Buffer[]): void {
  const opened = openSync(file, 'w', 0o600);
  try {
    for (const part of parts) writeFileSync(opened, part);
  } finally {
    closeSync(opened);
  }
}

const digestBytes = 32;

/** With the name of the file: an answer is one to a certain command line. */
function digestOf(file: string, parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256').update(basename(file));
  for (const part of parts) hash.update(part);
  return hash.digest();
}
