import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { homeFolder, isEnding, readRegularFile, startWithUs } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { RegistryFailure } from './failure.ts';

/** What a registry is shown. Held in memory only, never printed. */
export type Login =
  | {
      readonly type: 'password';
      readonly user: string;
      readonly password: string;
      /** File or program it came from. */ readonly from: string;
    }
  /** Given to the registry's token service in return for a token. */
  | { readonly type: 'refresh-token'; readonly token: string; readonly from: string }
  /** Shown to the registry as it is. */
  | { readonly type: 'token'; readonly token: string; readonly from: string };

type Environment = Readonly<Record<string, string | undefined>>;

interface ConfigFile {
  readonly auths?: Readonly<
    Record<
      string,
      {
        readonly auth?: unknown;
        readonly username?: unknown;
        readonly password?: unknown;
        readonly identitytoken?: unknown;
        readonly registrytoken?: unknown;
      } | null
    >
  >;
  readonly credHelpers?: Readonly<Record<string, unknown>>;
  readonly credsStore?: unknown;
}

/** Under this key docker keeps the login of its own registry. */
const hubKey = 'https://index.docker.io/v1/';

/**
 * The login that docker or podman keep for a registry: from the file that `REGISTRY_AUTH_FILE` names, else podman's,
 * else docker's (`DOCKER_CONFIG`, `~/.docker`), credential helpers included. Undefined: none is kept, so the registry
 * is asked without. Throws {@link RegistryFailure} for a file or helper that cannot be used: pushing as nobody would
 * hide it.
 */
export async function findLogin(
  registry: { readonly host: string; readonly repository: string },
  environment: Environment,
): Promise<Login | undefined> {
  for (const file of configFiles(environment)) {
    if (!existsSync(file)) continue;
    const found = await loginIn(readConfig(file), file, registry, environment);
    if (found !== undefined) return found;
  }
  return undefined;
}

function configFiles(environment: Environment): string[] {
  const home = homeFolder(environment);
  const named = environment['REGISTRY_AUTH_FILE'];
  if (named !== undefined && named !== '') return [named];
  const runtime = environment['XDG_RUNTIME_DIR'];
  const configuration = environment['XDG_CONFIG_HOME'] || (home && join(home, '.config'));
  const docker = environment['DOCKER_CONFIG'] || (home && join(home, '.docker'));
  return [
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    ...(configuration ? [join(configuration, 'containers', 'auth.json')] : []),
    ...(docker ? [join(docker, 'config.json')] : []),
  ];
}

const largestConfig = 16 * 1024 * 1024;

function readConfig(file: string): ConfigFile {
  try {
    const value: unknown = JSON.parse(readRegularFile(file, largestConfig).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below; what JSON.parse says may quote the file.
  }
  throw unusable(
    `${file}, which holds the logins of registries, is not valid JSON.`,
    'Correct the file, or log in again (docker login, podman login).',
  );
}

async function loginIn(
  config: ConfigFile,
  file: string,
  { host, repository }: { readonly host: string; readonly repository: string },
  environment: Environment,
): Promise<Login | undefined> {
  const helper =
    config.credHelpers?.[host] ?? config.credHelpers?.[host === 'docker.io' ? hubKey : host] ?? config.credsStore;
  if (typeof helper === 'string' && helper !== '') {
    const login = await askHelper(helper, host === 'docker.io' ? hubKey : host, environment);
    if (login !== undefined) return login;
  }
  const entries = new Map(Object.entries(config.auths ?? {}).map(([key, entry]) => [keyOf(key), entry]));
  // Podman keeps logins for parts of a registry too; the longest one counts.
  const parts = repository.split('/');
  for (let length = parts.length; length >= 0; length--) {
    const entry = entries.get([host, ...parts.slice(0, length)].join('/'));
    const login = entry === undefined || entry === null ? undefined : loginOf(entry, file);
    if (login !== undefined) return login;
  }
  return undefined;
}

/** `https://index.docker.io/v1/` and `registry.example.com/v2/` as the names of their registries. */
function keyOf(key: string): string {
  const plain = key.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, '');
  return plain.replace(/^(index|registry-1)\.docker\.io(?=\/|$)/, 'docker.io');
}

