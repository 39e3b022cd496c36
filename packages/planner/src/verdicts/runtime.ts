import { type Application, type Artifact, compareVersions, type Inventory } from '@mi-patterns/inventory';

/**
 * The MI versions that the applications of an artifact are written for (all applications when `artifact` is missing),
 * as written.
 */
export function runtimeVersions(inventory: Inventory, artifact?: Artifact): string[] {
  const applications =
    artifact === undefined
      ? inventory.applications
      : artifact.applications.flatMap((id) => applicationsOf(inventory).get(id) ?? []);
  const versions = applications.flatMap((application) => application.runtimeVersion ?? []);
  return [...new Set(versions)].toSorted(compareVersions);
}

/** Applications by id, made once for each inventory: many artifacts are asked about. */
const known = new WeakMap<Inventory, ReadonlyMap<string, Application>>();

function applicationsOf(inventory: Inventory): ReadonlyMap<string, Application> {
  const made = known.get(inventory) ?? new Map(inventory.applications.map((one) => [one.id, one]));
  known.set(inventory, made);
  return made;
}
