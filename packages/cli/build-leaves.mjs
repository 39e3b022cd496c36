import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('..', import.meta.url));
const scope = '@mi-patterns/';

/**
 * Makes each import from a package of this workspace one from the module that has what is imported. esbuild gives a
 * command every module that its imports lead to, whether it uses it or not, and the index of a package leads to all of
 * it: printing the version would load the reader of archives.
 * @returns {import('esbuild').Plugin}
 */
export function importLeaves() {
  return {
    name: 'import-leaves',
    setup(build) {
      build.onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
        contents: withLeaves(readFileSync(path, 'utf8')),
        loader: 'ts',
      }));
    },
  };
}

/**
 * The text of a module that imports leaves in as many lines as before.
 * @param {string} text
 */
export function withLeaves(text) {
  return text.replace(
    /^(import|export) \{([^}]*)\} from '(@mi-patterns\/[a-z-]+)';/gm,
    (statement, word, names, from) => fromLeaves(statement, { word, names, from }),
  );
}

/**
 * @param {string} statement
 * @param {{ readonly word: string, readonly names: string, readonly from: string }} parts
 */
function fromLeaves(statement, { word, names, from }) {
  const exported = exportsOf(join(packages, from.slice(scope.length), 'src/index.ts'));
  /** @type {Map<string, string[]>} */
  const byFile = new Map();
  for (const name of valuesIn(names)) {
    const [own = '', alias = own] = name.split(' as ');
    const leaf = exported.get(own);
    if (leaf === undefined) throw new Error(`${from} exports no ${own}`);
    byFile.set(leaf.file, [...(byFile.get(leaf.file) ?? []), `${leaf.name} as ${alias}`]);
  }
  const imports = [...byFile].map(([file, own]) => `${word} { ${own.join(', ')} } from ${JSON.stringify(file)};`);
  // As many lines as before, so that places in the source stay.
  return imports.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
}

/** @type {Map<string, Map<string, { readonly file: string, readonly name: string }>>} */
const known = new Map();

/**
 * What a module exports, by name: the module that has it, and its name there. Types are left out.
 * @param {string} file
 * @returns {Map<string, { readonly file: string, readonly name: string }>}
 */
function exportsOf(file) {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found = new Map();
  known.set(file, found);
  const text = readFileSync(file, 'utf8');
  for (const [, name = ''] of text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm))
    found.set(name, { file, name });
  for (const [, names = '', from = ''] of text.matchAll(/^export \{([^}]*)\} from '([^']+)';/gm)) {
    const inner = moduleOf(file, from);
    for (const entry of valuesIn(names)) {
      const [own = '', alias = own] = entry.split(' as ');
      found.set(alias, (inner === undefined ? undefined : exportsOf(inner).get(own)) ?? { file, name: alias });
    }
  }
  for (const [, from = ''] of text.matchAll(/^export \* from '([^']+)';/gm)) {
    const inner = moduleOf(file, from);
    for (const [name, leaf] of inner === undefined ? [] : exportsOf(inner)) found.set(name, leaf);
  }
  return found;
}

/**
 * The file that a path leads to; undefined for a package of somebody else.
 * @param {string} file
 * @param {string} from
 */
function moduleOf(file, from) {
  if (from.startsWith(scope)) return join(packages, from.slice(scope.length), 'src/index.ts');
  const path = resolve(dirname(file), from);
  return from.startsWith('.') && path.endsWith('.ts') && existsSync(path) ? path : undefined;
}

/**
 * Names in braces, types left out.
 * @param {string} names
 */
function valuesIn(names) {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
}
