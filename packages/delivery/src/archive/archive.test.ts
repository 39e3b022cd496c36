import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFilesRead, defaultLimits, type Inventory, readInventory } from '@mi-patterns/inventory';
import type { ArchiveRequest } from '@mi-patterns/planner';
import {
  api,
  artifactFolder,
  artifactList,
  carFiles,
  makeTree,
  pack,
  projectPom,
  sequence,
  sequenceArtifact,
  task,
} from '@mi-patterns/inventory/test-files';
import { writeArchive } from './write-archive.ts';
import { openPacked } from './packed-archive.ts';
import { setListedRoles, setOwnRole } from './role-edit.ts';
import { rewriteArchive } from './rewrite.ts';
import { writeZip } from './zip-writer.ts';

/** A request for a whole application; `roles` by name of the artifact. */
function requestFor(inventory: Inventory, roles: Readonly<Record<string, string>> = {}, index = 0): ArchiveRequest {
  const application = inventory.applications[index]!;
  return {
    application,
    name: application.name,
    version: application.version,
    whole: true,
    artifacts: application.deliveries.map((delivery) => ({
      delivery,
      name: delivery.name,
      version: delivery.version,
      serverRole: roles[delivery.name] ?? 'EnterpriseIntegrator',
    })),
    nested: [],
  };
}

function bytesOf(
  request: ArchiveRequest,
  inventory: Inventory,
  cwd: string,
  mavenRepository?: string,
): { bytes: Buffer; codes: string[] } {
  const pieces: Uint8Array[] = [];
  const diagnostics = writeArchive(
    request,
    inventory,
    { cwd, ...(mavenRepository === undefined ? {} : { mavenRepository }) },
    (piece) => pieces.push(Uint8Array.from(piece)),
  );
  return { bytes: Buffer.concat(pieces), codes: diagnostics.map(({ code }) => code) };
}

function entriesOf(bytes: Buffer): Record<string, string> {
  const archive = openPacked(bytes, defaultLimits);
  const names = archive.entries.map((entry) => (entry.type === 'packed' ? entry.entry.name : entry.name));
  return Object.fromEntries(names.map((name) => [name, name.endsWith('/') ? '' : archive.read(name).toString()]));
}

test('what was read is packed, whatever became of the file since', async () => {
  const cwd = makeTree({
    'shop/pom.xml': projectPom('shop'),
    'shop/src/main/wso2mi/artifacts/tasks/tick.xml': task('tick'),
    'shop/src/main/wso2mi/artifacts/apis/orders.xml': api('orders'),
  });
  const filesRead = createFilesRead();
  const inventory = await readInventory(['shop'], { cwd, filesRead });
  const folder = join(cwd, 'shop/src/main/wso2mi/artifacts');
  writeFileSync(join(folder, 'tasks/tick.xml'), task('another'));
  rmSync(join(folder, 'apis/orders.xml'));
  const copies: string[] = [];
  const pieces: Uint8Array[] = [];
  const onCopy = (entry: string): unknown => copies.push(entry);
  const said = writeArchive(requestFor(inventory), inventory, { cwd, filesRead, onCopy }, (piece) =>
    pieces.push(Uint8Array.from(piece)),
  );
  expect(said).toEqual([]);
  const entries = entriesOf(Buffer.concat(pieces));
  expect(copies.map((entry) => [entry, entries[entry]])).toEqual([
    ['orders_1.0.0/orders-1.0.0.xml', api('orders')],
    ['tick_1.0.0/tick-1.0.0.xml', task('tick')],
  ]);
});

