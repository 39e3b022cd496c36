import { type ArtifactId, compareDiagnostics, compareText, type Inventory, type Reference, type Relation } from '@mi-patterns/inventory';
import type { PlannerCode } from '../diagnostics/catalogue.ts';
import { finding, listed } from '../diagnostics/finding.ts';
import type { Plan, PlanDiagnostic, Workload } from '../model.ts';
import type { DeliveryCode } from './catalogue.ts';
import { deployedLists, type DeployedArtifact } from './deployed.ts';
import type { PlannedDelivery } from './model.ts';

/**
 * Checks what each workload would really deploy against the plan and against the rules for isolation: nothing missing, nothing
 * stateful twice, no role without a server, no call or message that leaves the pod, no data source or main sequence twice.
 * Findings that the plan already has are not repeated.
 */
export function checkDelivery(inventory: Inventory, plan: Plan, delivery: PlannedDelivery): PlanDiagnostic[] {
  const lists = deployedLists(delivery, plan);
  const sets = new Map([...lists].map(([name, deployed]) => [name, new Set(deployed.map(({ artifact }) => artifact))]));
  const told = new Set(plan.diagnostics.map(({ code, artifacts }) => `${code} ${artifacts.join(' ')}`));
  return [
    ...roleFindings(plan, delivery),
    ...plan.workloads.flatMap((workload) => missing(workload, sets.get(workload.name) ?? new Set())),
    ...statefulFindings(plan, sets),
    ...lost(inventory, delivery, lists),
    ...crossing(inventory, plan, sets),
    ...plan.workloads.flatMap((workload) => twice(workload, lists.get(workload.name) ?? [])),
    ...versioned(delivery),
  ]
    .filter(({ code, artifacts }) => !told.has(`${code} ${artifacts.join(' ')}`))
    .toSorted(compareDiagnostics);
}

type Sets = ReadonlyMap<string, ReadonlySet<ArtifactId>>;

/** A role in the archives that no workload has: what carries it is deployed nowhere, and no server says so. */
function roleFindings(plan: Plan, delivery: PlannedDelivery): PlanDiagnostic[] {
  const carried = new Set(plan.workloads.flatMap(({ roles }) => roles));
  return delivery.roles
    .filter((role) => !carried.has(role))
    .map((role) => {
      const artifacts = [...plan.roles].filter(([, own]) => own === role).map(([id]) => id);
      return finding('MI-DELIVERY-ROLE', 'error', {
        message: `No workload has the server role ${role}, so ${listed(artifacts, 5)} would be deployed nowhere.`,
        hint: 'Plan again; this is a fault of mi-patterns when the plan was not changed by hand.',
        artifacts,
      });
    });
}

function missing(workload: Workload, deployed: ReadonlySet<ArtifactId>): PlanDiagnostic[] {
  const absent = workload.artifacts.filter((id) => !deployed.has(id) && !isBeside(id));
  if (absent.length === 0) return [];
  return [
    finding('MI-DELIVERY-MISSING', 'error', {
      message: `${workload.name} needs ${listed(absent, 5)}, which its archives do not bring.`,
      hint: 'Give the project or archive that delivers it too, or take the reference to it away.',
      artifacts: absent,
    }),
  ];
}

/** JARs of `deployment/libs` go into the image, not into an archive; libraries in archives are checked by {@link lost}. */
function isBeside(id: ArtifactId): boolean {
  return id.startsWith('library/');
}

function statefulFindings(plan: Plan, sets: Sets): PlanDiagnostic[] {
  const owners = new Map(plan.workloads.flatMap(({ name, stateful }) => stateful.map((id) => [id, name] as const)));
  return [...owners].flatMap(([id, owner]) => {
    const others = plan.workloads.filter(({ name }) => name !== owner && (sets.get(name)?.has(id) ?? false)).map(({ name }) => name);
    if (others.length === 0) return [];
    return [
      finding('MI-DELIVERY-TWICE', 'error', {
        message: `${id} must run in ${owner} alone, but its archives also bring it to ${listed(others)}.`,
        hint: 'Deliver by roles, or divide the application so that the two are in different archives.',
        artifacts: [id],
      }),
    ];
  });
}

/** An artifact of an application that no server deploys, although the application is delivered. */
function lost(inventory: Inventory, delivery: PlannedDelivery, lists: ReadonlyMap<string, readonly DeployedArtifact[]>): PlanDiagnostic[] {
  const reached = new Set([...lists.values()].flat().map(({ artifact }) => artifact));
  // Without an entry point there is no workload at all, and the plan says so.
  if (delivery.sets.length === 0 || lists.size === 0) return [];
  const gone = [...new Set(inventory.applications.flatMap(({ deliveries }) => deliveries.map(({ artifact }) => artifact)))].filter((id) => !reached.has(id)).toSorted(compareText);
  if (gone.length === 0) return [];
  return [
    finding('MI-DELIVERY-MISSING', 'error', {
      message: `No workload deploys ${listed(gone, 5)}.`,
      hint: 'Plan again; this is a fault of mi-patterns when the plan was not changed by hand.',
      artifacts: gone,
    }),
  ];
}

