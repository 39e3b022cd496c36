import { describe, expect, test } from 'vitest';
import { type Files, makeTree, projectPom, sequence, task } from '../../test/support/files.ts';
import { isInputError } from '../files/input-error.ts';
import { readInventory } from '../read-inventory.ts';

const project: Files = { 'pom.xml': projectPom('orders'), 'src/main/wso2mi/artifacts/tasks/own.xml': task('own') };
const exporter =
  '<project><groupId>a</groupId><artifactId>Exp</artifactId><version>1</version><packaging>carbon/application</packaging></project>';
const module: Files = {
  'e/pom.xml': exporter,
  'm/pom.xml': '<project><groupId>a</groupId><artifactId>m</artifactId><version>1</version></project>',
  'm/artifact.xml': '<artifacts/>',
};
const consolidated: Files = {
  'pom.xml': projectPom('all', '1.0.0', '<is.consolidated.project>true</is.consolidated.project>'),
  'a/pom.xml': projectPom('a'),
  'a/src/main/wso2mi/artifacts/tasks/own.xml': task('own'),
};
const deployed = 'repository/deployment/server/';
const server: Files = { [`${deployed}synapse-configs/default/tasks/own.xml`]: task('own') };
const java: Files = {
  'pom.xml': '<project><groupId>a</groupId><artifactId>j</artifactId><version>1</version></project>',
  'src/main/java/org/acme/A.java': '',
};

describe('an artifact in a place that no reader looks at', () => {
  test.each<[string, Files]>([
    ['src/main/synapse/t.xml', project],
    ['src/main/synapse-config/tasks/t.xml', project],
    ['src/main/synapse/tasks/t.xml', { ...project, 'src/main/synapse/sequences/s.xml': '<beans/>' }],
    ['src/main/wso2mi/tasks/t.xml', project],
    ['src/main/wso2mi/t.xml', project],
    ['src/main/resources/t.xml', project],
    ['deployment/t.xml', project],
    ['deployment/docker/resources/synapse-configs/default/tasks/t.xml', project],
    ['m/t.xml', module],
    ['m/synapse-config/t.xml', module],
    ['m/src/main/synapse/t.xml', module],
    ['e/t.xml', module],
    ['t.xml', consolidated],
    ['src/main/synapse/t.xml', consolidated],
    [`${deployed}t.xml`, server],
    [`${deployed}carbonapps/t.xml`, server],
    [`${deployed}synapse-configs/dev/tasks/t.xml`, server],
    ['conf/t.xml', server],
  ])('%s is told of', async (path, others) => {
    const cwd = makeTree({ ...others, [path]: task('t') });
    const { artifacts, diagnostics } = await readInventory(['.'], { cwd });
    expect(artifacts.find(({ id }) => id === 'task/t')?.applications).toEqual([]);
    expect(
      diagnostics.filter(({ code }) => code === 'MI-LOOSE-FILE').map(({ message, source }) => [message, source?.path]),
    ).toEqual([['task t is in no folder that a build or a server reads, so nothing delivers it.', path]]);
  });

  test.each(['src/main/synapse/t.xml', 'src/main/resources/t.xml', 'src/main/resources/metadata.xml'])(
    '%s beside Java is all there is, so it is read',
    async (path) => {
      const { artifacts } = await readInventory(['.'], { cwd: makeTree({ ...java, [path]: task('t') }) });
      expect(artifacts.map(({ id, applications }) => [id, applications.length])).toEqual([['task/t', 1]]);
    },
  );

  test('XML that belongs to something else is not news', async () => {
    const cwd = makeTree({
      ...module,
      'm/artifact.xml':
        '<artifacts><artifact name="r" groupId="g" version="1" type="registry/resource" serverRole="EnterpriseServiceBus">' +
        '<item><file>flow.xml</file><path>/_system/config/flows</path></item></artifact></artifacts>',
      'm/flow.xml': sequence('flow'),
      'm/build.xml': '<project name="ant"/>',
      'm/broken.xml': '<a>',
      'm/src/main/resources/log4j.xml': '<Configuration/>',
      'm/connector/connector.xml': '<connector><component name="a" package="b"/></connector>',
      'm/connector/get.xml': '<template xmlns="http://ws.apache.org/ns/synapse" name="get"><sequence/></template>',
    });
    const { diagnostics } = await readInventory(['.'], { cwd });
    expect(diagnostics.map(({ code }) => code)).not.toContain('MI-LOOSE-FILE');
    expect(diagnostics.map(({ code }) => code)).not.toContain('MI-XML-MALFORMED');
  });
});

describe('tests', () => {
  const files = { 'src/test/resources/tasks/t.xml': task('t'), 'src/test/resources/sequences/s.xml': sequence('s') };

  test.each(['pom.xml', 'build.gradle'])(
    'are not what the build of a %s makes, and an empty answer says so',
    async (build) => {
      const cwd = makeTree({
        ...files,
        [build]: build === 'pom.xml' ? projectPom('p').replace('integration-', '') : '',
      });
      const error: unknown = await readInventory(['.'], { cwd }).catch((thrown: unknown) => thrown);
      expect(isInputError(error) && error.diagnostics[0]?.hint).toContain(
        'Tests are read only as a path of their own, for example src/test.',
      );
      const { artifacts } = await readInventory(['src/test/resources'], { cwd });
      expect(artifacts.map(({ id }) => id)).toEqual(['sequence/s', 'task/t']);
    },
  );
});
