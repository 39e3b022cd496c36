import { dirname } from 'node:path';
import type { LegacyModule, LegacyExporter } from './legacy-parts.ts';
import { compareText } from '../model/diagnostic.ts';
import type { ArtifactKind } from '../model/inventory.ts';
import { groupBy } from '../model/group.ts';
import { type ApplicationDraft, type ArtifactDraft, type Context, type DeliveryDraft, report } from './draft.ts';
import {
  type LegacyArtifact,
  type LegacyContent,
  type LegacyEntry,
  type LegacyMetadata,
  readModule,
} from './legacy-module.ts';
import { nearest } from './nearness.ts';
import type { Pom, PomDependency } from './pom.ts';
import { defaultServerRoles, kindOfGroup, typeOfKind } from './types.ts';

/**
 * Reads legacy multi-module projects (Integration Studio, Developer Studio). An exporter's dependencies decide what is
 * in its `.car`, and its properties `<groupId_._artifactId>capp/Role</…>` with which server role; what no exporter
 * selects is in the inventory, delivered by nothing. Modules and exporters of all given paths belong together. Without
 * any exporter each module counts as one application.
 */
export function readLegacy(
  context: Context,
  modules: readonly LegacyModule[],
  exporters: readonly LegacyExporter[],
): void {
  const artifacts: LegacyArtifact[] = [];
  const metadata: LegacyMetadata[] = [];
  const listed: LegacyEntry[] = [];
  for (const module of modules) {
    const found = readModule(context, module, exporters.length > 0);
    artifacts.push(...found.artifacts);
    metadata.push(...found.metadata);
    listed.push(...found.listed);
    const certain = found.artifacts.filter(({ optional }) => !optional);
    if (exporters.length === 0 && certain.length > 0) withoutExporter(context, module, certain, found.metadata);
  }
  const selected = new Set<ArtifactDraft>();
  for (const exporter of exporters) select(context, exporter, { artifacts, metadata, listed }, selected);
  for (const { draft, declared, optional } of artifacts) {
    // Java that nothing selects is as often a test or a tool as a mediator.
    if (optional && !selected.has(draft)) continue;
    context.findings.artifacts.push(draft);
    if (exporters.length === 0 || selected.has(draft) || declared === undefined) continue;
    report(context, draft.parsed.source, {
      code: 'MI-LEGACY-LEFT-OUT',
      message: `${draft.parsed.kind} ${draft.parsed.name} is in no composite exporter: no .car delivers it.`,
      hint: `Add the dependency ${declared.groupId}:${declared.name} to the exporter's pom.xml, or remove the artifact.`,
    });
  }
}

function applicationOf(
  pom: Pom,
  type: ApplicationDraft['type'],
  metadata: readonly LegacyMetadata[],
): ApplicationDraft {
  return {
    type,
    name: pom.artifactId,
    version: pom.version,
    ...(pom.groupId && { groupId: pom.groupId }),
    source: { ...pom.source, line: 1, column: 1 },
    versionedDeployment: false,
    fat: false,
    dependencies: pom.dependencies
      .filter((entry) => entry.type === 'car')
      .map((entry) => `${entry.groupId}__${entry.artifactId}__${entry.version}`)
      .toSorted(compareText),
    metadata: metadata
      .map(({ name, version, serverRole, path }) => ({ name, version, serverRole, path }))
      .toSorted((a, b) => compareText(a.name, b.name) || compareText(a.path, b.path)),
  };
}

function withoutExporter(
  context: Context,
  module: LegacyModule,
  artifacts: readonly LegacyArtifact[],
  metadata: readonly LegacyMetadata[],
): void {
  const folder = context.display(module.folder);
  const application: ApplicationDraft = module.pom
    ? applicationOf(module.pom, 'project', metadata)
    : {
        type: 'project',
        name: folder.slice(folder.lastIndexOf('/') + 1),
        version: '',
        source: { path: folder, line: 1, column: 1 },
        versionedDeployment: false,
        fat: false,
        dependencies: [],
        metadata,
      };
  context.findings.applications.push(application);
  const described = artifacts.some(({ declared }) => declared !== undefined);
  for (const { draft, declared } of artifacts) {
    if (declared === undefined && described) continue;
    deliver(draft, application, {
      name: declared?.name ?? draft.parsed.name,
      version: declared?.version ?? application.version,
      serverRole: declared?.serverRole ?? 'EnterpriseServiceBus',
    });
  }
  report(context, application.source, {
    code: 'MI-LEGACY-NO-EXPORTER',
    message: `No composite exporter was found for the module ${application.name}; it was read as if one .car delivered all of it.`,
    hint: 'Pass the folder of the exporter too (often the parent folder): it decides what is delivered. Without one, add it, or scan the built .car file.',
  });
}

/** Extensions of the kinds that are no XML file. */
const extensions: Partial<Record<ArtifactKind, string>> = {
  'data-service': '.dbs',
  connector: '.zip',
  library: '.jar',
};

