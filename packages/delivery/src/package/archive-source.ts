import type { Inventory } from '@mi-patterns/inventory';
import { type Environment, type GuardInImage, layerValues, type Values } from '@mi-patterns/values';
import { hasGuard } from './guard.ts';
import type { PackageFormat } from './write-package.ts';

/** What decides where the pods of an environment get their archives from. */
interface EnvironmentLayers {
  readonly environment: Environment;
  /** Contents of its values files. */
  readonly valuesFiles: readonly Values[];
}

/** `artifacts.source` of an environment, and the image of its volume, empty where it names none. */
export function archiveSourceOf({ environment, valuesFiles }: EnvironmentLayers): {
  readonly source: string;
  readonly reference: string;
} {
  const { artifacts } = [...valuesFiles, environment.values].reduce(layerValues, {}) as {
    readonly artifacts?: { readonly source?: unknown; readonly imageVolume?: { readonly reference?: unknown } };
  };
  return { source: String(artifacts?.source ?? 'image'), reference: String(artifacts?.imageVolume?.reference ?? '') };
}

/** The formats that the package of an environment needs. */
export function formatsOf(layers: EnvironmentLayers): PackageFormat[] {
  const { source } = archiveSourceOf(layers);
  if (source === 'imageVolume') return ['image', 'volume'];
  return source === 'configMap' ? ['image', 'configmap'] : ['image'];
}

/**
 * Whether the image of an environment's pods has lease-guard, and otherwise why not: the image of the package has it.
 * Without a package the pods run an image that is there, and one that was read shows it; `images`: those.
 */
export function guardInImage(
  environment: Environment,
  valuesFiles: readonly Values[],
  { withoutPackage, images = [] }: { readonly withoutPackage: boolean; readonly images?: Inventory['images'] },
): GuardInImage {
  const { source } = archiveSourceOf({ environment, valuesFiles });
  if (source !== 'image') return { missing: `with \`artifacts.source: ${source}\` the image is one of your own` };
  if (withoutPackage && images.length > 0 && images.every(({ leaseGuard }) => leaseGuard)) return 'in-image';
  if (withoutPackage)
    return { missing: images.length > 0 ? 'the image has none' : 'these values are written without a package' };
  if (!hasGuard()) return { missing: 'this build of mi-patterns has none' };
  return 'in-image';
}
