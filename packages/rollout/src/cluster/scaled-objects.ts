import { isToolFailure, type KubernetesObject } from '@mi-patterns/helm';
import { listObjects, type Place } from '../tools/kubectl.ts';

/**
 * KEDA's ScaledObjects in the namespace; none where KEDA is not installed, undefined where the account may not list
 * them. Throws a ToolFailure when the cluster cannot be asked.
 */
export async function scaledObjectsOf(place: Place): Promise<readonly KubernetesObject[] | undefined> {
  try {
    return await listObjects(place, 'scaledobjects.keda.sh');
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    if (/doesn't have a resource type|could not find the requested resource/.test(error.stderr)) return [];
    if (/\(Forbidden\)/.test(error.stderr)) return undefined;
    throw error;
  }
}
