import { basename, dirname, join, sep } from 'node:path';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { Source } from '../model/diagnostic.ts';
import { readXmlFile, type XmlFile } from './artifact-file.ts';
import { readAxis2Service } from './axis2-service.ts';
import { readConnector } from './contents.ts';
import { filesBelow, isFolder, listFolder } from './disk.ts';
import { type ApplicationDraft, type Context, report, startOf } from './draft.ts';
import { nameOfConnector } from './project-connectors.ts';
import { tellLeftOut } from './server-left-out.ts';
import { readServerLibraries } from './server-libraries.ts';
import { readServerRegistry } from './server-registry.ts';
import { serverVersion } from './server-version.ts';
import { typeOfKind } from './types.ts';

/** A server's own configuration; at least one of the two. */
export interface ServerPlaces {
  /** `synapse-configs/default`; missing where the server has archives only. */
  readonly synapse?: string;
  /** `repository/deployment/server`, when the folder lies in one. */
  readonly deployment?: string;
}

/** The server's home: the folder that holds `repository` and `conf`. */
export function homeOf(places: ServerPlaces): string | undefined {
  if (places.deployment === undefined) return undefined;
  const repository = dirname(dirname(places.deployment));
  return basename(repository) === 'repository' ? dirname(repository) : places.deployment;
}

/** The version of MI in a server's home. */
export function versionOfHome(context: Context, home: string): string | undefined {
  const plugins = join(home, 'wso2', 'components', 'plugins');
  return serverVersion(basename(home), () =>
    isFolder(plugins) ? listFolder(context, plugins).map(({ name }) => name) : [],
  );
}

/** A server as an application: what it loads without any archive. */
export function serverApplication(name: string, source: Source, runtimeVersion?: string): ApplicationDraft {
  return {
    type: 'server',
    name,
    version: '',
    source,
    ...(runtimeVersion === undefined ? {} : { runtimeVersion }),
    versionedDeployment: false,
    fat: false,
    dependencies: [],
  };
}

/**
 * Reads what a server loads without any `.car`: XML in `synapse-configs/default` (synapse's
 * MultiXMLConfigurationBuilder.java), data services in `dataservices` (MI's AppDeployerServiceComponent.addDBDeployer),
 * Axis2 services in `axis2services` (axis2's RepositoryListener.java), connectors, libraries, and its registry. Its
 * archives have been read before.
 */
export function readServer(context: Context, places: ServerPlaces): ApplicationDraft {
  const { synapse, deployment } = places;
  const home = homeOf(places);
  const folder = home ?? dirname(synapse ?? '');
  const version = home === undefined || home === deployment ? undefined : versionOfHome(context, home);
  const application = serverApplication(basename(folder), startOf(context.display(folder)), version);
  const before = context.findings.artifacts.length;
  const filesOf = (part: string, ending: string): string[] =>
    deployment === undefined ? [] : filesBelow(context, join(deployment, part)).filter((file) => file.endsWith(ending));
  const own: Context = { ...context, inServer: true };
  const flows = synapse === undefined ? [] : filesBelow(context, synapse).filter((file) => file.endsWith('.xml'));
  for (const file of flows) {
    const below = file.slice(`${synapse ?? ''}/`.length).replaceAll(sep, '/');
    addServerFile(context, application, readXmlFile(own, file), below);
  }
  for (const file of filesOf('dataservices', '.dbs')) addServerFile(context, application, readXmlFile(own, file));
  for (const file of filesOf('axis2services', '.aar'))
    addServerService(context, application, file, context.display(file));
  for (const file of filesOf('synapse-libs', '.zip'))
    addServerConnector(context, application, file, context.display(file));
  if (home !== undefined && home !== deployment) readServerRegistry(context, home, application);
  // A server that loads nothing but archives is no application of its own.
  const applications = synapse !== undefined || context.findings.artifacts.length > before ? [application] : [];
  context.findings.applications.push(...applications);
  if (home !== undefined && deployment !== undefined && home !== deployment) {
    readServerLibraries(context, home, [...applications, ...archivesIn(context, join(deployment, 'carbonapps'))]);
    tellLeftOut(context, home);
  }
  return application;
}

/** The applications that were read from the archives below a folder. */
function archivesIn({ findings, display }: Context, folder: string): ApplicationDraft[] {
  const start = `${display(folder)}/`;
  return findings.applications.filter(({ type, source }) => type === 'archive' && source.path.startsWith(start));
}

/**
 * Adds the artifacts of an XML or .dbs file of a server.
 *
 * @param below its path below `synapse-configs/default`, where it lies there. Directly in that folder lie registry.xml
 *   and task-manager.xml, and in `imports` the files that enable connectors (synapse's
 *   MultiXMLConfigurationBuilder.SYNAPSE_IMPORTS_DIR): they belong to the format and are no artifacts.
 */
export function addServerFile(
  context: Context,
  application: ApplicationDraft,
  { path, artifacts, unusable, root }: XmlFile,
  below?: string,
): void {
  const parts = below?.split('/') ?? [];
  const isOfFormat = parts.length === 1 || (root === 'import' && parts[0] === 'imports' && parts.length === 2);
  if (unusable !== undefined && !isOfFormat)
    report(context, startOf(path), {
      code: 'MI-SERVER-CONTENT',
      message: `${path} is not an artifact: ${unusable}.`,
      hint: 'Remove the file; the server reports an error for it.',
    });
  for (const parsed of artifacts) addToServer(context, application, { parsed, path });
}

/** Adds an Axis2 service, from a file on disk or from its bytes. */
export function addServerService(
  context: Context,
  application: ApplicationDraft,
  input: string | Buffer,
  path: string,
): void {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.aar$/, '');
  const parsed = readAxis2Service(context, input, { name, source: startOf(path), path });
  addToServer(context, application, { parsed, path });
}

/**
 * Adds a connector of `synapse-libs` (micro-integrator's LibraryArtifactDeployer), from a file on disk or from its
 * bytes.
 */
export function addServerConnector(
  context: Context,
  application: ApplicationDraft,
  input: string | Buffer,
  path: string,
): void {
  const { name, version = '' } = nameOfConnector(path);
  addToServer(context, application, { parsed: readConnector(context, input, name, startOf(path)), path, version });
}

function addToServer(
  context: Context,
  application: ApplicationDraft,
  { parsed, path, version = '' }: { readonly parsed: ParsedArtifact; readonly path: string; readonly version?: string },
): void {
  const file = path.slice(path.lastIndexOf('/') + 1);
  context.findings.artifacts.push({
    parsed,
    version,
    beside: [],
    deliveries: [{ application, name: parsed.name, version, type: typeOfKind(parsed.kind), file, path }],
  });
}
