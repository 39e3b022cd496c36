import { describe, expect, test } from 'vitest';
import { api, type Files, makeTree, pack, projectPom, sequence, task } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

const main = 'src/main/wso2mi/';

async function readProjectOf(files: Files) {
  return readInventory(['.'], { cwd: makeTree(files) });
}

const codes = (inventory: { diagnostics: readonly { code: string }[] }) =>
  inventory.diagnostics.map(({ code }) => code);

describe('a file that is no artifact', () => {
  test.each([
    ['', 'it is empty'],
    ['<?xml version="1.0"?>\n', 'it is empty'],
    ['<?xml version="1.0"?>\n<!-- <api name="old"/> -->\n', 'all of it is a comment'],
  ])('%j is told as what it is', async (text, why) => {
    const { diagnostics } = await readProjectOf({
      'pom.xml': projectPom('orders', '1.2.0'),
      [`${main}artifacts/apis/a.xml`]: api('a'),
      [`${main}artifacts/endpoints/e.xml`]: text,
    });
    expect(diagnostics.map(({ code, message }) => [code, message.split(': ').at(-1)])).toEqual([
      ['MI-PRJ-CONTENT', `${why}.`],
    ]);
  });

  test('tells what becomes of one that no parser reads, in a project and in an archive', async () => {
    const { diagnostics } = await readProjectOf({
      'pom.xml': projectPom('orders', '1.2.0'),
      [`${main}artifacts/apis/a.xml`]: '<api name="a">',
    });
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([
      [
        'MI-XML-MALFORMED',
        'Correct the XML at this place. The build of a project skips such an artifact, and Micro Integrator deploys nothing from an archive that contains one.',
      ],
    ]);
  });
});

