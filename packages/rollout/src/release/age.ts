import { isToolFailure, type KubernetesObject, listAt, textAt } from '@mi-patterns/helm';
import { kubectl, parseDocument, parseObject, type Place } from '../tools/kubectl.ts';
import { type Begun, recordName } from './record.ts';
import type { Revision, Target } from './release.ts';

/**
 * Seconds since helm wrote down the state of a revision, by the clock of the API server where it keeps them as Secrets:
 * the clocks of the machines where two helms run may differ by minutes. Throws a ToolFailure.
 */
export async function secondsSinceRevision(target: Target, { revision, updated }: Revision): Promise<number> {
  const seconds = await secondsSinceWrite(target, 'secret', secretOf(target, revision));
  return seconds ?? (Date.now() - Date.parse(updated)) / 1000;
}

/** Where helm keeps a revision: the name of the object, whatever kind it has (helm/helm pkg/storage). */
function secretOf({ release }: Target, revision: number): string {
  return `sh.helm.release.v1.${release}.v${revision}`;
}

/**
 * Seconds from what was written down as begun, which was the last write of the log, until helm made a revision: by the
 * clock of the API server where it keeps revisions as Secrets. Throws a ToolFailure.
 */
export async function secondsFromBegun(
  target: Target,
  { at }: Begun,
  { revision, updated }: Revision,
): Promise<number> {
  const log = await readWithFields(target, 'configmaps', recordName(target.release));
  const made = await readWithFields(target, 'secret', secretOf(target, revision));
  const [from, to] =
    log === undefined || made === undefined
      ? [Date.parse(at), Date.parse(updated)]
      : [lastWrite(log), Date.parse(textAt(made, 'metadata', 'creationTimestamp') ?? '')];
  return (to - from) / 1000;
}

/**
 * Seconds since an object was last written, by the clock of the API server; undefined when there is no such object, or
 * the API server does not tell its time (Kubernetes before 1.28). Throws a ToolFailure.
 */
export async function secondsSinceWrite(place: Place, kind: string, name: string): Promise<number | undefined> {
  const object = await readWithFields(place, kind, name);
  if (object === undefined) return undefined;
  const now = await clusterTime(place);
  return now === undefined ? undefined : (now - lastWrite(object)) / 1000;
}

/** An object with who wrote which of its fields, and when; undefined when there is none. */
async function readWithFields(place: Place, kind: string, name: string): Promise<KubernetesObject | undefined> {
  const words = ['get', kind, name, '--ignore-not-found', '--show-managed-fields', '--output=json'];
  const { stdout } = await kubectl(place, words);
  return stdout.trim() === '' ? undefined : parseObject(stdout);
}

function lastWrite(object: KubernetesObject): number {
  const times = [
    textAt(object, 'metadata', 'creationTimestamp'),
    ...listAt(object, 'metadata', 'managedFields').map((fields) => textAt(fields, 'time')),
  ];
  return Math.max(...times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)])));
}

/** Milliseconds, as the API server answers who asks. */
async function clusterTime(place: Place): Promise<number | undefined> {
  try {
    const { stdout } = await kubectl(place, ['auth', 'whoami', '--output=json']);
    const time = textAt(parseDocument(stdout, 'kubectl'), 'metadata', 'creationTimestamp');
    return time === undefined ? undefined : Date.parse(time);
  } catch (error) {
    if (isToolFailure(error)) return undefined;
    throw error;
  }
}
