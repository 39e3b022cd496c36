import { contentOfGuard, guardFiles } from './guard.ts';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Application,
  type Diagnostic,
  hasErrors,
  type ImageFile,
  type ImageSource,
  type Inventory,
  packageFolder,
  readImageFiles,
} from '@mi-patterns/inventory';
import { writeArchive } from '../archive/write-archive.ts';
import {
  artifactsByRole,
  checkDelivery,
  deliveryOf,
  isMissingSetting,
  type Plan,
  type PlannedDelivery,
} from '@mi-patterns/planner';
import { finding } from '../findings/catalogue.ts';
import { createHashedFile, type FileDigest, writeHashed } from './hashed-file.ts';
import { archivesLabel, entrypoint, rolesLabel } from './image.ts';
import type { Pushed } from '../registry/push-layout.ts';
import type { PushLayout } from '../registry/push-volumes.ts';
import { type StagedPackage, type StagingOptions, writeStaged } from './staged-package.ts';
import { endTar, type Ownership, padding, tarHeader } from './tar.ts';

export interface ImagePackageOptions extends Pick<StagingOptions, 'out' | 'shown'> {
  readonly cwd: string;
  readonly onProgress?: (step: string) => void;
  readonly push?: PushLayout;
}

interface ImageContent {
  /** Digest of the manifest of the new image. */
  readonly digest?: string;
  /** Archives that carry other roles than before, by their path in the image. */
  readonly rewritten: readonly string[];
  readonly pushed: readonly Pushed[];
}

export interface ImagePackage extends StagedPackage, ImageContent {}

/** One package in the making: what it is made from, and what was found on the way. */
interface Making {
  readonly image: ImageSource;
  readonly inventory: Inventory;
  readonly plan: Plan;
  readonly delivery: PlannedDelivery;
  readonly options: ImagePackageOptions;
  /** Grows while the package is written. */
  readonly diagnostics: Diagnostic[];
}

/** What the layer adds or replaces, by path in the image. */
type LayerFile = Ownership & { readonly path: string; readonly content: Buffer };

/**
 * Writes an OCI layout of an image that serves every pattern: the image as it is, layer by layer, byte for byte, and
 * one layer more with the archives whose server roles change, the script that starts the server with its roles, and
 * `roles.json`. The same image gives the same bytes.
 */
export async function packageImage(
  image: ImageSource,
  inventory: Inventory,
  plan: Plan,
  options: ImagePackageOptions,
): Promise<ImagePackage> {
  const delivery = deliveryOf(inventory, plan);
  const before = [
    ...[...inventory.diagnostics, ...plan.diagnostics].filter(
      ({ code }) => !mended.has(code) && !isMissingSetting({ code }),
    ),
    ...checkDelivery(inventory, plan, delivery),
    ...filesOfServer(inventory, plan),
  ];
  return writeStaged<ImageContent>(
    options,
    { plan, delivery, before, nothing: { rewritten: [], pushed: [] } },
    async (staged, diagnostics) => {
      const making: Making = { image, inventory, plan, delivery, options, diagnostics };
      const archives = await rewriteArchives(making);
      if (hasErrors(diagnostics)) return undefined;
      const folder = join(staged, 'oci');
      const { digest } = await writeLayout(folder, making, addedFiles(making, archives));
      const outcome = await options.push?.('image', folder, false);
      diagnostics.push(...(outcome?.diagnostics ?? []));
      const rewritten = archives.map(({ path }) => path);
      return { content: { digest, rewritten, pushed: outcome?.pushed ?? [] }, sets: [] };
    },
  );
}

/** Findings about archives as they were, which those that are written no longer deserve. */
const mended = new Set(['MI-ISO-SAME-CAR', 'MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE', 'MI-CAR-ROLE']);

/** What lies in folders of the server has no role: every server of the image runs it, whatever it is started with. */
function filesOfServer({ applications }: Inventory, plan: Plan): Diagnostic[] {
  const stateful = new Set(plan.workloads.flatMap((workload) => workload.stateful));
  return applications
    .filter(({ type }) => type === 'server')
    .flatMap(({ deliveries }) => deliveries.filter(({ artifact }) => stateful.has(artifact)))
    .map(({ artifact, path }) =>
      finding(
        'MI-PKG-SERVER-FILES',
        `${artifact} is in a folder of the server, not in an archive. It has no server role, so every pod of the image would run it.`,
        'Pack it in an archive in carbonapps, then run the command again.',
        { path, line: 1, column: 1 },
      ),
    );
}

