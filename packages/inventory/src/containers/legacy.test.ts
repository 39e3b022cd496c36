import { describe, expect, test } from 'vitest';
import { api, type Files, makeTree, pack, sequence, task } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

const listed = (name: string, group: string, type: string, file: string, version = '1.0.0') =>
  `<artifact name="${name}" groupId="org.acme.${group}" version="${version}" type="${type}" serverRole="EnterpriseServiceBus"><file>${file}</file></artifact>`;

const pom = (artifactId: string, packaging: string, inside = '') =>
  `<project><groupId>org.acme</groupId><artifactId>${artifactId}</artifactId><version>1.0.0</version><packaging>${packaging}</packaging>${inside}</project>`;

const dependency = (group: string, name: string, type = 'xml', version = '1.0.0') =>
  `<dependency><groupId>org.acme${group && `.${group}`}</groupId><artifactId>${name}</artifactId><version>${version}</version><type>${type}</type></dependency>`;

const nature = (name: string) =>
  `<projectDescription><natures><nature>org.wso2.developerstudio.eclipse.${name}.project.nature</nature></natures></projectDescription>`;

const config = 'configs/src/main/synapse-config/';

async function tree(): Promise<Files> {
  return {
    'pom.xml': pom('parent', 'pom', '<modules><module>configs</module></modules>'),
    'configs/pom.xml': pom('configs', 'pom'),
    'configs/.project': nature('esb'),
    'configs/artifact.xml': `<artifacts>${listed('Shop', 'api', 'synapse/api', 'src/main/synapse-config/api/Shop.xml')}${listed('poll', 'task', 'synapse/task', 'src/main/synapse-config/tasks/poll.xml')}${listed('idle', 'sequence', 'synapse/sequence', 'src/main/synapse-config/sequences/idle.xml')}${listed('rule', 'rule', 'service/rule', 'rule.aar')}</artifacts>`,
    [`${config}api/Shop.xml`]: api('Shop'),
    [`${config}tasks/poll.xml`]: task('poll'),
    [`${config}sequences/idle.xml`]: sequence('idle'),
    [`${config}sequences/unlisted.xml`]: sequence('unlisted'),
    'mediators/pom.xml': pom('mediators', 'bundle'),
    'mediators/src/main/java/org/acme/M.java': '',
    'data/artifact.xml': `<artifacts>${listed('DS', 'dataservice', 'service/dataservice', 'dataservice/DS.dbs')}</artifacts>`,
    'data/dataservice/DS.dbs': '<data name="DS"/>',
    'connectors/artifact.xml': `<artifacts>${listed('csv', 'lib', 'synapse/lib', 'csv-1.0.0.zip')}</artifacts>`,
    'connectors/csv-1.0.0.zip': await pack({
      'connector.xml': '<connector><component name="csv" package="org.acme"/></connector>',
    }),
    'registry/artifact.xml':
      '<artifacts><artifact name="wsdl" groupId="org.acme.resource" version="1.0.0" type="registry/resource"><item><file>a.wsdl</file><path>/_system/config/wsdl</path></item></artifact></artifacts>',
    'registry/a.wsdl': '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
  };
}

const exporter = (dependencies: string) =>
  pom(
    'exporter',
    'carbon/application',
    `<properties><org.acme.task_._poll>capp/MiIsolated</org.acme.task_._poll></properties><dependencies>${dependencies}</dependencies>`,
  );

