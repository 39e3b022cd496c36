import { describe, expect, test } from 'vitest';
import { type Files, makeTree, projectPom, task } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

const project: Files = { 'pom.xml': projectPom('orders'), 'src/main/wso2mi/artifacts/tasks/own.xml': task('own') };
const toml = '[server]\noffset = 5\n';

describe('a deployment.toml elsewhere in a project', () => {
  test.each(['deployment/conf', 'deployment/docker', 'deployment/libs', 'src/main/wso2mi/resources/conf'])(
    'in %s is told, as it is not read',
    async (folder) => {
      const { configurations, diagnostics } = await readInventory(['.'], {
        cwd: makeTree({ ...project, [`${folder}/deployment.toml`]: toml }),
      });
      expect(configurations).toEqual([]);
      expect(diagnostics.map(({ code, source }) => [code, source?.path])).toEqual([
        ['MI-TOML-PLACE', `${folder}/deployment.toml`],
      ]);
    },
  );

  test('is read where it is given as a path', async () => {
    const cwd = makeTree({ ...project, 'deployment/libs/deployment.toml': toml });
    const { configurations, diagnostics } = await readInventory(['.', 'deployment/libs/deployment.toml'], { cwd });
    expect(configurations).toMatchObject([{ offset: 5 }]);
    expect(diagnostics).toEqual([]);
  });

  test.each(['conf', 'resources/conf', 'docker'])('in %s is read', async (folder) => {
    const cwd = makeTree({ ...project, [`${folder}/deployment.toml`]: toml });
    expect((await readInventory(['.'], { cwd })).configurations).toMatchObject([{ offset: 5 }]);
  });

  test('beside that of the project is no news', async () => {
    const files = { ...project, 'deployment/deployment.toml': toml, 'deployment/docker/deployment.toml': toml };
    const { configurations, diagnostics } = await readInventory(['.'], { cwd: makeTree(files) });
    expect(configurations).toHaveLength(1);
    expect(diagnostics).toEqual([]);
  });
});
