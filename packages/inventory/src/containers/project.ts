import { basename, join, relative, sep } from 'node:path';
import type { ParsedArtifact } from '../artifact/parsed.ts';
import { joined } from '../artifact/reading.ts';
import { readXmlFile } from './artifact-file.ts';
import { versionOfDockerfile, versionOfImage } from './base-image.ts';
import { classNamesOfSources, readLibrary, readPropertyFile } from './contents.ts';
import { readDeploymentToml } from './deployment-toml.ts';
import {
  contentsOf,
  filesBelow,
  filesIn,
  isFile,
  isFolder,
  isFollowed,
  isLinkedTo,
  readText,
  readTomlText,
  realPath,
  withLinks,
} from './disk.ts';
import {
  type ApplicationDraft,
  type Context,
  inSentence,
  plainArtifact,
  readIdle,
  report,
  startOf,
  withArticle,
} from './draft.ts';
import { type Pom, withoutSnapshot } from './pom.ts';
import { addToProject, type ProjectReading } from './project-reading.ts';
import { readConnectors, readDependencies } from './project-connectors.ts';
import { readRegistry } from './project-registry.ts';
import { projectFolders, typeOfKind } from './types.ts';

/** Where the parts of a current MI project are; a part of a tree has some of them only. */
export interface ProjectPlaces {
  /** The project's folder, for its pom.xml, deployment/ and src/main/java. */
  readonly base?: string;
  readonly artifacts: string;
  readonly resources?: string;
}

/** A version of Micro Integrator as it stands in names of images, folders and files; nothing else may get there. */
export const runtimeVersionPattern = /^[0-9]{1,9}(\.[0-9]{1,9}){1,3}([-.][0-9A-Za-z][0-9A-Za-z.-]{0,63})?$/;

/** The version in `project.runtime.version`; undefined, and a diagnostic, when that is no version. */
function runtimeVersionOf(context: Context, pom: Pom | undefined): string | undefined {
  const name = 'project.runtime.version';
  const version = pom?.properties.get(name)?.trim() || undefined;
  if (version === undefined || runtimeVersionPattern.test(version)) return version;
  report(context, pom?.propertySources.get(name), {
    code: 'MI-PRJ-RUNTIME',
    message: `${name} is not a version: ${version.length > 80 ? `${version.slice(0, 80)}…` : version}.`,
    hint: 'Set it to the version of Micro Integrator that the project is for, such as 4.4.0.',
  });
  return undefined;
}

/**
 * Reads a current MI project: what `vscode-car-plugin` packs into its `.car` (wso2/maven-tools, CAppHandler.java and
 * CARMojo.java), with the names, versions and roles it writes, and what it leaves out although it lies in the project.
 */
export function readProject(context: Context, places: ProjectPlaces, pom: Pom | undefined): void {
  const root = context.display(places.base ?? places.artifacts);
  const application = applicationOf(context, places, pom, root);
  const reading: ProjectReading = { context, application, version: withoutSnapshot(application.version) };
  const before = context.findings.artifacts.length;
  readArtifacts(reading, places);
  const connectors: string[] = [];
  if (places.resources !== undefined) {
    readRegistry(reading, places.resources);
    connectors.push(...readConnectors(reading, places.resources, application.runtimeVersion));
    readProperties(reading, join(places.resources, 'conf', 'config.properties'));
  }
  const libraries = places.base === undefined ? [] : filesIn(context, join(places.base, 'deployment', 'libs'));
  if (pom !== undefined)
    readDependencies(reading, pom, { connectors, libraries: libraries.map((file) => basename(file)) });
  if (places.base !== undefined) {
    readSources(reading, join(places.base, 'src', 'main', 'java'));
    readLibraries(reading, join(places.base, 'deployment', 'libs'));
    readConfiguration(reading, join(places.base, 'deployment', 'deployment.toml'));
  }
  // Folders with names such as tasks/ and templates/ are common; without an artifact and without a pom this is no
  // project.
  if (pom === undefined && context.findings.artifacts.length === before) return;
  context.findings.applications.push(application);
  if (pom === undefined) {
    report(context, application.source, {
      code: 'MI-PRJ-NO-POM',
      message: `${inSentence(root)} has no readable pom.xml: its name was taken from the folder, and it has no version.`,
      hint: 'Pass the folder that contains the pom.xml of the project, if there is one. If these are copies, pass the other paths only.',
    });
  }
}