describe('a current MI project', () => {
  test('tells the place where Java refuses a whole config.properties', async () => {
    const { diagnostics } = await readProjectOf({
      'pom.xml': projectPom('orders', '1.2.0'),
      [`${main}artifacts/apis/a.xml`]: api('a'),
      [`${main}resources/conf/config.properties`]: 'url:string\npath=C:\\users\n',
    });
    expect(diagnostics.map(({ code, source, hint }) => [code, source?.line, source?.column, hint])).toEqual([
      ['MI-PROPERTIES-ESCAPE', 2, 8, String.raw`Double each literal backslash (C:\\users), or use /.`],
    ]);
  });

  test('delivers what the build packs, with its names, versions and roles', async () => {
    const inventory = await readProjectOf({
      'pom.xml': projectPom('orders', '1.2.0-SNAPSHOT', '<mainSequence>start</mainSequence>'),
      [`${main}artifacts/apis/file-name.xml`]: api('shop', '2.0'),
      [`${main}artifacts/apis/plain.xml`]: api('plain'),
      [`${main}artifacts/tasks/t.xml`]: task('poll'),
      [`${main}artifacts/data-sources/Orders.xml`]:
        '<datasource><name>ORDERS_DB</name><jndiConfig><name>jdbc/orders</name></jndiConfig></datasource>',
      [`${main}artifacts/data-services/O.dbs`]: '<data name="OrderData"/>',
      [`${main}artifacts/local-entries/e.xml`]:
        '<localEntry xmlns="http://ws.apache.org/ns/synapse" key="entry">text</localEntry>',
      [`${main}resources/conf/config.properties`]: 'url:string\n',
      [`${main}resources/metadata/shop_metadata.yaml`]: 'a: 1',
      [`${main}resources/connectors/csv-connector-1.0.3.zip`]: await pack({
        'connector.xml': '<connector><component name="csv" package="org.acme"/></connector>',
      }),
      [`${main}resources/inbound-connectors/kafka-inbound-2.0.0.zip`]: await pack({
        'connector.xml': '<connector><component name="kafka" package="org.acme"/></connector>',
      }),
      'src/main/java/org/acme/Mediator.java': 'package org.acme;',
      'src/test/wso2mi/T.xml': sequence('inTest'),
      'deployment/libs/driver.jar': await pack({ 'org/driver/D.class': '' }),
      'deployment/deployment.toml': '[transport.jms]\nlistener_enable = true\n',
      'target/x.car': 'not read',
    });
    expect(codes(inventory)).toEqual([]);
    const [application] = inventory.applications;
    expect(application).toMatchObject({
      id: 'orders_1.2.0-SNAPSHOT',
      type: 'project',
      groupId: 'org.acme',
      runtimeVersion: '4.4.0',
      mainSequence: 'start',
      source: { path: '.' },
    });
    expect(
      application?.deliveries.map(({ artifact, name, version, type, serverRole, file }) => [
        artifact,
        name,
        version,
        type,
        serverRole,
        file,
      ]),
    ).toEqual([
      ['api/plain', 'plain', '1.2.0', 'synapse/api', 'EnterpriseIntegrator', 'plain-1.2.0.xml'],
      ['api/shop', 'shop_2.0', '2.0', 'synapse/api', 'EnterpriseIntegrator', 'shop_2.0-2.0.xml'],
      [
        'connector/csv-connector',
        'csv-connector',
        '1.0.3',
        'synapse/lib',
        'EnterpriseIntegrator',
        'csv-connector-1.0.3.zip',
      ],
      [
        'connector/kafka-inbound',
        'kafka-inbound',
        '2.0.0',
        'synapse/lib',
        'EnterpriseIntegrator',
        'kafka-inbound-2.0.0.zip',
      ],
      [
        'data-service/OrderData',
        'OrderData',
        '1.2.0',
        'service/dataservice',
        'EnterpriseServiceBus',
        'OrderData-1.2.0.dbs',
      ],
      ['data-source/ORDERS_DB', 'Orders', '1.2.0', 'datasource/datasource', 'EnterpriseServiceBus', 'Orders-1.2.0.xml'],
      [
        'library/orders_class_mediators',
        'orders_class_mediators',
        '1.2.0-SNAPSHOT',
        'lib/synapse/mediator',
        'EnterpriseIntegrator',
        'orders_class_mediators-1.2.0-SNAPSHOT.jar',
      ],
      ['local-entry/entry', 'entry', '1.2.0', 'synapse/local-entry', 'EnterpriseIntegrator', 'entry-1.2.0.xml'],
      ['property-file/config', 'config', '1.2.0', 'config/property', 'EnterpriseIntegrator', 'config.properties'],
      ['task/poll', 'poll', '1.2.0', 'synapse/task', 'EnterpriseIntegrator', 'poll-1.2.0.xml'],
    ]);
    expect(inventory.artifacts.find(({ name }) => name === 'driver')).toMatchObject({
      facts: { role: 'other', classes: ['org.driver.D'] },
      applications: ['orders_1.2.0-SNAPSHOT'],
    });
    expect(inventory.configurations).toMatchObject([
      { application: 'orders_1.2.0-SNAPSHOT', listeners: [{ transport: 'jms', enabled: true }] },
    ]);
  });

  test('says what the build leaves out', async () => {
    const inventory = await readProjectOf({
      'pom.xml': projectPom('orders').replace('4.4.0', '4.3.0'),
      [`${main}artifacts/sequences/inner/deep.xml`]: sequence('deep'),
      [`${main}artifacts/api/wrong.xml`]: api('wrong'),
      [`${main}artifacts/sequences/mixed.xml`]: task('mixed'),
      [`${main}artifacts/sequences/notes.txt`]: 'not XML',
      [`${main}resources/inbound-connectors/kafka-inbound-2.0.0.zip`]: await pack({ 'connector.xml': '<connector/>' }),
      [`${main}resources/registry/gov/lost.xslt`]: '<x/>',
      [`${main}resources/registry/artifact.xml`]:
        '<artifacts><artifact name="r" version="1.0.0" type="registry/resource"><item><file>gone.txt</file><path>/_system/governance</path></item></artifact></artifacts>',
    });
    const undelivered = inventory.artifacts.filter(({ applications }) => applications.length === 0).map(({ id }) => id);
    expect(undelivered).toEqual([
      'api/wrong',
      'connector/kafka-inbound',
      'registry-resource/lost.xslt',
      'registry-resource/r',
      'sequence/deep',
    ]);
    expect(codes(inventory).toSorted()).toEqual(
      [
        'MI-PRJ-FOLDER',
        'MI-PRJ-INBOUND-CONNECTOR',
        'MI-PRJ-NESTED',
        'MI-PRJ-UNKNOWN-FOLDER',
        'MI-PRJ-UNLISTED-RESOURCE',
        'MI-REGISTRY-NO-FILE',
        'MI-PRJ-CONTENT',
      ].toSorted(),
    );
  });

  test.each([
    ['my a.json', 'json', ['error MI-ARTIFACT-VALUE']],
    ['a.json', 'my json', ['error MI-ARTIFACT-VALUE']],
    ['a#1.json', 'json', ['error MI-ARTIFACT-VALUE']],
    ['ä(1)%20.json', 'json', []],
  ])('the registry resource %s in %s', async (file, folder, expected) => {
    const { diagnostics } = await readProjectOf({
      'pom.xml': projectPom('orders'),
      [`${main}resources/artifact.xml`]: `<artifacts><artifact name="r" version="1.0.0" type="registry/resource"><item><file>${file}</file><path>/_system/governance/mi-resources/${folder}</path></item></artifact></artifacts>`,
      [`${main}resources/${folder}/${file}`]: '{}',
    });
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });

  test('maps registry paths to folders, collections and data mappers included', async () => {
    const inventory = await readProjectOf({
      'pom.xml': projectPom('orders'),
      [`${main}resources/artifact.xml`]:
        '<artifacts><artifact name="new" version="1.0.0" type="registry/resource"><item><file>a.json</file><path>/_system/governance/mi-resources/json</path></item></artifact></artifacts>',
      [`${main}resources/json/a.json`]: '{}',
      [`${main}resources/registry/artifact.xml`]:
        '<artifacts><artifact name="c" version="1.0.0" type="registry/resource"><collection><directory>xslt</directory><path>/_system/config/xslt</path></collection></artifact>' +
        '<artifact name="m" version="1.0.0" type="registry/resource"><item><file>M.dmc</file><path>/_system/governance/datamapper/M</path></item></artifact></artifacts>',
      [`${main}resources/registry/conf/xslt/one.xslt`]: '<x/>',
      [`${main}resources/registry/conf/xslt/two/two.xslt`]: '<x/>',
      [`${main}resources/registry/gov/datamapper/M/M.ts`]: 'export {}',
      [`${main}artifacts/sequences/s.xml`]: sequence('s', '<xslt key="conf:/xslt/two/two.xslt"/>'),
    });
    expect(codes(inventory)).toEqual([]);
    expect(inventory.artifacts.map(({ facts }) => facts).slice(0, 3)).toEqual([
      {
        kind: 'registry-resource',
        registryPath: '/_system/config/xslt/one.xslt',
        registryPaths: ['/_system/config/xslt/one.xslt', '/_system/config/xslt/two/two.xslt'],
      },
      { kind: 'registry-resource', registryPath: '/_system/governance/datamapper/M/M.dmc' },
      { kind: 'registry-resource', registryPath: '/_system/governance/mi-resources/json/a.json' },
    ]);
    expect(inventory.references).toMatchObject([{ from: 'sequence/s', to: 'registry-resource/c', state: 'resolved' }]);
  });

  test('reads hidden files of the artifact folders, which the build packs, and is silent about what else is hidden there', async () => {
    const inventory = await readProjectOf({
      'pom.xml': projectPom('orders'),
      [`${main}artifacts/tasks/.night.xml`]: task('night'),
      [`${main}artifacts/tasks/.DS_Store`]: '\u0000\u0001Bud1',
      [`${main}artifacts/tasks/.gitkeep`]: '',
      [`${main}artifacts/tasks/.note.xml`]: '<note/>',
      [`${main}artifacts/tasks/.broken.xml`]: '<task',
      [`${main}artifacts/tasks/day.xml`]: task('day'),
    });
    expect(inventory.artifacts.map(({ id, applications }) => [id, applications.length])).toEqual([
      ['task/day', 1],
      ['task/night', 1],
    ]);
    expect(inventory.diagnostics.map(({ code, source }) => [code, source?.path])).toEqual([
      ['MI-PRJ-HIDDEN', `${main}artifacts/tasks/.night.xml`],
    ]);
  });

  test('reads flows kept in the registry, which need no name', async () => {
    const resource = (file: string): string =>
      `<artifact name="${file}" version="1.0.0" type="registry/resource"><item><file>${file}</file><path>/_system/governance/flows</path></item></artifact>`;
    const inventory = await readProjectOf({
      'pom.xml': projectPom('orders'),
      [`${main}resources/registry/artifact.xml`]: `<artifacts>${['call.xml', 'data.xml', 'run.xml'].map(resource).join('')}</artifacts>`,
      [`${main}resources/registry/gov/flows/call.xml`]:
        '<endpoint xmlns="http://ws.apache.org/ns/synapse"><address uri="http://localhost:8290/services/P"/></endpoint>',
      [`${main}resources/registry/gov/flows/run.xml`]:
        '<s:sequence xmlns:s="http://ws.apache.org/ns/synapse" name="any"><s:store messageStore="M"/></s:sequence>',
      [`${main}resources/registry/gov/flows/data.xml`]:
        '<orders><endpoint xmlns="http://ws.apache.org/ns/synapse"><address uri="http://localhost:8290/services/P"/></endpoint></orders>',
    });
    expect(inventory.references.map(({ from, to }) => [from, to])).toEqual([
      ['registry-resource/call.xml', 'proxy-service/P'],
      ['registry-resource/run.xml', 'message-store/M'],
    ]);
  });

  test('takes version and properties from a parent, and modules of a consolidated project', async () => {
    const child = (name: string) =>
      `<project><parent><groupId>org.acme</groupId><artifactId>all</artifactId><version>3.0.0</version></parent><artifactId>${name}</artifactId>` +
      '<properties><projectType>integration-project</projectType><fat.car.enable>${fat}</fat.car.enable></properties>' +
      '<dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>common</artifactId><version>${project.version}</version><type>car</type></dependency>' +
      '<dependency><groupId>org.acme</groupId><artifactId>mi-connector-http</artifactId><version>0.1.7</version><type>zip</type></dependency></dependencies></project>';
    const inventory = await readProjectOf({
      'pom.xml': projectPom(
        'all',
        '${revision}',
        '<revision>3.0.0</revision><fat>true</fat><is.consolidated.project>true</is.consolidated.project>',
      ),
      'one/pom.xml': child('one'),
      [`one/${main}artifacts/sequences/s.xml`]: sequence('s1'),
      'two/pom.xml': child('two'),
      [`two/${main}artifacts/sequences/s.xml`]: sequence('s2'),
    });
    expect(codes(inventory)).toEqual([]);
    expect(
      inventory.applications.map(({ id, fat, runtimeVersion, dependencies }) => [
        id,
        fat,
        runtimeVersion,
        dependencies,
      ]),
    ).toEqual([
      ['one_3.0.0', true, '4.4.0', ['org.acme__common__3.0.0']],
      ['two_3.0.0', true, '4.4.0', ['org.acme__common__3.0.0']],
    ]);
    expect(inventory.artifacts[0]).toMatchObject({
      id: 'connector/mi-connector-http',
      version: '0.1.7',
      applications: ['one_3.0.0', 'two_3.0.0'],
    });
  });

  test.each([
    '.',
    'src',
    'src/main/wso2mi',
    'src/main/wso2mi/artifacts',
    'src/main/wso2mi/artifacts/sequences',
    'src/main/wso2mi/artifacts/sequences/s.xml',
  ])('is read without a pom from %s', async (path) => {
    const cwd = makeTree({ [`${main}artifacts/sequences/s.xml`]: sequence('s'), [`${main}artifacts/apis/`]: '' });
    const inventory = await readInventory([path], { cwd });
    expect(inventory.artifacts).toMatchObject([
      { id: 'sequence/s', source: { path: `${main}artifacts/sequences/s.xml` } },
    ]);
    expect(inventory.artifacts[0]?.applications).toHaveLength(1);
  });

  test('is not what a web application is, which may have a folder of the same name', async () => {
    const cwd = makeTree({
      'ui/src/apis/axios.js': 'export default {}',
      'ui/src/apis/modules/cart.js': '',
      'flows/apis/v1/a.xml': api('A'),
    });
    expect(codes(await readInventory(['.'], { cwd }))).toEqual(['MI-PRJ-NO-POM', 'MI-PRJ-NESTED']);
    await expect(readInventory(['ui'], { cwd })).rejects.toThrow('No Micro Integrator content');
  });

  test('with a broken pom is still read', async () => {
    const inventory = await readProjectOf({
      'pom.xml': '<project>',
      [`${main}artifacts/sequences/s.xml`]: sequence('s'),
    });
    expect(codes(inventory)).toEqual(['MI-PRJ-NO-POM', 'MI-XML-MALFORMED']);
    expect(inventory.artifacts).toHaveLength(1);
    expect(inventory.diagnostics.find(({ code }) => code === 'MI-XML-MALFORMED')?.hint).toBe(
      'Correct the XML at this place; what the file describes was not read.',
    );
  });
});