function loginOf(entry: NonNullable<NonNullable<ConfigFile['auths']>[string]>, file: string): Login | undefined {
  if (typeof entry.identitytoken === 'string' && entry.identitytoken !== '')
    return { type: 'refresh-token', token: entry.identitytoken, from: file };
  if (typeof entry.registrytoken === 'string' && entry.registrytoken !== '')
    return { type: 'token', token: entry.registrytoken, from: file };
  const decoded =
    typeof entry.auth === 'string'
      ? Buffer.from(entry.auth, 'base64')
          .toString('utf8')
          .replace(/(?<!\0)\0+$/, '')
      : `${String(entry.username ?? '')}:${String(entry.password ?? '')}`;
  const colon = decoded.indexOf(':');
  return colon <= 0
    ? undefined
    : { type: 'password', user: decoded.slice(0, colon), password: decoded.slice(colon + 1), from: file };
}

const helperSeconds = 30;
/** What a system says of a program that it does not start. */
const startFailures: Readonly<Record<string, string>> = {
  ENOENT: 'is not on PATH',
  // Also the answer where a folder on PATH may not be read.
  EACCES: 'is not on PATH, or this user may not run it',
};
/** A token of a cloud has some thousand characters. */
const longestLogin = 1024 * 1024;

/** Runs `docker-credential-NAME get`, as docker does: the registry on stdin, the login as JSON on stdout. */
async function askHelper(name: string, registry: string, environment: Environment): Promise<Login | undefined> {
  const program = `docker-credential-${name}`;
  const failed = (why: string): RegistryFailure =>
    unusable(
      `${program}, which keeps the login of ${registry}, ${why}.`,
      `Run \`echo ${registry} | ${program} get\` to see what is wrong, or log in again.`,
    );
  if (!/^[\w.-]+$/.test(name))
    throw unusable(
      'The name of a credential helper contains characters that no program has.',
      'Correct credHelpers or credsStore in the config file of docker or podman.',
    );
  const { exitCode, output } = await runHelper(program, registry, { environment, failed });
  // The one message that helpers agree on: github.com/docker/docker-credential-helpers, credentials/error.go.
  if (exitCode !== 0 && /credentials not found/i.test(output)) return undefined;
  if (exitCode !== 0) throw failed(exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`);
  try {
    const { Username: user, Secret: secret } = JSON.parse(output) as {
      readonly Username?: unknown;
      readonly Secret?: unknown;
    };
    if (typeof secret !== 'string' || secret === '') return undefined;
    return user === '<token>'
      ? { type: 'refresh-token', token: secret, from: program }
      : { type: 'password', user: String(user ?? ''), password: secret, from: program };
  } catch {
    throw failed('returned something that is not a login');
  }
}

/** `failed` makes the error of a program that gives no answer; `why` follows its name. */
function runHelper(
  program: string,
  registry: string,
  of: { readonly environment: Environment; readonly failed: (why: string) => RegistryFailure },
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = startHelper(program, of.environment);
    if (child === undefined) {
      reject(of.failed('cannot be started'));
      return;
    }
    // A program that the helper has started may hold its output open for ever, so it is not waited for.
    const stop = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stdin.destroy();
      child.unref();
      reject(of.failed(why));
    };
    const timer = setTimeout(() => stop(`did not answer within ${helperSeconds} seconds`), helperSeconds * 1000);
    let output = '';
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString();
      if (output.length > longestLogin) stop(`answered more than ${longestLogin} characters`);
    });
    child.once('error', (error: NodeJS.ErrnoException) => stop(startFailures[error.code ?? ''] ?? 'cannot be started'));
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      if (!isEnding()) resolve({ exitCode, output });
    });
    // A helper may end without reading.
    child.stdin.on('error', () => {});
    child.stdin.end(registry);
  });
}

/** Undefined for what Node does not even try to start, such as a name that no file can have. */
function startHelper(
  program: string,
  environment: Environment,
): ChildProcessByStdio<Writable, Readable, null> | undefined {
  try {
    return startWithUs(() =>
      spawn(program, ['get'], { env: { ...environment } as NodeJS.ProcessEnv, stdio: ['pipe', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

function unusable(message: string, hint: string): RegistryFailure {
  return new RegistryFailure([finding('MI-PUSH-CREDENTIALS', message, hint)], 'registry');
}
