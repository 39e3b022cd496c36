import { describe, expect, test } from 'vitest';
import {
  addFiles,
  api,
  artifactFolder,
  artifactList,
  carFiles,
  type Files,
  makeTree,
  pack,
  sequence,
  sequenceArtifact,
  task,
} from '../../test/support/files.ts';
import type { Inventory } from '../model/inventory.ts';
import { readInventory } from '../read-inventory.ts';

async function readCarOf(files: Files, name = 'a.car'): Promise<Inventory> {
  return readInventory([name], { cwd: makeTree({ [name]: await pack(files) }) });
}

const codes = (inventory: Inventory): string[] => inventory.diagnostics.map(({ code }) => code);

/** Changes bytes of an archive: every occurrence of one name by another of the same length. */
function patch(archive: Buffer, from: string, to: string): Buffer {
  expect(from).toHaveLength(to.length);
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
}

describe('a sound archive', () => {
  test('is one application that delivers its artifacts', async () => {
    const inventory = await readCarOf({
      ...carFiles('orders', [
        sequenceArtifact('first'),
        { name: 'poll', type: 'synapse/task', file: 'poll-1.0.0.xml', content: task('poll') },
        {
          name: 'shop_1.1',
          version: '1.1',
          type: 'synapse/api',
          file: 'shop_1.1-1.1.xml',
          content: api('shop', '1.1'),
        },
        {
          name: 'config',
          type: 'config/property',
          file: 'config.properties',
          content: 'url:string\ncert_a:cert\n# no:string\n',
        },
      ]),
    });
    expect(codes(inventory)).toEqual([]);
    expect(inventory.artifacts.map(({ id, version, applications }) => [id, version, applications])).toEqual([
      ['api/shop', '1.1', ['orders_1.0.0']],
      ['property-file/config', '1.0.0', ['orders_1.0.0']],
      ['sequence/first', '1.0.0', ['orders_1.0.0']],
      ['task/poll', '1.0.0', ['orders_1.0.0']],
    ]);
    expect(inventory.artifacts[2]?.source).toEqual({ path: 'a.car!/first_1.0.0/first-1.0.0.xml', line: 1, column: 1 });
    expect(inventory.applications[0]).toMatchObject({ id: 'orders_1.0.0', type: 'archive', source: { path: 'a.car' } });
    expect(inventory.applications[0]?.deliveries[0]).toEqual({
      artifact: 'api/shop',
      name: 'shop_1.1',
      version: '1.1',
      type: 'synapse/api',
      serverRole: 'EnterpriseServiceBus',
      file: 'shop_1.1-1.1.xml',
      path: 'a.car!/shop_1.1_1.1/shop_1.1-1.1.xml',
    });
    expect(inventory.artifacts[1]?.facts).toEqual({ kind: 'property-file', keys: ['cert_a', 'url'] });
  });

  test('is joined by name and version, whatever its folders are called', async () => {
    const first = sequenceArtifact('first');
    const inventory = await readCarOf({
      'artifacts.xml': artifactList('a', '1.0.0', [first]),
      ...artifactFolder(first, 'whatever/'),
    });
    expect(codes(inventory)).toEqual([]);
    expect(inventory.artifacts[0]?.applications).toEqual(['a_1.0.0']);
  });

  test('reads JAR classes, connector names and registry resources', async () => {
    const jar = await pack({ 'org/acme/A.class': 'x', 'org/acme/A$1.class': 'x', 'META-INF/MANIFEST.MF': '' });
    const zip = await pack({
      'connector.xml': '<connector><component name="csv" package="org.wso2.carbon.connector"/></connector>',
    });
    const registry =
      '<resources><item><file>s.xml</file><path>/_system/governance/seq</path><mediaType>text/xml</mediaType></item></resources>';
    const cwd = makeTree({
      'a.car': await pack({
        ...carFiles('a', [
          { name: 'lib', type: 'lib/synapse/mediator', file: 'lib-1.0.0.jar', content: jar },
          { name: 'csv-connector', type: 'synapse/lib', file: 'csv-connector-1.0.0.zip', content: zip },
          { name: 'resource', type: 'registry/resource', file: 'registry-info.xml', content: registry },
        ]),
        'resource_1.0.0/resources/': '',
        'resource_1.0.0/resources/s.xml': sequence('inRegistry', '<store messageStore="box"/>'),
      }),
    });
    const inventory = await readInventory(['a.car'], { cwd });
    expect(inventory.artifacts.map(({ facts }) => facts)).toEqual([
      { kind: 'connector', connectorName: 'org.wso2.carbon.connector.csv' },
      { kind: 'library', role: 'class-mediator', classes: ['org.acme.A'] },
      { kind: 'registry-resource', registryPath: '/_system/governance/seq/s.xml', mediaType: 'text/xml' },
    ]);
    // What a sequence in the registry does belongs to the resource.
    expect(inventory.references.map(({ from, to, state }) => [from, to, state])).toContainEqual([
      'registry-resource/resource',
      'message-store/box',
      'missing',
    ]);
    expect(inventory.applications[0]?.deliveries.map(({ path }) => path)).toEqual([
      'a.car!/csv-connector_1.0.0/csv-connector-1.0.0.zip',
      'a.car!/lib_1.0.0/lib-1.0.0.jar',
      'a.car!/resource_1.0.0',
    ]);
  });

  test('may list a connector twice, which MI passes over', async () => {
    const content = await pack({
      'connector.xml': '<connector><component name="csv" package="org.wso2.carbon.connector"/></connector>',
    });
    const first = sequenceArtifact('first');
    const csv = { name: 'csv-connector', type: 'synapse/lib', file: 'csv-connector-1.0.0.zip', content };
    const cwd = makeTree({
      'a.car': await pack({
        'artifacts.xml': artifactList('a', '1.0.0', [csv, first, csv]),
        ...artifactFolder(csv),
        ...artifactFolder(first),
      }),
    });
    const { artifacts, diagnostics } = await readInventory(['a.car'], { cwd });
    expect(artifacts.map(({ id }) => id)).toEqual(['connector/csv-connector', 'sequence/first']);
    expect(diagnostics).toEqual([]);
  });

  test('may be a fat archive: its own archives are applications of their own', async () => {
    const inner = await pack(carFiles('inner', [sequenceArtifact('two')]));
    const deeper = await pack({ ...carFiles('middle', [sequenceArtifact('three')]), 'dependencies/x.car': inner });
    const inventory = await readCarOf({
      ...carFiles('outer', [sequenceArtifact('one')]),
      'descriptor.xml':
        '<project><id>org.acme__outer__1.0.0</id><versionedDeployment>true</versionedDeployment><fatCarEnabled>true</fatCarEnabled><dependencies><dependency groupId="org.acme" artifactId="inner" version="1.0.0" type="car"/></dependencies></project>',
      'dependencies/inner.car': inner,
      'dependencies/middle.car': deeper,
      'elsewhere.car': inner,
    });
    expect(
      inventory.applications.map(({ id, fat, versionedDeployment, groupId, dependencies }) => [
        id,
        fat,
        versionedDeployment,
        groupId,
        dependencies,
      ]),
    ).toEqual([
      ['inner_1.0.0', false, false, undefined, []],
      ['middle_1.0.0', true, false, undefined, []],
      ['outer_1.0.0', true, true, 'org.acme', ['org.acme__inner__1.0.0']],
    ]);
    expect(inventory.artifacts.find(({ name }) => name === 'two')?.source.path).toBe(
      'a.car!/dependencies/inner.car!/two_1.0.0/two-1.0.0.xml',
    );
    const strays = inventory.diagnostics
      .filter(({ code }) => code === 'MI-CAR-STRAY')
      .map(({ source }) => source?.path);
    expect(strays).toEqual(['a.car!/dependencies/middle.car!/dependencies/x.car', 'a.car!/elsewhere.car']);
    const two = inventory.applications[0]?.deliveries[0];
    expect(two?.path).toContain('inner.car!/');
    expect(inventory.applications.map(({ within }) => within?.entry)).toEqual([
      'dependencies/inner.car',
      'dependencies/middle.car',
      undefined,
    ]);
  });
});

