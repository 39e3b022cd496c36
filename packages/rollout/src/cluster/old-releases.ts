import { identity, isWorkload } from '@mi-patterns/helm';
import { distinctBy } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { liveObjects, withNamespace } from '../changes/dry-run.ts';
import { releaseManifest } from '../release/release.ts';
import { StopRollout } from '../steps/stop.ts';
import { requireServers } from '../steps/take-over.ts';
import { listObjects } from '../tools/kubectl.ts';
import { helmRelease, type OldRelease } from '../live/live.ts';
import type { ClusterSession } from './session.ts';

/** Kinds of an old release that matter when it is taken over. */
const oldKinds = ['Deployment', 'StatefulSet', 'Service', 'Ingress', 'HTTPRoute'];

/** The releases that this one takes over, with what is left of them. */
export async function oldReleases({ target, options, live }: ClusterSession): Promise<readonly OldRelease[]> {
  const { takeOver = [], runsServer = () => true } = options;
  const found: OldRelease[] = [];
  for (const name of takeOver) {
    if (name === target.release)
      throw new StopRollout([
        finding(
          'MI-ROLLOUT-TAKE-OVER',
          `The release ${name} cannot take over itself.`,
          'Give the new release another name: set `release` in mi-patterns.yaml.',
        ),
      ]);
    const manifest = await releaseManifest({ ...target, release: name });
    if (manifest === undefined) {
      found.push({ name, objects: [], pods: [] });
      continue;
    }
    const named = manifest.objects.map(({ object }) => object).filter(({ kind }) => oldKinds.includes(kind));
    const objects = await liveObjects(target, withNamespace(named, target.namespace));
    // An upgrade that failed may have left some that its newest manifest no longer names.
    const made = (await listObjects(target, 'deployments.apps,statefulsets.apps')).filter(
      (object) => helmRelease(object) === name,
    );
    const all = distinctBy([...objects.values(), ...made], identity);
    requireServers(name, all, runsServer);
    const ids = new Set(all.filter(isWorkload).map(identity));
    const { pods } = await live(all);
    found.push({ name, objects: all, pods: pods.filter(({ workload }) => ids.has(workload)) });
  }
  return found;
}
