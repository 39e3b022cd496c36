import { fstatSync, statSync, writeSync } from 'node:fs';

/** Standard output or standard error. */
export interface StandardStream {
  /** Node's stream where it is a terminal. */
  readonly terminal: NodeJS.WriteStream | undefined;
  readonly write: (text: string) => void;
  /** False when a stream of Node may still have something to write or to tell. */
  readonly isDone: () => boolean;
}

/**
 * Opens one of the two. `failed` is told why text cannot be written.
 *
 * Files and pipes are written to directly: a Node stream writes to them at once too, but takes 3 ms to load, with
 * sockets and terminals. It is for terminals, and for pipes that somebody else has made return instead of waiting.
 */
export function standardStream(descriptor: 1 | 2, failed: (error: NodeJS.ErrnoException) => void): StandardStream {
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
        const written = writeSync(descriptor, text);
        if (written === Buffer.byteLength(text)) return;
        rest = Buffer.from(text).subarray(written);
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
function mayBeTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isCharacterDevice() && status.rdev !== statSync('/dev/null').rdev;
  } catch {
    return true;
  }
}