describe('a legacy multi-module project', () => {
  test.each([
    ['its docker module', { 'docker/Dockerfile': 'FROM wso2/wso2mi:4.1.0\nCOPY CarbonApps /x\n' }, '4.1.0'],
    [
      'the nearest Dockerfile',
      { 'a/b/Dockerfile': 'FROM wso2/wso2mi:4.4.0', 'car/Dockerfile': 'FROM wso2/wso2mi:4.2.0' },
      '4.2.0',
    ],
    [
      'the newest of those as near',
      { 'a/Dockerfile': 'FROM wso2/wso2mi:4.2.0', 'b/Dockerfile': 'FROM wso2/wso2mi:4.10.0' },
      '4.10.0',
    ],
    ['no image of somebody else', { 'docker/Dockerfile': 'FROM acme/mi:4.1.0' }, undefined],
  ])('has the version of %s', async (_what, files: Files, version) => {
    const cwd = makeTree({ ...(await tree()), 'car/pom.xml': exporter(dependency('api', 'Shop')), ...files });
    const { applications } = await readInventory(['.'], { cwd });
    expect(applications.map(({ type, runtimeVersion }) => [type, runtimeVersion])).toEqual([['exporter', version]]);
  });

  test('is delivered as its exporters say, with their roles', async () => {
    const cwd = makeTree({
      ...(await tree()),
      'car/pom.xml': exporter(
        dependency('api', 'Shop') +
          dependency('task', 'poll') +
          dependency('', 'mediators', 'jar') +
          dependency('dataservice', 'DS', 'dbs') +
          dependency('lib', 'csv', 'zip') +
          dependency('resource', 'wsdl', 'zip') +
          dependency('sequence', 'gone') +
          dependency('', 'driver', 'jar'),
      ),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.applications.map(({ id, type }) => [id, type])).toEqual([['exporter_1.0.0', 'exporter']]);
    expect(
      inventory.applications[0]?.deliveries.map(({ artifact, serverRole, file, path }) => [
        artifact,
        serverRole,
        file,
        path,
      ]),
    ).toEqual([
      ['api/Shop', 'EnterpriseServiceBus', 'Shop-1.0.0.xml', `${config}api/Shop.xml`],
      ['connector/csv', 'EnterpriseServiceBus', 'csv-1.0.0.zip', 'connectors/csv-1.0.0.zip'],
      ['data-service/DS', 'EnterpriseServiceBus', 'DS-1.0.0.dbs', 'data/dataservice/DS.dbs'],
      ['library/mediators', 'EnterpriseServiceBus', 'mediators-1.0.0.jar', 'mediators/src/main/java'],
      ['registry-resource/wsdl', 'EnterpriseServiceBus', 'registry-info.xml', 'registry/a.wsdl'],
      ['task/poll', 'MiIsolated', 'poll-1.0.0.xml', `${config}tasks/poll.xml`],
    ]);
    expect(inventory.artifacts.filter(({ applications }) => applications.length === 0).map(({ id }) => id)).toEqual([
      'sequence/idle',
      'sequence/unlisted',
      'unsupported/rule',
    ]);
    expect(
      inventory.diagnostics.map(({ code, severity, source }) => [code, severity, source?.path]).toSorted(),
    ).toEqual([
      ['MI-CAR-ROLE', 'warning', 'car/pom.xml'],
      ['MI-LEGACY-LEFT-OUT', 'warning', 'configs/artifact.xml'],
      ['MI-LEGACY-LEFT-OUT', 'warning', `${config}sequences/idle.xml`],
      ['MI-LEGACY-UNLISTED', 'warning', `${config}sequences/unlisted.xml`],
      ['MI-LEGACY-UNMATCHED', 'info', 'car/pom.xml'],
      ['MI-LEGACY-UNMATCHED', 'warning', 'car/pom.xml'],
      ['MI-LEGACY-UNSUPPORTED', 'warning', 'configs/artifact.xml'],
    ]);
  });

  test('matches by name where a groupId is not the one of artifact.xml, and reports a version that is not', async () => {
    const cwd = makeTree({
      ...(await tree()),
      'car/pom.xml': exporter(
        '<dependency><groupId>com.other.task</groupId><artifactId>poll</artifactId><version>9</version><type>xml</type></dependency>',
      ),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts.find(({ id }) => id === 'task/poll')?.applications).toEqual(['exporter_1.0.0']);
    expect(inventory.diagnostics.filter(({ code }) => code === 'MI-LEGACY-VERSION')).toHaveLength(1);
  });

  test('without an exporter counts each module as an application, and says so', async () => {
    const inventory = await readInventory(['configs'], { cwd: makeTree(await tree()) });
    expect(inventory.applications.map(({ id, type }) => [id, type])).toEqual([['configs_1.0.0', 'project']]);
    expect(inventory.artifacts.find(({ id }) => id === 'api/Shop')?.applications).toEqual(['configs_1.0.0']);
    expect(inventory.diagnostics.map(({ code }) => code)).toContain('MI-LEGACY-NO-EXPORTER');
  });

  test('without artifact.xml is matched by name, or delivered whole when there is no exporter', async () => {
    const files = { [`${config}tasks/poll.xml`]: task('poll'), [`${config}sequences/idle.xml`]: sequence('idle') };
    const alone = await readInventory(['.'], { cwd: makeTree(files) });
    expect(alone.artifacts.map(({ id, applications }) => [id, applications])).toEqual([
      ['sequence/idle', ['configs']],
      ['task/poll', ['configs']],
    ]);
    expect(alone.diagnostics.map(({ code }) => code)).toEqual(['MI-LEGACY-NO-DESCRIPTOR', 'MI-LEGACY-NO-EXPORTER']);
    const exported = await readInventory(['.'], {
      cwd: makeTree({ ...files, 'car/pom.xml': exporter(dependency('task', 'poll')) }),
    });
    expect(exported.artifacts.map(({ id, applications }) => [id, applications])).toEqual([
      ['sequence/idle', []],
      ['task/poll', ['exporter_1.0.0']],
    ]);
  });

  test('delivers once what the exporter lists twice, in the version that it lists last', async () => {
    const twice = dependency('task', 'poll', 'xml', '2.0.0') + dependency('api', 'Shop') + dependency('task', 'poll');
    const { artifacts, applications, diagnostics } = await readInventory(['.'], {
      cwd: makeTree({ ...(await tree()), 'car/pom.xml': exporter(twice) }),
    });
    expect(diagnostics.filter(({ code }) => code === 'MI-DUPLICATE' || code === 'MI-LEGACY-VERSION')).toEqual([]);
    expect(
      applications.map(({ deliveries }) => deliveries.map(({ artifact, version }) => `${artifact} ${version}`)),
    ).toEqual([['api/Shop 1.0.0', 'task/poll 1.0.0']]);
    expect(artifacts.find(({ id }) => id === 'task/poll')?.applications).toEqual(['exporter_1.0.0']);
  });

  test('Java bundles that have nothing to do with MI are no application', async () => {
    const cwd = makeTree({ 'b/pom.xml': pom('b', 'bundle'), 'b/src/main/java/A.java': '', 'flows/t.xml': task('t') });
    expect((await readInventory(['.'], { cwd })).artifacts.map(({ id }) => id)).toEqual(['task/t']);
  });

  test('takes what lies nearest of two projects with the same coordinates, and what the version asks for', async () => {
    const project = (folder: string, name: string, version = '1.0.0') => ({
      [`${folder}/configs/artifact.xml`]: `<artifacts>${listed('poll', 'task', 'synapse/task', 'poll.xml', version)}</artifacts>`,
      [`${folder}/configs/poll.xml`]: task('poll'),
      [`${folder}/car/pom.xml`]: exporter(dependency('task', 'poll', 'xml', version)).replaceAll('exporter', name),
    });
    const cwd = makeTree({
      ...project('a', 'a'),
      ...project('b', 'b'),
      ...project('b/old', 'old'),
      ...project('c', 'c', '2.0.0'),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.applications.map(({ id, deliveries }) => [id, deliveries.map(({ path }) => path)])).toEqual([
      ['a_1.0.0', ['a/configs/poll.xml']],
      ['b_1.0.0', ['b/configs/poll.xml']],
      ['c_1.0.0', ['c/configs/poll.xml']],
      ['old_1.0.0', ['b/old/configs/poll.xml']],
    ]);
    expect(inventory.diagnostics.filter(({ code }) => code === 'MI-LEGACY-VERSION')).toEqual([]);
  });

  test('reads the paths that Integration Studio writes on Windows, and entries that it repeats once', async () => {
    const cwd = makeTree({
      'configs/artifact.xml': `<artifacts>${listed('x', 'api', 'synapse/api', '\\src\\main\\x.xml').repeat(2)}<artifact name="r" groupId="org.acme.resource" version="1.0.0" type="registry/resource"><item><file>xslt\\r.xslt</file><path>/_system/config</path></item></artifact></artifacts>`,
      'configs/src/main/x.xml': api('x'),
      'configs/xslt/r.xslt': '<a/>',
      'car/pom.xml': exporter(dependency('api', 'x') + dependency('resource', 'r')),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.applications[0]?.deliveries.map(({ path }) => path)).toEqual([
      'configs/src/main/x.xml',
      'configs/xslt/r.xslt',
    ]);
    expect(inventory.artifacts.find(({ kind }) => kind === 'registry-resource')?.facts).toMatchObject({
      registryPath: '/_system/config/r.xslt',
    });
    expect(inventory.diagnostics).toEqual([]);
  });

  test('has no artifact for a file that artifact.xml names and nobody has', async () => {
    const cwd = makeTree({
      'configs/artifact.xml': `<artifacts>${listed('x', 'api', 'synapse/api', 'x.xml')}</artifacts>`,
      'car/pom.xml': exporter(dependency('api', 'x')),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ['MI-LEGACY-NO-FILE', 'error'],
    ]);
  });

  test('has no metadata for a file that artifact.xml names and nobody has', async () => {
    const cwd = makeTree({
      'configs/artifact.xml': `<artifacts>${listed('x', 'api', 'synapse/api', 'x.xml')}${listed('x_swagger', 'metadata', 'synapse/metadata', 'x.yaml')}</artifacts>`,
      'configs/x.xml': api('x'),
      'car/pom.xml': exporter(dependency('api', 'x') + dependency('metadata', 'x_swagger', 'yaml')),
    });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'MI-LEGACY-UNMATCHED',
        'exporter delivers org.acme.metadata:x_swagger:1.0.0 (yaml), but its file configs/x.yaml does not exist.',
      ],
    ]);
  });

  test('may have a project for each data service, whose pom names it', async () => {
    const cwd = makeTree({
      'ds/pom.xml': pom('OrdersProject', 'service/dataservice'),
      'ds/src/main/dataservice/Orders.dbs': '<data name="Orders"/>',
      'car/pom.xml': exporter(dependency('', 'OrdersProject', 'dbs')),
    });
    const { applications, diagnostics } = await readInventory(['.'], { cwd });
    expect(applications[0]?.deliveries).toMatchObject([
      { artifact: 'data-service/Orders', name: 'OrdersProject', file: 'OrdersProject-1.0.0.dbs' },
    ]);
    expect(diagnostics).toEqual([]);
  });

  test('tells of artifacts beside the pom of an exporter that names none of them', async () => {
    const cwd = makeTree({
      'car/pom.xml': exporter(''),
      'car/src/main/synapse-config/api/x.xml': api('x'),
    });
    const { artifacts, diagnostics } = await readInventory(['.'], { cwd });
    expect(artifacts.map(({ id, applications }) => [id, applications])).toEqual([['api/x', []]]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['MI-LEGACY-NO-DESCRIPTOR']);
  });

  test('does not take apart a connector that somebody unpacked', async () => {
    const cwd = makeTree({
      'configs/artifact.xml': `<artifacts>${listed('x', 'api', 'synapse/api', 'x.xml')}</artifacts>`,
      'configs/x.xml': api('x'),
      'car/pom.xml': exporter(dependency('api', 'x')),
      'lib/csv-1.0.0/connector.xml': '<connector><component name="csv" package="org.acme"/></connector>',
      'lib/csv-1.0.0/functions/read.xml':
        '<template xmlns="http://ws.apache.org/ns/synapse" name="read"><sequence/></template>',
    });
    const { artifacts, diagnostics } = await readInventory(['.'], { cwd });
    expect(artifacts.map(({ id }) => id)).toEqual(['api/x']);
    expect(diagnostics).toEqual([]);
    const flows = makeTree({ 'flows/connector.xml': task('connector'), 'flows/more/other.xml': task('other') });
    expect((await readInventory(['.'], { cwd: flows })).artifacts.map(({ id }) => id)).toEqual([
      'task/connector',
      'task/other',
    ]);
  });
});