describe('the ZIP writer', () => {
  test('makes folders before files, and what Python accepts', async () => {
    const pieces: Uint8Array[] = [];
    writeZip(
      (write) => {
        write({ type: 'file', name: 'a/b/Ü.txt', bytes: Buffer.from('x') });
        write({ type: 'folder', name: 'a/' });
        write({ type: 'file', name: 'c', bytes: Buffer.alloc(0) });
      },
      (piece) => pieces.push(Uint8Array.from(piece)),
    );
    const cwd = makeTree({ 'x.zip': Buffer.concat(pieces) });
    // Python's reader, which shares no code with ours.
    const script = 'import json, zipfile; z = zipfile.ZipFile("x.zip"); print(json.dumps([z.testzip(), z.namelist()]))';
    const read = execFileSync('python3', ['-c', script], { cwd, encoding: 'utf8' });
    expect(JSON.parse(read)).toEqual([null, ['a/', 'a/b/', 'a/b/Ü.txt', 'c']]);
  });

  test('writes no path that is longer than a file system takes, and no folder of it', () => {
    const name = `${'a/'.repeat(2048)}x`;
    const write = () =>
      writeZip(
        (add) => add({ type: 'file', name, bytes: Buffer.from('x') }),
        () => {},
      );
    expect(write).toThrow('it is longer than 4095 bytes');
  });
});

