import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { carFiles, type Files, makeTree, pack, task } from './files.ts';

/** For tests only: an entry of a tar file. `size` may lie about its content. */
export interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** `0` file, `1` hard link, `2` link, `5` folder, and what else a test wants. */
  readonly flag?: string;
  readonly target?: string;
  readonly size?: number;
}

const block = 512;

export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    const long = Buffer.byteLength(entry.name) > 100;
    const record = Buffer.from(paxRecord('path', entry.name));
    return [
      ...(long ? [header({ name: 'pax', flag: 'x', size: record.length }), padded(record)] : []),
      header({ ...entry, name: long ? 'long' : entry.name, size: entry.size ?? content.length }),
      padded(content),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header({ name, flag = '0', target = '', size = 0 }: Entry): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0);
  for (const [at, value] of [
    [100, flag === '5' ? 0o755 : 0o644],
    [108, 802],
    [116, 802],
  ] as const)
    bytes.write(`${value.toString(8).padStart(7, '0')}\0`, at);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(flag, 156);
  bytes.write(target, 157);
  bytes.write('ustar\u000000', 257);
  return withSum(bytes);
}

/** Writes the checksum of a header that a test has changed. */
export function withSum(bytes: Buffer): Buffer {
  bytes.fill(0x20, 148, 156);
  const sum = bytes.subarray(0, block).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = rest + String(rest + String(rest).length).length;
  return `${length} ${key}=${value}\n`;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}

export const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

interface Blob {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

/** Files of an OCI image layout, and of its blobs by digest. */
export interface Layout {
  readonly files: Record<string, string | Buffer>;
  readonly add: (bytes: Buffer, mediaType: string) => Blob;
  readonly addImage: (layers: readonly Buffer[], config?: object) => Blob;
}

export function layout(): Layout {
  const files: Record<string, string | Buffer> = { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' };
  const add = (bytes: Buffer, mediaType: string): Blob => {
    const digest = sha256(bytes);
    files[`blobs/${digest.replace(':', '/')}`] = bytes;
    return { digest, size: bytes.length, mediaType };
  };
  return {
    files,
    add,
    addImage: (layers, config = {}) =>
      add(
        Buffer.from(
          JSON.stringify({
            schemaVersion: 2,
            config: add(
              Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', ...config })),
              'application/vnd.oci.image.config.v1+json',
            ),
            layers: layers.map((layer) => add(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
          }),
        ),
        'application/vnd.oci.image.manifest.v1+json',
      ),
  };
}

export const index = (manifests: readonly object[]): string => JSON.stringify({ schemaVersion: 2, manifests });

/** A layout of one image with these layers, on disk. */
export function imageOf(layers: readonly Buffer[], config: object = {}): string {
  const one = layout();
  const manifest = one.addImage(layers, config);
  return makeTree({ ...one.files, 'index.json': index([manifest]) });
}

export const home = 'home/wso2carbon/wso2mi-4.3.0';
export const carbonapps = `${home}/repository/deployment/server/carbonapps`;

/** A small archive with one task. */
export const carOf = (name: string): Promise<Buffer> =>
  pack(
    carFiles(name, [
      { name: `${name}Task`, type: 'synapse/task', file: `${name}Task-1.0.0.xml`, content: task(`${name}Task`) },
    ]),
  );

/** Entries of a layer for files by path, folders included. */
export function entriesOf(files: Files): Entry[] {
  const folders = new Set<string>();
  return Object.entries(files).flatMap(([name, content]): Entry[] => {
    const parents = name
      .split('/')
      .slice(0, -1)
      .map((_, end, parts) => `${parts.slice(0, end + 1).join('/')}/`);
    const fresh = parents.filter((parent) => !folders.has(parent));
    for (const parent of fresh) folders.add(parent);
    return [...fresh.map((parent) => ({ name: parent, flag: '5' })), { name, content }];
  });
}

export const gzip = (bytes: Buffer): Buffer => gzipSync(bytes);
