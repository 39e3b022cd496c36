import type { RolloutEffects } from '../steps/effects.ts';
import { kubectl } from '../tools/kubectl.ts';
import { stopServer } from './stop-server.ts';
import type { ClusterSession } from './session.ts';

/** What a rollout changes with kubectl, object by object. */
export function objectEffects({
  target,
  tools,
}: ClusterSession): Pick<
  RolloutEffects,
  'scale' | 'stopServer' | 'remove' | 'keepReplicas' | 'patchStrategy' | 'patch'
> {
  return {
    scale: async (workload, replicas) =>
      void (await kubectl(target, [
        'scale',
        `${workload.kind.toLowerCase()}/${workload.metadata.name}`,
        `--replicas=${replicas}`,
      ])),
    stopServer: (pod) => stopServer(target, pod.name),
    remove: async (workload) =>
      void (await kubectl(target, [
        'delete',
        `${workload.kind.toLowerCase()}/${workload.metadata.name}`,
        '--ignore-not-found',
        '--wait=false',
      ])),
    keepReplicas: async (workload, replicas) => {
      if ((await tools.helmMajor()) < 4) return false;
      const partial = {
        apiVersion: workload.apiVersion,
        kind: workload.kind,
        metadata: { name: workload.metadata.name, namespace: target.namespace },
        spec: { replicas },
      };
      await kubectl(
        target,
        ['apply', '--server-side', '--field-manager=mi-patterns', '--force-conflicts', '--filename=-'],
        partial,
      );
      return true;
    },
    patchStrategy: async (workload) =>
      void (await kubectl(target, [
        'patch',
        'deployment',
        workload.metadata.name,
        '--type=merge',
        '--patch',
        '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}',
      ])),
    patch: async (object, change) =>
      void (await kubectl(target, [
        'patch',
        object.kind.toLowerCase(),
        object.metadata.name,
        '--type=merge',
        '--patch',
        JSON.stringify(change),
      ])),
  };
}
