import type { Artifact, Inventory } from '@mi-patterns/inventory';

/** The MI versions that the applications of an artifact are written for (all applications when `artifact` is missing), as written. */
export function runtimeVersions(inventory: Inventory, artifact?: Artifact): string[] {
  const versions = inventory.applications
    .filter((application) => artifact === undefined || artifact.applications.includes(application.id))
    .flatMap((application) => application.runtimeVersion ?? []);
  return [...new Set(versions)].toSorted(compareVersions);
}

/** Orders versions by their numbers; missing numbers count as 0, anything after them does not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let position = 0; position < Math.max(left.length, right.length); position++) {
    const difference = (left[position] ?? 0) - (right[position] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version.trim())?.[0] ?? '').split('.').map(Number);
}
