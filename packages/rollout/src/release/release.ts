import {
  isJsonObject,
  commaSafe,
  isToolFailure,
  type JsonObject,
  type Manifest,
  numberAt,
  parseManifest,
  type RunResult,
  textAt,
  ToolFailure,
} from '@mi-patterns/helm';
import { redact } from '@mi-patterns/inventory';
import { parseDocument, type Place } from '../tools/kubectl.ts';
import { machineTools } from '../tools/tools.ts';

/** A release in a cluster. Context and namespace are always said, never taken from what happens to be current. */
export interface Target extends Place {
  readonly release: string;
}

/** States helm gives a release or revision. */
export type ReleaseState =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

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
  /**
   * Whether helm itself goes back when the upgrade fails; true when absent. Not where a stateful artifact moves: helm
   * starts the old owner before it ends the new one.
   */
  readonly rollBack?: boolean;
  readonly signal?: AbortSignal | undefined;
}

function targetArguments(target: Target): string[] {
  return ['--namespace', target.namespace, '--kube-context', target.context];
}

/**
 * helm 4 applies in the server and stops where somebody else changed a field it sets; what was agreed to in the diff is
 * what is meant to be there. helm 3 always overwrites. Fields that the manifest leaves out stay with their owner in
 * both.
 */
function overwriting(helmMajor: number): string[] {
  return helmMajor >= 4 ? ['--server-side=true', '--force-conflicts'] : [];
}

/**
 * The arguments of an upgrade that waits until all is ready and goes back to the revision before if it is not.
 * helm 4 waits for nothing but hooks unless told to, and renamed --atomic (helm/helm pkg/cmd/upgrade.go).
 */
export function upgradeArguments(helmMajor: number, target: Target, options: UpgradeOptions): string[] {
  const goesBack = options.rollBack === false ? [] : [helmMajor >= 4 ? '--rollback-on-failure' : '--atomic'];
  return [
    'upgrade',
    target.release,
    options.chart,
    '--install',
    ...targetArguments(target),
    ...(options.dryRun === undefined ? [...goesBack, waiting(helmMajor)] : [`--dry-run=${options.dryRun}`]),
    ...overwriting(helmMajor),
    '--timeout',
    `${options.timeout}s`,
    '--history-max',
    String(options.historyMaximum ?? 10),
    // Without these the client spends minutes waiting for itself in a release of hundreds of workloads.
    '--qps',
    '300',
    '--burst-limit',
    '600',
    ...(options.chartVersion === undefined ? [] : ['--version', options.chartVersion]),
    ...options.values.flatMap((file) => ['--values', commaSafe(file)]),
  ];
}

function waiting(helmMajor: number): string {
  return helmMajor >= 4 ? '--wait=watcher' : '--wait';
}

/** The arguments of a return to an earlier revision, waiting until all is ready. */
export function rollbackArguments(helmMajor: number, target: Target, revision: number, timeout: number): string[] {
  return [
    'rollback',
    target.release,
    String(revision),
    ...targetArguments(target),
    waiting(helmMajor),
    ...overwriting(helmMajor),
    '--timeout',
    `${timeout}s`,
  ];
}

/** Installs or upgrades a release. Throws a ToolFailure when it fails; helm has then gone back, unless told not to. */
export async function upgradeRelease(target: Target, options: UpgradeOptions): Promise<RunResult> {
  const tools = target.tools ?? machineTools;
  // Helm itself stops at the timeout and rolls back; this limit only catches a helm that hangs.
  return tools.helm(upgradeArguments(await tools.helmMajor(), target, options), {
    timeout: (options.timeout * 2 + 60) * 1000,
    signal: options.signal,
    diesWithUs: true,
  });
}

/** Brings a release back to an earlier revision. Throws a ToolFailure when that fails. */
export async function rollbackRelease(
  target: Target,
  revision: number,
  timeout: number,
  signal?: AbortSignal,
): Promise<RunResult> {
  const tools = target.tools ?? machineTools;
  return tools.helm(rollbackArguments(await tools.helmMajor(), target, revision, timeout), {
    timeout: (timeout + 60) * 1000,
    diesWithUs: true,
    signal,
  });
}

/** Removes a release that was never whole. Throws a ToolFailure when that fails. */
export async function uninstallRelease(target: Target, timeout: number, signal?: AbortSignal): Promise<RunResult> {
  return (target.tools ?? machineTools).helm(
    ['uninstall', target.release, ...targetArguments(target), '--wait', '--timeout', `${timeout}s`],
    { timeout: (timeout + 60) * 1000, diesWithUs: true, signal },
  );
}

/** The hooks of the newest revision; empty when there are none. */
export async function releaseHooks(target: Target): Promise<Manifest> {
  return parseManifest((await ask(target, ['get', 'hooks', target.release, ...targetArguments(target)])) ?? '');
}

/** What the user gave as values of a revision (the newest when absent); undefined when there is no such release. */
export async function releaseValues(target: Target, revision?: number): Promise<JsonObject | undefined> {
  const answer = await ask(target, [
    'get',
    'values',
    target.release,
    ...targetArguments(target),
    '--output',
    'json',
    ...(revision === undefined ? [] : ['--revision', String(revision)]),
  ]);
  if (answer === undefined) return undefined;
  // What helm prints where no values are given.
  return answer.trim() === 'null' ? {} : parseDocument(answer, 'helm');
}

