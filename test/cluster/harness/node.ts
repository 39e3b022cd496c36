import { closeSync, openSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { $ } from 'zx';
import { controlGroupLeftovers, prepareControlGroup, removeControlGroup } from './control-groups.ts';
import { nodeFolder } from './node-files.ts';
import { setCable } from './node-network.ts';
import { isRunning, readRecords, startRecorded, stopRecorded, until } from './processes.ts';
import { network, nodePackages } from './settings.ts';

/** Throws an Error that says what to do when this machine cannot run real nodes. */
export async function assertNodesPossible(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(
      'Real nodes need root (namespaces, mounts, network interfaces). Run as root, or use --nodes 0 for a cluster without containers.',
    );
  const missing = await missingPackages();
  if (missing.length > 0)
    throw new Error(
      `Real nodes need Debian packages that are not installed: ${missing.join(', ')}. Install them with: npm run cluster install`,
    );
}

/** Debian packages for real nodes that are not installed. */
export async function missingPackages(): Promise<string[]> {
  const answers = await Promise.all(
    nodePackages.map(async (name) => ({
      name,
      known: await $({ quiet: true, nothrow: true })`dpkg-query -W -f ${'${db:Status-Status}'} ${name}`,
    })),
  );
  return answers.filter(({ known }) => known.stdout.trim() !== 'installed').map(({ name }) => name);
}

/** Boots a node: after a first start, a power cut or nothing at all. Returns at once; the node becomes Ready later. */
export function startNode(folder: string, node: number, kube: string): void {
  if (nodeIsUp(folder, node)) throw new Error(`node${node} runs already.`);
  prepareControlGroup(node);
  startRecorded(folder, `node${node}`, [
    'nsenter',
    `--net=/run/netns/${network.namespace(node)}`,
    'unshare',
    '--mount',
    '--uts',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '/bin/sh',
    join(import.meta.dirname, 'node-init.sh'),
    `node${node}`,
    nodeFolder(folder, node),
    kube,
  ]);
}

/** Cuts a node's power: all its processes are gone at once. Its disk stays. */
export async function killNode(folder: string, node: number): Promise<void> {
  const inside = firstProcess(folder, node);
  await stopRecorded(folder, `node${node}`);
  if (inside !== undefined) await until(60, `end of the first process of node${node}`, () => !isAlive(inside));
}

/** Cuts a node off from the network; its containers go on. */
export const cutNode = (node: number): Promise<void> => setCable(node, 'down');

/** Ends what {@link cutNode} began. */
export const joinNode = (node: number): Promise<void> => setCable(node, 'up');

/** Removes the control groups of all nodes, waiting for the kernel to let go of them. */
export async function removeControlGroups(): Promise<void> {
  await until(120, 'the control groups of the nodes to be free', () => {
    for (let node = 1; node <= 9; node += 1) removeControlGroup(node);
    return controlGroupLeftovers().length === 0;
  });
}

/** Imports an image archive into a running node's containerd. Throws with containerd's own words. */
export async function importImage(folder: string, node: number, archive: string): Promise<void> {
  const inside = firstProcess(folder, node);
  if (inside === undefined) throw new Error(`node${node} does not run, so no image can be imported.`);
  const input = openSync(archive, 'r');
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(
        'nsenter',
        ['--target', String(inside), '--mount', 'ctr', '--namespace', 'k8s.io', 'images', 'import', '-'],
        { stdio: [input, 'ignore', 'pipe'] },
      );
      let words = '';
      child.stderr?.on('data', (part: Buffer) => (words += part.toString()));
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0
          ? resolve()
          : reject(new Error(`${archive} could not be imported into node${node}: ${words.trim()}`)),
      );
    });
  } finally {
    closeSync(input);
  }
}

/**
 * Gives an imported image the name it would have after a pull by digest, `REPOSITORY@sha256:…`, so that pods can ask
 * for it by that and their status tells it; answers the digest. Throws with containerd's own words.
 */
export async function nameByDigest(folder: string, node: number, image: string): Promise<string> {
  const inside = firstProcess(folder, node);
  if (inside === undefined) throw new Error(`node${node} does not run, so no image can be named.`);
  const ctr = (...words: readonly string[]): Promise<{ stdout: string }> =>
    $({ quiet: true })`nsenter --target ${inside} --mount ctr --namespace k8s.io images ${words}`;
  const digest = /\bsha256:[0-9a-f]{64}\b/.exec((await ctr('list', `name==${image}`)).stdout)?.[0];
  if (digest === undefined) throw new Error(`node${node} has no image ${image}.`);
  await ctr('tag', '--force', image, `${image.replace(/:[^/:]+$/, '')}@${digest}`);
  return digest;
}

/** True while a node has power, whether its network is cut or not. */
export const nodeIsUp = (folder: string, node: number): boolean => firstProcess(folder, node) !== undefined;

/** Process id, as seen from this machine, of the first process in a node's namespaces. */
export function firstProcess(folder: string, node: number): number | undefined {
  const record = readRecords(folder).find((candidate) => candidate.name === `node${node}` && isRunning(candidate));
  if (record === undefined) return undefined;
  const [child] = readFileSync(`/proc/${record.pid}/task/${record.pid}/children`, 'utf8').trim().split(' ');
  return child ? Number(child) : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