describe('setting roles in place', () => {
  const list = (dependency: string): Buffer =>
    Buffer.from(
      `<?xml version='1.0'?>\n<artifacts><!-- serverRole="x" -->\n<artifact name='o' version="1" type = "carbon/application">\r\n\t${dependency}</artifact></artifacts>\n`,
    );
  test.each([
    [
      'double quotes',
      '<dependency artifact="a" version="1" serverRole="Old" include="true"/>',
      '<dependency artifact="a" version="1" serverRole="New" include="true"/>',
    ],
    [
      'single quotes and spaces',
      "<dependency serverRole  =\n'Old' version='1' artifact='a'></dependency>",
      "<dependency serverRole  =\n\"New\" version='1' artifact='a'></dependency>",
    ],
    ['no role', '<dependency artifact="a" version="1"/>', '<dependency serverRole="New" artifact="a" version="1"/>'],
    [
      'the same role',
      "<dependency artifact='a' version='1' serverRole='New'/>",
      "<dependency artifact='a' version='1' serverRole='New'/>",
    ],
    [
      'another artifact',
      '<dependency artifact="b" version="1" serverRole="Old"/>',
      '<dependency artifact="b" version="1" serverRole="Old"/>',
    ],
    [
      'another version',
      '<dependency artifact="a" version="2" serverRole="Old"/>',
      '<dependency artifact="a" version="2" serverRole="Old"/>',
    ],
  ])('%s', (_, before, after) => {
    const result = setListedRoles(list(before), ({ name, version }) =>
      name === 'a' && version === '1' ? 'New' : undefined,
    );
    expect(result?.toString()).toBe(list(after).toString());
  });

  test('keeps a byte order mark, makes other encodings UTF-8, and leaves what is no list alone', () => {
    const text = '<artifact name="a" version="1" serverRole="Old"><file>ä</file></artifact>';
    const role = (): string => 'New';
    expect(setOwnRole(Buffer.from(`\uFEFF${text}`), role)?.toString()).toBe(`\uFEFF${text.replace('Old', 'New')}`);
    expect(
      setOwnRole(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1'), role)?.toString(),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>${text.replace('Old', 'New')}`);
    expect(setOwnRole(Buffer.from('<artifact name="a" version="1"/>'), role)?.toString()).toBe(
      '<artifact name="a" version="1"/>',
    );
    expect(setListedRoles(Buffer.from('<other/>'), role)).toBeUndefined();
    expect(setListedRoles(Buffer.from('<broken'), role)).toBeUndefined();
  });
});

describe('an archive that exists', () => {
  test('comes out byte for byte when nothing changes', async () => {
    const car = await pack(carFiles('a', [sequenceArtifact('one'), sequenceArtifact('two')]));
    const cwd = makeTree({ 'a.car': car });
    const inventory = await readInventory(['a.car'], { cwd });
    const request = requestFor(inventory, { one: 'EnterpriseServiceBus', two: 'EnterpriseServiceBus' });
    expect(bytesOf(request, inventory, cwd).bytes.equals(car)).toBe(true);
  });

  test('changes roles in both lists; the packed bytes of everything else are the same', async () => {
    const files = carFiles('a', [
      sequenceArtifact('one'),
      { name: 'tick', type: 'synapse/task', file: 'tick-1.0.0.xml', content: task('tick') },
    ]);
    const car = await pack({
      ...files,
      'metadata.xml': files['artifacts.xml']!,
      'descriptor.xml': '<project><id>g__a__1.0.0</id></project>',
    });
    const cwd = makeTree({ 'a.car': car });
    const inventory = await readInventory(['a.car'], { cwd });
    const { bytes } = bytesOf(
      requestFor(inventory, { one: 'EnterpriseServiceBus', tick: 'MiIsolatedTick' }),
      inventory,
      cwd,
    );
    const [before, after] = [entriesOf(car), entriesOf(bytes)];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(after['metadata.xml']).toBe(after['artifacts.xml']);
    expect(after['metadata.xml']).toContain(
      'artifact="tick" version="1.0.0" include="true" serverRole="MiIsolatedTick"',
    );
    expect(after['tick_1.0.0/artifact.xml']).toContain('serverRole="MiIsolatedTick"');
    const untouched = [
      'one_1.0.0/artifact.xml',
      'one_1.0.0/one-1.0.0.xml',
      'tick_1.0.0/tick-1.0.0.xml',
      'descriptor.xml',
    ];
    for (const name of untouched) expect(packedBytes(bytes, name).equals(packedBytes(car, name)), name).toBe(true);
    expect(
      bytesOf(
        requestFor(inventory, { one: 'EnterpriseServiceBus', tick: 'MiIsolatedTick' }),
        inventory,
        cwd,
      ).bytes.equals(bytes),
    ).toBe(true);
  });

  test('is copied from disk and from memory with the same outcome', async () => {
    const cwd = makeTree({ 'a.car': await pack(carFiles('a', [sequenceArtifact('one'), sequenceArtifact('two')])) });
    const inventory = await readInventory(['a.car'], { cwd });
    for (const role of ['MiIsolatedOne', 'EnterpriseServiceBus']) {
      const request = requestFor(inventory, { one: role, two: 'EnterpriseServiceBus' });
      const written = [join(cwd, 'a.car'), readFileSync(join(cwd, 'a.car'))].map((source) => {
        const archive = openPacked(source, defaultLimits);
        const pieces: Uint8Array[] = [];
        rewriteArchive(archive, request, defaultLimits, (piece) => pieces.push(Uint8Array.from(piece)));
        archive.close();
        return Buffer.concat(pieces).toString('latin1');
      });
      expect(written[0]).toBe(written[1]);
      if (role === 'MiIsolatedOne') expect(written[0]).toContain(role);
    }
  });

  test('gets the folders and roles that MI fails without', async () => {
    const one = sequenceArtifact('one');
    const cwd = makeTree({
      'a.car': await pack({
        'artifacts.xml': artifactList('a', '1.0.0', [{ ...one, role: null }]),
        'one_1.0.0/artifact.xml': artifactFolder(one)['one_1.0.0/artifact.xml']!,
        'one_1.0.0/one-1.0.0.xml': sequence('one'),
      }),
    });
    const inventory = await readInventory(['a.car'], { cwd });
    expect(inventory.diagnostics.map(({ code }) => code).toSorted()).toEqual(['MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE']);
    const { bytes } = bytesOf(requestFor(inventory), inventory, cwd);
    writeFileSync(join(cwd, 'b.car'), bytes);
    expect((await readInventory(['b.car'], { cwd })).diagnostics).toEqual([]);
  });

  test('gets folders that it lacks where nothing else changes, and a role for what nobody could read', async () => {
    const [one, lost] = [sequenceArtifact('one'), sequenceArtifact('lost')];
    const cwd = makeTree({
      'folders.car': await pack({
        'artifacts.xml': artifactList('a', '1.0.0', [one]),
        'one_1.0.0/artifact.xml': artifactFolder(one)['one_1.0.0/artifact.xml']!,
        'one_1.0.0/one-1.0.0.xml': sequence('one'),
      }),
      'role.car': await pack({
        ...carFiles('a', [one]),
        'artifacts.xml': artifactList('a', '1.0.0', [one, { ...lost, role: null }]),
      }),
    });
    const written = async (name: string): Promise<Record<string, string>> => {
      const inventory = await readInventory([name], { cwd });
      return entriesOf(bytesOf(requestFor(inventory, { one: 'EnterpriseServiceBus' }), inventory, cwd).bytes);
    };
    expect(Object.keys(await written('folders.car'))).toContain('one_1.0.0/');
    expect((await written('role.car'))['artifacts.xml']).toMatch(
      /artifact="lost"[^>]* serverRole="|serverRole="[^>]*artifact="lost"/,
    );
  });

  test.each(['', 'new!/', 'a.car!/'])('may be fat, in %j: the archives inside are written again', async (folder) => {
    const inner = await pack(
      carFiles('inner', [{ name: 'tick', type: 'synapse/task', file: 'tick-1.0.0.xml', content: task('tick') }]),
    );
    const untouched = await pack(carFiles('other', [sequenceArtifact('three')]));
    const cwd = makeTree({
      [`${folder}a.car`]: await pack({
        ...carFiles('outer', [sequenceArtifact('one')]),
        'dependencies/inner.car': inner,
        'dependencies/other.car': untouched,
      }),
    });
    const inventory = await readInventory([`${folder}a.car`], { cwd });
    const byName = (name: string): number =>
      inventory.applications.findIndex((application) => application.name === name);
    const outer: ArchiveRequest = {
      ...requestFor(inventory, { one: 'EnterpriseServiceBus' }, byName('outer')),
      nested: [
        requestFor(inventory, { tick: 'MiIsolatedTick' }, byName('inner')),
        requestFor(inventory, { three: 'EnterpriseServiceBus' }, byName('other')),
      ],
    };
    const { bytes } = bytesOf(outer, inventory, cwd);
    const archive = openPacked(bytes, defaultLimits);
    expect(entriesOf(archive.read('dependencies/inner.car'))['artifacts.xml']).toContain('serverRole="MiIsolatedTick"');
    expect(archive.read('dependencies/other.car').equals(untouched)).toBe(true);
    const divided = bytesOf({ ...requestFor(inventory, {}, byName('inner')), whole: false }, inventory, cwd);
    expect(Object.keys(entriesOf(divided.bytes))).toContain('tick_1.0.0/tick-1.0.0.xml');
  });

  test('gives a part of itself under another name, with the metadata that belongs to it', async () => {
    const orders = { name: 'orders', type: 'synapse/api', file: 'orders-1.0.0.xml', content: api('orders') };
    const cwd = makeTree({
      'a.car': await pack({
        ...carFiles('a', [orders, sequenceArtifact('two')]),
        'metadata/': '',
        'metadata/s/': '',
        'metadata/s/artifact.xml':
          '<artifact name="orders_swagger" version="1.0.0" type="synapse/metadata"><file>s.yaml</file></artifact>',
        'metadata/s/s.yaml': 'openapi: 3.0.0',
        'metadata/t/': '',
        'metadata/t/artifact.xml':
          '<artifact name="other_swagger" version="1.0.0" type="synapse/metadata"><file>t.yaml</file></artifact>',
      }),
    });
    const inventory = await readInventory(['a.car'], { cwd });
    const whole = requestFor(inventory);
    const { bytes } = bytesOf(
      { ...whole, name: 'a-part', whole: false, artifacts: whole.artifacts.filter(({ name }) => name === 'orders') },
      inventory,
      cwd,
    );
    const entries = entriesOf(bytes);
    expect(Object.keys(entries)).toEqual([
      'artifacts.xml',
      'metadata.xml',
      'orders_1.0.0/',
      'orders_1.0.0/artifact.xml',
      'orders_1.0.0/orders-1.0.0.xml',
      'metadata/',
      'metadata/s/',
      'metadata/s/artifact.xml',
      'metadata/s/s.yaml',
    ]);
    expect(entries['artifacts.xml']).toContain('<artifact name="a-part" version="1.0.0" type="carbon/application">');
    expect(entries['metadata.xml']).toContain('artifact="orders_swagger"');
    expect(entries['artifacts.xml']).not.toContain('swagger');
  });
});

describe('a project', () => {
  const main = 'src/main/wso2mi';

  test('is packed as the Maven plugin packs it', async () => {
    const cwd = makeTree({
      'p/pom.xml': projectPom('app', '2.0.0-SNAPSHOT', '<mainSequence>start</mainSequence>'),
      [`p/${main}/artifacts/apis/any.xml`]: api('orders', '1.1'),
      [`p/${main}/artifacts/sequences/other-name.xml`]: sequence('start'),
      [`p/${main}/artifacts/data-services/d.dbs`]: '<data name="people"/>',
      [`p/${main}/resources/conf/config.properties`]: 'url:string\n',
      [`p/${main}/resources/api-definitions/orders_v1.1.yaml`]: 'openapi: 3.0.0\n',
      [`p/${main}/resources/registry/artifact.xml`]:
        '<artifacts><artifact name="rules" version="1.0.0" type="registry/resource" serverRole="EnterpriseIntegrator"><item><file>r.json</file><path>/_system/governance/conf</path><mediaType>application/json</mediaType><properties/></item></artifact><artifact name="set" version="1.0.0" type="registry/resource"><collection><directory>set</directory><path>/_system/config/set</path></collection></artifact></artifacts>',
      [`p/${main}/resources/registry/gov/conf/r.json`]: '{}',
      [`p/${main}/resources/registry/conf/set/a/b.txt`]: 'b',
      'p/shared/t.xml': '<localEntry xmlns="http://ws.apache.org/ns/synapse" key="t">x</localEntry>',
    });
    symlinkSync('b.txt', join(cwd, `p/${main}/resources/registry/conf/set/a/c.txt`));
    symlinkSync('../../../../shared', join(cwd, `p/${main}/artifacts/local-entries`));
    const inventory = await readInventory(['p'], { cwd });
    const { bytes, codes } = bytesOf(requestFor(inventory), inventory, cwd);
    expect(codes).toEqual([]);
    const entries = entriesOf(bytes);
    expect(Object.keys(entries).filter((name) => !name.endsWith('/') && !name.endsWith('artifact.xml'))).toEqual([
      'artifacts.xml',
      'metadata.xml',
      'config_2.0.0/config.properties',
      'orders_1.1_1.1/orders_1.1-1.1.xml',
      'people_2.0.0/people-2.0.0.dbs',
      'rules_1.0.0/registry-info.xml',
      'rules_1.0.0/resources/r.json',
      'set_1.0.0/registry-info.xml',
      'set_1.0.0/resources/set/a/b.txt',
      'set_1.0.0/resources/set/a/c.txt',
      'start_2.0.0/start-2.0.0.xml',
      't_2.0.0/t-2.0.0.xml',
      'metadata/orders_1.1_metadata_1.1/orders_1.1_metadata-1.1.yaml',
      'metadata/orders_1.1_swagger_1.1/orders_1.1_swagger-1.1.yaml',
    ]);
    expect(entries['artifacts.xml']).toContain(
      '<artifact name="app" version="2.0.0-SNAPSHOT" type="carbon/application" mainSequence="start">',
    );
    expect(entries['rules_1.0.0/registry-info.xml']).toMatch(
      /<resources>\s*<item>\s*<file>r\.json<\/file>\s*<path>\/_system\/governance\/conf<\/path>\s*<mediaType>application\/json<\/mediaType>/,
    );
    // Read again, the archive says the same as the project.
    writeFileSync(join(cwd, 'app.car'), bytes);
    const again = await readInventory(['app.car'], { cwd });
    expect(again.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(again.artifacts.map(({ id, version, facts }) => [id, version, facts])).toEqual(
      inventory.artifacts.map(({ id, version, facts }) => [id, version, facts]),
    );
  });

  test('needs its classes built: the JAR of target/, else that of the last archive, else an error that says what to do', async () => {
    const sources = {
      'p/pom.xml': projectPom('app'),
      [`p/${main}/artifacts/sequences/s.xml`]: sequence('s'),
      'p/src/main/java/org/acme/A.java': 'class A {}',
    };
    const cwd = makeTree(sources);
    const inventory = await readInventory(['p'], { cwd });
    const pieces: Uint8Array[] = [];
    const [missing] = writeArchive(requestFor(inventory), inventory, { cwd }, (piece) =>
      pieces.push(Uint8Array.from(piece)),
    );
    expect(missing).toMatchObject({
      code: 'MI-PKG-JAVA',
      severity: 'error',
      source: { path: 'p/src/main/java' },
      message: expect.stringContaining('p/src/main/java are not built'),
      hint: expect.stringContaining('mvn package'),
    });
    expect(pieces).toEqual([]);

    const jar = await pack({ 'org/acme/A.class': 'x' });
    const built = makeTree({ ...sources, 'p/target/app-1.0.0.jar': jar });
    const withJar = bytesOf(requestFor(inventory), inventory, built);
    expect(withJar.codes).toEqual([]);
    expect(
      openPacked(withJar.bytes, defaultLimits)
        .read('app_class_mediators_1.0.0/app_class_mediators-1.0.0.jar')
        .equals(jar),
    ).toBe(true);

    const packed = makeTree({
      ...sources,
      'p/target/app_1.0.0.car': await pack(
        carFiles('app', [{ name: 'app', type: 'lib/synapse/mediator', file: 'app-1.0.0.jar', content: jar }]),
      ),
    });
    const future = new Date(Date.now() + 60_000);
    utimesSync(join(packed, 'p/target/app_1.0.0.car'), future, future);
    const fromCar = bytesOf(requestFor(inventory), inventory, packed);
    expect(fromCar.codes).toEqual(['MI-PKG-FROM-BUILD']);
    expect(openPacked(fromCar.bytes, defaultLimits).read('app_class_mediators_1.0.0/app-1.0.0.jar').equals(jar)).toBe(
      true,
    );
    utimesSync(
      join(packed, 'p/src/main/java/org/acme/A.java'),
      new Date(Date.now() + 120_000),
      new Date(Date.now() + 120_000),
    );
    expect(bytesOf(requestFor(inventory), inventory, packed).codes).toEqual(['MI-PKG-STALE']);
  });

  test('takes connectors of the pom from the local Maven repository', async () => {
    const pom = projectPom('app').replace(
      '</project>',
      '<dependencies><dependency><groupId>org.wso2.integration</groupId><artifactId>mi-connector-http</artifactId><version>0.1.0</version><type>zip</type></dependency></dependencies></project>',
    );
    const zip = await pack({ 'connector.xml': '<connector><component name="http" package="org.wso2"/></connector>' });
    const cwd = makeTree({
      'p/pom.xml': pom,
      'm2/org/wso2/integration/mi-connector-http/0.1.0/mi-connector-http-0.1.0.zip': zip,
    });
    const inventory = await readInventory(['p'], { cwd });
    expect(bytesOf(requestFor(inventory), inventory, cwd).codes).toEqual(['MI-PKG-CONNECTOR']);
    const { bytes, codes } = bytesOf(requestFor(inventory), inventory, cwd, join(cwd, 'm2'));
    expect(codes).toEqual([]);
    expect(
      openPacked(bytes, defaultLimits).read('mi-connector-http_0.1.0/mi-connector-http-0.1.0.zip').equals(zip),
    ).toBe(true);
  });

  test('that changed since it was read is an error, not an archive without the file', async () => {
    const cwd = makeTree({ 'p/pom.xml': projectPom('app'), [`p/${main}/artifacts/sequences/s.xml`]: sequence('s') });
    const inventory = await readInventory(['p'], { cwd });
    const elsewhere = makeTree({ 'p/pom.xml': projectPom('app') });
    expect(bytesOf(requestFor(inventory), inventory, elsewhere).codes).toEqual(['MI-PKG-GONE']);
    expect(readFileSync(join(cwd, `p/${main}/artifacts/sequences/s.xml`), 'utf8')).toBe(sequence('s'));
  });
});

/** Bytes of an entry as they lie in the archive. */
function packedBytes(archive: Buffer, wanted: string): Buffer {
  const { entries } = openPacked(archive, defaultLimits);
  const found = entries.find((entry) => entry.type === 'packed' && entry.entry.name === wanted);
  const pieces: Uint8Array[] = [];
  if (found?.type === 'packed') found.entry.copy((piece) => pieces.push(Uint8Array.from(piece)));
  expect(pieces.length).toBeGreaterThan(0);
  return Buffer.concat(pieces);
}

describe('a legacy module', () => {
  const entry = (name: string, type: string, file: string): string =>
    `<artifact name="${name}" groupId="org.acme.x" version="1.0.0" type="${type}" serverRole="EnterpriseIntegrator"><file>${file}</file></artifact>`;
  const module = {
    'pom.xml': '<project><groupId>org.acme</groupId><artifactId>stock</artifactId><version>1.0.0</version></project>',
    'artifact.xml': `<artifacts>${entry('Stock', 'synapse/api', 'src/main/synapse-config/api/Stock.xml')}${entry('Stock_metadata', 'synapse/metadata', 'src/main/resources/metadata/Stock_metadata.yaml')}${entry('Gone_metadata', 'synapse/metadata', 'src/main/resources/metadata/Gone_metadata.yaml')}</artifacts>`,
    'src/main/synapse-config/api/Stock.xml': api('Stock'),
    'src/main/resources/metadata/Stock_metadata.yaml': 'name: Stock\n',
  };
  const packs = async (files: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const cwd = makeTree(files);
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.diagnostics.map(({ code }) => code)).not.toContain('MI-LEGACY-UNMATCHED');
    const { bytes, codes } = bytesOf(requestFor(inventory), inventory, cwd);
    expect(codes).toEqual([]);
    return entriesOf(bytes);
  };

  test('without an exporter is packed, with the metadata that it lists', async () => {
    expect(await packs(module)).toMatchObject({
      'Stock_1.0.0/Stock-1.0.0.xml': expect.stringContaining('name="Stock"'),
      'metadata/Stock_metadata_1.0.0/Stock_metadata-1.0.0.yaml': 'name: Stock\n',
      'metadata.xml': expect.stringContaining('artifact="Stock_metadata"'),
      'artifacts.xml': expect.not.stringContaining('Stock_metadata'),
    });
  });

  test('has its metadata packed where an exporter selects them, and not otherwise', async () => {
    const exporter = (names: readonly string[]): string =>
      `<project><groupId>org.acme</groupId><artifactId>car</artifactId><version>1.0.0</version><packaging>carbon/application</packaging><dependencies>${names.map((name) => `<dependency><groupId>org.acme.x</groupId><artifactId>${name}</artifactId><version>1.0.0</version><type>xml</type></dependency>`).join('')}</dependencies></project>`;
    const inModule = Object.fromEntries(Object.entries(module).map(([path, text]) => [`configs/${path}`, text]));
    const names = async (selected: readonly string[]): Promise<string[]> =>
      Object.keys(await packs({ ...inModule, 'car/pom.xml': exporter(selected) })).filter(
        (name) => name.startsWith('metadata/') && name.endsWith('.yaml'),
      );
    expect(await names(['Stock', 'Stock_metadata'])).toEqual([
      'metadata/Stock_metadata_1.0.0/Stock_metadata-1.0.0.yaml',
    ]);
    expect(await names(['Stock'])).toEqual([]);
  });
});
