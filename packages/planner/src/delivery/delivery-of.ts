import {
  addTo,
  type Application,
  compareText,
  defaultServerRoles,
  type Delivery,
  type Inventory,
  miHas,
  type UniqueNames,
  uniqueNames,
} from '@mi-patterns/inventory';
import { type ArchiveRequest, type ArtifactRequest } from './archive-request.ts';
import type { Plan, Workload } from '../model/plan.ts';
import type { DeliveredArchive, DeliverySet, PlannedDelivery } from './model.ts';
import { type DeploymentNeed, deploymentNeeds, inDeploymentOrder } from './order.ts';

/** Kinds that help other artifacts of their application and do nothing by themselves. */
const helping = new Set(['property-file/']);

/**
 * The archives that bring a plan to its servers, and the role of each artifact in them. With `roles` one set of whole
 * applications, in which each stateful artifact carries the role of its workload and every other one a role that all
 * servers have; with `archives` a set for each workload, with what its entry points need. Pure; sorted.
 */
export function deliveryOf(inventory: Inventory, plan: Plan): PlannedDelivery {
  const applications = deliverable(inventory);
  const needs = deploymentNeeds(inventory, applications);
  if (plan.delivery === 'roles') {
    const roleOf = (delivery: Delivery): string => plan.roles.get(delivery.artifact) ?? commonRole(delivery);
    const archives = archivesOf(applications, needs, (application) => wholeRequest(application, roleOf, needs));
    const roles = [...new Set(plan.roles.values())].toSorted(compareText);
    return {
      mode: 'roles',
      roles,
      sets:
        archives.length === 0 ? [] : [{ name: 'image', workloads: plan.workloads.map(({ name }) => name), archives }],
    };
  }
  return {
    mode: 'archives',
    roles: [],
    sets: plan.workloads.map((workload) => setOf(applications, needs, workload, plan.workloads.length === 1)),
  };
}

/**
 * Applications whose artifacts archives can carry. Of a project and its own archive only the archive, as it was built.
 */
export function deliverable(inventory: Inventory): readonly Application[] {
  const archives = new Set(inventory.applications.filter(({ type }) => type === 'archive').map(applicationKey));
  return inventory.applications.filter(
    (application) =>
      application.deliveries.length > 0 &&
      (application.type === 'archive' || !archives.has(applicationKey(application))),
  );
}

function applicationKey({ name, version }: Application): string {
  return `${name}\0${version.replace('-SNAPSHOT', '')}`;
}

/**
 * A role that every server has: the artifact's own when it is one, else MI's first; a role of somebody else's would
 * lose it.
 */
function commonRole({ serverRole }: Delivery): string {
  return serverRole !== undefined && defaultServerRoles.includes(serverRole)
    ? serverRole
    : (defaultServerRoles[0] ?? '');
}

function wholeRequest(
  application: Application,
  roleOf: (delivery: Delivery) => string,
  needs: readonly DeploymentNeed[],
): ArchiveRequest {
  const version = application.version || '1.0.0';
  const dependencies = dependenciesOf(application, needs);
  const descriptor =
    application.type === 'archive' && dependencies.length === application.dependencies.length
      ? undefined
      : descriptorOf(application, application.name, version, dependencies);
  return {
    application,
    name: application.name,
    version,
    whole: true,
    artifacts: artifactsOf(application, application.deliveries, roleOf),
    ...(descriptor === undefined ? {} : { descriptor }),
    nested: [],
  };
}

/**
 * Its own dependencies and those that follow from its artifacts: where all archives have a descriptor, MI goes by
 * nothing else.
 */
function dependenciesOf(application: Application, needs: readonly DeploymentNeed[]): readonly string[] {
  const needed = needs.flatMap(({ from, to }) => (from === application ? (to.descriptorId ?? []) : []));
  return [...new Set([...application.dependencies, ...needed])];
}

