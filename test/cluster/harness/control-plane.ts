import { join } from 'node:path';
import { kubeconfigOf } from './access.ts';
import { startRecorded } from './processes.ts';
import { network, type ClusterSettings } from './settings.ts';

/** Ports of the control plane on this machine, chosen free at `up`. */
export interface Ports {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** Address that clients and nodes use: nodes have their own network and cannot reach the loopback interface. */
export const serverAddress = (settings: ClusterSettings): string =>
  settings.nodes > 0 ? network.gateway : '127.0.0.1';

export function startDatabase(folder: string, kube: string, ports: Ports): void {
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  startRecorded(folder, 'etcd', [
    kube,
    'etcd',
    `--data-dir=${join(folder, 'etcd')}`,
    '--log-level=warn',
    '--unsafe-no-fsync', // its data dies with the cluster anyway
    `--listen-client-urls=${url(ports.etcd)}`,
    `--advertise-client-urls=${url(ports.etcd)}`,
    `--listen-peer-urls=${url(ports.etcdPeer)}`,
    `--initial-advertise-peer-urls=${url(ports.etcdPeer)}`,
    `--initial-cluster=default=${url(ports.etcdPeer)}`,
  ]);
}

export function startApiServer(folder: string, kube: string, ports: Ports, settings: ClusterSettings): void {
  const key = (file: string): string => join(folder, 'keys', file);
  const reach =
    settings.nodes > 0
      ? [`--advertise-address=${network.gateway}`]
      : ['--bind-address=127.0.0.1', '--endpoint-reconciler-type=none']; // a loopback address cannot be an endpoint
  const aggregation =
    settings.nodes === 0
      ? []
      : [
          '--enable-aggregator-routing=true',
          `--requestheader-client-ca-file=${key('front-proxy-authority.crt')}`,
          '--requestheader-allowed-names=front-proxy',
          '--requestheader-username-headers=X-Remote-User',
          '--requestheader-group-headers=X-Remote-Group',
          '--requestheader-extra-headers-prefix=X-Remote-Extra-',
          `--proxy-client-cert-file=${key('front-proxy.crt')}`,
          `--proxy-client-key-file=${key('front-proxy.key')}`,
        ];
  startRecorded(folder, 'kube-apiserver', [
    kube,
    'kube-apiserver',
    ...reach,
    ...aggregation,
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    `--cert-dir=${join(folder, 'keys')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${key('service-accounts.key')}`,
    `--service-account-signing-key-file=${key('service-accounts.key')}`,
    `--service-cluster-ip-range=${network.serviceRange}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    `--default-not-ready-toleration-seconds=${settings.toleration}`,
    `--default-unreachable-toleration-seconds=${settings.toleration}`,
  ]);
}

export function startControllers(folder: string, kube: string, ports: Ports, settings: ClusterSettings): void {
  const identity = (file: string): string[] =>
    ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (flag) => `--${flag}=${kubeconfigOf(folder, file)}`,
    );
  // The limits that clients set themselves by default (20 to 50 requests a second) make a release of hundreds of
  // workloads slow.
  const common = [
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(folder, 'keys', 'controllers')}`,
  ];
  startRecorded(folder, 'kube-controller-manager', [
    kube,
    'kube-controller-manager',
    ...identity('controller-manager'),
    ...common,
    `--secure-port=${ports.controllerManager}`,
    '--concurrent-deployment-syncs=20',
    '--concurrent-replicaset-syncs=20',
    '--concurrent-serviceaccount-token-syncs=10',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${join(folder, 'keys', 'service-accounts.key')}`,
    `--root-ca-file=${join(folder, 'keys', 'apiserver.crt')}`,
    `--node-monitor-grace-period=${settings.nodeGrace}s`,
  ]);
  startRecorded(folder, 'kube-scheduler', [
    kube,
    'kube-scheduler',
    ...identity('scheduler'),
    ...common,
    `--secure-port=${ports.scheduler}`,
  ]);
}
