import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { compareText, isArtifactKind, isEnding, kindRow, printable, redact, startWithUs } from '@mi-patterns/inventory';
import { environmentOfTools, findTool, isJsonObject, listAt, textAt } from '@mi-patterns/helm';
import type { LiveState } from '../live/live.ts';
import type { Place } from '../tools/kubectl.ts';

/** What a check of the management API brought. */
export type ArtifactCheck =
  | { readonly state: 'equal'; readonly pods: number }
  | { readonly state: 'different'; readonly findings: readonly string[] }
  | { readonly state: 'not-checked'; readonly because: string };

/** What the servers of one workload must have deployed, and what they must not. Artifact ids. */
export interface ExpectedArtifacts {
  /** `app.kubernetes.io/component` of its pods. */
  readonly component: string;
  readonly present: readonly string[];
  readonly absent: readonly string[];
}

export interface ManagementLogin {
  readonly user: string;
  readonly password: string;
}

/** Where the management API lists a kind; undefined where it does not. */
function managementResource(kind: string): string | undefined {
  return isArtifactKind(kind) ? kindRow(kind).management : undefined;
}

/** Gets a path of the management API of one server, parsed. Throws an Error that says why it could not. */
export type ManagementClient = (path: string) => Promise<unknown>;

/** How a server differs from what is expected of it, a sentence each. */
export async function compareServer(
  pod: string,
  expected: ExpectedArtifacts,
  get: ManagementClient,
): Promise<string[]> {
  // One artifact that cannot be deployed makes MI take back all others of its archive: that name says more than the
  // list of what is missing.
  const faulty = faultyOf(await get('/management/applications'));
  if (faulty.length > 0)
    return faulty.map(
      (name) =>
        `${pod} could not deploy the archive ${name}: one of its artifacts is faulty, so MI undeployed all of them`,
    );
  const kinds = [...new Set([...expected.present, ...expected.absent].map((id) => id.slice(0, id.indexOf('/'))))]
    .filter((kind) => managementResource(kind) !== undefined)
    .sort(compareText);
  const deployed = new Set<string>();
  for (const kind of kinds)
    for (const name of namesOf(await get(`/management/${managementResource(kind)}`))) deployed.add(`${kind}/${name}`);
  const checked = (ids: readonly string[]): readonly string[] =>
    ids.filter((id) => managementResource(id.slice(0, id.indexOf('/'))) !== undefined);
  return [
    ...checked(expected.present)
      .filter((id) => !deployed.has(id))
      .map((id) => `${pod} has not deployed ${id}`),
    ...checked(expected.absent)
      .filter((id) => deployed.has(id))
      .map((id) => `${pod} has deployed ${id}, which belongs to another workload`),
  ];
}

/**
 * Names of `{count, list: [{name, …}]}`. An API with a version is listed as `Name:vVersion`, as in the ids (seen on MI
 * 4.3.0).
 */
export function namesOf(answer: unknown): string[] {
  const list = isJsonObject(answer) && Array.isArray(answer.list) ? (answer.list as unknown[]) : undefined;
  if (list === undefined) throw new Error('the management API returned no list');
  return list.map((entry) => {
    const name = textAt(entry, 'name');
    // What has no name could be the very artifact that must not be there.
    if (name === undefined) throw new Error('the management API lists something without a name');
    return name;
  });
}

/** Applications of `{faultyList: [{name, version, …}]}`; MI before 4.1 answers no such list. */
function faultyOf(answer: unknown): string[] {
  return listAt(answer, 'faultyList').map((entry) =>
    printable([textAt(entry, 'name'), textAt(entry, 'version')].filter(Boolean).join(' ')),
  );
}

/**
 * Asks a ready pod of each workload, through a port-forward of kubectl. Never throws: what cannot be asked is
 * `not-checked`.
 */
export async function checkThroughKubectl(
  place: Place,
  live: LiveState,
  expected: readonly ExpectedArtifacts[],
  login: ManagementLogin | undefined,
): Promise<ArtifactCheck> {
  if (login === undefined)
    return {
      state: 'not-checked',
      because:
        'no login for the management API is set (MI_PATTERNS_MANAGEMENT_USER and MI_PATTERNS_MANAGEMENT_PASSWORD)',
    };
  const findings: string[] = [];
  let pods = 0;
  for (const one of expected) {
    const ready = readyPodsOf(one.component, live);
    if (ready.length === 0) return { state: 'not-checked', because: `no ready pod of ${one.component} was found` };
    try {
      findings.push(
        ...(await askReadyPod(place, ready, { port: 'management', login }, (name, get) =>
          compareServer(name, one, get),
        )),
      );
      pods += 1;
    } catch (error) {
      return {
        state: 'not-checked',
        because: `the management API of ${ready.join(', ')} gave no answer: ${redact(error instanceof Error ? error.message : String(error), [login.password])}`,
      };
    }
  }
  return findings.length === 0 ? { state: 'equal', pods } : { state: 'different', findings };
}

