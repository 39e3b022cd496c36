import { compareText, isSecretName, redact } from '@mi-patterns/inventory';
import { structuredPatch } from 'diff';
import { isJsonObject, type KubernetesObject, textAt } from '@mi-patterns/helm';

/** One field that differs. A value that is absent is undefined. Secrets are masked already. */
export interface FieldChange {
  /** `spec.template.spec.containers[micro-integrator].image`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** For text of several lines: the lines that differ, with `+`, `-` and blank before them. */
  readonly lines?: readonly string[];
}

/** Fields that the API server writes, in any object. */
const serverFields = new Set([
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.uid',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.selfLink',
  'status',
]);
const serverAnnotations = new Set([
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
]);

/**
 * Fields that differ between two states of one object, sorted by path; values of Secrets and what looks secret are
 * masked. Pure.
 */
export function fieldChanges(before: KubernetesObject, after: KubernetesObject): FieldChange[] {
  const changes: FieldChange[] = [];
  compare(before, after, '', changes);
  const secret = after.kind === 'Secret' || before.kind === 'Secret';
  return changes
    .map((change) =>
      secret && /^(?:data|stringData)(?:\.|$)/.test(change.path) ? hideSecret(change) : present(change),
    )
    .sort((a, b) => compareText(a.path, b.path));
}

function compare(before: unknown, after: unknown, path: string, changes: FieldChange[]): void {
  if (serverFields.has(path) || before === after) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (path === 'metadata.annotations' && serverAnnotations.has(key)) continue;
      compare(
        before[key],
        after[key],
        path === '' ? key : `${path}.${/^[\w-]+$/.test(key) ? key : JSON.stringify(key)}`,
        changes,
      );
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, wanted] = [byKey(before), byKey(after)];
    const named = old !== undefined && wanted !== undefined;
    const keys = named
      ? new Set([...old.keys(), ...wanted.keys()])
      : Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
    for (const key of keys) {
      const [was, is] = named
        ? [old.get(key as string), wanted.get(key as string)]
        : [before[key as number], after[key as number]];
      const at = `${path}[${key}]`;
      const isSecret = !named && [before, after].some((list) => asksForSecret(list[(key as number) - 1]));
      if (!isSecret) compare(was, is, at, changes);
      else if (was !== is) changes.push(hideSecret({ path: at, before: was, after: is }));
    }
    return;
  }
  if (isEmpty(before) && isEmpty(after)) return;
  changes.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

/** True for an option of a program, such as `--password`, whose value follows in the list. */
function asksForSecret(word: unknown): boolean {
  return typeof word === 'string' && /^--?[a-z][\w.-]*$/i.test(word) && isSecretName(word);
}

/** Entries of a list by what tells them apart, as Kubernetes merges them; undefined where nothing does. */
function byKey(list: readonly unknown[]): Map<string, unknown> | undefined {
  for (const field of ['name', 'key', 'mountPath', 'containerPort', 'type', 'topologyKey']) {
    const keys = list.map((entry) => textAt(entry, field));
    if (keys.length > 0 && keys.every((key) => key !== undefined) && new Set(keys).size === keys.length)
      return new Map(list.map((entry, index) => [keys[index] ?? '', entry]));
  }
  return list.length === 0 ? new Map() : undefined;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (isJsonObject(value) && Object.keys(value).length === 0) ||
    (Array.isArray(value) && value.length === 0)
  );
}

function hideSecret(change: FieldChange): FieldChange {
  const masked = (value: unknown): string =>
    isJsonObject(value)
      ? `[hidden] ${Object.keys(value).sort(compareText).join(', ')}`
      : `[hidden] ${String(value).length} characters`;
  return {
    path: change.path,
    ...(change.before === undefined ? {} : { before: masked(change.before) }),
    ...(change.after === undefined ? {} : { after: masked(change.after) }),
  };
}

/** The name of the environment variable whose value a path leads to: `….env[NAME].value`. */
function variableOf(path: string): string | undefined {
  const last = path.endsWith('].value') ? (path.slice(0, -'].value'.length).split(']').at(-1) ?? '') : '';
  const start = last.indexOf('env[');
  return start < 0 || last.endsWith('env[') ? undefined : last.slice(start + 'env['.length);
}

function present(change: FieldChange): FieldChange {
  const { before, after, path } = change;
  const env = variableOf(path);
  if (env !== undefined && isSecretName(env)) return hideSecret(change);
  if (typeof before === 'string' && typeof after === 'string' && (before.includes('\n') || after.includes('\n')))
    return { path, lines: lineDiff(redact(before), redact(after), before !== after) };
  return {
    path,
    ...(before === undefined ? {} : { before: clean(before) }),
    ...(after === undefined ? {} : { after: clean(after) }),
  };
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value))
    return value.map((item, index) =>
      typeof item === 'string' && asksForSecret(value[index - 1]) ? '[hidden]' : clean(item),
    );
  if (!isJsonObject(value)) return value;
  const secretValue = typeof value.name === 'string' && isSecretName(value.name) && typeof value.value === 'string';
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (secretValue && key === 'value') || (typeof inner === 'string' && isSecretName(key) && !/name|ref/i.test(key))
        ? '[hidden]'
        : clean(inner),
    ]),
  );
}

function lineDiff(before: string, after: string, differs: boolean): string[] {
  const lines = structuredPatch('', '', before, after, '', '', { context: 1 }).hunks.flatMap((hunk, index) => [
    ...(index > 0 ? [' …'] : []),
    ...hunk.lines.filter((line) => !line.startsWith('\\')),
  ]);
  return lines.length === 0 && differs ? ['~ a hidden value differs'] : lines;
}
