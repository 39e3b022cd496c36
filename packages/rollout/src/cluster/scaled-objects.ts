import { isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import type { ScaledObjects } from '../changes/keda.ts';
import { listObjects, type Place, readObject } from '../tools/kubectl.ts';

/**
 * KEDA's ScaledObjects in the namespace; none where KEDA is not installed. Where the account may not list them, those
 * that the release has made, as the cluster has them, or as its manifest does if they may not be read either. Throws a
 * ToolFailure when the cluster cannot be asked.
 */
export async function scaledObjectsOf(
  place: Place,
  manifest: () => Promise<readonly KubernetesObject[]>,
): Promise<ScaledObjects> {
  const listed = await unlessForbidden(listObjects(place, 'scaledobjects.keda.sh'), undefined);
  if (listed !== undefined) return { known: listed, areAll: true };
  const made = (await manifest()).filter(({ kind }) => kind === 'ScaledObject');
  const read = made.map((one) =>
    unlessForbidden(readObject(place, 'scaledobjects.keda.sh', one.metadata.name).then(asList), [one]),
  );
  return { known: (await Promise.all(read)).flat(), areAll: false };
}

const asList = (object: KubernetesObject | undefined): readonly KubernetesObject[] =>
  object === undefined ? [] : [object];

async function unlessForbidden<T>(
  asked: Promise<readonly KubernetesObject[]>,
  instead: T,
): Promise<readonly KubernetesObject[] | T> {
  try {
    return await asked;
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    if (/doesn't have a resource type|could not find the requested resource/.test(error.stderr)) return [];
    if (/\(Forbidden\)/.test(error.stderr)) return instead;
    throw error;
  }
}
