import { type Artifact, type Inventory, readDeploymentToml } from '@mi-patterns/inventory';
import { displayName, textAt } from '@mi-patterns/helm';
import { isCoordinated, isIsolatedClass, judge, roleFilter, type Verdict } from '@mi-patterns/planner';
import type { ClusterSnapshot, Deployment, Server, StatefulArtifact } from './model.ts';
import { archiveVolume, mountedFiles, namedRoles, startingRoles } from './pod-settings.ts';

/** An image that was read, or why it could not be. */
export type ReadImage = { readonly inventory: Inventory } | { readonly problem: string };

/** Starts every server with all roles of its image unless it is told some (the entry point that `package` writes). */
const ownEntryPoint = /\/mi-patterns\/entrypoint\.sh$/;

/**
 * What the servers of a workload deploy: the archives of its image, or of the image volume over them, as far as the
 * server's roles let them in, judged with the `deployment.toml` that the pods get. `readImage` answers what was read of
 * a reference.
 */
export function deployedBy(
  server: Server,
  snapshot: ClusterSnapshot,
  readImage: (reference: string) => ReadImage,
): Deployment {
  const volume = archiveVolume(server);
  const base = readImage(server.image);
  const unknown: string[] = [];
  if ('problem' in base) unknown.push(`the image ${server.image} could not be read: ${base.problem}`);
  const toml = mountedToml(server, snapshot);
  if (toml !== undefined && 'problem' in toml) unknown.push(toml.problem);
  const archives = volume?.type === 'image' ? readImage(volume.from) : base;
  if (volume?.type === 'image' && 'problem' in archives)
    unknown.push(`the image volume ${volume.from} could not be read: ${archives.problem}`);
  if (volume?.type === 'other')
    unknown.push(`archives come from ${volume.from} (${volume.field}), which only the running pod shows`);
  const archivesUnknown = volume?.type === 'other' || 'problem' in archives;
  if (archivesUnknown)
    return fromMarks(server, unknown, withToml('inventory' in base ? base.inventory : nothing, undefined, toml));
  const fromImage = 'inventory' in base ? base.inventory : undefined;
  const inventory = withToml(archives.inventory, fromImage, toml);
  const facts = fromImage?.images?.[0];
  const isOwnStart =
    facts?.entrypoint.some((word) => ownEntryPoint.test(word)) === true && server.container['command'] === undefined;
  const accepts = rolesOf(server, inventory, isOwnStart);
  const deployed = inventory.artifacts.filter((artifact) => isDeployed(artifact, inventory, accepts));
  const verdicts = judge(inventory, new Map());
  const runtimeVersion = facts?.homes[0]?.version;
  const hasDatabase = inventory.configurations.some(({ coordinationDatabase }) => coordinationDatabase !== undefined);
  return {
    artifacts: deployed.flatMap((artifact) =>
      statefulOf(artifact, verdicts.get(artifact.id), hasDatabase, runtimeVersion),
    ),
    count: deployed.length,
    runtimeVersion,
    hotDeployment: hotDeploymentOf(inventory),
    unknown,
  };
}

function statefulOf(
  artifact: Artifact,
  verdict: Verdict | undefined,
  hasDatabase: boolean,
  runtimeVersion: string | undefined,
): StatefulArtifact[] {
  if (verdict === undefined || !isIsolatedClass(verdict.class)) return [];
  const { path, line, column } = verdict.evidence;
  return [
    {
      id: artifact.id,
      verdict,
      source: { path, line, column },
      application: artifact.applications[0] ?? '',
      coordinated: hasDatabase && isCoordinated(artifact, runtimeVersion),
    },
  ];
}

const nothing: Inventory = { artifacts: [], references: [], applications: [], configurations: [], diagnostics: [] };