/** Relations that work inside one server only, and what to say when the other end is in another pod. */
const insideOneServer: Readonly<Partial<Record<Relation, { readonly code: PlannerCode | DeliveryCode; readonly verb: string; readonly hint: string }>>> = {
  'calls-loopback': { code: 'MI-ISO-LOOPBACK', verb: 'calls', hint: 'Deliver by roles, point the address at the Service of the other workload, or group both.' },
  'injects-into': { code: 'MI-ISO-INJECT-PROXY', verb: 'injects messages into', hint: 'Group both, or deliver by roles.' },
  'binds-to': { code: 'MI-ISO-BINDS-TO', verb: 'is bound to', hint: 'Group both, or bind the API to the default listener too.' },
  'dispatches-to': { code: 'MI-ISO-DISPATCH', verb: 'hands requests to', hint: 'Group both, or deliver by roles.' },
  'stores-into': { code: 'MI-DELIVERY-MISSING', verb: 'stores messages into', hint: 'Deliver the message store to the workload too.' },
};

function crossing(inventory: Inventory, plan: Plan, sets: Sets): PlanDiagnostic[] {
  const outgoing = new Map<ArtifactId, Reference[]>();
  for (const reference of inventory.references) {
    if (reference.state !== 'resolved') continue;
    const list = outgoing.get(reference.from);
    if (list === undefined) outgoing.set(reference.from, [reference]);
    else list.push(reference);
  }
  return plan.workloads.flatMap((workload) => {
    const deployed = sets.get(workload.name) ?? new Set<ArtifactId>();
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
        found.push(finding(rule.code, 'error', { message: `In ${workload.name}, ${from} ${rule.verb} ${to}, which that workload does not deploy.`, hint: rule.hint, source, artifacts: [from, to] }));
      }
    }
    return found;
  });
}

/** MI counts an archive as faulty when its data source exists already, and lets main and fault sequences overwrite each other. */
function twice(workload: Workload, deployed: readonly DeployedArtifact[]): PlanDiagnostic[] {
  const dataSources = new Map<ArtifactId, Set<string>>();
  const special = new Map<'main' | 'fault', Map<string, ArtifactId>>();
  for (const { artifact, archive } of deployed) {
    if (artifact.startsWith('data-source/')) dataSources.set(artifact, (dataSources.get(artifact) ?? new Set()).add(archive.name));
    if (!artifact.startsWith('sequence/')) continue;
    const file = archive.artifacts.find(({ delivery }) => delivery.artifact === artifact)?.delivery.file ?? '';
    const name = /(^|\/)main(-\d+(\.\d+)*)?\.xml$/.test(file) ? 'main' : /(^|\/)fault[^/]*\.xml$/.test(file) ? 'fault' : undefined;
    if (name !== undefined) special.set(name, (special.get(name) ?? new Map<string, ArtifactId>()).set(archive.name, artifact));
  }
  return [
    ...[...dataSources].filter(([, archives]) => archives.size > 1).map(([id, archives]) =>
      finding('MI-ISO-DS-DUP', 'error', { message: `${listed([...archives].toSorted(compareText))} bring ${id} to ${workload.name}: MI counts the second archive as faulty and takes it back.`, hint: 'Keep the data source in one application.', artifacts: [id] }),
    ),
    ...[...special].filter(([, archives]) => archives.size > 1).map(([name, archives]) =>
      finding('MI-ISO-MAINSEQ', 'error', { message: `${listed([...archives.keys()].toSorted(compareText))} each bring the ${name} sequence to ${workload.name}; the last one deployed wins.`, hint: `Keep the ${name} sequence in one application.`, artifacts: [...archives.values()] }),
    ),
  ];
}

/** A part of an application with versioned deployment has another name, and references are made with the name. */
function versioned(delivery: PlannedDelivery): PlanDiagnostic[] {
  return delivery.sets.flatMap(({ name, archives }) =>
    archives
      .filter((archive) => archive.application.versionedDeployment && archive.name !== archive.application.name)
      .map((archive) =>
        finding('MI-ISO-VERSIONED', 'error', {
          message: `${archive.application.id} uses versioned deployment and is divided for ${name}: its artifacts are named after the archive, so references to them lead nowhere.`,
          hint: 'Deliver by roles, which keeps the archive whole, or switch versioned deployment off.',
          source: archive.application.source,
          artifacts: archive.artifacts.map(({ delivery: { artifact } }) => artifact),
        }),
      ),
  );
}
