import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { registryImages } from '../packages/delivery/src/index.ts';
import { type Diagnostic, readInventory } from '../packages/inventory/src/index.ts';
import { carFiles, pack, task } from '../packages/inventory/test/support/files.ts';
import { carbonapps, entriesOf, home, sha256, tar } from '../packages/inventory/test/support/images.ts';
import { checkTold, each, type FuzzClass } from './harness.ts';
import { type Json, mutate, mutateJson, type Random } from './mutate.ts';

const secret = 'not-to-be-shown-5f1c';

/** The heads of answers that a registry, or what stands before it, may give to anything. */
const heads = [
  '200 OK', '200 OK\r\nContent-Length: 5', '200 OK\r\nContent-Length: 999999', '200 OK\r\nTransfer-Encoding: chunked',
  '200 OK\r\nContent-Encoding: gzip', '200 OK\r\nContent-Length: x', '204 None', '205 None', '302 Found\r\nLocation: http://[',
  '302 Found\r\nLocation: file:///etc/passwd', '302 Found\r\nLocation: /v2/', '302 Found\r\nLocation: \u001b[31m', '302 Found',
  '302 Found\r\nLocation: http://storage.example.com/', '304 Same', '307 Again\r\nLocation: //u:p@127.0.0.1:9/', '400 \u0001\u001b[31m',
  '401 No', '401 No\r\nWWW-Authenticate: Basic', '401 No\r\nWWW-Authenticate: Bearer realm="x"', '401 No\r\nWWW-Authenticate: ,,,="',
  '403 No', '404 \u00e4', '429 Busy\r\nRetry-After: -1', '429 Busy\r\nRetry-After: x', '500 Broken', '599 Broken', '600 Broken', '999 Broken',
  '099 Broken', '99999 Broken', '101 Switching\r\nUpgrade: x\r\nConnection: upgrade', '103 Hints', 'x', '',
] as const; // prettier-ignore

const bodies = [
  '', '{', '{}', '[]', 'null', '{"errors":[null,1,{"code":"\\u001b[31m","message":"::error::"}]}', '{"token":1}', '{"token":"a\\nb"}',
  `{"token":"${secret}"}`, '{"manifests":[]}', '{"manifests":[null]}', 'x'.repeat(100_000), '\u001b[2J\n::error::x', '\u0000\u0001',
] as const; // prettier-ignore

interface Answer {
  readonly head: string;
  readonly body: Buffer;
}

const fine = (body: Buffer): Answer => ({ head: `200 OK\r\nContent-Length: ${body.length}`, body });

interface Input {
  /** By the end of the path; the manifest under the tag `1`. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Instead of the answer with this number. */
  readonly instead: ReadonlyMap<number, Answer>;
  readonly login: Json;
  /** What the credential helper answers. */
  readonly helper: string;
  readonly isWhole: boolean;
}

const bytesOf = (document: Json): Buffer => Buffer.from(JSON.stringify(document));
const described = (bytes: Buffer): Json => ({ mediaType: 'application/x', digest: sha256(bytes), size: bytes.length });

function imageOf(layers: readonly Buffer[], next: Random): { readonly answers: Map<string, Answer>; isWhole: boolean } {
  let isWhole = true;
  const spoilt = (document: Json): Json => {
    if (next.below(5) > 0) return document;
    isWhole = false;
    return mutateJson(document, next);
  };
  const whole = next.pick(layers);
  const packed = next.below(5) > 0 ? whole : mutate(Buffer.from(whole), next);
  isWhole = packed.equals(whole);
  const layer = next.below(2) === 0 ? packed : gzipSync(packed);
  const config = bytesOf(
    spoilt({ os: 'linux', architecture: 'amd64', config: { Env: ['A=b'], Cmd: ['x'], User: '0' } }),
  );
  const manifest = bytesOf(spoilt({ schemaVersion: 2, config: described(config), layers: [described(layer)] }));
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = bytesOf(spoilt({ manifests: [{ ...(described(manifest) as object), platform }] }));
  const answers = [config, layer, manifest].map((bytes): [string, Answer] => [sha256(bytes), fine(bytes)]);
  return { answers: new Map([...answers, ['1', fine(next.below(2) === 0 ? index : manifest)]]), isWhole };
}

