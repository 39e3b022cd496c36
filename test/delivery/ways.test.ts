import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { chart, miPatterns, orders, temporaryFolder } from '../support/command.ts';

const sources = ['image', 'imageVolume', 'initCopy', 'persistentVolumeClaim'];
const details: Readonly<Record<string, object>> = {
  imageVolume: { imageVolume: { reference: 'acme/archives:1' } },
  persistentVolumeClaim: { persistentVolumeClaim: { claimName: 'archives' } },
  initCopy: { initCopy: { select: ['*.car'] } },
};
/** Where each workload finds its archives, for sources that the user fills: one folder for all would isolate nothing. */
function ownFolders(source: string): object {
  const names = ['integration', 'recurring-order-task', 'schedul-order-task'];
  const of = (name: string): object =>
    source === 'initCopy' ? { initCopy: { from: `/archives/${name}` } } : { [source]: { subPath: name } };
  return Object.fromEntries(names.map((name) => [name, { artifacts: of(name) }]));
}
const filledByUser = ['initCopy', 'persistentVolumeClaim'];
const ways = ['roles', 'archives'].flatMap((delivery) =>
  sources.flatMap((source) => ['respawn', 'at-most-one'].map((recovery) => ({ delivery, source, recovery }) as const)),
);

describe('each way of delivery of a plan with stateful artifacts', () => {
  it.each(ways)('$delivery from $source with recovery $recovery', async ({ delivery, source, recovery }) => {
    const out = temporaryFolder();
    const configuration = join(out, 'mi-patterns.yaml');
    const workloads = delivery === 'archives' && filledByUser.includes(source) ? ownFolders(source) : {};
    const values = { artifacts: { source, ...details[source] }, workloadDefaults: { recovery }, workloads };
    const image = { repository: 'acme/orders', tag: '1.2.0' };
    const environments = { prod: { namespace: 'prod', values } };
    writeFileSync(
      configuration,
      JSON.stringify({
        artifacts: [orders],
        runtime: { version: '4.6.0' },
        pattern: 'coordinated',
        delivery,
        image,
        environments,
      }),
    );
    const made = await miPatterns(['generate', '--config', configuration, '--out', join(out, 'deploy')]);
    expect(made.exitCode, made.stdout + made.stderr).toBe(0);
    const file = join(out, 'deploy/values-prod.yaml');
    const judged = await miPatterns(['validate', file]);
    expect(judged.exitCode, judged.stdout + readFileSync(file, 'utf8')).toBe(0);
    expect((await renderChart({ chart, values: [file] })).state).toBe('rendered');
  });
});

describe('plan --json', () => {
  it('tells the server role of each stateful entry point', async () => {
    const { stdout } = await miPatterns(['plan', orders, '--json']);
    const { roles } = JSON.parse(stdout) as { readonly roles: Readonly<Record<string, string>> };
    expect(roles).toEqual({
      'task/recurringOrder_Task': 'MiIsolatedRecurringOrderTask',
      'task/schedulOrder_Task': 'MiIsolatedSchedulOrderTask',
    });
  });
});
