import type { Inventory } from '@mi-patterns/inventory';
import { type CarriedOver, carryOver, nothingCarried } from '../carry-over/carry-over.ts';
import type { Environment } from '../configuration/environments.ts';
import { valueAt, type Values } from '../merge.ts';

/**
 * What the values of an environment take over from the deployment.toml files of the projects that were read: nothing
 * where the image brings its own file (`runtime.deploymentTomlFrom: image`).
 *
 * @param given all that the environment sets, values files included.
 */
export function carriedOver(
  { configurations }: Pick<Inventory, 'configurations'>,
  environment: Pick<Environment, 'release'>,
  given: Values,
): CarriedOver {
  if (valueAt(given, ['runtime', 'deploymentTomlFrom']) === 'image') return nothingCarried;
  const files = configurations.flatMap(({ source, document }) =>
    document === undefined ? [] : [{ source, ...document }],
  );
  return files.length === 0 ? nothingCarried : carryOver(files, environment.release, given);
}
