import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditCluster, type ClusterSnapshot, serversByManagementApi } from '../packages/audit/src/index.ts';
import { auditText } from '../packages/cli/src/output/audit.ts';
import { auditToHtml } from '../packages/cli/src/report/audit.ts';
import type { KubernetesObject } from '../packages/helm/src/index.ts';
import { checkThroughKubectl, type LiveState } from '../packages/rollout/src/index.ts';
import { makeCertificate } from '../packages/rollout/test/certificate.ts';
import { readyPod } from '../packages/rollout/test/ready-pod.ts';
import { each, type FuzzClass, raw } from './harness.ts';
import { type Json, mutate, mutateJson, type Random } from './mutate.ts';

const login = { user: 'admin', password: 'hunter2hunter2' } as const;
const token = 'c2VjcmV0LXRva2Vu';
const names = ['A', 'B'] as const;
const listOf = (...of: readonly string[]): Json => ({ count: of.length, list: of.map((name) => ({ name, url: 'x' })) });

/** What a sound server answers, by path. */
const sound: Readonly<Record<string, Json>> = {
  '/management/login': { AccessToken: token },
  '/management/applications': {
    totalCount: 1, activeCount: 1, activeList: [{ name: 'p', version: '1.0.0' }], faultyCount: 0, faultyList: [],
  },
  '/management/apis': listOf('Orders', 'Bill:v1.0'),
  '/management/tasks': listOf(...names),
  '/management/proxy-services': listOf(),
  '/management/message-processors': listOf(),
  '/management/inbound-endpoints': listOf('I'),
  '/management/data-services': listOf(),
}; // prettier-ignore

const oddBodies = [
  '', 'null', '[]', '{', '{}', '1', '"x"', '<html>', '{"list":null}', '{"list":[{}]}', '{"list":[{"name":1}]}',
  '{"list":[{"name":""}]}', '{"list":[null]}', '{"AccessToken":""}', '{"AccessToken":"a\\nb"}', '{"AccessToken":"ä"}',
  '{"list":[{"name":"\\u001b[31m\\n::error::x"}]}', '{"faultyList":[{"name":"a\\n::error::b"}]}', '{"faultyList":[{}]}',
  `{"AccessToken":"${login.password}"}`, `{"Error":"password=${login.password}"}`, '\u0000', '\ufeff{"list":[]}',
] as const; // prettier-ignore

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A sound answer, or one that is not. */
function answerOf(path: string, next: Random): Answer {
  const document = sound[path] ?? null;
  const text = JSON.stringify(document);
  const odd = next.pick([
    ...oddBodies,
    JSON.stringify(mutateJson(document, next)),
    mutate(Buffer.from(text), next).toString('latin1'),
  ]);
  const status = next.pick([204, 301, 302, 400, 401, 403, 404, 429, 500, 503]);
  const kind = next.below(10);
  return (_, response) => {
    if (kind === 0) response.socket?.destroy();
    else if (kind === 1) {
      // Cut off in the middle.
      response.writeHead(200, { 'content-length': String(text.length + 10) });
      response.write(text.slice(0, 5), () => response.socket?.destroy());
    } else if (kind === 2) response.writeHead(status, { location: '/management/login' }).end(odd);
    else response.end(odd);
  };
}

/** What kubectl says of its tunnel, with `PORT` for the server's. */
const tunnels = [
  'echo "Forwarding from [::1]:PORT -> 9164"; echo "Forwarding from 127.0.0.1:PORT -> 9164"; exec sleep 30',
  'printf "Forwarding from 127.0.0.1:PORT"; exit 0',
  'echo "Forwarding from 127.0.0.1:1 -> 9164"; exec sleep 30',
  'echo "Forwarding from 127.0.0.1:99999 -> 9164"; exec sleep 30',
  'echo "Forwarding from 127.0.0.1:0 -> 9164"; exec sleep 30',
  `printf 'error: \\033[31mpassword=${login.password}\\n::error::x\\n' >&2; exit 1`,
  'exit 0',
] as const;

interface Input {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly tunnel: string;
  readonly what: 'rollout' | 'audit';
}

function inputOf(next: Random): Input {
  const asked = Array.from({ length: 1 + next.below(2) }, () => next.pick(Object.keys(sound)));
  return {
    answers: new Map(asked.map((path) => [path, answerOf(path, next)])),
    tunnel: next.below(8) === 0 ? next.pick(tunnels) : tunnels[0],
    what: next.pick(['rollout', 'audit']),
  };
}

