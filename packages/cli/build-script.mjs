import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** Modules of Node that bring many others, and of which most runs call nothing. They are loaded at the first call. */
const late = new Set(['node:child_process', 'node:v8', 'node:zlib']);
const parametersOfRest = 'require, __filename, __dirname, urlOfBundle, digestOfBuild, fromModule, lateModule';

/**
 * Writes modules that esbuild has split as two scripts: what every start and the command `scan` need, and the rest,
 * which is read when it is asked for. In each, modules are a list of functions, of which each is run when its module is
 * first imported. V8 keeps what it compiled of a script only, and with all modules side by side in one function it
 * would make every function of them ready at each start, used or not.
 *
 * A script is a function that bin/mi-patterns.js calls, in ASCII, which V8 keeps in one byte a character (esbuild
 * leaves regular expressions as they are). Before it stands its digest: what is compiled of it is kept under that name.
 * @param {{ readonly first: string, readonly rest: string }} files
 * @param {{
 *   readonly banner: string,
 *   readonly entry: string,
 *   readonly early: readonly string[],
 *   readonly modules: ReadonlyMap<string, string>,
 * }} parts `modules` has their texts by file name, `entry` is the name of the first to run, `early` are those that the
 *   first script has as well, with all that they import.
 */
export function writeScripts(files, { banner, entry, early, modules }) {
  const first = closureOf([entry, ...early], modules);
  const rest = [...modules.keys()].filter((name) => !first.includes(name));
  const names = [...first, ...rest];
  const listOf = (/** @type {readonly string[]} */ some) =>
    `[\n${some.map((name) => `// ${name}\nfunction () {\n${bodyOf(modules.get(name) ?? '', names)}\n}`).join(',\n')}\n]`;
  writeScript(
    files.first,
    'require, __filename, __dirname, loadScript',
    `${banner}
const digestOfBuild = '${digestOf([...modules.values()].join(''))}';
const exportsOfModules = [];
const modules = ${listOf(first)};
function fromModule(index) {
  if (index >= modules.length) modules.push(...loadScript(${JSON.stringify(basename(files.rest))})(${parametersOfRest}));
  return (exportsOfModules[index] ??= (0, modules[index])());
}
function lateModule(name) {
  let loaded;
  return new Proxy({}, { get: (_, key) => (loaded ??= require(name))[key] });
}
fromModule(${names.indexOf(entry)});`,
  );
  writeScript(files.rest, parametersOfRest, `return ${listOf(rest)};`);
}

/**
 * Writes a script that is a function.
 * @param {string} file
 * @param {string} parameters
 * @param {string} body
 */
export function writeScript(file, parameters, body) {
  const script = asAscii(`(function (${parameters}) {'use strict';\n${body}\n})`);
  writeFileSync(file, `/*${digestOf(script)}*/${script}`);
}

/** @param {string} text */
function digestOf(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Modules with all that they import statically.
 * @param {readonly string[]} entries
 * @param {ReadonlyMap<string, string>} modules
 */
function closureOf(entries, modules) {
  const found = new Set(entries);
  // The set grows while it is gone through.
  for (const name of found)
    for (const statement of parseAst(modules.get(name) ?? '').body)
      if (statement.type === 'ImportDeclaration' && statement.source.value.startsWith('./'))
        found.add(statement.source.value.slice('./'.length));
  return [...found];
}

/**
 * The text of a module as the body of a function that returns its exports. Throws for an export that changes later:
 * importers take it once. esbuild writes none for the modules here.
 * @param {string} text
 * @param {readonly string[]} names
 */
function bodyOf(text, names) {
  const program = parseAst(text);
  const imports = [];
  const exported = new Map();
  const kept = [];
  let end = 0;
  for (const statement of program.body) {
    const isImport = statement.type === 'ImportDeclaration';
    if (!isImport && !statement.type.startsWith('Export')) continue;
    if (isImport) imports.push(importOf(statement, names));
    else for (const { local, exported: as } of statement.specifiers) exported.set(local.name, as.name);
    kept.push(text.slice(end, statement.start));
    end = statement.end;
  }
  kept.push(text.slice(end));
  mustStay(exported, program);
  const body = kept
    .join('')
    .replace(/\bimport\("([^"]+)"\)/g, (_, from) => `Promise.resolve().then(() => ${moduleOf(from, names)})`)
    // What esbuild writes for CommonJS.
    .replace(/\b__require\("([^"]+)"\)/g, (call, from) => (late.has(from) ? moduleOf(from, names) : call));
  const exports = [...exported].map(([name, as]) => (name === as ? name : `${as}: ${name}`));
  return `${imports.join('\n')}\n${body.trim()}\nreturn { ${exports.join(', ')} };`;
}

/**
 * @param {import('rolldown/utils').ESTree.ImportDeclaration} declaration
 * @param {readonly string[]} names
 */
function importOf({ specifiers, source }, names) {
  const from = moduleOf(source.value, names);
  if (specifiers.length === 0) return `${from};`;
  const named = specifiers.filter(({ type }) => type === 'ImportSpecifier');
  // CommonJS of Node: what is imported by default is the module itself.
  const whole = specifiers
    .filter(({ type }) => type !== 'ImportSpecifier')
    .map(({ local }) => `var ${local.name} = ${from};`);
  if (late.has(source.value)) return [...whole, ...lateFunctions(named, from)].join('\n');
  const taken = named.map(({ imported, local }) => `${imported.name}: ${local.name}`);
  return [...whole, ...(taken.length === 0 ? [] : [`var { ${taken.join(', ')} } = ${from};`])].join('\n');
}

/**
 * Functions of a module that is loaded when one of them is called. From then on the name is the function itself: some
 * are called for each entry of an archive.
 * @param {readonly import('rolldown/utils').ESTree.ImportSpecifier[]} named
 * @param {string} from
 */
function lateFunctions(named, from) {
  return named.map(
    ({ imported, local: { name } }) => `var ${name} = (...given) => (${name} = ${from}.${imported.name})(...given);`,
  );
}

/**
 * What leads to the exports of a module: of these ones, or of Node.
 * @param {string} from
 * @param {readonly string[]} names
 */
function moduleOf(from, names) {
  if (!from.startsWith('./')) return `${late.has(from) ? 'lateModule' : 'require'}(${JSON.stringify(from)})`;
  const index = names.indexOf(from.slice('./'.length));
  if (index < 0) throw new Error(`there is no module ${from}`);
  return `fromModule(${index})`;
}

/**
 * @param {ReadonlyMap<string, string>} exported
 * @param {unknown} node
 */
function mustStay(exported, node) {
  if (typeof node !== 'object' || node === null) return;
  const { type, left, argument } = /** @type {any} */ (node);
  const target = type === 'AssignmentExpression' ? left : type === 'UpdateExpression' ? argument : undefined;
  if (target?.type === 'Identifier' && exported.has(target.name)) throw new Error(`the export ${target.name} changes`);
  for (const child of Object.values(node)) mustStay(exported, child);
}

/** @param {string} text */
function asAscii(text) {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  return text.replace(/[^\x00-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
