import { compareText, foreignPattern, printable } from '@mi-patterns/inventory';
import {
  containers,
  identity,
  isJsonObject,
  isToolFailure,
  type KubernetesObject,
  listAt,
  podTemplate,
  textAt,
  type ToolFailure,
} from '@mi-patterns/helm';
import type { LiveState } from '../live/live.ts';
import { kubectl, type Place } from '../tools/kubectl.ts';

/** What could not be looked at, in the words of "Not checked: …, because …". */
export interface NotChecked {
  readonly what: string;
  readonly because: string;
}

/** What the roles of the images brought: a sentence for each role that no workload carries, and what was not asked. */
export interface RolesCheck {
  readonly lost: readonly string[];
  readonly notChecked: readonly NotChecked[];
}

/** Where an image that `mi-patterns package` laid out says which server roles its archives carry. */
const rolesFile = '/home/wso2carbon/mi-patterns/roles.json';

/** Server roles of an image, and the artifacts that carry each. */
export interface ImageRoles {
  readonly roles: readonly string[];
  readonly artifacts: Readonly<Record<string, readonly string[]>>;
}

/** Reads `roles.json`; undefined when it is something else. */
export function parseImageRoles(text: string): ImageRoles | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || !Array.isArray(value.roles)) return undefined;
  const named = isJsonObject(value.artifacts) ? Object.entries(value.artifacts) : [];
  const artifacts = Object.fromEntries(
    named.flatMap(([role, names]) => (Array.isArray(names) ? [[role, texts(names)] as const] : [])),
  );
  return { roles: texts(value.roles), artifacts };
}

function texts(list: readonly unknown[]): string[] {
  return list.filter((one) => typeof one === 'string');
}

/**
 * Roles of an image that no server of the release starts with, a sentence each: MI would leave out what carries them
 * without a word. A server role is a regular expression over the whole role of an artifact; a server that is told none
 * has all. Pure.
 */
export function uncarriedRoles({ roles, artifacts }: ImageRoles, workloads: readonly KubernetesObject[]): string[] {
  const told = workloads.map(rolesOf);
  if (told.includes(undefined)) return [];
  const carried = new Set(told.flatMap((list) => list ?? []));
  const lost = roles
    .filter((role) => ![...carried].some((own) => own === role || matches(own, role)))
    .toSorted(compareText);
  return lost.map(
    (role) =>
      `the image has ${(artifacts[role] ?? []).join(', ') || 'artifacts'} with the server role ${role}, which no workload has: no server would deploy it`,
  );
}

/**
 * Roles that a workload's servers are started with, by an argument or in `JAVA_OPTS`, of which the last counts;
 * undefined when none are named.
 */
function rolesOf(workload: KubernetesObject): readonly string[] | undefined {
  const words = containers(podTemplate(workload) ?? {}).flatMap(({ spec }) => [
    ...listAt(spec, 'env').flatMap((variable) =>
      textAt(variable, 'name') === 'JAVA_OPTS' ? (textAt(variable, 'value') ?? '').split(/\s+/) : [],
    ),
    ...(Array.isArray(spec.args) ? spec.args.map(String) : []),
  ]);
  return words
    .filter((word) => word.startsWith('-DserverRoles='))
    .at(-1)
    ?.slice('-DserverRoles='.length)
    .split(',')
    .map((role) => role.trim());
}

/** False for a pattern that cannot be tried here: the role is told then, rather than passed over. */
function matches(pattern: string, role: string): boolean {
  const expression = foreignPattern(pattern, role.length);
  return !('refused' in expression) && expression.test(role);
}

/**
 * Asks a ready pod of each image which roles it has, and says which of them no workload carries. An image without the
 * file brings nothing, because only `mi-patterns package` writes it; a pod that cannot be asked is told. Never throws
 * for an answer of the cluster.
 */
export async function askUncarriedRoles(place: Place, live: LiveState): Promise<RolesCheck> {
  const asked = new Map<string, string>();
  for (const workload of live.workloads) {
    const image = textAt(workload, 'spec', 'template', 'spec', 'containers', 0, 'image') ?? '';
    const pod = live.pods.find(
      (candidate) => candidate.workload === identity(workload) && candidate.ready && !candidate.ending,
    );
    if (pod !== undefined && !asked.has(image)) asked.set(image, pod.name);
  }
  const lost: string[] = [];
  const notChecked: NotChecked[] = [];
  for (const [image, pod] of asked) {
    const what = `the server roles of the image ${printable(image)}`;
    const file = await readFile(place, pod, rolesFile);
    if ('failed' in file) {
      notChecked.push({ what, because: `${pod} could not be asked: ${file.failed}` });
    } else if (file.text !== undefined) {
      const roles = parseImageRoles(file.text);
      if (roles === undefined) notChecked.push({ what, because: `${rolesFile} in ${pod} is not a list of roles` });
      else lost.push(...uncarriedRoles(roles, live.workloads));
    }
  }
  return { lost: [...new Set(lost)], notChecked };
}

/** A file of a pod; no text where the pod does not have it. */
async function readFile(
  place: Place,
  pod: string,
  path: string,
): Promise<{ readonly text: string | undefined } | { readonly failed: string }> {
  try {
    return { text: (await kubectl(place, ['exec', pod, '--', 'cat', path], undefined, { timeout: 20_000 })).stdout };
  } catch (error) {
    if (!isToolFailure(error) || error.reason === 'missing' || error.reason === 'aborted') throw error;
    if (/No such file or directory\s*(?:command terminated|$)/.test(error.stderr)) return { text: undefined };
    return { failed: reasonOf(error) };
  }
}

function reasonOf({ stderr, message }: ToolFailure): string {
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Defaulted container|command terminated)/.test(line))
    .at(-1);
  return printable((said ?? message).replace(/^error: /i, '').replace(/\.$/, ''));
}
