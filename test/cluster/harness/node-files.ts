import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigOf } from './access.ts';
import { network, type ClusterSettings } from './settings.ts';

/** Folder of one node: its configuration (`etc`), and what it sees as /var/lib and /var/log. */
export const nodeFolder = (folder: string, node: number): string => join(folder, 'nodes', `node${node}`);

/** Writes the configuration of one node's containerd, network plugin, kubelet and kube-proxy. */
export function writeNodeFiles(folder: string, node: number, settings: ClusterSettings): void {
  const own = nodeFolder(folder, node);
  const etc = join(own, 'etc');
  for (const sub of ['etc/cni', 'var-lib', 'var-log']) mkdirSync(join(own, sub), { recursive: true });
  const writeJson = (file: string, value: unknown): void =>
    writeFileSync(join(etc, file), `${JSON.stringify(value, null, 2)}\n`);
  const address = network.nodeAddress(node);

  writeFileSync(join(etc, 'address'), address);
  writeFileSync(join(etc, 'resolv.conf'), `nameserver ${network.gateway}\n`);
  copyFileSync(kubeconfigOf(folder, `node${node}`), join(etc, 'kubelet.kubeconfig'));
  writeFileSync(join(etc, 'containerd.toml'), containerdConfiguration(etc));
  // Point-to-point links and routes: no bridge, so the kernel's bridge filter does not matter.
  writeJson('cni/10-pods.conflist', {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'ptp',
        mtu: 1500,
        ipMasq: false,
        ipam: { type: 'host-local', ranges: [[{ subnet: network.podsOf(node) }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
  writeJson('kubelet.json', {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    // Open to whoever reaches the node network: a test cluster only.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${network.controlGroup(node)}`,
    failCgroupV1: false, // machines with cgroup v1 hierarchies are still about
    failSwapOn: false,
    oomScoreAdj: 0, // less than 0 needs CAP_SYS_RESOURCE, which a container of a build service may not have
    clusterDNS: [network.gateway],
    clusterDomain: 'cluster.local',
    resolvConf: join(etc, 'resolv.conf'),
    imageGCHighThresholdPercent: 100, // images come from files, so nothing could bring one back
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  });
  writeJson('kube-proxy.json', {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: settings.proxyMode,
    clusterCIDR: network.podRange,
    hostnameOverride: `node${node}`,
    bindAddress: address,
    healthzBindAddress: `${address}:10256`,
    metricsBindAddress: `${address}:10249`,
    clientConnection: { kubeconfig: kubeconfigOf(folder, 'proxy') },
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' }, // leave the kernel's limits alone
    oomScoreAdj: 0,
  });
}

function containerdConfiguration(etc: string): string {
  return `version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${etc}/cni"
`;
}
