import { compareText } from '../model/diagnostic.ts';
import { type CarFolder, readFolderArtifact } from './car-artifact.ts';
import { type CarReading, checkDirectoryEntries, checkFaults, readEntryBytes, readEntryMarkup } from './car-entries.ts';
import { type ApplicationList, type ListedArtifact, readApplicationList } from './car-list.ts';
import { type ApplicationDraft, type Context, report, startOf } from './draft.ts';
import { groupBy } from '../model/group.ts';
import { child, childrenOf, childText } from './markup.ts';
import { defaultServerRoles } from './types.ts';
import { type Archive, openZip } from './zip.ts';

/**
 * Reads a composite application as MI does (initializer/…/application/deployer/CappDeployer.java and core's
 * ApplicationConfiguration.java): `metadata.xml` before `artifacts.xml`, artifact folders joined by name and version.
 * What MI would drop, silently or not, is in the findings all the same, with the diagnostic that says so.
 *
 * @param input path of the file on disk, or its bytes when it lies in another archive or an image.
 * @param within the fat archive that it lies in.
 */
export function readCar(
  context: Context,
  input: string | Buffer,
  display: string,
  within?: ApplicationDraft['within'],
): void {
  const archive = openZip(input, context.limits);
  try {
    const reading: CarReading = { context, archive, prefix: `${display}!/`, source: startOf(display) };
    if (!checkFaults(reading)) return;
    // MI writes the files of a fat archive's own archives with their parent folders, those of an outer one without.
    if (within === undefined) checkDirectoryEntries(reading);
    readApplication(reading, within);
    readNested(reading, within !== undefined);
  } finally {
    archive.close();
  }
}

/** Reads an application that lies unpacked in a folder, as in `repository/deployment/server/apps`. */
export function readExploded(context: Context, archive: Archive, display: string): void {
  readApplication({ context, archive, prefix: `${display}/`, source: startOf(display) });
}

function readApplication(reading: CarReading, within?: ApplicationDraft['within']): void {
  const { context, prefix } = reading;
  const list = readApplicationList(reading);
  const application = applicationOf(reading, list, within);
  context.findings.applications.push(application);
  const folders = readFolders(reading);
  const metadata = metadataNames(reading);
  const listed = (list?.artifacts ?? []).filter((entry) => !metadata.has(entry.name));
  const delivering = join(reading, application, listed, folders);
  if (list !== undefined && listed.length === 0) {
    report(context, reading.source, {
      code: 'MI-CAR-EMPTY',
      message: `${reading.source.path} lists no artifact; MI ignores it with a warning.`,
      hint: 'Add artifacts to it, or remove it.',
    });
  }
  for (const folder of folders) {
    const dependency = delivering.get(folder);
    if (dependency === undefined && list !== undefined) {
      report(context, folder.source, {
        code: 'MI-CAR-UNLISTED',
        message: `${folder.name} (version ${folder.version || 'none'}) is in ${prefix.slice(0, -2)} but is not listed in ${list.file}; MI ignores it.`,
        hint: `List it in ${list.file} with exactly this name and version, or remove the folder ${folder.directory}.`,
      });
    }
    readFolderArtifact(reading, folder, dependency && { application, serverRole: dependency.serverRole });
  }
}

function applicationOf(
  reading: CarReading,
  list: ApplicationList | undefined,
  within: ApplicationDraft['within'],
): ApplicationDraft {
  const { context, archive, source } = reading;
  const descriptor = archive.has('descriptor.xml') ? readDescriptor(reading) : undefined;
  return {
    type: 'archive',
    name: list?.name ?? stem(source.path),
    version: list?.version ?? '',
    source,
    ...(context.runtimeVersion !== undefined && { runtimeVersion: context.runtimeVersion }),
    ...(descriptor?.groupId && { groupId: descriptor.groupId }),
    ...(descriptor?.id && { descriptorId: descriptor.id }),
    ...(list?.mainSequence && { mainSequence: list.mainSequence }),
    versionedDeployment: descriptor?.versionedDeployment ?? false,
    fat: descriptor?.fat ?? archive.entries.some((entry) => /^dependencies\/[^/]+\.car$/.test(entry.name)),
    ...(within !== undefined && { within }),
    dependencies: descriptor?.dependencies ?? [],
  };
}

