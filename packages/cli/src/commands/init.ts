import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  artifactPaths,
  hasErrors,
  imageReference,
  type Inventory,
  isInputError,
  printable,
  readInventory,
  relativePath,
} from '@mi-patterns/inventory';
import { type Plan, plan } from '@mi-patterns/planner';
import {
  carriedOver,
  configurationName,
  type FirstConfiguration,
  firstConfiguration,
  firstRuntimeVersion,
  type HelmMiTranslation,
  type KnownVersions,
  type LiveHelmMi,
  namedImage,
  readConfiguration,
  takingOver,
  translateHelmMi,
  translateLiveRelease,
  writeAtomically,
  writeConfiguration,
} from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import { planTitle } from '../diagrams/text.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, inputFailure, wrongUse } from '../context/failure.ts';
import { display, readTexts } from '../context/files.ts';
import { imageClient, loadConfiguration, loadInventory } from '../inputs/load.ts';
import { planOptions } from '../inputs/plan-options.ts';
import { tellFindings } from '../output/tell-findings.ts';
import { planWithWrittenPods } from '../inputs/plan-with-written-pods.ts';
import type { Tools } from '@mi-patterns/rollout';
import { printJson } from '../output/json.ts';
import { stepsAfterInit } from '../generate/next-steps.ts';
import { imageFiles } from '../inputs/image-files.ts';

export type InitOptions = GlobalOptions & {
  readonly fromHelmMi?: readonly string[];
  readonly fromRelease?: readonly string[];
  readonly context?: string;
  readonly namespace?: string;
  readonly image?: readonly string[];
};

/** `mi-patterns init`: a commented mi-patterns.yaml from what lies in the folder. Never overwrites. */
export async function initCommand(
  _operands: readonly string[],
  options: InitOptions,
  context: Context,
): Promise<ExitCode> {
  const file =
    options.config === undefined ? join(context.cwd, configurationName) : resolve(context.cwd, options.config);
  const shown = display(file, context);
  mustNotExist(file, shown);
  assertTogether(options);
  const lives = await liveReleases(options, context);
  const translate = translatorOf(lives?.[0], options, context);
  // Before the artifacts are read, which takes longer: a wrong file is told first.
  const settings = translate()?.configuration;
  const folder = dirname(file);
  const { images, inventory } = await artifactsOf(
    folder,
    { lives: lives?.map(({ image }) => image), named: settings && imageIn(settings) },
    options,
    context,
  );
  const result = plan(inventory, await planOptions({}, undefined, context));
  const translation = translate({ image: versionIn(images[0], inventory), projects: firstRuntimeVersion(inventory) });
  const own = firstConfiguration(inventory, result, basename(folder), translation);
  const first = {
    ...(lives === undefined ? own : takingOver(own, lives)),
    artifacts: images.length === 0 ? await artifactPaths(inventory, folder, context.cwd) : images,
  };
  writeFirst(file, shown, first);
  const written = await planWritten(file, options, context);
  const carried = carriedOver(inventory, { release: first.release }, first.values ?? {});
  const diagnostics = [
    ...(translation?.diagnostics ?? []),
    ...carried.diagnostics,
    ...written.diagnostics.filter(({ severity }) => severity === 'error'),
  ];
  if (options.json)
    printJson({ file: shown, artifacts: first.artifacts, pattern: written.pattern, diagnostics }, context.stdout);
  else {
    tellFindings(diagnostics, options, context);
    context.stdout(
      `${[
        printable(`${shown} written, for the artifacts in ${first.artifacts.join(', ')}`),
        planTitle(written),
        ...(options.quiet
          ? []
          : stepsAfterInit({
              releases: lives?.map(({ release }) => release),
              images,
              fromValues: options.fromHelmMi !== undefined,
            })),
      ].join('\n')}\n`,
    );
  }
  return exitCodes.fine;
}

/** Throws CommandFailure where an option would have no effect. */
function assertTogether({ fromHelmMi, fromRelease, context, namespace, image }: InitOptions): void {
  if (fromHelmMi !== undefined && fromRelease !== undefined)
    throw wrongUse('--from-helm-mi and --from-release exclude each other.', 'Pass only one of them.');
  if (fromRelease === undefined && (context ?? namespace) !== undefined)
    throw wrongUse(
      '--context and --namespace say where the release of --from-release is.',
      'Omit them, and write `context` and `namespace` of each environment in mi-patterns.yaml.',
    );
  if (fromRelease === undefined && fromHelmMi === undefined && image !== undefined)
    throw wrongUse('--image gives the image of --from-release or --from-helm-mi.', 'Omit it, or name one of the two.');
}

/** Writes the configuration, and beside it its schema where there is none. */
function writeFirst(file: string, shown: string, first: FirstConfiguration): void {
  const { text, schema } = writeConfiguration(first);
  const { diagnostics: faults } = readConfiguration(text, shown);
  if (hasErrors(faults)) throw new CommandFailure(faults, exitCodes.findings);
  // First: with the configuration there, a second run would not write what one that was killed has left out.
  const schemaFile = join(dirname(file), 'mi-patterns.schema.json');
  if (!existsSync(schemaFile)) writeAtomically(schemaFile, schema);
  // Reading the artifacts takes a while: the file may be there by now.
  mustNotExist(file, shown);
  writeAtomically(file, text);
}

function mustNotExist(file: string, shown: string): void {
  if (existsSync(file))
    throw inputFailure(
      'MI-INIT-EXISTS',
      `${shown} exists already; it was not changed.`,
      'Edit the file, or move it away first.',
    );
}