describe('what a pom names', () => {
  const dependency = (artifactId: string, more = '', groupId = 'org.acme', version = '1.2.0'): string =>
    `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>${more}</dependency>`;
  const pom = (dependencies: string, version = '4.4.0'): string =>
    projectPom('orders')
      .replace('4.4.0', version)
      .replace('</project>', `<dependencies>${dependencies}</dependencies></project>`);

  test('are libraries only where the server needs them and MI has none of its own', async () => {
    const inventory = await readProjectOf({
      'pom.xml': pom(
        dependency('pricing') +
          dependency('broker-client') +
          dependency('junit', '<scope>test</scope>') +
          dependency('servlet', '<scope>provided</scope>') +
          dependency('synapse-core', '', 'org.apache.synapse') +
          dependency('axis2-kernel', '', 'org.apache.axis2.wso2'),
      ),
      [`${main}artifacts/apis/a.xml`]: api('shop'),
      'deployment/libs/broker-client-1.2.0.jar': await pack({ 'org/broker/C.class': '' }),
    });
    const libraries = inventory.artifacts.filter(({ kind }) => kind === 'library').map(({ name }) => name);
    expect(libraries).toEqual(['broker-client-1.2.0', 'pricing']);
  });

  const inbound = `<inboundEndpoint xmlns="http://ws.apache.org/ns/synapse" name="Queue" class="org.wso2.carbon.inbound.amazonsqs.AmazonSQSPollingConsumer"/>`;
  const connector = dependency('mi-inbound-amazonsqs', '<type>zip</type>', 'org.wso2.integration.inbound');

  test('an inbound connector brings the class of its endpoint', async () => {
    const { references } = await readProjectOf({
      'pom.xml': pom(connector),
      [`${main}artifacts/inbound-endpoints/q.xml`]: inbound,
    });
    expect(references.map(({ to, state }) => [to, state])).toEqual([['connector/mi-inbound-amazonsqs', 'resolved']]);
  });

  test('an inbound connector brings no class of another, and none before 4.4.0', async () => {
    const other = await readProjectOf({
      'pom.xml': pom(connector.replace('amazonsqs', 'kafka')),
      [`${main}artifacts/inbound-endpoints/q.xml`]: inbound,
    });
    expect(other.references.map(({ state }) => state)).toEqual(['missing']);
    const older = await readProjectOf({
      'pom.xml': pom(connector, '4.3.0'),
      [`${main}artifacts/inbound-endpoints/q.xml`]: inbound,
    });
    expect(older.references.map(({ state }) => state)).toEqual(['missing']);
    expect(codes(older)).toContain('MI-PRJ-INBOUND-CONNECTOR');
  });

  test.each([
    ['the base image of the pom', '<dockerfile.base.image>wso2/wso2mi:4.2.0</dockerfile.base.image>', {}, '4.2.0'],
    ['an image of somebody else', '<dockerfile.base.image>acme/base:9.9.9</dockerfile.base.image>', {}, undefined],
    [
      'the Dockerfile',
      '',
      { 'deployment/docker/Dockerfile': 'ARG X\nFROM repo.acme.com/wso2mi:4.3.0-alpine\n' },
      '4.3.0',
    ],
    [
      'the default of a build argument',
      '',
      {
        'deployment/docker/Dockerfile':
          'ARG BASE_IMAGE="wso2/wso2mi:4.4.0"\nFROM maven:3 AS build\nFROM ${BASE_IMAGE}\n',
      },
      '4.4.0',
    ],
    ['a build argument without a default', '', { 'deployment/docker/Dockerfile': 'ARG X\nFROM ${X}\n' }, undefined],
  ])('the version of MI comes from %s', async (_what, property, files: Files, version) => {
    const { applications } = await readProjectOf({
      'pom.xml': projectPom('orders', '1.0.0', property).replace(/<project\.runtime\.version>.*?<\/[^>]*>/, ''),
      [`${main}artifacts/apis/a.xml`]: api('shop'),
      ...files,
    });
    expect(applications[0]?.runtimeVersion).toBe(version);
  });
});

test('a file without any element is a warning, one that is broken in the middle an error', async () => {
  const { diagnostics } = await readProjectOf({
    'pom.xml': projectPom('orders'),
    [`${main}artifacts/apis/a.xml`]: api('shop'),
    [`${main}artifacts/apis/empty.xml`]: '',
    [`${main}artifacts/sequences/old.xml`]: '<?xml version="1.0"?>\n<!-- <sequence name="old"/> -->\n',
    [`${main}artifacts/sequences/open.xml`]: '<!-- never closed',
    [`${main}artifacts/sequences/broken.xml`]: '<sequence name="b"><log>',
  });
  expect(diagnostics.map(({ severity, source }) => [source?.path.split('/').pop(), severity])).toEqual([
    ['empty.xml', 'warning'],
    ['broken.xml', 'error'],
    ['old.xml', 'warning'],
    ['open.xml', 'error'],
  ]);
});
