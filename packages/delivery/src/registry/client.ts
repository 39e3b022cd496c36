import { Readable } from 'node:stream';
import { redact } from '@mi-patterns/inventory';
import { type DeliveryCode, finding } from '../findings/catalogue.ts';
import { RegistryFailure } from './failure.ts';
import { answerText } from './answer.ts';
import { challengesOf } from './challenge.ts';
import { findLogin, type Login } from './credentials.ts';
import { type Destination, isLoopback } from './destination.ts';
import { askForStream, type StreamedAnswer } from './streamed.ts';

export interface RegistryOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Allows a registry and its token service to be reached without TLS. */
  readonly plainHttp: boolean;
  /** What the registry is asked for; decides the rights that are asked for and the codes of failures. */
  readonly purpose?: 'push' | 'pull';
  /** Milliseconds between the tries of a request that a busy registry refuses. */
  readonly pause?: number;
  /** Milliseconds in which the next piece of an answer has to come. */
  readonly wait?: number;
}

/** What `fetch` takes. */
export type Body = NonNullable<RequestInit['body']>;

interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => Body;
  readonly length?: number;
  /** Bytes of the answer, as far as known: it may take as long as a slow line needs. */
  readonly expected?: number;
  /** Tries after the first; none for an upload, whose session a failed try has spoilt. */
  readonly retries?: number;
  /** Asks once; `fetch` when absent. */
  readonly once?: Once;
}

type Once = (address: string, request: RequestInit & { readonly signal: AbortSignal }) => Promise<Response>;

/** A registry that is asked with the login that it wants. */
export interface Registry {
  /** Asks for something large, whose bytes are read as they come; `expected` is their number, as far as known. */
  readonly download: (address: string, expected: number) => Promise<StreamedAnswer>;
  readonly send: (method: 'GET' | 'HEAD' | 'POST' | 'PUT', address: string, sending?: Sending) => Promise<Response>;
  /** The failure for an answer that was not hoped for, with what the registry says. */
  readonly refusal: (what: string, response: Response) => Promise<RegistryFailure>;
}

const busy = new Set([429, 502, 503, 504]);

/**
 * A client of the OCI distribution API for one repository: anonymous, with user and password, or with a token that the
 * registry's token service gives for one of these. A login goes to the registry and its token service only, never to
 * where one of them points.
 */
export function openRegistry(destination: Destination, options: RegistryOptions): Registry {
  const session: Session = { destination, options, secrets: [], authorization: undefined };
  return {
    send: (method, address, sending = {}) => send(session, method, address, sending),
    download: (address, expected) => download(session, address, expected),
    refusal: (what, response) => refusal(session, what, response),
  };
}

/** What is known of a registry while it is asked. */
interface Session {
  readonly destination: Destination;
  readonly options: RegistryOptions;
  /** What no message may show; grows with each login. */
  readonly secrets: string[];
  /** The header that the registry wants, once it has said so. */
  authorization: string | undefined;
}

/** Finds the login that an answer 401 asks for. Throws {@link RegistryFailure} when there is none. */
async function authorize(session: Session, response: Response): Promise<void> {
  const { destination, options, secrets } = session;
  const { host } = destination;
  const login = await findLogin(destination, options.environment);
  if (login !== undefined) secrets.push(...secretsOf(login));
  const challenges = challengesOf(response.headers.get('www-authenticate') ?? '');
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  let authorization: string;
  if (login?.type === 'token') authorization = `Bearer ${checkedToken(login)}`;
  else if (bearer !== undefined) authorization = `Bearer ${await fetchToken(session, bearer.parameters, login)}`;
  else if (login?.type === 'password') authorization = basic(login);
  else
    throw unauthorized(
      login === undefined
        ? `${host} requires a login, and neither docker nor podman has one for it.`
        : `${host} requires a user and password, but ${login.from} has a token.`,
      host,
    );
  session.authorization = authorization;
  secrets.push(authorization.replace(/^\w+ /, ''));
}

/** The token of a login. Throws {@link RegistryFailure} for one that no header can carry: it would be quoted. */
function checkedToken({ token, from }: Extract<Login, { readonly type: 'token' }>): string {
  if (isToken(token)) return token;
  throw failure(
    'MI-PUSH-CREDENTIALS',
    `The registrytoken that ${from} keeps contains characters that no token has.`,
    'Log in again (docker login, podman login).',
  );
}

