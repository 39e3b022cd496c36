import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/lib/cache.ts';
import { freeOffset, shortLived, until } from './server.ts';

const shared =
  process.env['MI_PATTERNS_SHARED'] ?? resolve(fileURLToPath(new URL('../../..', import.meta.url)), 'shared');
const baseName = 'localhost/wso2mi:4.3.0';

/** Builds and runs images with buildah, with storage of its own that goes with it. */
export interface Engine {
  /** Builds a context on the base image; answers the configuration of the image, as OCI has it. */
  readonly build: (context: string, name: string) => ImageConfiguration;
  /** Files below a folder of an image, with mode and owner, `-rw-r--r-- 802 name`. */
  readonly list: (image: string, folder: string) => string[];
  readonly run: (
    image: string,
    options: { readonly arguments?: readonly string[]; readonly environment?: Readonly<Record<string, string>> },
  ) => Promise<Container>;
  readonly dispose: () => void;
}

interface ImageConfiguration {
  readonly User?: string;
  readonly Entrypoint?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface Container {
  readonly log: () => string;
  readonly http: string;
  readonly internal: string;
  /** Exit code, when it has ended by itself. */
  readonly exitCode: () => number | null;
  readonly stop: () => Promise<void>;
}

/** The engine with its base image, or why there is none. */
export function findEngine(
  runtime: { readonly folder: string } | { readonly missing: string },
): { readonly open: () => Engine } | { readonly missing: string } {
  if ('missing' in runtime) return runtime;
  if (spawnSync('buildah', ['--version']).status !== 0) return { missing: 'there is no buildah on PATH' };
  if (process.getuid?.() !== 0) return { missing: 'buildah needs root for images without a user namespace' };
  const recipe = join(shared, 'mi-runtime', 'image.sh');
  if (!existsSync(recipe)) return { missing: `${recipe}, which makes the base image, does not exist` };
  for (const tool of ['jlink', 'busybox', 'dash', 'python3'])
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
      return { missing: `${tool}, of which the base image is made, is not on PATH` };
  return { open: () => openEngine(runtime.folder, recipe) };
}

/**
 * The base image as an archive, from the cache unless the recipe changed: to make its Java takes ten seconds of a
 * processor.
 */
function baseImage(runtime: string, recipe: string): string {
  const sources = [
    ...readdirSync(dirname(recipe)).map((name) => join(dirname(recipe), name)),
    join(dirname(recipe), '../cluster/mkimage.py'),
  ];
  const hash = createHash('sha256');
  for (const source of sources.toSorted()) hash.update(readFileSync(source));
  const folder = join(cacheFolder(), 'test-images');
  const archive = join(folder, `base-${hash.digest('hex').slice(0, 16)}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, '.base-'));
  try {
    // The home in the cache may hold archives of others.
    const clean = join(work, 'runtime');
    cpSync(runtime, clean, { recursive: true, filter: (path) => !path.endsWith('.car') });
    const made = join(work, 'base.tar');
    execFileSync('bash', [recipe, clean, made, baseName.replace('localhost/', '')], {
      stdio: 'ignore',
    });
    renameSync(made, archive);
    return archive;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Overlays are cheap, and cannot be mounted everywhere; copies of whole images can. */
function storageDriver(work: string): 'overlay' | 'vfs' {
  const [lower, upper, inner, merged] = ['lower', 'upper', 'inner', 'merged'].map((name) => join(work, 'try', name));
  for (const folder of [lower, upper, inner, merged]) mkdirSync(folder ?? '', { recursive: true });
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${inner}`;
  const mounted = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged ?? '']).status === 0;
  if (mounted) execFileSync('umount', [merged ?? '']);
  return mounted ? 'overlay' : 'vfs';
}

