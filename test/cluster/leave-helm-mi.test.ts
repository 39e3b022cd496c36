import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, carFiles, pack, task } from '../../packages/inventory/test/support/files.ts';
import { carbonapps, entriesOf, imageOf, tar } from '../../packages/inventory/test/support/images.ts';
import { provideTool, toolFolder } from '../../scripts/lib/tools.ts';
import { call, read } from './harness/api.ts';
import { startRegistry, type TestRegistry } from '../delivery/registry.ts';
import { startRolloutCluster, type RolloutCluster } from './rollout/cluster.ts';
import { playGuards } from './rollout/guards.ts';
import { program, repository, temporaryFolder } from '../support/command.ts';

const inBackground = promisify(execFile);
const shared = process.env['MI_PATTERNS_SHARED'] ?? join(repository, '..', 'shared');
const official = join(shared, 'peers/helm-mi/mi');
const programs = process.env['MI_PATTERNS_CLUSTER_BIN'] ?? toolFolder();
const missing = ['kube', 'kwok'].filter((name) => !existsSync(join(programs, name)));
const skipped = !existsSync(official)
  ? "WSO2's own chart is not at hand"
  : missing.length > 0
    ? `${missing.join(' and ')} not built yet; run: npm run cluster build`
    : process.env['MI_PATTERNS_LARGE']
      ? undefined
      : 'it takes minutes; run with MI_PATTERNS_LARGE=1';

