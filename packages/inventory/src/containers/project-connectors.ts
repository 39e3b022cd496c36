import { basename, join } from 'node:path';
import { readConnector } from './contents.ts';
import { filesIn } from './disk.ts';
import { plainArtifact, report, startOf } from './draft.ts';
import type { Pom, PomDependency } from './pom.ts';
import { miHas, miFeatures } from '../model/mi-features.ts';
import { addToProject, type ProjectReading } from './project-reading.ts';

/** Name and version in the file name of a connector, split at its last `-` as the build of a project does. */
export function nameOfConnector(path: string): { readonly name: string; readonly version?: string } {
  const file = path.slice(path.lastIndexOf('/') + 1, -'.zip'.length);
  const at = file.lastIndexOf('-');
  return at < 0 ? { name: file } : { name: file.slice(0, at), version: file.slice(at + 1) };
}

/** Reads the connector ZIP files of a project, and returns their names. */
export function readConnectors(
  reading: ProjectReading,
  resources: string,
  runtimeVersion: string | undefined,
): readonly string[] {
  const { context } = reading;
  const found: string[] = [];
  for (const folder of ['connectors', 'inbound-connectors']) {
    for (const file of filesIn(context, join(resources, folder)).filter((name) => name.endsWith('.zip'))) {
      const path = context.display(file);
      found.push(basename(file));
      const { name, version } = nameOfConnector(path);
      if (version === undefined) {
        report(context, startOf(path), {
          code: 'MI-PRJ-CONNECTOR-NAME',
          message: `${path} has no version in its name; the build fails on it.`,
          hint: 'Name it <connector>-<version>.zip, as it is downloaded.',
        });
      }
      const parsed = readConnector(context, file, name, startOf(path));
      const packed =
        folder === 'connectors' || runtimeVersion === undefined || miHas(runtimeVersion, 'inboundConnectors');
      if (!packed) {
        report(context, startOf(path), {
          code: 'MI-PRJ-INBOUND-CONNECTOR',
          message: `${path} is not packed for runtime version ${runtimeVersion}: inbound connectors are packed since ${miFeatures.inboundConnectors}.`,
          hint: 'Copy the JAR in it into the image (dropins/ or lib/), or raise project.runtime.version.',
        });
      }
      if (!packed || version === undefined) addToProject(reading, parsed, version ?? '');
      else
        addToProject(reading, parsed, version, {
          name,
          version,
          type: 'synapse/lib',
          serverRole: 'EnterpriseIntegrator',
          file: basename(file),
          path,
        });
    }
  }
  return found;
}

/** Engines that MI itself brings; the pom of every project leaves them out of what it copies (`excludeGroupIds`). */
const ownGroups = /^org\.apache\.(?:synapse|axis2)(?:\.|$)/;

/** Scopes of what the server does not get: it is for tests, or somebody else brings it. */
const otherScopes: ReadonlySet<string> = new Set(['test', 'provided', 'system']);

/**
 * Connectors and JARs that the build fetches by the pom's dependencies. What is in them is not known here.
 *
 * @param there names of the ZIP files of connectors and of the JARs in `deployment/libs`: a dependency that lies there
 *   is no further one.
 */
export function readDependencies(
  reading: ProjectReading,
  pom: Pom,
  { connectors, libraries }: { readonly connectors: readonly string[]; readonly libraries: readonly string[] },
): void {
  for (const dependency of pom.dependencies) {
    const { artifactId, groupId, scope, type } = dependency;
    if (type === 'zip' && connectors.includes(`${artifactId}-${dependency.version}.zip`)) continue;
    if (type === 'zip') addConnector(reading, dependency, pom.properties.get('project.runtime.version') || undefined);
    else if (type === 'jar' && !otherScopes.has(scope) && !ownGroups.test(groupId)) {
      if (libraries.some((name) => isJarOf(name, artifactId))) continue;
      const parsed = plainArtifact(artifactId, dependency.source, { kind: 'library', role: 'other', classes: [] });
      reading.context.findings.artifacts.push({
        parsed,
        version: dependency.version,
        deliveries: [],
        beside: [reading.application],
      });
    }
  }
}

/** True for `<artifactId>.jar` and `<artifactId>-<version>.jar`. */
function isJarOf(file: string, artifactId: string): boolean {
  return file.startsWith(artifactId) && /^(?:[-_]\d[\w.-]*)?\.jar$/.test(file.slice(artifactId.length));
}

function addConnector(
  reading: ProjectReading,
  { artifactId: name, version, source }: PomDependency,
  runtimeVersion: string | undefined,
): void {
  const parsed = plainArtifact(name, source, { kind: 'connector' });
  const isInbound = name.includes('mi-inbound-');
  if (isInbound && runtimeVersion !== undefined && !miHas(runtimeVersion, 'inboundConnectors')) {
    report(reading.context, source, {
      code: 'MI-PRJ-INBOUND-CONNECTOR',
      message: `The build does not pack ${name} ${version} for the runtime version ${runtimeVersion}: inbound connectors are packed since ${miFeatures.inboundConnectors}.`,
      hint: 'Copy its JAR into the image (dropins/ or lib/), or raise project.runtime.version.',
    });
    addToProject(reading, parsed, version);
    return;
  }
  addToProject(reading, parsed, version, {
    name,
    version,
    type: 'synapse/lib',
    serverRole: 'EnterpriseIntegrator',
    file: `${name}-${version}.zip`,
    path: source.path,
  });
}
