import { joined } from '../artifact/reading.ts';
import { compareDiagnostics, compareSources, compareText, type Diagnostic } from '../model/diagnostic.ts';
import type {
  Application,
  Artifact,
  ArtifactId,
  ArtifactVariant,
  Delivery,
  Inventory,
  ServerConfiguration,
  SettingRead,
} from '../model/inventory.ts';
import { type ResolvableArtifact, resolveReferences } from '../references/resolve.ts';
import { applicationClusters, nameApplications, supersededApplications } from './application-names.ts';
import { kindRow } from '../model/artifact-kinds.ts';
import { idleFiles } from '../model/is-deployed.ts';
import { connectorClashes } from './connector-clashes.ts';
import { contentKey, haveSameContent } from './content.ts';
import { type ApplicationDraft, type ArtifactDraft, type DeliveryDraft, type Findings, milder } from './draft.ts';
import { type Duplicate, duplicateDiagnostics, isRedefined, type Servers } from './duplicates.ts';
import { addTo, groupBy } from '../model/group.ts';
import { registryClashes } from './registry-clashes.ts';
import { staleArchives } from './stale-archives.ts';

/**
 * Makes the inventory of all findings: ids, duplicates merged, references resolved, everything sorted. The same
 * findings in any order give the same inventory. Takes the artifacts out of the findings.
 */
export function assemble(findings: Findings): Inventory {
  const { artifacts, resolvable, applications, configurations, diagnostics } = mergeFindings(findings);
  const resolved = resolveReferences({ artifacts: resolvable, applications, configurations });
  return {
    artifacts,
    references: resolved.references,
    applications,
    configurations,
    diagnostics: unique(
      milderWhereIdle([...diagnostics, ...resolved.diagnostics], { artifacts, applications }).toSorted(
        compareDiagnostics,
      ),
    ),
  };
}

/** The findings, those of files that no application delivers at most warnings. */
function milderWhereIdle(
  diagnostics: readonly Diagnostic[],
  inventory: Pick<Inventory, 'artifacts' | 'applications'>,
): readonly Diagnostic[] {
  const faulty = new Set<string>();
  for (const { severity, source } of diagnostics)
    if (severity === 'error' && source !== undefined) faulty.add(source.path);
  if (faulty.size === 0) return diagnostics;
  const idle = idleFiles(inventory, faulty);
  if (idle.size === 0) return diagnostics;
  return diagnostics.map((diagnostic) =>
    diagnostic.source !== undefined && idle.has(diagnostic.source.path) ? milder(diagnostic) : diagnostic,
  );
}

/** All but the references, each list sorted; findings are not. */
interface Merged extends Omit<Inventory, 'references'> {
  readonly resolvable: readonly ResolvableArtifact[];
}

/** What was read of each artifact is forgotten when this ends: 10 to 20 MB at the peak of 100,000 artifacts. */
function mergeFindings(findings: Findings): Merged {
  const applications = findings.applications.toSorted(
    (a, b) => compareSources(a.source, b.source) || compareText(a.name, b.name),
  );
  const ids = nameApplications(applications);
  const diagnostics: Diagnostic[] = [...findings.diagnostics];
  const clusters = applicationClusters(applications, ids, diagnostics);

  const superseded = supersededApplications(applications);
  const drafts = findings.artifacts.splice(0).sort(byWhatRuns(superseded));
  const artifacts: Artifact[] = [];
  const resolvable: ResolvableArtifact[] = [];
  const duplicates: Duplicate[] = [];
  const deliveries = new Map<ApplicationDraft, Delivery[]>();
  const alone = new Map(applications.map((application) => [application, [ids.get(application) ?? application.name]]));
  const groups = groupById(drafts);
  for (const [id, group] of groups) {
    const variants = variantsOf(group, superseded);
    const artifact = merge(id, group, variants, { ids, alone, clusters, superseded });
    artifacts.push(artifact);
    addResolvables(resolvable, artifact, group[0], variants);
    for (const draft of group)
      for (const delivery of draft.deliveries) addTo(deliveries, delivery.application, deliveryOf(id, delivery));
    if (group.length > 1 || group[0].deliveries.length > 1) duplicates.push({ artifact, drafts: group });
  }
  diagnostics.push(
    ...duplicateDiagnostics(duplicates, {
      ids,
      clusters,
      configurations: findings.configurations,
    }),
    ...registryClashes(drafts, { ids, clusters, superseded }),
    ...connectorClashes(drafts, { ids, superseded }),
    ...staleArchives(groups, superseded, ids),
  );
  const named = applications.map((draft): Application => ({
    ...draft,
    id: ids.get(draft) ?? draft.name,
    deliveries: (deliveries.get(draft) ?? []).toSorted(
      (a, b) => compareText(a.artifact, b.artifact) || compareText(a.path, b.path),
    ),
  }));
  const configurations = findings.configurations
    .map(({ configuration, application }): ServerConfiguration => {
      const id = application && ids.get(application);
      return { ...configuration, ...(id !== undefined && { application: id }) };
    })
    .toSorted((a, b) => compareSources(a.source, b.source));
  return {
    artifacts: artifacts.toSorted((a, b) => compareText(a.id, b.id)),
    resolvable,
    applications: named.toSorted((a, b) => compareText(a.id, b.id)),
    configurations,
    diagnostics,
  };
}