function deliver(
  draft: ArtifactDraft,
  application: ApplicationDraft,
  { name, version, serverRole }: Required<Pick<DeliveryDraft, 'name' | 'version' | 'serverRole'>>,
): void {
  const { kind, source } = draft.parsed;
  const extension = extensions[kind] ?? '.xml';
  draft.deliveries.push({
    application,
    name,
    version,
    type: draft.parsed.facts.kind === 'unsupported' ? draft.parsed.facts.type : typeOfKind(kind),
    serverRole,
    file: kind === 'registry-resource' ? 'registry-info.xml' : `${name}-${version}${extension}`,
    path: source.path,
  });
}

/** Finds the artifacts of each dependency of an exporter, and delivers them. */
function select(
  context: Context,
  { pom }: LegacyExporter,
  { artifacts, metadata, listed }: LegacyContent,
  selected: Set<ArtifactDraft>,
): void {
  const near = dirname(pom.source.path);
  const metadataOf = ({ groupId, artifactId }: PomDependency): readonly LegacyMetadata[] =>
    nearest(
      metadata.filter((one) => one.groupId === groupId && one.name === artifactId),
      ({ path }) => path,
      near,
    );
  const application = applicationOf(pom, 'exporter', pom.dependencies.flatMap(metadataOf));
  context.findings.applications.push(application);
  const byName = groupBy(artifacts, (artifact) => artifact.declared?.name ?? artifact.draft.parsed.name);
  for (const dependency of pom.dependencies.filter((entry) => entry.type !== 'car' && metadataOf(entry).length === 0)) {
    const matches = matchesOf(dependency, byName.get(dependency.artifactId) ?? [], near);
    if (matches.length === 0) {
      const isSame = ({ groupId, name }: LegacyEntry): boolean =>
        groupId === dependency.groupId && name === dependency.artifactId;
      unmatched(context, application, dependency, listed.find(isSame));
      continue;
    }
    const role = /^capp\/(.+)$/.exec(pom.properties.get(`${dependency.groupId}_._${dependency.artifactId}`) ?? '')?.[1];
    if (role !== undefined && !defaultServerRoles.includes(role)) otherRole(context, application, dependency, role);
    for (const { draft, declared } of matches) {
      selected.add(draft);
      deliver(draft, application, {
        name: dependency.artifactId,
        version: dependency.version || declared?.version || '',
        serverRole: role ?? declared?.serverRole ?? 'EnterpriseServiceBus',
      });
      if (declared !== undefined) checkVersion(context, application, dependency, declared.version);
    }
  }
}

/**
 * What a dependency means: by groupId and artifactId, else by artifactId and the kind in the groupId's last part. Of
 * several, those of the version that the exporter asks for, and of these the nearest: projects that have nothing to do
 * with each other often have the groupId that Integration Studio proposes, and Maven takes what was built together with
 * the exporter.
 */
function matchesOf(
  { groupId, version }: PomDependency,
  candidates: readonly LegacyArtifact[],
  near: string,
): readonly LegacyArtifact[] {
  const exact = candidates.filter(({ declared }) => declared?.groupId === groupId);
  const kind = kindOfGroup(groupId);
  const ofKind = candidates.filter(({ draft }) =>
    kind === undefined ? candidates.length === 1 : draft.parsed.kind === kind,
  );
  const named = exact.length > 0 ? exact : ofKind;
  const asked = named.filter(({ declared }) => declared?.version === version);
  return nearest(asked.length > 0 ? asked : named, ({ module }) => module, near);
}

function checkVersion(
  context: Context,
  application: ApplicationDraft,
  { artifactId, version, source }: PomDependency,
  declared: string,
): void {
  if (!version || declared === version || version.includes('${')) return;
  report(context, source, {
    code: 'MI-LEGACY-VERSION',
    message: `${application.name} asks for version ${version} of ${artifactId}, but its artifact.xml says ${declared}: Maven uses another build of it, or none.`,
    hint: 'Make both versions the same.',
  });
}

function otherRole(context: Context, application: ApplicationDraft, dependency: PomDependency, role: string): void {
  report(context, dependency.source, {
    code: 'MI-CAR-ROLE',
    message: `${dependency.artifactId} has the server role ${role} in ${application.name}; a server with the default roles silently skips it.`,
    hint: `Start the servers that must run it with -DserverRoles=…,${role}, or give it the role EnterpriseServiceBus in the exporter.`,
  });
}

/** Tells of a dependency that nothing was read for, unless the reader of its module has told why. */
function unmatched(
  context: Context,
  application: ApplicationDraft,
  dependency: PomDependency,
  entry: LegacyEntry | undefined,
): void {
  const jar = dependency.type === 'jar';
  const delivered = `${application.name} delivers ${dependency.groupId}:${dependency.artifactId}:${dependency.version} (${dependency.type})`;
  if (entry !== undefined) {
    if (entry.missing === undefined) return;
    report(context, dependency.source, {
      code: 'MI-LEGACY-UNMATCHED',
      message: `${delivered}, but its file ${entry.missing} does not exist.`,
      hint: 'Restore the file, or remove the dependency and the entry in artifact.xml.',
    });
    return;
  }
  report(context, dependency.source, {
    code: 'MI-LEGACY-UNMATCHED',
    severity: jar ? 'info' : 'warning',
    message: `${delivered}, which is in none of the given paths.`,
    hint: jar
      ? 'If it comes from a Maven repository, there is nothing to do; its classes are unknown here.'
      : 'Pass its module too, or scan the built .car file.',
  });
}
