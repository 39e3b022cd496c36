import { hiddenValue, isSecretName, withoutCredentials } from '../text/credentials.ts';
import type { ImageFacts } from '../model/inventory.ts';
import { type FileTree, resolve } from './file-tree.ts';
import { platformOf } from './open-blobs.ts';
import { packageFolder } from './paths.ts';
import type { FoundFile, ServerHome } from './server-home.ts';
import type { ImageSource } from './source.ts';

/** What an image says of the servers it starts. `elsewhere`: archives that none of its servers deploys. */
export function factsOf(
  image: ImageSource,
  tree: FileTree,
  homes: readonly (ServerHome & { readonly propertyNames: readonly string[] })[],
  elsewhere: readonly FoundFile[],
): ImageFacts {
  const config = image.config.config ?? {};
  const read = homes.flatMap((home) => [
    ...home.archives,
    ...home.synapse,
    ...home.dataServices,
    ...home.axis2Services,
    ...home.connectors,
    ...home.registry,
    ...home.libraries,
    ...[home.deploymentToml, home.fileProperties].filter((file) => file !== undefined),
  ]);
  const readBytes = read.reduce((sum, { file }) => sum + file.size, 0);
  return {
    name: image.name,
    ...(image.digest === undefined ? {} : { digest: image.digest }),
    platform: platformOf(image.config),
    homes: homes.map(({ path, version, propertyNames: fileProperties }) => ({
      path,
      ...(version === undefined ? {} : { version }),
      fileProperties,
    })),
    user: typeof config.User === 'string' ? config.User : '',
    entrypoint: textsOf(config.Entrypoint).map(withoutCredentials),
    command: textsOf(config.Cmd).map(withoutCredentials),
    environment: environmentOf(textsOf(config.Env)),
    layers: image.layers.length,
    ...(hasLeaseGuard(tree) && { leaseGuard: true }),
    notRead: {
      archives: elsewhere.map(({ path }) => ({
        path,
        reason: 'it is not in carbonapps, so no server of the image deploys it',
      })),
      platforms: image.otherPlatforms,
      files: tree.entries - read.length,
      bytes: tree.bytes - readBytes,
    },
  };
}

function hasLeaseGuard({ root }: FileTree): boolean {
  return resolve(root, [...packageFolder.split('/'), 'lease-guard'])?.node.type === 'file';
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function environmentOf(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((entry) => {
      const equals = entry.indexOf('=');
      const name = equals < 0 ? entry : entry.slice(0, equals);
      const value = equals < 0 ? '' : entry.slice(equals + 1);
      return [name, isSecretName(name) ? hiddenValue : withoutCredentials(value)];
    }),
  );
}
