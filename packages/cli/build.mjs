// Bundles the command into dist/, one chunk a command, so that starting it loads only what it needs.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
process.stdout.write(
  `dist: ${Object.keys(result.metafile.outputs).filter((file) => file.endsWith('.js')).length} files, ${Math.round(bytes / 1024)} KiB\n`,
);
