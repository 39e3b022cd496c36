import { join } from 'node:path';
import { reservePorts } from '../../support/ports.ts';
import { kubeconfigOf } from '../harness/access.ts';
import { call, ownApi, type Api } from '../harness/api.ts';
import { provideProgram } from '../harness/binaries.ts';
import { clusterDown, clusterUp } from '../harness/cluster.ts';
import { startRecorded } from '../harness/processes.ts';
import { clusterFolder, defaultSettings } from '../harness/settings.ts';

export interface RolloutCluster {
  readonly kubeconfig: string;
  readonly api: Api;
  /** Program and first argument of a kubectl of the cluster's version. */
  readonly kubectl: readonly [string, string];
  readonly down: () => Promise<void>;
}

/**
 * A real control plane whose nodes are acted by kwok with the stages beside this file: pods start, drain, or fail to
 * pull.
 */
export async function startRolloutCluster(name: string, nodes = 4): Promise<RolloutCluster> {
  await clusterDown(name);
  await clusterUp({ ...defaultSettings, name, nodes: 0, fakeNodes: 0 }, () => undefined);
  const folder = clusterFolder(name);
  const kubeconfig = kubeconfigOf(folder, 'admin');
  const api = ownApi(folder);
  startRecorded(folder, 'kwok', [
    await provideProgram('kwok', () => undefined),
    `--kubeconfig=${kubeconfig}`,
    `--config=${join(import.meta.dirname, 'fake-nodes.yaml')}`,
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${(await reservePorts([67])) + 67}`,
  ]);
  const size = { cpu: '32', memory: '256Gi', pods: '110' };
  for (let number = 1; number <= nodes; number += 1) {
    await call(api, 'POST', '/api/v1/nodes', {
      metadata: {
        name: `fake-${number}`,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          'kubernetes.io/hostname': `fake-${number}`,
          'kubernetes.io/os': 'linux',
          'topology.kubernetes.io/zone': `zone-${number % 3}`,
        },
      },
      status: { allocatable: size, capacity: size },
    });
  }
  return {
    kubeconfig,
    api,
    kubectl: [await provideProgram('kube', () => undefined), 'kubectl'],
    down: async () => {
      api.close();
      await clusterDown(name);
    },
  };
}