interface Rewritten extends ImageFile {
  readonly application: Application;
}

/** The archives whose bytes change, with owner and mode as they were. */
async function rewriteArchives(making: Making): Promise<Rewritten[]> {
  const { image, inventory, delivery, options, diagnostics } = making;
  const requests = delivery.sets
    .flatMap(({ archives }) => archives)
    .filter(({ application }) => application.type === 'archive');
  const prefix = `${image.name}!/`;
  const paths = requests.map(({ application }) => application.source.path.slice(prefix.length));
  options.onProgress?.(`Reading archives of ${image.name}`);
  const files = await readImageFiles(image, paths);
  const contents = new Map([...files].map(([path, { content }]) => [prefix + path, content]));
  const rewritten: Rewritten[] = [];
  for (const [index, request] of requests.entries()) {
    const file = files.get(paths[index] ?? '');
    if (file === undefined) continue;
    options.onProgress?.(`Writing ${file.path}`);
    const pieces: Uint8Array[] = [];
    diagnostics.push(
      ...writeArchive(request, inventory, { cwd: options.cwd, contents }, (piece) => pieces.push(Buffer.from(piece))),
    );
    const content = Buffer.concat(pieces);
    if (!content.equals(file.content)) rewritten.push({ ...file, content, application: request.application });
  }
  return rewritten;
}

/**
 * What started the image before, a word a line: kept in a label, so that an image that was packaged before is not
 * wrapped twice.
 */
const startLabel = 'mi-patterns.io/entrypoint';
const ownEntrypoint = [`/bin/sh`, `${packageFolder}/entrypoint.sh`];