/** One archive for each application that is not inside another one; those inside travel with the outer one. */
function archivesOf(
  applications: readonly Application[],
  needs: readonly DeploymentNeed[],
  requestFor: (application: Application) => ArchiveRequest,
): readonly DeliveredArchive[] {
  const requests = new Map(applications.map((application) => [application.source.path, requestFor(application)]));
  const outer = applications.filter(({ within }) => within === undefined || !requests.has(within.archive));
  const inner = new Map<string, ArchiveRequest[]>();
  for (const application of applications) {
    const { source, within } = application;
    const request = requests.get(source.path);
    if (within !== undefined && request !== undefined) addTo(inner, within.archive, request);
  }
  const names = new Set<string>();
  const archives = outer.flatMap((application) => {
    const request = requests.get(application.source.path);
    return request === undefined
      ? []
      : [{ ...request, nested: inner.get(application.source.path) ?? [], file: uniqueFile(fileOf(request), names) }];
  });
  return inDeploymentOrder(archives, needs);
}

/** The file name an archive has, or the one the Maven plugin would give it. */
function fileOf({ application, name, version, whole }: ArchiveRequest): string {
  const own = application.source.path.slice(application.source.path.lastIndexOf('/') + 1);
  return whole && application.type === 'archive' && /\.car$/i.test(own)
    ? plainFile(own.replace(/\.car$/i, '.car'))
    : plainFile(`${name}_${version}.car`);
}

/**
 * Characters that a key of a ConfigMap, a Dockerfile and every file system take; the name is no longer than they allow.
 */
function plainFile(file: string): string {
  return file
    .replace(/[^-._a-zA-Z0-9]/g, '-')
    .replace(/^\.+/, '-')
    .replace(/^(.{200}).*(?=\.car$)/, '$1');
}

function uniqueFile(file: string, taken: Set<string>): string {
  let candidate = file;
  for (let number = 2; taken.has(candidate); number++) candidate = file.replace(/\.car$/, `-${number}.car`);
  taken.add(candidate);
  return candidate;
}

function setOf(
  applications: readonly Application[],
  needs: readonly DeploymentNeed[],
  workload: Workload,
  alone: boolean,
): DeliverySet {
  const selected = selectedFor(applications, workload);
  const names = new Map(
    selected.map(({ application, deliveries }) => [
      application,
      alone || deliveries.length === application.deliveries.length
        ? application.name
        : splitName(application, workload, applications),
    ]),
  );
  const dependencies = dependencyNames(applications, needs, names);
  const files = new Set<string>();
  const archives = selected.map((part): DeliveredArchive => {
    const { application } = part;
    const request = archiveRequest(part, names.get(application) ?? application.name, dependencies(application));
    return { ...request, file: uniqueFile(fileOf(request), files), nested: [] };
  });
  return {
    name: workload.name,
    workloads: [workload.name],
    archives: inDeploymentOrder(archives, needs),
  };
}

/** What a workload gets of an application. */
interface Part {
  readonly application: Application;
  readonly deliveries: Application['deliveries'];
}

/**
 * The applications that have something for a workload; one that has only helping artifacts comes whole or not at all.
 */
function selectedFor(applications: readonly Application[], workload: Workload): readonly Part[] {
  const wanted = new Set(workload.artifacts);
  return applications.flatMap((application) => {
    const deliveries = application.deliveries.filter(({ artifact }) => wanted.has(artifact));
    const useful = deliveries.some(({ artifact }) => ![...helping].some((prefix) => artifact.startsWith(prefix)));
    return deliveries.length === 0 || (!useful && deliveries.length < application.deliveries.length)
      ? []
      : [{ application, deliveries }];
  });
}

/**
 * What an application depends on, by the names that the applications have in this set; one that is not in it is left
 * out.
 */
