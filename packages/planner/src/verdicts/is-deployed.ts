import type { Artifact, Inventory } from '@mi-patterns/inventory';

/** True for an artifact that an application delivers. Without any application everything that was read counts. */
export function isDeployed(
  { applications }: Pick<Inventory, 'applications'>,
  artifact: Pick<Artifact, 'applications'>,
): boolean {
  return applications.length === 0 || artifact.applications.length > 0;
}
