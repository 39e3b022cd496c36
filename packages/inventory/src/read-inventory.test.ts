import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFiles,
  api,
  artifactList,
  carFiles,
  type Files,
  makeTree,
  pack,
  projectPom,
  sequence,
  sequenceArtifact,
  task,
} from '../test/support/files.ts';
import { isInputError } from './files/input-error.ts';
import { readInventory } from './read-inventory.ts';

const main = 'src/main/wso2mi/artifacts/';
const codes = (inventory: { diagnostics: readonly { code: string }[] }) =>
  inventory.diagnostics.map(({ code }) => code);

async function everything(): Promise<Files> {
  return {
    'one/pom.xml': projectPom('one'),
    [`one/${main}sequences/s.xml`]: sequence('s', '<sequence key="t"/>'),
    [`one/${main}tasks/t.xml`]: task('t'),
    'one/deployment/deployment.toml': '[server]\noffset = 1\n',
    'two/pom.xml': projectPom('two'),
    [`two/${main}sequences/s.xml`]: sequence('s'),
    [`two/${main}apis/a.xml`]: api('a', '1'),
    [`two/${main}apis/b.xml`]: api('a', '2'),
    'legacy/configs/artifact.xml':
      '<artifacts><artifact name="q" groupId="g.sequence" version="1" type="synapse/sequence"><file>src/main/synapse-config/sequences/q.xml</file></artifact></artifacts>',
    'legacy/configs/src/main/synapse-config/sequences/q.xml': sequence('q'),
    'legacy/car/pom.xml':
      '<project><groupId>g</groupId><artifactId>car</artifactId><version>1</version><packaging>carbon/application</packaging><dependencies><dependency><groupId>g.sequence</groupId><artifactId>q</artifactId><version>1</version><type>xml</type></dependency></dependencies></project>',
    'cars/x.car': await pack(carFiles('x', [sequenceArtifact('t')])),
    'server/conf/deployment.toml': '[transport.vfs]\nlistener.enable = true\n',
    'server/repository/deployment/server/synapse-configs/default/registry.xml':
      '<registry xmlns="http://ws.apache.org/ns/synapse" provider="x"/>',
    'server/repository/deployment/server/synapse-configs/default/sequences/main.xml': sequence('main'),
    'server/repository/deployment/server/dataservices/D.dbs': '<data name="D"/>',
    'server/repository/deployment/server/carbonapps/y.car': await pack(carFiles('y', [sequenceArtifact('u')])),
    'server/repository/deployment/server/apps/z/artifacts.xml': artifactList('z', '1.0.0', [sequenceArtifact('v')]),
    'server/repository/deployment/server/apps/z/v/artifact.xml':
      '<artifact name="v" version="1.0.0" type="synapse/sequence"><file>v.xml</file></artifact>',
    'server/repository/deployment/server/apps/z/v/v.xml': sequence('v'),
  };
}

