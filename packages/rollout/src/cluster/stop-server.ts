import { isToolFailure } from '@mi-patterns/helm';
import { kubectl, type Place } from '../tools/kubectl.ts';

/**
 * Sends SIGTERM to the JVM that is Micro Integrator, which then takes no new work and ends: what `micro-integrator.sh
 * stop` does. A server that has not written its process id yet is known by its command line.
 */
const stop = `
home="\${WSO2_SERVER_HOME:-$(echo /home/wso2carbon/wso2mi-*)}"
pid=$(cat "$home/wso2carbon.pid" 2>/dev/null)
if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then
  pid=
  for process in /proc/[0-9]*; do
    if tr '\\0' ' ' < "$process/cmdline" 2>/dev/null | grep -q -- '-Dcarbon[.]home='; then pid=\${process#/proc/}; break; fi
  done
fi
[ -z "$pid" ] || kill -TERM "$pid"
`;

/**
 * Tells the server in a pod to stop. Answers why not where that is not possible: the pod is gone, or may not be looked
 * into.
 */
export async function stopServer(place: Place, pod: string): Promise<string | undefined> {
  try {
    await kubectl(place, ['exec', pod, '--', '/bin/sh', '-c', stop.trim()], undefined, { timeout: 20_000 });
    return undefined;
  } catch (error) {
    if (!isToolFailure(error) || error.reason === 'missing' || error.reason === 'aborted') throw error;
    if (/not found|\(NotFound\)/.test(error.stderr)) return undefined;
    return (error.stderr.trim().split('\n').at(-1) || error.message).slice(0, 200);
  }
}
