/** Most that is read of an answer that is text: what a registry or token service says. */
const mostBytes = 64 * 1024;

/** Milliseconds in which the next piece of an answer has to come. */
const longestWait = 30_000;

/**
 * The pieces of an answer. Throws when none comes for too long: `fetch` waits for ever, whatever its signal says, where
 * an answer is not compressed as its header tells.
 */
export async function* piecesOf({ body }: Response, wait = longestWait): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await within(wait, reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: a server that goes on sending would have to be listened to.
    void reader.cancel().catch(() => {});
  }
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('its answer stopped in the middle')), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The start of an answer's text, at most 64 KiB: what stands before a registry may answer without an end. The rest is
 * not awaited.
 */
export async function answerText(response: Response, wait?: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of piecesOf(response, wait)) {
      parts.push(piece.subarray(0, mostBytes - length));
      length += piece.length;
      if (length >= mostBytes) break;
    }
  } catch {
    // A line that breaks: what came before it counts.
  }
  return Buffer.concat(parts).toString('utf8');
}
