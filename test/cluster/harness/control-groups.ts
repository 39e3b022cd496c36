import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { network } from './settings.ts';

const root = '/sys/fs/cgroup';
/** cgroup v2 alone; with v1 hierarchies beside it (hybrid), the kubelet uses v1. */
const unified = (): boolean => existsSync(join(root, 'cgroup.controllers'));

/** Folders under which each node needs a control group of its own. */
function hierarchies(): string[] {
  return unified() ? [root] : mounted().filter((folder) => existsSync(join(folder, 'tasks')));
}

/** Folders under which one can be; runc also makes one in the v2 hierarchy that stands beside those of v1. */
function mounted(): string[] {
  return unified()
    ? [root]
    : readdirSync(root)
        .map((name) => join(root, name))
        .filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

/**
 * Makes the control group under which a node keeps those of its pods; without one of its own it would share `/kubepods`
 * with the other nodes. What an earlier boot left in it is removed, or the kubelet waits seconds for each dead
 * container.
 */
export function prepareControlGroup(node: number): void {
  removeControlGroup(node);
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, network.controlGroup(node));
    mkdirSync(folder, { recursive: true });
    // A new cpuset has no processors and no memory, and nothing can run in it.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (!unified() && existsSync(join(folder, file)))
        writeFileSync(join(folder, file), readFileSync(join(hierarchy, file)));
    }
  }
  if (unified()) {
    for (const folder of [root, join(root, network.controlGroup(node))])
      writeFileSync(join(folder, 'cgroup.subtree_control'), '+cpu +cpuset +memory +pids');
  }
}

/** Removes a node's control groups, the innermost first. A group that still holds a process stays. */
export function removeControlGroup(node: number): void {
  for (const hierarchy of mounted()) removeTree(join(hierarchy, network.controlGroup(node)));
}

/** Control groups of nodes that still exist. */
export function controlGroupLeftovers(): string[] {
  if (!existsSync(root)) return [];
  const groups = new Set(Array.from({ length: 9 }, (_, index) => network.controlGroup(index + 1)));
  return mounted().flatMap((hierarchy) =>
    readdirSync(hierarchy)
      .filter((name) => groups.has(name))
      .map((name) => join(hierarchy, name)),
  );
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  try {
    rmdirSync(folder);
  } catch {
    // Busy: the kernel has not reaped its last process. The caller looks at controlGroupLeftovers and comes back.
  }
}
