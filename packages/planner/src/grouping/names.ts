import type { Artifact, EntryPointKind } from '@mi-patterns/inventory';

/** The longest workload name: it is in every object name, next to the release name. */
export const longestName = 40;

/** Names of workloads that no stateful artifact can get, because the names of those end in the word of their kind. */
export const statelessWorkload = 'integration';
export const oneStatefulWorkload = 'stateful';

/** The words that end the name of a workload; the first is added when the artifact's own name ends in none of them. */
const kindEndings: Readonly<Record<EntryPointKind, readonly string[]>> = {
  task: ['task'],
  'message-processor': ['processor', 'mp'],
  'inbound-endpoint': ['inbound', 'inbound-endpoint', 'inbound-ep'],
  'proxy-service': ['proxy', 'proxy-service'],
  'data-service': ['data-service'],
  api: ['api'],
  'axis2-service': ['axis2-service'],
};

/**
 * The workload name of a stateful artifact: an RFC 1123 label of at most 40 characters, from the artifact's id alone,
 * so that adding another artifact never renames it. `recurringOrder_Task` becomes `recurring-order-task`.
 *
 * Words are split at separators and capitals, and the kind is added at the end unless the name ends in it: artifacts of
 * two kinds never meet. Whatever else is lost (other characters, length) is made up for by a hash of the id. Two
 * artifacts of a kind that differ in capitals, separators or that ending only still meet; the planner refuses them
 * instead of renaming one.
 */
export function workloadName(artifact: Pick<Artifact, 'id' | 'kind' | 'name'>): string {
  const { words, exact } = split(artifact.name);
  const endings = kindEndings[artifact.kind as EntryPointKind] ?? [artifact.kind];
  const slug = words.join('-');
  const ends = endings.some((ending) => slug === ending || slug.endsWith(`-${ending}`));
  const full = ends ? slug : [...words, endings[0] ?? artifact.kind].join('-');
  if (exact && full.length <= longestName) return full;
  return shortened(full, artifact.id, longestName);
}

/** As many whole words of a name as there is room for, and a hash of what it stands for at the end. */
function shortened(name: string, of: string, longest: number): string {
  const hash = shortHash(of);
  const room = longest - hash.length - 1;
  const cut = name.length <= room ? name : name.slice(0, name.lastIndexOf('-', room));
  // The first word alone may be too long.
  return [cut === '' || cut.length > room ? name.slice(0, room).replace(/(?<!-)-+$/, '') : cut, hash]
    .filter((part) => part !== '')
    .join('-');
}

/**
 * The longest release name that is proposed: with it every workload name of the planner makes object names that
 * Kubernetes takes.
 */
export const longestRelease = 20;

/** What tools put behind the name of an application, and what says nothing in the name of a release. */
const applicationWords: ReadonlySet<string> = new Set([
  'composite',
  'application',
  'exporter',
  'carbon',
  'capp',
  'car',
]);

/**
 * A release name for an application: an RFC 1035 label of at most {@link longestRelease} characters, made of whole
 * words of its name. What is lost (other characters, length) is made up for by a hash at the end, so that different
 * names give different releases.
 */
export function releaseName(name: string): string {
  const { words, exact } = split(name);
  let end = words.length;
  while (end > 1 && applicationWords.has(words[end - 1] ?? '')) end--;
  const kept = words.slice(0, end);
  const label = [...(/^[a-z]/.test(kept[0] ?? 'a') ? [] : ['mi']), ...kept].join('-');
  if (exact && label.length <= longestRelease) return label;
  return shortened(label === '' ? statelessWorkload : label, name, longestRelease);
}

function split(name: string): { words: string[]; exact: boolean } {
  const words = name
    // Letters without their marks: `Prüfung` stays readable.
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return { words, exact: words.length > 0 && /^[A-Za-z0-9._\- ]+$/.test(name) };
}

/**
 * The server role that belongs to a workload name: letters and digits only, since MI matches roles as regular
 * expressions, and different for different names: where dropping the hyphens could make two names one (before a digit,
 * or doubled), a hash of the name is added.
 */
export function roleName(workload: string): string {
  const pascal = workload
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return `MiIsolated${pascal}${/-[\d-]/.test(workload) ? shortHash(workload).toUpperCase() : ''}`;
}

/** True for an RFC 1123 label of at most {@link longestName} characters. */
export function isWorkloadName(name: string): boolean {
  return name.length <= longestName && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

/** Six characters that start with a letter: FNV-1a over the UTF-16 code units, the same on every machine. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  const unsigned = hash >>> 0;
  const letter = String.fromCharCode(97 + (unsigned % 26));
  return (
    letter +
    Math.floor(unsigned / 26)
      .toString(36)
      .padStart(5, '0')
      .slice(-5)
  );
}