const labels = { 'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/component': 'task' };
const container = {
  name: 'micro-integrator',
  image: 'registry.example.com/acme/orders:1',
  ports: [{ name: 'management', containerPort: 9164 }],
};
const workload: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'orders-task',
    namespace: 'n',
    labels,
    annotations: { 'mi-patterns.io/stateful-artifacts': 'task/A' },
  },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
  },
};
const snapshot: ClusterSnapshot = {
  workloads: [workload],
  pods: [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orders-task-1', namespace: 'n', labels },
      spec: { nodeName: 'n1', containers: [container] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ],
  autoscalers: [],
  budgets: [],
  configMaps: new Map(),
  notRead: [],
};
const live: LiveState = {
  workloads: [workload],
  pods: [readyPod('apps/Deployment/n/orders-task', { name: 'orders-task-1' })],
};

const quiet = { columns: undefined, colour: false, interactive: false } as const;

/** What an audit prints of such a server, and whether it was asked. */
async function audit(cwd: string): Promise<readonly [said: string, isAnswered: boolean]> {
  const place = { context: 'c', namespace: undefined, tools: {} as never };
  const found = await auditCluster(snapshot, async () => ({ problem: 'it is not read' }), {
    askServers: serversByManagementApi('c', login),
  });
  const context = { cwd, environment: {}, stdout: () => {}, stderr: () => {}, ...quiet };
  const said = [
    auditText(found, place, { json: false, quiet: false, verbose: true }, context),
    auditToHtml(found, place),
  ].join('\n');
  return [said, !said.includes('the management API was not asked')];
}

async function rollout(): Promise<readonly [said: string, isAnswered: boolean]> {
  const answer = await checkThroughKubectl(
    { namespace: 'n', context: 'c' },
    live,
    [{ component: 'task', present: ['task/A', 'api/Orders'], absent: ['inbound-endpoint/J'] }],
    login,
  );
  if (answer.state === 'equal') return ['', true];
  const parts = answer.state === 'different' ? answer.findings : [answer.because];
  const split = parts.find((part) => part.includes('\n'));
  if (split !== undefined) throw new Error(`several lines: ${JSON.stringify(split)}`);
  return [parts.join('\n'), answer.state === 'different'];
}

/** Servers whose management API answers what it should not, or not to the end: an answer, or why there is none. */
export const management: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => inputOf(next));
  const above = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const kubectl = join(above, 'kubectl');
  mkdirSync(join(above, 'work'));
  let answers: Input['answers'] = new Map();
  const server = createServer(makeCertificate(above), (request, response) => {
    response.on('error', () => {});
    const path = request.url ?? '';
    const odd = answers.get(path);
    if (odd !== undefined) odd(request, response);
    else if (sound[path] === undefined) response.writeHead(404).end();
    else response.end(JSON.stringify(sound[path]));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const before = process.env['MI_PATTERNS_KUBECTL'];
  process.env['MI_PATTERNS_KUBECTL'] = kubectl;
  let answered = 0;
  const { faults } = await each(inputs, async (input) => {
    ({ answers } = input);
    const version = `{"clientVersion": {"gitVersion": "v1.37.0"}}`;
    const said = input.tunnel.replaceAll('PORT', String(port));
    writeFileSync(kubectl, `#!/bin/sh\ncase "$*" in\n  version*) echo '${version}' ;;\n  *) ${said} ;;\nesac\n`, {
      mode: 0o755,
    });
    const [text, isAnswered] = await (input.what === 'audit' ? audit(join(above, 'work')) : rollout());
    if (isAnswered) answered += 1;
    const at = raw.exec(text)?.index;
    if (at !== undefined)
      throw new Error(`raw characters: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + 80))}`);
    for (const secret of [login.password, token])
      if (text.includes(secret)) throw new Error(`a secret is shown: ${text.slice(0, 400)}`);
    // Words of JavaScript are no explanation, and neither is none.
    const inner = /gave no answer: $|undefined|not iterable|Cannot read|Invalid (?:URL|character)|ERR_|\[object/.exec(
      text,
    );
    if (inner !== null) throw new Error(`clumsy: ${text.slice(Math.max(0, inner.index - 200), inner.index + 100)}`);
  });
  if (before === undefined) delete process.env['MI_PATTERNS_KUBECTL'];
  else process.env['MI_PATTERNS_KUBECTL'] = before;
  server.closeAllConnections();
  server.close();
  rmSync(above, { recursive: true });
  return { faults, differences: [], oracle: `${answered} answered, ${count - answered - faults.length} not` };
};
