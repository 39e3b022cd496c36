#!/usr/bin/env node
// Starts the command. V8 would take longer to compile it than most runs take, so the code that a command has compiled
// by the end of its first run is kept in the cache folder. `module.enableCompileCache` does the same from Node 22.8 on,
// for modules alone and without what was compiled later.
const { closeSync, existsSync, fstatSync, mkdirSync, openSync } = require('node:fs');
const { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '../dist');
const bundle = join(dist, 'main.cjs');
/** Folders of other builds and versions of Node go when nothing was written to them for so long. */
const daysKept = 30;

// npm only warns of an old Node, whose first missing function would look like a fault of the command.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node ${process.versions.node} is too old: mi-patterns needs Node 20.19 or newer.\n`);
  process.exit(2);
}
if (!existsSync(bundle)) {
  process.stderr.write('mi-patterns is not built yet. Run "npm run setup" at the top of the repository first.\n');
  process.exit(2);
}
loadScript('main.cjs')(require, bundle, dist, loadScript);

/**
 * The function that a script of the build is.
 * @param {string} name
 */
function loadScript(name) {
  const path = join(dist, name);
  const source = readFileSync(path, 'latin1');
  const file = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : cacheFile(source);
  const cachedData = file === undefined ? undefined : readCache(file);
  const script = new Script(source, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (file !== undefined && (cachedData === undefined || script.cachedDataRejected === true))
    process.on('exit', (code) => {
      if (code <= 1) writeCache(file, script);
    });
  return script.runInThisContext();
}

/**
 * The file for this script, this Node and this command: each command compiles something else. Undefined where there is
 * no folder that belongs to the user alone.
 * @param {string} source
 */
function cacheFile(source) {
  const { env, argv, version, arch } = process;
  const word = argv.slice(2).find((argument) => !argument.startsWith('-'));
  const isHelp = argv.includes('--help') || argv.includes('-h');
  const name = isHelp || word === undefined || !/^[a-z]{1,20}$/.test(word) ? 'help' : word;
  // A script begins with a digest of itself.
  const build = source.slice(2, 18);
  try {
    const home = homedir();
    const own = env.MI_PATTERNS_CACHE || (env.XDG_CACHE_HOME && join(env.XDG_CACHE_HOME, 'mi-patterns'));
    // A home that is not there is not made.
    if (!own && !existsSync(home)) return undefined;
    return join(own || join(home, '.cache/mi-patterns'), 'compiled', `${build}-${version}-${arch}`, name);
  } catch {
    return undefined;
  }
}

/**
 * What was kept; undefined when there is nothing, when it is damaged, or when somebody else may have written it. V8
 * compares versions and flags, but takes damaged code as it is. So it is kept twice: comparing the two takes less time
 * than loading a module of Node that knows check sums.
 * @param {string} file
 */
function readCache(file) {
  let opened;
  try {
    opened = openSync(file, 'r');
    const { uid, mode } = fstatSync(opened);
    if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) return undefined;
    const content = readFileSync(opened);
    const data = content.subarray(0, content.length / 2);
    return content.length > 0 && data.equals(content.subarray(data.length)) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/**
 * Keeps what is compiled by now. A folder that cannot be written is no reason to fail: the next run compiles again.
 * @param {string} file
 * @param {import('node:vm').Script} script
 */
function writeCache(file, script) {
  const written = `${file}.${process.pid}`;
  try {
    const folder = dirname(file);
    if (!existsSync(folder)) removeOld(dirname(folder));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const data = script.createCachedData();
    writeFileSync(written, Buffer.concat([data, data]), { mode: 0o600 });
    renameSync(written, file);
  } catch {
    try {
      rmSync(written, { force: true });
    } catch {
      // There was no folder to write to.
    }
  }
}

/** @param {string} folder */
function removeOld(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > daysKept * 86_400_000) rmSync(path, { recursive: true, force: true });
  }
}
