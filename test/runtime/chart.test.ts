import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, request, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { JsonObject } from '@mi-patterns/helm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { shared } from '../chart/support.ts';
import { car } from './car.ts';
import { startPod, type Pod, type PodOptions } from './rendered.ts';
import { findRuntime, freeOffset, until } from './server.ts';

/** What the chart renders, started on a real server. docs/runtime.md tells what each of these saw. */
const runtime = findRuntime();
const startScript = join(shared, 'mi-runtime', 'start-script-4.3.0.sh');
const missing =
  'missing' in runtime ? runtime.missing : existsSync(startScript) ? undefined : `${startScript} does not exist`;
if (missing !== undefined)
  console.warn(`Nothing that the chart renders is tried on a real Micro Integrator: ${missing}.`);
const available = 'folder' in runtime ? { folder: runtime.folder, startScript } : undefined;
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8').includes(' lo');
if (!hasIpv6) console.warn('IPv6 is not tried: this machine has no ::1.');
// A pod has a /tmp of its own, which would hide the server's code there.
const isHidden = 'folder' in runtime && runtime.folder.startsWith('/tmp/');
const canMount = !isHidden && spawnSync('unshare', ['--mount', 'true']).status === 0;
if (!canMount)
  console.warn(
    `The read-only root file system is not tried: ${isHidden ? 'the cache is below /tmp' : 'unshare needs root here'}.`,
  );

const work = mkdtempSync(join(tmpdir(), 'mi-chart-runtime-'));
const password = 'keystore-Passw0rd';
let backend: HttpsServer;
let vault: HttpServer;
const seen = { vault: [] as string[], backend: 0 };
const pods: Pod[] = [];

async function start(options: PodOptions): Promise<Pod> {
  const pod = await startPod(available!, await freeOffset(), options);
  pods.push(pod);
  return pod;
}

/** A key and a certificate for localhost, signed by itself; `file.p12` and `file.pem`. */
function keystore(name: string, alias: string): { readonly store: Buffer; readonly certificate: string } {
  const [store, certificate] = [join(work, `${name}.p12`), join(work, `${name}.pem`)];
  const common = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', password, '-alias', alias];
  execFileSync(
    'keytool',
    ['-genkeypair', ...common, '-keyalg', 'RSA', '-dname', `CN=${name}`, '-ext', 'san=dns:localhost', '-validity', '2'],
    { stdio: 'ignore' },
  );
  execFileSync('keytool', ['-exportcert', '-rfc', ...common, '-file', certificate], { stdio: 'ignore' });
  return { store: readFileSync(store), certificate: readFileSync(certificate, 'utf8') };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request to the management API, whose certificate is not checked here. */
function management(pod: Pod, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: 'localhost',
        port: pod.port('management'),
        path: `/management${path}`,
        headers: { accept: 'application/json', ...headers },
        rejectUnauthorized: false,
      },
      (response) => {
        let body = '';
        response.on('data', (piece: Buffer) => (body += piece.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

const basic = (user: string, secret: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
});

async function token(pod: Pod, user: string, secret: string): Promise<Readonly<Record<string, string>>> {
  const { body } = await management(pod, '/login', basic(user, secret));
  return { authorization: `Bearer ${(JSON.parse(body) as { readonly AccessToken: string }).AccessToken}` };
}

function presented(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: 'localhost', port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on('error', reject);
  });
}

const get = async (url: string): Promise<Answer> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  return { status: response.status, body: await response.text() };
};
const api = (name: string, mediators: string): string =>
  `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${name.toLowerCase()}"><resource methods="GET"><inSequence>${mediators}<respond/></inSequence></resource></api>`;
const jcmd = (pod: Pod, ...command: string[]): string =>
  execFileSync('jcmd', [String(pod.process()), ...command], { encoding: 'utf8' });
const generated = (pod: Pod, file: string): string => readFileSync(join(pod.home, 'conf', file), 'utf8');
const secret = (key: string): JsonObject => ({ name: 'mi', key });

