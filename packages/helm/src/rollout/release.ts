import { coerce, type SemVer } from 'semver';
import { isJsonObject, numberAt, textAt, type JsonObject } from '../kubernetes-object.ts';
import { parseManifest, type Manifest } from '../manifest.ts';
import { helmEnvironment } from '../render.ts';
import { run, type RunResult } from '../run.ts';
import { findTool, type Tool } from '../tools.ts';
import { isToolFailure, ToolFailure } from '../tool-failure.ts';

/** A release in a cluster. Context and namespace are always said, never taken from what happens to be current. */
export interface Target {
  readonly release: string;
  readonly namespace: string;
  /** Name of a context of the kubeconfig. */
  readonly context: string;
}

/** States helm gives a release or revision. */
export type ReleaseState = 'unknown' | 'deployed' | 'uninstalled' | 'superseded' | 'failed' | 'uninstalling' | 'pending-install' | 'pending-upgrade' | 'pending-rollback';

export interface Revision {
  readonly revision: number;
  readonly state: ReleaseState;
  /** `micro-integrator-1.2.0`. */
  readonly chart: string;
  /** As helm writes it, RFC 3339. */
  readonly updated: string;
  readonly description: string;
}

export interface UpgradeOptions {
  readonly chart: string;
  /** Version of a chart that comes from a repository or registry. */
  readonly chartVersion?: string;
  readonly values: readonly string[];
  /** Seconds for the whole upgrade, rollback included. */
  readonly timeout: number;
  /** Revisions to keep; 10 when absent. */
  readonly historyMaximum?: number;
  readonly dryRun?: 'client' | 'server';
  readonly signal?: AbortSignal | undefined;
}

function isHelm4(helm: Tool): boolean {
  return (helm.version ?? coerce('4') as SemVer).major >= 4;
}

function targetArguments(target: Target): string[] {
  return ['--namespace', target.namespace, '--kube-context', target.context];
}

/**
 * The arguments of an upgrade that waits until all is ready and goes back to the revision before if it is not.
 * helm 4 waits for nothing but hooks unless told to, and renamed --atomic (helm/helm pkg/cmd/upgrade.go).
 */
export function upgradeArguments(helm: Tool, target: Target, options: UpgradeOptions): string[] {
  const safety = isHelm4(helm) ? ['--rollback-on-failure', '--wait=watcher'] : ['--atomic', '--wait'];
  return [
    'upgrade',
    target.release,
    options.chart,
    '--install',
    ...targetArguments(target),
    ...(options.dryRun === undefined ? safety : [`--dry-run=${options.dryRun}`]),
    '--timeout',
    `${options.timeout}s`,
    '--history-max',
    String(options.historyMaximum ?? 10),
    ...(options.chartVersion === undefined ? [] : ['--version', options.chartVersion]),
    ...options.values.flatMap((file) => ['--values', file]),
  ];
}

/** The arguments of a return to an earlier revision, waiting until all is ready. */
export function rollbackArguments(helm: Tool, target: Target, revision: number, timeout: number): string[] {
  return ['rollback', target.release, String(revision), ...targetArguments(target), isHelm4(helm) ? '--wait=watcher' : '--wait', '--timeout', `${timeout}s`];
}

/** Installs or upgrades a release. Throws a ToolFailure when it fails; helm has then gone back to the revision before. */
export async function upgradeRelease(target: Target, options: UpgradeOptions): Promise<RunResult> {
  const helm = await findTool('helm');
  // Helm itself stops at the timeout and rolls back; this limit only catches a helm that hangs.
  return run([...helm.command, ...upgradeArguments(helm, target, options)], { timeout: (options.timeout * 2 + 60) * 1000, signal: options.signal, environment: helmEnvironment });
}

/** Brings a release back to an earlier revision. Throws a ToolFailure when that fails. */
export async function rollbackRelease(target: Target, revision: number, timeout: number): Promise<RunResult> {
  const helm = await findTool('helm');
  return run([...helm.command, ...rollbackArguments(helm, target, revision, timeout)], { timeout: (timeout + 60) * 1000, environment: helmEnvironment });
}

/** Revisions of a release, oldest first; empty when there is no such release. Throws a ToolFailure when the cluster cannot be asked. */
export async function releaseHistory(target: Target): Promise<readonly Revision[]> {
  const answer = await ask(['history', target.release, ...targetArguments(target), '--output', 'json']);
  return answer === undefined ? [] : parseHistory(answer);
}

/** The objects of a revision (the newest when absent) as helm keeps them; undefined when there is no such release. */
export async function releaseManifest(target: Target, revision?: number): Promise<Manifest | undefined> {
  const answer = await ask(['get', 'manifest', target.release, ...targetArguments(target), ...(revision === undefined ? [] : ['--revision', String(revision)])]);
  return answer === undefined ? undefined : parseManifest(answer);
}

/** Stdout of a helm command that reads; undefined when there is no such release. */
async function ask(words: readonly string[]): Promise<string | undefined> {
  const helm = await findTool('helm');
  try {
    return (await run([...helm.command, ...words], { environment: helmEnvironment })).stdout;
  } catch (error) {
    if (isToolFailure(error) && /^Error: release: not found/m.test(error.stderr)) return undefined;
    throw error;
  }
}

/** Reads `helm history --output json`. Throws a ToolFailure when it is something else. */
export function parseHistory(text: string): Revision[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    rows = undefined;
  }
  if (!Array.isArray(rows)) throw new ToolFailure({ reason: 'unexpected-output', message: 'helm history wrote no JSON list.', hint: 'Check the version of helm.' });
  return rows.filter(isJsonObject).map(readRevision).sort((a, b) => a.revision - b.revision);
}

function readRevision(row: JsonObject): Revision {
  return {
    revision: numberAt(row, 'revision') ?? 0,
    state: (textAt(row, 'status') ?? 'unknown') as ReleaseState,
    chart: textAt(row, 'chart') ?? '',
    updated: textAt(row, 'updated') ?? '',
    description: textAt(row, 'description') ?? '',
  };
}

/** What stands in the way of an upgrade. */
export type Readiness =
  | { readonly state: 'new' }
  | { readonly state: 'ready'; readonly revision: number }
  /** An upgrade was cut off: helm refuses another until the release is brought back to `lastGood`, or removed when there is none. */
  | { readonly state: 'stuck'; readonly pending: Revision; readonly lastGood: number | undefined };

/** Whether a release can be upgraded, from its history. Pure. */
export function readiness(history: readonly Revision[]): Readiness {
  const newest = history.at(-1);
  if (newest === undefined || newest.state === 'uninstalled') return { state: 'new' };
  if (!newest.state.startsWith('pending-') && newest.state !== 'uninstalling') return { state: 'ready', revision: newest.revision };
  const good = history.filter((revision) => revision.state === 'deployed' || revision.state === 'superseded').at(-1);
  return { state: 'stuck', pending: newest, lastGood: good?.revision };
}