/**
 * Types that an archive may list twice, as archives of the Maven plugin list connectors: MI passes over a connector
 * that it has (`LibraryArtifactDeployer` of wso2/wso2-synapse), and writes the others again (seen on MI 4.3.0).
 */
const takenAgain: ReadonlySet<string> = new Set(['synapse/lib', 'registry/resource', 'config/property']);

/** Joins by equal name and version, as CappDeployer.buildDependencyTree does, and reports what MI would trip over. */
function join(
  reading: CarReading,
  application: ApplicationDraft,
  listed: readonly ListedArtifact[],
  folders: readonly CarFolder[],
): Map<CarFolder, ListedArtifact> {
  const { context } = reading;
  const byKey = groupBy(folders, keyOf);
  const result = new Map<CarFolder, ListedArtifact>();
  for (const [key, several] of byKey) {
    if (several.length === 1 || !listed.some((entry) => keyOf(entry) === key)) continue;
    const [first, ...others] = several;
    report(context, first.source, {
      code: 'MI-CAR-SAME-NAME',
      message: `${several.length} artifacts of ${application.name} have the name ${first.name} and the version ${first.version}; MI matches by both and deploys only one of them.`,
      hint: 'Give each artifact of the archive a name of its own in artifact.xml and artifacts.xml.',
      related: others.map((folder) => folder.source),
    });
  }
  for (const [key, several] of groupBy(listed, keyOf)) {
    const [, again] = several;
    const named = byKey.get(key) ?? [];
    if (again === undefined || named.every(({ type }) => takenAgain.has(type))) continue;
    report(context, again.source, {
      code: 'MI-CAR-SAME-NAME',
      message: `${application.name} lists ${again.name} (version ${again.version || 'none'}) ${several.length} times; MI deploys it again, which fails, and undeploys the whole archive.`,
      hint: 'List it once.',
      related: [],
    });
  }
  for (const entry of listed) {
    const matches = byKey.get(keyOf(entry)) ?? [];
    checkRole(reading, application, entry);
    if (matches.length === 0) {
      const near = folders.find((folder) => folder.name === entry.name);
      report(context, entry.source, {
        code: 'MI-CAR-MISSING-FOLDER',
        message: `${application.name} lists ${entry.name} (version ${entry.version || 'none'}), but no folder of the archive contains it${near ? ` (there is version ${near.version || 'none'})` : ''}. MI drops the whole archive and stays ready.`,
        hint: 'Build the archive again, or correct the name and version so that artifact.xml and artifacts.xml agree.',
      });
    }
    for (const folder of matches) result.set(folder, entry);
  }
  return result;
}

function keyOf(entry: { readonly name: string; readonly version: string }): string {
  return `${entry.name}\0${entry.version}`;
}

function checkRole(reading: CarReading, application: ApplicationDraft, entry: ListedArtifact): void {
  if (entry.serverRole === undefined) {
    report(reading.context, entry.source, {
      code: 'MI-CAR-NO-ROLE',
      message: `${entry.name} is listed in ${application.name} without a serverRole. MI fails on it, and the whole archive is missing while the server stays ready.`,
      hint: 'Add serverRole="EnterpriseIntegrator" to the dependency in artifacts.xml and metadata.xml.',
    });
  } else if (!defaultServerRoles.includes(entry.serverRole)) {
    report(reading.context, entry.source, {
      code: 'MI-CAR-ROLE',
      message: `${entry.name} has the server role ${entry.serverRole}; a server with the default roles silently skips it.`,
      hint: `Start the servers that must run it with -DserverRoles=…,${entry.serverRole}, or use EnterpriseIntegrator.`,
    });
  }
}

