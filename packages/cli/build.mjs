// Bundles the command into dist/, one chunk a command, so that starting it loads only what it needs.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildGuard } from '../delivery/build-guard.mjs';
import { importLeaves } from './build-leaves.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });
const result = await build({
  entryPoints: [join(here, 'src/main.ts'), join(here, 'src/library.ts')],
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  legalComments: 'linked',
  metafile: true,
  plugins: [importLeaves()],
  define: { MI_PATTERNS_VERSION: JSON.stringify(version) },
  // Some dependencies are CommonJS and call require() for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  logLevel: 'warning',
});
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`);
// The chart travels with the command, so that `generate` and `test` work without a checkout.
cpSync(join(here, '../../charts/micro-integrator'), join(dist, 'chart'), { recursive: true });
// Style and script of the report.
for (const name of ['app.css', 'client'])
  cpSync(join(here, 'src/report', name), join(dist, 'report', name), { recursive: true });
// The reference of the codes, which links in a terminal lead to.
cpSync(join(here, '../../docs/diagnostics.md'), join(dist, 'docs/diagnostics.md'));
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices(Object.keys(result.metafile.inputs)));
// The guard of fenced workloads, for the images that `package` writes.
if (!buildGuard(join(dist, 'lease-guard')))
  process.stderr.write('dist: without lease-guard, which needs Go; images will not contain it\n');
const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
process.stdout.write(
  `dist: ${Object.keys(result.metafile.outputs).filter((file) => file.endsWith('.js')).length} files, ${Math.round(bytes / 1024)} KiB\n`,
);

/**
 * Name, version and licence text of every package that is in the bundle: their licences ask for it wherever they are copied.
 * @param {string[]} inputs
 */
function notices(inputs) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const input of inputs) {
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(resolve(input))?.[0];
    if (folder === undefined) continue;
    const { name, license, ...about } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    if (license === undefined && files.length === 0) throw new Error(`${name} names no licence`);
    const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
    found.set(
      name,
      `${name} ${about.version} (${license})\n\n${texts.join('\n\n') || `Its package has no licence text; its package.json names ${license}.`}\n`,
    );
  }
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `Packages that are bundled with mi-patterns, and their licences.\n\n${all.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
