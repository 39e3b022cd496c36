import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTree, pack, task } from '../../test/support/files.ts';
import {
  carbonapps,
  carOf,
  entriesOf,
  type Entry,
  gzip,
  home,
  imageOf,
  index,
  layout,
  paxRecord,
  tar,
  withSum,
} from '../../test/support/images.ts';
import { type Inventory, isInputError, readInventory } from '../index.ts';

const tasksOf = ({ artifacts }: Inventory): string[] =>
  artifacts.filter(({ kind }) => kind === 'task').map(({ name }) => name);

/** Code and message of what ends the reading of an image. */
async function refusal(path: string, limits = {}): Promise<string> {
  try {
    await readInventory([path], { limits });
    return 'nothing';
  } catch (error) {
    if (!isInputError(error)) throw error;
    return error.message;
  }
}

describe('an image', () => {
  test('is read like the folder of its server, with places inside of it', async () => {
    const layer = tar(
      entriesOf({
        [`${carbonapps}/a.car`]: await carOf('A'),
        [`${home}/repository/deployment/server/synapse-configs/default/tasks/Own.xml`]: task('Own'),
        [`${home}/conf/deployment.toml`]: '[server]\noffset = 3\n',
        [`${home}/conf/file.properties`]: 'region=eu\n# no\nurl: http://x\n',
        'opt/backup/old.car': await carOf('Old'),
      }),
    );
    const folder = imageOf([gzip(layer)], {
      config: { User: '10802', Entrypoint: ['/start.sh'], Env: ['DB_PASSWORD=hush', 'REGION=eu'] },
    });
    const inventory = await readInventory([`oci-layout:${folder}`]);
    expect(tasksOf(inventory)).toEqual(['ATask', 'Own']);
    expect(inventory.artifacts[0]?.source.path).toBe(`${folder}!/${carbonapps}/a.car!/ATask_1.0.0/ATask-1.0.0.xml`);
    expect(inventory.configurations).toMatchObject([
      { offset: 3, source: { path: `${folder}!/${home}/conf/deployment.toml` } },
    ]);
    expect(inventory.applications.map(({ type, runtimeVersion }) => [type, runtimeVersion])).toEqual([
      ['archive', '4.3.0'],
      ['server', '4.3.0'],
    ]);
    expect(inventory.images).toMatchObject([
      {
        platform: 'linux/amd64',
        user: '10802',
        entrypoint: ['/start.sh'],
        environment: { DB_PASSWORD: '[hidden]', REGION: 'eu' },
        homes: [{ path: home, version: '4.3.0', fileProperties: ['region', 'url'] }],
        notRead: { archives: [{ path: 'opt/backup/old.car' }] },
      },
    ]);
    expect(inventory.diagnostics).toMatchObject([
      { code: 'MI-IMAGE-NOT-READ', source: { path: `${folder}!/opt/backup/old.car` } },
    ]);
  });

  test('without a server is a volume: every archive in it counts', async () => {
    const inventory = await readInventory([`oci-layout:${imageOf([tar(entriesOf({ 'a.car': await carOf('A') }))])}`]);
    expect(tasksOf(inventory)).toEqual(['ATask']);
    expect(inventory.images?.[0]?.homes).toEqual([]);
  });

  test('is read with the connectors that its server has beside its archives', async () => {
    const server = `${home}/repository/deployment/server`;
    const layer = entriesOf({
      [`${server}/synapse-configs/default/imports/{c}file.xml`]:
        '<import xmlns="http://ws.apache.org/ns/synapse" name="file" package="c" status="enabled"/>',
      [`${server}/synapse-libs/fileconnector-4.0.0.zip`]: await pack({
        'connector.xml': '<connector><component name="file" package="c"/></connector>',
      }),
    });
    const { artifacts, diagnostics } = await readInventory([`oci-layout:${imageOf([tar(layer)])}`]);
    expect(artifacts.map(({ id, version }) => [id, version])).toEqual([['connector/fileconnector', '4.0.0']]);
    expect(diagnostics).toEqual([]);
  });

  test('tells its version by the JARs of the server where the folder has another name', async () => {
    const layer = entriesOf({
      'opt/mi/repository/deployment/server/carbonapps/a.car': await carOf('A'),
      'opt/mi/wso2/components/plugins/org.wso2.micro.integrator.core_4.2.0.164.jar': '',
    });
    const { applications } = await readInventory([`oci-layout:${imageOf([tar(layer)])}`]);
    expect(applications[0]?.runtimeVersion).toBe('4.2.0');
  });

  test('without anything of Micro Integrator is refused', async () => {
    expect(await refusal(`oci-layout:${imageOf([tar(entriesOf({ 'etc/passwd': 'x' }))])}`)).toContain('MI-INPUT-EMPTY');
  });
});

