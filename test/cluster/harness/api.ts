import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { kubeconfigOf, serverCertificate } from './access.ts';

/** An answer of the API server; `body` is parsed JSON, or text where it is not JSON. */
interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A way to one API server. `close` ends what was started for it. */
export interface Api {
  readonly request: (method: string, path: string, body?: unknown, contentType?: string) => Promise<ApiAnswer>;
  readonly close: () => void;
}

/** Error of a request that the API server refused. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The API server of a cluster of this harness, reached with the admin's token. Works before its certificate is written.
 */
export function ownApi(folder: string): Api {
  const config = JSON.parse(readFileSync(kubeconfigOf(folder, 'admin'), 'utf8')) as {
    clusters: [{ cluster: { server: string } }];
    users: [{ user: { token: string } }];
  };
  const agent = new HttpsAgent({ keepAlive: true, maxSockets: 16 });
  let ca: Buffer | undefined;
  const send = sender(new URL(config.clusters[0].cluster.server), (url, options, done) => {
    ca ??= readFileSync(serverCertificate(folder));
    return httpsRequest(
      url,
      { ...options, agent, ca, headers: { ...options.headers, authorization: `Bearer ${config.users[0].user.token}` } },
      done,
    );
  });
  return { request: send, close: () => agent.destroy() };
}

/**
 * Any cluster that kubectl reaches with the given environment, whatever its way of logging in: a `kubectl proxy` on the
 * loopback interface does that part. Throws when kubectl ends before it listens.
 */
export async function proxiedApi(kubectl: readonly string[], environment: NodeJS.ProcessEnv): Promise<Api> {
  const [command = 'kubectl', ...first] = kubectl;
  const child = spawn(command, [...first, 'proxy', '--address=127.0.0.1', '--port=0'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`kubectl proxy ended with ${code}. Does "kubectl get nodes" work?`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 16 });
  const send = sender(new URL(`http://127.0.0.1:${port}`), (url, options, done) =>
    httpRequest(url, { ...options, agent }, done),
  );
  return {
    request: send,
    close: () => {
      agent.destroy();
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    },
  };
}

/** Reads an object; `undefined` when there is none. Throws {@link ApiError} for any other refusal. */
export async function read<T>(api: Api, path: string): Promise<T | undefined> {
  const answer = await api.request('GET', path);
  if (answer.status === 404) return undefined;
  return expectSuccess('GET', path, answer) as T;
}

/** Sends a request that has to succeed. Throws {@link ApiError} with the server's own message. */
export async function call(
  api: Api,
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<unknown> {
  return expectSuccess(method, path, await api.request(method, path, body, contentType));
}

function expectSuccess(method: string, path: string, { status, body }: ApiAnswer): unknown {
  if (status >= 200 && status < 300) return body;
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : String(body);
  throw new ApiError(status, `${method} ${path}: ${status} ${message}`);
}

type Connect = (
  url: URL,
  options: { method: string; headers: Record<string, string>; timeout: number },
  done: (answer: import('node:http').IncomingMessage) => void,
) => import('node:http').ClientRequest;

function sender(base: URL, connect: Connect): Api['request'] {
  return (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const headers: Record<string, string> = {
        accept: 'application/json',
        ...(payload === undefined
          ? {}
          : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(payload)) }),
      };
      const outgoing = connect(new URL(path, base), { method, headers, timeout: 60_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          const json = answer.headers['content-type']?.includes('json') === true;
          resolve({ status: answer.statusCode ?? 0, body: json && text !== '' ? JSON.parse(text) : text });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
}
