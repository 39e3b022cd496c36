import { parseXmlFile } from '../containers/artifact-file.ts';
import { readCar } from '../containers/car.ts';
import { mayHoldFlow, reportMalformedEscape } from '../containers/contents.ts';
import { readDeploymentToml } from '../containers/deployment-toml.ts';
import { decodeText } from '../containers/disk.ts';
import { type ApplicationDraft, type Context, report, startOf } from '../containers/draft.ts';
import { readPropertyNames } from '../containers/java-properties.ts';
import { addServerLibrary } from '../containers/server-libraries.ts';
import { addServerResource } from '../containers/server-registry.ts';
import { addServerConnector, addServerFile, addServerService, serverApplication } from '../containers/server.ts';
import type { ImageContents } from './contents.ts';
import type { FoundFile, ServerHome } from './server-home.ts';

interface HomeReading {
  readonly context: Context;
  readonly contents: ImageContents;
  /** Path of a file as places show it. */
  readonly place: (found: FoundFile) => string;
  /** Filled while archives are read, and what lies in `lib/` is for all of them. */
  readonly applications: ApplicationDraft[];
}

/** What a home was found to be; complete once the layers need not be read again. */
export interface ReadHome {
  /** What the server loads without an archive. */
  readonly application: ApplicationDraft;
  /** Names that its `file.properties` sets. */
  readonly fileProperties: string[];
}

/** Reads everything that the server of one home deploys or is configured with. */
export function readServerHome(outer: Context, image: string, home: ServerHome, contents: ImageContents): ReadHome {
  const context = home.version === undefined ? outer : { ...outer, runtimeVersion: home.version };
  const reading: HomeReading = { context, contents, place: ({ path }) => `${image}!/${path}`, applications: [] };
  for (const archive of home.archives) readArchive(reading, archive);
  const application = readServerFiles(reading, image, home);
  readConfiguration(reading, home);
  const fileProperties: string[] = [];
  if (home.fileProperties !== undefined)
    withText(reading, home.fileProperties, (text, path) => {
      reportMalformedEscape(context, text, path, 'file-property');
      const names = new Set(readPropertyNames(text).map(({ name }) => name));
      fileProperties.push(...[...names].toSorted());
    });
  for (const library of home.libraries) {
    withContent(reading, library, context.limits.nestedBytes, (content) =>
      addServerLibrary(context, content, reading.place(library), reading.applications),
    );
  }
  return { application, fileProperties };
}

/** Reads every archive of an image that is meant as a volume. */
export function readVolume(
  context: Context,
  image: string,
  archives: readonly FoundFile[],
  contents: ImageContents,
): void {
  const reading: HomeReading = { context, contents, place: ({ path }) => `${image}!/${path}`, applications: [] };
  for (const archive of archives) readArchive(reading, archive);
}

function readArchive(reading: HomeReading, archive: FoundFile): void {
  const { context, applications } = reading;
  withContent(reading, archive, context.limits.nestedBytes, (content) => {
    const before = context.findings.applications.length;
    readCar(context, content, reading.place(archive));
    applications.push(...context.findings.applications.slice(before));
  });
}

/** What the server loads without an archive. */
function readServerFiles(reading: HomeReading, image: string, home: ServerHome): ApplicationDraft {
  const { context } = reading;
  const folder = home.path.slice(home.path.lastIndexOf('/') + 1);
  const application = serverApplication(folder, startOf(`${image}!/${home.path}`), home.version);
  const addFile = (file: FoundFile, below?: string): void =>
    withText(reading, file, (text, path) =>
      addServerFile(context, application, parseXmlFile({ ...context, inServer: true }, text, path), below),
    );
  for (const file of home.synapse) addFile(file, file.below);
  for (const file of home.dataServices) addFile(file);
  for (const service of home.axis2Services)
    withContent(reading, service, context.limits.nestedBytes, (content) =>
      addServerService(context, application, content, reading.place(service)),
    );
  for (const connector of home.connectors)
    withContent(reading, connector, context.limits.nestedBytes, (content) =>
      addServerConnector(context, application, content, reading.place(connector)),
    );
  for (const resource of home.registry) {
    const named = { path: reading.place(resource), registryPath: resource.registryPath };
    if (!mayHoldFlow(resource.path)) addServerResource(context, application, named, undefined);
    else withText(reading, resource, (text) => addServerResource(context, application, named, text));
  }
  return application;
}

function readConfiguration(reading: HomeReading, { deploymentToml }: ServerHome): void {
  if (deploymentToml === undefined) return;
  const path = reading.place(deploymentToml);
  withContent(reading, deploymentToml, reading.context.limits.textBytes, (content) => {
    const { configuration, diagnostics } = readDeploymentToml(content.toString('utf8'), path);
    reading.context.findings.diagnostics.push(...diagnostics);
    if (configuration !== undefined)
      reading.context.findings.configurations.push({ configuration: { ...configuration, inImage: true } });
  });
}

function withText(reading: HomeReading, found: FoundFile, take: (text: string, path: string) => void): void {
  const path = reading.place(found);
  withContent(reading, found, reading.context.limits.textBytes, (content) => {
    const text = decodeText(reading.context, content, path);
    if (text !== undefined) take(text, path);
  });
}

function withContent(
  { context, contents, place }: HomeReading,
  found: FoundFile,
  maximum: number,
  take: (content: Buffer) => void,
): void {
  const path = place(found);
  contents.use(found, maximum, (content) => {
    if (content !== undefined) return take(content);
    report(context, startOf(path), {
      code: 'MI-READ-TOO-LARGE',
      message: `${path} has ${found.file.size} bytes; at most ${maximum} are read.`,
      hint: 'Check that the file belongs here. Its content was not read.',
    });
  });
}