describe('layers', () => {
  const read = async (...layers: readonly (readonly Entry[])[]): Promise<Inventory> =>
    readInventory([`oci-layout:${imageOf(layers.map((layer) => gzip(tar(layer))))}`]);

  test('replace files, and whiteouts remove files and folders of the layers below only', async () => {
    const base = entriesOf({
      [`${carbonapps}/a.car`]: await carOf('Old'),
      [`${carbonapps}/b.car`]: await carOf('B'),
      [`${carbonapps}/c.car`]: await carOf('C'),
    });
    const replaced = await read(base, [
      { name: `${carbonapps}/.wh.b.car` },
      { name: `${carbonapps}/a.car`, content: await carOf('New') },
    ]);
    expect(tasksOf(replaced)).toEqual(['CTask', 'NewTask']);
    const opaque = await read(base, [
      { name: `${carbonapps}/d.car`, content: await carOf('D') },
      { name: `${carbonapps}/.wh..wh..opq` },
    ]);
    expect(tasksOf(opaque)).toEqual(['DTask']);
    const folder = await read(
      base,
      [{ name: `${home}/repository/deployment/server/.wh.carbonapps` }],
      [{ name: `${carbonapps}/e.car`, content: await carOf('E') }],
    );
    expect(tasksOf(folder)).toEqual(['ETask']);
    const fileForFolder = await read(
      base,
      [{ name: carbonapps, content: 'a file now' }],
      entriesOf({ [`${carbonapps}/f.car`]: await carOf('F') }),
    );
    expect(tasksOf(fileForFolder)).toEqual(['FTask']);
  });

  test('have links that are followed inside of the image', async () => {
    const inventory = await read([
      ...entriesOf({
        'opt/apps/a.car': await carOf('A'),
        'opt/apps/b.car': await carOf('B'),
        'opt/apps/c.car': await carOf('C'),
      }),
      ...entriesOf({ [`${home}/conf/x`]: '' }),
      { name: `${carbonapps}/a.car`, flag: '2', target: '/opt/apps/a.car' },
      { name: `${carbonapps}/b.car`, flag: '2', target: '../../../../../../../../../../../opt/apps/b.car' },
      { name: `${carbonapps}/c.car`, flag: '1', target: 'opt/apps/c.car' },
      { name: `${carbonapps}/d.car`, flag: '2', target: '/mnt/d.car' },
    ]);
    expect(tasksOf(inventory)).toEqual(['ATask', 'BTask', 'CTask']);
    expect(inventory.diagnostics).toMatchObject([{ code: 'MI-IMAGE-LINK' }]);
    const folder = await read(
      [
        ...entriesOf({ 'opt/apps/a.car': await carOf('A') }),
        ...entriesOf({ [`${home}/repository/deployment/server/x`]: '' }),
        { name: carbonapps, flag: '2', target: '/opt/apps' },
      ],
      // A later layer that writes through the link.
      [{ name: `${carbonapps}/b.car`, content: await carOf('B') }],
    );
    expect(tasksOf(folder)).toEqual(['ATask', 'BTask']);
  });

  test('are read a second time for what there was no room for', async () => {
    const folder = imageOf([
      gzip(tar(entriesOf({ [`${carbonapps}/a.car`]: await carOf('A') }))),
      gzip(
        tar([
          { name: `${carbonapps}/a.car`, content: await carOf('Lost') },
          { name: `${carbonapps}/a.car`, content: await carOf('B') },
        ]),
      ),
    ]);
    expect(tasksOf(await readInventory([`oci-layout:${folder}`], { limits: { imageKeptBytes: 0 } }))).toEqual([
      'BTask',
    ]);
  });
});

