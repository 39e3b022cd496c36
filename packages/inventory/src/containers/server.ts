import { basename, dirname, join } from 'node:path';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { Source } from '../diagnostic.ts';
import { readXmlFile, type XmlFile } from './artifact-file.ts';
import { readAxis2Service } from './axis2-service.ts';
import { filesBelow, isFolder } from './disk.ts';
import { report, startOf } from './draft.ts';
import type { ApplicationDraft, Context } from './draft.ts';
import { readServerRegistry } from './server-registry.ts';
import { typeOfKind } from './types.ts';

/** A server's own configuration. */
export interface ServerPlaces {
  /** `synapse-configs/default`. */
  readonly synapse: string;
  /** `repository/deployment/server`, when the folder lies in one. */
  readonly deployment?: string;
}

/** The server's home: the folder that holds `repository` and `conf`. */
export function homeOf(places: ServerPlaces): string | undefined {
  if (places.deployment === undefined) return undefined;
  const repository = dirname(dirname(places.deployment));
  return basename(repository) === 'repository' ? dirname(repository) : places.deployment;
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
 * Axis2 services in `axis2services` (axis2's RepositoryListener.java), and its registry.
 */
export function readServer(context: Context, places: ServerPlaces): ApplicationDraft {
  const home = homeOf(places);
  const folder = home ?? dirname(places.synapse);
  const application = serverApplication(basename(folder), startOf(context.display(folder)));
  context.findings.applications.push(application);
  const files = filesBelow(context, places.synapse).filter((file) => file.endsWith('.xml'));
  const dataServices = places.deployment === undefined ? undefined : join(places.deployment, 'dataservices');
  if (dataServices !== undefined && isFolder(dataServices))
    files.push(...filesBelow(context, dataServices).filter((file) => file.endsWith('.dbs')));
  for (const file of files)
    addServerFile(context, application, readXmlFile(context, file), dirname(file) === places.synapse);
  const services = places.deployment === undefined ? undefined : join(places.deployment, 'axis2services');
  for (const file of services === undefined || !isFolder(services)
    ? []
    : filesBelow(context, services).filter((name) => name.endsWith('.aar')))
    addServerService(context, application, file, context.display(file));
  if (home !== undefined && home !== places.deployment) readServerRegistry(context, home, application);
  return application;
}

/**
 * Adds the artifacts of an XML or .dbs file of a server.
 *
 * @param isAtTop whether it lies directly in `synapse-configs/default`, where registry.xml and task-manager.xml belong
 *   to the format and are no artifacts.
 */
export function addServerFile(
  context: Context,
  application: ApplicationDraft,
  { path, artifacts, unusable }: XmlFile,
  isAtTop: boolean,
): void {
  if (unusable !== undefined && !isAtTop)
    report(context, startOf(path), {
      code: 'MI-SERVER-CONTENT',
      severity: 'warning',
      message: `${path} is not an artifact: ${unusable}.`,
      hint: 'Remove the file; the server reports an error for it.',
    });
  for (const parsed of artifacts) addToServer(context, application, parsed, path);
}

/** Adds an Axis2 service, from a file on disk or from its bytes. */
export function addServerService(
  context: Context,
  application: ApplicationDraft,
  input: string | Buffer,
  path: string,
): void {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.aar$/, '');
  addToServer(context, application, readAxis2Service(context, input, { name, source: startOf(path), path }), path);
}

function addToServer(context: Context, application: ApplicationDraft, parsed: ParsedArtifact, path: string): void {
  const file = path.slice(path.lastIndexOf('/') + 1);
  context.findings.artifacts.push({
    parsed,
    version: '',
    beside: [],
    deliveries: [{ application, name: parsed.name, version: '', type: typeOfKind(parsed.kind), file, path }],
  });
}