describe('what MI would trip over', () => {
  const first = sequenceArtifact('first');

  test.each<[string, string, Files]>([
    [
      'MI-CAR-MISSING-FOLDER',
      'error',
      { 'artifacts.xml': artifactList('a', '1.0.0', [first, { name: 'gone' }]), ...artifactFolder(first) },
    ],
    [
      'MI-CAR-MISSING-FOLDER',
      'error',
      { 'artifacts.xml': artifactList('a', '1.0.0', [{ ...first, version: '2.0.0' }]), ...artifactFolder(first) },
    ],
    ['MI-CAR-UNLISTED', 'warning', { 'artifacts.xml': artifactList('a', '1.0.0', []), ...artifactFolder(first) }],
    ['MI-CAR-EMPTY', 'warning', { 'artifacts.xml': artifactList('a', '1.0.0', []), ...artifactFolder(first) }],
    ['MI-CAR-NO-ROLE', 'error', carFiles('a', [sequenceArtifact('first', { role: null })])],
    ['MI-CAR-ROLE', 'warning', carFiles('a', [sequenceArtifact('first', { role: 'MiIsolated' })])],
    [
      'MI-CAR-UNKNOWN-TYPE',
      'warning',
      carFiles('a', [sequenceArtifact('first', { type: 'synapse/message-processor' })]),
    ],
    ['MI-CAR-UNKNOWN-TYPE', 'error', carFiles('a', [sequenceArtifact('first', { type: '' })])],
    ['MI-CAR-CONTENT', 'error', carFiles('a', [sequenceArtifact('first', { type: 'synapse/api' })])],
    [
      'MI-CAR-CONTENT',
      'error',
      carFiles('a', [
        sequenceArtifact('first', {
          content:
            '<definitions xmlns="http://ws.apache.org/ns/synapse"><sequence name="first"><log/></sequence></definitions>',
        }),
      ]),
    ],
    [
      'MI-CAR-SAME-NAME',
      'error',
      { 'artifacts.xml': artifactList('a', '1.0.0', [first, first]), ...artifactFolder(first) },
    ],
    [
      'MI-CAR-NO-FILE',
      'error',
      Object.fromEntries(
        Object.entries(carFiles('a', [first])).map(([name, text]) => [
          name,
          typeof text === 'string' ? text.replace(/<file>(.*?)<\/file>/, '<file>\n$1\n</file>') : text,
        ]),
      ),
    ],
    ['MI-CAR-NO-ROOT', 'error', artifactFolder(first)],
    ['MI-CAR-DESCRIPTOR', 'error', { 'artifacts.xml': '<artifacts/>', ...artifactFolder(first) }],
    ['MI-CAR-DESCRIPTOR', 'error', { ...carFiles('a', [first]), 'b/': '', 'b/artifact.xml': '<artifacts/>' }],
    ['MI-XML-MALFORMED', 'error', { ...carFiles('a', [first]), 'metadata.xml': '<artifacts>' }],
    [
      'MI-CAR-LISTS-DIFFER',
      'warning',
      {
        ...carFiles('a', [first]),
        'metadata.xml': artifactList('a', '1.0.0', [sequenceArtifact('first', { role: 'MiIsolated' })]),
      },
    ],
    [
      'MI-CAR-SAME-NAME',
      'error',
      {
        ...carFiles('a', [first]),
        ...artifactFolder({ ...first, type: 'synapse/api', content: api('first') }, 'second/'),
      },
    ],
    [
      'MI-CAR-NO-FILE',
      'error',
      Object.fromEntries(Object.entries(carFiles('a', [first])).filter(([name]) => !name.endsWith('first-1.0.0.xml'))),
    ],
    [
      'MI-CAR-NO-DIRECTORY',
      'error',
      Object.fromEntries(Object.entries(carFiles('a', [first])).filter(([name]) => !name.endsWith('/'))),
    ],
  ])('%s (%s)', async (code, severity, files) => {
    const inventory = await readCarOf(files);
    expect(
      inventory.diagnostics.filter((diagnostic) => diagnostic.code === code).map((diagnostic) => diagnostic.severity),
    ).toEqual([severity]);
    for (const { hint, source } of inventory.diagnostics) {
      expect(hint).not.toBe('');
      expect(source?.path).toMatch(/^a\.car/);
    }
  });

  test('an artifact that no list names is known, but nothing delivers it', async () => {
    const inventory = await readCarOf({ 'artifacts.xml': artifactList('a', '1.0.0', []), ...artifactFolder(first) });
    expect(inventory.artifacts.map(({ id, applications }) => [id, applications])).toEqual([['sequence/first', []]]);
  });

  test('metadata.xml decides, and metadata artifacts are no artifacts', async () => {
    const metadata = { name: 'first_metadata', version: '1.0.0' };
    const inventory = await readCarOf({
      ...carFiles('old', [first]),
      'metadata.xml': artifactList('old', '1.0.0', [first, metadata]),
      'metadata/': '',
      ...artifactFolder(
        { ...metadata, type: 'synapse/metadata', file: 'm.yaml', content: 'a: 1' },
        'metadata/first_metadata_1.0.0/',
      ),
    });
    expect(codes(inventory)).toEqual([]);
    expect(inventory.artifacts.map(({ id }) => id)).toEqual(['sequence/first']);
  });

  test('two archives of one application, and two that carry the same artifact', async () => {
    const cwd = makeTree({
      'a.car': await pack(carFiles('one', [first])),
      'b.car': await pack(carFiles('one', [first])),
      'c.car': await pack(carFiles('two', [first])),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['MI-APP-SAME-ID', 'error'],
      ['MI-DUPLICATE', 'warning'],
    ]);
    expect(inventory.applications.map(({ id }) => id)).toEqual(['one_1.0.0 (a.car)', 'one_1.0.0 (b.car)', 'two_1.0.0']);
    expect(inventory.artifacts[0]?.duplicates.map(({ path }) => path)).toEqual([
      'b.car!/first_1.0.0/first-1.0.0.xml',
      'c.car!/first_1.0.0/first-1.0.0.xml',
    ]);
  });
});