function addedFiles({ image, plan, delivery }: Making, archives: readonly Rewritten[]): LayerFile[] {
  const carriers = artifactsByRole(plan);
  const artifacts = Object.fromEntries(delivery.roles.map((role) => [role, carriers.get(role) ?? []]));
  const own = (name: string, content: string | Buffer, mode: number): LayerFile => ({
    path: `${packageFolder.slice(1)}/${name}`,
    content: typeof content === 'string' ? Buffer.from(content) : content,
    user: 0,
    group: 0,
    mode,
  });
  return [
    ...archives.map(({ path, content, mode, owner }) => ({ path, content, mode, ...owner })),
    own('entrypoint.sh', entrypoint({ roles: delivery.roles, layout: 'deployed', start: startOf(image) }), 0o755),
    ...guardFiles().map((file) => own(file.name, contentOfGuard(file), 0o755)),
    own('roles.json', `${JSON.stringify({ roles: delivery.roles, artifacts }, null, 2)}\n`, 0o644),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The words that start the image as it came: its entry point, else its command. */
function startOf({ config }: ImageSource): readonly string[] {
  const { Entrypoint: entry, Cmd: command, Labels: labels } = config.config ?? {};
  const before = (labels as Readonly<Record<string, unknown>> | null | undefined)?.[startLabel];
  const words = textsOf(entry);
  if (words.join(' ') === ownEntrypoint.join(' ')) {
    return typeof before === 'string' ? before.split('\n') : ['/home/wso2carbon/docker-entrypoint.sh'];
  }
  if (words.length > 0) return words;
  const run = textsOf(command);
  return run.length > 0 ? run : ['/home/wso2carbon/docker-entrypoint.sh'];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

async function writeLayout(
  folder: string,
  { image, delivery, options }: Making,
  files: readonly LayerFile[],
): Promise<{ readonly digest: string }> {
  const blobs = join(folder, 'blobs', 'sha256');
  const keep = (written: FileDigest, file: string): FileDigest => {
    renameSync(file, join(blobs, written.digest.slice('sha256:'.length)));
    return written;
  };
  const writeJson = (value: unknown): FileDigest =>
    keep(writeHashed(join(blobs, '.blob'), JSON.stringify(value)), join(blobs, '.blob'));
  const layers: { readonly mediaType: string; readonly digest: string; readonly size: number }[] = [];
  for (const [index, layer] of image.layers.entries()) {
    options.onProgress?.(`Copying layer ${index + 1} of ${image.layers.length}`);
    const copy = createHashedFile(join(blobs, '.layer'));
    let head = Buffer.alloc(0);
    try {
      for await (const piece of layer.open()) {
        if (head.length < 4) head = Buffer.concat([head, piece.subarray(0, 4)]);
        copy.write(piece);
      }
    } finally {
      const written = copy.close();
      layers.push({ mediaType: layerType(head), digest: written.digest, size: written.size });
    }
    keep(layers.at(-1) as FileDigest, join(blobs, '.layer'));
  }
  const added = keep(writeLayer(join(blobs, '.layer'), files), join(blobs, '.layer'));
  layers.push({ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: added.digest, size: added.size });
  const config = writeJson(configOf(image, added.digest, delivery));
  const manifest = writeJson({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
    layers,
  });
  writeHashed(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const descriptor = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: manifest.digest,
    size: manifest.size,
    annotations: { 'org.opencontainers.image.ref.name': 'latest' },
  };
  writeHashed(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [descriptor] }),
  );
  return { digest: manifest.digest };
}

/** The type of a layer by its first bytes: what an archive of docker says of it is often missing or wrong. */
function layerType(head: Buffer): string {
  const base = 'application/vnd.oci.image.layer.v1.tar';
  if (head[0] === 0x1f && head[1] === 0x8b) return `${base}+gzip`;
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2f_b528 ? `${base}+zstd` : base;
}

/** Not compressed: compressors differ from machine to machine, and the digest must not. */
function writeLayer(path: string, files: readonly LayerFile[]): FileDigest {
  const layer = createHashedFile(path);
  for (const { path: name, content, user, group, mode } of files) {
    layer.write(tarHeader(name, content.length, { user, group, mode }));
    layer.write(content);
    layer.write(padding(content.length));
  }
  endTar(layer.write);
  return layer.close();
}

/** The configuration of the image with the layer, the labels and the entry point that are new. All else stays. */
function configOf(image: ImageSource, layer: string, { roles, sets }: PlannedDelivery): object {
  const before = JSON.parse(image.configBytes.toString('utf8')) as {
    readonly created?: unknown;
    readonly config?: Readonly<Record<string, unknown>> | null;
    readonly rootfs?: { readonly diff_ids?: readonly string[] };
    readonly history?: readonly HistoryEntry[];
  };
  const hadEntrypoint = textsOf(before.config?.['Entrypoint']).length > 0;
  return {
    ...before,
    config: {
      ...before.config,
      Entrypoint: ownEntrypoint,
      // Without an entry point the command was the program; now it would be taken for arguments.
      ...(hadEntrypoint ? {} : { Cmd: undefined }),
      Labels: {
        ...(before.config?.['Labels'] as object | null | undefined),
        [archivesLabel]: [
          ...new Set(
            sets
              .flatMap(({ archives }) => archives)
              .flatMap(({ application, file }) => (application.type === 'archive' ? [file] : [])),
          ),
        ].join(','),
        [startLabel]: startOf(image).join('\n'),
        [rolesLabel]: roles.join(','),
      },
    },
    rootfs: { ...before.rootfs, type: 'layers', diff_ids: [...(before.rootfs?.diff_ids ?? []), layer] },
    ...(tellsAllLayers(image, before.history)
      ? {
          history: [
            ...before.history,
            {
              ...(typeof before.created === 'string' ? { created: before.created } : {}),
              created_by: 'mi-patterns package --from',
            },
          ],
        }
      : {}),
  };
}

/**
 * Whether a history has an entry for each layer, as builders demand of one that exists; some tools write none, or none
 * of a layer.
 */
function tellsAllLayers(
  { layers }: ImageSource,
  history: readonly HistoryEntry[] | undefined,
): history is readonly HistoryEntry[] {
  return history?.filter((entry) => entry.empty_layer !== true).length === layers.length;
}

interface HistoryEntry {
  readonly empty_layer?: unknown;
}
