import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/command.ts';

/** A folder that has nothing but the packed package installed. */
const folder = mkdtempSync(join(tmpdir(), 'library-'));
const packageFolder = join(repository, 'packages/cli');
const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

beforeAll(() => {
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], packageFolder)) as [
    { filename: string },
  ];
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  npm(['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], folder);
  cpSync(join(repository, 'examples/orders'), join(folder, 'examples/orders'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = [
  ...readFileSync(join(repository, 'docs/library.md'), 'utf8').matchAll(/^## (.+)$[\s\S]*?^```ts\n([\s\S]*?)^```$/gm),
].map(([, title = '', code = '']) => ({ title, code }));

describe('the library in an empty folder', () => {
  it('has an example for each chapter of its page', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Read and plan',
      'Write values',
      'Use a configuration',
      'Render',
    ]);
  });

  it('has types that compile with the examples, those of libraries included', () => {
    const files = examples.map(({ code }, index) => {
      const file = `example-${index}.ts`;
      writeFileSync(join(folder, file), code);
      return file;
    });
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [join(repository, 'node_modules/@types')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    expect(() => execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).not.toThrow();
  });

  it.each(examples)('runs the example "$title"', ({ code }) => {
    writeFileSync(join(folder, 'example.mjs'), code);
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed).toMatch(/recurring-order-task|^0\n$/);
  });

  it('lets the chart judge values, and checks them without it', () => {
    const values = 'pattern: multiple-replicas\\nworkloadDefaults: {ports: {ws: {port: 8290, protocol: ws}}}';
    writeFileSync(
      join(folder, 'judge.mjs'),
      `import { validate, validateWithoutHelm } from 'mi-patterns';
const text = '${values}\\nimage: {repository: acme/orders, tag: 1.2.0}';
console.log((await validate(text, 'values.yaml')).map(({ message }) => message).join('|'));
console.log(validateWithoutHelm(text, 'values.yaml').length);`,
    );
    const printed = execFileSync(process.execPath, ['judge.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(printed).toMatch(/The port 8290 is taken by MI's http listener.*\n0\n$/);
  });

  it('brings README, LICENSE and the chart, and nothing to install', () => {
    const installed = join(folder, 'node_modules/mi-patterns');
    expect(readFileSync(join(installed, 'README.md'), 'utf8')).toContain('# mi-patterns');
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(readFileSync(join(repository, 'LICENSE'), 'utf8'));
    expect(readFileSync(join(installed, 'dist/chart/Chart.yaml'), 'utf8')).toContain('name: micro-integrator');
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
  });

  it('names the licence of all that it holds, also of what a dependency has taken in', () => {
    const notices = readFileSync(join(folder, 'node_modules/mi-patterns/dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    const names = [...notices.matchAll(/^(@?[\w./-]+) \d\S* \(/gm)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        '@dagrejs/dagre',
        '@dagrejs/graphlib',
        'commander',
        'diff',
        'fzstd',
        'smol-toml',
        'yaml',
      ]),
    );
  });

  it('lists what it holds, and none of the tools that bundle it', () => {
    const installed = join(folder, 'node_modules/mi-patterns/dist');
    const { bomFormat, metadata, components } = JSON.parse(readFileSync(join(installed, 'sbom.cdx.json'), 'utf8')) as {
      readonly bomFormat: string;
      readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
      readonly components: readonly { readonly name: string; readonly version: string; readonly purl: string }[];
    };
    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    expect([bomFormat, metadata.component]).toEqual([
      'CycloneDX',
      expect.objectContaining({ name: 'mi-patterns', version }),
    ]);
    const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const noted = [...notices.matchAll(/^(@?[\w./-]+ \d\S*) \(/gm)].map(([, name]) => name);
    const fromNpm = components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(fromNpm.map((one) => `${one.name} ${one.version}`)).toEqual(noted);
    expect(fromNpm.length).toBeGreaterThan(6);
    expect(existsSync(join(installed, 'lease-guard'))).toBe(components.some(({ name }) => name === 'stdlib'));
  });

  it('is packed as its package.json says', async () => {
    const { messages } = await publint({ pkgDir: packageFolder, pack: false });
    expect(messages).toEqual([]);
  });
});
