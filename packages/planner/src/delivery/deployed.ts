import { type ArchiveRequest } from './archive-request.ts';
import { addTo, type ArtifactId, defaultServerRoles, foreignPattern, groupBy } from '@mi-patterns/inventory';
import type { Plan } from '../model/plan.ts';
import type { PlannedDelivery } from './model.ts';

/** One artifact that a server deploys out of an archive. */
export interface DeployedArtifact {
  readonly artifact: ArtifactId;
  /** File name as deployed. */
  readonly file: string;
  readonly archive: ArchiveRequest;
}

/** Longest role that is tried against patterns; those of projects have a few words. */
const longestRole = 300;

/**
 * Whether a server with these roles deploys what carries a role. Each of them is a pattern to MI; with one that cannot
 * be tried here the answer is always yes, because saying too much is the safer mistake.
 */
export function roleFilter(serverRoles: readonly string[]): (role: string) => boolean {
  const patterns = serverRoles.map((role) => foreignPattern(role, longestRole));
  const known = new Map<string, boolean>();
  const lets = (pattern: (typeof patterns)[number], role: string): boolean =>
    'refused' in pattern || role.length > longestRole || pattern.test(role);
  return (role) => {
    const answer = known.get(role) ?? patterns.some((pattern) => lets(pattern, role));
    known.set(role, answer);
    return answer;
  };
}

/** The artifacts that carry each role of a plan. */
export function artifactsByRole({ roles }: Pick<Plan, 'roles'>): ReadonlyMap<string, readonly ArtifactId[]> {
  const carriers = groupBy(roles, ([, role]) => role);
  return new Map([...carriers].map(([role, entries]) => [role, entries.map(([id]) => id)]));
}

/** What the servers of one workload deploy, in two parts, because the first is the same for many workloads. */
export interface Deployed {
  /**
   * What any server deploys that gets these archives: its artifacts carry roles of MI's own. One object for all such
   * workloads.
   */
  readonly common: Common;
  /** What only the workload's own roles let in. */
  readonly own: readonly DeployedArtifact[];
}

export interface Common {
  readonly list: readonly DeployedArtifact[];
  readonly ids: ReadonlySet<ArtifactId>;
}

/**
 * What the servers of each workload deploy of the archives that reach them, as MI decides it: every artifact whose role
 * one of the server's roles matches in full as a regular expression; all others are dropped without a word (core's
 * ApplicationConfiguration.java and AppDeployerUtils.java). Time is linear in artifacts and workloads.
 */
export function deployedByWorkload(delivery: PlannedDelivery, plan: Plan): Map<string, Deployed> {
  const accepts = roleFilter(defaultServerRoles);
  const parts = new Map<
    string,
    { readonly common: Common; readonly byRole: ReadonlyMap<string, readonly DeployedArtifact[]> }
  >();
  const setsOf = new Map<string, number[]>();
  delivery.sets.forEach(({ workloads }, index) => {
    for (const name of workloads) addTo(setsOf, name, index);
  });
  return new Map(
    plan.workloads.map(({ name, roles }) => {
      const sets = setsOf.get(name) ?? [];
      const key = sets.join(' ');
      const part =
        parts.get(key) ??
        divide(
          sets.flatMap((index) => delivery.sets[index]?.archives ?? []),
          accepts,
        );
      parts.set(key, part);
      return [name, { common: part.common, own: delivery.mode === 'roles' ? ownOf(part.byRole, roles) : [] }];
    }),
  );
}

function divide(
  archives: PlannedDelivery['sets'][number]['archives'],
  accepts: (role: string) => boolean,
): { readonly common: Common; readonly byRole: ReadonlyMap<string, readonly DeployedArtifact[]> } {
  const list: DeployedArtifact[] = [];
  const byRole = new Map<string, DeployedArtifact[]>();
  for (const archive of archives.flatMap((outer) => [outer, ...outer.nested])) {
    for (const { serverRole, delivery } of archive.artifacts) {
      const deployed = { artifact: delivery.artifact, file: delivery.file, archive };
      if (accepts(serverRole)) list.push(deployed);
      else addTo(byRole, serverRole, deployed);
    }
  }
  return { common: { list, ids: new Set(list.map(({ artifact }) => artifact)) }, byRole };
}

/** A role without signs matches itself only; any other is a regular expression that may match several. */
function ownOf(
  byRole: ReadonlyMap<string, readonly DeployedArtifact[]>,
  roles: readonly string[],
): readonly DeployedArtifact[] {
  if (roles.every((role) => /^\w+$/.test(role))) return [...new Set(roles)].flatMap((role) => byRole.get(role) ?? []);
  const accepts = roleFilter(roles);
  return [...byRole].flatMap(([role, deployed]) => (accepts(role) ? deployed : []));
}
