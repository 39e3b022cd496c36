import { at, numberAt, objectAt, textAt } from '@mi-patterns/helm';
import { auditCatalogue, type AuditCode } from './catalogue.ts';
import { selects } from './find-servers.ts';
import { labelsOf, podCount, riskOfArtifact, type Judgement } from './judge.ts';
import type { AuditFinding, ClusterSnapshot, Deployment, Moment, Server } from './model.ts';
import { heapOf, isFenced, memoryLimit } from './pod-settings.ts';

const momentCodes: Readonly<Record<Moment, AuditCode>> = {
  now: 'MI-AUDIT-TWICE',
  update: 'MI-AUDIT-UPDATE',
  cutOff: 'MI-AUDIT-CUT-OFF',
  scaling: 'MI-AUDIT-SCALING',
};

/** How each moment is told: before the artifacts, and after them. */
const momentWords: Readonly<Record<Moment, { readonly sure: string; readonly unsure: string }>> = {
  now: { sure: 'runs more than once now', unsure: 'may run more than once now' },
  update: { sure: 'will run twice during the next update', unsure: 'may run twice during the next update' },
  cutOff: { sure: 'will run twice when its node is cut off', unsure: 'may run twice when its node is cut off' },
  scaling: { sure: 'will run more than once when it is scaled', unsure: 'may run more than once when it is scaled' },
};

const momentHints: Readonly<Record<Moment, string>> = {
  now: 'Give the artifact a workload of its own with one pod: mi-patterns init --from-release, then mi-patterns plan. Until then, scale to one pod.',
  update: 'Use the strategy Recreate for what must run once, or a workload of its own for it (mi-patterns plan).',
  cutOff:
    'Use recovery fenced (a second pod waits for the Lease) or at-most-one (a StatefulSet) of the mi-patterns chart.',
  scaling: 'Remove the autoscaler, or move what must run once into a workload of its own (mi-patterns plan).',
};

/**
 * One finding for each artifact that runs, or would run, in several pods. What is twice now is not told again for
 * later.
 */
export function momentFindings(server: Server, judgements: Readonly<Record<Moment, Judgement>>): AuditFinding[] {
  const told = new Set<string>();
  return (Object.keys(momentCodes) as Moment[]).flatMap((moment) => {
    const { because, field, artifacts, risk, way = momentHints[moment] } = judgements[moment];
    if (risk !== 'twice' && risk !== 'maybe') return [];
    return artifacts.flatMap((artifact): AuditFinding[] => {
      const own = riskOfArtifact(artifact);
      if ((own !== 'twice' && own !== 'maybe') || told.has(artifact.id)) return [];
      if (moment === 'now') told.add(artifact.id);
      const isSure = own === 'twice';
      const code = moment === 'now' && !isSure ? 'MI-AUDIT-MAYBE' : momentCodes[moment];
      return [
        finding(code, server, {
          message: `${artifact.id} of ${server.id} ${isSure ? momentWords[moment].sure : momentWords[moment].unsure}: ${because}. ${artifact.verdict.because}`,
          hint: way,
          field,
          artifacts: [artifact.id],
          ...(artifact.source === undefined ? {} : { source: artifact.source }),
          // A release of ours that accepts this says so by its recovery; it is no news to its owner.
          ...(server.madeBy === 'mi-patterns' && moment === 'cutOff' ? { severity: 'info' as const } : {}),
        }),
      ];
    });
  });
}

/** Findings about how a workload stops, starts, drains and uses memory. */
export function settingFindings(server: Server, deployment: Deployment, snapshot: ClusterSnapshot): AuditFinding[] {
  return [
    ...stopFindings(server),
    ...probeFindings(server),
    ...heapFindings(server),
    ...budgetFindings(server, snapshot),
    ...hotFindings(server, deployment),
    ...unknownFindings(server, deployment),
  ];
}

/** How a reason begins that says why a server was not asked. */
export const notAskedBecause = 'the management API was not asked: ';

/** One finding for each reason why it is not known what a workload deploys. Nobody is sent where they come from. */
function unknownFindings(server: Server, { unknown }: Deployment): AuditFinding[] {
  const otherWay = unknown.some((reason) => reason.startsWith(notAskedBecause))
    ? 'remove what keeps the management API from being asked.'
    : 'ask the servers: --by management-api.';
  return unknown.map((reason) =>
    finding('MI-AUDIT-UNKNOWN', server, {
      message: `Not everything that ${server.id} deploys is known: ${reason}.`,
      hint: `Make the image readable here (docker login, or --image REFERENCE=oci-archive:FILE), or ${otherWay}`,
      field: `${server.containerPath}.image`,
    }),
  );
}