describe('a folder that holds everything', () => {
  test('is read whole', async () => {
    const inventory = await readInventory(['.'], { cwd: makeTree(await everything()) });
    expect(inventory.applications.map(({ id, type }) => `${type} ${id}`)).toEqual([
      'exporter car_1',
      'project one_1.0.0',
      'server server',
      'project two_1.0.0',
      'archive x_1.0.0',
      'archive y_1.0.0',
      'archive z_1.0.0',
    ]);
    expect(inventory.artifacts.map(({ id, applications }) => `${id} ${applications.join(',')}`)).toEqual([
      'api/a:v1 two_1.0.0',
      'api/a:v2 two_1.0.0',
      'data-service/D server',
      'sequence/main server',
      'sequence/q car_1',
      'sequence/s one_1.0.0,two_1.0.0',
      'sequence/t x_1.0.0',
      'sequence/u y_1.0.0',
      'sequence/v z_1.0.0',
      'task/t one_1.0.0',
    ]);
    expect(inventory.configurations.map(({ application, source }) => [application, source.path])).toEqual([
      ['one_1.0.0', 'one/deployment/deployment.toml'],
      ['server', 'server/conf/deployment.toml'],
    ]);
    expect(codes(inventory)).toEqual(['MI-DUPLICATE']);
  });

  test('is the same for any order and spelling of paths', async () => {
    const cwd = makeTree(await everything());
    const paths = [
      'one',
      'two',
      'legacy',
      'cars',
      'server',
      'cars/x.car',
      `one/${main}tasks`,
      `two/${main}apis/a.xml`,
      'one/deployment/deployment.toml',
    ];
    const expected = JSON.stringify(await readInventory(paths, { cwd }));
    const spellings = paths.map((path) =>
      fc.constantFrom(path, `./${path}`, `one/../${path}`, ...(/\.\w+$/.test(path) ? [] : [`${path}/`])),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...spellings).chain((spelled) => fc.shuffledSubarray(spelled, { minLength: paths.length })),
        async (shuffled) => {
          expect(JSON.stringify(await readInventory([...shuffled, shuffled[0] ?? '.'], { cwd }))).toBe(expected);
        },
      ),
      { numRuns: 25 },
    );
    expect(expected).toBe(JSON.stringify(await readInventory(['.'], { cwd })));
  });

  test('shows absolute paths when they were given so', async () => {
    const cwd = makeTree(await everything());
    const inventory = await readInventory([join(cwd, 'cars')], { cwd });
    expect(inventory.artifacts[0]?.source.path).toBe(`${cwd}/cars/x.car!/t_1.0.0/t-1.0.0.xml`);
  });

  test('shows the same of a folder and of its pom.xml', async () => {
    const cwd = makeTree(await everything());
    const [folder, pom] = await Promise.all([['one'], ['one/pom.xml']].map((paths) => readInventory(paths, { cwd })));
    expect(JSON.stringify(pom)).toBe(JSON.stringify(folder));
  });

  test('tells progress', async () => {
    const seen: string[] = [];
    await readInventory(['cars', 'one'], {
      cwd: makeTree(await everything()),
      onProgress: ({ path, artifacts }) => seen.push(`${path} ${artifacts}`),
    });
    expect(seen).toEqual(['one 2', 'cars/x.car 3']);
  });
});

describe('a project beside its own archive', () => {
  test('is a warning that names it, not an error', async () => {
    const cwd = makeTree({
      'p/pom.xml': projectPom('p', '1.0.0-SNAPSHOT'),
      [`p/${main}sequences/s.xml`]: sequence('s'),
      'p.car': await pack(carFiles('p', [sequenceArtifact('s')], '1.0.0-SNAPSHOT')),
    });
    const inventory = await readInventory(['p', 'p.car'], { cwd });
    expect(inventory.diagnostics).toMatchObject([
      { code: 'MI-APP-TWICE', severity: 'warning', source: { path: 'p' }, related: [{ path: 'p.car' }] },
    ]);
    expect(inventory.artifacts).toMatchObject([
      { id: 'sequence/s', applications: ['p_1.0.0-SNAPSHOT (p)', 'p_1.0.0-SNAPSHOT (p.car)'] },
    ]);
  });

  test('that says something else is an error, and the archive gives the facts, because it is what is delivered', async () => {
    const packed =
      '<proxy xmlns="http://ws.apache.org/ns/synapse" name="intake" transports="vfs"><target inSequence="s"/></proxy>';
    const cwd = makeTree({
      'a/pom.xml': projectPom('p'),
      [`a/${main}proxy-services/intake.xml`]: packed.replace('vfs', 'http'),
      [`a/${main}sequences/fresh.xml`]: sequence('fresh'),
      'z.car': await pack(
        carFiles('p', [
          { name: 'intake', type: 'synapse/proxy-service', file: 'intake-1.0.0.xml', content: packed },
          sequenceArtifact('gone'),
        ]),
      ),
    });
    const inventory = await readInventory(['a', 'z.car'], { cwd });
    expect(inventory.artifacts.find(({ id }) => id === 'proxy-service/intake')).toMatchObject({
      facts: { transports: ['vfs'] },
      source: { path: 'z.car!/intake_1.0.0/intake-1.0.0.xml' },
    });
    expect(inventory.diagnostics.find(({ code }) => code === 'MI-APP-DIFFERS')).toMatchObject({
      severity: 'error',
      message:
        'The archive z.car differs from what the project p_1.0.0 (a) builds now: proxy-service/intake differs, sequence/fresh is only in the project, sequence/gone is only in the archive. The archive would be delivered.',
    });
    expect(codes(await readInventory(['z.car'], { cwd }))).toEqual([]);
  });

  test('two versions with versioned deployment keep what each says, and share references', async () => {
    const version = (number: string): Promise<Buffer> => {
      const content = `<sequence xmlns="http://ws.apache.org/ns/synapse" name="s"><sequence key="of${number.charAt(0)}"/></sequence>`;
      const descriptor = `<project><id>g__p__${number}</id><versionedDeployment>true</versionedDeployment></project>`;
      return pack({ ...carFiles('p', [sequenceArtifact('s', { content })], number), 'descriptor.xml': descriptor });
    };
    const cwd = makeTree({ '1.0.0.car': await version('1.0.0'), '2.0.0.car': await version('2.0.0') });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts).toMatchObject([
      {
        id: 'sequence/s',
        applications: ['p_1.0.0', 'p_2.0.0'],
        variants: [{ applications: ['p_2.0.0'], source: { path: '2.0.0.car!/s_1.0.0/s-1.0.0.xml' } }],
      },
    ]);
    expect(inventory.references.map(({ to }) => to)).toEqual(['sequence/of1', 'sequence/of2']);
  });

  test('versioned deployment lets two applications carry one name', async () => {
    const versioned = '<versionedDeployment>true</versionedDeployment>';
    const cwd = makeTree({
      'a/pom.xml': projectPom('a', '1.0.0', versioned),
      [`a/${main}sequences/s.xml`]: sequence('s'),
      'b/pom.xml': projectPom('b', '1.0.0', versioned),
      [`b/${main}sequences/s.xml`]: sequence('s'),
    });
    expect(codes(await readInventory(['.'], { cwd }))).toEqual([]);
  });
});

