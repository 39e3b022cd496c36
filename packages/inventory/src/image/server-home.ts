import { serverVersion } from '../containers/server-version.ts';
import { compareText } from '../model/diagnostic.ts';
import { type FileNode, type FolderNode, type RegularFile, resolve } from './file-tree.ts';

/** A file of an image: its path as a place shows it, without a `/` at the start, and the file that links lead to. */
export interface FoundFile {
  readonly path: string;
  readonly file: RegularFile;
}

/** The home of a Micro Integrator in an image, and what its server reads when it starts. */
export interface ServerHome {
  /** `home/wso2carbon/wso2mi-4.3.0`. */
  readonly path: string;
  /** `4.3.0`; undefined where neither the folder nor the server's own JARs say so. */
  readonly version?: string;
  readonly archives: readonly FoundFile[];
  /** Files below `synapse-configs/default`, with their path below it. */
  readonly synapse: readonly (FoundFile & { readonly below: string })[];
  readonly dataServices: readonly FoundFile[];
  readonly axis2Services: readonly FoundFile[];
  readonly connectors: readonly FoundFile[];
  /** Files below `registry/{governance,config,local}`, with their registry path. */
  readonly registry: readonly (FoundFile & { readonly registryPath: string })[];
  readonly deploymentToml?: FoundFile;
  readonly fileProperties?: FoundFile;
  /** JARs of `lib` and `dropins`. */
  readonly libraries: readonly FoundFile[];
  /** Links in the folders above that lead to nothing in the image. */
  readonly brokenLinks: readonly string[];
}

const deployment = ['repository', 'deployment', 'server'];

/** Every home in an image, sorted by path. */
export function findServerHomes(root: FolderNode): ServerHome[] {
  const homes: ServerHome[] = [];
  const visit = (folder: FolderNode, path: readonly string[]): void => {
    const repository = folder.children.get('repository');
    if (repository !== undefined && resolve(root, [...path, ...deployment])?.node.type === 'folder')
      homes.push(homeAt(root, path));
    for (const [name, child] of folder.children) if (child.type === 'folder') visit(child, [...path, name]);
  };
  visit(root, []);
  return homes.toSorted((a, b) => compareText(a.path, b.path));
}

function homeAt(root: FolderNode, home: readonly string[]): ServerHome {
  const brokenLinks: string[] = [];
  const filesIn = (folder: readonly string[], isWanted: (name: string) => boolean): FoundFile[] =>
    filesBelow(root, [...home, ...folder], brokenLinks, 0).filter(({ path }) =>
      isWanted(path.slice(path.lastIndexOf('/') + 1)),
    );
  const treeIn = (folder: readonly string[]): FoundFile[] => filesBelow(root, [...home, ...folder], brokenLinks, 64);
  const one = (...path: string[]): FoundFile | undefined => {
    const found = resolve(root, [...home, ...path]);
    return found?.node.type === 'file' ? { path: [...home, ...path].join('/'), file: found.node } : undefined;
  };
  const synapseFolder = [...deployment, 'synapse-configs', 'default'];
  const start = [...home, ...synapseFolder].join('/').length + 1;
  const version = versionOf(root, home);
  const deploymentToml = one('conf', 'deployment.toml');
  const fileProperties = one('conf', 'file.properties');
  return {
    path: home.join('/'),
    ...(version === undefined ? {} : { version }),
    archives: filesIn([...deployment, 'carbonapps'], (name) => /\.car$/i.test(name)),
    synapse: treeIn(synapseFolder)
      .filter(({ path }) => path.endsWith('.xml'))
      .map((found) => ({ ...found, below: found.path.slice(start) })),
    dataServices: filesIn([...deployment, 'dataservices'], (name) => name.endsWith('.dbs')),
    axis2Services: filesIn([...deployment, 'axis2services'], (name) => name.endsWith('.aar')),
    connectors: filesIn([...deployment, 'synapse-libs'], (name) => name.endsWith('.zip')),
    registry: ['governance', 'config', 'local'].flatMap((part) => {
      const folder = [...home, 'registry', part];
      return treeIn(['registry', part]).map((found) => ({
        ...found,
        registryPath: `/_system/${part}/${found.path.slice(folder.join('/').length + 1)}`,
      }));
    }),
    ...(deploymentToml === undefined ? {} : { deploymentToml }),
    ...(fileProperties === undefined ? {} : { fileProperties }),
    libraries: [...filesIn(['lib'], isJar), ...filesIn(['dropins'], isJar)],
    brokenLinks: brokenLinks.toSorted(compareText),
  };
}

function isJar(name: string): boolean {
  return name.endsWith('.jar');
}

/**
 * Files of a folder and up to `depth` folders below it, sorted; hidden ones and folders behind links that lead back
 * left out.
 */
function filesBelow(root: FolderNode, folder: readonly string[], brokenLinks: string[], depth: number): FoundFile[] {
  const found = resolve(root, folder);
  if (found?.node.type !== 'folder') return [];
  const names = [...found.node.children]
    .filter(([name]) => !name.startsWith('.'))
    .toSorted(([a], [b]) => compareText(a, b));
  return names.flatMap(([name, child]): FoundFile[] => {
    const path = [...folder, name];
    const target: FileNode | undefined = child.type === 'link' ? resolve(root, path)?.node : child;
    if (target === undefined) brokenLinks.push(path.join('/'));
    if (target?.type === 'file') return [{ path: path.join('/'), file: target }];
    return child.type === 'folder' && depth > 0 ? filesBelow(root, path, brokenLinks, depth - 1) : [];
  });
}

function versionOf(root: FolderNode, home: readonly string[]): string | undefined {
  const plugins = resolve(root, [...home, 'wso2', 'components', 'plugins'])?.node;
  return serverVersion(home.at(-1) ?? '', () => (plugins?.type === 'folder' ? plugins.children.keys() : []));
}

/** Every archive in the image by its path, links left out. */
export function allArchives(folder: FolderNode, path = ''): FoundFile[] {
  return [...folder.children]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([name, child]): FoundFile[] => {
      const at = path === '' ? name : `${path}/${name}`;
      // What a server has unpacked is a copy, which its next start removes.
      if (child.type === 'folder') return at.endsWith('tmp/carbonapps') ? [] : allArchives(child, at);
      return child.type === 'file' && /\.car$/i.test(name) ? [{ path: at, file: child }] : [];
    });
}
