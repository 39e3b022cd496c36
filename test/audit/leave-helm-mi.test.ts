import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, carFiles, pack, task } from '../../packages/inventory/test/support/files.ts';
import { carbonapps, entriesOf, imageOf, tar } from '../../packages/inventory/test/support/images.ts';
import { provideTool, toolFolder } from '../../scripts/lib/tools.ts';
import { call, read } from '../cluster/harness/api.ts';
import { startRegistry, type TestRegistry } from '../delivery/registry.ts';
import { startRolloutCluster, type RolloutCluster } from '../rollout/cluster.ts';
import { program, repository, temporaryFolder } from '../support/command.ts';

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

    beforeAll(async () => {
      cluster = await startRolloutCluster(`leave-${createHash('sha256').update(repository).digest('hex').slice(0, 8)}`);
      registry = await startRegistry();
    }, 400_000);
    afterAll(async () => {
      registry?.close();
      await cluster?.down();
    }, 60_000);

    test('takes a release over as it says, and at no moment do two workloads have a pod with the task', async () => {
      const folder = temporaryFolder();
      const helm = await provideTool('helm', () => {});
      const shim = (name: string, words: readonly string[]): void =>
        writeFileSync(join(folder, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
      shim('mi-patterns', [process.execPath, program]);
      shim('kubectl', cluster.kubectl);
      shim('helm', [helm]);
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
        MI_PATTERNS_HELM: helm,
        MI_PATTERNS_KUBECTL: join(folder, 'kubectl'),
        CONTEXT: execFileSync(join(folder, 'kubectl'), ['config', 'current-context'], {
          env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
          encoding: 'utf8',
        }).trim(),
        NAMESPACE: 'prod',
        OLD: 'billing',
        IMAGE: `${repositoryName}:1`,
        NEW: `${repositoryName}:1-patterns`,
      };
      const run = (script: string): string =>
        execFileSync('bash', ['-e', '-c', script], {
          cwd: folder,
          env: environment,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      // The image that the old release runs: the same layers under a tag of its own.
      run(`mi-patterns package --from oci-layout:${layout} --pattern single-replica --out old --push $IMAGE`);
      await call(cluster.api, 'POST', '/api/v1/namespaces', { metadata: { name: 'prod' } });
      const settings = `containerRegistry=${registry.host},wso2.deployment.image.repository=acme/billing,wso2.deployment.image.tag=1`;
      run(
        `helm install billing ${official} --namespace prod --set wso2.config.icp.enabled=false,wso2.gatewayAPI.enabled=false,wso2.deployment.replicas=2,${settings}`,
      );

      const seen: string[] = [];
      const watch = async (moment: string): Promise<void> => {
        const { items } = (await read<{ items: { metadata: { name: string } }[] }>(
          cluster.api,
          '/api/v1/namespaces/prod/pods',
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
        const output = run(block);
        await watch(`after block ${number + 1}`);
        if (block.includes(' diff ')) expect(output).toContain('Service/cloud-billing is pointed at Deployment/');
        // Stateless pods of the new release may still be ending.
        if (block.includes(' rollback ')) expect(seen.at(-1)).toMatch(/: old(?: new)?$/);
        if (block.includes(' rollout ')) expect(seen.at(-1)).toMatch(/: new task$/);
      }
      expect(readFileSync(join(folder, 'audit.html'), 'utf8')).toContain('runs more than once now');
      process.stdout.write(`${seen.join('\n')}\n`);
    }, 600_000);
  },
);
