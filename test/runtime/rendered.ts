import { spawn, spawnSync } from 'node:child_process';
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
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, KubernetesObject } from '@mi-patterns/helm';
import { objects } from '../chart/support.ts';
import { valueAt } from '../chart/values-paths.ts';
import { until } from './server.ts';

/**
 * Runs a pod that the chart rendered on MI 4.3.0, as a kubelet and WSO2's image would: volumes laid out as files, the
 * init containers' own scripts, the entry point that copies the configuration over MI's home, MI's own start script,
 * and the container's arguments and environment. No container: paths of the pod are paths in a folder.
 */
export interface Pod {
  readonly log: () => string;
  /** Folder that plays MI's home. */
  readonly home: string;
  /** Process of the JVM. */
  readonly process: () => number;
  readonly port: (name: string) => number;
  /** Runs the rendered preStop script; how long it took, and whether MI ended. */
  readonly preStop: () => { readonly exitCode: number | null; readonly milliseconds: number; readonly output: string };
  readonly isRunning: () => boolean;
  readonly remove: () => Promise<void>;
}

export interface PodOptions {
  readonly values: JsonObject;
  /** Content of Secrets that the pod refers to, by name and key. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, Buffer | string>>>>;
  readonly configMaps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly archives?: Readonly<Record<string, Buffer>>;
  /** In a mount namespace where everything but the pod's writable volumes is read-only; needs root. */
  readonly readOnly?: boolean;
}

