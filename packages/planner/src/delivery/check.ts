import {
  addTo,
  type ArtifactId,
  compareDiagnostics,
  compareText,
  type Inventory,
  type Reference,
  type Relation,
} from '@mi-patterns/inventory';
import type { PlannerCode } from '../findings/catalogue.ts';
import { finding, listed } from '../findings/finding.ts';
import type { Plan, PlanDiagnostic, Workload } from '../model/plan.ts';
import type { DeliveryCode } from '../findings/catalogue-delivery.ts';
import { artifactsByRole, type Common, type Deployed, deployedByWorkload, type DeployedArtifact } from './deployed.ts';
import { deliverable } from './delivery-of.ts';
import type { PlannedDelivery } from './model.ts';

/**
 * Checks what each workload would really deploy against the plan and against the rules for isolation: nothing missing,
 * nothing stateful twice, no role without a server, no call or message that leaves the pod, no data source or main
 * sequence twice. Findings that the plan already has are not repeated.
 */
export function checkDelivery(inventory: Inventory, plan: Plan, delivery: PlannedDelivery): PlanDiagnostic[] {
  const deployed = deployedByWorkload(delivery, plan);
  const sets = new Map([...deployed].map(([name, lists]) => [name, holderOf(lists)]));
  const conflicts = new Map<Common, readonly DeployedArtifact[]>();
  const told = new Set(plan.diagnostics.map(({ code, artifacts }) => `${code} ${artifacts.join(' ')}`));
  return [
    ...roleFindings(plan, delivery),
    ...plan.workloads.flatMap((workload) => missing(workload, sets.get(workload.name) ?? nothing)),
    ...statefulFindings(plan, deployed),
    ...lost(inventory, delivery, deployed),
    ...crossing(inventory, plan, sets),
    ...plan.workloads.flatMap((workload) => twice(workload, deployed.get(workload.name), conflicts)),
    ...versioned(delivery),
  ]
    .filter(({ code, artifacts }) => !told.has(`${code} ${artifacts.join(' ')}`))
    .toSorted(compareDiagnostics);
}

/** Whether a workload deploys an artifact. */
interface Holder {
  readonly has: (id: ArtifactId) => boolean;
}

const nothing: Holder = { has: () => false };

function holderOf({ common, own }: Deployed): Holder {
  const ids = new Set(own.map(({ artifact }) => artifact));
  return { has: (id) => ids.has(id) || common.ids.has(id) };
}

/** A role in the archives that no workload has: what carries it is deployed nowhere, and no server says so. */
function roleFindings(plan: Plan, delivery: PlannedDelivery): PlanDiagnostic[] {
  const carried = new Set(plan.workloads.flatMap(({ roles }) => roles));
  const carriers = artifactsByRole(plan);
  return delivery.roles
    .filter((role) => !carried.has(role))
    .map((role) => {
      const artifacts = carriers.get(role) ?? [];
      return finding('MI-DELIVERY-ROLE', {
        message: `No workload has the server role ${role}, so no server would deploy ${listed(artifacts, 5)}.`,
        hint: 'Plan again. If the plan was not changed by hand, this is a bug in mi-patterns.',
        artifacts,
      });
    });
}

function missing(workload: Workload, deployed: Holder): PlanDiagnostic[] {
  const absent = workload.artifacts.filter((id) => !deployed.has(id) && !isBeside(id));
  if (absent.length === 0) return [];
  return [
    finding('MI-DELIVERY-MISSING', {
      message: `${workload.name} needs ${listed(absent, 5)}, which its archives do not contain.`,
      hint: 'Pass the project or archive that delivers it as well, or remove the reference to it.',
      artifacts: absent,
    }),
  ];
}

/**
 * JARs of `deployment/libs` go into the image, not into an archive; libraries in archives are checked by {@link lost}.
 */
function isBeside(id: ArtifactId): boolean {
  return id.startsWith('library/');
}

function statefulFindings(plan: Plan, deployed: ReadonlyMap<string, Deployed>): PlanDiagnostic[] {
  const owners = new Map(plan.workloads.flatMap(({ name, stateful }) => stateful.map((id) => [id, name] as const)));
  const holders = new Map<ArtifactId, Set<string>>();
  const hold = (id: ArtifactId, name: string): void => {
    if (owners.has(id)) holders.set(id, (holders.get(id) ?? new Set()).add(name));
  };
  const everywhere = new Map<Common, readonly ArtifactId[]>();
  for (const [name, { common, own }] of deployed) {
    const shared = everywhere.get(common) ?? common.list.map(({ artifact }) => artifact).filter((id) => owners.has(id));
    everywhere.set(common, shared);
    for (const id of shared) hold(id, name);
    for (const { artifact } of own) hold(artifact, name);
  }
  return [...owners].flatMap(([id, owner]) => {
    const others = [...(holders.get(id) ?? [])].filter((name) => name !== owner);
    if (others.length === 0) return [];
    return [
      finding('MI-DELIVERY-TWICE', {
        message: `${id} must run in ${owner} only, but its archives also deliver it to ${listed(others)}.`,
        hint: 'Deliver by roles, or split the application so that the two are in different archives.',
        artifacts: [id],
      }),
    ];
  });
}

