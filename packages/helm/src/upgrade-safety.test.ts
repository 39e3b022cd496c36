import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from './objects/kubernetes-object.ts';
import { compareRenders, overlaps } from './upgrade-safety.ts';

interface Options {
  readonly kind?: string;
  readonly type?: string;
  readonly artifacts?: string;
  readonly spec?: Record<string, unknown>;
  readonly image?: string;
  readonly component?: string;
  /** Scope of its guard; no guard without it. */
  readonly scope?: string;
}

function workload(name: string, options: Options = {}): KubernetesObject {
  const labels = { 'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/component': options.component ?? name };
  return {
    apiVersion: 'apps/v1',
    kind: options.kind ?? 'Deployment',
    metadata: {
      name,
      ...(options.artifacts === undefined
        ? {}
        : {
            annotations: {
              'mi-patterns.io/stateful-artifacts': options.artifacts,
              ...(options.scope === undefined ? {} : { 'mi-patterns.io/coordination': 'lease' }),
            },
          }),
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, 'mi-patterns.io/workload-type': options.type ?? 'stateless' } },
        spec: {
          containers: [
            {
              name: 'c',
              image: options.image ?? 'x:1',
              ...(options.scope === undefined
                ? {}
                : { command: [`--artifact=${options.artifacts}`, `--scope=${options.scope}`] }),
            },
          ],
        },
      },
      ...options.spec,
    },
  };
}
const object = (
  kind: string,
  name: string,
  rest: Record<string, unknown> = {},
  apiVersion = 'v1',
): KubernetesObject => ({ apiVersion, kind, metadata: { name }, ...rest });
const autoscaler = (name: string): KubernetesObject =>
  object(
    'HorizontalPodAutoscaler',
    name,
    { spec: { scaleTargetRef: { kind: 'Deployment', name }, minReplicas: 2 } },
    'autoscaling/v2',
  );
const found = (before: KubernetesObject[], after: KubernetesObject[]): string[] =>
  compareRenders(before, after).map((diagnostic) => `${diagnostic.severity} ${diagnostic.code} ${diagnostic.message}`);

