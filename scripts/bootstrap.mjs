// The first step of every "npm run" command. Plain Node, because nothing is installed yet: it installs the workspace's
// packages when the lockfile changed, then hands over to the TypeScript script of the same name.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [task = 'setup', ...taskArguments] = process.argv.slice(2);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: mi-patterns needs Node 20.19 or newer.`);
}

installPackages();
const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
const done = spawnSync(process.execPath, ['--import', tsx, join(root, 'scripts', `${task}.ts`), ...taskArguments], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    // Nothing is told to anybody.
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    // Where no shell stands above it, bash takes the socket that Node gives it as input for a login over the network,
    // and reads ~/.bashrc.
    SHLVL: String(Math.max(1, Number(process.env.SHLVL) || 1)),
    // Nor does it read the file that this names.
    BASH_ENV: undefined,
    // Programs are for this machine, and a folder above that is a workspace of Go has no part in them.
    GOOS: undefined,
    GOARCH: undefined,
    GOWORK: 'off',
    // What pip fetches is unpacked, and installed nowhere.
    PIP_REQUIRE_VIRTUALENV: 'false',
  },
});
process.exit(done.status ?? 1);

/**
 * Runs pnpm only when the lockfile or a manifest changed since the last install, so that a second run starts at once.
 */
function installPackages() {
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  process.stderr.write(`Installing packages with ${packageManager} …\n`);
  // npx comes with npm, so that a machine needs no pnpm of its own. CI=true keeps pnpm from asking questions.
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const run = spawnSync(npx, ['--yes', packageManager, 'install', '--frozen-lockfile'], {
    cwd: root,
    env: { ...process.env, CI: 'true' },
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (run.status !== 0)
    fail(
      `Installing packages failed.\n${run.stdout ?? ''}${run.stderr ?? ''}${run.error ? `${run.error.message}\n` : ''}Check the network or the npm registry setting, then run the command again.`,
    );
  writeFileSync(stamp, digest);
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
