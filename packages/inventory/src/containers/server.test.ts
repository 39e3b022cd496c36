import { describe, expect, test } from 'vitest';
import { addFiles, makeTree, pack, sequence, task } from '../../test/support/files.ts';
import { readInventory } from '../index.ts';

const deployment = 'mi/repository/deployment/server/';

describe('the Synapse configuration of a server', () => {
  const api = '<api xmlns="http://ws.apache.org/ns/synapse" name="A" context="/a"><resource methods="GET"/></api>';

  test.each(['default', 'synapse-config'])('is known by its folder `api` when %s lies alone', async (folder) => {
    const cwd = makeTree({ [`${folder}/api/a.xml`]: api, [`${folder}/tasks/t.xml`]: task('t') });
    const { artifacts, diagnostics } = await readInventory(['.'], { cwd });
    expect(artifacts.map(({ id, applications }) => [id, applications.length])).toEqual([
      ['api/A', 1],
      ['task/t', 1],
    ]);
    expect(diagnostics).toEqual([]);
  });

  test('is not the folder of a project with a name of a server in it', async () => {
    const cwd = makeTree({ 'artifacts/api/a.xml': api, 'artifacts/tasks/t.xml': task('t') });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics.map(({ code }) => code)).toEqual(['MI-PRJ-NO-POM', 'MI-PRJ-UNKNOWN-FOLDER']);
  });

  test('is not what a folder `api` of something else lies beside', async () => {
    const cwd = makeTree({ 'x/api/pom.xml': '<project/>', 'x/tasks/t.xml': task('t') });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics.map(({ code }) => code)).toEqual(['MI-PRJ-NO-POM']);
  });
});