function inputOf(layers: readonly Buffer[], next: Random): Input {
  const odd = (): Answer => ({ head: next.pick(heads), body: Buffer.from(next.pick(bodies)) });
  const wantsLogin = next.below(3) === 0;
  const instead = new Map<number, Answer>();
  if (wantsLogin)
    instead.set(0, {
      head: `401 No\r\nWWW-Authenticate: ${next.pick(['Basic', 'Bearer realm="http://HOST/token",service="s"'])}`,
      body: Buffer.alloc(0),
    });
  const spoils = next.below(2);
  if (spoils > 0) instead.set(next.below(5), odd());
  const login: Json = {
    auths: {
      HOST: next.pick<Json>([
        { auth: Buffer.from(`u:${secret}`).toString('base64') },
        { identitytoken: secret },
        { registrytoken: `${secret}${next.pick(['', '\n€', ' x'])}` },
      ]),
    },
    ...(next.below(8) === 0 ? { credHelpers: { HOST: 'fuzz' } } : {}),
  };
  const helper = next.pick([`{"Username":"u","Secret":"${secret}"}`, '{"Username":1,"Secret":{}}', 'null', '', 'x']);
  const { answers, isWhole } = imageOf(layers, next);
  return {
    answers,
    instead,
    login: next.below(3) === 0 ? mutateJson(login, next) : login,
    helper,
    isWhole: isWhole && instead.size === 0,
  };
}

/** A registry that answers each connection once. */
async function withRegistry<T>({ answers, instead }: Input, use: (host: string) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let host = '';
  let request = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (head: Buffer) => {
      const path = head.toString('latin1').split(' ')[1] ?? '';
      const known = answers.get(/([^/?]*)(?:\?.*)?$/.exec(path)?.[1] ?? '');
      const token = path.startsWith('/token') ? fine(Buffer.from(`{"token":"${secret}"}`)) : undefined;
      const { head: start, body } = instead.get(request++) ??
        token ??
        known ?? { head: '404 None', body: Buffer.alloc(0) };
      socket.write(`HTTP/1.1 ${start.replace('HOST', host)}\r\nConnection: close\r\n\r\n`, 'latin1');
      socket.end(body);
    });
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await use(host);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** The folder of docker's configuration, and a credential helper. */
function keepLogin({ login, helper }: Input, host: string, folder: string): void {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(login).replaceAll('HOST', host));
  writeFileSync(join(folder, 'docker-credential-fuzz'), `#!/bin/sh\ncat <<'.'\n${helper}\n.\n`, { mode: 0o755 });
}

/**
 * Images in registries that answer nonsense, or with documents and layers that are none: what is read is what is there,
 * and each failure has a code and shows no login.
 */
export const pulls: FuzzClass = async (next, count) => {
  const car = await pack(carFiles('a', [{ name: 'A', type: 'synapse/task', file: 'A-1.0.0.xml', content: task('A') }]));
  const layers = [
    tar(entriesOf({ [`${carbonapps}/a.car`]: car, [`${home}/conf/deployment.toml`]: '[server]\noffset = 1\n' })),
  ];
  const inputs = Array.from({ length: count }, () => inputOf(layers, next));
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const environment = { HOME: folder, DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  let read = 0;
  const { faults } = await each(inputs, (input) =>
    withRegistry(input, async (host) => {
      keepLogin(input, host, folder);
      const openRegistryImage = registryImages({ environment, plainHttp: false, pause: 1, wait: 500 });
      try {
        const inventory = await readInventory([`oci:${host}/a/b:1`], { cwd: folder, openRegistryImage });
        read += 1;
        checkTold(inventory.diagnostics, [secret]);
        if (input.isWhole && !inventory.artifacts.some(({ id }) => id === 'task/A')) throw new Error('task/A is lost');
      } catch (error) {
        if (input.isWhole || !(error instanceof Error && 'diagnostics' in error)) throw error;
        checkTold(error.diagnostics as readonly Diagnostic[], [secret]);
      }
    }),
  );
  rmSync(folder, { recursive: true });
  return { faults, differences: [], oracle: `its invariants, ${read} read` };
};
