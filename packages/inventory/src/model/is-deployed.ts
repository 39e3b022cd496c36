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
 */
export function idleFiles(inventory: Pick<Inventory, 'applications' | 'artifacts'>): ReadonlySet<string> {
  const packed = new Set(inventory.applications.flatMap(({ deliveries }) => deliveries.map(({ path }) => path)));
  const idle = new Set<string>();
  const delivered = new Set<string>();
  for (const artifact of inventory.artifacts) {
    if (kindRow(artifact.kind).content !== 'xml' && !isOneResource(artifact)) continue;
    const files = [artifact.source, ...artifact.duplicates].map(({ path }) => path);
    const isKnown = files.some((path) => packed.has(path));
    const runs = isDeployed(inventory, artifact);
    for (const path of files) (runs && (!isKnown || packed.has(path)) ? delivered : idle).add(path);
  }
  for (const path of delivered) idle.delete(path);
  return idle;
}

/** Whether the place of the artifact is its only file; the place of any other registry resource is its descriptor. */
function isOneResource({ facts }: Artifact): boolean {
  return facts.kind === 'registry-resource' && facts.registryPath !== undefined && facts.registryPaths === undefined;
}