describe.skipIf(skipped !== undefined)(
  `the page "I have helm-mi" (${skipped === undefined ? 'real API server, simulated nodes' : `skipped: ${skipped}`})`,
  () => {
    let cluster: RolloutCluster;
    let registry: TestRegistry;
    let endGuards: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      cluster = await startRolloutCluster(`leave-${createHash('sha256').update(repository).digest('hex').slice(0, 8)}`);
      registry = await startRegistry();
      endGuards = playGuards(cluster.api);
    });
    afterAll(async () => {
      registry?.close();
      await endGuards?.();
      await cluster?.down();
    });

    /** A folder with the three commands, and the image `acme/billing:1` that the old releases run. */
    async function world(helm?: string): Promise<{ readonly folder: string; readonly environment: NodeJS.ProcessEnv }> {
      const folder = temporaryFolder();
      const helmFile = helm ?? (await provideTool('helm', () => {}));
      const shim = (name: string, words: readonly string[]): void =>
        writeFileSync(join(folder, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
      shim('mi-patterns', [process.execPath, program]);
      shim('kubectl', cluster.kubectl);
      shim('helm', [helmFile]);
      const car = await pack(
        carFiles('billing', [
          { name: 'Pay', type: 'synapse/task', file: 'Pay-1.0.0.xml', content: task('Pay') },
          { name: 'Bills', type: 'synapse/api', file: 'Bills-1.0.0.xml', content: api('Bills') },
        ]),
      );
      const layout = imageOf([tar(entriesOf({ [`${carbonapps}/billing.car`]: car }))], {
        config: { Entrypoint: ['/start.sh'] },
      });
      const repositoryName = `${registry.host}/acme/billing`;
      const environment = {
        ...process.env,
        PATH: `${folder}:${process.env['PATH']}`,
        KUBECONFIG: cluster.kubeconfig,
        MI_PATTERNS_HELM: helmFile,
        MI_PATTERNS_KUBECTL: join(folder, 'kubectl'),
        CONTEXT: execFileSync(join(folder, 'kubectl'), ['config', 'current-context'], {
          env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
          encoding: 'utf8',
        }).trim(),
        IMAGE: `${repositoryName}:1`,
        NEW: `${repositoryName}:1-patterns`,
      };
      // The image that the old release runs: the same layers under a tag of its own.
      execFileSync(
        'bash',
        [
          '-e',
          '-c',
          `mi-patterns package --from oci-layout:${layout} --pattern single-replica --out old --push $IMAGE`,
        ],
        { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      return { folder, environment };
    }

    /** Runs scripts in the background, since the guards of the pods are played here meanwhile. */
    const runner =
      (cwd: string, env: NodeJS.ProcessEnv) =>
      async (script: string): Promise<string> =>
        (await inBackground('bash', ['-e', '-c', script], { cwd, env, maxBuffer: 64 * 2 ** 20 })).stdout;

    const helm3 = join(toolFolder(), 'helm3');
    const helms = [{ version: 4 }, ...(existsSync(helm3) ? [{ version: 3, helm: helm3 }] : [])];
    test.each<{ readonly version: number; readonly helm?: string }>(helms)(
      'takes a release over with helm $version as it says, and never two workloads have a pod with the task',
      async ({ version, helm }) => {
        const { folder, environment: common } = await world(helm);
        const namespace = `prod-${version}`;
        const environment = { ...common, NAMESPACE: namespace, OLD: 'billing' };
        const run = runner(folder, environment);
        await call(cluster.api, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
        const settings = `containerRegistry=${registry.host},wso2.deployment.image.repository=acme/billing,wso2.deployment.image.tag=1`;
        await run(
          `helm install billing ${official} --namespace ${namespace} --set wso2.config.icp.enabled=false,wso2.gatewayAPI.enabled=false,wso2.deployment.replicas=2,${settings}`,
        );

        const seen: string[] = [];
        const watch = async (moment: string): Promise<void> => {
          const { items } = (await read<{ items: { metadata: { name: string } }[] }>(
            cluster.api,
            `/api/v1/namespaces/${namespace}/pods`,
          )) ?? { items: [] };
          const names = items.map(({ metadata }) => metadata.name);
          const has = (part: RegExp): boolean => names.some((name) => part.test(name));
          seen.push(
            `${moment}: ${has(/^cloud-billing/) ? 'old ' : ''}${has(/integration/) ? 'new ' : ''}${has(/pay/) ? 'task' : ''}`.trim(),
          );
          expect(has(/^cloud-billing/) && has(/pay/), `${moment}: ${names.join(', ')}`).toBe(false);
        };
        const page = readFileSync(join(repository, 'docs/leave-helm-mi.md'), 'utf8');
        const blocks = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)]
          .map(([, block = '']) => block)
          .filter((block) => !block.startsWith('export '));
        expect(blocks.length).toBeGreaterThan(5);
        for (const [number, block] of blocks.entries()) {
          const output = await run(block);
          await watch(`after block ${number + 1}`);
          if (block.includes(' diff ')) expect(output).toContain('Service/cloud-billing is pointed at Deployment/');
          // Stateless pods of the new release may still be ending.
          if (block.includes(' rollback ')) expect(seen.at(-1)).toMatch(/: old(?: new)?$/);
          if (block.includes(' rollout ')) expect(seen.at(-1)).toMatch(/: new task$/);
        }
        expect(readFileSync(join(folder, 'audit.html'), 'utf8')).toContain('runs more than once now');
        process.stdout.write(`${seen.join('\n')}\n`);
      },
    );

    test('takes two releases with an Ingress each over in one rollout, and each host is answered at every moment', async () => {
      const { folder, environment: common } = await world();
      const environment = { ...common, NAMESPACE: 'split' };
      const run = runner(folder, environment);
      await call(cluster.api, 'POST', '/api/v1/namespaces', { metadata: { name: 'split' } });
      const old = ['billing', 'invoices'];
      const hosts = old.map((name) => `${name}.example.com`);
      for (const name of old)
        await run(
          `helm install ${name} ${official} --namespace split --set wso2.config.icp.enabled=false,wso2.gatewayAPI.enabled=false,wso2.ingress.enabled=true,wso2.ingress.ingressClassName=nginx,wso2.ingress.tlsSecret=${name}-tls,wso2.deployment.hostname=${name}.example.com,wso2.deployment.replicas=1,containerRegistry=${registry.host},wso2.deployment.image.repository=acme/billing,wso2.deployment.image.tag=1`,
        );
      await run('kubectl --namespace split wait --for=condition=Available deployment --all --timeout=120s');
      await run('mi-patterns package --from oci:$IMAGE --out package --push $NEW');
      await run(`mi-patterns init --from-release ${old.join(' ')} --context $CONTEXT --namespace $NAMESPACE`);
      await run('sed -i.bak "s|tag: .*|tag: 1-patterns|" mi-patterns.yaml');
      const shown = await run('mi-patterns diff --env prod || true');
      for (const name of old) expect(shown).toContain(`Service/cloud-${name} is pointed at Deployment/`);

      const story = await watched(run, 'mi-patterns rollout --env prod --yes');
      process.stdout.write(`${story.lines.join('\n')}\n`);
      for (const host of hosts) expect(story.gaps(host), `${host} has no pod behind it`).toEqual([]);
      expect(story.twice, 'a task and an old pod at once').toEqual([]);
      const back = await watched(run, 'mi-patterns rollback --env prod --yes');
      process.stdout.write(`${back.lines.join('\n')}\n`);
      for (const host of hosts) expect(back.gaps(host), `${host} has no pod behind it on the way back`).toEqual([]);
      expect(back.lines.at(-1)).toContain('old 2');
    });

    interface Story {
      readonly lines: readonly string[];
      /** Moments at which no ready pod was behind any Ingress of the host. */
      readonly gaps: (host: string) => readonly string[];
      readonly twice: readonly string[];
    }

    /** Runs a command and looks at the namespace all the while: who owns each host, and which pods there are. */
    async function watched(run: (script: string) => Promise<string>, command: string): Promise<Story> {
      const state = { isOver: false };
      const work = run(command).finally(() => {
        state.isOver = true;
      });
      const [lines, twice]: [string[], string[]] = [[], []];
      const empty: { host: string; moment: string }[] = [];
      while (!state.isOver) {
        const now = await look();
        const line = `${now.hosts.map(({ host, owners }) => `${host} <- ${owners}`).join('; ')} | old ${now.old} new ${now.fresh} task ${now.tasks}`;
        if (lines.at(-1) !== line) lines.push(line);
        for (const { host, ready } of now.hosts) if (ready === 0) empty.push({ host, moment: line });
        if (now.old > 0 && now.tasks > 0) twice.push(line);
        await new Promise((done) => setTimeout(done, 100));
      }
      await work;
      return { lines, gaps: (host) => empty.filter((one) => one.host === host).map(({ moment }) => moment), twice };
    }

    async function look(): Promise<{
      readonly hosts: readonly { readonly host: string; readonly owners: string; readonly ready: number }[];
      readonly old: number;
      readonly fresh: number;
      readonly tasks: number;
    }> {
      const list = async (path: string): Promise<readonly Listed[]> =>
        (await read<{ readonly items: readonly Listed[] }>(cluster.api, path))?.items ?? [];
      const [ingresses, slices, pods] = await Promise.all([
        list('/apis/networking.k8s.io/v1/namespaces/split/ingresses'),
        list('/apis/discovery.k8s.io/v1/namespaces/split/endpointslices'),
        list('/api/v1/namespaces/split/pods'),
      ]);
      const readyBehind = (service: string): number =>
        slices
          .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
          .flatMap(({ endpoints }) => endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready === true).length;
      const byHost = new Map<string, { owner: string; ready: number }[]>();
      for (const { metadata, spec } of ingresses)
        for (const { host, http } of spec?.rules ?? []) {
          const service = http?.paths[0]?.backend.service.name ?? '';
          byHost.set(host, [
            ...(byHost.get(host) ?? []),
            { owner: `${metadata.name}/${service}`, ready: readyBehind(service) },
          ]);
        }
      const named = (part: RegExp): number => pods.filter(({ metadata }) => part.test(metadata.name)).length;
      return {
        hosts: [...byHost].map(([host, routes]) => ({
          host,
          owners: routes.map(({ owner, ready }) => `${owner} (${ready} ready)`).join(' and '),
          ready: Math.max(...routes.map(({ ready }) => ready)),
        })),
        old: named(/^cloud-/),
        fresh: named(/integration/),
        tasks: named(/-pay-/),
      };
    }
  },
);

/** What is read of an Ingress, an EndpointSlice or a pod. */
interface Listed {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly rules?: readonly {
      readonly host: string;
      readonly http?: {
        readonly paths: readonly { readonly backend: { readonly service: { readonly name: string } } }[];
      };
    }[];
  };
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}