describe('Axis2 services', () => {
  const car = async (files: Files | string): Promise<Inventory> =>
    readInventory(['a.car'], {
      cwd: makeTree({
        'a.car': await pack(
          carFiles('a', [
            {
              name: 'Reconcile',
              type: 'service/axis2',
              file: 'Reconcile.aar',
              content: typeof files === 'string' ? files : await pack(files),
            },
          ]),
        ),
      }),
    });

  test('say their transports and parameters in META-INF/services.xml', async () => {
    const services =
      '<serviceGroup><parameter name="shared">a</parameter><service name="R" scope="application"><transports><transport> jms </transport></transports><parameter name="transport.jms.Destination">Q</parameter></service><service name="L" class="com.acme.Life"/></serviceGroup>';
    const { artifacts, diagnostics } = await car({ 'META-INF/services.xml': services });
    expect(diagnostics).toEqual([]);
    expect(artifacts).toMatchObject([
      {
        id: 'axis2-service/Reconcile',
        facts: {
          services: [
            {
              name: 'R',
              transports: ['jms'],
              scope: 'application',
              parameters: [
                { name: 'shared', value: 'a' },
                { name: 'transport.jms.Destination', value: 'Q' },
              ],
              source: { path: 'a.car!/Reconcile_1.0.0/Reconcile.aar!/META-INF/services.xml' },
            },
            { name: 'L', lifeCycle: 'com.acme.Life' },
          ],
        },
      },
    ]);
    expect((await car({ 'META-INF/services.xml': '<service/>' })).artifacts).toMatchObject([
      { facts: { services: [{ name: 'Reconcile', parameters: [] }] } },
    ]);
  });

  test('of which nothing can be read are there all the same', async () => {
    for (const files of ['no archive', { 'other.xml': '<x/>' }, { 'META-INF/services.xml': '<service' }]) {
      expect((await car(files)).artifacts).toMatchObject([
        { id: 'axis2-service/Reconcile', facts: { kind: 'axis2-service' } },
      ]);
      expect((await car(files)).artifacts[0]?.facts).not.toHaveProperty('services');
    }
  });
});