type Contents = ReadonlyMap<string, Readonly<Record<string, Buffer | string>>>;
const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as readonly JsonObject[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const at = (value: unknown, path: string): unknown => valueAt(value, path.split('.'));

/** Renders the chart for the release `orders` and starts the pod of its one Deployment. */
export async function startPod(
  runtime: { readonly folder: string; readonly startScript: string },
  offset: number,
  options: PodOptions,
): Promise<Pod> {
  const work = mkdtempSync('/var/tmp/mi-pod-');
  const home = join(work, 'wso2mi-4.3.0');
  const deploymentToml = { server: { offset }, ...(options.values.deploymentToml as JsonObject | undefined) };
  const rendered = await objects({
    ...options.values,
    runtime: { ...(options.values.runtime as JsonObject | undefined), version: '4.3.0', home },
    deploymentToml: { ...deploymentToml, server: { offset, ...(deploymentToml.server as JsonObject) } },
  });
  const spec = at(
    rendered.find(({ kind }) => kind === 'Deployment'),
    'spec.template.spec',
  ) as JsonObject;
  const contents = contentsOf(rendered, options);
  const container = list(spec.containers)[0] ?? {};

  layOutHome(runtime, home, options.archives ?? {});
  const volumes = join(work, 'volumes');
  for (const volume of list(spec.volumes)) layOutVolume(join(volumes, text(volume.name)), volume, contents);
  const mounts = (of: JsonObject): ReadonlyMap<string, string> =>
    new Map(
      list(of.volumeMounts).map(({ name, mountPath, subPath }) => [
        text(mountPath),
        join(volumes, text(name), text(subPath)),
      ]),
    );
  const environment = {
    PATH: process.env.PATH ?? '',
    JAVA_HOME: javaHome(),
    WSO2_SERVER_HOME: home,
    WORKING_DIRECTORY: work,
    HOSTNAME: 'orders-integration-0',
    ...environmentOf(container, contents),
  };

  for (const init of list(spec.initContainers)) {
    const script = inFolders(text(list(init.command)[2]), mounts(init));
    const answer = spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...environment, ...environmentOf(init, contents) },
    });
    if (answer.status !== 0)
      throw new Error(
        `init container ${text(init.name)} ended with ${answer.status}:\n${answer.stdout}${answer.stderr}`,
      );
  }
  const mounted = mounts(container);
  const start = join(work, 'docker-entrypoint.sh');
  // As in WSO2's image: the configuration is laid over the home, and the start script gets the arguments without exec.
  writeFileSync(
    start,
    'set -e\nif [ -d "$CONFIG_VOLUME" ]; then cp -RL "$CONFIG_VOLUME"/* "$WSO2_SERVER_HOME"/; fi\nsh "$WSO2_SERVER_HOME"/bin/micro-integrator.sh "$@"\n',
  );
  const arguments_ = list(container.args).map(text);
  const command =
    options.readOnly === true
      ? ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', readOnlyScript(home, mounted), 'sh']
      : [];
  if (options.readOnly !== true)
    for (const [path, source] of mounted)
      if (path.startsWith(`${home}/`)) cpSync(source, path, { recursive: true, dereference: true });
  const child = spawn(
    command[0] ?? 'sh',
    [...command.slice(1), ...(command.length > 0 ? ['sh'] : []), start, ...arguments_],
    {
      env: { ...environment, CONFIG_VOLUME: mounted.get(`${work}/wso2-config-volume`) ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  child.stdout.on('data', (piece: Buffer) => (log += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (log += piece.toString()));
  let running = true;
  const closed = once(child, 'close').then(() => (running = false));
  const inNamespace = (script: string): readonly [string, readonly string[]] =>
    options.readOnly === true
      ? ['nsenter', ['--mount', '--target', String(jvm()), 'sh', '-c', script]]
      : ['sh', ['-c', script]];
  const jvm = (): number => jvmOf(home);
  const pod: Pod = {
    log: () => log,
    home: options.readOnly === true ? (mounted.get(home) ?? home) : home,
    process: jvm,
    port: (name) => Number(list(container.ports).find((port) => port.name === name)?.containerPort),
    preStop: () => {
      const script = text(list(at(container, 'lifecycle.preStop.exec.command'))[2]);
      const started = Date.now();
      const [program, programArguments] = inNamespace(script);
      const answer = spawnSync(program, programArguments, { encoding: 'utf8', env: environment });
      return {
        exitCode: answer.status,
        milliseconds: Date.now() - started,
        output: `${answer.stdout}${answer.stderr}`,
      };
    },
    isRunning: () => running,
    remove: async () => {
      try {
        process.kill(jvm(), 'SIGKILL');
      } catch {
        // It has ended.
      }
      child.kill('SIGKILL');
      // What the start script has started beside the server may go on, and keeps the streams open.
      await Promise.race([closed, sleep(10_000, undefined, { ref: false })]);
      rmSync(work, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  try {
    await until(
      () => /Micro Integrator started in/.test(log) || !running,
      () => `the server has not started:\n${log.slice(-5000)}`,
    );
    if (!running) throw new Error(`the server ended:\n${log.slice(-5000)}`);
  } catch (error) {
    await pod.remove();
    throw error;
  }
  return pod;
}

function contentsOf(rendered: readonly KubernetesObject[], options: PodOptions): Contents {
  const contents = new Map<string, Readonly<Record<string, Buffer | string>>>();
  for (const { kind, metadata, data } of rendered)
    if (kind === 'ConfigMap') contents.set(`configMap/${metadata.name}`, data as Readonly<Record<string, string>>);
  for (const [name, data] of Object.entries(options.configMaps ?? {})) contents.set(`configMap/${name}`, data);
  for (const [name, data] of Object.entries(options.secrets ?? {})) contents.set(`secret/${name}`, data);
  return contents;
}

function contentOf(contents: Contents, kind: string, name: string, key: string): Buffer | string {
  const found = contents.get(`${kind}/${name}`)?.[key];
  if (found === undefined) throw new Error(`the pod wants ${key} of the ${kind} ${name}, which the test does not have`);
  return found;
}

/** A projected volume or an empty one, as files. */
function layOutVolume(folder: string, volume: JsonObject, contents: Contents): void {
  mkdirSync(folder, { recursive: true });
  if (volume.emptyDir === undefined && volume.projected === undefined)
    throw new Error(`no such volume here: ${JSON.stringify(volume)}`);
  for (const source of list(at(volume, 'projected.sources'))) {
    for (const kind of ['configMap', 'secret']) {
      for (const { key, path } of list(at(source, `${kind}.items`))) {
        const file = join(folder, text(path));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, contentOf(contents, kind, text(at(source, `${kind}.name`)), text(key)));
      }
    }
  }
}

function environmentOf(container: JsonObject, contents: Contents): Record<string, string> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': 'orders-integration-0',
    'metadata.namespace': 'orders',
  };
  return Object.fromEntries(
    list(container.env).map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) return [text(name), text(value)];
      const secret = at(valueFrom, 'secretKeyRef') as JsonObject | undefined;
      if (secret !== undefined)
        return [text(name), contentOf(contents, 'secret', text(secret.name), text(secret.key)).toString()];
      return [text(name), fields[text(at(valueFrom, 'fieldRef.fieldPath'))] ?? ''];
    }),
  );
}