/** The plan of the file as it now stands, read as every other command reads it. */
async function planWritten(file: string, options: GlobalOptions, context: Context): Promise<Plan> {
  const its = { ...options, config: file };
  const loaded = await loadConfiguration(its, context);
  const flags = await planOptions({}, loaded, context);
  return planWithWrittenPods(await loadInventory([], loaded, its, context), flags, { loaded, context });
}

/**
 * Translates the settings of the release or the values files that `--from-…` names, with the versions of MI that are
 * known; gives undefined without one. Throws CommandFailure.
 */
function translatorOf(
  live: LiveHelmMi | undefined,
  { fromHelmMi = [] }: InitOptions,
  context: Context,
): (known?: KnownVersions) => HelmMiTranslation | undefined {
  const base = [...readTexts(fromHelmMi, context)];
  const top = base.pop();
  return (known) => {
    const ofFiles = top === undefined ? undefined : translateHelmMi(top.text, top.path, known, base);
    const translation = live === undefined ? ofFiles : translateLiveRelease(live, known);
    if (translation === undefined) return undefined;
    if (translation.configuration === undefined) throw new CommandFailure(translation.diagnostics, exitCodes.usage);
    return translation;
  };
}

/** What was read, and the paths of images if it was not the folder of the configuration. */
interface Artifacts {
  readonly images: readonly string[];
  readonly inventory: Inventory;
}

/**
 * What the images of live releases hold, or else the folder of the configuration. If nothing is in that, as in a
 * repository with values only: the image that the values of helm-mi name.
 */
async function artifactsOf(
  folder: string,
  { lives, named }: { readonly lives: readonly string[] | undefined; readonly named: string | undefined },
  options: InitOptions,
  context: Context,
): Promise<Artifacts> {
  const fromImages = async (references: readonly string[]): Promise<Artifacts> => {
    const images = [...new Set(references.map((reference) => imagePathOf(reference, options)))];
    const openRegistryImage = await imageClient(images, options, context);
    return { images, inventory: await readInventory(images, { cwd: context.cwd, openRegistryImage }) };
  };
  if (lives !== undefined) return fromImages(lives);
  try {
    const inventory = await readInventory([relativePath(context.cwd, folder)], { cwd: context.cwd });
    return { images: [], inventory };
  } catch (error) {
    const empty = isInputError(error) ? error.diagnostics.find(({ code }) => code === 'MI-INPUT-EMPTY') : undefined;
    if (empty === undefined) throw error;
    if (named !== undefined) return fromImages([named]);
    const image =
      options.fromHelmMi === undefined
        ? ''
        : ' Or name the image that has them in the values (wso2.deployment.image): init then reads that.';
    throw inputFailure(
      empty.code,
      empty.message,
      `Run init in a folder that holds MI projects or .car archives.${image}`,
    );
  }
}

/** The image that translated values name, if they name one. */
function imageIn({ image }: NonNullable<HelmMiTranslation['configuration']>): string | undefined {
  const { reference } = namedImage({ image: { ...image } });
  return image?.digest === undefined ? reference : reference?.replace(/:[^:/]*$/, `@${image.digest}`);
}

/** The version of the server in an image that was read; undefined where its home does not name one. */
function versionIn(image: string | undefined, { images = [] }: Inventory): string | undefined {
  const rest = image === undefined ? undefined : imageReference(image)?.rest;
  const facts = images.find((one) => rest === one.name || rest?.startsWith(`${one.name}:`) === true);
  const version = facts?.homes[0]?.version;
  return version !== undefined && /^\d+\.\d+\.\d+$/.test(version) ? version : undefined;
}

/**
 * The live releases that `--from-release` names; undefined without it. Throws ToolFailure, or CommandFailure when one
 * is not of helm-mi.
 */
async function liveReleases(
  { fromRelease: releases = [], ...options }: InitOptions,
  context: Context,
): Promise<readonly [LiveHelmMi, ...LiveHelmMi[]] | undefined> {
  const [first, ...others] = [...new Set(releases)];
  if (first === undefined) return undefined;
  const { contextDefaults } = await import('@mi-patterns/rollout');
  const { commandTools } = await import('../rollout/place.ts');
  const tools = commandTools(options, context);
  const defaults = await contextDefaults(options.context, tools);
  const place = { context: defaults.context, namespace: options.namespace ?? defaults.namespace };
  const live = await liveRelease(first, place, tools);
  const rest: LiveHelmMi[] = [];
  for (const release of others) rest.push(await liveRelease(release, place, tools));
  return [live, ...rest];
}

async function liveRelease(
  release: string,
  place: Pick<LiveHelmMi, 'context' | 'namespace'>,
  tools: Tools,
): Promise<LiveHelmMi> {
  const { readHelmMiRelease } = await import('@mi-patterns/audit');
  const found = await readHelmMiRelease({ release, ...place, tools });
  if (typeof found === 'object') return { release, ...place, ...found };
  const where = `the namespace ${place.namespace} of the context ${place.context}`;
  throw inputFailure(
    'MI-INIT-NOT-HELM-MI',
    found === 'no-release'
      ? `There is no release ${release} in ${where}.`
      : `The release ${release} in ${where} has no Deployment of wso2/helm-mi.`,
    `Check the name and the namespace: helm list --all-namespaces --kube-context ${place.context}. mi-patterns audit shows every Micro Integrator that runs. What Argo CD deploys is no release of helm: translate its values file with --from-helm-mi.`,
  );
}

/** What an image is read from: the file that `--image` gives, else its registry. */
function imagePathOf(image: string, options: InitOptions): string {
  return imageFiles(options.image ?? []).get(image) ?? `oci:${image}`;
}