describe('compareRenders', () => {
  it('finds nothing where only images, replicas and new stateless workloads change', () => {
    expect(
      found(
        [workload('a', { spec: { replicas: 2 } })],
        [workload('a', { image: 'x:2', spec: { replicas: 3 } }), workload('b')],
      ),
    ).toEqual([]);
  });

  it('names each immutable field, and takes what Kubernetes fills in for no change', () => {
    const claim = (name: string, more = {}): unknown => ({
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], ...more },
    });
    const set = (spec: Record<string, unknown>): KubernetesObject => workload('a', { kind: 'StatefulSet', spec });
    expect(
      found(
        [set({ serviceName: 's', volumeClaimTemplates: [claim('d')] })],
        [set({ serviceName: 't', podManagementPolicy: 'Parallel', volumeClaimTemplates: [claim('e')] })],
      ),
    ).toEqual([
      'error MI-UPGRADE-IMMUTABLE StatefulSet/a: spec.podManagementPolicy changes, which Kubernetes refuses; the upgrade would fail.',
      'error MI-UPGRADE-IMMUTABLE StatefulSet/a: spec.serviceName changes, which Kubernetes refuses; the upgrade would fail.',
      'error MI-UPGRADE-IMMUTABLE StatefulSet/a: spec.volumeClaimTemplates changes, which Kubernetes refuses; the upgrade would fail.',
    ]);
    const written = {
      podManagementPolicy: 'OrderedReady',
      volumeClaimTemplates: [
        { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...(claim('d', { volumeMode: 'Filesystem' }) as object) },
      ],
    };
    expect(found([set({ volumeClaimTemplates: [claim('d')] })], [set(written)])).toEqual([]);
    expect(found([workload('a', { component: 'x' })], [workload('a', { component: 'y' })])).toEqual([
      'error MI-UPGRADE-IMMUTABLE Deployment/a: spec.selector changes, which Kubernetes refuses; the upgrade would fail.',
    ]);
    expect(
      found(
        [object('Job', 'j', { spec: { template: { a: 1 } } }, 'batch/v1')],
        [object('Job', 'j', { spec: { template: { a: 2 } } }, 'batch/v1')],
      ),
    ).toHaveLength(1);
    expect(
      found(
        [object('ConfigMap', 'c', { immutable: true, data: { a: '1' } })],
        [object('ConfigMap', 'c', { immutable: true, data: { a: '2' } })],
      ),
    ).toHaveLength(1);
    expect(
      found([object('ConfigMap', 'c', { data: { a: '1' } })], [object('ConfigMap', 'c', { data: { a: '2' } })]),
    ).toEqual([]);
  });

  it('follows the address of a Service', () => {
    const service = (spec: Record<string, unknown>): KubernetesObject[] => [object('Service', 's', { spec })];
    expect(found(service({}), service({ clusterIP: 'None' }))).toHaveLength(1);
    expect(found(service({ clusterIP: 'None' }), service({}))).toHaveLength(1);
    expect(found(service({ clusterIP: '10.0.0.1' }), service({}))).toEqual([]);
    expect(found(service({ clusterIP: 'None' }), service({ type: 'ExternalName', externalName: 'x' }))).toEqual([]);
  });

  it('ignores hooks', () => {
    const hook = (value: number): KubernetesObject => ({
      ...object('Job', 'j', { spec: { template: { value } } }, 'batch/v1'),
      metadata: { name: 'j', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
    });
    expect(found([hook(1)], [hook(2)])).toEqual([]);
  });

  it('tells a rename from a removal', () => {
    expect(found([workload('orders-a', { component: 'a' })], [workload('sales-a', { component: 'a' })])).toEqual([
      'error MI-UPGRADE-RENAMED Deployment/orders-a becomes Deployment/sales-a: helm creates the new one and deletes the old one, so both run for a while, and clients of the old name fail.',
    ]);
    const here = workload('a', { component: 'a' });
    const there = { ...here, metadata: { ...here.metadata, namespace: 'two' } };
    expect(found([here], [there])[0]).toContain('Deployment/a in the namespace default becomes Deployment/a in two: ');
    expect(found([workload('a'), workload('b')], [workload('a')])).toEqual([
      'warning MI-UPGRADE-REMOVED Deployment/b is removed with its pods.',
    ]);
  });

  it('finds a stateful artifact that moves, also by a change of recovery', () => {
    const task = { type: 'stateful', artifacts: 'task/a,task/b' };
    expect(
      found(
        [workload('one', task), workload('two', { type: 'stateful', artifacts: 'task/c' })],
        [
          workload('one', { ...task, artifacts: 'task/a' }),
          workload('two', { type: 'stateful', artifacts: 'task/b,task/c' }),
        ],
      ),
    ).toEqual([
      'error MI-UPGRADE-STATEFUL-MOVED task/b moves from Deployment/one to Deployment/two: until the old pod has ended, it runs twice.',
    ]);
    expect(
      found([workload('t', task)], [workload('t', { ...task, kind: 'StatefulSet' })]).map((text) => text.split(' ')[1]),
    ).toEqual(['MI-UPGRADE-RENAMED', 'MI-UPGRADE-STATEFUL-MOVED', 'MI-UPGRADE-STATEFUL-MOVED']);
  });

  it('goes by the Leases of guards', () => {
    const guarded = (name: string, scope: string, spec = {}): KubernetesObject =>
      workload(name, { type: 'stateful', artifacts: 'task/a', scope, spec });
    const codes = (before: KubernetesObject, after: KubernetesObject): string[] =>
      compareRenders([before], [after]).map(({ severity, code }) => `${severity} ${code}`);
    expect(codes(guarded('a', 'one'), guarded('a', 'one'))).toEqual([]);
    expect(codes(guarded('a', 'one'), guarded('b', 'one'))).toEqual(['warning MI-UPGRADE-RENAMED']);
    expect(codes(guarded('a', 'one'), guarded('b', 'two'))).toEqual([
      'error MI-UPGRADE-RENAMED',
      'error MI-UPGRADE-STATEFUL-MOVED',
    ]);
    expect(found([guarded('a', 'one')], [guarded('a', 'two')])).toEqual([
      'error MI-UPGRADE-STATEFUL-MOVED task/a stays in Deployment/a, but the guard of the new pod does not wait for the old one: until the old pod has ended, it runs twice.',
    ]);
    const alone = workload('a', { type: 'stateful', artifacts: 'task/a' });
    expect(codes(alone, guarded('a', 'one'))).toEqual(['error MI-UPGRADE-STATEFUL-MOVED']);
    const recreate = { strategy: { type: 'Recreate' } };
    expect(codes(guarded('a', 'one', recreate), guarded('a', 'two', recreate))).toEqual([]);
  });

  it('finds a stateful artifact that ends in a Deployment that grows', () => {
    const one = workload('integration', { type: 'stateful', artifacts: 'task/a', spec: { replicas: 1 } });
    expect(found([one], [workload('integration', { spec: { replicas: 3 } })])).toEqual([
      'error MI-UPGRADE-STATEFUL-GROWS task/a ends with the upgrade, in which Deployment/integration is scaled up: Kubernetes first adds pods of the old version, which run it too.',
    ]);
    expect(found([one], [workload('integration', { spec: { replicas: 1 } })])).toEqual([]);
  });

  it('knows that a workload without pods runs nothing', () => {
    const one = (replicas: number): KubernetesObject =>
      workload('one', { type: 'stateful', artifacts: 'task/a', spec: { replicas } });
    const two = workload('two', { type: 'stateful', artifacts: 'task/a', spec: { replicas: 1 } });
    const codes = (before: KubernetesObject[], after: KubernetesObject[]): string[] =>
      compareRenders(before, after).map(({ severity, code }) => `${severity} ${code}`);
    expect(codes([one(1)], [two])).toEqual(['error MI-UPGRADE-RENAMED', 'error MI-UPGRADE-STATEFUL-MOVED']);
    expect(codes([one(0)], [two])).toEqual(['warning MI-UPGRADE-RENAMED']);
    expect(found([one(0)], [workload('one', { spec: { replicas: 3 } }), two])).toEqual([]);
    expect(found([one(1)], [one(1), workload('two', { spec: { replicas: 0 }, artifacts: 'task/a' })])).toEqual([]);
  });

  it('warns when an artifact is isolated for the first time', () => {
    expect(
      found(
        [workload('integration')],
        [workload('integration'), workload('task', { type: 'stateful', artifacts: 'task/a' })],
      ),
    ).toEqual([
      'warning MI-UPGRADE-STATEFUL-ISOLATED task/a is to run in Deployment/task alone; if it ran in Deployment/integration before, it runs twice until those pods are replaced.',
    ]);
    // Also one that comes to a workload which is there, but not what that names for the first time.
    const group = (artifacts?: string): KubernetesObject =>
      workload('task', { type: 'stateful', ...(artifacts === undefined ? {} : { artifacts }) });
    const all = (one: KubernetesObject): KubernetesObject[] => [workload('integration'), one];
    expect(found(all(group('task/b')), all(group('task/b,task/a')))).toHaveLength(1);
    expect(found(all(group()), all(group('task/a')))).toEqual([]);
    expect(found([group('task/b')], [group('task/b,task/a')])).toEqual([]);
  });

  it('follows replicas to an autoscaler and back', () => {
    expect(
      found([workload('a', { spec: { replicas: 3 } })], [workload('a'), autoscaler('a')]).map(
        (text) => text.split(' ')[1],
      ),
    ).toEqual(['MI-UPGRADE-REPLICAS-HANDED-OVER']);
    expect(found([workload('a', { spec: { replicas: 1 } })], [workload('a'), autoscaler('a')])).toEqual([]);
    expect(
      found([workload('a'), autoscaler('a')], [workload('a', { spec: { replicas: 2 } })]).map(
        (text) => text.split(' ')[1],
      ),
    ).toEqual(['MI-UPGRADE-REPLICAS-TAKEN-BACK']);
  });

  it('finds a change to Recreate that server-side apply refuses', () => {
    const recreate = workload('a', { spec: { strategy: { type: 'Recreate' } } });
    expect(found([workload('a')], [recreate]).map((text) => text.split(' ')[1])).toEqual(['MI-UPGRADE-STRATEGY']);
    expect(
      found(
        [workload('a', { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } })],
        [recreate],
      ),
    ).toEqual([]);
    expect(found([recreate], [recreate])).toEqual([]);
    const shop = { metadata: { name: 'a', namespace: 'shop' } };
    const [strategy] = compareRenders([{ ...workload('a'), ...shop }], [{ ...recreate, ...shop }]);
    expect(strategy?.hint).toContain('kubectl patch deployment/a --namespace shop --type merge');
  });

  it('finds claims that vanish or shrink', () => {
    const claim = (storage: string): KubernetesObject =>
      object('PersistentVolumeClaim', 'p', { spec: { resources: { requests: { storage } } } });
    expect(found([claim('1Gi')], []).map((text) => text.split(' ')[1])).toEqual(['MI-UPGRADE-DATA-LOST']);
    expect(found([claim('1Gi')], [claim('512Mi')]).map((text) => text.split(' ')[1])).toEqual(['MI-UPGRADE-IMMUTABLE']);
    expect(found([claim('1Gi')], [claim('2Gi')])).toEqual([]);
    expect(found([claim('1Gi')], [claim('2e9')])).toEqual([]);
  });
});

