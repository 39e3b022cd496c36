import { describe, expect, it } from 'vitest';
import { identity, type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { causeOf, tellCauses } from './causes.ts';
import { toldFailure } from '../cluster/change-release.ts';
import { livePods } from './live.ts';

const workload = (kind: string, conditions: readonly object[] = []): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'orders-nightly', namespace: 'n' },
  spec: { replicas: 1, selector: { matchLabels: { a: 'b' } } },
  status: { conditions },
});
const refused = (message: string): KubernetesObject =>
  workload('Deployment', [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }]);
const pod = (status: object, spec: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-nightly-1', namespace: 'n', labels: { a: 'b' } },
  spec,
  status: { phase: 'Pending', ...status },
});
const container = (state: object, more: object = {}): KubernetesObject =>
  pod({ containerStatuses: [{ name: 'micro-integrator', ready: false, restartCount: 0, state, ...more }] });
const event = (kind: string, name: string, reason: string, message: string, type = 'Warning'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.${reason}` },
  involvedObject: { kind, name },
  reason,
  message,
  type,
  lastTimestamp: '2026-01-01T00:00:00Z',
});

interface Seen {
  readonly of?: KubernetesObject;
  readonly pods?: readonly KubernetesObject[];
  readonly events?: readonly KubernetesObject[];
  readonly reverted?: ReadonlyMap<string, string>;
}

function told({ of = workload('Deployment'), pods = [], events = [], reverted = new Map() }: Seen): string {
  const live = livePods(pods, [of]).filter((each) => each.workload === identity(of));
  const cause = causeOf({ workload: of, pods: live, objects: pods, events, reverted });
  if (cause === undefined) return 'nothing';
  const { message, next } = tellCauses([cause]);
  return `${message} → ${next}`;
}

/** Words as API server, scheduler, kubelet and containerd of Kubernetes 1.37 said them. */
describe('why a workload does not get its pods', () => {
  it.each([
    [
      'pods "orders-nightly-5d" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4',
      'Deployment/orders-nightly cannot create pods: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4. → Raise ResourceQuota/team, or ask for less: resources and replicas in the values.',
    ],
    [
      'pods "orders-nightly-5d" is forbidden: failed quota: team: must specify limits.cpu for: micro-integrator',
      'Deployment/orders-nightly cannot create pods: failed quota: team: must specify limits.cpu for: micro-integrator. → ResourceQuota/team wants these to be set: workloadDefaults.resources in the values.',
    ],
    [
      'pods "orders-nightly-5d" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1536Mi',
      'Deployment/orders-nightly cannot create pods: maximum memory usage per Container is 512Mi, but limit is 1536Mi. → Change workloadDefaults.resources or the heap in the values, or the LimitRange of the namespace.',
    ],
    [
      'pods "orders-nightly-5d" is forbidden: violates PodSecurity "restricted:latest": hostPath volumes (volume "h")',
      'Deployment/orders-nightly cannot create pods: violates PodSecurity "restricted:latest": hostPath volumes (volume "h"). → Take out of the values what restricted:latest forbids, or change the label pod-security.kubernetes.io/enforce of the namespace.',
    ],
    [
      `pods "orders-nightly-5d" is forbidden: ValidatingAdmissionPolicy 'signed' with binding 'b' denied request: images with tag 2 are not signed`,
      "Deployment/orders-nightly cannot create pods: ValidatingAdmissionPolicy 'signed' with binding 'b' denied request: images with tag 2 are not signed. → Change the values so that the rule is met, or ask whoever made the rule.",
    ],
    [
      'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://gone.n.svc:443/x?timeout=2s": service "gone" not found',
      'Deployment/orders-nightly cannot create pods: Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://gone.n.svc:443/x?timeout=2s": service "gone" not found. → Nothing is wrong with the values. Restore the service behind the admission webhook pods.example.com, or ask whoever runs it.',
    ],
    [
      'pods "orders-nightly-5d" is forbidden: error looking up service account n/orders: serviceaccount "orders" not found',
      'Deployment/orders-nightly cannot create pods: error looking up service account n/orders: serviceaccount "orders" not found. → Create ServiceAccount/orders, or let the chart do it: serviceAccount.create in the values.',
    ],
  ])('is told in the words of the refusal: %s', (message, sentence) =>
    expect(told({ of: refused(message) })).toBe(sentence),
  );

  it('is found in the events of a StatefulSet, which has no condition for it', () => {
    const words =
      'create Pod orders-nightly-0 in StatefulSet orders-nightly failed error: pods "orders-nightly-0" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4';
    const events = [event('StatefulSet', 'orders-nightly', 'FailedCreate', words)];
    const of = workload('StatefulSet');
    expect(told({ of, events })).toMatch(
      /^StatefulSet\/orders-nightly cannot create pods: exceeded quota: team.* → Raise ResourceQuota\/team/,
    );
    // A pod is there by now, so the event is of an earlier time.
    expect(told({ of, events, pods: [pod({ phase: 'Running' })] })).toBe('nothing');
  });

  it.each([
    [
      'an image that is not there',
      container({
        waiting: {
          reason: 'ImagePullBackOff',
          message:
            'Back-off pulling image "r/acme:2": ErrImagePull: failed to pull and unpack image "r/acme:2": failed to resolve reference "r/acme:2": r/acme:2: not found',
        },
      }),
      'cannot get the image: ImagePullBackOff (r/acme:2: r/acme:2: not found). → Check the name and the tag of the image, that it was pushed, and image.pullSecrets. If it is still being copied to this registry, run the command again once it can be pulled.',
    ],
    [
      'a Secret that is missing',
      container({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } }),
      'cannot start: CreateContainerConfigError (secret "db" not found). → Create db in the namespace, or correct its name in the values.',
    ],
    [
      'a key that is missing',
      container({
        waiting: { reason: 'CreateContainerConfigError', message: "couldn't find key password in Secret n/db" },
      }),
      "cannot start: CreateContainerConfigError (couldn't find key password in Secret n/db). → Add that key to db, or correct the key in the values.",
    ],
    [
      'a node that is lost',
      pod(
        {
          phase: 'Running',
          conditions: [
            { type: 'Ready', status: 'False' },
            { type: 'ContainersReady', status: 'True' },
          ],
          containerStatuses: [{ name: 'micro-integrator', ready: true, started: true, state: { running: {} } }],
        },
        { nodeName: 'node-a' },
      ),
      'cannot be asked: its node node-a does not answer. → Bring the node back, or delete its Node object once it is shut down for certain.',
    ],
    [
      'a crash at the start',
      container(
        { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting failed container' } },
        {
          restartCount: 2,
          lastState: {
            terminated: { exitCode: 3, reason: 'Error', message: 'begins\nFATAL no license; password=hunter2\nends\n' },
          },
        },
      ),
      'cannot stay up: micro-integrator ended with Error, exit code 3: FATAL no license; password=[hidden]. → The log in the evidence says more; correct the values or the image.',
    ],
    [
      'too little memory',
      container(
        { running: {} },
        {
          restartCount: 1,
          started: false,
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ),
      'cannot stay up: micro-integrator ended with OOMKilled, exit code 137. → The log in the evidence says more; correct the values or the image.',
    ],
    [
      'no node that fits',
      pod({
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            message:
              "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
          },
        ],
      }),
      "cannot be placed on a node: 0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. → Add or free a node, or change resources, nodeSelector, tolerations, affinity or topologySpread in the values.",
    ],
  ])('is told of the pod that shows it: %s', (_, shown, words) =>
    expect(told({ pods: [shown] })).toBe(`Deployment/orders-nightly (pod orders-nightly-1) ${words}`),
  );

  it('is told by what only events say', () => {
    const unbound = pod(
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', message: 'pod has unbound immediate PersistentVolumeClaims' },
        ],
      },
      { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'orders-data' } }] },
    );
    const words = 'storageclass.storage.k8s.io "nosuch" not found';
    const claim = event('PersistentVolumeClaim', 'orders-data', 'ProvisioningFailed', words);
    expect(told({ pods: [unbound], events: [claim] })).toBe(
      'Deployment/orders-nightly (pod orders-nightly-1) cannot start without PersistentVolumeClaim/orders-data: storageclass.storage.k8s.io "nosuch" not found. → Set a storage class that the cluster has (kubectl get storageclass), or bring the volume.',
    );
    const creating = container({ waiting: { reason: 'ContainerCreating' } });
    const mount = 'MountVolume.SetUp failed for volume "c" : configmap "nosuch" not found';
    expect(told({ pods: [creating], events: [event('Pod', 'orders-nightly-1', 'FailedMount', mount)] })).toBe(
      'Deployment/orders-nightly (pod orders-nightly-1) cannot start: MountVolume.SetUp failed for volume "c" : configmap "nosuch" not found. → Create nosuch in the namespace, or correct its name in the values.',
    );
    expect(told({ pods: [creating] })).toBe('nothing');
  });

  it('is told of a server that is up or not', () => {
    const probe = (message: string) => [event('Pod', 'orders-nightly-1', 'Unhealthy', message)];
    const starting = container({ running: {} }, { started: false });
    expect(told({ pods: [starting], events: probe('Startup probe failed: connection refused') })).toMatch(
      /cannot finish its start in time\. → Raise timeout/,
    );
    const up = container({ running: {} }, { started: true });
    expect(told({ pods: [up], events: probe('Readiness probe failed: statuscode: 500') })).toMatch(
      /cannot become ready: Readiness probe failed: statuscode: 500\. → Its log/,
    );
    const reverted = new Map([['orders-nightly-1', 'MI has reverted orders.car']]);
    expect(told({ pods: [up], reverted })).toMatch(/MI has reverted orders\.car\. → Correct the artifact/);
  });

  it('says one sentence of all that have it, and nothing of what is settled', () => {
    const cause = { why: 'cannot create pods: no', next: 'Do.', vague: false };
    expect(tellCauses(['a', 'b'].map((object) => ({ ...cause, object })))).toEqual({
      message: 'a, b cannot create pods: no.',
      next: 'Do.',
    });
    const settled: KubernetesObject = {
      ...workload('Deployment'),
      status: { readyReplicas: 1, updatedReplicas: 1, replicas: 1, availableReplicas: 1 },
    };
    expect(told({ of: settled, pods: [container({ waiting: { reason: 'ErrImagePull' } })] })).toBe('nothing');
  });

  it('stands in the place of words of helm that only say that it waited', () => {
    const failure = (stderr: string): ToolFailure =>
      new ToolFailure({ reason: 'exit', message: 'helm failed', hint: '', stderr });
    const causes = [{ object: 'Deployment/a', why: 'cannot create pods: no', next: 'Do.', vague: false }];
    const waited = 'Error: UPGRADE FAILED: resource Deployment/n/a not ready. status: InProgress';
    expect(toldFailure(failure(waited), causes)).toMatchObject({
      message: 'Deployment/a cannot create pods: no.',
      next: 'Do.',
    });
    expect(toldFailure(failure(waited), [])).toMatchObject({ message: waited.replace('Error: ', ''), next: '' });
    const hook = 'Error: UPGRADE FAILED: pre-upgrade hooks failed: Job orders-schema failed';
    expect(toldFailure(failure(hook), causes).message).toContain('hooks failed');
  });
});
