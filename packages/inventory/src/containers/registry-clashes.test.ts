import { expect, test } from 'vitest';
import { addFiles, type Files, makeTree, pack, projectPom } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

/** A project whose API reads a registry resource of its own, with the same names in each project. */
function project(name: string, folder: string, content: string): Files {
  return {
    [`${name}/pom.xml`]: projectPom(name),
    [`${name}/src/main/wso2mi/artifacts/apis/${name}.xml`]: `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${name}"><resource methods="GET"><inSequence><xslt key="gov:mi-resources/${folder}/t.xslt"/></inSequence></resource></api>`,
    [`${name}/src/main/wso2mi/resources/artifact.xml`]: `<artifacts><artifact name="style" groupId="g" version="1.0.0" type="registry/resource" serverRole="EnterpriseIntegrator"><item><file>t.xslt</file><path>/_system/governance/mi-resources/${folder}</path></item></artifact></artifacts>`,
    [`${name}/src/main/wso2mi/resources/${folder}/t.xslt`]: content,
  };
}

/** The same as an archive. */
async function archive(name: string, folder: string, content: string): Promise<Buffer> {
  return pack({
    'artifacts.xml': `<artifacts><artifact name="${name}" version="1.0.0" type="carbon/application"><dependency artifact="style" version="1.0.0" include="true" serverRole="EnterpriseIntegrator"/></artifact></artifacts>`,
    'style_1.0.0/': '',
    'style_1.0.0/artifact.xml':
      '<artifact name="style" version="1.0.0" type="registry/resource" serverRole="EnterpriseIntegrator"><file>registry-info.xml</file></artifact>',
    'style_1.0.0/registry-info.xml': `<resources><item><file>t.xslt</file><path>/_system/governance/mi-resources/${folder}</path></item></resources>`,
    'style_1.0.0/resources/': '',
    'style_1.0.0/resources/t.xslt': content,
  });
}

async function findings(files: Files): Promise<readonly string[]> {
  const { diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
  return diagnostics.map(({ code, source }) => `${code} ${source?.path}`);
}

test('different content of one registry path is told', async () => {
  expect(await findings({ ...project('a', 'xslt', '<a/>'), ...project('b', 'xslt', '<b/>') })).toEqual([
    'MI-REGISTRY-CLASH a/src/main/wso2mi/resources/xslt/t.xslt',
  ]);
});

test('a project and an archive are compared, packed or not', async () => {
  const car = await archive('b', 'xslt', '<b/>');
  expect(await findings({ ...project('a', 'xslt', '<a/>'), 'b.car': car })).toEqual([
    'MI-REGISTRY-CLASH a/src/main/wso2mi/resources/xslt/t.xslt',
  ]);
  const same = await archive('b', 'xslt', '<a/>');
  expect(await findings({ ...project('a', 'xslt', '<a/>'), 'b.car': same })).toEqual([]);
});

test('the same content, and a project beside its own archive, are no clash', async () => {
  expect(await findings({ ...project('a', 'xslt', '<a/>'), ...project('b', 'xslt', '<a/>') })).toEqual([]);
  const folder = makeTree(project('a', 'xslt', '<a/>'));
  addFiles(folder, { 'a.car': await archive('a', 'xslt', '<old/>') });
  const { diagnostics } = await readInventory(['.'], { cwd: folder });
  expect(diagnostics.map(({ code }) => code)).not.toContain('MI-REGISTRY-CLASH');
});

test('with versioned deployment files have a name of their own, and those of a whole folder do not', async () => {
  const versioned = (name: string, content: string): Files => ({
    ...project(name, 'xslt', content),
    [`${name}/pom.xml`]: projectPom(name, '1.0.0', '<versionedDeployment>true</versionedDeployment>'),
  });
  expect(await findings({ ...versioned('a', '<a/>'), ...versioned('b', '<b/>') })).toEqual([]);
  expect(await findings({ ...versioned('a', '<a/>'), ...project('b', 'xslt', '<b/>') })).toEqual([]);
  const folder = (name: string, content: string): Files => ({
    ...versioned(name, content),
    [`${name}/src/main/wso2mi/resources/artifact.xml`]: `<artifacts><artifact name="style" groupId="g" version="1.0.0" type="registry/resource" serverRole="EnterpriseIntegrator"><collection><directory>xslt</directory><path>/_system/governance/mi-resources/xslt</path></collection></artifact></artifacts>`,
  });
  expect(await findings({ ...folder('a', '<a/>'), ...folder('b', '<b/>') })).toEqual([
    'MI-REGISTRY-CLASH a/src/main/wso2mi/resources/xslt/t.xslt',
  ]);
});

test('resources of one name are found by the path that each application gives them', async () => {
  expect(await findings({ ...project('a', 'one', '<a/>'), ...project('b', 'two', '<b/>') })).toEqual([]);
});
