import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, wholeNumber } from '../scripts/lib/arguments.ts';
import { anew } from './lib/anew.ts';
import { alternating, measure, printTable, shown } from './lib/measure.ts';
import { writeProjects } from './lib/project.ts';

const script = {
  run: 'npx tsx bench/scan.ts',
  summary: `Measures time and memory of scan, plan and generate over projects of COUNT artifacts (8, 1000, 10000 and 100000), beside
xmllint --noout over the same files and an empty Node. Needs xmllint on PATH.`,
  operands: '[COUNT...]',
} as const;
const command = join(dirname(fileURLToPath(import.meta.url)), '../packages/cli/bin/mi-patterns.js');
const counts = readArguments(script).operands.map((count) => wholeNumber(script, 'COUNT', count));
const rows: string[][] = [['artifacts', 'what', 'median (shortest–longest)', 'xmllint', 'scan', 'over node', 'MiB']];

for (const count of counts.length > 0 ? counts : [8, 1_000, 10_000, 100_000]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scan-'));
  try {
    const files = writeProjects(join(folder, 'in'), count);
    const list = `${files.join('\n')}\n`;
    const [input, out] = [join(folder, 'in'), join(folder, 'out')];
    const ours =
      (...args: readonly string[]) =>
      () => {
        rmSync(out, { recursive: true, force: true });
        return measure(process.execPath, [command, ...args]);
      };
    const measured = [
      ['node -e 0', () => measure(process.execPath, ['-e', '0'])],
      // One process for all files as far as the system's argument limit allows: xmllint at its best.
      ['xmllint --noout', () => measure('xargs', ['-n', '20000', 'xmllint', '--noout'], { input: list })],
      ['scan --json', anew(ours('scan', input, '--json'))],
      ['scan --json, nothing changed', ours('scan', input, '--json')],
      ['plan --json', anew(ours('plan', input, '--json'))],
      ['plan --json, nothing changed', ours('plan', input, '--json')],
      ['generate --no-package', ours('generate', input, '--out', out, '--no-package', '--quiet')],
      ['generate', ours('generate', input, '--out', out, '--quiet')],
    ] as const;
    const series = await alternating(
      count > 20_000 ? 3 : 7,
      measured.map(([, run]) => run),
    );
    const [node, xmllint, scan] = series;
    for (const [index, [name]] of measured.entries()) {
      const one = series[index];
      if (one === undefined || node === undefined || xmllint === undefined || scan === undefined) continue;
      rows.push([
        index === 0 ? String(count) : '',
        name,
        shown(one),
        `${(one.median / xmllint.median).toFixed(2)} ×`,
        `${(one.median / scan.median).toFixed(2)} ×`,
        `${Math.round(one.median - node.median)} ms`,
        String(Math.round(one.memory)),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
printTable(rows);
