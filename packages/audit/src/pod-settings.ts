import { defaultServerRoles } from '@mi-patterns/inventory';
import { at, type JsonObject, listAt, objectAt, textAt } from '@mi-patterns/helm';
import { quantity } from '@mi-patterns/values';
import type { Server } from './model.ts';

/** Where a container's files come from, as far as a server reads them at its start. */
export interface MountedFile {
  /** Path in the container. */
  readonly path: string;
  readonly configMap: string;
  readonly key: string;
}

/** Files of ConfigMaps in the container. A mounted folder whose keys are not listed has every key of its ConfigMap. */
export function mountedFiles(
  { template, container }: Pick<Server, 'template' | 'container'>,
  keysOf: (configMap: string) => readonly string[],
): MountedFile[] {
  const volumes = listAt(template, 'spec', 'volumes');
  return listAt(container, 'volumeMounts').flatMap((mount) => {
    const volume = volumes.find((one) => textAt(one, 'name') === textAt(mount, 'name'));
    const [path, subPath] = [textAt(mount, 'mountPath') ?? '', textAt(mount, 'subPath')];
    return sourcesOf(volume ?? {}).flatMap(({ configMap, items }) => {
      const files = items ?? keysOf(configMap).map((key) => ({ key, path: key }));
      return files.flatMap((file) => {
        if (subPath === undefined) return [{ path: `${path}/${file.path}`, configMap, key: file.key }];
        return file.path === subPath ? [{ path, configMap, key: file.key }] : [];
      });
    });
  });
}

function sourcesOf(volume: JsonObject): {
  readonly configMap: string;
  readonly items: readonly { readonly key: string; readonly path: string }[] | undefined;
}[] {
  return [volume, ...listAt(volume, 'projected', 'sources')].flatMap((source) => {
    const configMap = textAt(source, 'configMap', 'name');
    if (configMap === undefined) return [];
    const items = at(source, 'configMap', 'items') === undefined ? undefined : listAt(source, 'configMap', 'items');
    return [
      {
        configMap,
        items: items?.map((item) => ({ key: textAt(item, 'key') ?? '', path: textAt(item, 'path') ?? '' })),
      },
    ];
  });
}

/** Names of the ConfigMaps that the container mounts. */
export function configMapsOf({ template, container }: Pick<Server, 'template' | 'container'>): string[] {
  const mounted = new Set(listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'name')));
  const volumes = listAt(template, 'spec', 'volumes').filter((volume) => mounted.has(textAt(volume, 'name')));
  return [...new Set(volumes.flatMap(sourcesOf).map(({ configMap }) => configMap))];
}

/** A volume over the folder of archives, which hides those of the image. */
export interface ArchiveVolume {
  readonly type: 'image' | 'other';
  /** Reference of an image volume; else what the volume is, `persistentVolumeClaim capps`. */
  readonly from: string;
  readonly field: string;
}

/** What is mounted in the place of the archives that the image has; undefined where nothing is. */
export function archiveVolume({ template, container, containerPath }: Server): ArchiveVolume | undefined {
  const mounts = listAt(container, 'volumeMounts');
  const index = mounts.findIndex((mount) => /\/carbonapps\/?$/.test(textAt(mount, 'mountPath') ?? ''));
  if (index < 0) return undefined;
  const volume =
    listAt(template, 'spec', 'volumes').find((one) => textAt(one, 'name') === textAt(mounts[index], 'name')) ?? {};
  const field = `${containerPath}.volumeMounts[${index}]`;
  const reference = textAt(volume, 'image', 'reference');
  if (reference !== undefined) return { type: 'image', from: reference, field };
  const [kind = 'volume'] = Object.keys(volume).filter((key) => key !== 'name');
  const name = textAt(volume, kind, 'claimName') ?? textAt(volume, kind, 'name') ?? textAt(volume, 'name') ?? '';
  return { type: 'other', from: `${kind} ${name}`.trim(), field };
}

