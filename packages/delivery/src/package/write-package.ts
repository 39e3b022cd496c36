import { finding } from '../findings/catalogue.ts';
import type { PackagedSet } from './packaged-set.ts';

import { basename, join } from 'node:path';
import {
  compareVersions,
  type Diagnostic,
  type FileRead,
  type FilesRead,
  hasErrors,
  type Inventory,
  miFeatures,
  miHas,
  type WrittenArchive,
} from '@mi-patterns/inventory';
import { writeArchive } from '../archive/write-archive.ts';
import {
  artifactsByRole,
  checkDelivery,
  deliveryOf,
  isMissingSetting,
  type DeliveredArchive,
  type DeliverySet,
  type Plan,
  type PlannedDelivery,
} from '@mi-patterns/planner';
import { configMapFor, configMapsYaml, largestConfigMap } from './config-maps.ts';
import {
  copyWritten,
  createHashedFile,
  digestOf,
  type FileDigest,
  openFolders,
  readPieces,
  writeHashed,
} from './hashed-file.ts';
import { guardFiles, writeGuard } from './guard.ts';
import { dockerfile, dockerignore, entrypoint, openShiftDockerfile, type ImageContents, labelsOf } from './image.ts';
import { dockerfileFindings, projectToml, tomlFindings } from './project-files.ts';
import {
  filesOfLibraries,
  librariesOf,
  type Library,
  libraryClashes,
  libraryFindings,
  libraryFolder,
} from './libraries.ts';
import { writeOciLayout } from './oci-layout.ts';
import { type ArchiveCheck, archiveCheck, checkConfigMaps, checkDockerfile } from './read-back.ts';
import { jsonText, type StagedPackage, type StagingOptions, writeStaged } from './staged-package.ts';
import type { Pushed } from '../registry/push-layout.ts';
import type { PushLayout } from '../registry/push-volumes.ts';

export type PackageFormat = 'image' | 'volume' | 'configmap';

export interface PackageOptions extends StagingOptions {
  readonly cwd: string;
  readonly formats: readonly PackageFormat[];
  /** Name and version in labels; taken from the application where there is only one. */
  readonly name?: string;
  readonly version?: string;
  /** MI version of the base image; taken from the projects when missing. */
  readonly runtimeVersion?: string;
  /** Where neither says it. */
  readonly defaultRuntimeVersion: string;
  readonly mavenRepository?: string;
  /** The image brings the deployment.toml of the project: `runtime.deploymentTomlFrom: image`. */
  readonly withDeploymentToml?: boolean;
  /** Files that were read with the inventory, which are then not read again. */
  readonly filesRead?: FilesRead | undefined;
  readonly onProgress?: (file: string) => void;
  /** Pushes the layout of each set; needs the format `volume`. */
  readonly push?: PushLayout;
}

export interface PackageResult extends StagedPackage {
  readonly sets: readonly PackagedSet[];
  /** What was pushed, and what was there already. */
  readonly pushed: readonly (Pushed & { readonly set: string })[];
}

/** One package in the making: what it is made from, and what was found on the way. */
interface Making {
  readonly inventory: Inventory;
  readonly plan: Plan;
  readonly delivery: PlannedDelivery;
  readonly options: PackageOptions;
  /** Grows while the package is written. */
  readonly diagnostics: Diagnostic[];
  /** Grows with each archive and program: by path, so that no large file is read once more to be hashed. */
  readonly digests: Map<string, FileDigest>;
  readonly check: ArchiveCheck;
}

/**
 * Writes archives, and what images, volumes and ConfigMaps are made of, for a plan: into a folder beside `out` first,
 * which then takes its place. With a finding of severity error nothing is written. The same input gives the same bytes.
 * What a registry does not take is told; the package is then complete, and only names no place in a registry.
 */