/** An artifact of an application that no server deploys, although the application is delivered. */
function lost(
  inventory: Inventory,
  delivery: PlannedDelivery,
  deployed: ReadonlyMap<string, Deployed>,
): PlanDiagnostic[] {
  // Without an entry point there is no workload at all, and the plan says so.
  if (delivery.sets.length === 0 || deployed.size === 0) return [];
  const reached = reachedBy([...deployed.values()]);
  const absent = new Set<ArtifactId>();
  for (const { deliveries } of deliverable(inventory))
    for (const { artifact } of deliveries) if (!reached.has(artifact)) absent.add(artifact);
  const gone = [...absent].toSorted(compareText);
  if (gone.length === 0) return [];
  return [
    finding('MI-DELIVERY-MISSING', {
      message: `No workload deploys ${listed(gone, 5)}.`,
      hint: 'Plan again. If the plan was not changed by hand, this is a bug in mi-patterns.',
      artifacts: gone,
    }),
  ];
}

/** Whether any workload deploys an artifact. What many deploy alike is not copied: it can be all that there is. */
function reachedBy(deployed: readonly Deployed[]): Holder {
  const [first, ...others] = new Set(deployed.map(({ common }) => common.ids));
  const more = new Set(others.flatMap((ids) => [...ids]));
  for (const list of new Set(deployed.map(({ own }) => own))) for (const { artifact } of list) more.add(artifact);
  return { has: (id) => more.has(id) || first?.has(id) === true };
}

/** Relations that work inside one server only, and what to say when the other end is in another pod. */
const insideOneServer: Readonly<
  Partial<Record<Relation, { readonly code: PlannerCode | DeliveryCode; readonly verb: string; readonly hint: string }>>
> = {
  'calls-loopback': {
    code: 'MI-ISO-LOOPBACK',
    verb: 'calls',
    hint: 'Deliver by roles, point the address at the Service of the other workload, or group both.',
  },
  'injects-into': {
    code: 'MI-ISO-INJECT-PROXY',
    verb: 'injects messages into',
    hint: 'Group both, or deliver by roles.',
  },
  'binds-to': {
    code: 'MI-ISO-BINDS-TO',
    verb: 'is bound to',
    hint: 'Group both, or bind the API to the default listener too.',
  },
  'dispatches-to': { code: 'MI-ISO-DISPATCH', verb: 'hands requests to', hint: 'Group both, or deliver by roles.' },
  'stores-into': {
    code: 'MI-DELIVERY-MISSING',
    verb: 'stores messages into',
    hint: 'Deliver the message store to the workload too.',
  },
};

function crossing(inventory: Inventory, plan: Plan, sets: ReadonlyMap<string, Holder>): PlanDiagnostic[] {
  const outgoing = new Map<ArtifactId, Reference[]>();
  for (const reference of inventory.references) {
    if (reference.state !== 'resolved') continue;
    addTo(outgoing, reference.from, reference);
  }
  return plan.workloads.flatMap((workload) => {
    const deployed = sets.get(workload.name) ?? nothing;
    const active = new Set<ArtifactId>(workload.entryPoints);
    const found: PlanDiagnostic[] = [];
    for (const from of active) {
      for (const { to, relation, source } of outgoing.get(from) ?? []) {
        if (deployed.has(to)) {
          // Only what starts work here is at work here; a dispatcher or caller takes its target along.
          active.add(to);
          continue;
        }
        const rule = insideOneServer[relation];
        if (rule === undefined) continue;
        found.push(
          finding(rule.code, {
            severity: 'error',
            message: `In ${workload.name}, ${from} ${rule.verb} ${to}, which that workload does not deploy.`,
            hint: rule.hint,
            source,
            artifacts: [from, to],
          }),
        );
      }
    }
    return found;
  });
}

const dataSourcesOf = (list: readonly DeployedArtifact[]): DeployedArtifact[] =>
  list.filter(({ artifact }) => artifact.startsWith('data-source/'));

/** MI counts an archive as faulty when its data source exists already. */
function twice(
  workload: Workload,
  deployed: Deployed | undefined,
  known: Map<Common, readonly DeployedArtifact[]>,
): PlanDiagnostic[] {
  if (deployed === undefined) return [];
  const common = known.get(deployed.common) ?? dataSourcesOf(deployed.common.list);
  known.set(deployed.common, common);
  const dataSources = new Map<ArtifactId, Set<string>>();
  for (const { artifact, archive } of [...common, ...dataSourcesOf(deployed.own)])
    dataSources.set(artifact, (dataSources.get(artifact) ?? new Set()).add(archive.name));
  return [...dataSources]
    .filter(([, archives]) => archives.size > 1)
    .map(([id, archives]) =>
      finding('MI-ISO-DS-DUP', {
        message: `${listed([...archives].toSorted(compareText))} bring ${id} to ${workload.name}: MI treats the second archive as faulty and undeploys it.`,
        hint: 'Keep the data source in one application.',
        artifacts: [id],
      }),
    );
}

/** A part of an application with versioned deployment has another name, and references are made with the name. */
function versioned(delivery: PlannedDelivery): PlanDiagnostic[] {
  return delivery.sets.flatMap(({ name, archives }) =>
    archives
      .filter((archive) => archive.application.versionedDeployment && archive.name !== archive.application.name)
      .map((archive) =>
        finding('MI-ISO-VERSIONED', {
          severity: 'error',
          message: `${archive.application.id} uses versioned deployment and is split for ${name}: its artifacts are named after the archive, so references to them lead nowhere.`,
          hint: 'Deliver by roles, which keeps the archive whole, or disable versioned deployment.',
          source: archive.application.source,
          artifacts: archive.artifacts.map(({ delivery: { artifact } }) => artifact),
        }),
      ),
  );
}
