import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entriesOf, home, tar, carbonapps, carOf, type Entry } from '../packages/inventory/test/support/images.ts';
import { readArguments, wholeNumber } from '../scripts/lib/arguments.ts';
import { startRegistry } from '../test/delivery/registry.ts';
import { measure, printTable } from './lib/measure.ts';
import { createRandom } from './lib/project.ts';

const script = {
  run: 'npx tsx bench/image.ts',
  summary: `Measures scan of an image of 600 MB in a registry on this machine beside skopeo copy of the same image to a folder, RUNS
times (7). IMAGE in skopeo's words, for example docker-archive:mi.tar, is measured instead of a made-up one. Needs skopeo on PATH.`,
  operands: '[RUNS] [IMAGE]',
} as const;
const { operands } = readArguments(script);
const command = join(import.meta.dirname, '../packages/cli/bin/mi-patterns.js');
const runs = wholeNumber(script, 'RUNS', operands[0] ?? '7');
const given = operands[1];
const folder = mkdtempSync(join(tmpdir(), 'bench-image-'));
const registry = await startRegistry();
const mebibyte = 1024 * 1024;

/** Bytes that shrink to about `share` of their size: noise, and runs of words between. */
function bytes(seed: number, length: number, share: number): Buffer {
  const random = createRandom(seed);
  const made = Buffer.alloc(length);
  const words = Buffer.from('public static void org.apache.synapse.mediators return this.value; \n'.repeat(64));
  for (let at = 0; at < length; at += 4096) {
    const noise = Math.floor(4096 * share);
    for (let index = 0; index + 4 <= noise && at + index + 4 <= length; index += 4)
      made.writeUInt32LE(Math.floor(random() * 2 ** 32), at + index);
    words.copy(made, at + noise, Math.floor(random() * 2000), 4096 - noise + 2000);
  }
  return made;
}

/** A folder of files of one megabyte. */
function files(path: string, seed: number, size: number, share: number): Entry[] {
  return entriesOf(
    Object.fromEntries(
      Array.from({ length: size }, (_, number) => [
        `${path}/file-${number}.jar`,
        bytes(seed + number, mebibyte, share),
      ]),
    ),
  );
}

/** Four layers as an image of MI has them: a system, a Java runtime, the server, and what a team adds. */
async function makeImage(layout: string): Promise<void> {
  const layers = [
    files('usr/lib', 1, 90, 0.4),
    files('opt/java', 1000, 190, 0.45),
    files(`${home}/wso2/components/plugins`, 2000, 310, 0.97),
    [
      ...entriesOf({ [`${home}/conf/deployment.toml`]: '[server]\nhot_deployment = false\n' }),
      ...entriesOf({ [`${carbonapps}/orders.car`]: await carOf('orders') }),
      ...files(`${home}/lib`, 3000, 10, 0.9),
    ],
  ];
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const add = (blob: Buffer, mediaType: string): object => {
    const digest = createHash('sha256').update(blob).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', digest), blob);
    return { digest: `sha256:${digest}`, size: blob.length, mediaType };
  };
  const packed = layers.map((entries) => {
    const unpacked = tar(entries);
    const diff = createHash('sha256').update(unpacked).digest('hex');
    return {
      diff,
      descriptor: add(gzipSync(unpacked, { level: 6 }), 'application/vnd.oci.image.layer.v1.tar+gzip'),
    };
  });
  const config = {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: packed.map(({ diff }) => `sha256:${diff}`) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: add(Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json'),
    layers: packed.map(({ descriptor }) => descriptor),
  };
  const descriptor = add(Buffer.from(JSON.stringify(manifest)), 'application/vnd.oci.image.manifest.v1+json');
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
}

const middle = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
const range = (list: readonly number[]): string =>
  `${Math.round(middle(list))} (${Math.round(Math.min(...list))}–${Math.round(Math.max(...list))})`;

try {
  const layout = join(folder, 'image');
  if (given === undefined) await makeImage(layout);
  const image = `${registry.host}/acme/orders:1`;
  const pushed = await measure('skopeo', [
    '--insecure-policy',
    'copy',
    '--dest-tls-verify=false',
    given ?? `oci:${layout}`,
    `docker://${image}`,
  ]);
  if (pushed.exitCode !== 0) throw new Error('skopeo could not push the image');
  const copied = join(folder, 'copied');
  const pairs: { scan: Awaited<ReturnType<typeof measure>>; copy: Awaited<ReturnType<typeof measure>> }[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const scan = await measure(process.execPath, [command, 'scan', `oci:${image}`, '--json']);
    rmSync(copied, { recursive: true, force: true });
    const source = ['--src-tls-verify=false', `docker://${image}`];
    const copy = await measure('skopeo', ['--insecure-policy', 'copy', ...source, `dir:${copied}`]);
    if (scan.exitCode > 1 || copy.exitCode !== 0) throw new Error('a command failed');
    // The first pair fills the caches of the system.
    if (run > 0) pairs.push({ scan, copy });
  }
  const column = (of: 'scan' | 'copy', what: 'milliseconds' | 'processor' | 'memory'): number[] =>
    pairs.map((pair) => pair[of][what]);
  const ratio = (what: 'milliseconds' | 'processor'): string =>
    middle(pairs.map(({ scan, copy }) => scan[what] / copy[what])).toFixed(2);
  printTable([
    ['', 'ms', 'ms of processor', 'MiB'],
    ...(['scan', 'copy'] as const).map((of) => [
      of === 'scan' ? 'mi-patterns scan' : 'skopeo copy',
      range(column(of, 'milliseconds')),
      range(column(of, 'processor')),
      String(Math.round(Math.max(...column(of, 'memory')))),
    ]),
    ['ratio, median of pairs', ratio('milliseconds'), ratio('processor'), ''],
  ]);
} finally {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
}
