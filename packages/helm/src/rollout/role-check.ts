import { isJsonObject, type KubernetesObject, listAt, podTemplate, textAt } from '../kubernetes-object.ts';
import { kubectl, type Place } from './kubectl.ts';

/** Where `mi-patterns package` writes the roles that the archives of an image carry. */
const rolesFile = '/home/wso2carbon/mi-patterns/roles.json';

/**
 * Server roles of artifacts in an image that no workload carries, a sentence each: MI leaves out what has them, and no server
 * says so. A workload that is told no roles has them all.
 */
export function lostRoles(image: unknown, workloads: readonly KubernetesObject[]): string[] {
  const listed = isJsonObject(image) && Array.isArray(image.roles) ? (image.roles as unknown[]).filter((role) => typeof role === 'string') : [];
  const carried = workloads.map(rolesOf);
  if (carried.includes(undefined)) return [];
  const known = new Set(carried.flat());
  return listed.filter((role) => !known.has(role)).map((role) => {
    const artifacts = isJsonObject(image) && isJsonObject(image.artifacts) && Array.isArray(image.artifacts[role]) ? (image.artifacts[role] as unknown[]).join(', ') : '';
    return `the image has artifacts of the server role ${role}${artifacts === '' ? '' : ` (${artifacts})`}, which no workload carries: they are deployed nowhere`;
  });
}

/** Roles that a workload's servers are started with, in their arguments or in `JAVA_OPTS`; undefined when none are named. */
function rolesOf(workload: KubernetesObject): readonly string[] | undefined {
  const words = listAt(podTemplate(workload), 'spec', 'containers').flatMap((container) => [
    ...(Array.isArray(container['args']) ? (container['args'] as unknown[]) : []),
    ...listAt(container, 'env').filter((variable) => textAt(variable, 'name') === 'JAVA_OPTS').flatMap((variable) => (textAt(variable, 'value') ?? '').split(/\s+/)),
  ]);
  const named = words.filter((word): word is string => typeof word === 'string' && word.startsWith('-DserverRoles=')).at(-1);
  return named?.slice('-DserverRoles='.length).split(',');
}

/** Reads the roles of the image that a pod runs; undefined for an image of another making, or a pod that cannot be entered. */
export async function imageRoles(place: Place, pod: string): Promise<unknown> {
  try {
    return JSON.parse((await kubectl(place, ['exec', pod, '--', 'cat', rolesFile], undefined, { timeout: 15_000 })).stdout) as unknown;
  } catch {
    return undefined;
  }
}
