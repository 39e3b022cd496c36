import { finding } from '../findings/catalogue.ts';
import { compareText, type Diagnostic } from '../model/diagnostic.ts';
import type { ApplicationDraft, ArtifactDraft } from './draft.ts';
import { groupBy } from '../model/group.ts';

/** What is known of the applications that bring connectors. */
export interface ConnectorOwners {
  readonly ids: ReadonlyMap<ApplicationDraft, string>;
  readonly superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>;
}

interface Brought {
  readonly draft: ArtifactDraft;
  readonly application: ApplicationDraft;
}

/**
 * Connectors that applications bring in different versions (`MI-CONNECTOR-CLASH`). MI knows a connector by package and
 * name, and ignores a further one (LibraryArtifactDeployer.java: "picked up an already deployed synapse library"), so
 * flows of all applications run with the version that is deployed first. With versioned deployment an application has
 * its connectors to itself, and only flows of another application without it may run with one of them
 * (LibDeployerUtils.java, MediatorFactoryFinder.java).
 */
export function connectorClashes(drafts: readonly ArtifactDraft[], owners: ConnectorOwners): Diagnostic[] {
  const connectors = drafts.filter(({ parsed }) => parsed.kind === 'connector');
  // What a pom names was not opened: it is the connector that a file of this name was found to be.
  const known = new Map(
    connectors.flatMap(({ parsed: { name, facts } }) => {
      const found = connectorName(facts);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
  const brought = connectors.flatMap((draft) =>
    draft.deliveries
      .filter(({ application }) => !owners.superseded.has(application))
      .map(({ application }): Brought => ({ draft, application })),
  );
  const nameOf = ({ parsed }: ArtifactDraft): string =>
    connectorName(parsed.facts) ?? known.get(parsed.name) ?? parsed.name;
  return [...groupBy(brought, ({ draft }) => nameOf(draft))].flatMap(([name, several]) =>
    sharedBy(several)
      .filter((shared) => versionsOf(shared).length > 1)
      .map((shared) => clash(name, shared, owners)),
  );
}

/** The connectors of one name, in lists that some flow may get each of. */
function sharedBy(several: readonly Brought[]): readonly (readonly Brought[])[] {
  const alone = several.every(({ application }) => application.versionedDeployment);
  return alone ? [...groupBy(several, ({ application }) => application).values()] : [several];
}

function connectorName(facts: ArtifactDraft['parsed']['facts']): string | undefined {
  return facts.kind === 'connector' ? facts.connectorName : undefined;
}

function versionsOf(several: readonly Brought[]): readonly string[] {
  return [...new Set(several.map(({ draft }) => draft.version))].filter((version) => version !== '');
}

function namesOf(owners: readonly string[]): string {
  const names = [...new Set(owners)];
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

function clash(name: string, several: readonly Brought[], { ids }: ConnectorOwners): Diagnostic {
  const sorted = several
    .map(({ draft, application }) => ({ draft, owner: ids.get(application) ?? application.name }))
    .toSorted((a, b) => compareText(a.owner, b.owner) || compareText(a.draft.version, b.draft.version));
  const [first, ...others] = sorted;
  const said = [...groupBy(sorted, ({ draft }) => draft.version)].map(
    ([version, some]) => `${version} in ${namesOf(some.map(({ owner }) => owner))}`,
  );
  const message = `The connector ${name.slice(name.lastIndexOf('.') + 1)} comes in several versions: ${said.join('; ')}. A server keeps the one that it deploys first, for all flows.`;
  const hint = 'Use one version everywhere, or plan the applications for different servers separately.';
  return {
    ...finding('MI-CONNECTOR-CLASH', message, hint, first?.draft.parsed.source),
    related: others.map(({ draft }) => draft.parsed.source),
  };
}
