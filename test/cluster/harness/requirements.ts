import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolFolder } from '../../../scripts/lib/tools.ts';
import { clusterStatus } from './cluster.ts';
import { missingPackages } from './node.ts';

/**
 * Why tests cannot have real nodes on this machine, in words for their title; undefined when they can. `name` is the
 * cluster that they would start, left out when they are given one that is up.
 */
export async function whyNoRealNodes(name: string | undefined): Promise<string | undefined> {
  const programs = ['kube', 'coredns', 'metrics-server'].filter(
    (program) => !existsSync(join(process.env.MI_PATTERNS_CLUSTER_BIN ?? toolFolder(), program)),
  );
  if (programs.length > 0) return `${programs.join(', ')} not built yet; run: npm run cluster build`;
  if (process.getuid?.() !== 0) return 'real nodes need root';
  const packages = await missingPackages().catch(() => ['dpkg']);
  if (packages.length > 0) return `not installed: ${packages.join(', ')}; run: npm run cluster install`;
  if (name !== undefined && clusterStatus(name).state === undefined && clusterStatus(name).machineParts.length > 0)
    return 'another cluster with real nodes is up on this machine';
  return undefined;
}