/** Asks the token service that the registry names. Throws {@link RegistryFailure} when it gives no token. */
async function fetchToken(
  session: Session,
  parameters: ReadonlyMap<string, string>,
  login: Login | undefined,
): Promise<string> {
  const { options } = session;
  const { host, repository } = session.destination;
  const realm = URL.canParse(parameters.get('realm') ?? '') ? new URL(parameters.get('realm') ?? '') : undefined;
  if (realm === undefined || !isSafe(realm, options))
    throw failure(
      'MI-PUSH-REFUSED',
      `${host} names a token service without TLS, so no login is sent there.`,
      'Have the registry name its token service by https://, or allow plain HTTP with --plain-http.',
    );
  const request = tokenRequest(realm, parameters, { login, repository, options });
  const response = await fetchPatiently(realm.href, request, 2, { pause: options.pause });
  if (response.status === 401 || response.status === 403)
    throw unauthorized(
      `The token service ${realm.host} of ${host} refuses ${login === undefined ? 'to give a token without a login' : `the login that ${login.from} keeps`}.`,
      host,
    );
  if (response.status !== 200) throw await refusal(session, `The token service ${realm.host}`, response);
  const token = tokenIn(await answerText(response, options.wait));
  if (token === undefined)
    throw failure(
      'MI-PUSH-REFUSED',
      `The token service ${realm.host} of ${host} returned no token.`,
      'Ask the operator of the registry.',
    );
  return token;
}

/** The address that an answer names. Throws {@link RegistryFailure} when nothing can be asked there. */
export function pointedAt(location: string, from: string, host: string): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target !== undefined && /^https?:$/.test(target.protocol)) return target;
  throw failure(
    'MI-PUSH-REFUSED',
    `${host} points to ${JSON.stringify(redact(location).slice(0, 200))}, which is not a usable address.`,
    'Ask the operator of the registry, or of the proxy in front of it.',
  );
}

function checkSafe(target: URL, { destination, options }: Session): void {
  if (isSafe(target, options)) return;
  throw failure(
    'MI-PUSH-REFUSED',
    `${destination.host} wants the ${options.purpose === 'pull' ? 'download' : 'upload'} over plain HTTP at ${target.host}.`,
    'Tell the registry that TLS ends in front of it (X-Forwarded-Proto), or allow plain HTTP with --plain-http.',
  );
}

type Method = Parameters<Registry['send']>[0];

/** Asks the registry, with the login that it wants, and follows where it points. */
async function send(session: Session, method: Method, address: string, sending: Sending): Promise<Response> {
  const { body, length, retries = 2, once = fetch, expected = 0 } = sending;
  // A transfer may take as long as a slow line needs, 64 KiB a second.
  const timeout = 30_000 + Math.ceil(((length ?? 0) + expected) / 64);
  let target = new URL(address, `${session.destination.base}/`);
  for (let [asked, redirects] = [false, 0]; ;) {
    checkSafe(target, session);
    const isOwn = target.origin === new URL(session.destination.base).origin;
    const request = requestOf(method, sending, isOwn ? session.authorization : undefined);
    const retry = { pause: session.options.pause, body, timeout, once };
    const response = await fetchPatiently(target.href, request, retries, retry);
    const location = method === 'GET' && isRedirect(response.status) ? response.headers.get('location') : null;
    if (location !== null && redirects < 5) {
      // Blobs are often elsewhere; the login stays with the registry.
      target = pointedAt(location, target.href, session.destination.host);
      redirects += 1;
    } else if (response.status === 401 && !asked && isOwn) {
      await authorize(session, response);
      asked = true;
    } else return response;
    await response.body?.cancel();
  }
}