describe('the home of a server', () => {
  test('is read with its Axis2 services', async () => {
    const cwd = makeTree({
      [`${deployment}synapse-configs/default/sequences/main.xml`]: sequence('main'),
      [`${deployment}axis2services/Reconcile.aar`]: await pack({
        'META-INF/services.xml': '<service name="R"><transports><transport>jms</transport></transports></service>',
      }),
    });
    const { artifacts } = await readInventory(['.'], { cwd });
    expect(artifacts.find(({ kind }) => kind === 'axis2-service')).toMatchObject({
      id: 'axis2-service/Reconcile',
      applications: ['mi'],
      facts: { services: [{ name: 'R', transports: ['jms'] }] },
    });
  });

  test('is read with its registry, archives and settings; its samples are no artifacts', async () => {
    const cwd = makeTree({
      [`${deployment}synapse-configs/default/sequences/main.xml`]: sequence(
        'main',
        '<sequence key="gov:flows/a.xml"/>',
      ),
      [`${deployment}synapse-configs/default/registry.xml`]:
        '<registry xmlns="http://ws.apache.org/ns/synapse" provider="x"/>',
      [`${deployment}dataservices/D.dbs`]: '<data name="D"><config id="c"/></data>',
      'mi/registry/governance/flows/a.xml': sequence('a', '<store messageStore="none"/>'),
      'mi/registry/config/x/b.txt': 'text',
      'mi/conf/deployment.toml': '[transport.jms]\nlistener_enable = true\n',
      'mi/repository/samples/synapse_sample_300.xml': `<definitions xmlns="http://ws.apache.org/ns/synapse">${task('sample')}</definitions>`,
      'mi/samples/service-bus/synapse_sample_1.xml': sequence('sample'),
      'mi/samples/service-bus/synapse.xml': sequence('sample'),
      'mi/repository/samples/resources/synapse.xml': sequence('sample'),
    });
    addFiles(cwd, {
      [`${deployment}carbonapps/orders_1.0.0.car`]: await pack({
        'artifacts.xml':
          '<artifacts><artifact name="orders" version="1.0.0" type="carbon/application"><dependency artifact="t" version="1.0.0" serverRole="EnterpriseIntegrator"/></artifact></artifacts>',
        't_1.0.0/': '',
        't_1.0.0/artifact.xml': '<artifact name="t" version="1.0.0" type="synapse/task"><file>t.xml</file></artifact>',
        't_1.0.0/t.xml': task('t'),
      }),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts.map(({ id, applications }) => [id, applications])).toEqual([
      ['data-service/D', ['mi']],
      ['registry-resource/_system/config/x/b.txt', ['mi']],
      ['registry-resource/_system/governance/flows/a.xml', ['mi']],
      ['sequence/main', ['mi']],
      ['task/t', ['orders_1.0.0']],
    ]);
    expect(inventory.references.map(({ from, to, state }) => [from, to, state])).toContainEqual([
      'sequence/main',
      'registry-resource/_system/governance/flows/a.xml',
      'resolved',
    ]);
    expect(inventory.configurations).toMatchObject([
      { application: 'mi', listeners: [{ transport: 'jms', enabled: true }] },
    ]);
    expect(inventory.diagnostics).toEqual([]);
  });

  const api = (flow: string): string =>
    `<api xmlns="http://ws.apache.org/ns/synapse" name="A" context="/a"><resource methods="GET"><inSequence>${flow}</inSequence></resource></api>`;
  const connector = (name: string): Promise<Buffer> =>
    pack({ 'connector.xml': `<connector><component name="${name}" package="org.wso2.carbon.connector"/></connector>` });
  const enabled = (name: string): string =>
    `<import xmlns="http://ws.apache.org/ns/synapse" name="${name}" package="org.wso2.carbon.connector" status="enabled"/>`;

  test('is read with its connectors, the files that enable them, and its JARs', async () => {
    const imports = `${deployment}synapse-configs/default/imports/`;
    const cwd = makeTree({
      [`${deployment}synapse-configs/default/api/A.xml`]: api(
        '<class name="com.acme.Med"/><class name="com.acme.Bundle"/><file.read/>',
      ),
      [`${imports}{org.wso2.carbon.connector}file.xml`]: enabled('file'),
      [`${deployment}synapse-libs/fileconnector-4.0.0.zip`]: await connector('file'),
      'mi/lib/med-1.0.0.jar': await pack({ 'com/acme/Med.class': '' }),
      // The bundle that the server makes of it at each start.
      'mi/dropins/med_1.0.0_1.0.0.jar': await pack({ 'com/acme/Med.class': '' }),
      'mi/dropins/bundle.jar': await pack({ 'com/acme/Bundle.class': '' }),
    });
    const { artifacts, applications, references, diagnostics } = await readInventory(['.'], { cwd });
    expect(artifacts.map(({ id, applications: of }) => [id, of])).toEqual([
      ['api/A', ['mi']],
      ['connector/fileconnector', ['mi']],
      ['library/bundle', ['mi']],
      ['library/med-1.0.0', ['mi']],
    ]);
    expect(references.map(({ to, state }) => [to, state])).toEqual([
      ['library/med-1.0.0', 'resolved'],
      ['library/bundle', 'resolved'],
      ['connector/fileconnector', 'resolved'],
    ]);
    expect(applications[0]?.deliveries).toContainEqual({
      artifact: 'connector/fileconnector',
      name: 'fileconnector',
      version: '4.0.0',
      type: 'synapse/lib',
      file: 'fileconnector-4.0.0.zip',
      path: `${deployment}synapse-libs/fileconnector-4.0.0.zip`,
    });
    expect(diagnostics).toEqual([]);
  });

  test('tells of a file that enables a connector where the server does not look for one', async () => {
    const cwd = makeTree({ [`${deployment}synapse-configs/default/sequences/file.xml`]: enabled('file') });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics).toMatchObject([{ code: 'MI-SERVER-CONTENT' }]);
  });

  test('with archives alone is read with what lies beside them', async () => {
    const cwd = makeTree({
      [`${deployment}carbonapps/`]: '',
      [`${deployment}dataservices/D.dbs`]: '<data name="D"><config id="c"/></data>',
      'mi/lib/med.jar': await pack({ 'com/acme/Med.class': '' }),
    });
    addFiles(cwd, {
      [`${deployment}carbonapps/orders_1.0.0.car`]: await pack({
        'artifacts.xml':
          '<artifacts><artifact name="orders" version="1.0.0" type="carbon/application"><dependency artifact="t" version="1.0.0" serverRole="EnterpriseIntegrator"/></artifact></artifacts>',
        't_1.0.0/': '',
        't_1.0.0/artifact.xml': '<artifact name="t" version="1.0.0" type="synapse/task"><file>t.xml</file></artifact>',
        't_1.0.0/t.xml': task('t'),
      }),
    });
    const { artifacts } = await readInventory(['.'], { cwd });
    expect(artifacts.map(({ id, applications }) => [id, applications])).toEqual([
      ['data-service/D', ['mi']],
      ['library/med', ['mi', 'orders_1.0.0']],
      ['task/t', ['orders_1.0.0']],
    ]);
  });

  test.each([
    ['wso2mi-4.3.0', {}, '4.3.0'],
    ['mi', { 'mi/wso2/components/plugins/org.wso2.micro.integrator.core_4.2.0.164.jar': '' }, '4.2.0'],
    ['mi', {}, undefined],
  ])('has the version of its folder or of its own JARs: %s, %j', async (home, files, version) => {
    const server = `${home}/repository/deployment/server`;
    const cwd = makeTree({ [`${server}/synapse-configs/default/sequences/main.xml`]: sequence('main'), ...files });
    addFiles(cwd, {
      [`${server}/carbonapps/orders_1.0.0.car`]: await pack({
        'artifacts.xml':
          '<artifacts><artifact name="orders" version="1.0.0" type="carbon/application"></artifact></artifacts>',
      }),
    });
    const { applications } = await readInventory(['.'], { cwd });
    expect(applications.map(({ runtimeVersion }) => runtimeVersion)).toEqual([version, version]);
  });

  const unpacked = (folder: string): Record<string, string> => ({
    [`${folder}/1621700718599orders_1.0.0.car/artifacts.xml`]:
      '<artifacts><artifact name="orders" version="1.0.0" type="carbon/application"><dependency artifact="old" version="1.0.0" serverRole="EnterpriseIntegrator"/></artifact></artifacts>',
    [`${folder}/1621700718599orders_1.0.0.car/old_1.0.0/artifact.xml`]:
      '<artifact name="old" version="1.0.0" type="synapse/task"><file>old.xml</file></artifact>',
    [`${folder}/1621700718599orders_1.0.0.car/old_1.0.0/old.xml`]: task('old'),
  });
  test.each([
    ['mi/tmp/carbonapps/-1234', []],
    ['mi/wso2/tmp/carbonapps/-1234', []],
    [`${deployment}apps`, ['task/old']],
    ['mi/tmp/apps', ['task/old']],
  ])('what it unpacked from its archives is a copy: %s', async (folder, expected) => {
    const cwd = makeTree({
      [`${deployment}synapse-configs/default/sequences/main.xml`]: sequence('main'),
      ...unpacked(folder),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts.map(({ id }) => id)).toEqual(['sequence/main', ...expected]);
  });

  test('is told when its patches or key stores would stay behind', async () => {
    const cwd = makeTree({
      [`${deployment}synapse-configs/default/sequences/main.xml`]: sequence('main'),
      'mi/patches/patch0100/synapse-core_4.0.0.jar': 'x',
      'mi/wso2/components/dropins/acme_1.0.0.jar': 'x',
      'mi/repository/resources/security/client-truststore.jks': 'x',
      'mi/repository/resources/security/wso2carbon.jks': 'x',
      'mi/repository/resources/security/bank.p12': 'x',
      'mi/repository/resources/security/publickey.pem': 'x',
    });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics).toMatchObject([
      {
        code: 'MI-SERVER-NOT-DELIVERED',
        severity: 'warning',
        message:
          'The server of mi reads patches/patch0100/synapse-core_4.0.0.jar, wso2/components/dropins/acme_1.0.0.jar, repository/resources/security/bank.p12, which no package includes.',
        source: { path: 'mi/patches/patch0100/synapse-core_4.0.0.jar' },
      },
    ]);
  });
});

test('what MI refuses in a folder of the server is left out alone', async () => {
  const text =
    '<sequence name="s" xmlns="http://ws.apache.org/ns/synapse"><call-template target=""/><nothing/></sequence>';
  const files = { 'h/repository/deployment/server/synapse-configs/default/sequences/s.xml': text };
  const { diagnostics } = await readInventory(['h'], { cwd: makeTree(files) });
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'The mediator `call-template` has an empty attribute "target"; Micro Integrator refuses it and goes on without the artifact.',
    'Micro Integrator has no mediator `nothing`. Unless a library adds it, the server goes on without the artifact.',
  ]);
});
