import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../scripts/lib/arguments.ts';
import { provideTool } from '../scripts/lib/tools.ts';
import { best, measure, printTable } from './lib/measure.ts';

readArguments({
  run: 'npx tsx bench/render.ts',
  summary: `Measures helm template with 1, 20, 100 and 500 workloads, beside helm version and, where it lies beside the checkout, the
official chart with its one Deployment.`,
});
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const helm = await provideTool('helm', (text) => process.stderr.write(`${text}\n`));
const folder = mkdtempSync(join(tmpdir(), 'bench-render-'));
try {
  const rows = [['render', 'time', 'each workload']];
  const floor = await best(5, () => measure(helm, ['version']));
  rows.push(['helm version', `${Math.round(floor.milliseconds)} ms`, '']);
  const official = join(process.env.MI_PATTERNS_SHARED ?? join(root, '../shared'), 'peers/helm-mi/mi');
  if (existsSync(official)) {
    const run = await best(5, () =>
      measure(helm, ['template', 'bench', official, '--set', 'wso2.config.icp.enabled=false']),
    );
    rows.push([
      `official chart, 1 workload${run.exitCode === 0 ? '' : ' (failed)'}`,
      `${Math.round(run.milliseconds)} ms`,
      '',
    ]);
  }
  for (const count of [1, 20, 100, 500]) {
    const values = join(folder, `values-${count}.json`);
    writeFileSync(values, JSON.stringify(valuesOf(count)));
    const run = await best(5, () =>
      measure(helm, ['template', 'bench', join(root, 'charts/micro-integrator'), '--values', values]),
    );
    rows.push([
      `${count} workloads${run.exitCode === 0 ? '' : ' (failed)'}`,
      `${Math.round(run.milliseconds)} ms`,
      `${((run.milliseconds - floor.milliseconds) / count).toFixed(2)} ms`,
    ]);
  }
  printTable(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function valuesOf(count: number): object {
  const stateful = Object.fromEntries(
    Array.from({ length: count - 1 }, (_, index) => [
      `task-${index}`,
      { type: 'stateful', artifacts: { roles: [`MiIsolatedTask${index}`], stateful: [`task/task${index}`] } },
    ]),
  );
  return count === 1
    ? { pattern: 'multiple-replicas', workloads: { integration: { type: 'stateless', replicas: 2 } } }
    : {
        pattern: 'coordinated',
        // As `generate` writes it: each role is looked for in the workloads, and each workload's in the list.
        artifacts: { roles: Object.keys(stateful).map((_, index) => `MiIsolatedTask${index}`) },
        workloads: { integration: { type: 'stateless', replicas: 2 }, ...stateful },
      };
}
