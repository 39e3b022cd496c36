import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Files, makeTree, projectPom, sequence, task } from '../../test/support/files.ts';
import { readInventory } from '../read-inventory.ts';

const main = 'src/main/wso2mi/';
const shared: Files = { 'shared/tasks/t.xml': task('t'), 'shared/sequences/s.xml': sequence('s') };
const project: Files = { 'p/pom.xml': projectPom('p') };
const server = 'h/repository/deployment/server/';

/** What is read of a tree with links: who delivers each artifact, and where something was found wrong. */
async function read(files: Files, links: Readonly<Record<string, string>>, given: readonly string[]) {
  const cwd = makeTree(files);
  for (const [link, target] of Object.entries(links)) {
    mkdirSync(dirname(join(cwd, link)), { recursive: true });
    symlinkSync(relative(dirname(link), target), join(cwd, link));
  }
  const { applications, diagnostics } = await readInventory(given, { cwd });
  return {
    delivered: applications.map(
      ({ name, deliveries }) => `${name}: ${deliveries.map(({ artifact }) => artifact).join()}`,
    ),
    found: diagnostics.map(({ code, source }) => `${code} ${source?.path}`),
  };
}

describe('what a link in a container leads to', () => {
  test.each<[string, Files, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
    ['all artifacts', project, { [`p/${main}artifacts`]: 'shared' }, ['p: sequence/s,task/t'], []],
    [
      'a folder of one kind',
      project,
      { [`p/${main}artifacts/tasks`]: 'shared/tasks' },
      ['p: task/t', 'shared: sequence/s'],
      ['MI-PRJ-NO-POM shared'],
    ],
    [
      'a file',
      project,
      {
        [`p/${main}artifacts/tasks/u.xml`]: 'shared/tasks/t.xml',
        [`q/${main}artifacts/tasks/u.xml`]: 'shared/tasks/t.xml',
      },
      ['p: task/t', 'q: task/t', 'shared: sequence/s'],
      [`MI-DUPLICATE p/${main}artifacts/tasks/u.xml`, 'MI-PRJ-NO-POM q', 'MI-PRJ-NO-POM shared'],
    ],
    [
      'folders of two projects',
      { ...project, 'q/pom.xml': projectPom('q') },
      { [`p/${main}artifacts/tasks`]: 'shared/tasks', [`q/${main}artifacts/tasks`]: 'shared/tasks' },
      ['p: task/t', 'q: task/t', 'shared: sequence/s'],
      [`MI-DUPLICATE p/${main}artifacts/tasks/t.xml`, 'MI-PRJ-NO-POM shared'],
    ],
    ['the sources', project, { 'p/src': 'code', 'code/main/wso2mi/artifacts': 'shared' }, ['p: sequence/s,task/t'], []],
    [
      'the configuration of a server',
      {},
      { [`${server}synapse-configs/default`]: 'shared' },
      ['h: sequence/s,task/t'],
      [],
    ],
  ])('is delivered once by it: %s', async (_what, files, links, delivered, found) => {
    expect(await read({ ...shared, ...files }, links, ['.'])).toEqual({ delivered, found });
  });

  test('is shown where it is, and not read again, by a link from outside of it', async () => {
    const files = { [`p/${main}artifacts/tasks/t.xml`]: task('t'), 'p/pom.xml': projectPom('p') };
    const links = { a: 'p', 'b/all': `p/${main}artifacts`, c: `p/${main}artifacts/tasks`, 'shared/tasks': '.' };
    expect(await read(files, links, ['.'])).toEqual({ delivered: ['p: task/t'], found: [] });
    expect(await read({ ...files, 'c.xml': task('c') }, links, ['.'])).toEqual({
      delivered: ['p: task/t'],
      found: ['MI-LOOSE-FILE c.xml'],
    });
  });

  test('is told by its reader alone, and not of folders of programs', async () => {
    const files = {
      ...shared,
      'x.xml': sequence('x'),
      'other/a.txt': '',
      'program/tasks/a.py': '',
      'program/sequences/a.py': '',
    };
    const links = {
      'shared/tasks/x': 'other',
      'shared/x': 'other',
      'program/tasks/x': 'gone',
      'program/x': 'gone',
    };
    expect(await read(files, links, ['.'])).toEqual({
      delivered: ['shared: sequence/s,task/t'],
      found: ['MI-PRJ-NO-POM shared', 'MI-LOOSE-FILE x.xml'],
    });
  });

  test('is read outside the given paths too where a reader looks, and not said to be left out', async () => {
    const links = {
      'p/src/main': 'code',
      'code/wso2mi/artifacts': 'shared',
      'code/wso2mi/resources/conf': 'settings',
      'p/deployment/libs': 'libraries',
    };
    const files = { ...shared, ...project, 'settings/config.properties': 'a:string', 'libraries/x.txt': '' };
    expect(await read(files, links, ['p'])).toEqual({
      delivered: ['p: property-file/config,sequence/s,task/t'],
      found: [],
    });
  });
});

test('a pipe or a device that is called like an artifact is told, and nothing waits for it', async () => {
  const cwd = makeTree({ ...project, 'p/notes.txt': '', [`p/${main}artifacts/sequences/s.xml`]: sequence('s') });
  const [pipe, device] = ['sequences/pipe.xml', 'sequences/device.xml'].map((path) => `p/${main}artifacts/${path}`);
  execFileSync('mkfifo', [join(cwd, pipe ?? ''), join(cwd, 'p/pipe'), join(cwd, 'p/pipe.car')]);
  symlinkSync('/dev/null', join(cwd, device ?? ''));
  const { diagnostics } = await readInventory(['.'], { cwd });
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(
    ['p/pipe.car', device, pipe].map((path) => `MI-READ-DENIED ${path} cannot be read (not a regular file).`),
  );
  expect(new Set(diagnostics.map(({ hint }) => hint))).toEqual(
    new Set(['Put a file in its place, or exclude it from the given paths; everything else was read.']),
  );
});
