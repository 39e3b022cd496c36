import { basename, dirname, join } from 'node:path';
import { filesBelow, isFile, isFolder, readText } from './disk.ts';
import { type Context, newContext } from './draft.ts';
import type { LegacyExporter, LegacyModule } from './legacy-parts.ts';
import { type Pom, type PomCache, readPom } from './pom.ts';
import type { ProjectPlaces } from './project.ts';
import type { ServerPlaces } from './server.ts';
import { projectFolders } from './types.ts';

/** Everything worth reading below the given paths, in the order of the paths. */
export interface Discovery {
  readonly projects: { readonly places: ProjectPlaces; readonly pom: Pom | undefined }[];
  readonly modules: LegacyModule[];
  readonly exporters: LegacyExporter[];
  readonly archives: string[];
  /** Folders that hold an unpacked application. */
  readonly exploded: string[];
  readonly servers: ServerPlaces[];
  readonly configurations: string[];
  /** Folders of tests, which are left out. */
  readonly tests: string[];
  /** Dockerfiles outside of projects, which read their own. */
  readonly dockerfiles: string[];
  /** XML and .dbs files outside of all of these; those inside of one are in {@link Context.unread}. */
  readonly loose: {
    readonly file: string;
    /** Given path it was found by. */ readonly root: string;
    readonly given: boolean;
  }[];
}

/** What may still be taken from a folder, given what holds it: XML and .dbs files always. */
export type Interest = 'everything' | 'containers' | 'archives' | 'leftovers';

const synapseFolders = ['api', 'sequences', 'endpoints', 'templates', 'tasks'];
/** Folders that only a project has. */
const unmistakable = [...projectFolders.keys()].filter((name) => !synapseFolders.includes(name));
const legacyNatures =
  /org\.wso2\.developerstudio\.eclipse\.(esb|ds|datasource|general|artifact\.mediator|artifact\.connector)\.project\.nature/;

/** What becomes of the folders in a folder. */
export interface Claim {
  /** Folders that a container reader reads itself, as paths from the one that was claimed. */
  readonly folders: ReadonlySet<string>;
  /** Other folders in it that its reader looks into; of those directly in it, what else may be taken there. */
  readonly inner: ReadonlyMap<string, Interest>;
  readonly interest: Interest;
}