/** The same as a YAML file, for findings with lines. */
export function releaseValuesFile(target: Target): Promise<string | undefined> {
  return ask(target, ['get', 'values', target.release, ...targetArguments(target), '--output', 'yaml']);
}

/** Runs the tests of the chart. Throws a ToolFailure when one fails. */
export async function testRelease(target: Target, timeout: number, signal?: AbortSignal): Promise<RunResult> {
  return (target.tools ?? machineTools).helm(
    ['test', target.release, ...targetArguments(target), '--timeout', `${timeout}s`],
    { timeout: (timeout + 60) * 1000, diesWithUs: true, signal },
  );
}

/**
 * Revisions of a release, oldest first; empty when there is no such release. Throws a ToolFailure when the cluster
 * cannot be asked.
 */
export async function releaseHistory(target: Target): Promise<readonly Revision[]> {
  const answer = await ask(target, ['history', target.release, ...targetArguments(target), '--output', 'json']);
  return answer === undefined ? [] : parseHistory(answer);
}

/** The objects of a revision (the newest when absent) as helm keeps them; undefined when there is no such release. */
export async function releaseManifest(target: Target, revision?: number): Promise<Manifest | undefined> {
  const answer = await ask(target, [
    'get',
    'manifest',
    target.release,
    ...targetArguments(target),
    ...(revision === undefined ? [] : ['--revision', String(revision)]),
  ]);
  return answer === undefined ? undefined : parseManifest(answer);
}

/** Stdout of a helm command that reads; undefined when there is no such release. */
async function ask(target: Target, words: readonly string[]): Promise<string | undefined> {
  try {
    return (await (target.tools ?? machineTools).helm(words)).stdout;
  } catch (error) {
    if (isToolFailure(error) && /release: not found/m.test(error.stderr)) return undefined;
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
  if (!Array.isArray(rows))
    throw new ToolFailure({
      reason: 'unexpected-output',
      message: 'helm history wrote no JSON list.',
      hint: 'Check the version of helm.',
    });
  return rows
    .filter(isJsonObject)
    .map(readRevision)
    .sort((a, b) => a.revision - b.revision);
}

function readRevision(row: JsonObject): Revision {
  return {
    revision: numberAt(row, 'revision') ?? 0,
    state: (textAt(row, 'status') ?? 'unknown') as ReleaseState,
    chart: textAt(row, 'chart') ?? '',
    updated: textAt(row, 'updated') ?? '',
    // Of a failure, it holds what the API server said, which may quote a whole pod.
    description: redact(textAt(row, 'description') ?? ''),
  };
}

/** What stands in the way of an upgrade. */
export type Readiness =
  | { readonly state: 'new' }
  | { readonly state: 'ready'; readonly revision: number }
  /**
   * An upgrade was cut off, or failed and was left: the release is brought back to `lastGood` first, or removed when
   * there is none.
   */
  | { readonly state: 'stuck'; readonly pending: Revision; readonly lastGood: number | undefined };

/** The same as it is told, where a rollout or a helm may be at work right now. */
export type ReadinessNow = Readiness | { readonly state: 'busy'; readonly pending: Revision };

/**
 * Whether a release can be upgraded, from its history. A pending revision makes helm refuse. A failed one above a
 * deployed one does not, but helm then goes on from the deployed one, and what only the failed one brought would stay
 * for good (helm/helm pkg/action/upgrade.go, prepareUpgrade). Pure.
 */
export function readiness(history: readonly Revision[]): Readiness {
  const newest = history.at(-1);
  if (newest === undefined || newest.state === 'uninstalled') return { state: 'new' };
  const good = goodRevision(history);
  const cutOff =
    newest.state.startsWith('pending-') ||
    newest.state === 'uninstalling' ||
    (newest.state === 'failed' && good !== undefined);
  return cutOff ? { state: 'stuck', pending: newest, lastGood: good } : { state: 'ready', revision: newest.revision };
}

/**
 * The revision to go back to: the deployed one; else the newest that was replaced since the release was last removed.
 * helm marks a revision as superseded also when the way back from it failed (pkg/action/rollback.go, performRollback),
 * so a deployed one counts for more. Pure.
 */
export function goodRevision(history: readonly Revision[]): number | undefined {
  const since = removedRevision(history);
  const newest = (state: ReleaseState): number | undefined =>
    history.filter(({ revision, ...other }) => revision > since && other.state === state).at(-1)?.revision;
  return newest('deployed') ?? newest('superseded');
}

/**
 * The revision that `helm uninstall --keep-history` has removed last; 0 where there is none. helm counts on from it,
 * and marks it as superseded when the release is installed again (helm/helm pkg/action/install.go, replaceRelease).
 * Pure.
 */
export function removedRevision(history: readonly Revision[]): number {
  const isRemoved = ({ state, description }: Revision): boolean =>
    state === 'uninstalled' || description === 'superseded by new release';
  return history.findLast(isRemoved)?.revision ?? 0;
}
