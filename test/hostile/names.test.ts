import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { miPatterns, miPatternsJson } from '../support/command.ts';
import { folderWith, pom } from './support.ts';

/**
 * Orders a terminal about, starts a line that CI takes for a command, turns text around, and holds what is not seen.
 */
const hostile = 'T\n::error::FAKE\r\u009b31m\u202etxt\u2028x: 1\u00ad\u{e0041}\u001b]0;t\u0007';
/** The same without what XML does not take. */
const name = hostile.replace('\u001b', '').replace('\u0007', '');
const inXml = name.replace(/[\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
const raw =
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0041}]|^\s*::|^x: 1/mu;

const task = (called: string): string =>
  `<task xmlns="http://ws.apache.org/ns/synapse" name="${called}" class="org.acme.T" group="g"><trigger interval="60"/></task>`;
const api = (called: string): string =>
  `<api xmlns="http://ws.apache.org/ns/synapse" name="${called}" context="/a"><resource methods="GET"><inSequence/></resource></api>`;
const artifacts = 'src/main/wso2mi/artifacts';

function project(): string {
  return folderWith({
    'p/pom.xml': pom(),
    [`p/${artifacts}/tasks/T.xml`]: task(inXml),
    [`p/${artifacts}/tasks/${hostile}.xml`]: task('Other'),
    [`p/${artifacts}/sequences/broken${hostile.slice(1)}.xml`]: '<sequence',
    'values.yaml': `"\\e[31mred\\u202e\\n::error::FAKE": 1\npattern: "\\e[2Jx\\n::error::FAKE"\n`,
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
}

describe('a name that holds orders for a terminal', () => {
  it.each([
    ['scan', 'p'],
    ['scan', 'p', '--verbose'],
    ['plan', 'p'],
    ['plan', 'p', '--format', 'sarif'],
    ['plan', 'p', '--format', 'junit'],
    ['explain', `task/${name}`, 'p'],
    ['explain', hostile, 'p'],
    ['validate', 'values.yaml'],
    ['generate', 'p', '--out', 'made'],
    ['package', 'p', '--out', 'made'],
    ['init', '--config', 'no\u001b[31m.yaml'],
    ['scan', `none\u001b[31m\n::error::x`],
    ['test', '--values', `none\u001b[31m\n::error::x`],
    [`sc\u001b[31man\n::error::x`],
    ['scan', `--\u001b[31m\n::error::x`],
    ['plan', 'p', '--replicas', `\u001b[31m\n::error::x`],
    ['plan', 'p', '--isolate', `none\u001b[31m\n::error::x`],
    ['package', 'p', '--out', 'made', '--push', `h\u001b[31m\n::error::x/a`],
    ['generate', 'p', '--env', `\u001b[31m\n::error::x`],
  ])('comes out as text: %j', async (...args) => {
    const { stdout, stderr } = await miPatterns(args, { cwd: project() });
    expect(stdout + stderr).not.toMatch(raw);
    expect(stdout + stderr).not.toBe('');
  });

  it('stays true in JSON, which holds no such character as it is', async () => {
    const cwd = project();
    const { document } = await miPatternsJson<{ artifacts: { name: string }[] }>(['scan', 'p'], { cwd });
    expect(document.artifacts.map((artifact) => artifact.name)).toContain(name);
    expect((await miPatterns(['scan', 'p', '--json'], { cwd })).stdout).not.toMatch(raw);
  });

  it('gets into no report, diagram, values file or package', async () => {
    const cwd = folderWith({ 'p/pom.xml': pom(), [`p/${artifacts}/tasks/T.xml`]: task(inXml) });
    await miPatterns(['plan', 'p', '--report', 'made/r.html', '--diagram', 'made/d.mmd'], { cwd });
    await miPatterns(['plan', 'p', '--diagram', 'made/d.dot'], { cwd });
    await miPatterns(['plan', 'p', '--diagram', 'made/d.svg'], { cwd });
    await miPatterns(['package', 'p', '--out', 'made/package', '--format', 'image', 'volume'], { cwd });
    const written = filesBelow(join(cwd, 'made')).filter((file) => !/\.car$|\/blobs\/|\/lease-guard-/.test(file));
    expect(written.length).toBeGreaterThan(8);
    for (const file of written) expect(readFileSync(file, 'utf8'), file).not.toMatch(raw);
  });

  it('is refused by generate at the artifact, not at a file that was not written', async () => {
    const cwd = project();
    const { exitCode, stderr } = await miPatterns(['generate', 'p', '--out', 'made'], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`MI-VALUES-FORMAT  p/${artifacts}/tasks/T.xml:1`);
  });
});

describe('a version in a pom or on the command line', () => {
  it.each(['4.4.0\nRUN echo injected\n#', '4.4.0 RUN', '$(id)', '4.4.0\u2028RUN x', '', '${no.such}', '../4.4.0'])(
    'that is %j never becomes a line of a Dockerfile',
    async (version) => {
      const text = version.replace(/[<&]/g, '');
      const cwd = folderWith({
        'p/pom.xml': pom(`<project.runtime.version>${text}</project.runtime.version>`),
        [`p/${artifacts}/apis/A.xml`]: api('A'),
      });
      const { exitCode, stderr } = await miPatterns(['package', 'p', '--out', 'made'], { cwd });
      if (version === '') expect(exitCode).toBe(0);
      else {
        expect([exitCode, readdirSync(cwd)]).toEqual([1, ['p']]);
        expect(stderr).toMatch(/MI-PRJ-RUNTIME {2}p\/pom.xml:\d+:\d+/);
      }
      const given = await miPatterns(['package', 'p', '--out', 'made', '--runtime', version], { cwd });
      expect([given.exitCode, given.stderr.includes('MI-CLI-USAGE')]).toEqual([2, true]);
    },
  );
});

describe('names that become names of files', () => {
  it.each(['orders/v1', '../../x', 'a\\b', '..', `n${'ä'.repeat(300)}`, 'CON', 'a:b'])(
    'an API called %s packs into an archive that holds it',
    async (called) => {
      const cwd = folderWith({
        'p/pom.xml': pom(),
        [`p/${artifacts}/apis/A.xml`]: api(called),
      });
      expect((await miPatterns(['package', 'p', '--out', 'made'], { cwd })).exitCode).toBe(0);
      const { exitCode, document } = await miPatternsJson<{ artifacts: { name: string }[]; diagnostics: unknown[] }>(
        ['scan', 'made/image/carbonapps'],
        { cwd },
      );
      expect([exitCode, document.artifacts.map((artifact) => artifact.name), document.diagnostics]).toEqual([
        0,
        [called],
        [],
      ]);
    },
  );

  it.each(['orders (1).car', 'Größe.car', 'a: b.car', '"x".car', '.hidden.car', '$(id).car', `${'x'.repeat(240)}.car`])(
    'an archive called %s becomes a key that Kubernetes takes',
    async (file) => {
      const cwd = folderWith({
        'p/pom.xml': pom(),
        [`p/${artifacts}/apis/A.xml`]: api('A'),
      });
      expect((await miPatterns(['package', 'p', '--out', 'first'], { cwd })).exitCode).toBe(0);
      const archive = readFileSync(join(cwd, 'first/image/carbonapps/p_1.0.0.car'));
      const again = folderWith({ [file]: archive });
      const { exitCode } = await miPatterns(['package', file, '--out', 'made', '--format', 'configmap'], {
        cwd: again,
      });
      expect(exitCode).toBe(0);
      const [map] = parseAllDocuments(readFileSync(join(again, 'made/configmaps.yaml'), 'utf8')).map(
        (document) => document.toJS() as { binaryData: Record<string, string> },
      );
      const keys = Object.keys(map?.binaryData ?? {});
      expect(keys).toHaveLength(1);
      expect(keys[0]).toMatch(/^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/);
      expect(readdirSync(join(again, 'made/image/carbonapps'))).toEqual(keys);
    },
  );
});

describe('a name that is not UTF-8', () => {
  it.skipIf(process.platform !== 'linux')(
    'is told, and what lies beside it is read (skipped except on Linux)',
    async () => {
      const cwd = folderWith({ 'p/pom.xml': pom(), [`p/${artifacts}/apis/A.xml`]: api('A') });
      mkdirSync(Buffer.from(`${cwd}/folder-\xff`, 'latin1'));
      writeFileSync(Buffer.from(`${cwd}/p/${artifacts}/apis/B-\xff.xml`, 'latin1'), api('B'));
      const { exitCode, document } = await miPatternsJson<{
        artifacts: { name: string }[];
        diagnostics: { code: string; message: string }[];
      }>(['scan', '.'], { cwd });
      expect([exitCode, document.artifacts.map((artifact) => artifact.name)]).toEqual([1, ['A']]);
      expect(document.diagnostics.map(({ code, message }) => [code, message.split(' cannot')[1]])).toEqual([
        ['MI-READ-DENIED', ' be read: its name is not valid UTF-8.'],
        ['MI-READ-DENIED', ' be read: its name is not valid UTF-8.'],
      ]);
    },
  );
});
