import { compareSources, compareText } from '../diagnostic.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Artifact, ArtifactKind } from '../model.ts';
import type { ApplicationDraft, ArtifactDraft } from './draft.ts';
import { groupBy } from './group.ts';

/**
 * Kinds that may come in several applications: MI loads them again, or the last one wins, and none of the archives
 * fails.
 */
const shareable = new Set<ArtifactKind>(['connector', 'library', 'property-file', 'registry-resource', 'unsupported']);

/** An artifact that was read in several places or that several applications deliver. */
export interface Duplicate {
  readonly artifact: Artifact;
  readonly drafts: readonly ArtifactDraft[];
}

/**
 * Says when one kind and name was read in several places (`MI-DUPLICATE`). An error when one application delivers it
 * twice; a warning when two applications deliver it that one server may have: MI then fails the archive that comes
 * later, but which server gets which application is not known here. Artifacts that the same applications share are one
 * finding.
 */
export function duplicateDiagnostics(
  duplicates: readonly Duplicate[],
  ids: ReadonlyMap<ApplicationDraft, string>,
  clusters: ReadonlyMap<ApplicationDraft, number>,
): Diagnostic[] {
  const nameOf = (application: ApplicationDraft): string => ids.get(application) ?? application.name;
  const shared: { readonly applications: string; readonly duplicate: Duplicate }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const duplicate of duplicates) {
    const { artifact, drafts } = duplicate;
    if (shareable.has(artifact.kind)) continue;
    const byApplication = groupBy(
      drafts.flatMap((draft) => draft.deliveries),
      ({ application }) => application,
    );
    const twice = [...byApplication].find(([, several]) => several.length > 1)?.[0];
    // Artifacts of an application with versioned deployment get a name of their own; inbound endpoints do not.
    const rivals = [...byApplication.keys()].filter(
      (application) => !application.versionedDeployment || artifact.kind === 'inbound-endpoint',
    );
    if (twice !== undefined) diagnostics.push(inOneApplication(duplicate, nameOf(twice)));
    else if (new Set(rivals.map((application) => clusters.get(application))).size > 1) {
      shared.push({ applications: rivals.map(nameOf).toSorted(compareText).join(' and '), duplicate });
    } else if (drafts.some((draft) => draft.deliveries.length === 0))
      diagnostics.push(notDelivered(duplicate, byApplication.size));
  }
  for (const [applications, several] of groupBy(shared, (entry) => entry.applications)) {
    diagnostics.push(
      inApplications(
        applications,
        several.map(({ duplicate }) => duplicate),
      ),
    );
  }
  return diagnostics;
}

function inApplications(applications: string, duplicates: readonly Duplicate[]): Diagnostic {
  const names = duplicates.map(({ artifact }) => artifact.id).toSorted(compareText);
  const shown = names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  const [source, ...related] = duplicates
    .flatMap(({ artifact }) => [artifact.source, ...artifact.duplicates])
    .toSorted(compareSources);
  return {
    code: 'MI-DUPLICATE',
    severity: 'warning',
    message: `${applications} deliver the same ${names.length === 1 ? 'artifact' : `${names.length} artifacts`}: ${shown}. A server that has both fails the one that comes later.`,
    hint: 'Keep each artifact in one application, rename it, or plan the applications for different servers one by one.',
    ...(source && { source }),
    ...(related.length > 0 && { related }),
  };
}

function inOneApplication({ artifact, drafts }: Duplicate, application: string): Diagnostic {
  return {
    code: 'MI-DUPLICATE',
    severity: 'error',
    message: `${artifact.kind} ${artifact.name} is ${drafts.length} times in ${application}; MI keeps one of them or fails the whole archive.`,
    hint: 'Rename or remove all but one.',
    source: artifact.source,
    related: artifact.duplicates,
  };
}

function notDelivered({ artifact, drafts }: Duplicate, applications: number): Diagnostic {
  return {
    code: 'MI-DUPLICATE',
    severity: 'info',
    message: `${artifact.kind} ${artifact.name} exists ${drafts.length} times; ${applications === 0 ? 'nothing delivers it' : 'the copies that nothing delivers have no effect'}.`,
    hint: 'Remove the copies that are not needed.',
    source: artifact.source,
    related: artifact.duplicates,
  };
}
