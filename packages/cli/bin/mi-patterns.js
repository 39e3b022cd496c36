#!/usr/bin/env node
// Starts the command. V8 would take longer to compile it than most runs take, so the code that a command has compiled
// by the end of its first run is kept in the cache folder. `module.enableCompileCache` does the same from Node 22.8 on,
// for modules alone and without what was compiled later.
const { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readSync } = require('node:fs');
const { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const dist = join(__dirname, '../dist');
const bundle = join(dist, 'main.cjs');
/** A script begins with a digest of itself. */
const lengthOfDigest = 16;
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
if (!hasFolder()) {
  process.stderr.write(
    'error MI-FILE\n    The current folder does not exist any more.\n    → Change to another one.\n',
  );
  process.exit(2);
}
const cache = cacheFolder();
const word = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
const isHelp = process.argv.includes('--help') || process.argv.includes('-h');
if (mayBeKept()) {
  const build = ['main.cjs', 'rest.cjs', 'start.cjs'].map((name) => digestOf(readBeginning(join(dist, name)))).join();
  loadScript('start.cjs')(require).start(require, { cache, build, run });
} else run(require);

/** Whether there is a current folder: somebody may have removed it. */
function hasFolder() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

/** @param {NodeJS.Require} given what the command takes for it */
function run(given) {
  loadScript('main.cjs')(given, bundle, dist, loadScript);
}

/** Of commands that only read, what they print is all that they do: it is kept, and printed again. */
function mayBeKept() {
  const reads = word !== undefined && ['scan', 'plan', 'explain'].includes(word);
  return cache !== undefined && reads && !isHelp && process.env.MI_PATTERNS_KEEP_ANSWERS !== '0';
}

/**
 * The function that a script of the build is.
 * @param {string} name
 */
function loadScript(name) {
  const path = join(dist, name);
  const source = readFileSync(path, 'latin1');
  const file = process.env.NODE_DISABLE_COMPILE_CACHE || !cache ? undefined : cacheFile(source);
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

/** @param {string} source */
function digestOf(source) {
  return source.slice(2, 2 + lengthOfDigest);
}

/** @param {string} path */
function readBeginning(path) {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(2 + lengthOfDigest);
    readSync(file, bytes);
    return bytes.toString('latin1');
  } finally {
    closeSync(file);
  }
}

/** The folder for what is kept; undefined where there is none that belongs to the user alone. */
function cacheFolder() {
  const { MI_PATTERNS_CACHE, XDG_CACHE_HOME } = process.env;
  if (MI_PATTERNS_CACHE) return MI_PATTERNS_CACHE;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'mi-patterns');
  try {
    // A home that is not there is not made.
    return existsSync(homedir()) ? join(homedir(), '.cache/mi-patterns') : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The file for this script, this Node and this command: each command compiles something else.
 * @param {string} source
 */
function cacheFile(source) {
  const { version, arch } = process;
  const name = isHelp || word === undefined || !/^[a-z]{1,20}$/.test(word) ? 'help' : word;
  return join(cache, 'compiled', `${digestOf(source)}-${version}-${arch}`, name);
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
    // Not waiting for whoever writes to a pipe in its place.
    opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = fstatSync(opened);
    const { uid, mode } = status;
    if (!status.isFile()) return undefined;
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
    makeFolders(folder);
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

/**
 * As `makeFolders` of the inventory, which is not loaded yet.
 * @param {string} folder
 */
function makeFolders(folder) {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!existsSync(folder)) throw error;
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
