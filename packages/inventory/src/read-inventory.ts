import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { finding } from './findings/catalogue.ts';
import { own } from './artifact/reading.ts';
import { assemble } from './containers/assemble.ts';
import { versionsFromDockerfiles } from './containers/base-image.ts';
import { readXmlFile, type XmlFile } from './containers/artifact-file.ts';
import { readCar, readExploded } from './containers/car.ts';
import { openFolder } from './containers/folder-archive.ts';
import { readDeploymentToml } from './containers/deployment-toml.ts';
import { discover } from './containers/discover.ts';
import type { Discovery } from './containers/folder-kind.ts';
import { filesBelow, isFollowed, readTomlText, realPath } from './containers/disk.ts';
import { type ApplicationDraft, type Context, newContext, readIdle, report, startOf } from './containers/draft.ts';
import { groupBy } from './model/group.ts';
import { readLegacy } from './containers/legacy.ts';
import { reportMisplaced } from './containers/misplaced-toml.ts';
import { readProject } from './containers/project.ts';
import { homeOf, readServer, versionOfHome } from './containers/server.ts';
import { typeOfKind } from './containers/types.ts';
import { compareText, type Diagnostic } from './model/diagnostic.ts';
import { imageReference, type ImageReference } from './image/paths.ts';
import type { OpenRegistryImage } from './image/source.ts';
import type { FilesRead } from './containers/files-read.ts';
import { InputError } from './files/input-error.ts';
import { defaultLimits, type Limits } from './files/limits.ts';
import type { ImageFacts, Inventory } from './model/inventory.ts';

export interface ReadOptions {
  /** Folder that relative paths start from; the process's own when missing. */
  readonly cwd?: string;
  readonly limits?: Partial<Limits>;
  /** Client of registries, for paths such as `oci:registry.example.com/acme/orders:1.2.0`. */
  readonly openRegistryImage?: OpenRegistryImage | undefined;
  /** Keeps what is read of files on disk, for whoever packs them. */
  readonly filesRead?: FilesRead | undefined;
  /** Called after each container with what was read and how many artifacts are known so far. */
  readonly onProgress?: (progress: { readonly path: string; readonly artifacts: number }) => void;
}

/**
 * Reads MI projects, legacy multi-module projects, `.car` archives, server folders, single files, folders that hold any
 * of them, and container images (`oci:REF`, `docker-archive:FILE`, `oci-archive:FILE`, `oci-layout:DIR`). Paths in the
 * outcome are relative to `cwd` for paths that were given so. What cannot be read in part is a diagnostic of the
 * inventory, and the rest is read.
 *
 * Throws {@link InputError} when a given path does not exist (`MI-INPUT-MISSING`), nothing was found
 * (`MI-INPUT-EMPTY`), there is too much (`MI-INPUT-TOO-LARGE`), or what was found cannot be read at all.
 */
export async function readInventory(paths: readonly string[], options: ReadOptions = {}): Promise<Inventory> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const images = new Map(
    paths.flatMap((path) => imageReference(path) ?? []).map((one) => [`${one.transport}:${one.rest}`, one]),
  );
  const roots = rootsOf(
    paths.filter((path) => imageReference(path) === undefined),
    cwd,
  );
  const context: Context = {
    ...newContext(
      { ...defaultLimits, ...options.limits },
      displayFor(roots, cwd),
      [...roots.keys()].map((root) => realPath(folderOfPom(root))),
    ),
    ...(options.filesRead && { filesRead: options.filesRead }),
  };
  const { findings } = context;
  const progress = (path: string): void =>
    options.onProgress?.({ path: context.display(path), artifacts: findings.artifacts.length });

  const found = discover(context, [...roots.keys()]);
  for (const { places, pom } of projectsOf(context, found)) {
    readProject(context, places, pom);
    progress(places.base ?? places.artifacts);
  }
  readLegacy(context, found.modules, found.exporters);
  versionsFromDockerfiles(context, found.dockerfiles);
  const inServer = contextsOfServers(context, found);
  for (const file of found.archives) {
    readCar(inServer(file), file, context.display(file));
    progress(file);
  }
  for (const folder of found.exploded) {
    const archive = openFolder(folder, filesBelow(context, folder));
    readExploded(inServer(folder), archive, context.display(folder));
    progress(folder);
  }
  const homes = new Map<string, ApplicationDraft>();
  for (const places of found.servers) {
    if (places.deployment === undefined && isFollowed(context, places.synapse ?? '')) continue;
    const application = readServer(context, places);
    const home = homeOf(places);
    if (home !== undefined) homes.set(home, application);
    progress(places.synapse ?? places.deployment ?? '');
  }
  readConfigurations(context, found, homes);
  for (const { places } of found.projects) if (places.base !== undefined) reportMisplaced(context, places.base);
  readLoose(context, found);
  const facts = await readImages(context, [...images.values()], cwd, options);
  if (findings.artifacts.length === 0 && findings.applications.length === 0) {
    if (findings.configurations.length === 0) throw nothing(context, paths, found);
    // An image may well be the base of others, and whoever names the file knows.
    if (facts.length === 0 && !paths.every((path) => path.endsWith('.toml')))
      findings.diagnostics.push({ ...empty(context, paths, found), severity: 'warning' });
  }
  return { ...assemble(findings), ...(facts.length > 0 && { images: facts }) };
}

