import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { provideTool } from '../../../scripts/lib/tools.ts';

/** Programs a cluster is made of. `kube` holds etcd, the control plane, the node agents and kubectl. */
export type Program = 'kube' | 'coredns' | 'kwok' | 'metrics-server';

/**
 * Path of a program: out of `MI_PATTERNS_CLUSTER_BIN` when set, else out of the tool cache, built when it is not there.
 * Throws an Error that says what to do when it can be had in neither way.
 */
export async function provideProgram(program: Program, report: (text: string) => void): Promise<string> {
  const folder = process.env.MI_PATTERNS_CLUSTER_BIN;
  if (!folder) return provideTool(program, report);
  const path = join(folder, program);
  if (!existsSync(path)) throw new Error(`${path} does not exist. Unset MI_PATTERNS_CLUSTER_BIN to have it built.`);
  return path;
}
