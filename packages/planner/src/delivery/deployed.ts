import { type ArchiveRequest, type ArtifactId, defaultServerRoles } from '@mi-patterns/inventory';
import type { Plan, Workload } from '../model.ts';
import type { PlannedDelivery } from './model.ts';

/** One artifact that a server deploys out of an archive. */
export interface DeployedArtifact {
  readonly artifact: ArtifactId;
  readonly archive: ArchiveRequest;
}

/**
 * What the servers of a workload deploy of the archives that reach them, as MI decides it: every artifact whose role one of the
 * server's roles matches in full as a regular expression; all others are dropped without a word
 * (core's ApplicationConfiguration.java and AppDeployerUtils.java).
 */
export function deployedIn(delivery: PlannedDelivery, workload: Pick<Workload, 'name' | 'roles'>): DeployedArtifact[] {
  const accepts = roleFilter([...defaultServerRoles, ...(delivery.mode === 'roles' ? workload.roles : [])]);
  return delivery.sets
    .filter(({ workloads }) => workloads.includes(workload.name))
    .flatMap(({ archives }) => archives.flatMap((archive) => [archive, ...archive.nested]))
    .flatMap((archive) => archive.artifacts.filter(({ serverRole }) => accepts(serverRole)).map(({ delivery: { artifact } }) => ({ artifact, archive })));
}

/** Whether a server with these roles deploys what carries a role. */
export function roleFilter(serverRoles: readonly string[]): (role: string) => boolean {
  const patterns = serverRoles.map((role) => new RegExp(`^(?:${role})$`, 'u'));
  const known = new Map<string, boolean>();
  return (role) => {
    const answer = known.get(role) ?? patterns.some((pattern) => pattern.test(role));
    known.set(role, answer);
    return answer;
  };
}

/** The artifacts each workload deploys, by workload. */
export function deployedLists(delivery: PlannedDelivery, plan: Plan): Map<string, readonly DeployedArtifact[]> {
  return new Map(plan.workloads.map((workload) => [workload.name, deployedIn(delivery, workload)]));
}
