import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../scripts/lib/arguments.ts';
import { best, measure, printTable } from './lib/measure.ts';
import { writeProjects } from './lib/project.ts';

/**
 * Five hundred artifacts make a project, so ten thousand are twenty archives; the last row has fifty of two hundred.
 */
readArguments({
  run: 'npx tsx bench/package.ts',
  summary:
    'Packages projects of growing size, and then archives of them again, beside zip -0 and unzip -t over the same bytes.',
  more: 'BENCH_TIMES says how often each is measured (3).',
});
const command = join(import.meta.dirname, '../packages/cli/bin/mi-patterns.js');
const times = Number(process.env['BENCH_TIMES'] ?? 3);

const rows: string[][] = [
  [
    'artifacts',
    'archives',
    'MiB',
    'package',
    'ms/artifact',
    'peak MiB',
    'package again',
    'peak MiB',
    'zip -0',
    'unzip -t',
  ],
];
for (const [count, perProject] of [
  [100, 500],
  [1000, 500],
  [10_000, 500],
  [10_000, 200],
] as const) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-package-'));
  try {
    writeProjects(join(folder, 'in'), count, 1, perProject);
    const packaged = await best(times, () => run('in', folder, 'out'));
    const archives = join(folder, 'out/image/carbonapps');
    const files = readdirSync(archives);
    const bytes = files.reduce((sum, file) => sum + statSync(join(archives, file)).size, 0);
    const again = await best(times, () => run('out/image/carbonapps', folder, 'again'));
    const zip = await best(times, () =>
      measure('zip', ['-0', '-q', '-r', join(folder, 'all.zip'), '.'], { cwd: join(folder, 'in') }),
    );
    const unzip = await best(times, () =>
      measure('sh', ['-c', 'for car in *.car; do unzip -tqq "$car"; done'], { cwd: archives }),
    );
    const ms = (milliseconds: number): string => `${Math.round(milliseconds)} ms`;
    rows.push([
      String(count),
      String(files.length),
      (bytes / 1024 / 1024).toFixed(1),
      ms(packaged.milliseconds),
      (packaged.milliseconds / count).toFixed(2),
      String(Math.round(packaged.memory)),
      ms(again.milliseconds),
      String(Math.round(again.memory)),
      ms(zip.milliseconds),
      ms(unzip.milliseconds),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
printTable(rows);

/** Into a new folder each time: over an old one it would compare digests as well. */
async function run(input: string, folder: string, out: string): ReturnType<typeof measure> {
  rmSync(join(folder, out), { recursive: true, force: true });
  const measured = await measure(
    process.execPath,
    [command, 'package', input, '--out', out, '--isolate', 'one', '--quiet'],
    { cwd: folder },
  );
  if (measured.exitCode !== 0) throw new Error(`package ended with ${measured.exitCode}`);
  return measured;
}