describe('a coordination database that changes', () => {
  /** A workload that agrees through a database, and its deployment.toml. */
  function coordinated(url: string, options: Options = {}): KubernetesObject[] {
    const made = workload('integration', { artifacts: 'task/a,task/b', spec: { replicas: 2 }, ...options });
    const annotations = { ...made.metadata.annotations, 'mi-patterns.io/coordination': 'database' };
    const { template } = made.spec as { template: { metadata: object; spec: object } };
    const volumes = [{ projected: { sources: [{ configMap: { name: 'config' } }] } }];
    const toml = `[[datasource]]\nid = "WSO2_COORDINATION_DB"\nurl = "${url}"\n`;
    return [
      {
        ...made,
        metadata: { ...made.metadata, annotations },
        spec: { ...(made.spec as object), template: { ...template, spec: { ...template.spec, volumes } } },
      },
      object('ConfigMap', 'config', { data: { 'deployment.toml': toml } }),
    ];
  }
  const [one, other] = ['jdbc:mysql://db/mi', 'jdbc:mysql://db/mi2'];
  const codes = (before: KubernetesObject[], after: KubernetesObject[]): string[] =>
    compareRenders(before, after).map(({ code }) => code);

  it('is told, with what runs in both', () => {
    expect(compareRenders(coordinated(one), coordinated(other))).toEqual([
      {
        code: 'MI-UPGRADE-DATABASE',
        severity: 'error',
        message:
          'Deployment/integration gets another coordination database. While its pods are replaced, the old ones and the new ones do not know of each other, and task/a, task/b run in both.',
        hint: expect.stringContaining('set workloads.integration.paused: true in the values'),
      },
    ]);
    expect(overlaps(coordinated(one), coordinated(other)).map(({ artifact, by }) => [artifact, by])).toEqual([
      ['task/a', 'database'],
      ['task/b', 'database'],
    ]);
  });

  it('is fine where it may be the same, and where the old pods end first', () => {
    expect(codes(coordinated(one), coordinated('jdbc:mysql://db.shop.svc/mi'))).toEqual([]);
    expect(codes(coordinated(one), coordinated('$env{URL}'))).toEqual([]);
    const recreated = { spec: { replicas: 2, strategy: { type: 'Recreate' } } };
    expect(codes(coordinated(one, recreated), coordinated(other, recreated))).toEqual([]);
    expect(codes(coordinated(one, { spec: { replicas: 0 } }), coordinated(other))).toEqual([]);
    expect(codes(coordinated(one), coordinated(other, { spec: { replicas: 0 } }))).toEqual([]);
  });
});
