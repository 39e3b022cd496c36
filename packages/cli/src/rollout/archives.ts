import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Diagnostic } from '@mi-patterns/inventory';
import { type ArchiveMap } from '@mi-patterns/rollout';
import { parseManifest } from '@mi-patterns/helm';
import type { Values } from '@mi-patterns/values';
import { exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import type { EnvironmentPackages } from '@mi-patterns/delivery';

/** The ConfigMaps with archives that a package below a folder holds; none where nothing asked for them. */
export function archiveMaps(folder: string): readonly ArchiveMap[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === 'configmaps.yaml')
    .toSorted();
  const all = files.flatMap((file) =>
    parseManifest(readFileSync(join(folder, file), 'utf8')).objects.map(({ object }) => object),
  );
  return [...new Map(all.map((object) => [object.metadata.name, object])).values()];
}

/**
 * Findings of packing the archives. Values stay right without a package while the archives are in an image; where pods mount
 * them as ConfigMaps, there would be nothing to mount. Throws CommandFailure then.
 */
export function packageFindings(packaged: EnvironmentPackages, values: Values): readonly Diagnostic[] {
  const refused = packaged.packages.some(({ result }) => result.state === 'refused');
  if (!refused || !mountsArchives(values)) return packaged.diagnostics;
  throw new CommandFailure(
    packaged.packages.flatMap(({ result }) => result.diagnostics.filter(({ severity }) => severity === 'error')),
    exitCodes.findings,
  );
}

/** Whether a workload takes its archives from ConfigMaps that only the package can name. */
function mountsArchives(values: Values): boolean {
  const artifacts = (values['artifacts'] ?? {}) as {
    readonly source?: unknown;
    readonly configMap?: { readonly archives?: object };
  };
  return artifacts.source === 'configMap' && Object.keys(artifacts.configMap?.archives ?? {}).length === 0;
}
