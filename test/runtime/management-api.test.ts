import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkThroughKubectl, type ArtifactCheck, type ExpectedArtifacts, type LiveState } from '@mi-patterns/rollout';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readyPod } from '../../packages/rollout/test/ready-pod.ts';
import { describeWith } from '../support/describe-with.ts';
import { findRuntime, startServer, type Server } from './server.ts';
import { copyOfOrders, miPatternsJson } from '../support/command.ts';

/**
 * What a rollout asks MI's management API, asked of a real server (MI 4.3.0 built from its sources): TLS with a
 * certificate of its own, login for a token, lists, faulty archives. Only the tunnel of kubectl is played.
 */
const runtime = findRuntime();
const skipped =
  'missing' in runtime
    ? runtime.missing
    : process.platform === 'win32'
      ? 'the tunnel is played by a shell script'
      : undefined;
const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';
const defaultRoles = 'EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer';

/** Beside the order example: one artifact of each further kind that the API lists, and two versions of an API. */
const artifacts: Readonly<Record<string, string>> = {
  'apis/Bill1.xml': `<api ${namespace} name="Bill" context="/bill" version="1.0" version-type="context"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
  'apis/Bill2.xml': `<api ${namespace} name="Bill" context="/bill" version="2.0" version-type="url"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
  'proxy-services/Echo.xml': `<proxy ${namespace} name="Echo" transports="http https" startOnLoad="true"><target><inSequence><respond/></inSequence></target></proxy>`,
  'message-stores/Waiting.xml': `<messageStore ${namespace} name="Waiting"/>`,
  'message-processors/Sampler.xml': `<messageProcessor ${namespace} class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" name="Sampler" messageStore="Waiting"><parameter name="interval">60000</parameter><parameter name="sequence">PlaceOrderSeq</parameter><parameter name="is.active">true</parameter></messageProcessor>`,
  'inbound-endpoints/Files.xml': `<inboundEndpoint ${namespace} name="Files" protocol="file" sequence="PlaceOrderSeq" onError="OrderErrorSeq" suspend="false"><parameters><parameter name="interval">60000</parameter><parameter name="sequential">true</parameter><parameter name="coordination">true</parameter><parameter name="transport.vfs.FileURI">file:///nowhere</parameter></parameters></inboundEndpoint>`,
};

interface PlanDocument {
  readonly workloads: readonly {
    readonly name: string;
    readonly roles: readonly string[];
    readonly entryPoints: readonly string[];
    readonly stateful: readonly string[];
  }[];
}

