import { isJsonObject, textAt } from '@mi-patterns/helm';
import { kubectl, readObject, type Place } from '../tools/kubectl.ts';
import { removedRevision, type Revision } from './release.ts';

/** What one rollout brought. Times are RFC 3339, digests `sha256:…`. */
export interface RolloutRecord {
  /** Revision of the helm release. */
  readonly revision: number;
  /** When helm made it, as helm says it, which tells it from a revision of the same number in a later release. */
  readonly made?: string;
  readonly state: 'succeeded' | 'rolled-back';
  readonly environment?: string;
  readonly pattern: string;
  /** Digest of the plan of this environment. */
  readonly planDigest: string;
  /** Digest of what was read, the same for every environment and pattern. */
  readonly artifactsDigest?: string;
  readonly valuesDigest: string;
  /** Name and version. */
  readonly chart: string;
  /** Digest of the names and bytes of the chart's files, wherever it came from. */
  readonly chartDigest: string;
  /** As the values say. */
  readonly image: string;
  /** What that image was when it ran, by digest; absent where the nodes did not tell. */
  readonly imageDigest?: string;
  /** Set when only one workload was rolled out. */
  readonly only?: string;
  /** Revision that this one brought back. */
  readonly restores?: number;
  /** Environment that it was promoted from. */
  readonly promotedFrom?: string;
  readonly approvedBy?: string;
  /** User of the cluster. */
  readonly by: string;
  readonly at: string;
}

/**
 * What a rollout or rollback was about to do when this was written down, before its first change and before each call
 * of helm. The next record takes it away, so what is left here was cut off.
 */
export interface Begun {
  /** The revision that helm makes, or removes. */
  readonly revision: number;
  /** Whether helm was called; before, only workloads were scaled to 0 and the like. */
  readonly helm: boolean;
  /** When helm made the newest revision of that moment, as helm says it. */
  readonly after?: string | undefined;
  /** Set by `rollback`: the revision that it was to bring back, or 0 for the releases that were taken over. */
  readonly restores?: number | undefined;
  /** By the clock of the machine that runs helm. */
  readonly at: string;
}

/** What the ConfigMap of a release says. */
export interface Log {
  /** Oldest first. */
  readonly records: readonly RolloutRecord[];
  readonly begun?: Begun | undefined;
}

/** What a rollback restores that gives the work back to the releases that were taken over. */
export const oldReleases = 0;

const kept = 20;

/**
 * Name of the ConfigMap with the records of a release. It is not part of the helm release, so a rollback leaves it
 * alone.
 */
export function recordName(release: string): string {
  return `${release}-rollouts`;
}

/** The records of a release, and what was cut off since; empty when there is nothing or the text is not ours. */
export async function readLog(place: Place, release: string): Promise<Log> {
  const map = await readObject(place, 'configmaps', recordName(release));
  return {
    records: parseRecords(textAt(map, 'data', 'records') ?? ''),
    begun: parseBegun(textAt(map, 'data', 'begun') ?? ''),
  };
}

/** The records of a release, oldest first. */
export async function readRecords(place: Place, release: string): Promise<readonly RolloutRecord[]> {
  return (await readLog(place, release)).records;
}

/**
 * Adds a record; the caller holds the lock of the release. The newest 20 are kept. Throws a ToolFailure when the
 * cluster refuses.
 */
export async function addRecord(place: Place, release: string, record: RolloutRecord): Promise<void> {
  await writeLog(place, release, { records: withRecord(await readRecords(place, release), record) });
}

/** Writes down what begins, or that nothing does; the caller holds the lock. Throws a ToolFailure. */
export async function writeBegun(place: Place, release: string, begun: Begun | undefined): Promise<void> {
  await writeLog(place, release, withBegun(await readRecords(place, release), begun));
}

/**
 * A log in which something begins. Who gives the work back to the releases that were taken over leaves all that was
 * recorded: a rollout that comes next is the first again, also where the way back was cut off. Pure.
 */
export function withBegun(records: readonly RolloutRecord[], begun: Begun | undefined): Log {
  return { records: begun?.restores === oldReleases ? [] : records, begun };
}

async function writeLog(place: Place, release: string, { records, begun }: Log): Promise<void> {
  await kubectl(place, ['apply', '--server-side', '--force-conflicts', '--field-manager=mi-patterns', '--filename=-'], {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(release),
      labels: { 'app.kubernetes.io/instance': release, 'app.kubernetes.io/managed-by': 'mi-patterns' },
    },
    data: { records: JSON.stringify(records), ...(begun === undefined ? {} : { begun: JSON.stringify(begun) }) },
  });
}

/** What a record says of the revision that it is about. Pure. */
export function identityOf(newest: Revision | undefined): Pick<RolloutRecord, 'revision' | 'made'> {
  return newest === undefined ? { revision: 0 } : { revision: newest.revision, made: newest.updated };
}

/**
 * The records with a new one, the newest 20. Records outlive `helm uninstall`, and revisions then begin with 1 again: a
 * revision that this one has yet to reach is of the release before. Pure.
 */
export function withRecord(records: readonly RolloutRecord[], record: RolloutRecord): readonly RolloutRecord[] {
  const own = record.revision === 1 ? [] : records.filter(({ revision }) => revision <= record.revision);
  return [...own, record].slice(-kept);
}

