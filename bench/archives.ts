import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, wholeNumber } from '../scripts/lib/arguments.ts';
import { anew } from './lib/anew.ts';
import { alternating, measure, printTable, shown } from './lib/measure.ts';
import { createRandom, writeProjects } from './lib/project.ts';

const script = {
  run: 'npx tsx bench/archives.ts',
  summary:
    'Measures scan of COUNT archives of one megabyte (1000) beside unzip -p of the entries that it reads. Needs zip and unzip on PATH.',
  operands: '[COUNT]',
} as const;
const { operands } = readArguments(script);
const command = join(import.meta.dirname, '../packages/cli/bin/mi-patterns.js');
const count = wholeNumber(script, 'COUNT', operands[0] ?? '1000');
const folder = mkdtempSync(join(tmpdir(), 'bench-archives-'));
try {
  writeProjects(join(folder, 'in'), 20, 1, 20);
  const packed = spawnSync(
    process.execPath,
    [command, 'package', 'in/project-0', '--out', 'out', '--isolate', 'one', '--quiet'],
    { cwd: folder },
  );
  if (packed.status !== 0) throw new Error(packed.stderr.toString());
  const archives = join(folder, 'archives');
  mkdirSync(archives);
  const random = createRandom(7);
  // A library that nobody reads makes an archive as large as real ones are.
  const library = Buffer.from(Uint8Array.from({ length: 1024 * 1024 }, () => random() * 256));
  for (let index = 0; index < count; index += 1) {
    const file = join(archives, `app-${index}.car`);
    spawnSync('cp', [join(folder, 'out/image/carbonapps/project-0_1.0.0.car'), file]);
    mkdirSync(join(folder, 'lib_1.0.0'), { recursive: true });
    writeFileSync(join(folder, 'lib_1.0.0/blob.bin'), library);
    spawnSync('zip', ['-q', '-0', file, 'lib_1.0.0/blob.bin'], { cwd: folder });
  }
  const unzip = `for car in *.car; do unzip -p "$car" '*.xml' > /dev/null; done`;
  const scan = (): ReturnType<typeof measure> =>
    measure(process.execPath, [command, 'scan', 'archives', '--json'], { cwd: folder });
  const series = await alternating(5, [
    () => measure('sh', ['-c', unzip], { cwd: archives }),
    anew(scan),
    // Prints the answer again that the run before has left.
    scan,
  ]);
  const [reference] = series;
  if (reference === undefined) throw new Error('nothing was measured');
  const names = ['unzip -p', 'scan --json', 'scan --json, nothing changed'];
  printTable([
    ['archives', 'what', 'median (shortest–longest)', 'unzip -p', 'MiB'],
    ...series.map((one, index) => [
      index === 0 ? String(count) : '',
      names[index] ?? '',
      shown(one),
      `${(one.median / reference.median).toFixed(2)} ×`,
      String(Math.round(one.memory)),
    ]),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
