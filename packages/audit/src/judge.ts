import { at, numberAt, objectAt, textAt } from '@mi-patterns/helm';
import { listed } from '@mi-patterns/planner';
import type { Deployment, Moment, Risk, Server, StatefulArtifact } from './model.ts';
import { isFenced } from './pod-settings.ts';

/** Another workload of the same namespace that deploys the same artifact. */
export interface Twin {
  readonly artifact: string;
  readonly workload: string;
  readonly pods: number;
}

/** Something that changes the number of pods by itself. */
export interface Scaler {
  /** `HorizontalPodAutoscaler/orders`. */
  readonly name: string;
  readonly max: number;
}

/** Why pods run at the same time, or do not. */
interface Reason {
  /** Continues "…: ", without a full stop. */
  readonly because: string;
  /** Field of the object that it follows from. */
  readonly field: string;
}

/** Whether several pods run at a moment. */
interface Overlap extends Reason {
  readonly pods: boolean;
}

export interface Judgement extends Reason {
  readonly risk: Risk;
  /** What to do, where it is something else than usual. */
  readonly way?: string;
  readonly artifacts: readonly StatefulArtifact[];
}

/**
 * What happens to the stateful artifacts of a workload now, when it is updated, when its node is cut off, and when it
 * is scaled.
 */
export function judgeMoments(
  server: Server,
  deployment: Deployment,
  surroundings: { readonly twins: readonly Twin[]; readonly scaler: Scaler | undefined },
): Readonly<Record<Moment, Judgement>> {
  const { twins, scaler } = surroundings;
  const now = judgeNow(server, deployment, twins);
  const isEmpty = podsOf(server) === 0;
  const later = (overlap: Overlap): Judgement => {
    if (isFenced(server) || isEmpty)
      return {
        ...overlap,
        artifacts: deployment.artifacts,
        risk: idle(deployment),
        because: isEmpty ? 'no pod runs it' : 'its pods work only while they own a Lease',
      };
    // What other workloads run now as well, they run in each of these moments.
    const risk = overlap.pods ? riskOf(deployment) : now.risk;
    return { ...overlap, artifacts: overlap.pods ? deployment.artifacts : now.artifacts, risk };
  };
  return {
    now,
    update: later(overlapOnUpdate(server)),
    cutOff: later(overlapOnCutOff(server)),
    scaling: later(overlapOnScaling(server, scaler)),
  };
}

/** Running pods count, those that end too: they work until they are gone. Without any, the wanted number. */
export function podsOf({ pods, replicas }: Server): number {
  return pods.length > 0 ? pods.length : replicas;
}

function judgeNow(server: Server, deployment: Deployment, twins: readonly Twin[]): Judgement {
  const working = podsOf(server);
  const several = working > 1;
  const shared = twins.filter(({ pods }) => pods > 0 && working > 0);
  const field = server.object.kind === 'DaemonSet' ? 'kind' : 'spec.replicas';
  if (several && !isFenced(server))
    return { risk: riskOf(deployment), because: `${working} pods run it`, field, artifacts: deployment.artifacts };
  const twice = deployment.artifacts.filter(({ id }) => shared.some(({ artifact }) => artifact === id));
  if (twice.length === 0)
    return { risk: idle(deployment), because: `${working === 0 ? 'no' : 'one'} pod runs it`, field, artifacts: [] };
  const others = [...new Set(shared.map(({ workload }) => workload))].toSorted();
  return {
    risk: riskOf({ ...deployment, artifacts: twice }),
    because: `${listed(others, 3)} of the same namespace ${others.length === 1 ? 'deploys' : 'deploy'} it too`,
    way: 'Let only one of these workloads deploy it (give it a server role, or an image of its own), and scale the others to 0 until then.',
    field: `${server.containerPath}.image`,
    artifacts: twice,
  };
}

/** The worst of the artifacts when several pods run them. */
function riskOf({ artifacts, unknown, count }: Deployment): Risk {
  const risks = artifacts.map(riskOfArtifact);
  const worst = (['twice', 'maybe', 'shared', 'coordinated'] as const).find((risk) => risks.includes(risk));
  return worst ?? (unknown.length > 0 && count === 0 ? 'unknown' : 'none');
}

/** What becomes of a stateful artifact while two pods run it. */
export function riskOfArtifact({ verdict, coordinated }: StatefulArtifact): Risk {
  if (coordinated) return 'coordinated';
  if (verdict.class === 'broker-safe') return 'shared';
  return verdict.class === 'opaque' ? 'maybe' : 'twice';
}

/** Where pods do not overlap nothing runs twice, as far as one knows what is deployed. */
function idle({ artifacts, unknown, count }: Deployment): Risk {
  return artifacts.length === 0 && count === 0 && unknown.length > 0 ? 'unknown' : 'none';
}

function overlapOnUpdate({ object, replicas }: Server): Overlap {
  if (object.kind === 'Deployment') {
    const type = textAt(object, 'spec', 'strategy', 'type') ?? 'RollingUpdate';
    if (type === 'Recreate')
      return { pods: replicas > 1, because: 'the old pods end before new ones start', field: 'spec.strategy.type' };
    const surge = at(object, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%';
    return {
      pods: true,
      because:
        (podCount(surge, replicas) ?? 1) > 0
          ? `a rolling update starts a new pod (maxSurge ${String(surge)}) while the old one still works`
          : 'a rolling update starts a new pod while the old one is still ending',
      field: 'spec.strategy.rollingUpdate.maxSurge',
    };
  }
  return {
    pods: replicas > 1,
    because:
      object.kind === 'StatefulSet'
        ? 'a StatefulSet ends each pod before it starts the next one'
        : 'nothing starts a second pod',
    field: 'spec.updateStrategy',
  };
}

/**
 * A number of pods, or a percentage of `replicas`, rounded up as Kubernetes does (maxSurge: ResolveFenceposts in the
 * deployment controller; budgets: the disruption controller). Undefined for neither.
 */
export function podCount(value: unknown, replicas: number): number | undefined {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}

/**
 * After 300 s on an unreachable node a pod is deleted, and its Deployment starts another one; the first may still work.
 */
function overlapOnCutOff({ object, template, replicas }: Server): Overlap {
  if (object.kind !== 'Deployment' && object.kind !== 'ReplicaSet')
    return {
      pods: replicas > 1,
      because: `a ${object.kind} starts no other pod before the old one is known to be gone`,
      field: 'kind',
    };
  const tolerations = at(template, 'spec', 'tolerations');
  const seconds = (Array.isArray(tolerations) ? tolerations : [])
    .filter((one) => textAt(one, 'key') === 'node.kubernetes.io/unreachable')
    .map((one) => numberAt(one, 'tolerationSeconds'))[0];
  return {
    pods: true,
    because: `a node that the control plane cannot reach keeps its pod running, and ${seconds ?? 300} s later a second pod starts elsewhere`,
    field: 'kind',
  };
}

function overlapOnScaling({ replicas }: Server, scaler: Scaler | undefined): Overlap {
  if (scaler !== undefined && scaler.max > 1)
    return { pods: true, because: `${scaler.name} may start up to ${scaler.max} pods`, field: 'spec.maxReplicas' };
  return { pods: replicas > 1, because: 'nothing scales it automatically', field: 'spec.replicas' };
}

/** Labels of the pods of a server. */
export function labelsOf(server: Server): Readonly<Record<string, unknown>> {
  return objectAt(server.template, 'metadata', 'labels');
}