describe('a package that mi-patterns has made', () => {
  const files = async (madeBy: string): Promise<Files> => ({
    'pom.xml': projectPom('one'),
    [`${main}sequences/s.xml`]: sequence('s'),
    'deploy/package/delivery.json': JSON.stringify({ madeBy }),
    'deploy/package/image/carbonapps/one.car': await pack(carFiles('one', [sequenceArtifact('gone')])),
  });
  const names = async (cwd: string, ...paths: string[]): Promise<string[]> =>
    (await readInventory(paths, { cwd })).artifacts.map(({ name }) => name);

  test('is passed over below a given path, with a note', async () => {
    const cwd = makeTree(await files('mi-patterns package'));
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts.map(({ name }) => name)).toEqual(['s']);
    expect(inventory.diagnostics.map(({ code, severity, source }) => [code, severity, source?.path])).toEqual([
      ['MI-READ-PACKAGE', 'info', 'deploy/package'],
    ]);
    await expect(readInventory(['deploy'], { cwd })).rejects.toThrow('No Micro Integrator content');
  });

  test('is read when it, or what is in it, is named', async () => {
    const cwd = makeTree(await files('mi-patterns package'));
    expect(await names(cwd, 'deploy/package')).toEqual(['gone']);
    expect(await names(cwd, 'deploy/package/image/carbonapps/one.car')).toEqual(['gone']);
    expect(await names(cwd, '.', 'deploy/package')).toEqual(['gone', 's']);
  });

  test('is known by its maker, not by the name of a file', async () => {
    expect(await names(makeTree(await files('somebody')), '.')).toEqual(['gone', 's']);
  });
});

