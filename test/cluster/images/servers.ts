import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { $ } from 'zx';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import { programEntries, writeImage, type ImageConfiguration } from './image.ts';
import { programsDigest, providePrograms } from './programs.ts';
import type { TarEntry } from './tar.ts';

/** Which server the pods run; every report names it. */
export type ServerKind = 'stand-in' | 'built-from-source' | 'given-image';

/** Words for a report. */
export const serverNames: Readonly<Record<ServerKind, string>> = {
  'stand-in': 'stand-in of ours (no MI code: its ports, probes, start, stop and task ticks only)',
  'built-from-source': 'MI 4.3.0 built from source (no OSGi)',
  'given-image': 'the given image',
};

/** An image in an archive file, ready to be imported. */
export interface BuiltImage {
  readonly name: string;
  readonly archive: string;
}

const imageFolder = (): string => {
  const folder = join(cacheFolder(), 'test-images');
  mkdirSync(folder, { recursive: true });
  return folder;
};

const serverUser = 10802;

/**
 * The stand-in server, laid out as WSO2's image (home, user, configuration volume, entry point), with archives baked
 * in. `version` decides the name of the home folder; `files` lie below /home/wso2carbon.
 */
export async function standInImage(
  name: string,
  version: string,
  archives: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<BuiltImage> {
  const programs = await providePrograms();
  const source = join(import.meta.dirname, '..', 'programs', 'mi-stand-in');
  const home = `home/wso2carbon/wso2mi-${version}`;
  const script = (path: string, content: string | Buffer): TarEntry => ({
    kind: 'text',
    path,
    mode: 0o755,
    content,
    owner: serverUser,
  });
  const folder = (path: string): TarEntry => ({ kind: 'folder', path, mode: 0o775, owner: serverUser });
  const folders = [
    '',
    '/bin',
    '/conf',
    '/dropins',
    '/lib',
    '/tmp',
    '/registry',
    '/registry/local',
    '/registry/config',
    '/registry/governance',
    '/diagnostics-tool',
    '/diagnostics-tool/bin',
    '/repository',
    '/repository/logs',
    '/repository/deployment',
    '/repository/deployment/server',
    '/repository/deployment/server/carbonapps',
  ];
  const entries: TarEntry[] = [
    ...shellEntries(),
    folder('home/wso2carbon'),
    folder('home/wso2carbon/wso2-config-volume'),
    ...folders.map((path) => folder(`${home}${path}`)),
    script('home/wso2carbon/docker-entrypoint.sh', readFileSync(join(source, 'docker-entrypoint.sh'))),
    script(`${home}/bin/micro-integrator.sh`, readFileSync(join(source, 'micro-integrator.sh'))),
    script(`${home}/diagnostics-tool/bin/diagnostics.sh`, '#!/bin/sh\nexec sleep 2147483647\n'),
    { kind: 'file', path: `${home}/bin/server`, mode: 0o755, source: join(programs, 'mi-stand-in'), owner: serverUser },
    {
      kind: 'text',
      path: `${home}/conf/deployment.toml`,
      mode: 0o664,
      content: '[server]\nhostname = "localhost"\nhot_deployment = false\n',
      owner: serverUser,
    },
    { kind: 'text', path: `${home}/conf/file.properties`, mode: 0o664, content: '', owner: serverUser },
    ...Object.entries(files).map(([path, content]) => script(`home/wso2carbon/${path}`, content)),
    ...archives.map((path): TarEntry => ({
      kind: 'file',
      path: `${home}/repository/deployment/server/carbonapps/${basename(path)}`,
      mode: 0o664,
      source: path,
      owner: serverUser,
    })),
  ];
  const configuration: ImageConfiguration = {
    entrypoint: ['/home/wso2carbon/docker-entrypoint.sh'],
    environment: { WORKING_DIRECTORY: '/home/wso2carbon', WSO2_SERVER_HOME: `/${home}` },
    user: String(serverUser),
    workingFolder: '/home/wso2carbon',
    ports: [8290, 8253, 9164, 9201],
  };
  const archive = join(imageFolder(), `${name.replace(/[^a-z0-9.]+/gi, '-')}.tar`);
  writeImage(archive, name, entries, configuration);
  return { name, archive };
}

/** The load client and the tick counter, with a shell. */
export async function toolsImage(): Promise<BuiltImage> {
  const name = `localhost/test-tools:${programsDigest()}`;
  const archive = join(imageFolder(), `test-tools-${programsDigest()}.tar`);
  if (!existsSync(archive)) {
    const programs = await providePrograms();
    const entries: TarEntry[] = [
      ...shellEntries(),
      ...['load', 'tick-counter'].map((program): TarEntry => ({
        kind: 'file',
        path: `usr/bin/${program}`,
        mode: 0o755,
        source: join(programs, program),
      })),
    ];
    writeImage(archive, name, entries, { entrypoint: ['/bin/sh'], user: '10001' });
  }
  return { name, archive };
}

/**
 * MI 4.3.0 built from source, laid out as WSO2's image, with archives baked in; made by the recipe in `recipe`
 * (`get.sh`, `image.sh`). Throws when the recipe fails.
 */
export async function sourceImage(recipe: string, name: string, archives: readonly string[]): Promise<BuiltImage> {
  const runtime = join(cacheFolder(), 'mi-runtime');
  await $({ quiet: true })`bash ${join(recipe, 'get.sh')} ${runtime}`; // also empties the folder of archives
  for (const path of archives)
    await $({ quiet: true })`cp ${path} ${join(runtime, 'home/repository/deployment/server/carbonapps')}`;
  const archive = join(imageFolder(), `${name.replace(/[^a-z0-9.]+/gi, '-')}.tar`);
  await $({ quiet: true })`bash ${join(recipe, 'image.sh')} ${runtime} ${archive} ${name}`;
  return { name, archive };
}

/**
 * dash as the shell, for it looks for programs on PATH, and busybox for everything else that scripts and probes call.
 */
function shellEntries(): TarEntry[] {
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((applet) => applet !== 'sh' && applet !== 'nc');
  return [
    ...programEntries('/bin/busybox'),
    ...programEntries('/bin/dash'),
    { kind: 'link', path: 'bin/sh', target: 'dash' },
    // busybox' nc has no -z, which probes use to try a port.
    {
      kind: 'text',
      path: 'bin/nc',
      mode: 0o755,
      content:
        '#!/bin/sh\nif [ "$1" = -z ]; then\n  shift\n  exec busybox nc -w 2 "$@" < /dev/null\nfi\nexec busybox nc "$@"\n',
    },
    ...applets.map((applet): TarEntry => ({ kind: 'link', path: `bin/${applet}`, target: 'busybox' })),
  ];
}
