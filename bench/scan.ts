import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { best, measure, printTable } from './lib/measure.ts';
import { writeProjects } from './lib/project.ts';

/**
 * Time and memory of scan, plan and generate over generated projects, beside `xmllint --noout` over the same files.
 * Usage: tsx bench/scan.ts [COUNT...]   (default 1000 10000 100000; needs xmllint on PATH)
 */
const command = join(dirname(fileURLToPath(import.meta.url)), '../packages/cli/bin/mi-patterns.js');
const counts = process.argv.slice(2).map(Number);
const rows: string[][] = [
  ['artifacts', 'xmllint', 'scan', 'ratio', 'MiB', 'plan', 'ratio', 'MiB', 'generate', 'ratio', 'MiB'],
];

for (const count of counts.length > 0 ? counts : [1_000, 10_000, 100_000]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scan-'));
  try {
    const files = writeProjects(folder, count);
    const times = count > 20_000 ? 2 : 5;
    const list = `${files.join('\n')}\n`;
    // One process for all files as far as the system's argument limit allows: xmllint at its best.
    const reference = await best(times, () => measure('xargs', ['-n', '20000', 'xmllint', '--noout'], { input: list }));
    if (reference.exitCode !== 0) throw new Error('xmllint is needed for the comparison (Debian: libxml2-utils).');
    const row = [String(count), `${Math.round(reference.milliseconds)} ms`];
    const commands = [
      ['scan', folder, '--json'],
      ['plan', folder, '--json'],
      ['generate', folder, '--out', join(folder, 'out'), '--force', '--quiet'],
    ];
    for (const args of commands) {
      const run = await best(times, () => measure(process.execPath, [command, ...args]));
      row.push(
        `${Math.round(run.milliseconds)} ms`,
        (run.milliseconds / reference.milliseconds).toFixed(2),
        String(Math.round(run.memory)),
      );
    }
    rows.push(row);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
printTable(rows);