/** A folder, with the names of the folders and the files in it. */
export interface FolderContent {
  readonly folder: string;
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

/** Decides what a folder is, by what is in it, and adds it to what was found. */
export function claimFolder(context: Context, found: Discovery, poms: PomCache, content: FolderContent): Claim {
  const { folder, folders, files } = content;
  const pom = files.has('pom.xml') ? readPom(context, folder, poms) : undefined;
  const claimed =
    claimProject(found, folder, pom) ??
    claimProjectSource(context, found, poms, content) ??
    claimExporter(context, found, content, pom) ??
    claimServer(found, content) ??
    claimModule(context, found, content, pom);
  if (claimed !== undefined) return claimed;
  if (looksLikeArtifacts(context, folder, folders)) {
    if (hasServerLayout(context, folder, folders)) {
      found.servers.push({ synapse: folder });
      return claim([...folders], 'containers');
    }
    found.projects.push({ places: { artifacts: folder }, pom: undefined });
    return claim(
      [...folders].filter((name) => projectFolders.has(name)),
      'containers',
    );
  }
  // The home of a server: its samples and settings are no artifacts, its registry is read with its configuration.
  const deployment = join(folder, 'repository', 'deployment', 'server');
  if (folders.has('repository') && isFolder(deployment)) {
    if (!isFolder(join(deployment, 'synapse-configs', 'default'))) found.servers.push({ deployment });
    return claim(['registry', 'samples'], 'containers');
  }
  if (basename(folder) === 'repository' && isFolder(join(folder, 'deployment', 'server')))
    return claim(['samples'], 'containers');
  return claim([]);
}

function claim(
  paths: readonly string[],
  interest: Interest = 'everything',
  inner: readonly (readonly [string, Interest])[] = [],
): Claim {
  return { folders: new Set(paths), inner: new Map(inner), interest };
}

const java = join('src', 'main', 'java');
const legacySources = ['synapse-config', 'dataservice'].map((name) => join('src', 'main', name));

/** An integration project, or the parent of several. */
function claimProject(found: Discovery, folder: string, pom: Pom | undefined): Claim | undefined {
  const wso2mi = join(folder, 'src', 'main', 'wso2mi');
  if (!isFolder(wso2mi) && pom?.properties.get('projectType') !== 'integration-project') return undefined;
  // The parent of a consolidated project has no artifacts of its own; its modules are found below it. Its
  // deployment.toml, or that of the module that builds the image, is the one of every module.
  if (!isFolder(wso2mi) && pom?.properties.get('is.consolidated.project') === 'true') return claim([], 'containers');
  const places = { base: folder, artifacts: join(wso2mi, 'artifacts'), resources: join(wso2mi, 'resources') };
  found.projects.push({ places, pom });
  const read = [java, ...['artifacts', 'resources'].map((name) => join('src', 'main', 'wso2mi', name))];
  return claim(read, 'everything', [
    ['src', 'leftovers'],
    ['deployment', 'archives'],
    [join('deployment', 'libs'), 'archives'],
  ]);
}

/** The folder `wso2mi` of a project, given by itself. */
function claimProjectSource(
  context: Context,
  found: Discovery,
  poms: PomCache,
  { folder, folders }: FolderContent,
): Claim | undefined {
  if (basename(folder) !== 'wso2mi' || !(folders.has('artifacts') || folders.has('resources'))) return undefined;
  const base = dirname(dirname(dirname(folder)));
  const standard = folder.endsWith(join('src', 'main', 'wso2mi'));
  const places = {
    ...(standard && { base }),
    artifacts: join(folder, 'artifacts'),
    resources: join(folder, 'resources'),
  };
  found.projects.push({ places, pom: standard ? readPom(context, base, poms) : undefined });
  return claim(['artifacts', 'resources']);
}

/** A composite exporter. What somebody put beside its pom as into a module, its dependencies can name. */
function claimExporter(
  context: Context,
  found: Discovery,
  content: FolderContent,
  pom: Pom | undefined,
): Claim | undefined {
  if (pom?.packaging !== 'carbon/application') return undefined;
  found.exporters.push({ pom });
  const { folder, folders, files } = content;
  return isLegacyModule(context, folder, folders, files)
    ? claimModule(context, found, content, pom)
    : claim([], 'containers');
}

/** The deployment folder of a server, or its Synapse configuration. */
function claimServer(found: Discovery, { folder, folders, files }: FolderContent): Claim | undefined {
  if (folders.has('synapse-configs') && isFolder(join(folder, 'synapse-configs', 'default'))) {
    found.servers.push({ synapse: join(folder, 'synapse-configs', 'default'), deployment: folder });
    return claim([join('synapse-configs', 'default'), 'dataservices', 'axis2services'], 'everything', [
      ['synapse-configs', 'leftovers'],
    ]);
  }
  if (!isSynapseConfiguration(folder, folders, files)) return undefined;
  found.servers.push({ synapse: folder });
  return claim([...folders], 'containers');
}

/** A module of a legacy project, or one of Java classes that an exporter may select. */
function claimModule(
  context: Context,
  found: Discovery,
  { folder, folders, files }: FolderContent,
  pom: Pom | undefined,
): Claim | undefined {
  if (isLegacyModule(context, folder, folders, files)) {
    found.modules.push({ folder, pom });
    return claim([java, ...legacySources, 'dataservice', 'datasource'], 'containers', [['src', 'leftovers']]);
  }
  if (pom === undefined || !isFolder(join(folder, java))) return undefined;
  found.modules.push({ folder, pom });
  return claim([java]);
}

/**
 * Artifact folders without a project around them. Programs have folders such as `apis` too, with no XML in them: what
 * is wrong with their links is told by whoever reads them.
 */
function looksLikeArtifacts(context: Context, folder: string, folders: ReadonlySet<string>): boolean {
  const unheard = newContext(context.limits);
  return (
    (unmistakable.some((name) => folders.has(name)) ||
      synapseFolders.filter((name) => folders.has(name)).length >= 2) &&
    [...unmistakable, ...synapseFolders].some(
      (name) =>
        folders.has(name) && filesBelow(unheard, join(folder, name)).some((file) => /\.(?:xml|dbs)$/i.test(file)),
    )
  );
}

/** Whether artifact folders are those of a server, which calls `api` what a project calls `apis` in `artifacts`. */
function hasServerLayout(context: Context, folder: string, folders: ReadonlySet<string>): boolean {
  if (!folders.has('api') || folders.has('apis') || basename(folder) === 'artifacts') return false;
  return filesBelow(newContext(context.limits), join(folder, 'api')).some(
    (file) => /\.xml$/i.test(file) && begins(context, file, /<api[\s>]/),
  );
}

function isSynapseConfiguration(folder: string, folders: ReadonlySet<string>, files: ReadonlySet<string>): boolean {
  if (![...unmistakable, ...synapseFolders].some((name) => folders.has(name))) return files.has('synapse.xml');
  return files.has('synapse.xml') || files.has('registry.xml') || basename(dirname(folder)) === 'synapse-configs';
}

function isLegacyModule(
  context: Context,
  folder: string,
  folders: ReadonlySet<string>,
  files: ReadonlySet<string>,
): boolean {
  if (
    folders.has('src') &&
    (isFolder(join(folder, 'src', 'main', 'synapse-config')) || isFolder(join(folder, 'src', 'main', 'dataservice')))
  )
    return true;
  if (files.has('artifact.xml') && begins(context, join(folder, 'artifact.xml'), /<artifacts[\s>]/)) return true;
  return files.has('.project') && legacyNatures.test(readText(context, join(folder, '.project')) ?? '');
}

/** Whether a folder is an unpacked connector: what it holds is its own, whatever that is called. */
export function isConnector(context: Context, folder: string, files: ReadonlySet<string>): boolean {
  return files.has('connector.xml') && begins(context, join(folder, 'connector.xml'), /<connector[\s>]/);
}

/** Whether a descriptor has what it is known by where it begins. */
function begins(context: Context, file: string, mark: RegExp): boolean {
  return mark.test((readText(context, file) ?? '').slice(0, 4096));
}

/** An unpacked application: its list at the top and folders with an artifact.xml. */
export function isExploded(folder: string, files: ReadonlySet<string>, folders: ReadonlySet<string>): boolean {
  return (
    (files.has('artifacts.xml') || files.has('metadata.xml')) &&
    [...folders].some((name) => isFile(join(folder, name, 'artifact.xml')))
  );
}