/** Paths at which a container mounts a volume, as the folder that plays the volume. */
function inFolders(script: string, mounts: ReadonlyMap<string, string>): string {
  return [...mounts]
    .filter(([path]) => !path.startsWith('/var/tmp/'))
    .reduce((changed, [path, folder]) => changed.replaceAll(path, folder), script);
}

/**
 * MI's home as in WSO2's image, with MI's own start script; only its class path, its main class and the diagnostics
 * tool are other.
 */
function layOutHome(
  runtime: { readonly folder: string; readonly startScript: string },
  home: string,
  archives: Readonly<Record<string, Buffer>>,
): void {
  cpSync(join(runtime.folder, 'home'), home, {
    recursive: true,
    filter: (path) => !/\.car$|[/\\]home[/\\]tmp[/\\]/.test(path),
  });
  for (const folder of [
    'bin',
    'wso2',
    'tmp',
    'diagnostics-tool/bin',
    'repository/logs',
    'repository/deployment/server/carbonapps',
  ])
    mkdirSync(join(home, folder), { recursive: true });
  for (const [name, content] of Object.entries(archives))
    writeFileSync(join(home, 'repository/deployment/server/carbonapps', name), content);
  symlinkSync(join(runtime.folder, 'classes'), join(home, 'wso2/classes'));
  symlinkSync(join(runtime.folder, 'lib'), join(home, 'wso2/jars'));
  const jars =
    '$(ls -d "$CARBON_HOME"/wso2/classes/*/ | tr "\\n" ":")$(ls "$CARBON_HOME"/wso2/jars/*.jar | grep -v geronimo-javamail | tr "\\n" ":")$(ls "$CARBON_HOME"/wso2/jars/geronimo-javamail*)';
  const script = readFileSync(runtime.startScript, 'utf8')
    .replace('-classpath "$CARBON_CLASSPATH"', () => `-classpath "${jars}"`)
    .replace(
      'org.wso2.micro.integrator.bootstrap.Bootstrap $*',
      () => '-Dlog4j2.configurationFile="$CARBON_HOME/conf/log4j2.properties" $* MiniMi',
    )
    .replace(/^.*(java\.util\.logging\.manager|AsyncLoggerContextSelector).*\n/gm, '');
  writeFileSync(join(home, 'bin/micro-integrator.sh'), script);
  writeFileSync(join(home, 'diagnostics-tool/bin/diagnostics.sh'), '#!/bin/sh\nexec sleep 600\n');
  chmodSync(join(home, 'diagnostics-tool/bin/diagnostics.sh'), 0o755);
  // Without [logging] the image's own file would write to files; here all of it goes to the console.
  renameSync(join(home, 'conf/log4j2.properties'), join(home, 'conf/log4j2.properties.image'));
  writeFileSync(
    join(home, 'conf/log4j2.properties'),
    'appenders = C\nappender.C.type = Console\nappender.C.name = C\nappender.C.layout.type = PatternLayout\nappender.C.layout.pattern = [%d] %5p {%c{1}} - %m%ex%n\nrootLogger.level = INFO\nrootLogger.appenderRef.C.ref = C\n',
  );
}

/** Mounts the pod's volumes where it wants them and makes all else read-only, in this mount namespace alone. */
function readOnlyScript(home: string, mounts: ReadonlyMap<string, string>): string {
  const writable = [...mounts].filter(([path]) => path === home || path.startsWith(`${home}/`) || path === '/tmp');
  return [
    'set -e',
    ...writable.map(([path, source]) => `mount --bind '${source}' '${path}'`),
    `awk '{ print $5 }' /proc/self/mountinfo | while read -r point; do case "$point" in ${writable.map(([path]) => `'${path}'`).join('|')}|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*) ;; *) mount -o remount,bind,ro "$point" 2>/dev/null || true ;; esac; done`,
    'if touch /var/tmp/mi-pod-is-writable 2>/dev/null; then echo "the file system is still writable" >&2; exit 1; fi',
    'exec "$@"',
  ].join('\n');
}

/** The JVM whose command line names this home. */
function jvmOf(home: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || !existsSync(`/proc/${entry}/cmdline`)) continue;
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (command.includes(`-Dcarbon.home=${home}`)) return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error('no such server runs');
}

function javaHome(): string {
  if (process.env.JAVA_HOME) return process.env.JAVA_HOME;
  const answer = spawnSync('java', ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  return /java\.home = (.+)/.exec(answer.stderr)?.[1]?.trim() ?? '';
}
