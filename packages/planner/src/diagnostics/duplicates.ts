import {
  type Application,
  type ArtifactKind,
  compareSources,
  compareText,
  hasNameOfItsOwn,
  idleFiles,
  podConfigurations,
  type Source,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '../model/plan.ts';
import { deployedArtifacts } from '../graph/graph.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

/**
 * Kinds that may come to a server twice: MI loads them again, or the last one wins, which `MI-PLAN-REPLACED` says of
 * endpoints and templates. Data sources are faulty then, which `MI-ISO-DS-DUP` says.
 */
const bearable: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>([
  'connector',
  'library',
  'property-file',
  'registry-resource',
  'unsupported',
  'data-source',
  'endpoint',
  'template',
]);
/** The server's own, of which not even one archive may bring another: `MI-PLAN-OWN-SEQUENCE` says so. */
const ofServer: ReadonlySet<string> = new Set(['sequence/main', 'sequence/fault']);

const exposingServer = { exposesVersionedServices: true } as const;
const apart =
  'Keep each artifact in one application, rename it, or plan the applications one by one, for separate releases (of a legacy project: the paths of one exporter and of its modules).';
const exposing =
  "Or set 'expose.versioned.services' = true in [synapse_properties] of deployment.toml: the address of each service then names group, artifact and version.";

/** Artifacts that the same applications bring. */
interface Shared {
  readonly applications: readonly Application[];
  /** Whether versioned deployment would keep them apart on a server that exposes versions. */
  readonly wouldExpose: boolean;
  readonly artifacts: string[];
  readonly places: Source[];
}

/**
 * Artifacts that several applications would bring to one server: MI fails the archive that comes later, and everything
 * in it is absent. One finding for all that the same applications share.
 */
export function duplicateDeliveries(context: PlanContext): PlanDiagnostic[] {
  const { inventory } = context;
  const byId = new Map(inventory.applications.map((application) => [application.id, application]));
  const servers = podConfigurations(inventory.configurations);
  const shared = new Map<string, Shared>();
  for (const artifact of deployedArtifacts(context.graph)) {
    if (artifact.applications.length < 2 || bearable.has(artifact.kind) || ofServer.has(artifact.id)) continue;
    const rivals = artifact.applications
      .flatMap((id) => byId.get(id) ?? [])
      .filter((application) => !hasNameOfItsOwn(artifact.kind, application, servers));
    if (new Set(rivals.map(identity)).size < 2) continue;
    const wouldExpose = rivals.every((application) => hasNameOfItsOwn(artifact.kind, application, [exposingServer]));
    const key = [wouldExpose, ...rivals.map((application) => application.id)].join('\0');
    const group = shared.get(key) ?? { applications: rivals, wouldExpose, artifacts: [], places: [] };
    group.artifacts.push(artifact.id);
    group.places.push(artifact.source, ...artifact.duplicates);
    shared.set(key, group);
  }
  if (shared.size === 0) return [];
  const idle = idleFiles(inventory);
  return [...shared]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, { applications, wouldExpose, artifacts, places }]) => {
      const [source, ...related] = places.filter(({ path }) => !idle.has(path)).toSorted(compareSources);
      return finding('MI-PLAN-DUPLICATE', {
        message: `${listed(
          applications.map(({ id }) => id),
          5,
        )} each deliver ${listed(artifacts, 5)}, and this plan puts them on the same servers: MI rejects the archive that it deploys later, with everything in it.`,
        hint: wouldExpose ? `${apart} ${exposing}` : apart,
        source,
        related,
        artifacts,
      });
    });
}

/** Endpoints and templates that applications define differently: every flow gets the definition deployed last. */
export function replacedDefinitions(context: PlanContext): PlanDiagnostic[] {
  return deployedArtifacts(context.graph, 'endpoint', 'template').flatMap((artifact) => {
    if (artifact.redefined !== true) return [];
    return [
      finding('MI-PLAN-REPLACED', {
        message: `${title(artifact)} is defined differently by ${listed(artifact.applications, 5)}, and this plan puts them on the same servers: MI keeps the definition that it deploys last, and all their flows use it.`,
        hint: 'Make the definitions the same, rename one and the references to it, or plan the applications one by one, for separate releases.',
        source: artifact.source,
        related: artifact.duplicates,
        artifacts: [artifact.id],
      }),
    ];
  });
}

/** A project and the archive built from it are one application, which a server never has twice. */
function identity(application: Application): string {
  return application.type === 'server'
    ? application.id
    : `${application.name}\0${application.version.replace('-SNAPSHOT', '')}`;
}
