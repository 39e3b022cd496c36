import { at, isToolFailure, textAt } from '@mi-patterns/helm';
import { kubectl, parseDocument } from '../tools/kubectl.ts';
import type { Target } from '../release/release.ts';

/** Who the cluster says we are; the user of the kubeconfig where it cannot say (Kubernetes before 1.28). */
export async function clusterUser(target: Target): Promise<string> {
  try {
    const { stdout } = await kubectl(target, ['auth', 'whoami', '--output=json']);
    return textAt(parseDocument(stdout, 'kubectl'), 'status', 'userInfo', 'username') ?? 'unknown';
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    const { stdout } = await kubectl(target, ['config', 'view', '--minify', '--output=json']);
    return textAt(at(parseDocument(stdout, 'kubectl'), 'contexts', 0), 'context', 'user') ?? 'unknown';
  }
}
