import { fstatSync, statSync, writeSync } from 'node:fs';
import { exitCodes } from './context/exit-codes.ts';

/** Standard output or standard error. */
interface StandardStream {
  /** Node's stream where it is a terminal. */
  readonly terminal: NodeJS.WriteStream | undefined;
  readonly write: (text: string | Buffer) => void;
  /** False when a stream of Node may still have something to write or to tell. */
  readonly isDone: () => boolean;
}

/** Both of them. */
export interface StandardOutput {
  readonly stdout: StandardStream;
  readonly stderr: StandardStream;
  /** The exit code of a run that would end with this one: output that cannot be written is a failure. */
  readonly exitCodeAfter: (code: number) => number;
  /** Whether all is written. */
  readonly isDone: () => boolean;
}

/**
 * Opens both. A rollout goes on and the exit code stays what it is when nobody reads any more, as with `mi-patterns
 * scan | head`. Output that cannot be written otherwise is told once.
 */
export function openStandardOutput(): StandardOutput {
  let isCut = false;
  let failed = false;
  const stderr = standardStream(2, () => {});
  const stdout = standardStream(1, (error) => {
    if (!isCut && error.code !== 'EPIPE') {
      stderr.write(
        `error MI-FILE\n    The output cannot be written: ${error.code ?? error.message}.\n    → Check where it is redirected to, and that there is free space.\n`,
      );
      failed = true;
      process.exitCode = exitCodes.usage;
    }
    isCut = true;
  });
  return {
    stdout: { ...stdout, write: (text) => void (isCut || stdout.write(text)) },
    stderr,
    exitCodeAfter: (code) => (failed ? exitCodes.usage : code),
    isDone: () => stdout.isDone() && stderr.isDone(),
  };
}

/**
 * Opens one of the two. `failed` is told why text cannot be written.
 *
 * Files and pipes are written to directly: a Node stream writes to them at once too, but takes 3 ms to load, with
 * sockets and terminals. It is for terminals, and for pipes that somebody else has made return instead of waiting.
 */
function standardStream(descriptor: 1 | 2, failed: (error: NodeJS.ErrnoException) => void): StandardStream {
  let stream: NodeJS.WriteStream | undefined;
  const streamOfNode = (): NodeJS.WriteStream =>
    (descriptor === 1 ? process.stdout : process.stderr).on('error', failed) as NodeJS.WriteStream;
  if (mayBeTerminal(descriptor)) stream = streamOfNode();
  return {
    terminal: stream?.isTTY === true ? stream : undefined,
    isDone: () => stream === undefined,
    write: (text) => {
      if (stream !== undefined) return void stream.write(text);
      let rest: string | Buffer = text;
      try {
        // Almost always all of it. What is left may begin inside of a character.
        // A text as it is: a buffer of it would be a copy.
        const written = typeof text === 'string' ? writeSync(descriptor, text) : writeSync(descriptor, text);
        if (written === Buffer.byteLength(text)) return;
        rest = Buffer.from(text as string).subarray(written);
        while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return failed(error as NodeJS.ErrnoException);
        stream = streamOfNode();
        stream.write(rest);
      }
    },
  };
}

/** False for what is none for certain; to know more takes the modules that this is to save. */
export function mayBeTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isCharacterDevice() && status.rdev !== statSync('/dev/null').rdev;
  } catch {
    return true;
  }
}