/** The value of a variable of the environment as it stands in the object; undefined when it comes from elsewhere. */
function variable(container: JsonObject, name: string): { readonly value: string; readonly index: number } | undefined {
  const list = listAt(container, 'env');
  const index = list.findLastIndex((one) => textAt(one, 'name') === name);
  const value = index < 0 ? undefined : textAt(list[index], 'value');
  return value === undefined ? undefined : { value, index };
}

/**
 * Server roles that the pods are started with: the last `-DserverRoles` of `JAVA_OPTS` and the arguments; undefined:
 * none is named.
 */
export function namedRoles({ container }: Pick<Server, 'container'>): readonly string[] | undefined {
  const words = [
    ...(variable(container, 'JAVA_OPTS')?.value ?? '').split(/\s+/),
    ...['command', 'args'].flatMap((key) =>
      Array.isArray(container[key]) ? (container[key] as unknown[]).map(String) : [],
    ),
  ];
  return words
    .filter((word) => word.startsWith('-DserverRoles='))
    .at(-1)
    ?.slice('-DserverRoles='.length)
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
}

export const startingRoles: readonly string[] = defaultServerRoles;

/**
 * The heap that the JVM may take, in bytes, and where that is said. MI's start script has -Xmx1024m
 * (micro-integrator.sh).
 */
export function heapOf(server: Server): { readonly bytes: number; readonly because: string; readonly field: string } {
  const said = ['JVM_MEM_OPTS', 'JAVA_OPTS'].flatMap((name) => {
    const found = variable(server.container, name);
    const text = [...(found?.value ?? '').matchAll(/-Xmx(\d+)([kmgt]?)\b/gi)].at(-1);
    if (found === undefined || text === undefined) return [];
    const bytes =
      Number(text[1]) * ({ k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }[(text[2] ?? '').toLowerCase()] ?? 1);
    return [{ bytes, because: `${name} says ${text[0]}`, field: `${server.containerPath}.env[${found.index}]` }];
  });
  const dead = variable(server.container, 'JAVA_MEM_OPTS');
  return (
    said.at(-1) ?? {
      bytes: 1024 ** 3,
      because: `MI's start script sets -Xmx1024m${dead === undefined ? '' : ', and it does not read JAVA_MEM_OPTS'}`,
      field: dead === undefined ? `${server.containerPath}.env` : `${server.containerPath}.env[${dead.index}]`,
    }
  );
}

/** Memory limit of the container in bytes. */
export function memoryLimit({ container }: Server): number | undefined {
  return quantity(textAt(objectAt(container, 'resources', 'limits'), 'memory'));
}

/** True when the pods work only while they own a Lease: `recovery: fenced` of our chart. */
export function isFenced({ container }: Pick<Server, 'container'>): boolean {
  return (
    Array.isArray(container['command']) && container['command'].some((word) => /(^|\/)lease-guard$/.test(String(word)))
  );
}

/**
 * Whether pods of two workloads of a namespace never work at the same time: each works only while it has all its
 * Leases, and one of these is the same for both (packages/lease-guard, names.go).
 */
export function takeTurns(a: Pick<Server, 'container'>, b: Pick<Server, 'container'>): boolean {
  const [ours, theirs] = [leasesOf(a), leasesOf(b)];
  return ours.some((lease) => theirs.includes(lease));
}

/** What the guard of a server holds Leases for, in its scope; nothing where there is no guard. */
function leasesOf(server: Pick<Server, 'container'>): string[] {
  if (!isFenced(server)) return [];
  const words = (server.container['command'] as readonly unknown[]).map(String);
  const options = words.slice(0, words.indexOf('--'));
  const valuesOf = (option: string): string[] =>
    options.filter((word) => word.startsWith(option)).map((word) => word.slice(option.length));
  const [scope = ''] = valuesOf('--scope=');
  return valuesOf('--artifact=').map((artifact) => `${scope}\n${artifact}`);
}
