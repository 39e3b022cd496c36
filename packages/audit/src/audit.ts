import { addTo, compareText, severityOrder } from '@mi-patterns/inventory';
import { numberAt, textAt } from '@mi-patterns/helm';
import { deployedBy, type ReadImage } from './deployed.ts';
import { findServers, withRunningImage } from './find-servers.ts';
import { finding, momentFindings, settingFindings } from './findings.ts';
import { judgeMoments, type Judgement, podsOf, type Scaler, type Twin } from './judge.ts';
import {
  type Audit,
  type AuditedWorkload,
  type AuditFinding,
  type ClusterSnapshot,
  type Deployment,
  type Moment,
  moments,
  type Risk,
  type Server,
} from './model.ts';
import { archiveVolume, takeTurns } from './pod-settings.ts';

/** Reads an image once, whatever the number of workloads that run it. */
export type ImageReader = (reference: string) => Promise<ReadImage>;

/** Answers what the servers of a workload say that they deployed, in place of what their image holds. */
export type ServerReader = (server: Server, deployment: Deployment) => Promise<Deployment>;

/**
 * What runs twice in a cluster now, and would later. Reads each image once; the rest is decided from the snapshot.
 */
export async function auditCluster(
  snapshot: ClusterSnapshot,
  readImage: ImageReader,
  options: {
    /** Answers what servers have deployed; none: their images say it. */
    readonly askServers?: ServerReader;
    /** Images that are read under the name that the objects give, not by the digest that runs. */
    readonly asWritten?: (image: string) => boolean;
  } = {},
): Promise<Audit> {
  const { askServers, asWritten = () => false } = options;
  const servers = findServers(snapshot).map((server) =>
    asWritten(server.image) ? server : withRunningImage(server, snapshot.pods),
  );
  const images = new Map<string, ReadImage>();
  for (const reference of new Set(servers.flatMap(referencesOf))) images.set(reference, await readImage(reference));
  const deployments = new Map<Server, Deployment>();
  for (const server of servers) {
    const known = deployedBy(
      server,
      snapshot,
      (reference) => images.get(referenceFor(server, reference)) ?? { problem: 'it was not read' },
    );
    deployments.set(server, askServers === undefined ? known : await askServers(server, known));
  }
  return judgeAll(snapshot, deployments, [...images.values()].filter((read) => 'inventory' in read).length);
}

/** The image as it runs, where the nodes tell its digest, and the image volume. */
function referencesOf(server: Server): string[] {
  const volume = archiveVolume(server);
  return [server.runningImage ?? server.image, ...(volume?.type === 'image' ? [volume.from] : [])];
}

function referenceFor(server: Server, reference: string): string {
  return reference === server.image ? (server.runningImage ?? reference) : reference;
}

/** Pure: the same snapshot and deployments give the same audit. */
function judgeAll(snapshot: ClusterSnapshot, deployments: ReadonlyMap<Server, Deployment>, images: number): Audit {
  const findings: AuditFinding[] = snapshot.notRead.map((what) =>
    finding(
      'MI-AUDIT-NOT-READ',
      { id: '' },
      {
        message: `Not read: ${what}.`,
        hint: 'Ask for that right, or name one namespace with --namespace.',
      },
    ),
  );
  const deployers = deployersOf(deployments);
  const workloads = [...deployments].map(([server, deployment]): AuditedWorkload => {
    const twins = twinsOf(server, deployment, deployers);
    const judgements = judgeMoments(server, deployment, { twins, scaler: scalerOf(server, snapshot) });
    findings.push(...momentFindings(server, judgements), ...settingFindings(server, deployment, snapshot));
    return workloadOf(server, deployment, judgements);
  });
  findings.push(...nothingChecked(workloads));
  return {
    workloads,
    findings: findings.toSorted(byWeight),
    others: snapshot.workloads.length - deployments.size,
    notRead: snapshot.notRead,
    images,
  };
}

/** An audit that knows of no workload with pods what it deploys must not pass for one that has found nothing. */
function nothingChecked(workloads: readonly AuditedWorkload[]): AuditFinding[] {
  const running = workloads.filter(({ pods, replicas }) => pods.length > 0 || replicas > 0);
  if (running.length === 0 || running.some(({ risks }) => risks.now !== 'unknown')) return [];
  const which = running.length === 1 ? running[0]?.id : `any of the ${running.length} workloads`;
  return [
    finding(
      'MI-AUDIT-NOTHING',
      { id: '' },
      {
        message: `Nothing was checked: it is not known what ${which} deploys, so this audit cannot tell what runs twice.`,
        hint: 'The findings below say why, and what to do.',
      },
    ),
  ];
}

function byWeight(a: AuditFinding, b: AuditFinding): number {
  return (
    severityOrder[a.severity] - severityOrder[b.severity] ||
    compareText(a.workload, b.workload) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

function workloadOf(
  server: Server,
  deployment: Deployment,
  judgements: Readonly<Record<Moment, Judgement>>,
): AuditedWorkload {
  return {
    id: server.id,
    namespace: server.namespace,
    kind: server.object.kind,
    name: server.object.metadata.name,
    madeBy: server.madeBy,
    signs: server.signs,
    image: server.runningImage ?? server.image,
    runtimeVersion: deployment.runtimeVersion,
    replicas: server.replicas,
    pods: server.pods,
    artifacts: deployment.artifacts,
    deployed: deployment.count,
    risks: Object.fromEntries(moments.map((moment) => [moment, judgements[moment].risk])) as Record<Moment, Risk>,
    unknown: deployment.unknown,
  };
}

/** Workloads by namespace and artifact. */
function deployersOf(deployments: ReadonlyMap<Server, Deployment>): ReadonlyMap<string, readonly Server[]> {
  const result = new Map<string, Server[]>();
  for (const [server, { artifacts }] of deployments)
    for (const { id, application } of artifacts) {
      const key = keyOf(server, id, application);
      addTo(result, key, server);
    }
  return result;
}

/** The same artifact: of one namespace, application (whatever its version) and name. */
function keyOf({ namespace }: Server, id: string, application: string): string {
  return `${namespace} ${application.replace(/(?<![\w.-])(?=[\w.-]*$)([\w.-]*?)_\d[\w.-]*$/, '$1')} ${id}`;
}

function twinsOf(server: Server, { artifacts }: Deployment, deployers: ReadonlyMap<string, readonly Server[]>): Twin[] {
  return artifacts.flatMap(({ id, application }) =>
    (deployers.get(keyOf(server, id, application)) ?? [])
      .filter((other) => other !== server && !takeTurns(server, other))
      .map((other) => ({ artifact: id, workload: other.id, pods: podsOf(other) })),
  );
}

function scalerOf(server: Server, { autoscalers }: ClusterSnapshot): Scaler | undefined {
  return autoscalers
    .filter(
      (one) =>
        one.metadata.namespace === server.namespace &&
        (textAt(one, 'spec', 'scaleTargetRef', 'kind') ?? 'Deployment') === server.object.kind &&
        textAt(one, 'spec', 'scaleTargetRef', 'name') === server.object.metadata.name,
    )
    .map((one) => ({
      name: `${one.kind}/${one.metadata.name}`,
      // KEDA's default (ScaledObject maxReplicaCount) is 100.
      max: numberAt(one, 'spec', 'maxReplicas') ?? numberAt(one, 'spec', 'maxReplicaCount') ?? 100,
    }))[0];
}