export async function writePackage(inventory: Inventory, plan: Plan, options: PackageOptions): Promise<PackageResult> {
  const delivery = deliveryOf(inventory, plan);
  // What these ask for is done here: the archives that come out are divided, and have folder entries and roles.
  const left = [...inventory.diagnostics, ...plan.diagnostics].filter((diagnostic) => !isMended(diagnostic));
  const before = [
    ...left,
    ...checkDelivery(inventory, plan, delivery),
    ...fatFindings(delivery, runtimeOf(inventory, options)),
    ...imageFindings(inventory),
    ...(options.formats.includes('image') ? dockerfileFindings(inventory, options.cwd) : []),
    ...(options.withDeploymentToml === true ? tomlFindings(projectToml(inventory, options.cwd)) : []),
  ];
  return writeStaged(
    options,
    { plan, delivery, before, nothing: { sets: [], pushed: [] } },
    async (folder, diagnostics) => {
      const digests = new Map<string, FileDigest>();
      const check = archiveCheck({ inventory, plan });
      const making: Making = { inventory, plan, delivery, options, diagnostics, digests, check };
      const written: PackagedSet[] = [];
      const folderOf = (set: string): string => (delivery.mode === 'roles' ? folder : join(folder, 'workloads', set));
      for (const set of delivery.sets) written.push(await writeSet(making, set, folderOf(set.name)));
      if (hasErrors(diagnostics)) return undefined;
      if (delivery.mode === 'archives') writeCommonImage(making, folder);
      const pushed = await pushSets(making, written, folderOf);
      const sets = written.map((set) => withReferences(set, pushed));
      openFolders(folder);
      return { content: { sets, pushed }, sets, digests };
    },
  );
}

async function pushSets(
  { delivery, options: { push }, diagnostics }: Making,
  sets: readonly PackagedSet[],
  folderOf: (set: string) => string,
): Promise<PackageResult['pushed']> {
  const pushed: PackageResult['pushed'][number][] = [];
  for (const { name } of push === undefined ? [] : sets) {
    const outcome = await push?.(name, join(folderOf(name), 'oci'), delivery.mode === 'archives');
    pushed.push(...(outcome?.pushed ?? []).map((one) => ({ set: name, ...one })));
    diagnostics.push(...(outcome?.diagnostics ?? []));
  }
  return pushed;
}

function withReferences(set: PackagedSet, pushed: PackageResult['pushed']): PackagedSet {
  const references = pushed.filter((one) => one.set === set.name).map(({ reference }) => reference);
  return references.length === 0 ? set : { ...set, volumeReferences: [...new Set(references)].toSorted() };
}

/** Findings about archives as they were, which the archives that are written no longer deserve. */
const mended = new Set(['MI-ISO-SAME-CAR', 'MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE', 'MI-CAR-ROLE']);

/**
 * Archives get names that sort right, where any order is; and what pods lack is in their values, not in the archives.
 */
function isMended({ code, severity }: Diagnostic): boolean {
  return mended.has(code) || isMissingSetting({ code }) || (code === 'MI-READY-ORDER' && severity === 'warning');
}

type HashedArchive = PackagedSet['archives'][number] & { readonly path: string };

/** Writes the archives of a set one after the other, hashed on the way, and reads each one back. */
async function writeArchives(making: Making, set: DeliverySet, folder: string): Promise<readonly HashedArchive[]> {
  const { options, diagnostics, digests, check } = making;
  const archives: HashedArchive[] = [];
  for (const archive of set.archives) {
    const { file, application, name, version } = archive;
    options.onProgress?.(file);
    // Signals are only heard between the archives.
    await new Promise((go) => void setImmediate(go));
    const path = join(folder, 'image', 'carbonapps', file);
    const { digest, originOf, said } = writeHashedArchive(making, archive, path);
    diagnostics.push(...said);
    if (!hasErrors(said)) diagnostics.push(...check({ path, originOf }, archive));
    digests.set(path, digest);
    archives.push({ path, file, application: application.id, name, version, ...digest });
  }
  return archives;
}

