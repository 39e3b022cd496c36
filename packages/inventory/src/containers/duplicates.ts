import { finding } from '../findings/catalogue.ts';
import { compareSources, compareText, type Diagnostic } from '../model/diagnostic.ts';
import type { Artifact, ArtifactKind } from '../model/inventory.ts';
import { hasNameOfItsOwn } from '../model/versioned-names.ts';
import type { ApplicationDraft, ArtifactDraft, Findings } from './draft.ts';
import { groupBy } from '../model/group.ts';
import { counted } from '../text/counted.ts';

/**
 * Kinds that may come in several applications: MI loads them again, or the last one wins, and none of the archives
 * fails.
 */
const shareable = new Set<ArtifactKind>(['connector', 'library', 'property-file', 'registry-resource', 'unsupported']);

/**
 * Kinds of which a server keeps the last definition: `assertAlreadyExists` of SynapseConfiguration.java in
 * wso2/wso2-synapse minds local entries alone (both archives were seen deployed on MI 4.3.0).
 */
const replaceable = new Set<ArtifactKind>(['endpoint', 'template']);

/** An artifact that was read in several places or that several applications deliver. */
export interface Duplicate {
  readonly artifact: Artifact;
  readonly drafts: readonly ArtifactDraft[];
}

/** Where drafts run: applications of one number are never on one server. */
export interface Servers {
  readonly clusters: ReadonlyMap<ApplicationDraft, number>;
  readonly superseded: ReadonlyMap<ApplicationDraft, ApplicationDraft>;
}

/** What is known of the applications and of the servers that get them. */
export interface Deployers {
  readonly ids: ReadonlyMap<ApplicationDraft, string>;
  readonly clusters: ReadonlyMap<ApplicationDraft, number>;
  readonly configurations: Findings['configurations'];
}

/** Whether one server may get definitions of an endpoint or template that differ, see {@link Artifact.redefined}. */
export function isRedefined(drafts: readonly ArtifactDraft[], { clusters, superseded }: Servers): boolean {
  const [first] = drafts;
  if (first === undefined || drafts.length < 2 || !replaceable.has(first.parsed.kind)) return false;
  const delivered = drafts.flatMap(({ parsed, deliveries }) =>
    deliveries
      .filter(({ application }) => !superseded.has(application) && !application.versionedDeployment)
      .map(({ application }) => ({ written: parsed.written, cluster: clusters.get(application) })),
  );
  return (
    new Set(delivered.map(({ cluster }) => cluster)).size > 1 &&
    new Set(delivered.map(({ written }) => written)).size > 1
  );
}

/**
 * Says when one kind and name was read in several places (`MI-DUPLICATE`). An error when one application delivers it
 * twice; a warning when two applications deliver it that one server may have: MI then fails the archive that comes
 * later, but which server gets which application is not known here. Of endpoints and templates it keeps the later
 * definition, which is worth a word where the two differ. Artifacts that the same applications share are one finding.
 */
export function duplicateDiagnostics(
  duplicates: readonly Duplicate[],
  { ids, clusters, configurations }: Deployers,
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
    const twice = [...byApplication].find(([, several]) => several.length > 1);
    const servers = configurations
      .filter(({ application }) => application === undefined || byApplication.has(application))
      .map(({ configuration }) => configuration);
    const rivals = [...byApplication.keys()].filter(
      (application) => !hasNameOfItsOwn(artifact.kind, application, servers),
    );
    if (twice !== undefined) diagnostics.push(inOneApplication(duplicate, twice[0], nameOf(twice[0])));
    else if (new Set(rivals.map((application) => clusters.get(application))).size > 1) {
      if (replaceable.has(artifact.kind) && artifact.redefined !== true) continue;
      shared.push({ applications: rivals.map(nameOf).toSorted(compareText).join(' and '), duplicate });
    } else if (drafts.some((draft) => draft.deliveries.length === 0))
      diagnostics.push(notDelivered(duplicate, byApplication.size));
  }
  for (const several of groupBy(
    shared,
    ({ applications, duplicate }) => `${applications}\0${replaceable.has(duplicate.artifact.kind)}`,
  ).values()) {
    diagnostics.push(
      inApplications(
        several[0].applications,
        several.map(({ duplicate }) => duplicate),
      ),
    );
  }
  return diagnostics;
}

function inApplications(applications: string, duplicates: readonly Duplicate[]): Diagnostic {
  const names = duplicates.map(({ artifact }) => artifact.id).toSorted(compareText);
  const shown = names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  const isReplaced = duplicates.every(({ artifact }) => replaceable.has(artifact.kind));
  const what = `${names.length === 1 ? 'artifact' : `${names.length} artifacts`}: ${shown}`;
  const [source, ...related] = duplicates
    .flatMap(({ drafts }) => drafts.filter(({ deliveries }) => deliveries.length > 0))
    .map(({ parsed }) => parsed.source)
    .toSorted(compareSources);
  const message = isReplaced
    ? `${applications} deliver different definitions of the same ${what}. A server that has both keeps the one that it deploys later, for the flows of both.`
    : `${applications} deliver the same ${what}. A server that has both rejects the archive that it deploys later.`;
  const hint =
    'Keep each artifact in one application, rename it, or plan the applications for different servers separately.';
  return { ...finding('MI-DUPLICATE', message, hint, source), ...(related.length > 0 && { related }) };
}

/**
 * Of what lies in its folders, a server goes on without what it cannot load (fail-safe mode, `handleConfigurationError`
 * of MultiXMLConfigurationBuilder.java in wso2/wso2-synapse; seen on MI 4.3.0). Maven knows one build of each
 * coordinates.
 */
function inOneApplication({ artifact, drafts }: Duplicate, twice: ApplicationDraft, name: string): Diagnostic {
  const delivered = drafts.filter(({ deliveries }) => deliveries.some(({ application }) => application === twice));
  const times = delivered.flatMap(({ deliveries }) => deliveries.filter(({ application }) => application === twice));
  const [source = artifact.source, ...related] = delivered.map(({ parsed }) => parsed.source);
  const what = `${artifact.kind} ${artifact.name}`;
  if (
    twice.type === 'exporter' &&
    delivered.length > 1 &&
    new Set(times.map((one) => `${one.name}\0${one.version}`)).size === 1
  ) {
    const message = `${what} is in ${counted(delivered.length, 'module')} under the coordinates that ${name} names: its build packs the one that was built last.`;
    const hint = 'Give each a groupId of its own, or pass only the module whose artifact is meant.';
    return { ...finding('MI-DUPLICATE', message, hint, source), related };
  }
  const message = `${what} appears ${times.length} times in ${name}; MI keeps one of them ${twice.type === 'server' ? 'and leaves the others out' : 'or rejects the whole archive'}.`;
  const usual = finding('MI-DUPLICATE', message, 'Rename or remove all but one.', source);
  return { ...usual, severity: 'error', related };
}

function notDelivered({ artifact, drafts }: Duplicate, applications: number): Diagnostic {
  const message = `${artifact.kind} ${artifact.name} exists ${drafts.length} times; ${applications === 0 ? 'nothing delivers it' : 'the copies that nothing delivers have no effect'}.`;
  const usual = finding('MI-DUPLICATE', message, 'Remove the copies that are not needed.', artifact.source);
  return { ...usual, severity: 'info', related: artifact.duplicates };
}
