import { at, isToolFailure, type KubernetesObject, listAt, textAt } from '@mi-patterns/helm';
import { printable, redact } from '@mi-patterns/inventory';
import { kubectl, type Place } from '../tools/kubectl.ts';

/** Most pods whose logs are read. */
const askedPods = 3;
/** MI deploys its archives before anything else, so the beginning of the log is enough. */
const logBytes = 2_000_000;

/** An archive that MI has taken back, with what failed in it as far as the log says. */
export interface FaultyArchive {
  readonly archive: string;
  readonly file: string | undefined;
  readonly cause: string | undefined;
}

/**
 * The archives that MI names as faulty in its log, each once (`CappDeployer`, seen on MI 4.3.0): one line for the
 * archive, which names the file, and the causes below it.
 */
export function faultyArchives(log: string): readonly FaultyArchive[] {
  const found = new Map<string, FaultyArchive>();
  const [, ...blocks] = log.split(/Error occurred while deploying the Carbon application\s*:\s*/);
  for (const block of blocks) {
    const archive = /^(\S+?\.car)\b/.exec(block)?.[1];
    if (archive === undefined) continue;
    // The causes end where the next entry of the log begins.
    const own = block.split(/\n(?=\[\d{4}-\d\d-\d\d |TID: )/)[0] ?? '';
    found.set(archive, {
      archive,
      file: /from the file\s*:\s*\S*\/([^/\s]+)/.exec(own)?.[1],
      cause: [...own.matchAll(/^Caused by: (?:[\w.$]+: )?(.+)$/gm)].at(-1)?.[1]?.trim(),
    });
  }
  return [...found.values()];
}

/**
 * Pods whose server has started and which are not ready nevertheless, with why. Throws only what is not the cluster's.
 */
export async function startedNotReady(place: Place, pods: readonly KubernetesObject[]): Promise<readonly string[]> {
  const waiting = pods.filter(isStartedNotReady).map(({ metadata }) => metadata.name);
  const reverted = await revertedArchives(place, pods);
  const logs = `kubectl --context ${place.context} --namespace ${place.namespace} logs`;
  return waiting.map((name) => {
    const archives = reverted.get(name);
    return archives === undefined
      ? `${name}: its server runs but is not ready; \`${logs} ${name}\` says why`
      : `${name}: its server runs but is not ready: ${archives}. MI does not retry: remove the cause, then delete the pod`;
  });
}

/**
 * What the logs of pods whose server has started without being ready say of archives that MI has reverted, by the name
 * of the pod. Of the first few pods. Throws only what is not the cluster's.
 */
export async function revertedArchives(
  place: Place,
  pods: readonly KubernetesObject[],
): Promise<ReadonlyMap<string, string>> {
  const asked = pods.filter(isStartedNotReady).slice(0, askedPods);
  const told = await Promise.all(
    asked.map(
      async ({ metadata: { name } }) => [name, revertedWords(faultyArchives(await logOf(place, name)))] as const,
    ),
  );
  return new Map(told.filter(([, words]) => words !== ''));
}

function isStartedNotReady(pod: KubernetesObject): boolean {
  return (
    at(pod, 'metadata', 'deletionTimestamp') === undefined &&
    textAt(pod, 'status', 'phase') === 'Running' &&
    listAt(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'False') &&
    listAt(pod, 'status', 'containerStatuses').some(
      ({ name, started, ready }) => name === 'micro-integrator' && started === true && ready === false,
    )
  );
}

async function logOf(place: Place, pod: string): Promise<string> {
  try {
    const words = ['logs', pod, '--container=micro-integrator', `--limit-bytes=${logBytes}`];
    return (await kubectl(place, words)).stdout;
  } catch (error) {
    if (isToolFailure(error)) return '';
    throw error;
  }
}

function revertedWords(archives: readonly FaultyArchive[]): string {
  const words = archives.map(({ archive, file, cause }) => {
    const what = file === undefined ? '' : `, because ${file} failed`;
    return `MI has reverted ${archive}${what}${cause === undefined ? '' : ` (${cause.slice(0, 200)})`}`;
  });
  return printable(redact(words.join('; ')));
}