function readFolders(reading: CarReading): CarFolder[] {
  const folders: CarFolder[] = [];
  for (const name of descriptors(reading, /^(?!(?:META-INF|metadata|dependencies)\/)[^/]+\/artifact\.xml$/)) {
    const root = readEntryMarkup(reading, name);
    if (root === undefined) continue;
    const artifactName = root.attributes.get('name');
    if (root.name !== 'artifact' || !artifactName) {
      report(reading.context, root.source, {
        code: 'MI-CAR-DESCRIPTOR',
        message: `${reading.prefix}${name} names no artifact. MI stops searching the archive there and drops it.`,
        hint: 'The root element must read <artifact name="…" version="…" type="…">.',
      });
      continue;
    }
    folders.push({
      directory: name.slice(0, -'artifact.xml'.length),
      name: artifactName,
      version: root.attributes.get('version') ?? '',
      type: root.attributes.get('type') ?? '',
      serverRole: root.attributes.get('serverRole'),
      // MI takes the name as it stands, line ends included.
      files: childrenOf(root, 'file').map((file) => file.untrimmed ?? file.text),
      source: root.source,
    });
  }
  return folders;
}

/** Names of `metadata/<folder>/artifact.xml`: MI takes them out of the dependency list by name. */
function metadataNames(reading: CarReading): Set<string> {
  const result = new Set<string>();
  for (const name of descriptors(reading, /^metadata\/[^/]+\/artifact\.xml$/)) {
    const artifact = readEntryMarkup(reading, name)?.attributes.get('name');
    if (artifact !== undefined) result.add(artifact);
  }
  return result;
}

/** Names of the artifact.xml that match a pattern, sorted. */
function descriptors({ archive }: CarReading, pattern: RegExp): string[] {
  const names: string[] = [];
  for (const { name } of archive.entries) if (name.endsWith('/artifact.xml') && pattern.test(name)) names.push(name);
  return names.sort(compareText);
}

/** `descriptor.xml` of MI 4.5 and later (initializer/utils/CAppDescriptor.java). */
function readDescriptor(reading: CarReading):
  | {
      id: string | undefined;
      groupId: string | undefined;
      versionedDeployment: boolean;
      fat: boolean;
      dependencies: string[];
    }
  | undefined {
  const root = readEntryMarkup(reading, 'descriptor.xml');
  if (root === undefined) return undefined;
  const id = childText(root, 'id');
  return {
    id,
    groupId: id?.split('__')[0],
    versionedDeployment: childText(root, 'versionedDeployment') === 'true',
    fat: childText(root, 'fatCarEnabled') === 'true',
    dependencies: childrenOf(child(root, 'dependencies'), 'dependency')
      .map((element) =>
        ['groupId', 'artifactId', 'version']
          .map((key) => element.attributes.get(key) ?? childText(element, key) ?? '')
          .join('__'),
      )
      .toSorted(compareText),
  };
}

/** A fat archive's own archives are deployed as separate applications; one anywhere else is dead weight. */
function readNested(reading: CarReading, isNested: boolean): void {
  for (const { name } of reading.archive.entries
    .filter((entry) => /\.car$/i.test(entry.name))
    .toSorted((a, b) => compareText(a.name, b.name))) {
    const path = reading.prefix + name;
    if (isNested || !/^dependencies\/[^/]+\.car$/.test(name)) {
      report(reading.context, startOf(path), {
        code: 'MI-CAR-STRAY',
        message: `${path} is an archive inside an archive, but not in dependencies/ of the outermost one; MI never deploys it.`,
        hint: 'Remove it, or move it to dependencies/ of a fat archive (MI 4.5 and later). Its content was not read.',
      });
      continue;
    }
    const bytes = readEntryBytes(reading, name, reading.context.limits.nestedBytes);
    if (bytes !== undefined) readCar(reading.context, bytes, path, { archive: reading.source.path, entry: name });
  }
}

function stem(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.car$/i, '');
}
