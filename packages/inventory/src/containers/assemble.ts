import { compareDiagnostics, compareSources, compareText } from '../diagnostic.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Application, Artifact, ArtifactId, Delivery, Inventory, ServerConfiguration } from '../model.ts';
import { resolveReferences } from '../references/resolve.ts';
import type { ResolvableArtifact } from '../references/resolve.ts';
import { applicationClusters, nameApplications } from './application-names.ts';
import type { ApplicationDraft, ArtifactDraft, Findings } from './draft.ts';
import { duplicateDiagnostics } from './duplicates.ts';
import type { Duplicate } from './duplicates.ts';
import { groupBy } from './group.ts';

/**
 * Makes the inventory of all findings: ids, duplicates merged, references resolved, everything sorted. Pure: the same findings
 * in any order give the same inventory.
 */
export function assemble(findings: Findings): Inventory {
  const applications = findings.applications.toSorted((a, b) => compareSources(a.source, b.source) || compareText(a.name, b.name));
  const ids = nameApplications(applications);
  const diagnostics: Diagnostic[] = [...findings.diagnostics];
  const clusters = applicationClusters(applications, ids, diagnostics);

  const drafts = findings.artifacts.toSorted(compareDrafts);
  const artifacts: Artifact[] = [];
  const resolvable: ResolvableArtifact[] = [];
  const duplicates: Duplicate[] = [];
  const deliveries = new Map<ApplicationDraft, Delivery[]>();
  for (const [id, group] of groupById(drafts)) {
    const artifact = merge(id, group, ids);
    artifacts.push(artifact);
    resolvable.push(...resolvables(artifact, group));
    for (const draft of group) {
      for (const { application, ...delivery } of draft.deliveries) {
        const list = deliveries.get(application) ?? [];
        list.push({ artifact: id, ...delivery });
        deliveries.set(application, list);
      }
    }
    if (group.length > 1 || (group[0]?.deliveries.length ?? 0) > 1) duplicates.push({ artifact, drafts: group });
  }
  diagnostics.push(...duplicateDiagnostics(duplicates, ids, clusters));
  const named = applications.map((draft): Application => ({
    ...draft,
    id: ids.get(draft) ?? draft.name,
    deliveries: (deliveries.get(draft) ?? []).toSorted((a, b) => compareText(a.artifact, b.artifact) || compareText(a.path, b.path)),
  }));
  const configurations = findings.configurations
    .map(({ configuration, application }): ServerConfiguration => {
      const id = application && ids.get(application);
      return { ...configuration, ...(id !== undefined && { application: id }) };
    })
    .toSorted((a, b) => compareSources(a.source, b.source));
  const sortedApplications = named.toSorted((a, b) => compareText(a.id, b.id));
  const resolved = resolveReferences({ artifacts: resolvable, applications: sortedApplications, configurations });
  return {
    artifacts: artifacts.toSorted((a, b) => compareText(a.id, b.id)),
    references: resolved.references,
    applications: sortedApplications,
    configurations,
    diagnostics: unique([...diagnostics, ...resolved.diagnostics].toSorted(compareDiagnostics)),
  };
}

/** Delivered ones first, so that what runs gives an artifact its facts; then by place. */
function compareDrafts(a: ArtifactDraft, b: ArtifactDraft): number {
  return Number(isDelivered(b)) - Number(isDelivered(a)) || compareSources(a.parsed.source, b.parsed.source) || compareText(a.parsed.name, b.parsed.name);
}

function isDelivered(draft: ArtifactDraft): boolean {
  return draft.deliveries.length > 0 || draft.beside.length > 0;
}

/** APIs of one name and several versions are `Name:vVersion`, as synapse names them (SCORE rest/API.getName). */
function groupById(drafts: readonly ArtifactDraft[]): Map<ArtifactId, ArtifactDraft[]> {
  const byName = groupBy(drafts, ({ parsed }) => `${parsed.kind}/${parsed.name}`);
  const result = new Map<ArtifactId, ArtifactDraft[]>();
  for (const [id, group] of byName) {
    const versions = groupBy(group, ({ parsed }) => (parsed.kind === 'api' ? parsed.version || undefined : undefined));
    if (versions.size === 1) result.set(id, group);
    else for (const [version, some] of versions) result.set(version === undefined ? id : `${id}:v${version}`, some);
  }
  return result;
}

function merge(id: ArtifactId, group: readonly ArtifactDraft[], ids: ReadonlyMap<ApplicationDraft, string>): Artifact {
  const [first, ...others] = group as readonly [ArtifactDraft, ...ArtifactDraft[]];
  const { kind, name, source, facts, effects } = first.parsed;
  const applications = new Set(
    group.flatMap((draft) => [...draft.deliveries.map((delivery) => delivery.application), ...draft.beside]).map((application) => ids.get(application) ?? application.name),
  );
  return {
    id,
    kind,
    name,
    version: first.version,
    source,
    applications: [...applications].toSorted(compareText),
    facts: facts.kind === 'property-file' ? { kind: 'property-file', keys: allKeys(group) } : facts,
    effects,
    duplicates: others.map((draft) => draft.parsed.source).toSorted(compareSources),
  };
}

/** Each application brings a property file of the same name; MI puts their keys together (ConfigDeployer's PropertyHolder). */
function allKeys(group: readonly ArtifactDraft[]): string[] {
  const keys = group.flatMap(({ parsed }) => (parsed.facts.kind === 'property-file' ? parsed.facts.keys : []));
  return [...new Set(keys)].toSorted(compareText);
}

/** What reference resolution is given: one entry for each registry path, so that each can be found. */
function resolvables(artifact: Artifact, group: readonly ArtifactDraft[]): ResolvableArtifact[] {
  const [first] = group;
  if (first === undefined) return [];
  const { id, applications } = artifact;
  const result: ResolvableArtifact[] = [{ id, parsed: first.parsed, applications }];
  const { facts } = first.parsed;
  if (facts.kind !== 'registry-resource') return result;
  for (const registryPath of facts.registryPaths ?? []) {
    if (registryPath === facts.registryPath) continue;
    result.push({ id, applications, parsed: { ...first.parsed, facts: { kind: 'registry-resource', registryPath }, effects: [], references: [] } });
  }
  return result;
}

/** The same finding at the same place counts once: two ways to one file must not show it twice. */
function unique(sorted: readonly Diagnostic[]): Diagnostic[] {
  return sorted.filter((diagnostic, index) => index === 0 || compareDiagnostics(diagnostic, sorted[index - 1] ?? diagnostic) !== 0);
}