/** The marks of our chart name the stateful artifacts of a workload, where its archives cannot be read. */
function fromMarks({ object, madeBy }: Server, unknown: readonly string[], inventory: Inventory): Deployment {
  const ids = (textAt(object, 'metadata', 'annotations', 'mi-patterns.io/stateful-artifacts') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const isCoordinatedRelease = textAt(object, 'metadata', 'annotations', 'mi-patterns.io/coordination') === 'database';
  const artifacts = ids.map((id) => ({
    id,
    verdict: {
      class: 'isolate' as const,
      because: `The release says that ${id} must run in one pod only.`,
      evidence: { path: displayName(object), line: 1, column: 1, text: 'mi-patterns.io/stateful-artifacts' },
    },
    source: undefined,
    application: '',
    coordinated: isCoordinatedRelease,
  }));
  const isSaid = madeBy === 'mi-patterns';
  return {
    artifacts,
    count: 0,
    runtimeVersion: inventory.images?.[0]?.homes[0]?.version,
    hotDeployment: hotDeploymentOf(inventory),
    unknown: isSaid ? unknown.map((reason) => `${reason}; the annotations of the release were used instead`) : unknown,
  };
}

type MountedToml = { readonly text: string; readonly place: string } | { readonly problem: string };

/** `deployment.toml` from a ConfigMap; undefined when the image's own counts. */
function mountedToml(server: Server, { configMaps }: ClusterSnapshot): MountedToml | undefined {
  const named = (name: string) => configMaps.get(`${server.namespace}/${name}`);
  const dataOf = (name: string): Readonly<Record<string, unknown>> =>
    (named(name)?.['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const file = mountedFiles(server, (name) => Object.keys(dataOf(name))).find(({ path }) =>
    /\/conf\/deployment\.toml$/.test(path),
  );
  if (file === undefined) return undefined;
  const text = dataOf(file.configMap)[file.key];
  const place = `${server.namespace}/ConfigMap/${file.configMap}!/${file.key}`;
  return typeof text === 'string'
    ? { text, place }
    : { problem: `the ConfigMap ${file.configMap} with deployment.toml could not be read` };
}

/** The inventory as judged by the configuration that the pods get. */
function withToml(archives: Inventory, image: Inventory | undefined, toml: MountedToml | undefined): Inventory {
  const own = image?.configurations ?? archives.configurations;
  if (toml === undefined || 'problem' in toml) return { ...archives, configurations: own };
  const { configuration } = readDeploymentToml(toml.text, toml.place);
  return { ...archives, configurations: configuration === undefined ? [] : [configuration] };
}

function rolesOf(server: Server, inventory: Inventory, isOwnStart: boolean): (role: string) => boolean {
  const named = namedRoles(server);
  if (named === undefined && isOwnStart) return () => true;
  const ofToml = inventory.configurations.find(({ serverRoles }) => serverRoles !== undefined)?.serverRoles;
  return roleFilter(named ?? ofToml ?? startingRoles);
}

/** MI deploys what a server role lets in; what needs no archive is always deployed. */
function isDeployed(artifact: Artifact, { applications }: Inventory, accepts: (role: string) => boolean): boolean {
  return applications.some((application) =>
    application.deliveries.some(
      (delivery) =>
        delivery.artifact === artifact.id &&
        (application.type === 'server' || (delivery.serverRole !== undefined && accepts(delivery.serverRole))),
    ),
  );
}

/** MI watches its folders unless `[server] hot_deployment = false` (micro-integrator default.json: true). */
function hotDeploymentOf(inventory: Inventory | undefined): Deployment['hotDeployment'] {
  const [configuration] = inventory?.configurations ?? [];
  if (configuration === undefined) return undefined;
  const { hotDeployment, source } = configuration;
  if (hotDeployment === undefined)
    return { enabled: true, because: `${source.path} does not set hot_deployment = false, and MI's default is true` };
  return { enabled: hotDeployment, because: `${source.path} sets hot_deployment = ${hotDeployment}` };
}