function writeHashedArchive(
  { inventory, options }: Making,
  archive: DeliveredArchive,
  path: string,
): {
  readonly digest: FileDigest;
  readonly originOf: WrittenArchive['originOf'];
  readonly said: readonly Diagnostic[];
} {
  const file = createHashedFile(path);
  const copies = new Map<string, FileRead>();
  let digest: FileDigest;
  let said: readonly Diagnostic[];
  try {
    said = writeArchive(
      archive,
      inventory,
      {
        cwd: options.cwd,
        filesRead: options.filesRead,
        onCopy: (entry, of) => copies.set(entry, of),
        ...(options.mavenRepository === undefined ? {} : { mavenRepository: options.mavenRepository }),
      },
      file.write,
    );
  } finally {
    digest = file.close();
  }
  return { digest, originOf: (entry) => copies.get(entry), said };
}

async function writeSet(making: Making, set: DeliverySet, folder: string): Promise<PackagedSet> {
  const { inventory, options, diagnostics } = making;
  const archives = await writeArchives(making, set, folder);
  const libraries = librariesOf(inventory, set, options);
  const image = imageOf(making, set, libraries);
  const volume = options.formats.includes('volume')
    ? writeOciLayout(join(folder, 'oci'), archives, labelsOf(image))
    : undefined;
  const configMaps = options.formats.includes('configmap') ? writeConfigMaps(folder, archives, diagnostics) : undefined;
  diagnostics.push(...libraryFindings(libraries, options.formats.includes('image')));
  writeImage(join(folder, 'image'), making, image, libraries);
  if (!hasErrors(diagnostics)) diagnostics.push(...checkDockerfile(join(folder, 'image', 'Dockerfile')));
  return {
    name: set.name,
    workloads: set.workloads,
    archives: archives.map(({ file, application, name, version, digest, size }) => ({
      file,
      application,
      name,
      version,
      digest,
      size,
    })),
    ...(volume === undefined ? {} : { volumeDigest: volume.digest }),
    ...(configMaps === undefined ? {} : { configMaps }),
  };
}

function runtimeOf(inventory: Inventory, options: PackageOptions): string {
  const versions = inventory.applications
    .flatMap(({ runtimeVersion }) => runtimeVersion ?? [])
    .toSorted(compareVersions);
  return options.runtimeVersion ?? versions.at(-1) ?? options.defaultRuntimeVersion;
}

/** Archives of an image stay in it: the image gets a layer more, and is not built again. */
function imageFindings({ images = [] }: Inventory): Diagnostic[] {
  return images.map(({ name }) =>
    finding(
      'MI-PKG-IMAGE',
      `${name} is an image: its archives are not packed into another one.`,
      'Run `mi-patterns package --from IMAGE`, which adds one layer to it; generate --no-package writes no package.',
      { path: name, line: 1, column: 1 },
    ),
  );
}

function fatFindings(delivery: PlannedDelivery, runtimeVersion: string): Diagnostic[] {
  if (miHas(runtimeVersion, 'fatArchives')) return [];
  const fat = new Map(
    delivery.sets.flatMap(({ archives }) =>
      archives.filter(({ nested }) => nested.length > 0).map((archive) => [archive.application.id, archive]),
    ),
  );
  return [...fat.values()].map(({ application, nested }) =>
    finding(
      'MI-PKG-FAT',
      `MI ${runtimeVersion} does not deploy the archives inside ${application.source.path}: ${nested.map((inner) => inner.application.id).join(', ')}.`,
      `Use MI ${miFeatures.fatArchives} or later, or pass these archives as separate files.`,
      application.source,
    ),
  );
}