/** The application that the build makes of a project, before its artifacts are read. */
function applicationOf(
  context: Context,
  { base, artifacts }: ProjectPlaces,
  pom: Pom | undefined,
  root: string,
): ApplicationDraft {
  const property = (name: string): string | undefined => pom?.properties.get(name) || undefined;
  const runtimeVersion =
    runtimeVersionOf(context, pom) ??
    versionOfImage(property('dockerfile.base.image')) ??
    (base === undefined ? undefined : versionOfDockerfile(context, join(base, 'deployment', 'docker', 'Dockerfile')));
  const mainSequence = property('mainSequence');
  const cars = pom?.dependencies.filter(({ type }) => type === 'car') ?? [];
  return {
    type: 'project',
    name: pom?.artifactId || basename(base ?? artifacts),
    version: pom?.version ?? '',
    ...(pom?.groupId && { groupId: pom.groupId, descriptorId: descriptorId(pom) }),
    source: startOf(root),
    ...(runtimeVersion && { runtimeVersion }),
    ...(mainSequence && { mainSequence }),
    versionedDeployment: property('versionedDeployment') === 'true',
    fat: property('fat.car.enable') === 'true',
    dependencies: cars.map(descriptorId),
  };
}

/** How descriptor.xml names a project. */
function descriptorId({ groupId, artifactId, version }: Pick<Pom, 'groupId' | 'artifactId' | 'version'>): string {
  return `${groupId}__${artifactId}__${version}`;
}

function readArtifacts(reading: ProjectReading, { base, artifacts: folder }: ProjectPlaces): void {
  if (!isFolder(folder)) return;
  const { context } = reading;
  const contents = contentsOf(context, folder);
  // What has no project around it belongs to the project with a link to it.
  const isOurs = (path: string): boolean => base !== undefined || !isFollowed(context, path);
  for (const kindFolder of withLinks(context, { ...contents, folders: contents.folders.filter(isOurs) })) {
    const name = basename(kindFolder);
    const rule = projectFolders.get(name);
    if (rule !== undefined) {
      const inner = contentsOf(context, kindFolder);
      if (base !== undefined) for (const file of inner.fileLinks) context.followed.add(realPath(file));
      for (const file of inner.files.filter((one) => base !== undefined || !isLinkedTo(context, one)))
        readArtifact(reading, file, rule.kind, rule.serverRole);
      for (const file of inner.hiddenFiles) readHidden(reading, file, rule.kind, rule.serverRole);
      for (const file of withLinks(context, inner).flatMap((one) => filesBelow(context, one)))
        leftOut(reading, file, name);
      continue;
    }
    for (const file of filesBelow(context, kindFolder)) leftOut(reading, file, undefined);
  }
  for (const file of contents.files) leftOut(reading, file, undefined);
}

/** A file that the build packs: name, version and file name as CAppHandler.processArtifactsInFolder writes them. */
function readArtifact(reading: ProjectReading, file: string, kind: ParsedArtifact['kind'], serverRole: string): void {
  const { context } = reading;
  const before = context.findings.diagnostics.length;
  const { path, artifacts, unusable: found } = readXmlFile(context, file);
  const isText = !/\.(xml|dbs)$/i.test(file) && artifacts.length === 0;
  // A note or a backup beside the artifacts: what is wrong with it as XML is no news.
  if (isText) context.findings.diagnostics.splice(before);
  const unusable = isText ? 'it is not an XML file' : found;
  if (unusable !== undefined) {
    report(context, startOf(path), {
      code: 'MI-PRJ-CONTENT',
      message: `${path} is not a valid ${kind}: ${unusable}.`,
      hint: 'Move it out of the artifact folder: the build packs it anyway, or silently skips it.',
    });
  }
  for (const parsed of artifacts) {
    if (parsed.kind !== kind) {
      report(context, parsed.source, {
        code: 'MI-PRJ-FOLDER',
        message: `${path} is ${withArticle(parsed.kind)}, but is in the folder for another kind; the build packs it as ${typeOfKind(kind)} and MI fails on it.`,
        hint: `Move it to the folder for ${parsed.kind} artifacts.`,
      });
    }
    const version = parsed.version ?? reading.version;
    const fileName = basename(file);
    // CAppHandler names a data source by its file, without looking at its content, and adds the version to any name
    // that has one.
    const plain = kind === 'data-source' ? fileName.slice(0, -4) : parsed.name;
    const name = parsed.version === undefined ? plain : `${plain}_${version}`;
    const stem =
      kind === 'api' && parsed.version !== undefined ? `${plain}_${version}-${version}` : `${plain}-${version}`;
    addToProject(reading, parsed, version, {
      name,
      version,
      type: typeOfKind(kind),
      serverRole,
      file: joined(stem, kind === 'data-service' ? '.dbs' : '.xml'),
      path,
    });
  }
}