describeWith(missing, 'what the chart renders, on a real Micro Integrator (4.3.0, built from source)', () => {
  let server: ReturnType<typeof keystore>;
  let authority: ReturnType<typeof keystore>;
  let archives: Readonly<Record<string, Buffer>>;
  let values: JsonObject;
  let secrets: NonNullable<PodOptions['secrets']>;

  beforeAll(async () => {
    server = keystore('orders-server', 'orders');
    authority = keystore('order-backend', 'backend');
    backend = createHttpsServer({ pfx: authority.store, passphrase: password }, (_, response) => {
      seen.backend += 1;
      response.setHeader('content-type', 'application/json');
      response.end('{"from":"backend"}');
    });
    vault = createHttpServer((asked, response) => {
      seen.vault.push(`${asked.url} ${String(asked.headers['x-vault-token'])}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { data: { password: 'from-the-vault' }, metadata: { version: 1 } } }));
    });
    await Promise.all([backend, vault].map((one) => new Promise<void>((done) => one.listen(0, done))));
    archives = {
      'orders.car': await car('orders', [
        {
          name: 'Backend',
          type: 'synapse/api',
          content: api(
            'Backend',
            '<log level="custom"><property name="said" value="once"/></log><call><endpoint><address uri="$FILE:backend"/></endpoint></call>',
          ),
        },
        {
          name: 'Vault',
          type: 'synapse/api',
          content: api(
            'Vault',
            `<payloadFactory media-type="json"><format>{"password":"$1"}</format><args><arg evaluator="xml" expression="hashicorp:vault-lookup('secret/orders', 'password')"/></args></payloadFactory>`,
          ),
        },
      ]),
    };
    secrets = {
      mi: { admin: 'Adm1n-secret', ops: 'Op5-secret', 'server.p12': server.store, password, token: 'vault-token' },
    };
    values = {
      workloadDefaults: {
        heap: { max: '320Mi' },
        jvm: { options: ['-Dorders.option=1'] },
        logging: {
          level: 'INFO',
          pattern: 'ORDERS|%p|%c{1}|%m%n',
          loggers: { 'org.apache.synapse.mediators': 'DEBUG' },
        },
      },
      properties: { backend: `https://localhost:${(backend.address() as AddressInfo).port}/orders` },
      env: { ORDERS_TIMEOUT: '123456' },
      deploymentToml: { mediation: { synapse: { global_timeout_interval: '$env{ORDERS_TIMEOUT}' } } },
      keystores: {
        primary: {
          secretName: 'mi',
          key: 'server.p12',
          type: 'PKCS12',
          alias: 'orders',
          passwordSecret: secret('password'),
        },
      },
      trustedCertificates: { backend: { configMap: { name: 'authorities', key: 'backend.pem' } } },
      userStore: {
        type: 'file',
        admin: { username: 'boss', passwordSecret: secret('admin') },
        users: { ops: { passwordSecret: secret('ops') } },
      },
      metrics: { enabled: true },
      hashicorpVault: {
        enabled: true,
        address: `http://localhost:${(vault.address() as AddressInfo).port}`,
        tokenSecret: secret('token'),
      },
    };
  });

  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.remove()));
    backend?.close();
    vault?.close();
    rmSync(work, { recursive: true, force: true });
  });

  describe('everything at once', () => {
    let pod: Pod;
    beforeAll(async () => {
      pod = await start({
        values,
        secrets,
        configMaps: { authorities: { 'backend.pem': authority.certificate } },
        archives,
      });
    });

    test('the ports of the container are those that the server opened', async () => {
      expect(await get(`http://localhost:${pod.port('internal')}/healthz`)).toMatchObject({ status: 200 });
      expect(await get(`http://localhost:${pod.port('internal')}/liveness`)).toMatchObject({ status: 200 });
      expect((await get(`http://localhost:${pod.port('http')}/nothing`)).status).toBe(404);
    });

    test('the heap and options reach the JVM', () => {
      expect(jcmd(pod, 'VM.flags')).toMatch(
        new RegExp(`-XX:InitialHeapSize=${320 * 1024 * 1024}\\b[\\s\\S]*-XX:MaxHeapSize=${320 * 1024 * 1024}\\b`),
      );
      expect(jcmd(pod, 'VM.system_properties')).toMatch(/^orders\.option=1$/m);
      expect(jcmd(pod, 'VM.system_properties')).toMatch(
        /^serverRoles=EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer$/m,
      );
    });

    test('both TLS listeners show the certificate of the keystore in the Secret', async () => {
      expect(await Promise.all(['https', 'management'].map((name) => presented(pod.port(name))))).toEqual([
        'orders-server',
        'orders-server',
      ]);
    });

    test('file.properties and the imported certificate: an API calls a backend whose certificate no other server trusts', async () => {
      expect(await get(`http://localhost:${pod.port('http')}/backend`)).toEqual({
        status: 200,
        body: '{"from":"backend"}',
      });
      expect(seen.backend).toBe(1);
    });

    test('the environment reaches deployment.toml, and what the chart forces is in force', () => {
      expect(generated(pod, 'synapse.properties')).toMatch(/^synapse\.global_timeout_interval *= *123456$/m);
      expect(generated(pod, 'axis2/axis2.xml')).toMatch(/<parameter name="hotdeployment"[^>]*>false</i);
    });

    test('an archive that comes later is not deployed', async () => {
      writeFileSync(
        join(pod.home, 'repository/deployment/server/carbonapps/late.car'),
        await car('late', [{ name: 'Late', type: 'synapse/api', content: api('Late', '') }]),
      );
      await new Promise((done) => setTimeout(done, 20_000));
      expect((await get(`http://localhost:${pod.port('http')}/late`)).status).toBe(404);
      expect(pod.log()).not.toContain('late_1.0.0');
    });

    test('the users of the release, and no others, log in at the management API', async () => {
      expect((await management(pod, '/login', basic('admin', 'admin'))).status).toBe(401);
      expect((await management(pod, '/login', basic('boss', 'wrong'))).status).toBe(401);
      const boss = await token(pod, 'boss', 'Adm1n-secret');
      expect(JSON.parse((await management(pod, '/applications', boss)).body)).toMatchObject({
        activeList: [{ name: 'orders' }],
      });
      const ops = await token(pod, 'ops', 'Op5-secret');
      expect((await management(pod, '/apis', ops)).status).toBe(200);
    });

    test('log lines follow the pattern, and a logger its level', () => {
      const lines = pod
        .log()
        .split('\n')
        .filter((line) => line.startsWith('ORDERS|'));
      expect(
        lines.filter((line) => /^ORDERS\|INFO\|StartupFinalizer\|WSO2 Micro Integrator started in/.test(line)),
      ).toHaveLength(1);
      expect(lines.some((line) => line.startsWith('ORDERS|DEBUG|'))).toBe(true);
      expect(lines.filter((line) => /^ORDERS\|DEBUG\|/.test(line) && !/Mediator/.test(line)).slice(0, 3)).toEqual([]);
    });

    test('a line of a log mediator is there once, and checks leave none', () => {
      expect(
        pod
          .log()
          .split('\n')
          .filter((line) => line.includes('said = once')),
      ).toHaveLength(1);
      expect(pod.log()).not.toMatch(/GET \/(healthz|liveness)/);
    });

    test('metrics are there', async () => {
      const { status, body } = await get(`http://localhost:${pod.port('internal')}/metric-service/metrics`);
      expect(status).toBe(200);
      expect(body).toMatch(/^wso2_integration_api_request_count_total\{.*api_name="Backend"|service_name="Backend"/m);
    });

    test('a secret comes from HashiCorp Vault', async () => {
      expect(await get(`http://localhost:${pod.port('http')}/vault`)).toEqual({
        status: 200,
        body: '{"password":"from-the-vault"}',
      });
      expect(seen.vault.join('\n')).toMatch(/^\/v1\/secret\/data\/orders vault-token$/m);
    });

    test('no secret is in a file that came from a ConfigMap', () => {
      const toml = readFileSync(join(pod.home, 'conf/deployment.toml'), 'utf8');
      for (const value of ['Adm1n-secret', 'Op5-secret', password, 'vault-token']) expect(toml).not.toContain(value);
    });

    test('the rendered preStop script ends it, by a signal and in seconds', async () => {
      const { exitCode, milliseconds, output } = pod.preStop();
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
      expect(milliseconds).toBeLessThan(30_000);
      await until(
        () => !pod.isRunning(),
        () => 'the entry point still runs',
      );
    });
  });

  test.skipIf(!hasIpv6)(
    'it listens on IPv6 with runtime.ipv6, and on IPv4 alone without (skipped on machines without IPv6)',
    async () => {
      const [plain, both] = [
        await start({ values: { workloadDefaults: { heap: { max: '320Mi' } } } }),
        await start({ values: { runtime: { ipv6: true }, workloadDefaults: { heap: { max: '320Mi' } } } }),
      ];
      const status = async (pod: Pod, host: string): Promise<number | 'refused'> =>
        get(`http://${host}:${pod.port('http')}/nothing`).then(
          (answer) => answer.status,
          () => 'refused',
        );
      expect([await status(plain, '127.0.0.1'), await status(plain, '[::1]')]).toEqual([404, 'refused']);
      expect([await status(both, '127.0.0.1'), await status(both, '[::1]')]).toEqual([404, 404]);
    },
  );

  test.skipIf(!canMount)(
    'with a read-only root file system it starts, serves, writes only to its volumes, and stops (skipped where nothing can be mounted)',
    async () => {
      const pod = await start({
        values: { ...values, workloadDefaults: { readOnlyRootFilesystem: true, heap: { max: '320Mi' } } },
        secrets,
        configMaps: { authorities: { 'backend.pem': authority.certificate } },
        archives,
        readOnly: true,
      });
      expect(await get(`http://localhost:${pod.port('internal')}/healthz`)).toMatchObject({ status: 200 });
      expect(await get(`http://localhost:${pod.port('http')}/backend`)).toMatchObject({ status: 200 });
      expect((await management(pod, '/applications', await token(pod, 'boss', 'Adm1n-secret'))).status).toBe(200);
      expect(pod.log()).not.toMatch(/Read-only file system/);
      expect(existsSync(join(pod.home, 'wso2carbon.pid'))).toBe(true);
      expect(pod.preStop()).toMatchObject({ exitCode: 0 });
      await until(
        () => !pod.isRunning(),
        () => 'the entry point still runs',
      );
    },
  );
});