/** Artifact folders without a project come last: by then it is known which of them a link in a project led to. */
function* projectsOf(context: Context, { projects }: Discovery): Iterable<Discovery['projects'][number]> {
  yield* projects.filter(({ places }) => places.base !== undefined);
  for (const one of projects)
    if (one.places.base === undefined && !isFollowed(context, one.places.artifacts)) yield one;
}

/** What reads a file, by its path: with the version of the server that the file lies in. */
function contextsOfServers(context: Context, { servers }: Discovery): (file: string) => Context {
  const versions = servers.flatMap((places) => {
    const { deployment } = places;
    const home = homeOf(places);
    const version = home === undefined || home === deployment ? undefined : versionOfHome(context, home);
    return version === undefined || deployment === undefined ? [] : [{ start: join(deployment, sep), version }];
  });
  return (file) => {
    const version = versions.find(({ start }) => file.startsWith(start))?.version;
    return version === undefined ? context : { ...context, runtimeVersion: version };
  };
}

/** Reads each image that is given, one after the other, so that no two hold what they read at the same time. */
async function readImages(
  context: Context,
  references: readonly ImageReference[],
  cwd: string,
  options: ReadOptions,
): Promise<ImageFacts[]> {
  const facts: ImageFacts[] = [];
  for (const reference of references.toSorted((a, b) => compareText(a.rest, b.rest))) {
    options.onProgress?.({ path: reference.rest, artifacts: context.findings.artifacts.length });
    const { openImage } = await import('./image/open-image.ts');
    const { readImage } = await import('./image/read-image.ts');
    const image = await openImage(reference, {
      resolvePath: (path) => resolve(cwd, path),
      registry: options.openRegistryImage,
    });
    try {
      facts.push(await readImage(context, image));
    } finally {
      image.close?.();
    }
  }
  return facts;
}

/** Absolute path → whether it was given as a relative one; ancestors first, whatever the order given. */
function rootsOf(paths: readonly string[], cwd: string): Map<string, boolean> {
  const roots = new Map<string, boolean>();
  const missing: Diagnostic[] = [];
  for (const path of paths) {
    const absolute = resolve(cwd, path);
    try {
      statSync(absolute);
    } catch (error) {
      const gone = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      missing.push(
        gone
          ? finding(
              'MI-INPUT-MISSING',
              `${path} does not exist.`,
              'Check the path; relative paths start from the current folder.',
            )
          : finding('MI-READ-DENIED', `${path} cannot be read.`, 'Make it readable for the user who runs this.'),
      );
      continue;
    }
    roots.set(absolute, (roots.get(absolute) ?? false) || !isAbsolute(path));
  }
  if (missing.length > 0) throw new InputError(missing.toSorted((a, b) => compareText(a.message, b.message)));
  return new Map([...roots].toSorted(([a], [b]) => compareText(a, b)));
}

/** A pom.xml that is given stands for its folder. */
const folderOfPom = (root: string): string => (basename(root) === 'pom.xml' ? dirname(root) : root);

/** Shows a path as it was reached: relative to `cwd` below a root given so, absolute otherwise; always with `/`. */
function displayFor(roots: ReadonlyMap<string, boolean>, cwd: string): (absolute: string) => string {
  const relativeRoots = [...roots]
    .filter(([, given]) => given)
    .map(([given]) => folderOfPom(given))
    .map((root) => ({ root, inside: root.endsWith(sep) ? root : root + sep }));
  const below = cwd.endsWith(sep) ? cwd : cwd + sep;
  const fromFolder = (absolute: string): string =>
    absolute.startsWith(below) ? own(absolute.slice(below.length)) : relative(cwd, absolute) || '.';
  return (absolute) => {
    const isRelative = relativeRoots.some(
      ({ root, inside }) => absolute.startsWith(inside) || absolute === root || root.startsWith(absolute + sep),
    );
    const shown = isRelative ? fromFolder(absolute) : absolute;
    return sep === '/' ? shown : shown.split(sep).join('/');
  };
}

