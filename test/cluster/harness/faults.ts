import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { firstProcess } from './node.ts';
import { isRunning, readRecords, until } from './processes.ts';
import { network } from './settings.ts';

/** Ends a node's kubelet for good; its containers and everything else go on. Only a new boot brings it back. */
export async function endKubelet(folder: string, node: number): Promise<void> {
  const kubelets = agents(folder, node).filter(({ words }) => words.includes('kubelet'));
  if (kubelets.length === 0) throw new Error(`node${node} has no kubelet.`);
  for (const { pid } of kubelets) process.kill(pid, 'SIGKILL');
  await until(60, `the end of the kubelet of node${node}`, () =>
    agents(folder, node).every(({ words }) => !words.includes('kubelet')),
  );
}

/**
 * Stops everything that runs on a node, as a paused machine does: its containers at the same moment, its agents before.
 */
export async function freezeNode(folder: string, node: number): Promise<void> {
  for (const { pid } of agents(folder, node)) process.kill(pid, 'SIGSTOP');
  await setFrozen(node, true);
}

/** Lets the node go on, its containers first and all at once. */
export async function thawNode(folder: string, node: number): Promise<void> {
  await setFrozen(node, false);
  for (const { pid } of agents(folder, node)) process.kill(pid, 'SIGCONT');
}

/** Stops the API server for some seconds: connections stay, and no answer comes. */
export async function pauseApiServer(folder: string, seconds: number): Promise<void> {
  const record = readRecords(folder).find(({ name }) => name === 'kube-apiserver');
  if (record === undefined || !isRunning(record)) throw new Error('The API server of this cluster does not run.');
  process.kill(record.pid, 'SIGSTOP');
  try {
    await sleep(seconds * 1000);
  } finally {
    process.kill(record.pid, 'SIGCONT');
  }
}

/** Kubelet, kube-proxy and containerd of a node, with their first words; not the processes that hold its containers. */
function agents(folder: string, node: number): { readonly pid: number; readonly words: readonly string[] }[] {
  const first = firstProcess(folder, node);
  if (first === undefined) throw new Error(`node${node} does not run.`);
  return readFileSync(`/proc/${first}/task/${first}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((pid) => pid !== '')
    .map((pid) => ({ pid: Number(pid), words: commandOf(pid).split('\0').slice(0, 2) }))
    .filter(
      ({ words: [program = '', task = ''] }) => program === 'containerd' || ['kubelet', 'kube-proxy'].includes(task),
    );
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}

/** Freezes or thaws the control group that holds a node's containers, in either version of control groups. */
async function setFrozen(node: number, frozen: boolean): Promise<void> {
  const group = network.controlGroup(node);
  const old = join('/sys/fs/cgroup/freezer', group, 'freezer.state');
  const file = existsSync(old) ? old : join('/sys/fs/cgroup', group, 'cgroup.freeze');
  if (!existsSync(file)) throw new Error(`This machine has no freezer for the control group ${group}.`);
  const wanted = file === old ? (frozen ? 'FROZEN' : 'THAWED') : frozen ? '1' : '0';
  writeFileSync(file, wanted);
  await until(120, `${file} to be ${wanted}`, () => readFileSync(file, 'utf8').trim() === wanted);
}