function imageOf(
  { inventory, delivery, options }: Making,
  set: DeliverySet,
  libraries: readonly Library[],
): ImageContents {
  const applications = [...new Set(set.archives.map(({ application }) => application))];
  const [only] = applications.length === 1 ? applications : [];
  const toml = options.withDeploymentToml === true ? projectToml(inventory, options.cwd) : undefined;
  return {
    name: options.name ?? only?.name ?? set.name,
    version: options.version ?? only?.version ?? '',
    runtimeVersion: runtimeOf(inventory, options),
    roles: delivery.roles,
    archives: set.archives.map(({ file }) => file),
    libraries: [...new Set(filesOfLibraries(libraries).map(({ source }) => libraryFolder(source)))].toSorted(),
    ...(toml === undefined ? {} : { deploymentToml: toml }),
    layout: 'deployed',
  };
}

/** One image with the archives of every workload, each in a folder of its own, for a chart that copies one of them. */
function writeCommonImage(making: Making, folder: string): void {
  const { inventory, delivery, options, digests } = making;
  for (const set of delivery.sets) {
    for (const { file } of set.archives) {
      const [from, to] = [
        join(folder, 'workloads', set.name, 'image', 'carbonapps', file),
        join(folder, 'image', 'archives', set.name, file),
      ];
      copyWritten(from, to);
      digests.set(to, digests.get(from) ?? digestOf(from));
    }
  }
  const all: DeliverySet = {
    name: 'image',
    workloads: delivery.sets.flatMap(({ workloads }) => workloads),
    archives: delivery.sets.flatMap(({ archives }) => archives),
  };
  const libraries = librariesOf(inventory, all, options);
  const files = [...new Set(all.archives.map(({ file }) => file))];
  const image: ImageContents = {
    ...imageOf(making, all, libraries),
    archives: files,
    layout: 'selection',
  };
  writeImage(join(folder, 'image'), making, image, libraries);
}

function writeImage(
  folder: string,
  { plan, delivery, digests, diagnostics }: Making,
  image: ImageContents,
  libraries: readonly Library[],
): void {
  const isNew = ({ message }: Diagnostic): boolean => diagnostics.every((known) => known.message !== message);
  diagnostics.push(...libraryClashes(libraries).filter(isNew));
  const taken = new Set<string>();
  for (const { path, place } of filesOfLibraries(libraries)) {
    if (taken.has(place)) continue;
    taken.add(place);
    const file = createHashedFile(join(folder, place));
    readPieces(path, file.write);
    file.close();
  }
  if (image.deploymentToml !== undefined) {
    const file = createHashedFile(join(folder, 'conf', 'deployment.toml'));
    readPieces(image.deploymentToml, file.write);
    file.close();
  }
  const carriers = artifactsByRole(plan);
  const artifacts = Object.fromEntries(delivery.roles.map((role) => [role, carriers.get(role) ?? []]));
  const guard = guardFiles();
  for (const [path, digest] of writeGuard(folder, guard)) digests.set(path, digest);
  writeHashed(join(folder, 'Dockerfile'), dockerfile({ ...image, guard }));
  writeHashed(join(folder, 'Dockerfile.openshift'), openShiftDockerfile(image));
  writeHashed(join(folder, '.dockerignore'), dockerignore);
  writeHashed(join(folder, 'entrypoint.sh'), entrypoint(image));
  writeHashed(join(folder, 'roles.json'), jsonText({ roles: image.roles, artifacts }));
}

function writeConfigMaps(
  folder: string,
  archives: readonly ({ readonly path: string } & FileDigest)[],
  diagnostics: Diagnostic[],
): Record<string, string> {
  const large = archives.filter(({ size }) => size > largestConfigMap);
  for (const { path, size } of large) {
    diagnostics.push(
      finding(
        'MI-PKG-CONFIGMAP-SIZE',
        `${basename(path)} has ${size} bytes; a ConfigMap holds at most ${largestConfigMap}.`,
        'Use --format image or --format volume.',
      ),
    );
  }
  const small = archives.filter(({ size }) => size <= largestConfigMap);
  const text = configMapsYaml(small);
  writeHashed(join(folder, 'configmaps.yaml'), text);
  diagnostics.push(...checkConfigMaps(text, small));
  return Object.fromEntries(small.map((archive) => [basename(archive.path), configMapFor(archive).name]));
}
