import { isJsonObject, textAt } from '../kubernetes-object.ts';
import { kubectl, readObject, type Place } from './kubectl.ts';

/** What one rollout brought. Times are RFC 3339, digests `sha256:…`. */
export interface RolloutRecord {
  /** Revision of the helm release. */
  readonly revision: number;
  readonly state: 'succeeded' | 'rolled-back';
  readonly pattern: string;
  readonly planDigest: string;
  readonly valuesDigest: string;
  readonly chart: string;
  readonly chartDigest: string;
  readonly image: string;
  readonly by: string;
  readonly at: string;
}

const kept = 20;

/** Name of the ConfigMap with the records of a release. It is not part of the helm release, so a rollback leaves it alone. */
export function recordName(release: string): string {
  return `${release}-rollouts`;
}

/** The records of a release, oldest first; empty when there is none or the text is not ours. */
export async function readRecords(place: Place, release: string): Promise<readonly RolloutRecord[]> {
  const map = await readObject(place, 'configmaps', recordName(release));
  return map === undefined ? [] : parseRecords(textAt(map, 'data', 'records') ?? '');
}

/** Adds a record; the caller holds the lock of the release. The newest 20 are kept. Throws a ToolFailure when the cluster refuses. */
export async function addRecord(place: Place, release: string, record: RolloutRecord): Promise<void> {
  const records = [...(await readRecords(place, release)), record].slice(-kept);
  await kubectl(place, ['apply', '--server-side', '--force-conflicts', '--field-manager=mi-patterns', '--filename=-'], {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: recordName(release), labels: { 'app.kubernetes.io/instance': release, 'app.kubernetes.io/managed-by': 'mi-patterns' } },
    data: { records: JSON.stringify(records) },
  });
}

/** Reads the text of {@link addRecord}. */
export function parseRecords(text: string): RolloutRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter((entry): entry is RolloutRecord => isJsonObject(entry) && typeof entry.revision === 'number' && typeof entry.state === 'string') : [];
}

/** The newest record that succeeded before the newest one: where a rollback goes. */
export function lastGood(records: readonly RolloutRecord[]): RolloutRecord | undefined {
  return records.slice(0, -1).filter((record) => record.state === 'succeeded').at(-1);
}
