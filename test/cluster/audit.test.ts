import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/lib/tools.ts';
import { carFiles, pack, task } from '../../packages/inventory/test/support/files.ts';
import { carbonapps, entriesOf, imageOf, tar } from '../../packages/inventory/test/support/images.ts';
import { call } from './harness/api.ts';
import { startRolloutCluster, type RolloutCluster } from './rollout/cluster.ts';
import { miPatterns, repository, temporaryFolder } from '../support/command.ts';

const programs = process.env['MI_PATTERNS_CLUSTER_BIN'] ?? toolFolder();
const missing = ['kube', 'kwok'].filter((program) => !existsSync(join(programs, program)));
const skipped =
  missing.length > 0
    ? `${missing.join(' and ')} not built yet; run: npm run cluster build`
    : process.env['MI_PATTERNS_LARGE']
      ? undefined
      : 'it takes minutes; run with MI_PATTERNS_LARGE=1';

interface Document {
  readonly workloads: readonly {
    readonly id: string;
    readonly risks: Readonly<Record<string, string>>;
    readonly pods: readonly unknown[];
  }[];
  readonly images: number;
  readonly others: number;
  readonly diagnostics: readonly { readonly code: string }[];
}

describe.skipIf(skipped !== undefined)(
  `audit of a cluster (${skipped === undefined ? 'real API server, simulated nodes' : `skipped: ${skipped}`})`,
  () => {
    let cluster: RolloutCluster;
    let kubectl: string;

    beforeAll(async () => {
      cluster = await startRolloutCluster(`audit-${createHash('sha256').update(repository).digest('hex').slice(0, 8)}`);
      kubectl = join(temporaryFolder(), 'kubectl');
      // Says each request on stderr, so that they can be counted.
      writeFileSync(kubectl, `#!/bin/sh\nexec ${cluster.kubectl.join(' ')} --v=6 "$@" 2>> ${kubectl}.log\n`, {
        mode: 0o755,
      });
      for (let space = 0; space < 10; space += 1) await fillNamespace(cluster, space);
    });
    afterAll(async () => {
      await cluster?.down();
    });

    test('of ten namespaces with 200 workloads reads each image once and asks a handful of questions', async () => {
      const images: string[] = [];
      for (let number = 0; number < 5; number += 1) {
        const car = await pack(
          carFiles(`app${number}`, [
            {
              name: `Pay${number}`,
              type: 'synapse/task',
              file: `Pay${number}-1.0.0.xml`,
              content: task(`Pay${number}`),
            },
          ]),
        );
        images.push(
          '--image',
          `acme/app${number}:1=oci-layout:${imageOf([tar(entriesOf({ [`${carbonapps}/app.car`]: car }))])}`,
        );
      }
      const started = Date.now();
      const { exitCode, stdout } = await miPatterns(['audit', '--all-namespaces', '--json', ...images], {
        environment: { KUBECONFIG: cluster.kubeconfig, MI_PATTERNS_KUBECTL: kubectl },
      });
      const document = JSON.parse(stdout) as Document;
      const requests =
        readFileSync(`${kubectl}.log`, 'utf8').match(
          /verb="GET" url="[^"]*\/(apis?)\/[^"]*"|GET https:\/\/\S*\/apis?\/\S*/g,
        ) ?? [];
      process.stdout.write(
        `audit: ${document.workloads.length} workloads in ${Date.now() - started} ms, ${requests.length} requests\n`,
      );
      expect(exitCode).toBe(1);
      expect([document.workloads.length, document.images, document.others >= 20]).toEqual([200, 5, true]);
      // One of the twenty of each namespace has two pods.
      expect(
        document.workloads.filter(({ risks }) => risks['now'] === 'twice').map(({ id }) => id.split('/')[2]),
      ).toEqual(Array.from({ length: 10 }, () => 'app-0'));
      expect(requests.length).toBeLessThan(100);
    });
  },
);

/** Twenty workloads of Micro Integrator, the first with two replicas, and two of something else. */
async function fillNamespace({ api }: RolloutCluster, space: number): Promise<void> {
  const namespace = `team-${space}`;
  await call(api, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  for (let number = 0; number < 22; number += 1) {
    const isOurs = number < 20;
    const labels = { app: `app-${number}` };
    const container = isOurs
      ? { name: 'mi', image: `acme/app${number % 5}:1`, ports: [{ containerPort: 8290 }, { containerPort: 9201 }] }
      : { name: 'web', image: 'nginx:1' };
    await call(api, 'POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: `app-${number}`, labels },
      spec: {
        // Only one workload of each application runs, so that none is a twin of another.
        replicas: number === 0 ? 2 : number < 5 || !isOurs ? 1 : 0,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    });
  }
}