function readConfigurations(context: Context, found: Discovery, homes: ReadonlyMap<string, ApplicationDraft>): void {
  const known = new Set(context.findings.configurations.map(({ configuration }) => configuration.source.path));
  for (const file of found.configurations) {
    const path = context.display(file);
    if (known.has(path)) continue;
    const text = readTomlText(context, file);
    if (text === undefined) continue;
    const { configuration, diagnostics } = readDeploymentToml(text, path);
    context.findings.diagnostics.push(...diagnostics);
    const application = homes.get(dirname(dirname(file)));
    if (configuration !== undefined)
      context.findings.configurations.push({ configuration, ...(application && { application }) });
  }
}

/**
 * Files outside of every container. Those that were given one by one, or lie in a folder without any container, count
 * as an application; others are known, but nothing delivers them.
 */
function readLoose(context: Context, found: Discovery): void {
  const { findings } = context;
  const containers = findings.applications.map((application) => application.source.path);
  const loose = found.loose.filter(({ file, given }) => given || !isFollowed(context, file));
  const byRoot = groupBy(loose, ({ root, given }) => (given ? dirname(root) : root));
  for (const [root, files] of byRoot) {
    const folder = context.display(root);
    const given = files.some((file) => file.given);
    const alone =
      given || !containers.some((path) => folder === '.' || path === folder || path.startsWith(`${folder}/`));
    const application: ApplicationDraft = {
      type: 'project',
      name: basename(root),
      version: '',
      source: startOf(folder),
      versionedDeployment: false,
      fat: false,
      dependencies: [],
    };
    const before = findings.artifacts.length;
    for (const { file } of files) readLooseFile(context, file, given, alone ? application : undefined);
    if (alone && findings.artifacts.length > before) findings.applications.push(application);
  }
  for (const file of context.unread) if (!isFollowed(context, file)) readLooseFile(context, file, false, undefined);
}

/** Reads a file that `application` delivers; with none, nothing does. */
function readLooseFile(
  context: Context,
  file: string,
  given: boolean,
  application: ApplicationDraft | undefined,
): void {
  const { findings } = context;
  const before = findings.diagnostics.length;
  const reading = (): XmlFile => readXmlFile(context, file);
  const { path, artifacts, ours, ...read } = application === undefined ? readIdle(context, reading) : reading();
  // To whoever names a file of another kind, the place where XML goes wrong in it says nothing.
  const isOther = given && !ours && read.unusable === undefined && !/\.(xml|dbs)$/i.test(path);
  const unusable = isOther ? 'it is not XML' : read.unusable;
  // A document that is no artifact belongs to something else, unless it was named.
  if (!ours && (!given || isOther)) findings.diagnostics.splice(before);
  if (unusable !== undefined && given)
    report(context, startOf(path), {
      code: 'MI-LOOSE-CONTENT',
      message: `${path} is not an artifact of Micro Integrator: ${unusable}.`,
      hint: 'Pass a project folder, a .car archive, an artifact file or a deployment.toml.',
    });
  for (const parsed of artifacts) {
    const version = parsed.version ?? '';
    const { name, kind } = parsed;
    const delivery = { name, version, type: typeOfKind(kind), serverRole: 'EnterpriseIntegrator', path };
    const deliveries = application === undefined ? [] : [{ ...delivery, application, file: basename(file) }];
    findings.artifacts.push({ parsed, version, deliveries, beside: [] });
    if (application === undefined)
      report(context, parsed.source, {
        code: 'MI-LOOSE-FILE',
        message: `${kind} ${name} is in no folder that a build or a server reads, so nothing delivers it.`,
        hint: 'Move it into the artifact folder of a project, or remove it. If a Dockerfile copies it, scan the image.',
      });
  }
}

function placesInWords(paths: readonly string[]): string {
  if (paths.length === 0) return 'no path at all';
  return paths
    .toSorted(compareText)
    .map((path) => (path === '.' ? 'the current folder' : path))
    .join(', ');
}

function nothing(context: Context, paths: readonly string[], found: Discovery): InputError {
  const errors = context.findings.diagnostics.filter(({ severity }) => severity === 'error');
  return new InputError(errors.length > 0 ? errors : [empty(context, paths, found)]);
}

function empty(context: Context, paths: readonly string[], { configurations, tests }: Discovery): Diagnostic {
  const what = configurations.length === 0 ? 'No Micro Integrator content' : 'Nothing but deployment.toml';
  const folders = tests.slice(0, 3).map((folder) => context.display(folder));
  const hint =
    'Pass the folder of an MI project (with src/main/wso2mi), a legacy project, a .car archive, a server folder, an artifact file or an image of Micro Integrator.';
  return finding(
    'MI-INPUT-EMPTY',
    `${what} was found in ${placesInWords(paths)}.`,
    folders.length === 0
      ? hint
      : `${hint} Tests are read only as a path of their own, for example ${folders.join(', ')}.`,
  );
}
