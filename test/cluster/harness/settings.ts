import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../../scripts/lib/cache.ts';

/** How kube-proxy programs the nodes. */
type ProxyMode = 'nftables' | 'iptables';

/** What a throw-away cluster consists of. Times are in seconds. */
export interface ClusterSettings {
  readonly name: string;
  /**
   * Nodes with a kubelet, containerd and their own network; they need root and the packages of {@link nodePackages}.
   */
  readonly nodes: number;
  /** Nodes that exist in the API only, acted by kwok. */
  readonly fakeNodes: number;
  readonly proxyMode: ProxyMode;
  /** Silence after which the control plane calls a node NotReady. Kubernetes' own default is 50. */
  readonly nodeGrace: number;
  /** How long a pod without tolerations of its own stays on a NotReady node. Kubernetes' own default is 300. */
  readonly toleration: number;
}

/** Debian packages that real nodes need. */
export const nodePackages = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'busybox-static',
  'dash',
  'nftables',
  'iptables',
  'conntrack',
  'iproute2',
  'openssl',
] as const;

export const defaultSettings: ClusterSettings = {
  name: 'default',
  nodes: 2,
  fakeNodes: 0,
  proxyMode: 'nftables',
  nodeGrace: 50,
  toleration: 300,
};

/** Folder of all clusters: `MI_PATTERNS_CLUSTERS`, else one in the cache. */
function clustersFolder(): string {
  return resolve(process.env.MI_PATTERNS_CLUSTERS || join(cacheFolder(), 'clusters'));
}

/** Folder that holds everything of one cluster: keys, data, logs, process records. */
export function clusterFolder(name: string): string {
  return join(clustersFolder(), name);
}

/**
 * Four hexadecimal digits that tell clusters of this folder from those of another. They are in the name of each
 * interface, network namespace and control group, so that taking one cluster down never touches another's.
 */
function clustersIdentity(): string {
  return createHash('sha256').update(clustersFolder()).digest('hex').slice(0, 4);
}

/**
 * Reads settings from flags (`--nodes 2`), then from the environment (`NODES=2`), then the defaults.
 * Throws an Error that names the flag when a value is out of range.
 */
export function readSettings(
  flags: ReadonlyMap<string, string>,
  environment: NodeJS.ProcessEnv = process.env,
): ClusterSettings {
  const value = (flag: string, variable: string): string | undefined => flags.get(flag) ?? environment[variable];
  const whole = (flag: string, variable: string, fallback: number, most: number): number => {
    const text = value(flag, variable);
    if (text === undefined) return fallback;
    const number = Number(text.replace(/s$/, ''));
    if (!Number.isInteger(number) || number < 0 || number > most)
      throw new Error(`--${flag} ${text}: a whole number from 0 to ${most} is wanted.`);
    return number;
  };
  const name = value('name', 'CLUSTER_NAME') ?? defaultSettings.name;
  if (!/^[a-z0-9-]{1,40}$/.test(name))
    throw new Error(`--name ${name}: only small letters, digits and hyphens, 40 at most.`);
  const proxyMode = value('proxy', 'PROXY_MODE') ?? defaultSettings.proxyMode;
  if (proxyMode !== 'nftables' && proxyMode !== 'iptables')
    throw new Error(`--proxy ${proxyMode}: nftables or iptables is wanted.`);
  return {
    name,
    proxyMode,
    nodes: whole('nodes', 'NODES', defaultSettings.nodes, 9),
    fakeNodes: whole('fake', 'FAKE', defaultSettings.fakeNodes, 1000),
    nodeGrace: whole('node-grace', 'NODE_GRACE', defaultSettings.nodeGrace, 3600),
    toleration: whole('toleration', 'TOLERATION', defaultSettings.toleration, 86_400),
  };
}

/** Addresses of the node network. Pods of node N are in 10.244.N.0/24. */
export const network = {
  /** Of any folder's clusters: they share addresses, so only one with real nodes can be up. */
  anyBridge: /^mip-br-[0-9a-f]{4}$/,
  get bridge(): string {
    return `mip-br-${clustersIdentity()}`;
  },
  gateway: '10.77.0.1',
  prefixLength: 24,
  serviceRange: '10.96.0.0/16',
  podRange: '10.244.0.0/16',
  nodeAddress: (node: number): string => `10.77.0.${10 + node}`,
  podsOf: (node: number): string => `10.244.${node}.0/24`,
  namespace: (node: number): string => `mip-node${node}-${clustersIdentity()}`,
  hostLink: (node: number): string => `mip-v${node}-${clustersIdentity()}`,
  controlGroup: (node: number): string => `mip-node${node}-${clustersIdentity()}`,
} as const;
