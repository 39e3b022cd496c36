import { finding } from '../findings/catalogue.ts';
import { compareText, type Diagnostic } from '../model/diagnostic.ts';
import type { ArtifactId } from '../model/inventory.ts';
import { kindRow } from '../model/artifact-kinds.ts';
import { haveSameContent } from './content.ts';
import type { ApplicationDraft, ArtifactDraft } from './draft.ts';

/** Artifacts of one application by id. */
type Held = Map<ArtifactId, ArtifactDraft>;

/**
 * Says where a project and the archive that was given with it differ (`MI-APP-DIFFERS`): an archive that was built
 * before the last change. The archive is what runs, and a reader who looks at the project would take it for something
 * else.
 *
 * @param superseded projects with their archive, see `supersededApplications`.
 */
export function staleArchives(
  groups: ReadonlyMap<ArtifactId, readonly ArtifactDraft[]>,
  superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>,
  ids: ReadonlyMap<ApplicationDraft, string>,
): Diagnostic[] {
  if (superseded.size === 0) return [];
  const held = new Map<ApplicationDraft, Held>([...superseded].flat().map((application) => [application, new Map()]));
  for (const [id, drafts] of groups) {
    for (const draft of drafts)
      if (kindRow(draft.parsed.kind).isComparable)
        for (const { application } of draft.deliveries) held.get(application)?.set(id, draft);
  }
  return [...superseded].flatMap(([project, archive]) => {
    const differences = differencesOf(held.get(project) ?? new Map(), held.get(archive) ?? new Map());
    const [first] = differences;
    if (first === undefined) return [];
    const shown = differences.slice(0, 5).map(({ text }) => text);
    const more = differences.length > 5 ? ` and ${differences.length - 5} more` : '';
    return [
      {
        ...finding(
          'MI-APP-DIFFERS',
          `The archive ${archive.source.path} differs from what the project ${ids.get(project) ?? project.name} builds now: ${shown.join(', ')}${more}. The archive would be delivered.`,
          'Build the archive again, or pass only the one that will run.',
          first.draft.parsed.source,
        ),
        related: [archive.source, ...differences.slice(1, 50).map(({ draft }) => draft.parsed.source)],
      } as const,
    ];
  });
}

function differencesOf(inProject: Held, inArchive: Held): { readonly text: string; readonly draft: ArtifactDraft }[] {
  const all = [...new Set([...inProject.keys(), ...inArchive.keys()])].toSorted(compareText);
  return all.flatMap((id) => {
    const [own, packed] = [inProject.get(id), inArchive.get(id)];
    if (own === undefined) return packed === undefined ? [] : [{ text: `${id} is only in the archive`, draft: packed }];
    if (packed === undefined) return [{ text: `${id} is only in the project`, draft: own }];
    return haveSameContent(own.parsed, packed.parsed) ? [] : [{ text: `${id} differs`, draft: packed }];
  });
}