/** Names of the pods of a workload that are ready and stay. */
function readyPodsOf(component: string, { workloads, pods }: LiveState): readonly string[] {
  const workload = workloads.find(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component);
  if (workload === undefined) return [];
  const { kind, metadata } = workload;
  const identityEnd = `/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
  return pods.filter((pod) => pod.ready && !pod.ending && pod.workload.endsWith(identityEnd)).map(({ name }) => name);
}

/**
 * Asks ready pods of one workload, the first that answers: a standby is ready without a server. Throws what the last
 * one said where none does.
 */
export async function askReadyPod<Result>(
  place: Pick<Place, 'context' | 'namespace'>,
  pods: readonly string[],
  { port, login }: { readonly port: string; readonly login: ManagementLogin },
  work: (pod: string, get: ManagementClient) => Promise<Result>,
): Promise<Result> {
  let last: unknown = new Error('no pod is ready');
  for (const pod of pods) {
    try {
      return await withPortForward(place, pod, port, async (local) => work(pod, await signIn(local, login)));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** Forwards a port of a pod, by name or number, to a free one of this machine while `work` runs. */
async function withPortForward<Result>(
  place: Pick<Place, 'context' | 'namespace'>,
  pod: string,
  remote: string,
  work: (port: number) => Promise<Result>,
): Promise<Result> {
  const [program = 'kubectl', ...words] = (await findTool('kubectl')).command;
  const where = ['--context', place.context, '--namespace', place.namespace];
  const child = startWithUs(() =>
    spawn(program, [...words, ...where, 'port-forward', `pod/${pod}`, `:${remote}`], {
      env: environmentOfTools(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  try {
    return await work(await forwardedPort(child));
  } finally {
    child.removeAllListeners('close');
    child.kill();
  }
}

/** The port of this machine that `kubectl port-forward` says it listens on. */
function forwardedPort(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no port was forwarded within 15 s')), 15_000);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // Once all is read that it said.
    child.once('close', () => {
      clearTimeout(timer);
      if (!isEnding()) reject(new Error(said.trim().split('\n').at(-1) || 'kubectl port-forward ended'));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(Number(found));
    });
  });
}

/** Logs in on a port of this machine with user and password, and answers a client with the token it got. */
async function signIn(port: number, login: ManagementLogin): Promise<ManagementClient> {
  const answer = await fetchJson(
    port,
    '/management/login',
    `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`,
  );
  const token = textAt(answer, 'AccessToken');
  // What cannot stand in a header is no token.
  if (token === undefined || !/^[\u0021-\u007e]+$/.test(token)) throw new Error('the login returned no token');
  return (path) => fetchJson(port, path, `Bearer ${token}`);
}

/** An answer of the management API that is not the one asked for. */
export class ManagementFault extends Error {
  constructor(
    path: string,
    readonly status: number,
  ) {
    super(`${path} answered ${status}`);
  }
}

/** What a connection that failed means; OpenSSL's own words fill a line and say less. */
function wordsOfLoss(error: NodeJS.ErrnoException): string {
  if (error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL') === true) return 'was not answered with TLS';
  if (error.code === 'ECONNRESET') return 'was not answered: the connection was closed';
  return `was not answered: ${error.message}`;
}

/** Most bytes of an answer; the lists of a server with 10,000 artifacts have about 2 MB. */
const largestAnswer = 32 * 1024 * 1024;
/** Milliseconds from a question to the end of its answer. */
const slowestAnswer = 15_000;

function fetchJson(port: number, path: string, authorization: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (words: string): void => {
      reject(new Error(`${path} ${words}`));
      call.destroy();
    };
    // The tunnel ends in the pod that was asked for; its certificate is one for another name.
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        headers: { authorization, accept: 'application/json' },
        rejectUnauthorized: false,
      },
      (response) => {
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > largestAnswer) fail(`answered more than ${largestAnswer} bytes`);
          else chunks.push(chunk);
        });
        // Without a listener, a connection that is lost here is told nowhere, and nothing would ever come back.
        response.on('error', () => fail('returned an incomplete answer'));
        response.on('end', () => {
          if (response.statusCode === 401) return reject(new Error('it refuses the login'));
          if (response.statusCode !== 200) return reject(new ManagementFault(path, response.statusCode ?? 0));
          try {
            resolve(JSON.parse(Buffer.concat(chunks).toString()));
          } catch {
            fail('answered no JSON');
          }
        });
      },
    );
    const late = setTimeout(() => fail(`did not answer within ${slowestAnswer / 1000} s`), slowestAnswer);
    call.on('error', (error) => fail(wordsOfLoss(error)));
    call.on('close', () => clearTimeout(late));
    call.end();
  });
}
