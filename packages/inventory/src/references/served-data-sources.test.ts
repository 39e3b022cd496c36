import { expect, test } from 'vitest';
import { ofEnvironments } from '../../test/support/configurations.ts';
import { type Files, makeTree, projectPom } from '../../test/support/files.ts';
import type { ServerConfiguration } from '../model/inventory.ts';
import { readInventory } from '../read-inventory.ts';
import { withServedDataSources } from './served-data-sources.ts';

const artifacts = 'src/main/wso2mi/artifacts';

async function read(toml: string, environments: readonly Partial<ServerConfiguration>[] = []): Promise<unknown> {
  const files: Files = {
    'pom.xml': projectPom('a'),
    'deployment/deployment.toml': toml,
    [`${artifacts}/sequences/S.xml`]: `<sequence xmlns="http://ws.apache.org/ns/synapse" name="S"><dblookup><connection><pool><dsName>jdbc/Orders</dsName></pool></connection></dblookup><dblookup><connection><pool><dsName>Orders</dsName></pool></connection></dblookup></sequence>`,
    [`${artifacts}/data-services/D.dbs`]:
      '<data name="D"><config id="c"><property name="carbon_datasource_name">Orders</property></config></data>',
  };
  const inventory = await readInventory(['.'], { cwd: makeTree(files) });
  const { references } = withServedDataSources({
    ...inventory,
    configurations: [...inventory.configurations, ...ofEnvironments(environments)],
  });
  return references.map(({ from, to, state }) => `${from} ${to} ${state}`);
}

const orders = '[[datasource]]\nid = "Orders"\nurl = "jdbc:mysql://db/orders"\n';
const dataSources = [{ id: 'Orders', source: { path: 'values.yaml', line: 1, column: 1 } }];
/** MI has a data source of the file in JNDI as `jdbc/` and its id. */
const known = [
  'data-service/D data-source/Orders builtin',
  'sequence/S data-source/jdbc/Orders builtin',
  'sequence/S data-source/Orders missing',
];
const missing = known.map((line) => line.replace('builtin', 'missing'));

test.each<[string, string, readonly Partial<ServerConfiguration>[], readonly string[]]>([
  ['which has it', orders, [], known],
  ['which has another', orders.replace('Orders', 'Stock'), [], missing],
  ['whose environment has it', '', [{ dataSources }], known],
  ['of a project, which no environment takes over', orders, [{}], missing],
  ['that one environment of two has', orders, [{ dataSources }, {}], missing],
  [
    'that both environments have, and one workload has not',
    '',
    [{ dataSources }, { dataSources }, { workload: 'w' }],
    known,
  ],
])('a data source and a deployment.toml %s', async (_, toml, environments, expected) => {
  expect(await read(toml, environments)).toEqual(expected);
});
