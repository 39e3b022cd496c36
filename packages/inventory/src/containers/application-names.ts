import { finding } from '../findings/catalogue.ts';
import { compareText, type Diagnostic } from '../model/diagnostic.ts';
import type { ApplicationDraft } from './draft.ts';
import { groupBy } from '../model/group.ts';
import { withoutSnapshot } from './pom.ts';

/** `name_version`, with the path appended where two have the same. */
export function nameApplications(applications: readonly ApplicationDraft[]): Map<ApplicationDraft, string> {
  const plain = (application: ApplicationDraft): string =>
    application.version ? `${application.name}_${application.version}` : application.name;
  const ids = new Map<ApplicationDraft, string>();
  for (const [name, several] of groupBy(applications, plain)) {
    for (const application of several)
      ids.set(application, several.length === 1 ? name : `${name} (${application.source.path})`);
  }
  return ids;
}

/**
 * Numbers applications so that those a server never runs side by side have the same number: a project and the archive
 * built from it, and archives of one name and version, of which MI deploys the first (CappDeployer.java). Says so for
 * each.
 */
export function applicationClusters(
  applications: readonly ApplicationDraft[],
  ids: ReadonlyMap<ApplicationDraft, string>,
  diagnostics: Diagnostic[],
): Map<ApplicationDraft, number> {
  const clusters = new Map<ApplicationDraft, number>();
  const groups = groupBy(applications, (application) =>
    application.type === 'server'
      ? application.source.path
      : `${application.name}\0${withoutSnapshot(application.version)}`,
  );
  for (const [number, several] of [...groups.values()].entries()) {
    for (const application of several) clusters.set(application, number);
    const archives = several
      .filter(({ type }) => type === 'archive')
      .toSorted((a, b) => compareText(a.source.path, b.source.path));
    const sources = several.filter(({ type }) => type === 'project' || type === 'exporter');
    const [archive, ...furtherArchives] = archives;
    if (archive !== undefined && furtherArchives.some(({ version }) => version === archive.version)) {
      diagnostics.push({
        ...finding(
          'MI-APP-SAME-ID',
          `${archives.length} archives contain the application ${archive.name} ${archive.version}; a server deploys one of them and only logs an error for the others.`,
          'Pass only the archive to deploy, or give each its own name or version.',
          archive.source,
        ),
        related: furtherArchives.map(({ source }) => source),
      });
    }
    const [project, ...furtherProjects] = sources;
    if (project === undefined) continue;
    if (furtherProjects.length > 0) {
      diagnostics.push({
        ...finding(
          'MI-APP-SAME-ID',
          `${sources.length} projects build the application ${project.name} ${project.version}; a server deploys only one of them.`,
          'Give each its own artifactId or version.',
          project.source,
        ),
        related: furtherProjects.map(({ source }) => source),
      });
    }
    if (archive !== undefined) {
      diagnostics.push({
        ...finding(
          'MI-APP-TWICE',
          `The project ${ids.get(project) ?? project.name} and its own archive ${archive.source.path} were both given; their artifacts count once, and the archive is what would be delivered.`,
          'Pass only one of them.',
          project.source,
        ),
        related: archives.map(({ source }) => source),
      });
    }
  }
  return clusters;
}

/**
 * Projects and exporters whose own archive was given too, each with that archive: an archive is delivered as it was
 * built, so what it holds is what runs, whatever the project has become since.
 */
export function supersededApplications(
  applications: readonly ApplicationDraft[],
): ReadonlyMap<ApplicationDraft, ApplicationDraft> {
  const superseded = new Map<ApplicationDraft, ApplicationDraft>();
  for (const several of groupBy(applications, ({ name, version }) => `${name}\0${withoutSnapshot(version)}`).values()) {
    const [archive] = several
      .filter(({ type }) => type === 'archive')
      .toSorted((a, b) => compareText(a.source.path, b.source.path));
    if (archive === undefined) continue;
    for (const application of several)
      if (application.type === 'project' || application.type === 'exporter') superseded.set(application, archive);
  }
  return superseded;
}
