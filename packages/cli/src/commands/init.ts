import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Diagnostic, type DiagnosticCode, type Inventory, printable, readInventory } from '@mi-patterns/inventory';
import { type Plan, plan, releaseName } from '@mi-patterns/planner';
import {
  type FirstConfiguration,
  carriedOver,
  type HelmMiTranslation,
  readConfiguration,
  translateHelmMi,
  writeAtomically,
  writeConfiguration,
} from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context.ts';
import { planTitle } from '../diagrams/text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { display, loadConfiguration, loadInventory, planOptions, readText } from '../load.ts';
import { formatDiagnostics, hasErrors } from '../output/diagnostics.ts';
import { createView } from '../output/view.ts';
import { planWithWrittenPods } from '../environment.ts';
import { printJson } from '../output/json.ts';

export type InitOptions = GlobalOptions & {
  readonly fromHelmMi?: string;
  readonly fromRelease?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly image?: readonly string[];
};

const name = 'mi-patterns.yaml';

/** `mi-patterns init`: a commented mi-patterns.yaml from what lies in the folder. Never overwrites. */
export async function initCommand(
  _operands: readonly string[],
  options: InitOptions,
  context: Context,
): Promise<ExitCode> {
  const file = options.config === undefined ? join(context.cwd, name) : resolve(context.cwd, options.config);
  const shown = display(file, context);
  if (existsSync(file))
    throw failure(
      'MI-INIT-EXISTS',
      `${shown} exists already; it was left as it is.`,
      'Edit the file, or move it away first.',
    );
  if (options.fromHelmMi !== undefined && options.fromRelease !== undefined)
    throw failure('MI-CLI-USAGE', '--from-helm-mi and --from-release contradict each other.', 'Give one of them.');
  const live =
    options.fromRelease === undefined
      ? undefined
      : await (await import('./init-from-release.ts')).liveRelease(options.fromRelease, options, context);
  const translation =
    live?.translation ?? (options.fromHelmMi === undefined ? undefined : translated(options.fromHelmMi, context));
  const folder = dirname(file);
  const inventory = live?.inventory ?? (await readInventory([folder], { cwd: folder }));
  const result = plan(inventory, await planOptions({}, undefined, context));
  const translatedFirst = firstConfiguration(inventory, result, folder, translation);
  const first = {
    ...translatedFirst,
    ...live?.beside(translatedFirst),
    artifacts: live?.artifacts ?? (await pathsThatReadAlike(inventory, folder)),
  };
  const { text, schema } = writeConfiguration(first);
  const { diagnostics: faults } = readConfiguration(text, shown);
  if (hasErrors(faults)) throw new CommandFailure(faults, exitCodes.findings);
  writeAtomically(file, text);
  const schemaFile = join(folder, 'mi-patterns.schema.json');
  if (!existsSync(schemaFile)) writeAtomically(schemaFile, schema);
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
    const lines = formatDiagnostics(diagnostics, createView(context, options));
    if (lines.length > 0) context.stderr(`${lines.join('\n')}\n\n`);
    context.stdout(
      `${[printable(`${shown} written, for the artifacts in ${first.artifacts.join(', ')}`), planTitle(written), ...(options.quiet ? [] : (live?.nextSteps ?? ['', 'Next:', '  mi-patterns plan', '  mi-patterns rollout --env dev --dry-run']))].join('\n')}\n`,
    );
  }
  return exitCodes.fine;
}

/** The plan of the file as it now stands, read as every other command reads it. */
async function planWritten(file: string, options: GlobalOptions, context: Context): Promise<Plan> {
  const its = { ...options, config: file };
  const loaded = await loadConfiguration(its, context);
  const flags = await planOptions({}, loaded, context);
  return planWithWrittenPods(await loadInventory([], loaded, its, context), flags, { loaded, context });
}

function translated(given: string, context: Context): HelmMiTranslation {
  const path = display(resolve(context.cwd, given), context);
  const translation = translateHelmMi(readText(resolve(context.cwd, given), path), path);
  if (translation.configuration === undefined) throw new CommandFailure(translation.diagnostics, exitCodes.usage);
  return translation;
}

