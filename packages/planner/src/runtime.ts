import { type Artifact, compareVersions, type Inventory } from '@mi-patterns/inventory';

/**
 * The MI versions that the applications of an artifact are written for (all applications when `artifact` is missing),
 * as written.
 */
export function runtimeVersions(inventory: Inventory, artifact?: Artifact): string[] {
  const versions = inventory.applications
    .filter((application) => artifact === undefined || artifact.applications.includes(application.id))
    .flatMap((application) => application.runtimeVersion ?? []);
  return [...new Set(versions)].toSorted(compareVersions);
}
