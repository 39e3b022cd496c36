import { kindRow } from './artifact-kinds.ts';
import type { Artifact, Inventory } from './inventory.ts';

/** True for an artifact that an application delivers. Without any application everything that was read counts. */
export function isDeployed(
  { applications }: Pick<Inventory, 'applications'>,
  artifact: Pick<Artifact, 'applications'>,
): boolean {
  return applications.length === 0 || artifact.applications.length > 0;
}

/**
 * Tells of an artifact whether it is in no archive, but a file of the server's own folders
 * (`repository/deployment/server`). Of those MI leaves out the one that it cannot deploy, and gets ready: seen on MI
 * 4.3.0 with an unknown protocol, a taken port or context, an unset `$SYSTEM:`, and a local entry, a WSDL and a broker
 * that nothing answers for.
 */
export function serverFilesOf({
  applications,
}: Pick<Inventory, 'applications'>): (artifact: Pick<Artifact, 'applications'>) => boolean {
  const servers = new Set(applications.filter(({ type }) => type === 'server').map(({ id }) => id));
  return (artifact) => artifact.applications.length > 0 && artifact.applications.every((id) => servers.has(id));
}

/**
 * Paths of XML files and registry resources which no application delivers, nor as copies of what it delivers. Others
 * may make a build fail that does not deliver them.
 *
 * @param asked the paths that matter, all when missing. Of ten thousand artifacts mostly a few do.
 */
export function idleFiles(
  inventory: Pick<Inventory, 'applications' | 'artifacts'>,
  asked?: ReadonlySet<string>,
): ReadonlySet<string> {
  let packed: ReadonlySet<string> | undefined;
  const idle = new Set<string>();
  const delivered = new Set<string>();
  for (const artifact of inventory.artifacts) {
    if (kindRow(artifact.kind).content !== 'xml' && !isOneResource(artifact)) continue;
    const files = [artifact.source, ...artifact.duplicates].map(({ path }) => path);
    if (asked !== undefined && !files.some((path) => asked.has(path))) continue;
    const delivering = (packed ??= packedPaths(inventory));
    const isKnown = files.some((path) => delivering.has(path));
    const runs = isDeployed(inventory, artifact);
    for (const path of files) (runs && (!isKnown || delivering.has(path)) ? delivered : idle).add(path);
  }
  for (const path of delivered) idle.delete(path);
  return idle;
}

function packedPaths({ applications }: Pick<Inventory, 'applications'>): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { deliveries } of applications) for (const { path } of deliveries) paths.add(path);
  return paths;
}

/** Whether the place of the artifact is its only file; the place of any other registry resource is its descriptor. */
function isOneResource({ facts }: Artifact): boolean {
  return facts.kind === 'registry-resource' && facts.registryPath !== undefined && facts.registryPaths === undefined;
}
