import * as files from 'node:fs';
import { Looks } from './looks.ts';
import { ObservedFiles } from './observed-files.ts';
import type { Question } from './trace.ts';
import { TraceWriter } from './trace-writer.ts';

/** A run that is watched. */
export interface Observation {
  /** Instead of `require`, for all code of the command. */
  readonly require: NodeJS.Require;
  /** Instead of `process.env`. */
  readonly environment: NodeJS.ProcessEnv;
  /** The run does something whose repetition could differ. */
  readonly giveUp: () => void;
  /** Takes what it prints by other ways than `writeSync`. */
  readonly printed: (descriptor: 1 | 2, text: string | Buffer) => void;
  /** What it was told and what it printed. Undefined when asking the same again would not be enough to repeat it. */
  readonly result: () => ObservedRun | undefined;
}

interface ObservedRun {
  /** Ends with the digest of all answers. */
  readonly trace: readonly Question[];
  readonly printed: readonly Printed[];
}

/** Text on standard output or standard error. */
export interface Printed {
  readonly descriptor: 1 | 2;
  readonly text: string | Buffer;
}

/** Modules of Node that answer by what they are given alone. */
const pure = new Set(['buffer', 'events', 'path', 'path/posix', 'process', 'string_decoder', 'url', 'util', 'zlib']);

/**
 * Of other modules, what does so, or changes nothing of what a run says. `isatty` is part of the key of an answer,
 * `Script` checks the grammar of scripts, flags of V8 are about its memory, and code in a new context gets at nothing.
 */
const harmless: Readonly<Record<string, readonly string[]>> = {
  crypto: ['createHash'],
  tty: ['isatty'],
  v8: ['setFlagsFromString'],
  vm: ['Script', 'runInNewContext'],
};

const mebibyte = 1024 * 1024;

/** Bytes that a run may print: they are in memory until it ends. */
const mostPrinted = 24 * mebibyte;

/** Bytes that a run may read: a thousand archives, but no image, whose digest would take longer than it saves. */
const mostRead = 192 * mebibyte;

/**
 * Watches a run. Nothing that could differ the next time goes unseen: of Node's modules, a run gets what is listed
 * here, and as soon as it calls anything else the watch ends.
 */
export function observe(require: NodeJS.Require, environment: NodeJS.ProcessEnv): Observation {
  const looks = new Looks(environment);
  let texts: Printed[] | undefined = [];
  const trace = new TraceWriter({ digest: () => looks.digest(), tooMany: () => giveUp() });
  const giveUp = (): void => {
    trace.giveUp();
    looks.forget();
    texts = undefined;
  };
  const uses = within(mostRead, giveUp);
  const prints = within(mostPrinted, giveUp);
  const printed = (descriptor: 1 | 2, text: string | Buffer): void => {
    if (texts !== undefined && prints(text.length)) texts.push({ descriptor, text });
  };
  return {
    require: observedRequire(require, new ObservedFiles({ looks, trace, uses, giveUp, printed }), giveUp),
    environment: observedEnvironment(environment, { looks, trace, giveUp }),
    giveUp,
    printed,
    result: () => {
      const { questions } = trace;
      return questions && texts && { trace: questions, printed: texts };
    },
  };
}

/** Counts bytes, and tells whether they are still within a limit; calls `giveUp` when they are not. */
function within(most: number, giveUp: () => void): (bytes: number) => boolean {
  let room = most;
  return (bytes) => {
    room -= bytes;
    if (room < 0) giveUp();
    return room >= 0;
  };
}

function observedRequire(require: NodeJS.Require, observedFiles: ObservedFiles, giveUp: () => void): NodeJS.Require {
  const modules = new Map<string, unknown>([['fs', guarded(files, observedFiles, giveUp)]]);
  const observed = (given: string): unknown => {
    const name = given.replace(/^node:/, '');
    if (!modules.has(name)) {
      const whole = require(given) as object;
      const parts = Object.fromEntries((harmless[name] ?? []).map((key) => [key, Reflect.get(whole, key) as unknown]));
      modules.set(name, pure.has(name) ? whole : guarded(whole, parts, giveUp));
    }
    return modules.get(name);
  };
  return Object.assign(observed, require);
}

/** A module with some of its exports replaced, of which every other function makes the observation give up. */
function guarded(whole: object, parts: object, giveUp: () => void): object {
  const made = new Map<PropertyKey, unknown>();
  const part = (key: PropertyKey): unknown => {
    if (Object.hasOwn(parts, key)) return Reflect.get(parts, key);
    const value = Reflect.get(whole, key) as unknown;
    if (typeof value === 'function') return guardedFunction(value as () => unknown, giveUp);
    // Constants are harmless, other objects have functions of their own.
    if (typeof value === 'object' && value !== null && key !== 'constants') giveUp();
    return value;
  };
  return new Proxy(whole, {
    get(_, key) {
      if (!made.has(key)) made.set(key, part(key));
      return made.get(key);
    },
  });
}

function guardedFunction(value: (...given: unknown[]) => unknown, giveUp: () => void): unknown {
  return new Proxy(value, {
    apply: (target, self, given) => {
      giveUp();
      return Reflect.apply(target, self, given) as unknown;
    },
    construct: (target, given, newTarget) => {
      giveUp();
      return Reflect.construct(target, given, newTarget) as object;
    },
  });
}

function observedEnvironment(
  environment: NodeJS.ProcessEnv,
  { looks, trace, giveUp }: { readonly looks: Looks; readonly trace: TraceWriter; readonly giveUp: () => void },
): NodeJS.ProcessEnv {
  const variable = (name: string | symbol): string | undefined => {
    if (typeof name === 'symbol') return undefined;
    trace.ask(`E${name}`);
    return looks.variable(name);
  };
  return new Proxy(environment, {
    get: (_, name) => variable(name),
    has: (_, name) => variable(name) !== undefined,
    getOwnPropertyDescriptor: (target, name) => {
      giveUp();
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys: (target) => {
      giveUp();
      return Reflect.ownKeys(target);
    },
    set: (target, name, value) => {
      giveUp();
      return Reflect.set(target, name, value);
    },
    deleteProperty: (target, name) => {
      giveUp();
      return Reflect.deleteProperty(target, name);
    },
  });
}
