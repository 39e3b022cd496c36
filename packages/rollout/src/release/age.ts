import { isToolFailure, type KubernetesObject, listAt, textAt } from '@mi-patterns/helm';
import { kubectl, parseDocument, parseObject, type Place } from '../tools/kubectl.ts';
import type { Revision, Target } from './release.ts';

/**
 * Seconds since helm wrote down the state of a revision, by the clock of the API server where it keeps them as Secrets:
 * the clocks of the machines where two helms run may differ by minutes. Throws a ToolFailure.
 */
export async function secondsSinceRevision(target: Target, { revision, updated }: Revision): Promise<number> {
  // helm/helm pkg/storage: the name of the object, whatever keeps it.
  const seconds = await secondsSinceWrite(target, 'secret', `sh.helm.release.v1.${target.release}.v${revision}`);
  return seconds ?? (Date.now() - Date.parse(updated)) / 1000;
}

/**
 * Seconds since an object was last written, by the clock of the API server; undefined when there is no such object, or
 * the API server does not tell its time (Kubernetes before 1.28). Throws a ToolFailure.
 */
export async function secondsSinceWrite(place: Place, kind: string, name: string): Promise<number | undefined> {
  const words = ['get', kind, name, '--ignore-not-found', '--show-managed-fields', '--output=json'];
  const { stdout } = await kubectl(place, words);
  if (stdout.trim() === '') return undefined;
  const now = await clusterTime(place);
  return now === undefined ? undefined : (now - lastWrite(parseObject(stdout))) / 1000;
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