describe('single files', () => {
  test('an artifact file is an application of its folder', async () => {
    const cwd = makeTree({ 'flows/t.xml': task('t'), 'flows/other.xml': task('other') });
    const inventory = await readInventory(['flows/t.xml'], { cwd });
    expect(inventory.artifacts).toMatchObject([
      { id: 'task/t', applications: ['flows'], source: { path: 'flows/t.xml' } },
    ]);
  });

  test('a file outside of every project is known, but nothing delivers it', async () => {
    const cwd = makeTree({
      'p/pom.xml': projectPom('p'),
      [`p/${main}sequences/s.xml`]: sequence('s'),
      'notes/old.xml': task('old'),
      'notes/log4j.xml': '<Configuration/>',
      'notes/broken.xml': '<a>',
      'notes/latin.xml': Buffer.from('<a>\xe9</a>', 'latin1'),
      '__MACOSX/._pom.xml': Buffer.from('00051607000200004d6163ff', 'hex'),
    });
    const inventory = await readInventory(['.'], { cwd });
    expect(inventory.artifacts.find(({ id }) => id === 'task/old')?.applications).toEqual([]);
    expect(codes(inventory)).toEqual(['MI-LOOSE-FILE']);
  });

  test('a folder of files alone is one application, and a broken one of MI is not hidden', async () => {
    const cwd = makeTree({
      'flows/t.xml': task('t'),
      'flows/bad.xml': sequence('bad').replace('</sequence>', ''),
      'flows/latin.xml': Buffer.from(sequence('latin', '<log description="\xe9"/>'), 'latin1'),
    });
    const inventory = await readInventory(['flows'], { cwd });
    expect(inventory.artifacts).toMatchObject([{ id: 'task/t', applications: ['flows'] }]);
    expect(codes(inventory)).toEqual(['MI-XML-MALFORMED', 'MI-XML-ENCODING']);
  });

  test('a page of documentation that shows artifacts is none', async () => {
    const shown = '<pre>&lt;proxy xmlns="http://ws.apache.org/ns/synapse"&gt;</pre>';
    const doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">';
    const cwd = makeTree({
      'flows/t.xml': task('t'),
      'flows/guide.xml': `<?xml version="1.0"?>\n<!-- A guide -->\n${doctype}\n<html>${shown}</html>`,
      'flows/broken.xml': `<html>${shown}<br></html>`,
    });
    expect(codes(await readInventory(['flows'], { cwd }))).toEqual([]);
  });

  test('a deployment.toml alone', async () => {
    const inventory = await readInventory(['deployment.toml'], {
      cwd: makeTree({ 'deployment.toml': '[server]\noffset = 5\n' }),
    });
    expect(inventory.configurations).toMatchObject([{ offset: 5 }]);
    expect(inventory.diagnostics).toEqual([]);
  });

  test('a folder with nothing else is worth a word', async () => {
    const { diagnostics } = await readInventory(['.'], { cwd: makeTree({ 'conf/deployment.toml': '[server]\n' }) });
    expect(diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'Nothing but deployment.toml was found in the current folder.'],
    ]);
  });
});

