import {
  addTo,
  type Application,
  type Artifact,
  type ArtifactId,
  compareText,
  type Inventory,
  type Reference,
} from '@mi-patterns/inventory';
import { isClientClass } from '../graph/client-class.ts';
import type { DeliveredArchive } from './model.ts';

/** One application needs an artifact of another at the moment it is deployed. */
export interface DeploymentNeed {
  readonly from: Application;
  readonly to: Application;
  readonly reference: Reference;
}

/**
 * References that MI resolves while it deploys an archive, so that an archive whose name sorts later must not hold the
 * target: Java classes, connectors, data sources of data services, and what parameters of inbound endpoints and stores
 * and the policies and WSDLs of proxy services name. Sequences, endpoints and templates are found when a message comes.
 */
function isNeededAtDeployment(reference: Reference): boolean {
  const { relation, from, to, via } = reference;
  if (relation === 'needs-class') return !isClientClass(reference);
  const kind = kindOf(from);
  switch (kindOf(to)) {
    case 'connector':
      return kind !== 'local-entry';
    case 'data-source':
      return kind === 'data-service';
    case 'local-entry':
    case 'registry-resource':
      return (
        (via === 'parameter/@key' && (kind === 'inbound-endpoint' || kind === 'message-store')) ||
        (kind === 'proxy-service' && /^(?:policy|publishWSDL)\//.test(via))
      );
    default:
      return false;
  }
}

function kindOf(id: ArtifactId): string {
  return id.slice(0, id.indexOf('/'));
}

/** What flows find it by when they are deployed: the prefix of a connector's operations, the classes of a JAR. */
function offers({ facts }: Artifact): readonly string[] {
  if (facts.kind === 'connector') return facts.connectorName === undefined ? [] : [facts.connectorName];
  return facts.kind === 'library' ? facts.classes : [];
}

/** What applications need of each other at deployment, one need for each pair, in the order of the references. */
export function deploymentNeeds(inventory: Inventory, applications: readonly Application[]): readonly DeploymentNeed[] {
  const needed = inventory.references.filter(
    (reference) => reference.state === 'resolved' && isNeededAtDeployment(reference),
  );
  if (needed.length === 0) return [];
  const delivering = new Map<ArtifactId, Application[]>();
  for (const application of applications) {
    for (const { artifact } of application.deliveries) addTo(delivering, artifact, application);
  }
  const offered = new Map(
    inventory.artifacts.flatMap((artifact) => {
      const names = offers(artifact);
      return names.length === 0 ? [] : [[artifact.id, names] as const];
    }),
  );
  const ofItsOwn = new Map<Application, Set<string>>();
  /** Connectors and JARs of several names may hold the same: an application that has its own waits for no other. */
  const hasItsOwn = (application: Application, id: ArtifactId): boolean => {
    const own =
      ofItsOwn.get(application) ??
      new Set(
        application.deliveries.flatMap(({ artifact }) =>
          (offered.get(artifact) ?? []).map((name) => `${kindOf(artifact)}/${name}`),
        ),
      );
    ofItsOwn.set(application, own);
    return (offered.get(id) ?? []).some((name) => own.has(`${kindOf(id)}/${name}`));
  };
  const needs = new Map<string, DeploymentNeed>();
  for (const reference of needed) {
    const holders = delivering.get(reference.to) ?? [];
    for (const from of delivering.get(reference.from) ?? []) {
      const [to] = holders;
      if (to === undefined || holders.includes(from)) continue;
      const key = JSON.stringify([from.id, to.id]);
      if (!needs.has(key) && !hasItsOwn(from, reference.to)) needs.set(key, { from, to, reference });
    }
  }
  return [...needs.values()];
}

/**
 * The archives with file names that MI deploys in the right order: their own names where those sort right already, else
 * names with a number in front. MI sorts archives by file name (`CappDeployer` of wso2/product-integrator-mi). Where
 * archives need each other in a circle no order helps, and they keep their names.
 */
export function inDeploymentOrder(
  archives: readonly DeliveredArchive[],
  needs: readonly DeploymentNeed[],
): readonly DeliveredArchive[] {
  const byFile = archives.toSorted((a, b) => compareText(a.file, b.file));
  const holderOf = new Map(
    byFile.flatMap((archive) =>
      [archive, ...archive.nested].map(({ application }): [Application, DeliveredArchive] => [application, archive]),
    ),
  );
  const waitsFor = new Map<DeliveredArchive, Set<DeliveredArchive>>();
  for (const { from, to } of needs) {
    const [own, other] = [holderOf.get(from), holderOf.get(to)];
    if (own !== undefined && other !== undefined && own !== other)
      waitsFor.set(own, (waitsFor.get(own) ?? new Set()).add(other));
  }
  const position = new Map(byFile.map((archive, index) => [archive, index]));
  const sortsRight = [...waitsFor].every(([own, others]) =>
    [...others].every((other) => (position.get(other) ?? 0) < (position.get(own) ?? 0)),
  );
  const ordered = sortsRight ? undefined : topological(byFile, waitsFor);
  if (ordered === undefined) return byFile;
  const width = Math.max(2, String(ordered.length).length);
  return ordered.map((archive, index) => ({
    ...archive,
    file: `${String(index + 1).padStart(width, '0')}-${archive.file}`,
  }));
}

/** The first in the list that waits for nothing comes next; undefined when all that are left wait for each other. */
function topological(
  archives: readonly DeliveredArchive[],
  waitsFor: ReadonlyMap<DeliveredArchive, ReadonlySet<DeliveredArchive>>,
): readonly DeliveredArchive[] | undefined {
  const left = [...archives];
  const done = new Set<DeliveredArchive>();
  while (left.length > 0) {
    const next = left.findIndex((archive) => [...(waitsFor.get(archive) ?? [])].every((other) => done.has(other)));
    const [archive] = next < 0 ? [] : left.splice(next, 1);
    if (archive === undefined) return undefined;
    done.add(archive);
  }
  return [...done];
}
