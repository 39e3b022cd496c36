import { basename, dirname, join } from 'node:path';
import { readXmlFile } from './artifact-file.ts';
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

/**
 * Reads what a server loads without any `.car`: XML in `synapse-configs/default` (synapse's MultiXMLConfigurationBuilder.java),
 * data services in `dataservices` (MI's AppDeployerServiceComponent.addDBDeployer), Axis2 services in `axis2services` (axis2's
 * RepositoryListener.java), and its registry.
 */
export async function readServer(context: Context, places: ServerPlaces): Promise<ApplicationDraft> {
  const home = homeOf(places);
  const folder = home ?? dirname(places.synapse);
  const application: ApplicationDraft = {
    type: 'server',
    name: basename(folder),
    version: '',
    source: startOf(context.display(folder)),
    versionedDeployment: false,
    fat: false,
    dependencies: [],
  };
  context.findings.applications.push(application);
  const files = filesBelow(context, places.synapse).filter((file) => file.endsWith('.xml'));
  const dataServices = places.deployment === undefined ? undefined : join(places.deployment, 'dataservices');
  if (dataServices !== undefined && isFolder(dataServices))
    files.push(...filesBelow(context, dataServices).filter((file) => file.endsWith('.dbs')));
  for (const file of files) {
    const { path, artifacts, unusable } = readXmlFile(context, file);
    // registry.xml and task-manager.xml belong to the format and are no artifacts.
    if (unusable !== undefined && dirname(file) !== places.synapse) {
      report(
        context,
        'warning',
        'MI-SERVER-CONTENT',
        startOf(path),
        `${path} is no artifact: ${unusable}.`,
        'Remove the file; the server reports an error for it.',
      );
    }
    for (const parsed of artifacts) {
      context.findings.artifacts.push({
        parsed,
        version: '',
        beside: [],
        deliveries: [
          { application, name: parsed.name, version: '', type: typeOfKind(parsed.kind), file: basename(file), path },
        ],
      });
    }
  }
  const services = places.deployment === undefined ? undefined : join(places.deployment, 'axis2services');
  for (const file of services === undefined || !isFolder(services)
    ? []
    : filesBelow(context, services).filter((name) => name.endsWith('.aar'))) {
    const path = context.display(file);
    const parsed = await readAxis2Service(context, file, basename(file, '.aar'), startOf(path), path);
    context.findings.artifacts.push({
      parsed,
      version: '',
      beside: [],
      deliveries: [
        { application, name: parsed.name, version: '', type: typeOfKind(parsed.kind), file: basename(file), path },
      ],
    });
  }
  if (home !== undefined && home !== places.deployment) readServerRegistry(context, home, application);
  return application;
}
