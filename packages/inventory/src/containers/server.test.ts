import { describe, expect, test } from 'vitest';
import { addFiles, makeTree, pack, sequence, task } from '../../test/support/files.ts';
import { readInventory } from '../index.ts';

const deployment = 'mi/repository/deployment/server/';

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
});
