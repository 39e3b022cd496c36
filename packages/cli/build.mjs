// Bundles the command and the library into dist/.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildGuard } from '../delivery/build-guard.mjs';
import { importLeaves } from './build-leaves.mjs';
import { writeScript, writeScripts } from './build-script.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const finished = join(here, 'dist');
// Put in the place of the other when it is whole: somebody may run the command meanwhile.
const dist = join(here, 'dist.next');
const { version: own } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });
/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  legalComments: 'linked',
  metafile: true,
  plugins: [importLeaves()],
  logLevel: 'warning',
};
const defined = { MI_PATTERNS_VERSION: JSON.stringify(own) };
const library = await build({
  ...common,
  entryPoints: [join(here, 'src/library.ts')],
  outdir: dist,
  splitting: true,
  format: 'esm',
  sourcemap: 'linked',
  sourcesContent: false,
  define: defined,
  // Some dependencies are CommonJS and call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
});
// The command is one script, because V8 keeps what it compiled of a script; bin/mi-patterns.js runs it.
const command = await build({
  ...common,
  entryPoints: [join(here, 'src/main.ts')],
  outdir: dist,
  splitting: true,
  write: false,
  format: 'esm',
  charset: 'ascii',
  define: { ...defined, 'import.meta.url': 'urlOfBundle', 'import.meta.dirname': '__dirname' },
});
const modules = new Map(written(command, '.js'));
writeScripts(
  { first: join(dist, 'main.cjs'), rest: join(dist, 'rest.cjs') },
  {
    banner: "const urlOfBundle = require('node:url').pathToFileURL(__filename).href;",
    entry: 'main.js',
    early: [...modules.keys()].filter((name) => name.startsWith('scan-')),
    modules,
  },
);
// What runs first, and may print an answer that was kept. Apart from the command, which it watches.
const start = await build({
  ...common,
  entryPoints: [join(here, 'src/kept-answers/start.ts')],
  outdir: dist,
  write: false,
  format: 'cjs',
  charset: 'ascii',
});
const [[, textOfStart] = []] = written(start, '.js');
writeScript(
  join(dist, 'start.cjs'),
  'require',
  `const module = { exports: {} };\n${textOfStart}\nreturn module.exports;`,
);
const legal = written(command, '.LEGAL.txt').map(([, text]) => text);
writeFileSync(join(dist, 'main.cjs.LEGAL.txt'), legal.join('\n'));
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`);
// The chart travels with the command, so that `generate` and `test` work without a checkout. Without its unit tests, as
// in the archives of helm (.helmignore): they test the chart alone, and it has passed them before it is released.
cpSync(join(here, '../../charts/micro-integrator'), join(dist, 'chart'), {
  recursive: true,
  filter: (path) => !/[\\/]micro-integrator[\\/]tests$/.test(path),
});
// Style and script of the report.
for (const name of ['app.css', 'client'])
  cpSync(join(here, 'src/report', name), join(dist, 'report', name), { recursive: true });
// The reference of the codes, which links in a terminal lead to.
cpSync(join(here, '../../docs/diagnostics.md'), join(dist, 'docs/diagnostics.md'));
// The guard of fenced workloads, for the images that `package` writes.
if (!buildGuard(join(dist, 'lease-guard')))
  process.stderr.write('dist: without lease-guard, which needs Go; images will not contain it\n');
const bundled = bundledPackages(Object.keys({ ...library.metafile.inputs, ...command.metafile.inputs }));
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices(bundled));
writeFileSync(join(dist, 'sbom.cdx.json'), sbom(bundled));
rmSync(finished, { recursive: true, force: true });
renameSync(dist, finished);
const outputs = { ...library.metafile.outputs, ...command.metafile.outputs };
const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
process.stdout.write(
  `dist: ${Object.keys(outputs).filter((file) => /\.c?js$/.test(file)).length} files, ${Math.round(bytes / 1024)} KiB\n`,
);

/**
 * What was built with names that end so: name and text.
 * @param {import('esbuild').BuildResult<{ write: false }>} result
 * @param {string} ending
 */
function written({ outputFiles }, ending) {
  return outputFiles
    .filter(({ path }) => path.endsWith(ending))
    .map(({ path, text }) => /** @type {const} */ ([basename(path), text]));
}

/**
 * Every package that is in the bundle, with its dependencies, sorted by name.
 * @param {string[]} inputs
 */
function bundledPackages(inputs) {
  /** @type {{ name: string, version: string, licence: string, texts: string[] }[]} */
  const found = [];
  const folders = new Set(
    inputs.flatMap((input) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(resolve(input))?.[0] ?? []),
  );
  // The set grows while it is gone through.
  for (const folder of folders) {
    const {
      name,
      license,
      dependencies = {},
      ...about
    } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    // A package may hold its dependencies in one file, which then is not an input.
    const beside = folder.slice(0, folder.lastIndexOf('/node_modules/') + '/node_modules/'.length);
    for (const dependency of Object.keys(dependencies))
      if (existsSync(join(beside, dependency, 'package.json'))) folders.add(realpathSync(join(beside, dependency)));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    if (license === undefined) throw new Error(`${name} names no licence`);
    const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
    found.push({ name, version: about.version, licence: license, texts });
  }
  const keyOf = ({ name, version }) => `${name} ${version}`;
  return [...new Map(found.map((one) => [keyOf(one), one])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * Name, version and licence text of every package: their licences ask for it wherever they are copied.
 * @param {ReturnType<typeof bundledPackages>} packages
 */
function notices(packages) {
  const all = packages.map(
    ({ name, version, licence, texts }) =>
      `${name} ${version} (${licence})\n\n${texts.join('\n\n') || `Its package has no licence text; its package.json names ${licence}.`}\n`,
  );
  const guard = join(dist, 'lease-guard', 'licences.txt');
  if (existsSync(guard)) all.push(readFileSync(guard, 'utf8'));
  return `Packages that are bundled with mi-patterns, and their licences.\n\n${all.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * What is in the package as CycloneDX 1.6: what is bundled, and not the tools that bundle it. The same inputs give the
 * same bytes.
 * @param {ReturnType<typeof bundledPackages>} packages
 */
function sbom(packages) {
  const components = packages.map(({ name, version, licence }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return { type: 'library', 'bom-ref': purl, name, version, licenses: [{ expression: licence }], purl };
  });
  if (existsSync(join(dist, 'lease-guard'))) {
    const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).stdout.trim().replace(/^go/, '');
    const purl = `pkg:golang/stdlib@${go}`;
    const licenses = [{ expression: 'BSD-3-Clause' }];
    components.push({ type: 'library', 'bom-ref': purl, name: 'stdlib', version: go, licenses, purl });
  }
  const ref = `pkg:npm/mi-patterns@${own}`;
  const licenses = [{ expression: 'Apache-2.0' }];
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': ref, name: 'mi-patterns', version: own, licenses, purl: ref },
    },
    components,
    dependencies: [{ ref, dependsOn: components.map((one) => one['bom-ref']) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
