// Writes dist/library.d.ts: the types of the library in one file, so that a user needs no package of this workspace.
// tsc declares every module, rolldown-plugin-dts keeps what the library exports.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const declarations = mkdtempSync(join(tmpdir(), 'mi-patterns-types-'));
const configuration = join(declarations, 'tsconfig.json');

try {
  declareModules();
  pointAtDeclarations();
  const bundle = await rolldown({
    input: declared(join(here, 'src/library.ts')),
    external: [/^node:/],
    plugins: [dts({ dtsOnly: true, tsconfig: false, generator: 'oxc' })],
  });
  await bundle.write({ dir: join(here, 'dist'), format: 'esm', entryFileNames: 'library.ts' });
} finally {
  rmSync(declarations, { recursive: true, force: true });
}

/** Runs tsc over the packages; the configuration lies outside the tree, since it is for this build only. */
function declareModules() {
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: declarations,
    rootDir: root,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const include = [join(root, 'packages/*/src')];
  const text = { extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude: ['**/*.test.ts'] };
  writeFileSync(configuration, JSON.stringify(text));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', configuration], { stdio: 'inherit' });
}

/** @param {string} source @returns {string} */
function declared(source) {
  return join(declarations, source.slice(root.length)).replace(/\.ts$/, '.d.ts');
}

/**
 * Makes each declaration import declarations by their path, in statements and in `import("…")`, which tsc writes where
 * it infers a type. A bundler that resolved the names of workspace packages would find their sources. What catalogues
 * add to the type of codes is for these sources: a user's code is a string.
 */
function pointAtDeclarations() {
  const files = readdirSync(declarations, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.d.ts'),
  );
  for (const file of files.map((name) => join(declarations, name))) {
    const text = readFileSync(file, 'utf8')
      .replaceAll(/^declare module '[^']+' \{$[\s\S]*?^\}$/gm, '')
      .replaceAll(/(['"])@mi-patterns\/([a-z-]+)\1/g, (_, _quote, name) => {
        const path = relative(dirname(file), declared(join(root, `packages/${name}/src/index.ts`)));
        return `'${path.startsWith('.') ? path : `./${path}`}'`;
      })
      .replaceAll(/(['"])(\.{1,2}\/[^'"]+?)(?<!\.d)\.ts\1/g, '$1$2.d.ts$1');
    writeFileSync(file, text);
  }
}