function dependencyNames(
  applications: readonly Application[],
  needs: readonly DeploymentNeed[],
  names: ReadonlyMap<Application, string>,
): (application: Application) => readonly string[] {
  const ids = new Map(
    [...names].flatMap(([application, name]) => {
      const id = descriptorId(application, name, application.version || '1.0.0');
      const before = [descriptorId(application, application.name, application.version), application.descriptorId];
      return before.flatMap((old) => (old === undefined ? [] : [[old, id] as const]));
    }),
  );
  const known = new Set(
    applications.flatMap((application) => [
      application.descriptorId ?? '',
      descriptorId(application, application.name, application.version),
    ]),
  );
  return (application) =>
    dependenciesOf(application, needs).flatMap((id) => ids.get(id) ?? (known.has(id) ? [] : [id]));
}

function archiveRequest(
  { application, deliveries }: Part,
  name: string,
  dependencies: readonly string[],
): Omit<DeliveredArchive, 'file'> {
  const version = application.version || '1.0.0';
  // A fat archive is divided into what is in it: MI deploys the archives inside of it one by one anyway.
  const whole =
    deliveries.length === application.deliveries.length && !application.fat && application.within === undefined;
  const descriptor =
    whole && application.type === 'archive' ? undefined : descriptorOf(application, name, version, dependencies);
  return {
    application,
    name,
    version,
    whole,
    artifacts: artifactsOf(application, deliveries, commonRole),
    ...(descriptor === undefined ? {} : { descriptor }),
    nested: [],
  };
}

/** A part of an application must not have its name: a server refuses a second application of one name and version. */
function splitName(application: Application, workload: Workload, applications: readonly Application[]): string {
  const taken = new Set(applications.map(({ name }) => name));
  let name = `${application.name}-${workload.name}`;
  while (taken.has(name)) name += '-part';
  return name;
}

function descriptorId({ groupId, name: ownName }: Application, name: string, version: string): string {
  return `${groupId ?? ownName}__${name}__${version}`;
}

function descriptorOf(
  application: Application,
  name: string,
  version: string,
  dependencies: readonly string[],
): ArchiveRequest['descriptor'] {
  const { runtimeVersion } = application;
  const reads =
    application.descriptorId !== undefined &&
    (application.type === 'archive' || (runtimeVersion !== undefined && miHas(runtimeVersion, 'archiveDescriptor')));
  return reads ? { id: descriptorId(application, name, version), dependencies } : undefined;
}

/**
 * The artifacts of an archive with a name and version that no other has: MI joins the list and the folders by both. The
 * Maven plugin writes two artifacts of one name and version into one folder, where one overwrites the other. APIs and
 * proxies keep their names, since their metadata is found by it.
 */
function artifactsOf(
  application: Application,
  deliveries: readonly Delivery[],
  roleOf: (delivery: Delivery) => string,
): ArtifactRequest[] {
  if (application.type === 'archive')
    return deliveries.map((delivery) => ({
      delivery,
      name: delivery.name,
      version: delivery.version,
      serverRole: roleOf(delivery),
    }));
  const unversioned = application.version.replace('-SNAPSHOT', '') || '1.0.0';
  const names = new Map<string, UniqueNames>();
  const nameOf = ({ name, artifact }: Delivery, version: string): string => {
    const unique = names.get(version) ?? uniqueNames();
    names.set(version, unique);
    return unique(name, (number) => {
      const withKind = `${name}_${artifact.split('/')[0] ?? ''}`;
      return number === 2 ? withKind : `${withKind}_${number - 1}`;
    });
  };
  return inOrderOfNames(deliveries).map((delivery) => {
    const version = delivery.version || unversioned;
    return { delivery, name: nameOf(delivery, version), version, serverRole: roleOf(delivery) };
  });
}

/** Those first that keep their names. */
function inOrderOfNames(deliveries: readonly Delivery[]): readonly Delivery[] {
  return deliveries.toSorted(
    (a, b) =>
      Number(isService(b)) - Number(isService(a)) || compareText(a.artifact, b.artifact) || compareText(a.path, b.path),
  );
}

function isService({ artifact }: Delivery): boolean {
  return artifact.startsWith('api/') || artifact.startsWith('proxy-service/');
}
