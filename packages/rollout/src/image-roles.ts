import { compareText, foreignPattern } from '@mi-patterns/inventory';
import {
  containers,
  identity,
  isJsonObject,
  isToolFailure,
  type KubernetesObject,
  listAt,
  podTemplate,
  textAt,
} from '@mi-patterns/helm';
import type { LiveState } from './live.ts';
import { kubectl, type Place } from './kubectl.ts';

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
      `the image has ${(artifacts[role] ?? []).join(', ') || 'artifacts'} with the server role ${role}, which no workload has: it would be deployed nowhere`,
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
 * Asks a ready pod of each image which roles it has, and says which of them no workload carries. An image that does not
 * tell, and a cluster that does not let us look into pods, bring nothing. Never throws for an answer of the cluster.
 */
export async function askUncarriedRoles(place: Place, live: LiveState): Promise<string[]> {
  const asked = new Map<string, string>();
  for (const workload of live.workloads) {
    const image = textAt(workload, 'spec', 'template', 'spec', 'containers', 0, 'image') ?? '';
    const pod = live.pods.find(
      (candidate) => candidate.workload === identity(workload) && candidate.ready && !candidate.ending,
    );
    if (pod !== undefined && !asked.has(image)) asked.set(image, pod.name);
  }
  const findings: string[] = [];
  for (const pod of asked.values()) {
    const roles = parseImageRoles(await readFile(place, pod, rolesFile));
    if (roles !== undefined) findings.push(...uncarriedRoles(roles, live.workloads));
  }
  return [...new Set(findings)];
}

async function readFile(place: Place, pod: string, path: string): Promise<string> {
  try {
    return (await kubectl(place, ['exec', pod, '--', 'cat', path], undefined, { timeout: 20_000 })).stdout;
  } catch (error) {
    if (isToolFailure(error) && error.reason !== 'missing' && error.reason !== 'aborted') return '';
    throw error;
  }
}