function firstConfiguration(
  inventory: Inventory,
  result: Plan,
  folder: string,
  translation: HelmMiTranslation | undefined,
): Omit<FirstConfiguration, 'artifacts'> {
  const [first, second] = inventory.applications;
  // Several applications have the name of the folder that holds them, whatever is added to it.
  const release = releaseName(first === undefined || second !== undefined ? basename(folder) : first.name);
  const runtime = inventory.applications.flatMap(({ runtimeVersion }) => runtimeVersion ?? [])[0];
  const own = translation?.configuration;
  const versions =
    own?.runtime ?? (runtime !== undefined && /^\d+\.\d+\.\d+$/.test(runtime) ? { version: runtime } : undefined);
  return {
    release,
    image: {
      repository: `example/${release}`,
      tag: first?.version.replace(/-SNAPSHOT$/, '') || '1.0.0',
      ...own?.image,
    },
    ...(versions === undefined ? {} : { runtime: versions }),
    ...(own?.replicas === undefined ? {} : { replicas: own.replicas }),
    ...(own === undefined ? {} : { values: own.values }),
    patternBecause: result.patternBecause,
    singleInDevelopment:
      result.pattern !== 'single-replica' &&
      result.coordination === 'isolate' &&
      own?.values['coordination'] === undefined,
    leftOver: (translation?.diagnostics ?? [])
      .filter(({ severity }) => severity !== 'info')
      .map(
        ({ message, hint, source }) =>
          `${source === undefined ? '' : `${basename(source.path)}:${source.line} `}${message} ${hint}`,
      ),
  };
}

/**
 * Folders of projects and archives, relative to the configuration, that give what was read of the whole folder; the folder itself where
 * they give anything else. A list that left a module out would deliver nothing of it.
 */
async function pathsThatReadAlike(inventory: Inventory, folder: string): Promise<readonly string[]> {
  const paths = artifactPaths(inventory, folder);
  if (paths.includes('.')) return paths;
  const again = await readInventory(paths, { cwd: folder });
  return delivered(again, folder) === delivered(inventory, folder) ? paths : ['.'];
}

/** Everything that another list of paths could lose: what is delivered, and the files that say what the servers are. */
function delivered({ applications, configurations }: Inventory, folder: string): string {
  return JSON.stringify([
    applications.map(({ id, deliveries }) => [id, deliveries.map(({ artifact, version }) => `${artifact} ${version}`)]),
    configurations.map(({ source }) => resolve(folder, source.path)),
  ]);
}

/** The root of each application; a folder that holds another listed one stands for it. */
function artifactPaths(inventory: Inventory, folder: string): readonly string[] {
  const roots = inventory.applications.map((application) =>
    relative(folder, rootOf(application, folder)).replaceAll('\\', '/'),
  );
  const unique = [...new Set(roots.length === 0 ? [''] : roots)].sort();
  if (unique.includes('')) return ['.'];
  return unique.filter((path) => !unique.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/** A project's folder, an archive's file; for a composite exporter the folder that holds it and the modules it takes from. */
function rootOf({ type, source, deliveries }: Inventory['applications'][number], folder: string): string {
  const absolute = (path: string): string => resolve(folder, path.split('!/')[0] ?? '');
  const path = absolute(source.path);
  if (type === 'archive') return path;
  const own = statSync(path).isDirectory() ? path : dirname(path);
  return type === 'exporter' ? deliveries.map((one) => absolute(one.path)).reduce(commonFolder, own) : own;
}

function commonFolder(one: string, other: string): string {
  return one === other || !relative(one, other).startsWith('..') ? one : commonFolder(dirname(one), other);
}

function failure(code: DiagnosticCode, message: string, hint: string): CommandFailure {
  const diagnostic: Diagnostic = { code, severity: 'error', message, hint };
  return new CommandFailure([diagnostic], exitCodes.usage);
}
