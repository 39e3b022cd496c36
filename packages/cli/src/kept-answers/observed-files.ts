import * as files from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { withoutWaiting } from '@mi-patterns/inventory';
import { knownStats } from './known-stats.ts';
import { type Looks, NotRepeatable, type Quiet, quiet } from './looks.ts';
import type { OpenFile, TraceWriter } from './trace-writer.ts';

/** What watches a run. */
export interface Observer {
  readonly looks: Looks;
  readonly trace: TraceWriter;
  /** The run has read so many bytes. */
  readonly uses: (bytes: number) => void;
  /** The run does something whose repetition could differ. */
  readonly giveUp: () => void;
  /** Takes what the run prints. */
  readonly printed: (descriptor: 1 | 2, text: string | Buffer) => void;
}

/** Where in the buffer, how many bytes, and where in the file: null follows what was read before. */
type Range = readonly [offset: number, length: number, position: number | null];

/**
 * Functions of `node:fs` for a run that is watched, under the same names. They do what Node's do. Where they are called
 * in a way that this program does not, the watch ends.
 */
export class ObservedFiles {
  readonly #looks: Looks;
  readonly #trace: TraceWriter;
  readonly #uses: Observer['uses'];
  readonly #giveUp: Observer['giveUp'];
  readonly #printed: Observer['printed'];
  readonly #open = new Map<number, OpenFile>();

  constructor({ looks, trace, uses, giveUp, printed }: Observer) {
    this.#looks = looks;
    this.#trace = trace;
    this.#uses = uses;
    this.#giveUp = giveUp;
    this.#printed = printed;
  }

  readonly existsSync = (path: string): boolean => {
    this.#trace.ask(`X${path}`);
    return this.#looks.exists(path);
  };

  readonly statSync = (path: string, options?: files.StatSyncOptions): Stats | undefined => {
    if (!isKnown(options)) return this.#unseen(() => files.statSync(path, options) as Stats);
    this.#trace.ask(`${options === undefined ? 's' : 'S'}${path}`);
    const stats = this.#looks.stat(path, options);
    return stats && knownStats(stats, this.#giveUp);
  };

  readonly lstatSync = (path: string, options?: files.StatSyncOptions): Stats | undefined => {
    if (!isKnown(options)) return this.#unseen(() => files.lstatSync(path, options) as Stats);
    this.#trace.ask(`${options === undefined ? 'l' : 'L'}${path}`);
    const stats = this.#looks.linkStat(path, options);
    return stats && knownStats(stats, this.#giveUp);
  };

  readonly realpathSync = (path: string): string => {
    this.#trace.ask(`P${path}`);
    return this.#looks.realPath(path);
  };

  readonly readdirSync = (path: string, options?: object): Dirent[] | string[] => {
    if (options !== undefined && !isDeepStrictEqual(options, { withFileTypes: true }))
      return this.#unseen(() => files.readdirSync(path, options) as string[]);
    this.#trace.ask(`D${path}`);
    const entries = this.#looks.list(path);
    return options === undefined ? entries.map(({ name }) => name) : entries;
  };

  readonly readFileSync = (path: string, encoding?: BufferEncoding): Buffer | string => {
    const readNow = (): Buffer | string => files.readFileSync(path, encoding);
    if (typeof path !== 'string' || typeof encoding === 'object') return this.#unseen(readNow);
    this.#trace.ask(`R${path}`);
    try {
      const bytes = this.#looks.content(path);
      this.#uses(bytes.length);
      return encoding === undefined ? bytes : bytes.toString(encoding);
    } catch (error) {
      return this.#instead(error, readNow);
    }
  };

  readonly openSync = (path: string, flags: string | number): number => {
    // Only what does not wait may be opened to see what it is.
    const reads =
      flags === withoutWaiting ||
      (flags === 'r' && files.statSync(path, { throwIfNoEntry: false })?.isFile() !== false);
    if (!reads) return this.#unseen(() => files.openSync(path, flags));
    const file = this.#trace.open(path);
    const descriptor = this.#looks.open(path);
    this.#open.set(descriptor, file);
    return descriptor;
  };

  readonly fstatSync = (descriptor: number): Stats => {
    const file = this.#open.get(descriptor);
    if (file === undefined) {
      // Where the output goes is part of the key of an answer.
      return isOutput(descriptor) ? files.fstatSync(descriptor) : this.#unseen(() => files.fstatSync(descriptor));
    }
    this.#trace.describe(file);
    const stats = this.#looks.openStat(descriptor);
    if (stats.isFile()) file.size = stats.size;
    return knownStats(stats, this.#giveUp);
  };

  readonly readSync = (descriptor: number, buffer: Buffer, ...range: Range): number => {
    const [offset, length, position] = range;
    const file = this.#open.get(descriptor);
    const readNow = (): number => files.readSync(descriptor, buffer, ...range);
    if (file === undefined || typeof offset !== 'number') return this.#unseen(readNow);
    this.#trace.read(file, length, position);
    try {
      const count = this.#looks.read(descriptor, buffer.subarray(offset, offset + length), position);
      this.#uses(count);
      return count;
    } catch (error) {
      return this.#instead(error, readNow);
    }
  };

  readonly closeSync = (descriptor: number): void => {
    const file = this.#open.get(descriptor);
    if (file === undefined) return this.#unseen(() => files.closeSync(descriptor));
    this.#open.delete(descriptor);
    this.#trace.close(file);
    this.#looks.close(descriptor);
  };

  readonly writeSync = (descriptor: number, text: string | Buffer): number => {
    if (!isOutput(descriptor)) return this.#unseen(() => files.writeSync(descriptor, text as string));
    try {
      const count = files.writeSync(descriptor, text as string);
      // What is left will be written by another call.
      const isAll = count === Buffer.byteLength(text);
      this.#printed(descriptor, isAll ? text : Buffer.from(text as string).subarray(0, count));
      return count;
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  };

  #unseen<Answer>(ask: () => Answer): Answer {
    this.#giveUp();
    return ask();
  }

  /** For what looks did not want to read: as Node does, and unseen. */
  #instead<Answer>(error: unknown, ask: () => Answer): Answer {
    if (error instanceof NotRepeatable) return this.#unseen(ask);
    throw error;
  }
}

function isKnown(options: files.StatSyncOptions | undefined): options is Quiet | undefined {
  return options === undefined || isDeepStrictEqual(options, quiet);
}

function isOutput(descriptor: number): descriptor is 1 | 2 {
  return descriptor === 1 || descriptor === 2;
}