describe('the archive of an image', () => {
  const dockerArchive = async (): Promise<Buffer> =>
    tar([
      { name: 'l2/layer.tar', content: tar([{ name: `${carbonapps}/.wh.a.car` }]) },
      {
        name: 'l1/layer.tar',
        content: tar(
          entriesOf({ [`${carbonapps}/a.car`]: await carOf('A'), [`${carbonapps}/b.car`]: await carOf('B') }),
        ),
      },
      { name: 'l3/layer.tar', flag: '2', target: '../l2/layer.tar' },
      { name: 'config.json', content: '{"os":"linux","architecture":"arm64"}' },
      {
        name: 'manifest.json',
        content: JSON.stringify([
          {
            Config: 'config.json',
            RepoTags: ['acme/orders:1.2.0'],
            Layers: ['l1/layer.tar', 'l2/layer.tar', 'l3/layer.tar'],
          },
        ]),
      },
    ]);

  test('of docker save is read, packed or not, its layers in the order of the manifest', async () => {
    const bytes = await dockerArchive();
    const folder = makeTree({ 'image.tar': bytes, 'image.tar.gz': gzip(bytes) });
    for (const file of ['image.tar', 'image.tar.gz', 'image.tar:acme/orders:1.2.0', 'image.tar:1.2.0']) {
      const inventory = await readInventory([`docker-archive:${file}`], { cwd: folder });
      expect(tasksOf(inventory), file).toEqual(['BTask']);
      expect(inventory.images?.[0]).toMatchObject({ platform: 'linux/arm64', name: file.replace(/:.*/, '') });
    }
    expect(await refusal(`docker-archive:${folder}/image.tar:2.0`)).toMatch(
      /MI-IMAGE-REFERENCE.*no image with the tag 2\.0 \(tags: acme\/orders:1\.2\.0\)/,
    );
    expect(await refusal(`docker-archive:${folder}/other.tar`)).toMatch(/MI-IMAGE-REFERENCE.*no such file/);
  });

  test('of OCI is read, and of several images the one that a tag names', async () => {
    const one = layout();
    const [a, b] = [
      one.addImage([tar(entriesOf({ 'a.car': await carOf('A') }))]),
      one.addImage([tar(entriesOf({ 'b.car': await carOf('B') }))]),
    ];
    const tagged = (blob: object, tag: string): object => ({
      ...blob,
      annotations: { 'org.opencontainers.image.ref.name': tag },
    });
    const files = { ...one.files, 'index.json': index([tagged(a, '1'), tagged(b, '2')]) };
    const folder = makeTree({ 'image.tar': tar(Object.entries(files).map(([name, content]) => ({ name, content }))) });
    const read = (path: string): Promise<Inventory> => readInventory([path], { cwd: folder });
    expect(tasksOf(await read('oci-archive:image.tar:2'))).toEqual(['BTask']);
    expect(tasksOf(await read('docker-archive:image.tar:1'))).toEqual(['ATask']);
    expect(await refusal(`oci-archive:${folder}/image.tar`)).toMatch(
      /MI-IMAGE-REFERENCE.*holds 2 images \(tags: 1, 2\)/,
    );
  });

  test('of several platforms is read for one, and says which were not', async () => {
    const one = layout();
    const arm = {
      ...one.addImage([tar(entriesOf({ 'a.car': await carOf('Arm') }))]),
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    };
    const amd = {
      ...one.addImage([tar(entriesOf({ 'a.car': await carOf('Amd') }))]),
      platform: { os: 'linux', architecture: 'amd64' },
    };
    const attestation = { ...arm, platform: { os: 'unknown', architecture: 'unknown' } };
    const inner = one.add(Buffer.from(index([arm, attestation, amd])), 'application/vnd.oci.image.index.v1+json');
    const inventory = await readInventory([`oci-layout:${makeTree({ ...one.files, 'index.json': index([inner]) })}`]);
    expect(tasksOf(inventory)).toEqual(['AmdTask']);
    expect(inventory.images?.[0]?.notRead.platforms).toEqual(['linux/arm64/v8']);
  });

  test('may be packed with zstd', async () => {
    const layer = tar(entriesOf({ 'a.car': await carOf('A') }));
    let packed: Buffer;
    try {
      packed = execFileSync('zstd', ['-q', '-c'], { input: layer });
    } catch {
      // `zstd` is not everywhere; a frame of one raw block is valid too (RFC 8878, 3.1.1).
      packed = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), sizeOf(layer.length), ...rawBlocks(layer)]);
    }
    expect(tasksOf(await readInventory([`oci-layout:${imageOf([packed])}`]))).toEqual(['ATask']);
  });
});

function sizeOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
}

function rawBlocks(content: Buffer): Buffer[] {
  const most = 64 * 1024;
  const starts = Array.from({ length: Math.ceil(content.length / most) }, (_, number) => number * most);
  return starts.flatMap((start) => {
    const piece = content.subarray(start, start + most);
    const header = Buffer.alloc(3);
    header.writeUIntLE((piece.length << 3) | (start + most >= content.length ? 1 : 0), 0, 3);
    return [header, piece];
  });
}

describe('tar files', () => {
  test.each(['v7', 'ustar', 'gnu', 'pax', 'oldgnu'])(
    'in the format %s of GNU tar are read with links and long names',
    async (format) => {
      const folder = makeTree({ 'tree/x': '' });
      // These two have no room for a long link.
      const long =
        format === 'v7' || format === 'ustar'
          ? 'short'
          : join(...Array.from({ length: 4 }, (_, number) => `${'long'.repeat(8)}${number}`));
      const apps = join(folder, 'tree', long, 'mi/repository/deployment/server/carbonapps');
      mkdirSync(apps, { recursive: true });
      writeFileSync(join(apps, 'a.car'), await carOf('A'));
      writeFileSync(join(folder, 'tree/b.car'), await carOf('B'));
      symlinkSync('/b.car', join(apps, 'b.car'));
      linkSync(join(apps, 'a.car'), join(apps, 'c.car'));
      execFileSync('tar', [`--format=${format}`, '-cf', 'layer.tar', '-C', 'tree', '.'], { cwd: folder });
      const inventory = await readInventory([`oci-layout:${imageOf([readFileSync(join(folder, 'layer.tar'))])}`]);
      expect(tasksOf(inventory)).toEqual(['ATask', 'BTask']);
      expect(inventory.images?.[0]?.homes).toHaveLength(1);
    },
  );

  test('that are hostile never leave the image, never fill the memory and always get an answer', async () => {
    const car = await carOf('A');
    const sound = entriesOf({ [`${carbonapps}/a.car`]: car });
    const traversal = await readInventory([
      `oci-layout:${imageOf([
        tar([
          ...sound,
          { name: '../../etc/cron.d/x', content: 'x' },
          { name: `${carbonapps}/../../../../../../../../x.car`, content: car },
          { name: `${carbonapps}/passwd.car`, flag: '1', target: '/etc/passwd' },
          { name: `${carbonapps}/loop.car`, flag: '2', target: 'loop.car' },
          { name: `${carbonapps}/out.car`, flag: '2', target: '../../../../../../../../../../etc/passwd' },
          { name: '/etc/absolute', content: 'starts at the root of the image' },
        ]),
      ])}`,
    ]);
    expect(tasksOf(traversal)).toEqual(['ATask']);
    expect(traversal.diagnostics.map(({ code }) => code).toSorted()).toEqual([
      'MI-IMAGE-LINK',
      'MI-IMAGE-LINK',
      'MI-IMAGE-PATH',
    ]);
    const of = async (layer: Buffer, limits = {}): Promise<string> => refusal(`oci-layout:${imageOf([layer])}`, limits);
    const lie = tar([{ name: 'a.car', content: car, size: 2 ** 33 - 1 }]);
    expect(await of(lie)).toMatch(/MI-IMAGE-LIMIT|MI-IMAGE-BROKEN.*ends in the middle of a\.car/);
    expect(await of(tar([{ name: 'x', flag: 'x', size: 2 ** 30 }]))).toMatch(
      /MI-IMAGE-BROKEN.*extended header of 1073741824 bytes/,
    );
    expect(await of(tar([{ name: 'x', flag: 'x', content: '99999 path=y\n' }]))).toMatch(/extended header is damaged/);
    expect(await of(tar([{ name: 'x', flag: 'x', content: paxRecord('size', '-5') }, { name: 'a' }]))).toMatch(
      /impossible size/,
    );
    expect(await of(gzip(Buffer.alloc(4 * 1024 * 1024)).subarray(0, 200))).toMatch(
      /MI-IMAGE-BROKEN.*compression is damaged/,
    );
    expect(await of(Buffer.from('no tar at all'.repeat(50)))).toMatch(/MI-IMAGE-BROKEN.*not a tar archive/);
    const negative = tar([{ name: 'a' }]);
    negative[124] = 0xff;
    expect(await of(withSum(negative))).toMatch(/negative/);
    expect(await of(gzip(tar([{ name: 'bomb', content: Buffer.alloc(1024 * 1024) }])), { imageBytes: 1000 })).toMatch(
      /MI-IMAGE-LIMIT/,
    );
    expect(
      await of(tar(Array.from({ length: 9 }, (_, number) => ({ name: `f${number}` }))), { imageEntries: 8 }),
    ).toMatch(/MI-IMAGE-LIMIT.*more than 8 files/);
  });
});

