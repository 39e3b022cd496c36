import { resolve } from 'node:path';
import { imageReference, openImage } from '@mi-patterns/inventory';
import { plan } from '@mi-patterns/planner';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { display } from '../context/files.ts';
import { imageClient, loadConfiguration, loadInventory } from '../inputs/load.ts';
import { planOptions } from '../inputs/plan-options.ts';
import { pushOptions } from '../inputs/package-options.ts';
import { createProgress } from '../output/progress.ts';
import { createStyle } from '../output/style.ts';
import { type ImagePackage, packageImage } from '@mi-patterns/delivery';
import { shellWord } from '../output/shell.ts';
import { tellPackage, tellPushed } from '../output/package.ts';
import { imageToPush } from '../generate/next-steps.ts';
import { sharedEnvironment } from '@mi-patterns/values';
import type { PackageCommandOptions } from './package.ts';
import { printJson } from '../output/json.ts';

/** `mi-patterns package --from IMAGE`: the image with one layer more, as an OCI layout and in a registry. */
export async function packageFromImage(
  paths: readonly string[],
  options: PackageCommandOptions & { readonly from: string },
  context: Context,
): Promise<ExitCode> {
  const { from } = options;
  const reference = imageReference(from);
  if (reference === undefined)
    throw wrongUse(
      `--from takes an image, not "${from}".`,
      'Give oci:REF, docker-archive:FILE, oci-archive:FILE or oci-layout:DIR.',
    );
  if (paths.length > 0)
    throw wrongUse('--from takes the archives of the image, so it takes no PATH.', 'Omit the paths, or --from.');
  if (options.delivery === 'archives')
    throw wrongUse(
      '--from makes one image for all workloads, so archives cannot be split.',
      'Omit --delivery archives.',
    );
  for (const [option, value] of [
    ['--runtime', options.runtime],
    ['--format', options.format],
  ])
    if (value !== undefined)
      throw wrongUse(
        `--from adds a layer to an image as it is, so ${option} would have no effect.`,
        `Omit ${option}, or --from.`,
      );
  const progress = createProgress(context, options);
  const push = pushOptions(options, context, progress);
  const loaded = await loadConfiguration(options, context);
  const flags = await planOptions({ ...options, delivery: 'roles' }, loaded, context);
  const inventory = await loadInventory([from], loaded, options, context);
  const registry = await imageClient([from], options, context);
  const image = await openImage(reference, { resolvePath: (path) => resolve(context.cwd, path), registry });
  try {
    const packaged = await packageImage(image, inventory, plan(inventory, flags), {
      out: resolve(context.cwd, options.out),
      shown: display(resolve(context.cwd, options.out), context),
      cwd: context.cwd,
      onProgress: progress.step,
      ...push,
    });
    progress.done();
    if (options.json) printJson(documentOf(packaged, options, context), context.stdout);
    else {
      const target = imageToPush(sharedEnvironment(loaded?.configuration ?? {}), reference.rest);
      tell(packaged, { ...options, target }, context);
    }
    return exitCodeOf(packaged.diagnostics);
  } finally {
    progress.done();
    image.close?.();
  }
}

/** The document of `package --json`, with what `--from` adds. */
function documentOf(packaged: ImagePackage, { out, from }: PackageCommandOptions, context: Context): object {
  const { delivery, state, digest, rewritten, files, pushed, diagnostics } = packaged;
  return {
    out: display(resolve(context.cwd, out), context),
    from,
    state,
    digest,
    rewritten,
    mode: delivery.mode,
    roles: delivery.roles,
    sets: [],
    files,
    pushed: pushed.map((one) => ({ set: 'image', ...one })),
    diagnostics,
  };
}

function tell(
  packaged: ImagePackage,
  options: PackageCommandOptions & { readonly target: string },
  context: Context,
): void {
  const style = createStyle(context.colour);
  if (!tellPackage(packaged, options, context)) return;
  const out = display(resolve(context.cwd, options.out), context);
  context.stdout(`${style.bold(`${out}/oci (${packaged.state})`)}  ${packaged.digest ?? ''}\n`);
  for (const path of packaged.rewritten) context.stdout(`  new server roles in /${path}\n`);
  context.stdout(`  server roles: ${packaged.delivery.roles.join(', ') || 'none needed'}\n`);
  tellPushed(packaged.pushed, context);
  if (!options.quiet && packaged.pushed.length === 0)
    context.stdout(
      `\nNext:\n  skopeo copy ${shellWord(`oci:${out}/oci:latest`)} docker://${options.target}\n  or run this again with --push ${options.target}\n`,
    );
}
