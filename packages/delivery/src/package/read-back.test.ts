import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readInventory, type WrittenArchive } from '@mi-patterns/inventory';
import { api, type CarArtifact, carFiles, type Files, makeTree, pack, task } from '@mi-patterns/inventory/test-files';
import { deliveryOf, plan } from '@mi-patterns/planner';
import { archiveCheck } from './read-back.ts';

type OriginOf = WrittenArchive['originOf'];

const planned: readonly CarArtifact[] = [
  { name: 'one', type: 'synapse/api', file: 'one.xml', content: api('orders', '1') },
  { name: 'two', type: 'synapse/api', file: 'two.xml', content: api('orders', '2') },
  { name: 'tick', type: 'synapse/task', file: 'tick.xml', content: task('tick') },
];

/** What is said of an archive that was written where another one was planned. */
async function saidOf(written: Files, originOf: OriginOf = () => undefined): Promise<string[]> {
  const cwd = makeTree({ 'a.car': await pack(carFiles('a', planned)) });
  const inventory = await readInventory(['a.car'], { cwd });
  const decided = plan(inventory, { isolate: 'each', coordination: 'isolate', verdicts: new Map(), replicas: 2 });
  const [set] = deliveryOf(inventory, decided).sets;
  const path = join(cwd, 'written.car');
  writeFileSync(path, await pack(written));
  const check = archiveCheck({ inventory, plan: decided });
  return check({ path, originOf }, set!.archives[0]!).map(({ message }) => message.replaceAll(path, 'written.car'));
}

test('archives that hold what was planned pass', async () => {
  expect(await saidOf(carFiles('a', planned))).toEqual([]);
});

test('an entry point that is lost, one of two versions of an API too, is named', async () => {
  expect(await saidOf(carFiles('a', planned.slice(0, 2)))).toEqual([expect.stringContaining('task/tick is not in it')]);
  const version = (content: string): Files =>
    carFiles('a', [...planned.filter(({ name }) => name !== 'two'), { ...planned[1]!, content }]);
  expect(await saidOf(version(api('orders', '1')))).toEqual([expect.stringContaining('api/orders:v2 is not in it')]);
  expect(await saidOf(version(api('orders', '3')))).toEqual([expect.stringContaining('api/orders:v2 is not in it')]);
});

test('an entry that is a copy of a file that was read is that file, and any other one is read', async () => {
  const copyOf =
    (content: string): OriginOf =>
    (entry) =>
      entry.endsWith('/tick.xml')
        ? { bytes: Buffer.from(content), artifact: { kind: 'task', name: 'tock' } }
        : undefined;
  expect(await saidOf(carFiles('a', planned), copyOf(task('tick')))).toEqual([
    expect.stringContaining('task/tick is not in it'),
  ]);
  expect(await saidOf(carFiles('a', planned), copyOf(task('tock')))).toEqual([]);
});

test('a file that MI cannot read, a list without its folder, and a broken archive are faults', async () => {
  const broken = carFiles('a', [...planned.slice(0, 2), { ...planned[2]!, content: '<task' }]);
  expect(await saidOf(broken)).toEqual([expect.stringContaining('The file ends inside a tag')]);
  const { 'tick_1.0.0/artifact.xml': _, ...without } = carFiles('a', planned);
  expect(await saidOf(without)).toEqual([expect.stringContaining('a lists tick (version 1.0.0), but no folder')]);
  expect(await saidOf({})).toEqual([expect.stringContaining('written.car is skipped')]);
});
