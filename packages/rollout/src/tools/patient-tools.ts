import { isToolFailure } from '@mi-patterns/helm';
import { isUnreachable } from './cluster-failure.ts';
import type { Tools } from './tools.ts';

/** Seconds for which a cluster that is away is asked again: an API server has restarted, and the lock still lasts. */
const longestWait = 40;

/** kubectl's commands that the API server passes on to a node, whose answer says nothing of the cluster. */
const ofNodes = ['exec', 'logs'];
/** helm's commands that change something: cut off half way they must not begin anew. */
const changing = new Set(['upgrade', 'rollback', 'uninstall', 'test']);
/** What helm says when it has not begun, because the cluster did not answer (helm/helm pkg/kube, IsReachable). */
const notBegun = /^Error: [kK]ubernetes cluster unreachable/m;

/**
 * Tools that ask a cluster again which does not answer, once `isPatient` says so. Every command of kubectl that a
 * rollout runs can be repeated. After a wait in vain they fail at once until the cluster answers again, so that what
 * follows a failure does not wait as long once more. A `pause` that throws ends the wait. `onWait` is told before each
 * pause for how many seconds at most it waits.
 */
export function patientTools(
  tools: Tools,
  isPatient: () => boolean,
  pause: (milliseconds: number) => Promise<void>,
  onWait: (seconds: number) => void = () => {},
): Tools {
  let gaveUp = false;
  const patiently =
    (tool: 'helm' | 'kubectl'): Tools['helm'] =>
    async (words, options) => {
      const end = performance.now() + longestWait * 1000;
      for (;;) {
        try {
          const result = await tools[tool](words, options);
          gaveUp = false;
          return result;
        } catch (error) {
          const isAway = isToolFailure(error) && isUnreachable(error) && !ofNodes.some((word) => words.includes(word));
          const hasBegun =
            isToolFailure(error) && tool === 'helm' && changing.has(words[0] ?? '') && !notBegun.test(error.stderr);
          if (!isAway || hasBegun || gaveUp || !isPatient()) throw error;
          gaveUp = performance.now() > end;
          if (gaveUp) throw error;
          onWait(longestWait);
          await pause(2000).catch(() => {
            throw error;
          });
        }
      }
    };
  return { helm: patiently('helm'), kubectl: patiently('kubectl'), helmMajor: tools.helmMajor };
}