/**
 * What runs first, since it gives an artifact its facts; then what only a superseded project delivers; then by place.
 */
function byWhatRuns(
  superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>,
): (a: ArtifactDraft, b: ArtifactDraft) => number {
  const rank = (draft: ArtifactDraft): number => {
    if (runs(draft, superseded)) return 0;
    return draft.deliveries.length > 0 || draft.beside.length > 0 ? 1 : 2;
  };
  return (a, b) =>
    rank(a) - rank(b) || compareSources(a.parsed.source, b.parsed.source) || compareText(a.parsed.name, b.parsed.name);
}

/** True for a draft that an application brings to servers, and not in the place of its project. */
function runs(draft: ArtifactDraft, superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>): boolean {
  return (
    draft.deliveries.some(({ application }) => !superseded.has(application)) ||
    draft.beside.some((application) => !superseded.has(application))
  );
}

/**
 * Further drafts that run and say something else than the first, those of one content together: with versioned
 * deployment they run side by side.
 */
function variantsOf(
  [first, ...others]: readonly [ArtifactDraft, ...ArtifactDraft[]],
  superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>,
): readonly Variant[] {
  if (others.length === 0 || !mayVary(first)) return none;
  const byContent = groupBy(
    others.filter((draft) => runs(draft, superseded) && !haveSameContent(draft.parsed, first.parsed)),
    ({ parsed }) => contentKey(parsed),
  );
  return [...byContent.values()].map((drafts) => ({
    parsed: drafts[0].parsed,
    applications: drafts.flatMap(({ deliveries }) => deliveries.map(({ application }) => application)),
  }));
}

/** Registry resources of one name may have several paths: each application has a folder of its own for them. */
function mayVary({ parsed: { kind } }: ArtifactDraft): boolean {
  return kind === 'registry-resource' || kindRow(kind).isComparable === true;
}

interface Variant {
  readonly parsed: ArtifactDraft['parsed'];
  readonly applications: readonly ApplicationDraft[];
}

/** What the id of an artifact comes from. */
type Identified = Pick<ArtifactDraft['parsed'], 'kind' | 'name' | 'version'>;

/** APIs of one name and several versions are `Name:vVersion`, as synapse names them (SCORE rest/API.getName). */
function groupById(drafts: readonly ArtifactDraft[]): Map<ArtifactId, [ArtifactDraft, ...ArtifactDraft[]]> {
  const groups = groupBy(drafts, ({ parsed }) => plainId(parsed));
  for (const [id, group] of groups) {
    const [first, second] = group;
    if (second === undefined || first.parsed.kind !== 'api') continue;
    const versions = groupBy(group, ({ parsed }) => parsed.version || undefined);
    if (versions.size === 1) continue;
    groups.delete(id);
    for (const some of versions.values()) groups.set(versionedId(some[0].parsed), some);
  }
  return groups;
}

function plainId({ kind, name }: Identified): ArtifactId {
  return joined(kind, '/', name);
}

/** The id of an API that is there in other versions, too. */
function versionedId(api: Identified): ArtifactId {
  return api.version ? `${plainId(api)}:v${api.version}` : plainId(api);
}

/** The ids that an artifact can have, among whichever others. */
export function possibleIds(artifact: Identified): readonly ArtifactId[] {
  return artifact.kind === 'api' ? [plainId(artifact), versionedId(artifact)] : [plainId(artifact)];
}

/** The id of each application, the list of it alone, and the servers that have it. */
interface ApplicationIds extends Servers {
  readonly ids: ReadonlyMap<ApplicationDraft, string>;
  readonly alone: ReadonlyMap<ApplicationDraft, readonly string[]>;
}