describe('hostile and broken archives', () => {
  const sound = carFiles('a', [sequenceArtifact('first'), sequenceArtifact('second')]);

  test.each([
    ['first_1.0.0/first-1.0.0.xml', '../../../../../etc/passwd.x'],
    ['first_1.0.0/first-1.0.0.xml', '/tmp/aaaaaaaaaaaaaaaaa/b.xm'],
    ['first_1.0.0/first-1.0.0.xml', 'C:/aaaaaaaaaaaaaaaaaaa/b.xm'],
    ['first_1.0.0/first-1.0.0.xml', '..\\..\\aaaaaaaaaaaaaaa\\b.xml'],
  ])('refuses a name that leaves the archive: %s as %s', async (from, to) => {
    const cwd = makeTree({ 'a.car': patch(await pack(sound), from, to) });
    const inventory = await readInventory(['a.car'], { cwd });
    expect(codes(inventory)).toContain('MI-ZIP-PATH');
    expect(inventory.artifacts.map(({ name }) => name)).toEqual(['second']);
  });

  test('refuses too many entries, too much and too dense content', async () => {
    const cwd = makeTree({ 'a.car': await pack({ ...sound, 'bomb.xml': Buffer.alloc(4 * 1024 * 1024) }) });
    const read = async (limits: object) =>
      (await readInventory(['a.car'], { cwd, limits })).diagnostics.map(({ code, source }) => [code, source?.path]);
    expect(await read({})).toEqual([['MI-ZIP-LIMIT', 'a.car!/bomb.xml']]);
    expect(await read({ compressionRatio: 5000 })).toEqual([]);
    expect(await read({ compressionRatio: 5000, unpackedBytes: 100_000 })).toEqual([
      ['MI-ZIP-LIMIT', 'a.car!/bomb.xml'],
    ]);
    await expect(read({ archiveEntries: 3 })).rejects.toThrow('MI-ZIP-LIMIT');
    expect((await read({ textBytes: 40, compressionRatio: 5000 })).map(([code]) => code)).toContain('MI-ZIP-LIMIT');
  });

  test('one encrypted entry keeps Java from opening the archive, and the others in the folder are read', async () => {
    const archive = await pack(sound);
    // Bit 0 of the general purpose flag, in the central directory entry of first-1.0.0.xml.
    const at = archive.lastIndexOf('first_1.0.0/first-1.0.0.xml') - 46 + 8;
    archive[at] = (archive[at] ?? 0) | 1;
    const other = await pack(carFiles('b', [sequenceArtifact('third')]));
    const inventory = await readInventory(['.'], { cwd: makeTree({ 'a.car': archive, 'b.car': other }) });
    expect(codes(inventory)).toEqual(['MI-ZIP-ENCRYPTED']);
    expect(inventory.artifacts.map(({ name }) => name)).toEqual(['third']);
  });

  test('names are UTF-8 with or without the flag, and one in another encoding refuses the archive, as in Java', async () => {
    const archive = await pack(carFiles('a', [sequenceArtifact('Größe')]));
    const unmarked = Buffer.from(archive);
    for (let at = 0; at < unmarked.length - 4; at += 1) {
      const signature = unmarked.readUInt32LE(at);
      // Bit 11 of the flags says UTF-8; `zip -r` leaves it out.
      if (signature === 0x0403_4b50) unmarked[at + 7] = (unmarked[at + 7] ?? 0) & ~8;
      if (signature === 0x0201_4b50) unmarked[at + 9] = (unmarked[at + 9] ?? 0) & ~8;
    }
    const read = (bytes: Buffer) => readInventory(['a.car'], { cwd: makeTree({ 'a.car': bytes }) });
    for (const bytes of [archive, unmarked])
      expect((await read(bytes)).artifacts.map(({ name }) => name)).toEqual(['Größe']);
    const latin = patch(archive, Buffer.from('Größe').toString('latin1'), 'Gr\xf6\xdf__e');
    await expect(read(latin)).rejects.toThrow('MI-ZIP-BROKEN');
  });

  const zip64Elsewhere = (offset: bigint): Buffer => {
    const bytes = Buffer.alloc(42);
    bytes.writeUInt32LE(0x0706_4b50, 0);
    bytes.writeBigUInt64LE(offset, 8);
    bytes.writeUInt32LE(0x0605_4b50, 20);
    return bytes;
  };

  test.each([2n ** 62n, 2n ** 53n, 2n ** 64n - 1n, 0n, 20n])(
    'an end record that lies at %s stops nothing: as archive, JAR or connector',
    async (offset) => {
      const broken = zip64Elsewhere(offset);
      const cwd = makeTree({ 'broken.car': broken, 'sound.car': await pack(sound) });
      const inventory = await readInventory(['.'], { cwd });
      expect(codes(inventory)).toEqual(['MI-ZIP-BROKEN']);
      expect(inventory.artifacts).toHaveLength(2);
      const project = makeTree({
        'pom.xml':
          '<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>p</artifactId><version>1.0.0</version><packaging>pom</packaging></project>',
        'src/main/wso2mi/artifacts/sequences/One.xml': '<sequence xmlns="http://ws.apache.org/ns/synapse" name="One"/>',
        'src/main/wso2mi/resources/connectors/mi-connector-x-1.0.0.zip': broken,
        'deployment/libs/x.jar': broken,
      });
      const read = await readInventory(['.'], { cwd: project });
      expect(codes(read)).toContain('MI-CONNECTOR-NO-DESCRIPTOR');
      expect(read.artifacts.map(({ name }) => name)).toContain('One');
    },
  );

  test.each([
    ['text', async () => Buffer.from('this is no archive')],
    ['nothing', async () => Buffer.alloc(0)],
    ['an end cut off', async () => (await pack(sound)).subarray(0, -30)],
  ])('%s named .car leaves nothing to read', async (_, content) => {
    const cwd = makeTree({ 'a.car': await content() });
    await expect(readInventory(['a.car'], { cwd })).rejects.toMatchObject({
      name: 'InputError',
      diagnostics: [{ code: 'MI-ZIP-BROKEN', source: { path: 'a.car' } }],
    });
    addFiles(cwd, { 'b.car': await pack(sound) });
    const inventory = await readInventory(['.'], { cwd });
    expect(codes(inventory)).toEqual(['MI-ZIP-BROKEN']);
    expect(inventory.artifacts).toHaveLength(2);
  });

  test('broken bytes of one file are named, and no byte of it can stop the reading', async () => {
    const archive = await pack(sound);
    const cwd = makeTree({});
    const outcomes = new Set<string>();
    for (let at = 0; at < archive.length; at += 7) {
      const broken = Buffer.from(archive);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      addFiles(cwd, { 'a.car': broken });
      outcomes.add(
        await readInventory(['a.car'], { cwd }).then(
          ({ diagnostics }) => (diagnostics.length > 0 ? 'diagnostics' : 'read'),
          (error: Error) => error.name,
        ),
      );
    }
    expect([...outcomes].toSorted()).toEqual(['InputError', 'diagnostics', 'read']);
  });
});
