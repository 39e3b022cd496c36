import { listAt, numberAt, textAt } from '@mi-patterns/helm';
import { defaultOffset, isArtifactKind, kindNames, kindRow, miPorts, redact } from '@mi-patterns/inventory';
import { askReadyPod, ManagementFault, type ManagementLogin, namesOf } from '@mi-patterns/rollout';
import type { ServerReader } from './audit.ts';
import { notAskedBecause } from './findings.ts';
import type { Deployment, Server, StatefulArtifact } from './model.ts';

/** What is known of the kind of an artifact; undefined for an id of no kind. */
function kindOf(id: string): ReturnType<typeof kindRow> | undefined {
  const kind = id.slice(0, id.indexOf('/'));
  return isArtifactKind(kind) ? kindRow(kind) : undefined;
}

/**
 * Asks a ready pod of a workload, through a port-forward of kubectl, what it has deployed. What the image says of an
 * artifact still counts; an artifact that only the server knows is judged by its kind. Never throws: what cannot be
 * asked is unknown.
 */
export function serversByManagementApi(context: string, login: ManagementLogin | undefined): ServerReader {
  return async (server, deployment) => {
    const notAsked = (because: string): Deployment => ({
      ...deployment,
      unknown: [...deployment.unknown, `${notAskedBecause}${because}`],
    });
    if (login === undefined)
      return notAsked('no login is set (MI_PATTERNS_MANAGEMENT_USER and MI_PATTERNS_MANAGEMENT_PASSWORD)');
    if (server.pods.length === 0 && server.replicas === 0) return deployment;
    const ready = server.pods.filter((pod) => pod.ready && !pod.ending).map(({ name }) => name);
    const place = { context, namespace: server.namespace };
    try {
      return await askReadyPod(place, ready, { port: managementPort(server), login }, async (pod, get) =>
        merged(server, deployment, await deployedNames(get), pod),
      );
    } catch (error) {
      return notAsked(redact(error instanceof Error ? error.message : String(error), [login.password]));
    }
  };
}

const defaultPort = miPorts.management + defaultOffset;

/** The port that our chart names `management`, else MI's own. */
function managementPort({ container }: Server): string {
  const ports = listAt(container, 'ports');
  const named = ports.find((port) => textAt(port, 'name') === 'management');
  const found = named ?? ports.find((port) => numberAt(port, 'containerPort') === defaultPort);
  return String(numberAt(found, 'containerPort') ?? defaultPort);
}

/**
 * Names by kind. A server that does not know a list, because it was built or installed without that part, has none of
 * the kind; every server knows the list of APIs.
 */
export async function deployedNames(get: (path: string) => Promise<unknown>): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const kind of kindNames) {
    const { management } = kindRow(kind);
    if (management === undefined) continue;
    const answer = await get(`/management/${management}`).catch((error: unknown) => {
      if (kind !== 'api' && error instanceof ManagementFault && error.status === 404) return undefined;
      throw error;
    });
    if (answer !== undefined) for (const name of namesOf(answer)) ids.add(`${kind}/${name}`);
  }
  return ids;
}

/** What the image says, cut to what the server has, and what only the server has. Pure. */
export function merged(server: Server, deployment: Deployment, names: ReadonlySet<string>, pod: string): Deployment {
  // Of a kind that the API does not list, the image alone can tell.
  const known = deployment.artifacts.filter(({ id }) => names.has(id) || kindOf(id)?.management === undefined);
  const judged = new Set(deployment.artifacts.map(({ id }) => id));
  // What starts by itself runs once unless a verdict says otherwise; APIs and proxies need their source to be judged.
  const others = [...names]
    .filter((id) => !judged.has(id) && deployment.count === 0 && kindOf(id)?.startedBy === 'itself')
    .toSorted()
    .map((id): StatefulArtifact => ({
      id,
      verdict: {
        class: 'isolate',
        because: `The pod ${pod} reports that it deployed it; an artifact of this kind works in each pod that deploys it.`,
        evidence: { path: `${server.namespace}/Pod/${pod}`, line: 1, column: 1, text: id },
      },
      source: undefined,
      application: '',
      coordinated: false,
    }));
  return { ...deployment, artifacts: [...known, ...others], count: names.size, unknown: [] };
}
