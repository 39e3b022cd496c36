import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Diagnostic, type Inventory, printable, readInventory } from '@mi-patterns/inventory';
import { type Plan, plan } from '@mi-patterns/planner';
import {
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
import { display, planOptions, readText } from '../load.ts';
import { formatDiagnostics, hasErrors } from '../output/diagnostics.ts';
import { createView } from '../output/view.ts';

type InitOptions = GlobalOptions & { readonly fromHelmMi?: string };

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
      'Edit it, or move it away first.',
    );
  const translation = options.fromHelmMi === undefined ? undefined : translated(options.fromHelmMi, context);
  const folder = dirname(file);
  const inventory = await readInventory([folder], { cwd: folder });
  const result = plan(inventory, await planOptions({}, undefined, context));
  const first = firstConfiguration(inventory, result, folder, translation);
  const { text, schema } = writeConfiguration(first);
  const { diagnostics: faults } = readConfiguration(text, shown);
  if (hasErrors(faults)) throw new CommandFailure(faults, exitCodes.findings);
  writeAtomically(file, text);
  const schemaFile = join(folder, 'mi-patterns.schema.json');
  if (!existsSync(schemaFile)) writeAtomically(schemaFile, schema);
  const diagnostics = translation?.diagnostics ?? [];
  if (options.json)
    context.stdout(
      `${JSON.stringify({ file: shown, artifacts: first.artifacts, pattern: result.pattern, diagnostics }, null, 2)}\n`,
    );
  else {
    const lines = formatDiagnostics(diagnostics, createView(context, options));
    if (lines.length > 0) context.stderr(`${lines.join('\n')}\n\n`);
    context.stdout(
      `${[printable(`${shown} written: ${first.artifacts.join(', ')}`), planTitle(result), ...(options.quiet ? [] : ['', 'Next:', '  mi-patterns plan', '  mi-patterns rollout --env dev --dry-run'])].join('\n')}\n`,
    );
  }
  return exitCodes.fine;
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
): Parameters<typeof writeConfiguration>[0] {
  const [first] = inventory.applications;
  const release = releaseName(first?.name ?? basename(folder));
  const runtime = inventory.applications.flatMap(({ runtimeVersion }) => runtimeVersion ?? [])[0];
  const own = translation?.configuration;
  const versions =
    own?.runtime ?? (runtime !== undefined && /^\d+\.\d+\.\d+$/.test(runtime) ? { version: runtime } : undefined);
  return {
    artifacts: artifactPaths(inventory, folder),
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

/** Folders of projects and archives, relative to the configuration; a folder that holds another listed one stands for it. */
function artifactPaths(inventory: Inventory, folder: string): string[] {
  const roots = inventory.applications.map(({ type, source }) => {
    const [file = ''] = source.path.split('!/');
    const path = resolve(folder, file);
    return (
      relative(folder, type === 'archive' || statSync(path).isDirectory() ? path : dirname(path)).replaceAll(
        '\\',
        '/',
      ) || '.'
    );
  });
  const unique = [...new Set(roots.length === 0 ? ['.'] : roots)].sort();
  if (unique.includes('.')) return ['.'];
  return unique.filter((path) => !unique.some((other) => other !== path && path.startsWith(`${other}/`)));
}

/** A name that Helm takes: lower case letters, digits and hyphens, at most 30 characters so that object names stay short enough. */
function releaseName(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 30)
      .replace(/-+$/, '') || 'integration'
  );
}

function failure(code: string, message: string, hint: string): CommandFailure {
  const diagnostic: Diagnostic = { code, severity: 'error', message, hint };
  return new CommandFailure([diagnostic], exitCodes.usage);
}