describe('documents of an image that are wrong', () => {
  const changed = async (
    change: (one: ReturnType<typeof layout>, manifest: { digest: string; size: number }) => string | undefined,
  ): Promise<string> => {
    const one = layout();
    const manifest = one.addImage([tar(entriesOf({ 'a.car': await carOf('A') }))]);
    const text = change(one, manifest) ?? index([manifest]);
    return refusal(`oci-layout:${makeTree({ ...one.files, 'index.json': text })}`);
  };
  const largest = (files: Record<string, string | Buffer>): string =>
    Object.entries(files).toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';

  test('are told, and nothing of the image is used', async () => {
    expect(await changed(() => '{')).toMatch(/MI-IMAGE-BROKEN.*index\.json is not a JSON/);
    expect(await changed(() => '{"manifests":[{"digest":"sha256:../../etc/passwd","size":1}]}')).toMatch(
      /MI-IMAGE-BROKEN.*not a sha256 digest/,
    );
    expect(
      await changed(
        (one, { digest }) => void (one.files[`blobs/${digest.replace(':', '/')}`] = '{"layers":[],"config":{}}'),
      ),
    ).toMatch(/MI-IMAGE-/);
    expect(
      await changed((one) => {
        const layer = largest(one.files);
        const bytes = Buffer.from(one.files[layer] as Buffer);
        bytes[bytes.length - 1] = 1;
        one.files[layer] = bytes;
        return undefined;
      }),
    ).toMatch(/MI-IMAGE-DIGEST.*another digest/);
    expect(await changed((one) => void delete one.files[largest(one.files)])).toMatch(
      /MI-IMAGE-BROKEN.*lacks the blob/,
    );
    expect(await refusal(`oci-layout:${makeTree({ x: '' })}`)).toMatch(/MI-IMAGE-BROKEN.*not an OCI image layout/);
    expect(await refusal('oci:acme/orders:1')).toMatch(/MI-IMAGE-REFERENCE/);
  });
});
