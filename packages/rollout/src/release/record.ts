import { isJsonObject, textAt } from '@mi-patterns/helm';
import { kubectl, readObject, type Place } from '../tools/kubectl.ts';
import type { Revision } from './release.ts';

/** What one rollout brought. Times are RFC 3339, digests `sha256:…`. */
export interface RolloutRecord {
  /** Revision of the helm release. */
  readonly revision: number;
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

const kept = 20;

/**
 * Name of the ConfigMap with the records of a release. It is not part of the helm release, so a rollback leaves it
 * alone.
 */
function recordName(release: string): string {
  return `${release}-rollouts`;
}

/** The records of a release, oldest first; empty when there is none or the text is not ours. */
export async function readRecords(place: Place, release: string): Promise<readonly RolloutRecord[]> {
  const map = await readObject(place, 'configmaps', recordName(release));
  return map === undefined ? [] : parseRecords(textAt(map, 'data', 'records') ?? '');
}

/**
 * Adds a record; the caller holds the lock of the release. The newest 20 are kept. Throws a ToolFailure when the
 * cluster refuses.
 */
export async function addRecord(place: Place, release: string, record: RolloutRecord): Promise<void> {
  const records = withRecord(await readRecords(place, release), record);
  await kubectl(place, ['apply', '--server-side', '--force-conflicts', '--field-manager=mi-patterns', '--filename=-'], {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(release),
      labels: { 'app.kubernetes.io/instance': release, 'app.kubernetes.io/managed-by': 'mi-patterns' },
    },
    data: { records: JSON.stringify(records) },
  });
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isRecord) : [];
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
 * what ran before. Pure.
 */
export function lastGood(records: readonly RolloutRecord[], history: readonly Revision[]): RolloutRecord | undefined {
  const newest = records.at(-1);
  if (newest === undefined) return undefined;
  // A failed rollout went back to a revision, which may have brought back an earlier one itself.
  const current = newest.restores ?? newest.revision;
  const running =
    records.find(({ revision, state }) => revision === current && state === 'succeeded')?.restores ?? current;
  const before = runsUnrecorded(history, newest.revision) ? running + 1 : running;
  return records
    .filter((record) => record.state === 'succeeded' && record.restores === undefined && record.revision < before)
    .at(-1);
}

/** Whether the newest revision is neither recorded nor a return to one that is. */
function runsUnrecorded(history: readonly Revision[], recorded: number): boolean {
  let newest = history.at(-1);
  // A way back that is not deployed did not arrive.
  const returns = newest?.state === 'deployed';
  while (newest !== undefined && newest.revision > recorded) {
    // What helm writes of one (helm/helm pkg/action/rollback.go).
    const back = /^Rollback to (\d+)$/.exec(newest.description)?.[1];
    if (back === undefined || !returns) return true;
    newest = history.find(({ revision }) => revision === Number(back));
  }
  return false;
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
