import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigOf } from './access.ts';
import { call, type Api } from './api.ts';
import { startRecorded } from './processes.ts';
import { network } from './settings.ts';

/** Answers `SERVICE.NAMESPACE.svc.cluster.local` for the pods of real nodes, at the gateway's address. */
export function startDns(folder: string, coredns: string): void {
  const file = join(folder, 'Corefile');
  writeFileSync(
    file,
    `.:53 {
  bind ${network.gateway}
  errors
  ready ${network.gateway}:8181
  cache 5
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfigOf(folder, 'admin')}
    pods insecure
  }
}
`,
  );
  startRecorded(folder, 'coredns', [coredns, '-conf', file]);
}

/** Serves the use of processor and memory by pods, which HorizontalPodAutoscalers read, as an aggregated API. */
export async function startMetrics(folder: string, metricsServer: string, api: Api): Promise<void> {
  const identity = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
    (flag) => `--${flag}=${kubeconfigOf(folder, 'admin')}`,
  );
  startRecorded(folder, 'metrics-server', [
    metricsServer,
    ...identity,
    `--bind-address=${network.gateway}`,
    '--secure-port=4443',
    `--cert-dir=${join(folder, 'keys', 'metrics-server')}`,
    '--kubelet-insecure-tls',
    '--kubelet-preferred-address-types=InternalIP',
    '--kubelet-request-timeout=5s',
    '--metric-resolution=10s',
  ]);
  const name = 'metrics-server';
  await call(api, 'POST', '/api/v1/namespaces/kube-system/services', {
    metadata: { name },
    spec: { ports: [{ name: 'https', port: 443, targetPort: 4443 }] },
  });
  await call(api, 'POST', '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices', {
    metadata: { name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [network.gateway], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 4443 }],
  });
  await call(api, 'POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name, namespace: 'kube-system' },
    },
  });
}

/** Makes `count` nodes that exist in the API only, named fake-1, fake-2, …, and starts kwok, which acts for them. */
export async function startFakeNodes(
  folder: string,
  kwok: string,
  port: number,
  count: number,
  api: Api,
): Promise<void> {
  startRecorded(folder, 'kwok', [
    kwok,
    `--kubeconfig=${kubeconfigOf(folder, 'admin')}`,
    `--config=${join(import.meta.dirname, 'fake-nodes.yaml')}`,
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${port}`,
  ]);
  const size = { cpu: '32', memory: '256Gi', pods: '110' };
  for (let number = 1; number <= count; number += 1) {
    const name = `fake-${number}`;
    await call(api, 'POST', '/api/v1/nodes', {
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'topology.kubernetes.io/zone': `zone-${number % 3}`,
        },
      },
      status: { allocatable: size, capacity: size },
    });
  }
}
