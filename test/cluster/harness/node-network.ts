import { existsSync, readdirSync } from 'node:fs';
import { $ } from 'zx';
import { network } from './settings.ts';

const ip = $({ quiet: true });
const quietly = $({ quiet: true, nothrow: true });

/** Throws an Error that says what to do when another cluster of this harness holds the node network. */
export function assertNetworkFree(): void {
  const bridge = list('/sys/class/net').find((name) => network.anyBridge.test(name));
  if (bridge === undefined) return;
  const whose = bridge === network.bridge ? 'with its --name' : 'with its --name and its MI_PATTERNS_CLUSTERS';
  throw new Error(
    `The network interface ${bridge} exists: another cluster with real nodes is up on this machine, or was left behind. Take it down first ("npm run cluster down", ${whose}).`,
  );
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** A bridge on this machine, and for each node a network namespace on it with routes to the pods of the others. */
export async function createNetwork(nodes: number): Promise<void> {
  const numbers = Array.from({ length: nodes }, (_, index) => index + 1);
  await ip`ip link add ${network.bridge} type bridge`;
  await ip`ip addr add ${`${network.gateway}/${network.prefixLength}`} dev ${network.bridge}`;
  await ip`ip link set ${network.bridge} up`;
  for (const node of numbers) {
    const namespace = network.namespace(node);
    await ip`ip netns add ${namespace}`;
    await ip`ip link add ${network.hostLink(node)} type veth peer name eth0 netns ${namespace}`;
    await ip`ip link set ${network.hostLink(node)} master ${network.bridge} up`;
    await ip`ip -n ${namespace} link set lo up`;
    await ip`ip -n ${namespace} addr add ${`${network.nodeAddress(node)}/${network.prefixLength}`} dev eth0`;
    await ip`ip -n ${namespace} link set eth0 up`;
    await ip`ip -n ${namespace} route add default via ${network.gateway}`;
    for (const other of numbers.filter((number) => number !== node))
      await ip`ip -n ${namespace} route add ${network.podsOf(other)} via ${network.nodeAddress(other)}`;
    await ip`ip route add ${network.podsOf(node)} via ${network.nodeAddress(node)}`;
  }
  // This machine reaches cluster addresses through the first node's kube-proxy.
  await ip`ip route add ${network.serviceRange} via ${network.nodeAddress(1)}`;
}

/** Takes a node's cable out, or puts it back. The node's processes go on. */
export async function setCable(node: number, state: 'up' | 'down'): Promise<void> {
  await ip`ip link set ${network.hostLink(node)} ${state}`;
}

/** Names of what the network of this folder's clusters consists of and that still exists. */
export function networkLeftovers(): string[] {
  const nodes = Array.from({ length: 9 }, (_, index) => index + 1);
  const links = new Set([network.bridge, ...nodes.map(network.hostLink)]);
  const namespaces = new Set(nodes.map(network.namespace));
  return [
    ...list('/sys/class/net').filter((name) => links.has(name)),
    ...list('/run/netns').filter((name) => namespaces.has(name)),
  ];
}

/** Removes every part of the network that exists. */
export async function removeNetwork(): Promise<void> {
  for (const name of networkLeftovers()) {
    if (name.startsWith('mip-node')) await quietly`ip netns del ${name}`;
    else if (existsSync(`/sys/class/net/${name}`)) await quietly`ip link del ${name}`; // its peer goes with it
  }
}
