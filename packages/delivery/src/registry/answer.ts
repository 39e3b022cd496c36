/** Most that is read of an answer that is text: what a registry or token service says. */
const mostBytes = 64 * 1024;

/**
 * The start of an answer's text, at most 64 KiB: what stands before a registry may answer without an end. The rest is
 * not awaited.
 */
export async function answerText({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < mostBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value.subarray(0, mostBytes - length));
      length += value.length;
    }
  } catch {
    // A line that breaks: what came before it counts.
  }
  // Not awaited: a server that goes on sending would have to be listened to.
  void reader.cancel().catch(() => {});
  return Buffer.concat(parts).toString('utf8');
}