/**
 * The build packs hidden files too when they are XML (CAppHandler.processArtifactsInFolder); most are no artifacts and
 * no news.
 */
function readHidden(reading: ProjectReading, file: string, kind: ParsedArtifact['kind'], serverRole: string): void {
  const { context } = reading;
  const before = context.findings.diagnostics.length;
  const [artifact] = readXmlFile(context, file).artifacts;
  context.findings.diagnostics.splice(before);
  if (artifact === undefined) return;
  report(context, artifact.source, {
    code: 'MI-PRJ-HIDDEN',
    message: `${artifact.kind} ${artifact.name} is in a hidden file, but the build packs it and MI deploys it.`,
    hint: 'Move the file out of the artifact folder, or give it a name without the leading dot.',
  });
  readArtifact(reading, file, kind, serverRole);
}

function leftOut(reading: ProjectReading, file: string, kindFolder: string | undefined): void {
  if (!/\.(xml|dbs)$/i.test(file)) return;
  const { context } = reading;
  const { artifacts } = readIdle(context, () => readXmlFile(context, file));
  for (const parsed of artifacts) {
    const [code, where, hint] =
      kindFolder === undefined
        ? ([
            'MI-PRJ-UNKNOWN-FOLDER',
            'is in no folder that the build reads',
            `Move it to one of ${[...projectFolders.keys()].join(', ')}.`,
          ] as const)
        : (['MI-PRJ-NESTED', `is in a folder inside ${kindFolder}/`, `Move it up into ${kindFolder}/.`] as const);
    report(context, parsed.source, {
      code,
      message: `${parsed.kind} ${parsed.name} ${where}: the build skips it.`,
      hint,
    });
    addToProject(reading, parsed, parsed.version ?? reading.version);
  }
}

function readProperties(reading: ProjectReading, file: string): void {
  if (!isFile(file)) return;
  const text = readText(reading.context, file);
  if (text === undefined) return;
  const path = reading.context.display(file);
  const delivery = {
    name: 'config',
    version: reading.version,
    type: 'config/property',
    serverRole: 'EnterpriseIntegrator',
    file: 'config.properties',
    path,
  };
  addToProject(reading, readPropertyFile(reading.context, text, 'config', startOf(path)), reading.version, delivery);
}

/** The build compiles src/main/java to one JAR, `<artifactId>_class_mediators`. Classes are named by their files. */
function readSources(reading: ProjectReading, folder: string): void {
  const { context, application } = reading;
  const classes = classNamesOfSources(
    filesBelow(context, folder).map((file) => relative(folder, file).split(sep).join('/')),
  );
  if (classes.length === 0) return;
  const name = `${application.name}_class_mediators`;
  const path = context.display(folder);
  addToProject(
    reading,
    plainArtifact(name, startOf(path), { kind: 'library', role: 'class-mediator', classes }),
    application.version,
    {
      name,
      version: application.version,
      type: 'lib/synapse/mediator',
      serverRole: 'EnterpriseIntegrator',
      file: `${name}-${application.version}.jar`,
      path,
    },
  );
}

/** JARs that the image gets in its lib folder: beside the archive, not in it. */
function readLibraries(reading: ProjectReading, folder: string): void {
  const { context, application } = reading;
  for (const file of filesIn(context, folder).filter((name) => name.endsWith('.jar'))) {
    const parsed = readLibrary(context, file, {
      name: basename(file, '.jar'),
      source: startOf(context.display(file)),
      role: 'other',
    });
    context.findings.artifacts.push({ parsed, version: '', deliveries: [], beside: [application] });
  }
}

function readConfiguration(reading: ProjectReading, file: string): void {
  if (!isFile(file)) return;
  const text = readTomlText(reading.context, file);
  if (text === undefined) return;
  const { configuration, diagnostics } = readDeploymentToml(text, reading.context.display(file));
  reading.context.findings.diagnostics.push(...diagnostics);
  if (configuration !== undefined)
    reading.context.findings.configurations.push({ configuration, application: reading.application });
}
