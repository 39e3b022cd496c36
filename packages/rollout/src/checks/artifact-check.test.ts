import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../test/certificate.ts';
import { askReadyPod, checkThroughKubectl, compareServer, namesOf } from './artifact-check.ts';

const answers: Readonly<Record<string, unknown>> = {
  '/management/apis': {
    count: 2,
    list: [
      { name: 'OrderAPI', context: '/orders' },
      { name: 'Bill:v1.0', url: 'http://localhost:8290/bill' },
    ],
  },
  '/management/tasks': { count: 1, list: [{ name: 'report' }] },
  '/management/inbound-endpoints': { count: 0, list: [] },
  '/management/applications': {
    totalCount: 1,
    activeCount: 1,
    activeList: [{ name: 'orders', version: '1.2.0' }],
    faultyCount: 0,
    faultyList: [],
  },
};
const get = async (path: string): Promise<unknown> => answers[path];

describe('compareServer', () => {
  it('finds nothing where the server has what the plan says', async () => {
    expect(
      await compareServer(
        'p',
        {
          component: 'i',
          present: ['api/OrderAPI', 'api/Bill:v1.0', 'task/report', 'sequence/S'],
          absent: ['inbound-endpoint/I', 'event-source/E'],
        },
        get,
      ),
    ).toEqual([]);
  });

  it('names what is missing and what belongs elsewhere', async () => {
    expect(await compareServer('p', { component: 'i', present: ['api/Other'], absent: ['task/report'] }, get)).toEqual([
      'p has not deployed api/Other',
      'p has deployed task/report, which belongs to another workload',
    ]);
  });

  it('names the archive that could not be deployed instead of all that was in it', async () => {
    const faulty = {
      ...answers,
      '/management/applications': { faultyCount: 1, faultyList: [{ name: 'orders', version: '1.2.0', artifacts: [] }] },
    };
    expect(
      await compareServer(
        'p',
        { component: 'i', present: ['api/A', 'api/B'], absent: [] },
        async (path) => faulty[path as keyof typeof faulty],
      ),
    ).toEqual([
      'p could not deploy the archive orders 1.2.0: one of its artifacts is faulty, so MI undeployed all of them',
    ]);
  });

  it('takes no list for one in which something has no name', () => {
    for (const list of [[{}], [null], [{ name: [] }]]) expect(() => namesOf({ list })).toThrow('without a name');
  });

  it('does not take an error for an empty list', () => {
    expect(() => namesOf({ Error: 'unauthorised' })).toThrow('no list');
  });
});

it('says that nothing was checked where no login is given', async () => {
  expect(
    await checkThroughKubectl(
      { namespace: 'n', context: 'c' },
      { workloads: [], pods: [] },
      [{ component: 'i', present: ['api/A'], absent: [] }],
      undefined,
    ),
  ).toMatchObject({ state: 'not-checked', because: expect.stringContaining('MI_PATTERNS_MANAGEMENT_USER') });
});

/** What is said of a server whose tunnel and answers are played. */
async function saidOf(
  answer: (response: ServerResponse) => void,
  { tunnel, isPlain = false }: { readonly tunnel?: string; readonly isPlain?: boolean } = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'management-'));
  const certificate = makeCertificate(folder);
  const server = isPlain
    ? createPlainServer((_, response) => answer(response))
    : createServer(certificate, (_, response) => answer(response));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const kubectl = join(folder, 'kubectl');
  const forward = tunnel ?? `echo 'Forwarding from 127.0.0.1:${port} -> 9164'; exec sleep 60`;
  writeFileSync(
    kubectl,
    `#!/bin/sh\ncase "$*" in\n  version*) echo '{"clientVersion": {"gitVersion": "v1.37.0"}}' ;;\n  *) ${forward} ;;\nesac\n`,
    { mode: 0o755 },
  );
  vi.stubEnv('MI_PATTERNS_KUBECTL', kubectl);
  try {
    const login = { user: 'admin', password: 'a-password' };
    await askReadyPod({ namespace: 'n', context: 'c' }, ['p'], { port: '9164', login }, async () => '');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasOpenssl || process.platform === 'win32')(
  'a server is not waited for (skipped without openssl)',
  () => {
    it.each<readonly [string, (response: ServerResponse) => void, string]>([
      [
        'that ends in the middle of its answer',
        (response) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{"Acc', () => response.socket?.destroy());
        },
        '/management/login returned an incomplete answer',
      ],
      [
        'that ends before its answer',
        (response) => void response.socket?.destroy(),
        '/management/login was not answered: the connection was closed',
      ],
      ['that answers nothing', (response) => response.end('null'), 'the login returned no token'],
      [
        'with a token of two lines',
        (response) => response.end('{"AccessToken":"a\\nb"}'),
        'the login returned no token',
      ],
    ])('%s', async (_, answer, said) => {
      expect(await saidOf(answer)).toBe(said);
    });

    it('that speaks no TLS', async () => {
      expect(await saidOf(() => {}, { isPlain: true })).toBe('/management/login was not answered with TLS');
    });

    it('when its tunnel ends without a word', async () => {
      expect(await saidOf(() => {}, { tunnel: 'exit 0' })).toBe('kubectl port-forward ended');
    });
  },
);
