import { expect, test } from 'vitest';
import { type Files, makeTree, pack, projectPom } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

async function project(name: string, connector: string, component = 'csv'): Promise<Files> {
  return {
    [`${name}/pom.xml`]: projectPom(name),
    [`${name}/src/main/wso2mi/artifacts/apis/${name}.xml`]: `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${name}"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
    [`${name}/src/main/wso2mi/resources/connectors/${connector}.zip`]: await pack({
      'connector.xml': `<connector><component name="${component}" package="org.acme"/></connector>`,
    }),
  };
}

async function clashes(...projects: readonly Files[]): Promise<readonly string[]> {
  const { diagnostics } = await readInventory(['.'], { cwd: makeTree(Object.assign({}, ...projects) as Files) });
  return diagnostics.filter(({ code }) => code === 'MI-CONNECTOR-CLASH').map(({ message }) => message);
}

test('different versions of one connector are told, whatever their files are called', async () => {
  expect(await clashes(await project('a', 'csv-1.0.3'), await project('b', 'csv-connector-2.0.0'))).toEqual([
    'The connector csv comes in several versions: 1.0.3 in a_1.0.0; 2.0.0 in b_1.0.0. A server keeps the one that it deploys first, for all flows.',
  ]);
});

test('two versions in one project are told', async () => {
  expect(await clashes(await project('a', 'csv-1.0.3'), await project('a', 'csv-2.0.0'))).toHaveLength(1);
});

test('each application with versioned deployment has its connectors to itself', async () => {
  const versioned = async (name: string, connector: string): Promise<Files> => ({
    ...(await project(name, connector)),
    [`${name}/pom.xml`]: projectPom(name, '1.0.0', '<versionedDeployment>true</versionedDeployment>'),
  });
  const other = await versioned('b', 'csv-2.0.0');
  expect(await clashes(await versioned('a', 'csv-1.0.3'), other)).toEqual([]);
  expect(await clashes(await versioned('b', 'csv-1.0.3'), other)).toHaveLength(1);
  expect(await clashes(await project('a', 'csv-1.0.3'), other)).toHaveLength(1);
});

test('one version in several projects, and different connectors, are no clash', async () => {
  const others = [await project('b', 'csv-1.0.3'), await project('c', 'xml-2.0.0', 'xml')];
  expect(await clashes(await project('a', 'csv-1.0.3'), ...others)).toEqual([]);
});

test('a version that the pom names is compared by the name of its file', async () => {
  const files = await project('b', 'unused-1.0.0', 'other');
  const dependency =
    '<dependencies><dependency><groupId>g</groupId><artifactId>csv</artifactId><version>2.0.0</version><type>zip</type></dependency></dependencies>';
  const pom = projectPom('b').replace('</project>', `${dependency}</project>`);
  expect(await clashes(await project('a', 'csv-1.0.3'), { ...files, 'b/pom.xml': pom })).toHaveLength(1);
});

test('a connector without entries for its folders is refused, as MI does', async () => {
  const files = await project('a', 'csv-1.0.3');
  const broken = await pack({
    'connector.xml': '<connector><component name="csv" package="p"/></connector>',
    'op/t.xml': '',
  });
  const whole = await pack({
    'connector.xml': '<connector><component name="xml" package="p"/></connector>',
    'META-INF/MANIFEST.MF': '',
    'op/': '',
    'op/t.xml': '',
  });
  const folder = 'a/src/main/wso2mi/resources/connectors';
  const cwd = makeTree({ ...files, [`${folder}/csv-1.0.3.zip`]: broken, [`${folder}/xml-1.0.0.zip`]: whole });
  const { diagnostics } = await readInventory(['.'], { cwd });
  expect(diagnostics.map(({ code, source }) => `${code} ${source?.path}`)).toEqual([
    `MI-CONNECTOR-NO-DIRECTORY ${folder}/csv-1.0.3.zip`,
  ]);
});