describe('what cannot be read', () => {
  test.each<[string, string[], Files]>([
    ['MI-INPUT-MISSING', ['gone'], {}],
    ['MI-INPUT-MISSING', ['a.txt/inner'], { 'a.txt': '' }],
    ['MI-INPUT-EMPTY', [], {}],
    [
      'MI-INPUT-EMPTY',
      ['.'],
      { 'readme.md': '', 'node_modules/p/pom.xml': projectPom('p'), '.git/x.car': 'x', 'src/pom.txt': '' },
    ],
    ['MI-LOOSE-CONTENT', ['a.xml'], { 'a.xml': '<beans/>' }],
    ['MI-XML-MALFORMED', ['a.xml'], { 'a.xml': 'text' }],
    ['MI-LOOSE-CONTENT', ['values.yaml'], { 'values.yaml': 'image: {}' }],
    ['MI-TOML-MALFORMED', ['a.toml'], { 'a.toml': '= 1' }],
    ['MI-TOML-MALFORMED', ['a.toml'], { 'a.toml': '\ufeff[server]' }],
  ])('%s for %j', async (code, paths, files) => {
    const error: unknown = await readInventory(paths, { cwd: makeTree(files) }).catch((thrown: unknown) => thrown);
    expect(isInputError(error) && error.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test('too much to walk is refused', async () => {
    const cwd = makeTree(await everything());
    await expect(readInventory(['.'], { cwd, limits: { walkedEntries: 10 } })).rejects.toThrow('MI-INPUT-TOO-LARGE');
  });

  test('a file that is too large is named and the rest is read', async () => {
    const cwd = makeTree({
      'pom.xml': projectPom('p'),
      [`${main}sequences/big.xml`]: sequence('big', ' '.repeat(2000)),
      [`${main}sequences/s.xml`]: sequence('s'),
    });
    const inventory = await readInventory(['.'], { cwd, limits: { textBytes: 1000 } });
    expect(codes(inventory)).toEqual(['MI-READ-TOO-LARGE']);
    expect(inventory.artifacts.map(({ id }) => id)).toEqual(['sequence/s']);
  });

  test('links: loops end, files are followed, folders outside are named', async () => {
    const outside = makeTree({ 'q/pom.xml': projectPom('q'), [`q/${main}sequences/s.xml`]: sequence('s') });
    const cwd = makeTree({
      'p/pom.xml': projectPom('p'),
      [`p/${main}sequences/s.xml`]: sequence('p'),
      'real.car': await pack(carFiles('x', [sequenceArtifact('x')])),
    });
    symlinkSync('..', join(cwd, 'p/loop'));
    symlinkSync('self', join(cwd, 'self'));
    symlinkSync(outside, join(cwd, 'away'));
    mkdirSync(join(cwd, 'mounted'));
    symlinkSync('../real.car', join(cwd, 'mounted/a.car'));
    const inventory = await readInventory(['p', 'away', 'mounted'], { cwd });
    expect(inventory.artifacts.map(({ id }) => id)).toEqual(['sequence/p', 'sequence/s', 'sequence/x']);
    expect(codes(inventory)).toEqual(['MI-READ-LINK']);
    expect(codes(await readInventory(['.'], { cwd }))).toContain('MI-READ-LINK');
  });

  test('links in a project: those to folders are followed as its build does, and none is lost in silence', async () => {
    const cwd = makeTree({
      'p/pom.xml': projectPom('p'),
      [`p/${main}sequences/s.xml`]: sequence('s'),
      'shared/tasks/t.xml': task('t'),
      'shared/gov/x/y.txt': 'y',
    });
    symlinkSync('../../../../../shared/tasks', join(cwd, `p/${main}tasks`));
    symlinkSync('..', join(cwd, `p/${main}loop`));
    const read = async (...paths: string[]) => {
      const { artifacts, diagnostics } = await readInventory(paths, { cwd });
      return [artifacts.map(({ id }) => id), diagnostics.map(({ code, source }) => [code, source?.path])];
    };
    const link = `p/${main}tasks`;
    expect(await read('p')).toEqual([['sequence/s'], [['MI-READ-LINK', link]]]);
    expect(await read('p', 'shared/tasks')).toEqual([['sequence/s', 'task/t'], []]);
    expect(await read('.')).toEqual([['sequence/s', 'task/t'], []]);
    symlinkSync('gone.xml', join(cwd, `p/${main}sequences/gone.xml`));
    mkdirSync(join(cwd, 'p/src/main/wso2mi/resources/registry'), { recursive: true });
    symlinkSync('../../../../../../shared/gov', join(cwd, 'p/src/main/wso2mi/resources/registry/gov'));
    expect((await read('p'))[1]).toEqual([
      ['MI-READ-DENIED', `p/${main}sequences/gone.xml`],
      ['MI-READ-LINK', link],
      ['MI-READ-LINK', 'p/src/main/wso2mi/resources/registry/gov'],
    ]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'an unreadable file or folder is named and the rest is read (skipped for root, who may read all)',
    async () => {
      const cwd = makeTree({
        'p/pom.xml': projectPom('p'),
        [`p/${main}sequences/s.xml`]: sequence('s'),
        [`p/${main}sequences/no.xml`]: sequence('no'),
        'closed/x.xml': task('x'),
        'x.car': '',
      });
      chmodSync(join(cwd, 'x.car'), 0);
      chmodSync(join(cwd, `p/${main}sequences/no.xml`), 0);
      chmodSync(join(cwd, 'closed'), 0);
      const inventory = await readInventory(['.'], { cwd });
      chmodSync(join(cwd, 'closed'), 0o755);
      expect(inventory.diagnostics.map(({ code, source }) => [code, source?.path])).toEqual([
        ['MI-READ-DENIED', 'closed'],
        ['MI-READ-DENIED', `p/${main}sequences/no.xml`],
        ['MI-READ-DENIED', 'x.car'],
      ]);
      expect(inventory.artifacts.map(({ id }) => id)).toEqual(['sequence/s']);
    },
  );
});

describe('size', () => {
  test('keeps no text of the files it has read', async () => {
    const files: Record<string, string> = { 'pom.xml': projectPom('big') };
    for (let index = 0; index < 200; index++)
      files[`${main}sequences/s${index}.xml`] = sequence(
        `sequence_with_a_long_name_${index}`,
        `<!-- ${'x'.repeat(500_000)} -->`,
      );
    const cwd = makeTree({});
    addFiles(cwd, files);
    writeFileSync(join(cwd, 'unrelated.txt'), '');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    const inventory = await readInventory(['.'], { cwd });
    collect();
    // 100 MB were read; what is kept is some hundred bytes for each file.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
    expect(inventory.artifacts).toHaveLength(200);
  });
});