function stopFindings(server: Server): AuditFinding[] {
  const { container, containerPath, template, id } = server;
  // The guard drains the pod itself.
  if (at(container, 'lifecycle', 'preStop') !== undefined || isFenced(server)) return [];
  const seconds = numberAt(template, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  return [
    finding('MI-AUDIT-STOP', server, {
      message: `${id} has no preStop hook: when a pod ends, it still receives requests for a moment, and the stop signal does not reach the JVM through MI's start script, so work is cut off after ${seconds} s.`,
      hint: 'Add a preStop hook that waits until the pod has left all endpoints and then stops MI; the mi-patterns chart has one.',
      field: `${containerPath}.lifecycle.preStop`,
    }),
  ];
}

function probeFindings(server: Server): AuditFinding[] {
  // The liveness of a guard gives the server its time to start (packages/lease-guard, --patience).
  const wanted = [...(isFenced(server) ? [] : ['startupProbe']), 'readinessProbe', 'livenessProbe'];
  const missing = wanted.filter((probe) => at(server.container, probe) === undefined);
  if (missing.length === 0) return [];
  return [
    finding('MI-AUDIT-PROBES', server, {
      message: `${server.id} has no ${missing.join(', no ')}: ${missing.includes('readinessProbe') ? 'a pod receives requests before its archives are deployed' : 'a server that hangs is not restarted, or one that starts slowly is'}.`,
      hint: 'Probe /healthz (readiness) and /liveness (liveness) on port 9201.',
      field: `${server.containerPath}.${missing[0]}`,
    }),
  ];
}

/** The JVMs need at least this beside the heap. */
const besideHeap = 128 * 1024 * 1024;

function heapFindings(server: Server): AuditFinding[] {
  const limit = memoryLimit(server);
  if (limit === undefined) return [];
  const { bytes, because, field } = heapOf(server);
  if (bytes + besideHeap <= limit) return [];
  return [
    finding('MI-AUDIT-HEAP', server, {
      message: `${server.id} may be killed for exceeding its memory limit: the heap may grow to ${mebibytes(bytes)} (${because}), and the container has ${mebibytes(limit)}, of which the JVMs need at least 128 MiB in addition to the heap.`,
      hint: 'Raise the memory limit, or set the heap by -Xmx in JAVA_OPTS.',
      field,
    }),
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

function budgetFindings(server: Server, { budgets }: ClusterSnapshot): AuditFinding[] {
  return budgets
    .filter(
      (budget) =>
        budget.metadata.namespace === server.namespace &&
        selects(objectAt(budget, 'spec', 'selector'), labelsOf(server)),
    )
    .flatMap((budget) => {
      const blocked = blocksBy(objectAt(budget, 'spec'), server.replicas);
      if (blocked === undefined || server.replicas === 0) return [];
      return [
        finding('MI-AUDIT-BUDGET', server, {
          message: `PodDisruptionBudget/${budget.metadata.name} allows no eviction of a pod of ${server.id} (${blocked}), so its node can never be drained.`,
          hint: 'Use maxUnavailable: 1, or no budget for a workload with one pod.',
          field: `PodDisruptionBudget/${budget.metadata.name} spec`,
        }),
      ];
    });
}

/** Why a budget allows no disruption of `replicas` pods. */
function blocksBy(spec: Readonly<Record<string, unknown>>, replicas: number): string | undefined {
  const [least, most] = [podCount(spec['minAvailable'], replicas), podCount(spec['maxUnavailable'], replicas)];
  if (least !== undefined && least >= replicas) return `minAvailable ${String(spec['minAvailable'])} of ${replicas}`;
  return most === 0 ? `maxUnavailable ${String(spec['maxUnavailable'])}` : undefined;
}

function hotFindings(server: Server, { hotDeployment }: Deployment): AuditFinding[] {
  if (hotDeployment?.enabled !== true) return [];
  return [
    finding('MI-AUDIT-HOT', server, {
      message: `${server.id} watches its folders for new archives: ${hotDeployment.because}. Readiness then does not mean that all archives are deployed, and a change in one pod makes it differ from the others.`,
      hint: 'Set hot_deployment = false under [server] of deployment.toml.',
      field: textAt(server.container, 'name') === undefined ? 'spec' : `${server.containerPath}.volumeMounts`,
    }),
  ];
}

/** A finding about a workload, of no artifact unless `about` names some. */
export function finding(
  code: AuditCode,
  server: Pick<Server, 'id'>,
  about: Partial<AuditFinding> & Pick<AuditFinding, 'message' | 'hint'>,
): AuditFinding {
  return { code, severity: auditCatalogue[code].severity, workload: server.id, artifacts: [], ...about };
}
