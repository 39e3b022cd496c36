import { type Looks, NotRepeatable, quiet } from './looks.ts';

/** One question of a run: a letter for its kind, and what it is about. */
export type Question = `${keyof typeof kinds}${string}`;

/** Files that a repetition has open, by the number that the trace gives them. */
type OpenFiles = Map<string, number>;

/** How each kind of question is asked again. */
const kinds = {
  /** No question: the digest of all answers until here, so that a change is noticed before everything is read. */
  '=': (looks: Looks, digest: string) => {
    if (looks.digest() !== digest) throw new NotRepeatable('what was asked until here');
  },
  E: (looks: Looks, name: string) => looks.variable(name),
  X: (looks: Looks, path: string) => looks.exists(path),
  s: (looks: Looks, path: string) => looks.stat(path),
  S: (looks: Looks, path: string) => looks.stat(path, quiet),
  l: (looks: Looks, path: string) => looks.linkStat(path),
  L: (looks: Looks, path: string) => looks.linkStat(path, quiet),
  P: (looks: Looks, path: string) => looks.realPath(path),
  D: (looks: Looks, path: string) => looks.list(path),
  R: (looks: Looks, path: string) => looks.content(path),
  /** `SIZE PATH`: opens a file, asks for its status, reads it in one piece, and closes it. */
  F: readWhole,
  /** `NUMBER PATH` */
  O: (looks: Looks, text: string, open: OpenFiles) => {
    const [number, path] = parted(text);
    open.set(number, looks.open(path));
  },
  T: (looks: Looks, number: string, open: OpenFiles) => looks.openStat(mustBeOpen(open, number)),
  /** `NUMBER LENGTH` or `NUMBER LENGTH POSITION` */
  B: (looks: Looks, text: string, open: OpenFiles) => {
    const [number = '', length = '', position] = text.split(' ');
    looks.read(mustBeOpen(open, number), roomFor(Number(length)), position === undefined ? null : Number(position));
  },
  C: (looks: Looks, number: string, open: OpenFiles) => {
    looks.close(mustBeOpen(open, number));
    open.delete(number);
  },
} as const;

/** Asks all questions again, and says whether all answers are the same. */
export function askAgain(trace: readonly Question[], looks: Looks): boolean {
  const open: OpenFiles = new Map();
  try {
    return trace.every((question) => ask(question, looks, open));
  } finally {
    for (const file of open.values()) looks.close(file);
  }
}

/** False where nothing can be asked any more. A failure is an answer as well. */
function ask(question: Question, looks: Looks, open: OpenFiles): boolean {
  try {
    kinds[question.charAt(0) as keyof typeof kinds](looks, question.slice(1), open);
    return true;
  } catch (error) {
    return !(error instanceof NotRepeatable) && error instanceof Error && 'code' in error;
  }
}

function readWhole(looks: Looks, text: string): void {
  const [size, path] = parted(text);
  const file = looks.open(path);
  try {
    const stats = looks.openStat(file);
    if (!stats.isFile() || stats.size !== Number(size)) throw new NotRepeatable(path);
    if (stats.size > 0) looks.read(file, roomFor(stats.size), 0);
  } finally {
    looks.close(file);
  }
}

const shared = Buffer.allocUnsafe(64 * 1024);

function roomFor(length: number): Buffer {
  return length <= shared.length ? shared.subarray(0, length) : Buffer.allocUnsafe(length);
}

function parted(text: string): readonly [string, string] {
  const end = text.indexOf(' ');
  return [text.slice(0, end), text.slice(end + 1)];
}

function mustBeOpen(open: OpenFiles, number: string): number {
  const file = open.get(number);
  // It was opened then.
  if (file === undefined) throw new NotRepeatable(number);
  return file;
}