function openEngine(runtime: string, recipe: string): Engine {
  const work = mkdtempSync(join(tmpdir(), 'mi-engine-'));
  const storage = ['--storage-driver', storageDriver(work), '--root', join(work, 'storage')];
  // With chroot no namespaces are needed, so it works inside of a container too.
  const global = [...storage, '--runroot', join(work, 'run')];
  const buildah = (...words: string[]): string =>
    execFileSync('buildah', [...global, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  buildah('pull', '--quiet', `docker-archive:${baseImage(runtime, recipe)}`);
  const inside = <Result>(image: string, use: (container: string) => Result): Result => {
    const container = buildah('from', image).trim();
    try {
      return use(container);
    } finally {
      buildah('rm', container);
    }
  };
  return {
    build: (context, name) => {
      buildah(
        'bud',
        '--quiet',
        '--isolation',
        'chroot',
        '--build-arg',
        `BASE_IMAGE=${baseName}`,
        '--tag',
        name,
        context,
      );
      return configurationOf(buildah('inspect', '--type', 'image', name));
    },
    list: (image, folder) =>
      inside(image, (container) => {
        const root = buildah('mount', container).trim();
        return execFileSync('find', ['.', '-type', 'f', '-printf', '%M %U %P\n'], {
          cwd: join(root, folder),
          encoding: 'utf8',
        })
          .split('\n')
          .filter(Boolean)
          .toSorted();
      }),
    run: (image, options) => runContainer(global, buildah, image, work, options),
    dispose: () => {
      buildah('rm', '--all');
      rmSync(work, { recursive: true, force: true });
    },
  };
}

function configurationOf(inspected: string): ImageConfiguration {
  const { OCIv1 } = JSON.parse(inspected) as { readonly OCIv1: { readonly config: ImageConfiguration } };
  return OCIv1.config;
}

/**
 * `buildah run` does not know the entry point of an image, so it is read from there. The network is that of the
 * machine.
 */
async function runContainer(
  global: readonly string[],
  buildah: (...words: string[]) => string,
  image: string,
  work: string,
  { arguments: words = [], environment = {} }: Parameters<Engine['run']>[1],
): Promise<Container> {
  const offset = await freeOffset();
  const container = buildah('from', image).trim();
  const { Entrypoint = [] } = configurationOf(buildah('inspect', '--type', 'image', image));
  const root = buildah('mount', container).trim();
  // As the chart does it: a configuration that the image's own start script lays over the home.
  const volume = join(work, `configuration-${offset}`);
  mkdirSync(join(volume, 'conf'), { recursive: true });
  const toml = readFileSync(join(root, 'home/wso2carbon/wso2mi-4.3.0/conf/deployment.toml'), 'utf8');
  writeFileSync(
    join(volume, 'conf/deployment.toml'),
    toml.replace(/^\[server\]$/m, `[server]\noffset = ${offset}\nhot_deployment = false`),
  );
  chmodSync(volume, 0o755);
  const variables = Object.entries({ JVM_MEM_OPTS: `-Xms128m -Xmx512m ${shortLived}`, ...environment }).flatMap(
    ([name, value]) => ['--env', `${name}=${value}`],
  );
  const child = spawn(
    'buildah',
    [
      ...global,
      'run',
      '--isolation',
      'chroot',
      '--hostname',
      'localhost',
      '--volume',
      `${volume}:/home/wso2carbon/wso2-config-volume:ro`,
      ...variables,
      container,
      '--',
      ...Entrypoint,
      ...words,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stdout.on('data', (text: Buffer) => (log += text.toString()));
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const ended = once(child, 'exit');
  let isClosed = false;
  // Only then is all in the log that it wrote.
  child.once('close', () => (isClosed = true));
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    if (child.exitCode === null && child.signalCode === null) {
      stopServer(root);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    }
    buildah('rm', container);
  };
  try {
    await until(
      () => /Micro Integrator started in/.test(log) || isClosed,
      () => `the container has not started:\n${log.slice(-4000)}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    log: () => log,
    http: `http://localhost:${8280 + offset}`,
    internal: `http://localhost:${9191 + offset}`,
    exitCode: () => child.exitCode,
    stop,
  };
}

/** The server is a process of this machine: the one in whose root the container's files are, whatever number it has. */
function stopServer(root: string): void {
  const file = join(root, 'home/wso2carbon/wso2mi-4.3.0/wso2carbon.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : 0;
  // A number that was given to another process since has another root.
  const there = join('/proc', String(pid), 'root', 'home/wso2carbon/wso2mi-4.3.0/wso2carbon.pid');
  if (pid > 1 && existsSync(there) && statSync(there).ino === statSync(file).ino) process.kill(pid, 'SIGKILL');
}
