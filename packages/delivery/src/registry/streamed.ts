import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Readable } from 'node:stream';

/** An answer with its bytes as they come. Those of a refusal are in the response, which says why. */
export interface StreamedAnswer {
  readonly response: Response;
  readonly bytes: Readable;
}

/** Text of a refusal that is kept. */
const longestRefusal = 64 * 1024;

/**
 * Asks for something large. The streams of `fetch` take as much of the processor as unpacking what comes out of them.
 * Rejects as `fetch` does, with the reason as `cause`.
 */
export function askForStream(
  address: string,
  { headers, signal }: Pick<RequestInit, 'headers'> & { readonly signal: AbortSignal },
): Promise<StreamedAnswer> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => reject(new TypeError('the request failed', { cause }));
    const ask = address.startsWith('https:') ? secure : plain;
    const call = ask(
      address,
      { headers: Object.fromEntries(new Headers(headers)), signal },
      (bytes) => void answerOf(bytes).then(resolve, failed),
    );
    call.on('error', failed);
    // Where nobody listens, such an answer ends the connection and nothing is told.
    call.on('upgrade', (_, socket) => {
      socket.destroy();
      failed(new Error('it answered in another protocol'));
    });
    call.end();
  });
}

/** Throws for an answer that is none of HTTP's. */
async function answerOf(bytes: IncomingMessage): Promise<StreamedAnswer> {
  const status = bytes.statusCode ?? 0;
  if (status === 200) return { response: new Response(null, { status, headers: headersOf(bytes) }), bytes };
  if (status < 200 || status > 599) throw new Error(`it answered with the status ${status}`);
  return { response: refusal(bytes, await textOf(bytes)), bytes };
}

function refusal(answer: IncomingMessage, text: string): Response {
  const status = answer.statusCode ?? 0;
  // oxlint-disable-next-line no-control-regex -- they are what a Response does not take
  const statusText = (answer.statusMessage ?? '').replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
  const init = { status, statusText, headers: headersOf(answer) };
  return new Response([204, 205, 304].includes(status) ? null : text, init);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of bytes) {
    parts.push(part);
    length += part.length;
    if (length > longestRefusal) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, longestRefusal);
}
