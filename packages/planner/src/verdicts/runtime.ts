import { type Application, type Artifact, compareVersions, type Inventory } from '@mi-patterns/inventory';

/**
 * The MI versions that run an artifact (all artifacts when `artifact` is missing), as written: those that the
 * environments name, for which package and values are made. Where one names none, or an image was read, also those that
 * the applications are written for.
 */
export function runtimeVersions(inventory: Inventory, artifact?: Artifact): string[] {
  const named = namedVersions(inventory);
  const { environmentVersions = [] } = inventory;
  const isOpen = named.length === 0 || environmentVersions.includes(undefined);
  const written = (isOpen ? applicationsOf(inventory, artifact) : []).flatMap(
    ({ runtimeVersion }) => runtimeVersion ?? [],
  );
  return [...new Set([...written, ...named])].toSorted(compareVersions);
}

/** The versions that environments name; none where an image was read, which has its own. */
export function namedVersions({ environmentVersions = [], images = [] }: Inventory): string[] {
  const isInImage = images.some(({ homes }) => homes.some(({ version }) => version !== undefined));
  return isInImage ? [] : environmentVersions.flatMap((version) => version ?? []);
}

function applicationsOf(inventory: Inventory, artifact: Artifact | undefined): readonly Application[] {
  if (artifact === undefined) return inventory.applications;
  return artifact.applications.flatMap((id) => applicationsById(inventory).get(id) ?? []);
}

/** Applications by id, made once for each inventory: many artifacts are asked about. */
const known = new WeakMap<Inventory, ReadonlyMap<string, Application>>();

function applicationsById(inventory: Inventory): ReadonlyMap<string, Application> {
  const made = known.get(inventory) ?? new Map(inventory.applications.map((one) => [one.id, one]));
  known.set(inventory, made);
  return made;
}
