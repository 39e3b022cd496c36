import { at, isToolFailure, textAt } from '@mi-patterns/helm';
import { kubectl, parseObject } from '../kubectl.ts';
import type { Target } from '../release.ts';

/** Who the cluster says we are; the user of the kubeconfig where it cannot say (Kubernetes before 1.28). */
export async function clusterUser(target: Target): Promise<string> {
  try {
    const review = parseObject((await kubectl(target, ['auth', 'whoami', '--output=json'])).stdout);
    return textAt(review, 'status', 'userInfo', 'username') ?? 'unknown';
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    const config: unknown = JSON.parse((await kubectl(target, ['config', 'view', '--minify', '--output=json'])).stdout);
    return textAt(at(config, 'contexts', 0), 'context', 'user') ?? 'unknown';
  }
}