/** Reads the text of {@link addRecord}. */
export function parseRecords(text: string): RolloutRecord[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function parseBegun(text: string): Begun | undefined {
  const value = parsed(text);
  return isJsonObject(value) && typeof value.revision === 'number' && typeof value.at === 'string'
    ? (value as unknown as Begun)
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What every record has from the first version on. */
const texts = ['state', 'pattern', 'planDigest', 'valuesDigest', 'chart', 'chartDigest', 'image', 'by', 'at'] as const;

function isRecord(entry: unknown): entry is RolloutRecord {
  return (
    isJsonObject(entry) && typeof entry.revision === 'number' && texts.every((name) => typeof entry[name] === 'string')
  );
}

/**
 * Where a rollback goes: the newest success before what runs now. Going back twice goes back further, not forth again.
 * Where what runs now, or half of it, is of a rollout that was cut off before it was recorded, the newest success is
 * what ran before; a rollback that was cut off goes where it was to go. Pure.
 */
export function lastGood({ records, begun }: Log, history: readonly Revision[]): RolloutRecord | undefined {
  const newest = records.at(-1);
  if (newest === undefined || begun?.restores === oldReleases) return undefined;
  const restored = records.find(({ revision, state }) => state === 'succeeded' && revision === begun?.restores);
  if (restored !== undefined) return restored;
  // A failed rollout went back to a revision, which may have brought back an earlier one itself.
  const running = newest.state === 'succeeded' ? newest.revision : (newest.restores ?? newest.revision);
  const isCutOff =
    runsUnrecorded(history, newest.revision) ||
    (begun !== undefined && begun.revision > (history.at(-1)?.revision ?? 0));
  const before = isCutOff ? running + 1 : originOf(running, records, history);
  return records.filter(({ state, revision }) => state === 'succeeded' && revision < before).at(-1);
}

/** The revision that first had what a revision has, through all returns to it. */
function originOf(revision: number, records: readonly RolloutRecord[], history: readonly Revision[]): number {
  const back =
    records.findLast((record) => record.revision === revision)?.restores ??
    returnOf(history.find((one) => one.revision === revision));
  return back === undefined || back >= revision ? revision : originOf(back, records, history);
}

/** The newest record of what a revision has, of a rollout or of a return to it; undefined where there is none. Pure. */
export function recordOf(
  revision: number,
  records: readonly RolloutRecord[],
  history: readonly Revision[],
): RolloutRecord | undefined {
  const origin = originOf(revision, records, history);
  return records.findLast(
    (record) => record.state === 'succeeded' && originOf(record.revision, records, history) === origin,
  );
}

/** The revision that a revision went back to, in the words of helm (helm/helm pkg/action/rollback.go). */
export function returnOf(revision: Revision | undefined): number | undefined {
  const back = /^Rollback to (\d+)$/.exec(revision?.description ?? '')?.[1];
  return back === undefined ? undefined : Number(back);
}

/** Whether the newest revision is neither recorded nor a return to one that is. */
function runsUnrecorded(history: readonly Revision[], recorded: number): boolean {
  let newest = history.at(-1);
  // A way back that is not deployed did not arrive.
  const returns = newest?.state === 'deployed';
  while (newest !== undefined && newest.revision > recorded) {
    const back = returnOf(newest);
    if (back === undefined || !returns) return true;
    newest = history.find(({ revision }) => revision === back);
  }
  return false;
}

/** Seconds in which a helm that was called has surely made its revision: of a large chart, in a slow cluster. */
const helmBegins = 300;

/**
 * Whether a revision on which helm is at work, or was when it was cut off, is of a call that was written down before it
 * was made. What helm makes itself when an upgrade fails belongs to that call too, and so does what was pending when
 * the way back from it was written down. `seconds`: from what was written down to the revision that it names, which is
 * not of that call if somebody else's helm made it much later. Pure.
 */
export function isBegun(pending: Revision, begun: Begun | undefined, seconds: number): boolean {
  if (begun === undefined) return false;
  if (pending.state === 'uninstalling') return begun.helm && pending.revision === begun.revision;
  if (begun.after === pending.updated) return true;
  const isPart =
    pending.revision === begun.revision ||
    (pending.state === 'pending-rollback' && pending.revision === begun.revision + 1);
  return begun.helm && isPart && seconds < helmBegins;
}

/**
 * Records without those of a release that was removed: their revisions are not there, or were made at another time, as
 * numbers begin anew, unless helm has kept the history. Pure.
 */
export function recordsOfNow(
  records: readonly RolloutRecord[],
  history: readonly Revision[],
): readonly RolloutRecord[] {
  const newest = history.at(-1)?.revision ?? 0;
  const removed = removedRevision(history);
  return records.filter(({ revision, made, at }) => {
    const now = Date.parse(history.find((one) => one.revision === revision)?.updated ?? '');
    // Earlier versions wrote down no more than when they made the record.
    const isOther = made === undefined ? now > Date.parse(at) : Math.abs(now - Date.parse(made)) > 0;
    return revision > removed && revision <= newest && !isOther;
  });
}

/** The record of what runs: the newest success. */
export function runningRecord(records: readonly RolloutRecord[]): RolloutRecord | undefined {
  return records.filter((record) => record.state === 'succeeded').at(-1);
}

/**
 * Whether what runs says of itself what it runs: the newest success was of the chart that runs now. Records outlive
 * `helm uninstall`, and a chart of somebody else under the same name marks nothing. Pure.
 */
export function marksAreComplete(records: readonly RolloutRecord[], history: readonly Revision[]): boolean {
  const running = runningRecord(records);
  const newest = history.at(-1);
  return running !== undefined && (newest === undefined || chartName(newest.chart) === chartName(running.chart));
}

/** `micro-integrator-1.2.0` without its version. */
function chartName(chart: string): string {
  return chart.replace(/-v?\d.*$/s, '');
}
