import { resolve } from 'node:path';
import { createFilesRead, runtimeVersionPattern } from '@mi-patterns/inventory';
import { plan } from '@mi-patterns/planner';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { display } from '../context/files.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { type PlanFlags, planOptions } from '../inputs/plan-options.ts';
import { wrongUse } from '../context/failure.ts';
import { shellWord } from '../output/shell.ts';
import { createProgress } from '../output/progress.ts';
import { createStyle } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { type PackageFormat, type PackageResult, writePackage } from '@mi-patterns/delivery';
import { tellPackage, tellPushed } from '../output/package.ts';
import { imageToPush } from '../generate/next-steps.ts';
import { packageOptions, pushOptions } from '../inputs/package-options.ts';
import { runtimeVersionFindings, sharedEnvironment, unknownRuntimeVersion } from '@mi-patterns/values';
import { printJson } from '../output/json.ts';

export type PackageCommandOptions = GlobalOptions &
  PlanFlags & {
    readonly out: string;
    readonly from?: string;
    readonly format?: readonly PackageFormat[];
    readonly runtime?: string;
    readonly push?: string;
    readonly plainHttp?: boolean;
  };

/** `mi-patterns package [PATHS...]`: archives that deliver the plan, and what images and volumes are made of. */
export async function packageCommand(
  paths: readonly string[],
  options: PackageCommandOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.from !== undefined) {
    const { packageFromImage } = await import('./package-from-image.ts');
    return packageFromImage(paths, { ...options, from: options.from }, context);
  }
  const progress = createProgress(context, options);
  const push = pushOptions(options, context, progress);
  if (options.runtime !== undefined && !runtimeVersionPattern.test(options.runtime))
    throw wrongUse(
      `--runtime takes a version of Micro Integrator, not "${options.runtime}".`,
      'Give a version such as 4.4.0.',
    );
  const loaded = await loadConfiguration(options, context);
  const flags = await planOptions(options, loaded, context);
  const filesRead = createFilesRead();
  const read = await loadInventory(paths, loaded, { ...options, filesRead }, context);
  const inventory = options.runtime === undefined ? read : { ...read, environmentVersions: [options.runtime] };
  const result = plan(inventory, flags);
  const environment = sharedEnvironment(loaded?.configuration ?? {});
  const runtime = options.runtime === undefined ? environment.runtime : { version: options.runtime };
  const found = [
    ...runtimeVersionFindings(inventory, { ...environment, runtime }, []),
    ...unknownRuntimeVersion({ runtime }),
  ];
  const told = { ...inventory, diagnostics: [...inventory.diagnostics, ...found] };
  const formats: PackageFormat[] = [...(options.format ?? ['image'])];
  if (push.push !== undefined) formats.push('volume');
  const packaged = await writePackage(told, result, {
    ...packageOptions(
      { out: resolve(context.cwd, options.out), formats: [...new Set(formats)], filesRead },
      loaded,
      context,
    ),
    ...(options.runtime === undefined ? {} : { runtimeVersion: options.runtime }),
    ...push,
    onProgress: (file) => progress.step(`Writing ${file}`),
  }).finally(() => progress.done());
  if (options.json)
    printJson(packageDocument(packaged, display(resolve(context.cwd, options.out), context)), context.stdout);
  else tell(packaged, { ...options, image: imageToPush(environment) }, context);
  return exitCodeOf(packaged.diagnostics);
}

/** The document of `package --json`, described in docs/json-output.md. */
export function packageDocument(result: PackageResult, out: string): object {
  return {
    out,
    state: result.state,
    mode: result.delivery.mode,
    roles: result.delivery.roles,
    sets: result.sets,
    files: result.files,
    pushed: result.pushed,
    diagnostics: result.diagnostics,
  };
}

function tell(
  result: PackageResult,
  options: PackageCommandOptions & { readonly image: string },
  context: Context,
): void {
  const style = createStyle(context.colour);
  if (!tellPackage(result, options, context)) return;
  const out = display(resolve(context.cwd, options.out), context);
  const rows = result.sets.flatMap(({ name, archives }) =>
    archives.map(({ file, size, digest }) => [name, file, `${Math.ceil(size / 1024)} KiB`, digest.slice(0, 19)]),
  );
  context.stdout(`${style.bold(`${out} (${result.state})`)}\n${formatTable(rows, undefined, '  ').join('\n')}\n`);
  tellPushed(result.pushed, context);
  if (options.quiet) return;
  context.stdout(
    `\nNext:\n  docker build --tag ${options.image} ${shellWord(`${out}/image`)}\n  docker push ${options.image}\n`,
  );
  if (result.delivery.mode === 'archives')
    context.stdout(`  ${style.dim(`# or one image for each workload: ${out}/workloads/NAME/image`)}\n`);
  for (const { set, reference } of result.pushed)
    context.stdout(
      `  ${style.dim(`# values for ${set}: artifacts.source imageVolume, artifacts.imageVolume.reference ${reference}`)}\n`,
    );
  for (const { name, volumeDigest, volumeReferences } of result.sets)
    if (volumeDigest !== undefined && volumeReferences === undefined)
      context.stdout(`  ${style.dim(`# the volume ${name} has the digest ${volumeDigest}`)}\n`);
}
