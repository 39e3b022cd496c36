import { finding } from '../findings/catalogue.ts';
import type { RegistryFile } from '../artifact/parsed.ts';
import { compareSources, compareText, type Diagnostic } from '../model/diagnostic.ts';
import { type ApplicationDraft, type ArtifactDraft, startOf } from './draft.ts';
import { groupBy } from '../model/group.ts';

/** What is known of the applications that write into a registry. */
export interface RegistryWriters {
  readonly ids: ReadonlyMap<ApplicationDraft, string>;
  /** Applications of one number are never on one server. */
  readonly clusters: ReadonlyMap<ApplicationDraft, number>;
  readonly superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>;
}

interface Written extends RegistryFile {
  readonly application: ApplicationDraft;
}

/**
 * Registry paths to which applications write different content (`MI-REGISTRY-CLASH`). MI writes the files of each
 * application into the folder of its registry when it deploys it (FileRegistryResourceDeployer.java), so the last one
 * stays, and flows of the others read it. Versioned deployment puts the application before the name of a file, but not
 * of one that comes with a whole folder (`AppDeployerUtils.computeResourcePath`).
 */
export function registryClashes(drafts: readonly ArtifactDraft[], writers: RegistryWriters): Diagnostic[] {
  const written = drafts.flatMap(({ parsed: { resources = [] }, deliveries }) =>
    deliveries
      .filter(({ application }) => !writers.superseded.has(application))
      .flatMap(({ application }) =>
        resources
          .filter((file) => file.inCollection === true || !application.versionedDeployment)
          .map((file): Written => ({ ...file, application })),
      ),
  );
  const clashes = [...groupBy(written, ({ registryPath }) => registryPath).values()].filter((several) =>
    differ(several, writers),
  );
  const nameOf = ({ application }: Written): string => writers.ids.get(application) ?? application.name;
  const namesOf = (several: readonly Written[]): string =>
    [...new Set(several.map(nameOf))].toSorted(compareText).join(' and ');
  return [...groupBy(clashes, namesOf)].map(([names, paths]) => clash(names, paths));
}

function differ(several: readonly Written[], { clusters }: RegistryWriters): boolean {
  if (new Set(several.map(({ application }) => clusters.get(application))).size < 2) return false;
  return new Set(several.map(({ content }) => content()).filter((content) => content !== '')).size > 1;
}

function clash(names: string, paths: readonly (readonly Written[])[]): Diagnostic {
  const registryPaths = paths.flatMap(([first]) => first?.registryPath ?? []).toSorted(compareText);
  const [one = '', ...more] = registryPaths;
  const [source = startOf(one), ...related] = paths
    .flat()
    .map(({ path }) => startOf(path))
    .toSorted(compareSources);
  return {
    ...finding(
      'MI-REGISTRY-CLASH',
      `${names} write different content to ${one}${more.length === 0 ? '' : ` and ${more.length} more registry paths`}. A server that has both keeps what it deploys last, for the flows of both.`,
      'Give each its own path, or plan the applications for different servers separately.',
      source,
    ),
    related,
  };
}