function merge(
  id: ArtifactId,
  group: readonly [ArtifactDraft, ...ArtifactDraft[]],
  variants: readonly Variant[],
  known: ApplicationIds,
): Artifact {
  const [first, ...others] = group;
  const { ids, alone } = known;
  const { kind, name, source, facts, effects } = first.parsed;
  const settings = settingsOf(first, kind === 'property-file' ? others : variants);
  return {
    id,
    kind,
    name,
    version: first.version,
    source,
    applications: applicationsOf(group, ids, alone),
    facts: facts.kind === 'property-file' ? { kind: 'property-file', keys: allKeys(group) } : facts,
    effects: variants.length === 0 ? effects : [...effects, ...variants.flatMap(({ parsed }) => parsed.effects)],
    ...(settings.length === 0 ? {} : { settings }),
    duplicates: others.length === 0 ? none : others.map((draft) => draft.parsed.source).toSorted(compareSources),
    ...(variants.length === 0 ? {} : { variants: variants.map((variant) => variantOf(variant, ids)) }),
    ...(isRedefined(group, known) ? { redefined: true } : {}),
  };
}

function settingsOf(
  first: ArtifactDraft,
  others: readonly { readonly parsed: ArtifactDraft['parsed'] }[],
): readonly SettingRead[] {
  const own = first.parsed.settings ?? none;
  return others.length === 0 ? own : [...own, ...others.flatMap(({ parsed }) => parsed.settings ?? none)];
}

function variantOf({ parsed, applications }: Variant, ids: ReadonlyMap<ApplicationDraft, string>): ArtifactVariant {
  return {
    source: parsed.source,
    facts: parsed.facts,
    applications: [...new Set(applications.map((application) => ids.get(application) ?? application.name))].toSorted(
      compareText,
    ),
  };
}

const none: readonly never[] = [];

/**
 * Ids of the applications that deliver any of the drafts, sorted, each once. `alone` has the list of each application
 * on its own.
 */
function applicationsOf(
  group: readonly ArtifactDraft[],
  ids: ReadonlyMap<ApplicationDraft, string>,
  alone: ReadonlyMap<ApplicationDraft, readonly string[]>,
): readonly string[] {
  const idOf = (application: ApplicationDraft): string => ids.get(application) ?? application.name;
  const [first, second] = group;
  const [only] = first?.deliveries ?? [];
  // By far the most artifacts are in one place and one application, and share its list.
  if (second === undefined && only !== undefined && first?.deliveries.length === 1 && first.beside.length === 0)
    return alone.get(only.application) ?? [idOf(only.application)];
  const applications = group.flatMap((draft) => [
    ...draft.deliveries.map((delivery) => delivery.application),
    ...draft.beside,
  ]);
  return [...new Set(applications.map(idOf))].toSorted(compareText);
}

/**
 * Written out, because copying with a rest and a spread takes several times as long, and there is one for each
 * artifact.
 */
function deliveryOf(artifact: ArtifactId, { name, version, type, serverRole, file, path }: DeliveryDraft): Delivery {
  return serverRole === undefined
    ? { artifact, name, version, type, file, path }
    : { artifact, name, version, type, serverRole, file, path };
}

/**
 * Each application brings a property file of the same name; MI puts their keys together (ConfigDeployer's
 * PropertyHolder).
 */
function allKeys(group: readonly ArtifactDraft[]): string[] {
  const keys = group.flatMap(({ parsed }) => (parsed.facts.kind === 'property-file' ? parsed.facts.keys : []));
  return [...new Set(keys)].toSorted(compareText);
}

/**
 * What reference resolution is given: one entry for each registry path, so that each can be found, and for each
 * variant.
 */
function addResolvables(
  result: ResolvableArtifact[],
  artifact: Artifact,
  first: ArtifactDraft,
  variants: readonly Variant[],
): void {
  const { id, applications } = artifact;
  for (const { parsed } of [first, ...variants]) result.push({ id, parsed, applications });
  for (const { parsed } of [first, ...variants]) {
    const { facts } = parsed;
    if (facts.kind !== 'registry-resource') return;
    for (const registryPath of facts.registryPaths ?? []) {
      if (registryPath === facts.registryPath) continue;
      result.push({
        id,
        applications,
        parsed: { ...parsed, facts: { kind: 'registry-resource', registryPath }, effects: [], references: [] },
      });
    }
  }
}

/** The same finding at the same place counts once: two ways to one file must not show it twice. */
function unique(sorted: readonly Diagnostic[]): Diagnostic[] {
  return sorted.filter(
    (diagnostic, index) => index === 0 || compareDiagnostics(diagnostic, sorted[index - 1] ?? diagnostic) !== 0,
  );
}
