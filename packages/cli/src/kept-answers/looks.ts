import {
  closeSync,
  type Dirent,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { withoutWaiting } from '@mi-patterns/inventory';
import { Fingerprint } from './fingerprint.ts';
import { describeStatus } from './known-stats.ts';

/** The only options of `statSync` that a run uses. */
export const quiet = { throwIfNoEntry: false } as const;
export type Quiet = typeof quiet;

/** What a path names can be read only once: a pipe, or a device. */
export class NotRepeatable extends Error {}

/**
 * The questions that a run may ask of its surroundings. Each answer, a failure too, goes into the fingerprint, so that
 * a run and its repetition see the same exactly if their fingerprints are the same.
 */
export class Looks {
  #fingerprint: Fingerprint | undefined = new Fingerprint();
  readonly #environment: NodeJS.ProcessEnv;
  /** The open file of which it is known that it is a regular one. */
  #regular: number | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Digest of all answers until now. */
  digest(): string {
    return this.#fingerprint?.digest() ?? '';
  }

  /** From now on, no answer goes into the fingerprint. */
  forget(): void {
    this.#fingerprint = undefined;
  }

  variable(name: string): string | undefined {
    const value = this.#environment[name];
    this.#fingerprint?.text(value === undefined ? '-' : `=${value}`);
    return value;
  }

  exists(path: string): boolean {
    const is = existsSync(path);
    this.#fingerprint?.text(is ? 'there' : '-');
    return is;
  }

  /** Where there is nothing: undefined with {@link quiet}, else an error. */
  stat(path: string, options?: Quiet): Stats | undefined {
    return this.#answer(() => statSync(path, options), describeStatus);
  }

  /** The same of a link itself. */
  linkStat(path: string, options?: Quiet): Stats | undefined {
    return this.#answer(() => lstatSync(path, options), describeStatus);
  }

  realPath(path: string): string {
    return this.#answer(
      () => realpathSync(path),
      (real) => real,
    );
  }

  list(path: string): Dirent[] {
    return this.#answer(
      () => readdirSync(path, { withFileTypes: true }),
      (entries) => entries.map((entry) => `${kindOf(entry)}${entry.name}`).join('/'),
    );
  }

  /** A whole file. Throws NotRepeatable before it takes anything from a pipe. */
  content(path: string): Buffer {
    if (endsByReading(statSync(path, quiet))) throw new NotRepeatable(path);
    const bytes = this.#answer(
      () => readFileSync(path),
      () => 'read',
    );
    this.#fingerprint?.bytes(bytes);
    return bytes;
  }

  // These four run for each file, and before V8 compiles them: without closures, and with few texts.

  open(path: string): number {
    try {
      return openSync(path, withoutWaiting);
    } catch (error) {
      return this.#failed(error);
    }
  }

  openStat(file: number): Stats {
    const stats = fstatSync(file);
    this.#fingerprint?.text(describeStatus(stats));
    if (stats.isFile()) this.#regular = file;
    return stats;
  }

  /** Reads into a buffer, and says how much. Throws NotRepeatable before it takes anything from a pipe. */
  read(file: number, room: Uint8Array, position: number | null): number {
    if (this.#regular !== file && endsByReading(this.openStat(file))) throw new NotRepeatable('a pipe or a device');
    try {
      const count = readSync(file, room, 0, room.length, position);
      this.#fingerprint?.bytes(room.subarray(0, count));
      return count;
    } catch (error) {
      return this.#failed(error);
    }
  }

  close(file: number): void {
    if (this.#regular === file) this.#regular = undefined;
    closeSync(file);
  }

  /** A message may name a path where a link leads. */
  #failed(error: unknown): never {
    this.#fingerprint?.text(`!${(error as Error).message}`);
    throw error;
  }

  #answer<Answer>(ask: () => Answer, inWords: (answer: Answer) => string): Answer {
    let answer: Answer;
    try {
      answer = ask();
    } catch (error) {
      return this.#failed(error);
    }
    if (this.#fingerprint !== undefined) this.#fingerprint.text(inWords(answer));
    return answer;
  }
}

/** Whether what is read is gone afterwards, as from a pipe. A folder cannot be read. */
function endsByReading(stats: Stats | undefined): boolean {
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** A letter for each kind that `readdir` tells apart. */
function kindOf(entry: Dirent): string {
  if (entry.isFile()) return 'f';
  if (entry.isDirectory()) return 'd';
  if (entry.isSymbolicLink()) return 'l';
  if (entry.isFIFO()) return 'p';
  if (entry.isSocket()) return 's';
  return entry.isBlockDevice() ? 'b' : 'c';
}