describeWith(skipped, 'the management API of a real server', () => {
  const work = mkdtempSync(join(tmpdir(), 'mi-management-'));
  const archives = join(work, 'package', 'image', 'carbonapps');
  let workloads: PlanDocument['workloads'];
  const servers: Server[] = [];

  beforeAll(async () => {
    const project = copyOfOrders();
    for (const [path, text] of Object.entries(artifacts)) {
      const file = join(project, 'src/main/wso2mi/artifacts', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    rmSync(join(project, 'mi-patterns.yaml'));
    workloads = (await miPatternsJson<PlanDocument>(['plan', '.'], { cwd: project })).document.workloads;
    await miPatternsJson(['package', '.', '--out', join(work, 'package')], { cwd: project });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(work, { recursive: true, force: true });
  });

  const start = async (roles: readonly string[], from = archives): Promise<Server> => {
    if ('missing' in runtime) throw new Error(runtime.missing);
    const server = await startServer(runtime, {
      archives: readdirSync(from).map((name) => join(from, name)),
      arguments: [`-DserverRoles=${[defaultRoles, ...roles].join(',')}`],
    });
    servers.push(server);
    return server;
  };
  const planned = (name: string): PlanDocument['workloads'][number] => {
    const found = workloads.find((workload) => workload.name === name);
    if (found === undefined) throw new Error(`The plan has no workload ${name}.`);
    return found;
  };
  /** As `rollout` derives it from the plan. */
  const expected = (name: string): ExpectedArtifacts => ({
    component: name,
    present: planned(name).entryPoints,
    absent: workloads.flatMap(({ stateful }) => stateful).filter((id) => !planned(name).stateful.includes(id)),
  });

  const check = (server: Server, what: ExpectedArtifacts, password = 'admin'): Promise<ArtifactCheck> => {
    const kubectl = join(work, `kubectl-${new URL(server.management).port}`);
    writeFileSync(
      kubectl,
      `#!/bin/sh\ncase "$*" in\n  version*) echo '{"clientVersion": {"gitVersion": "v1.37.0"}}' ;;\n  *pod/orders-0*) echo 'Forwarding from 127.0.0.1:1 -> 9164'; exec sleep 60 ;;\n  *port-forward*) echo 'Forwarding from 127.0.0.1:${new URL(server.management).port} -> 9164'; exec sleep 60 ;;\nesac\n`,
      { mode: 0o755 },
    );
    vi.stubEnv('MI_PATTERNS_KUBECTL', kubectl);
    const id = 'apps/Deployment/n/orders';
    const live: LiveState = {
      workloads: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'orders', namespace: 'n', labels: { 'app.kubernetes.io/component': what.component } },
        },
      ],
      // The first stands by: it is ready, and has no server.
      pods: ['orders-0', 'orders-1'].map((name) => readyPod(id, { name })),
    };
    return checkThroughKubectl({ namespace: 'n', context: 'c' }, live, [what], { user: 'admin', password });
  };

  it('reports what the plan says of a workload, by the same names, versions of an API included', async () => {
    expect(planned('integration').entryPoints).toEqual([
      'api/Bill:v1.0',
      'api/Bill:v2.0',
      'api/OrderAPI',
      'proxy-service/Echo',
    ]);
    const server = await start(planned('integration').roles);
    expect(await check(server, expected('integration'))).toEqual({ state: 'equal', pods: 1 });
    // The API in the same archive is everywhere; the task is not.
    expect(
      await check(server, {
        component: 'integration',
        present: ['api/Bill:v3.0', 'task/recurringOrder_Task'],
        absent: ['api/OrderAPI'],
      }),
    ).toEqual({
      state: 'different',
      findings: [
        'orders-1 has not deployed api/Bill:v3.0',
        'orders-1 has not deployed task/recurringOrder_Task',
        'orders-1 has deployed api/OrderAPI, which belongs to another workload',
      ],
    });
    expect(await check(server, expected('integration'), 'wrong')).toEqual({
      state: 'not-checked',
      because: 'the management API of orders-0, orders-1 gave no answer: it refuses the login',
    });
    await server.stop();
    expect(await check(server, expected('integration'))).toMatchObject({
      state: 'not-checked',
      because: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('lists every stateful kind in the server that has its role', async () => {
    const stateful = workloads.filter((workload) => workload.stateful.length > 0);
    expect(stateful.flatMap((workload) => workload.stateful).toSorted()).toEqual([
      'inbound-endpoint/Files',
      'message-processor/Sampler',
      'task/recurringOrder_Task',
      'task/schedulOrder_Task',
    ]);
    const server = await start(stateful.flatMap(({ roles }) => roles));
    expect(
      await check(server, {
        component: 'all',
        present: workloads.flatMap(({ entryPoints }) => entryPoints),
        absent: [],
      }),
    ).toEqual({ state: 'equal', pods: 1 });
    await server.stop();
  });

  it('names an archive that the server has taken back', async () => {
    const { car } = await import('./car.ts');
    const folder = join(work, 'faulty');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'faulty_1.0.0.car'),
      await car('faulty', [
        { name: 'Sound' },
        { name: 'Broken', content: `<sequence ${namespace} name="Broken"><nosuchmediator/></sequence>` },
      ]),
    );
    const server = await start([], folder);
    expect(await check(server, { component: 'all', present: ['api/OrderAPI'], absent: [] })).toEqual({
      state: 'different',
      findings: [
        'orders-1 could not deploy the archive faulty 1.0.0: one of its artifacts is faulty, so MI undeployed all of them',
      ],
    });
    await server.stop();
  });
});
