import type { KubernetesObject } from '@mi-patterns/helm';
import { readObject, releaseManifest, releaseValuesFile, type Target } from '@mi-patterns/rollout';
import { findServers } from './find-servers.ts';

/** A live release of WSO2's own chart (wso2/helm-mi). */
interface HelmMiRelease {
  /** The image that its Deployment runs now, whoever changed it since. */
  readonly image: string;
  /** The values it was installed with, as a YAML file. */
  readonly values: string;
}

/**
 * Reads a live release of helm-mi; says so when there is no release of that name, or it is one of another chart. Throws
 * ToolFailure when the cluster cannot be asked.
 */
export async function readHelmMiRelease(target: Target): Promise<HelmMiRelease | 'no-release' | 'other-chart'> {
  const manifest = await releaseManifest(target);
  if (manifest === undefined) return 'no-release';
  const names = manifest.objects
    .filter(({ object }) => object.kind === 'Deployment')
    .map(({ object }) => object.metadata.name);
  const workloads: KubernetesObject[] = [];
  for (const name of names) {
    const live = await readObject(target, 'deployment', name);
    if (live !== undefined) workloads.push(live);
  }
  const nothingElse = { pods: [], autoscalers: [], budgets: [], configMaps: new Map(), notRead: [] };
  const [server] = findServers({ workloads, ...nothingElse });
  if (server?.madeBy !== 'helm-mi') return 'other-chart';
  return { image: server.image, values: (await releaseValuesFile(target)) ?? '' };
}