function requestOf(method: Method, { headers, body, length }: Sending, authorization: string | undefined): RequestInit {
  return {
    method,
    headers: {
      ...headers,
      ...(length === undefined ? {} : { 'content-length': String(length) }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    redirect: method === 'HEAD' ? 'follow' : 'manual',
    ...(body === undefined ? {} : { duplex: 'half' as const }),
  };
}

async function refusal(
  { destination, secrets, options }: Session,
  what: string,
  response: Response,
): Promise<RegistryFailure> {
  const { host } = destination;
  const said = redact(await saidBy(response, options.wait), secrets);
  if (response.status === 401 || response.status === 403) return unauthorized(`${host} refuses ${what}: ${said}`, host);
  return failure(
    'MI-PUSH-REFUSED',
    `${what} was refused by ${host}: ${said}`,
    'See the answer of the registry. You can also push the layout in the package with another tool (oras, crane, skopeo).',
  );
}

async function download(session: Session, address: string, expected: number): Promise<StreamedAnswer> {
  let bytes: StreamedAnswer['bytes'] = Readable.from([]);
  const once: Once = async (target, request) => {
    const answer = await askForStream(target, request);
    ({ bytes } = answer);
    return answer.response;
  };
  const response = await send(session, 'GET', address, { expected, once });
  return { response, bytes };
}

interface Retry {
  /** Makes the body anew for each try. */
  readonly body?: (() => Body) | undefined;
  /** Milliseconds for each try. */
  readonly timeout?: number;
  readonly once?: Once;
  /** Milliseconds before the second try; doubles with each. */
  readonly pause?: number | undefined;
}

/**
 * Sends a request again while the registry is busy or cannot be reached. Throws {@link RegistryFailure} after the last
 * try.
 */
async function fetchPatiently(
  address: string,
  request: RequestInit,
  retries: number,
  { body, timeout = 30_000, pause = 1000, once = fetch }: Retry,
): Promise<Response> {
  for (let tries = 0; ; tries++) {
    let wait = pause * 2 ** tries;
    try {
      const response = await once(address, {
        ...request,
        ...(body === undefined ? {} : { body: body() }),
        signal: AbortSignal.timeout(timeout),
      });
      if (!busy.has(response.status) || tries >= retries) return response;
      wait = Math.min(Number(response.headers.get('retry-after') ?? 0) * 1000 || wait, 30_000);
      await response.body?.cancel();
    } catch (error) {
      if (tries >= retries || isFinal(error)) throw unreachable(new URL(address).host, error);
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

/**
 * The request for a token: a form with a refresh token, else parameters in the address of `realm`, which they are added
 * to, with user and password where there are some.
 */
function tokenRequest(
  realm: URL,
  parameters: ReadonlyMap<string, string>,
  asking: { readonly login: Login | undefined; readonly repository: string; readonly options: RegistryOptions },
): RequestInit {
  const { login, repository, options } = asking;
  const service = parameters.get('service');
  const wanted = {
    ...(service === undefined ? {} : { service }),
    scope: `repository:${repository}:${options.purpose === 'pull' ? 'pull' : 'pull,push'}`,
  };
  if (login?.type === 'refresh-token') {
    const grant = { grant_type: 'refresh_token', client_id: 'mi-patterns', refresh_token: login.token };
    return { method: 'POST', headers: {}, body: new URLSearchParams({ ...wanted, ...grant }), redirect: 'manual' };
  }
  for (const [key, value] of Object.entries(wanted)) realm.searchParams.set(key, value);
  const headers = login?.type === 'password' ? { authorization: basic(login) } : {};
  return { method: 'GET', headers, redirect: 'manual' };
}

/** The token in a token service's answer; undefined where there is none that a header can carry. */
function tokenIn(text: string): string | undefined {
  const answer = tokenAnswer(text) as { readonly token?: unknown; readonly access_token?: unknown };
  const token = answer.token ?? answer.access_token;
  return typeof token === 'string' && isToken(token) ? token : undefined;
}

function isToken(text: string): boolean {
  return /^[\w.~+/=-]+$/.test(text);
}

/** The document of a token service; empty where it is none. */
function tokenAnswer(text: string): object {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function basic({ user, password }: Extract<Login, { readonly type: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function secretsOf(login: Login): string[] {
  return login.type === 'password' ? [login.password] : [login.token];
}

function isSafe(address: URL, { plainHttp }: RegistryOptions): boolean {
  return address.protocol === 'https:' || (address.protocol === 'http:' && (plainHttp || isLoopback(address.host)));
}

/** Status and the registry's own words: `{"errors": [{code, message}]}`, or the start of any other text. */
async function saidBy(response: Response, wait: number | undefined): Promise<string> {
  const text = await answerText(response, wait);
  const status = `${response.status}${response.statusText === '' ? '' : ` ${response.statusText}`}`;
  try {
    const { errors } = JSON.parse(text) as {
      readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
    };
    const words = (Array.isArray(errors) ? errors : [])
      .map((one) => (typeof one === 'object' && one !== null ? one : {}))
      .map(({ code, message }) => [code, message].filter((word) => typeof word === 'string' && word !== '').join(' '))
      .filter((word) => word !== '');
    return words.length === 0 ? `${status}.` : `${status}, ${words.join('; ').slice(0, 300)}.`;
  } catch {
    return `${status}.`;
  }
}

/** Errors that another try cannot change: the certificate, or the name of the host. */
function isFinal(error: unknown): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|ENOTFOUND/.test(reasonOf(error));
}

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as {
    readonly cause?: { readonly code?: unknown; readonly message?: unknown };
    readonly message?: string;
    readonly name?: string;
  };
  return String(cause?.code ?? cause?.message ?? (name === 'TimeoutError' ? 'no answer in time' : message));
}

function unreachableHint(reason: string): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(reason))
    return 'Set NODE_EXTRA_CA_CERTS to the certificate of its authority.';
  if (/ERR_SSL|EPROTO/.test(reason)) return 'It seems to use plain HTTP: allow that with --plain-http.';
  return 'Check the name of the registry and the network. If only a proxy reaches it, push the layout in the package with a tool that supports proxies (oras, crane, skopeo).';
}

function unreachable(host: string, error: unknown): RegistryFailure {
  const reason = reasonOf(error);
  return failure('MI-PUSH-UNREACHABLE', `${host} cannot be reached (${redact(reason)}).`, unreachableHint(reason));
}

function unauthorized(message: string, host: string): RegistryFailure {
  return failure(
    'MI-PUSH-UNAUTHORIZED',
    message,
    `Log in with a user who may push there (docker login ${host}, podman login ${host}), then run the command again.`,
  );
}

function failure(code: DeliveryCode, message: string, hint: string): RegistryFailure {
  return new RegistryFailure([finding(code, message, hint)], 'registry');
}
