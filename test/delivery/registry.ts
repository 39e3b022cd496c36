import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { provideTool } from '../../scripts/lib/tools.ts';

/** A registry on this machine. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Requests as they came in, `METHOD /path`. */
  readonly seen: string[];
  readonly close: () => void;
}

/** The registry of go-containerregistry, in memory; it asks for no login. */
export async function startRegistry(): Promise<TestRegistry> {
  const child = spawn(await provideTool('publication', () => {}), ['registry'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { host: line.toString().trim(), seen: [], close: () => child.stdin.end() };
}

export interface Guard {
  /** `token`: the registry sends everybody to a token service, which wants user and password or a refresh token. */
  readonly scheme: 'none' | 'basic' | 'token';
  readonly user?: string;
  readonly password?: string;
  readonly refreshToken?: string;
  /** Answers a request in place of the registry; undefined lets it through. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => true | undefined;
}

/** Stands before a registry and asks for a login. Each token it gives is good for a few requests only. */
export async function guardRegistry(
  registry: TestRegistry,
  guard: Guard,
): Promise<TestRegistry & { readonly lengths: Map<string, string | undefined> }> {
  const seen: string[] = [];
  const lengths = new Map<string, string | undefined>();
  const wanted = `Basic ${Buffer.from(`${guard.user}:${guard.password}`).toString('base64')}`;
  let tokens = 0;
  let left = 0;
  const deny = (response: ServerResponse, challenge: string): void =>
    void response
      .writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' })
      .end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    seen.push(`${request.method} ${url.pathname}`);
    lengths.set(`${request.method} ${url.pathname}`, request.headers['content-length']);
    const realm = `http://${request.headers.host ?? ''}/token`;
    if (url.pathname === '/token') void giveToken(request, response, url);
    else if (guard.scheme === 'basic' && request.headers.authorization !== wanted)
      deny(response, 'Basic realm="test, registry"');
    else if (guard.scheme === 'token' && (request.headers.authorization !== `Bearer token-${tokens}` || left-- <= 0))
      deny(response, `Bearer realm="${realm}",service="test registry",scope="repository:x:pull"`);
    else if (guard.instead?.(request, response) !== true) pass(request, response);
  });
  const giveToken = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    let form = '';
    for await (const piece of request) form += String(piece);
    const given = request.method === 'POST' ? new URLSearchParams(form) : url.searchParams;
    const granted =
      request.method === 'POST'
        ? guard.refreshToken !== undefined &&
          given.get('grant_type') === 'refresh_token' &&
          given.get('refresh_token') === guard.refreshToken
        : guard.user === undefined || request.headers.authorization === wanted;
    if (
      !granted ||
      given.get('service') !== 'test registry' ||
      !/^repository:[^:]+:pull(,push)?$/.test(given.get('scope') ?? '')
    )
      return deny(response, 'Basic realm="token"');
    tokens += 1;
    left = 4;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ [request.method === 'POST' ? 'access_token' : 'token']: `token-${tokens}` }));
  };
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const [hostname = '', port = ''] = registry.host.split(':');
    const { authorization: _, ...headers } = request.headers;
    const call = forward({ hostname, port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    call.on('error', () => response.destroy());
    request.pipe(call);
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    lengths,
    close: () => void server.close(),
  };
}
