import { expect, it } from 'vitest';
import { identity, type KubernetesObject } from '@mi-patterns/helm';
import { type LivePod, type LiveState, othersAmong } from '../live/live.ts';
import { rivalFindings, strangerFindings } from './rivals.ts';

interface Made {
  readonly release?: string;
  readonly replicas?: number;
  readonly coordination?: 'database' | 'lease';
  readonly artifacts?: string;
}

function workload(
  name: string,
  { release = 'old', replicas = 1, coordination, artifacts = 'task/a' }: Made = {},
): KubernetesObject {
  const annotations = {
    'mi-patterns.io/stateful-artifacts': artifacts,
    ...(coordination === undefined ? {} : { 'mi-patterns.io/coordination': coordination }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'n', annotations: { ...annotations, 'meta.helm.sh/release-name': release } },
    spec: { replicas, template: { metadata: { annotations } } },
  };
}

const at = (workloads: readonly KubernetesObject[], pods: readonly Partial<LivePod>[] = []): LiveState => ({
  workloads,
  pods: pods as readonly LivePod[],
});
const said = (wanted: Made, other: Made, pods?: readonly Partial<LivePod>[]): readonly string[] =>
  rivalFindings([workload('new-a', wanted)], at([workload('old-a', other)], pods)).map(({ message }) => message);

it('names the workload of another release that runs the same, and what to do', () => {
  expect(rivalFindings([workload('new-a', { artifacts: 'task/a,task/b' })], at([workload('old-a')]))).toEqual([
    {
      code: 'MI-ROLLOUT-RUNS-ELSEWHERE',
      severity: 'error',
      message:
        'Deployment/old-a of the release old in the same namespace runs task/a too. While both run it, the work is done twice.',
      hint: 'If this release replaces it, list it in `takeOver` of the environment, or remove it first and wait until its pods are gone: helm uninstall old --namespace n. If it only has an artifact of the same name, use --accept MI-ROLLOUT-RUNS-ELSEWHERE.',
    },
  ]);
});

it.each<[string, number, Made, Made, (readonly Partial<LivePod>[])?]>([
  ['something else', 0, {}, { artifacts: 'task/b' }],
  ['both paused and live', 0, { replicas: 0 }, {}],
  ['the other at 0 pods', 0, {}, { replicas: 0 }],
  ['the other at 0 pods, its last one ending', 0, {}, { replicas: 0 }, [{ ending: true }]],
  ['the other at 0 pods, which its controller has not seen', 1, {}, { replicas: 0 }, [{ ending: false }]],
  ['guards in both, in whatever scope', 0, { coordination: 'lease' }, { coordination: 'lease' }],
  ['a guard in this one only', 1, { coordination: 'lease' }, {}],
  ['a guard in the other only', 1, {}, { coordination: 'lease' }],
  ['a database for both', 0, { coordination: 'database' }, { coordination: 'database' }],
  ['a database for one', 1, { coordination: 'database' }, {}],
  ['a guard and a database', 1, { coordination: 'lease' }, { coordination: 'database' }],
])('judges %s', (_what, findings, wanted, other, pods = []) => {
  const own = pods.map((pod) => ({ ...pod, workload: identity(workload('old-a')) }));
  expect(said(wanted, other, own)).toHaveLength(findings);
});

/** A workload of a release that coordinates through a database, and the ConfigMap with its deployment.toml. */
function coordinated(
  release: string,
  url: string,
): { readonly map: KubernetesObject; readonly made: KubernetesObject } {
  const name = `${release}-config`;
  const made = workload(`${release}-a`, { release, coordination: 'database' });
  const { template } = made.spec as { template: object };
  const volumes = [{ projected: { sources: [{ configMap: { name } }] } }];
  const toml = `[[datasource]]\nid = "OTHER"\nurl = "jdbc:mysql://${release}/x"\n\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\nurl = "${url}"\n\n[server]\n`;
  const metadata = { name, namespace: 'n' };
  return {
    map: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'deployment.toml': toml } },
    made: { ...made, spec: { replicas: 1, template: { ...template, spec: { volumes } } } },
  };
}

it.each([
  ['jdbc:mysql://db:3306/mi', 'jdbc:mysql://db/mi?useSSL=false', 0],
  ['jdbc:mysql://db/mi', 'jdbc:mariadb://db.n.svc.cluster.local.:3306/mi', 0],
  ['jdbc:mysql://db.n/mi', 'jdbc:mysql://db.n.svc.cluster.local/mi', 0],
  ['jdbc:mysql://db.n.svc/mi', 'jdbc:mysql://db.n.svc.cluster.local/mi', 0],
  ['jdbc:mysql://db/mi', 'jdbc:mysql://db.shop.svc/mi', 1],
  ['jdbc:mysql://db/mi', 'jdbc:mysql://db.corp.example/mi', 0],
  ['jdbc:mysql://db:3306/mi', 'jdbc:mysql://db:3307/mi', 1],
  ['jdbc:mysql://db/mi', 'jdbc:postgresql://db/mi', 1],
  ['jdbc:other://db/mi', 'jdbc:other://db:1234/mi', 0],
  ['jdbc:mysql://localhost:3307/mi', 'jdbc:mysql://db:3306/mi', 0],
  ['jdbc:mysql://db:3306/mi', 'jdbc:mysql://10.0.0.7:3306/mi', 0],
  ['jdbc:mysql://db:3306/mi', 'jdbc:mysql://$env{HOST}:3306/mi', 0],
  ['jdbc:mysql://a,b:3306/mi', 'jdbc:mysql://c,d:3306/mi', 0],
  ['$env{URL}', 'jdbc:mysql://db:3306/mi', 0],
  ['jdbc:sqlserver://db;encrypt=true;databaseName=mi', 'jdbc:sqlserver://db:1433;databaseName=mi;', 0],
  ['jdbc:sqlserver://db;databaseName=mi', 'jdbc:sqlserver://db;databaseName=mi2', 1],
  ['jdbc:mysql://db:3306/mi', 'jdbc:mysql://db:3306/other?useSSL=false', 1],
  ['jdbc:postgresql://db:5432/mi', 'jdbc:postgresql://db-two:5432/mi', 1],
])('judges releases with the databases %s and %s', (own, theirs, findings) => {
  const [mine, other] = [coordinated('new', own), coordinated('old', theirs)];
  const others = at([other.made]);
  const wanted = [mine.made, mine.map];
  expect(rivalFindings(wanted, { ...others, configMaps: [other.map] })).toHaveLength(findings);
  expect(rivalFindings(wanted, others)).toEqual([]);
});

it('says through which database another release does the work', () => {
  const [own, other] = [coordinated('new', 'jdbc:mysql://db/mi'), coordinated('old', 'jdbc:mysql://db/mi2')];
  expect(rivalFindings([own.made, own.map], { ...at([other.made]), configMaps: [other.map] })).toMatchObject([
    {
      message:
        'Deployment/old-a of the release old in the same namespace runs task/a too, through another database (mi2 on db:3306). While both run it, the work is done twice.',
      hint: expect.stringContaining('gone: helm uninstall old --namespace n. If both are to share the work, give both'),
    },
  ]);
});

it('says nothing of the workload that it changes itself, whoever has made it', () => {
  expect(rivalFindings([workload('a')], at([workload('a', { release: 'old' })]))).toEqual([]);
});

it('says nothing of a workload that is being deleted: its pods are waited for', () => {
  const old = workload('old-a');
  const ending = { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(rivalFindings([workload('new-a')], at([ending]))).toEqual([]);
});

it('says nothing of what the release runs already, where only what starts counts', () => {
  const others = at([workload('old-a')]);
  const target = [workload('new-a', { artifacts: 'task/a,task/b' })];
  expect(rivalFindings(target, others, [workload('new-x')])).toEqual([]);
  expect(rivalFindings(target, others, [workload('new-x', { artifacts: 'task/b' })])).toHaveLength(1);
});

/** A server without marks, as WSO2's chart or kubectl makes one. */
function unmarked(
  image: string,
  more: { readonly args?: readonly string[]; readonly helm?: string } = {},
): KubernetesObject {
  const { args = [], helm } = more;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'foreign',
      namespace: 'n',
      ...(helm === undefined ? {} : { annotations: { 'meta.helm.sh/release-name': helm } }),
    },
    spec: { replicas: 1, template: { spec: { containers: [{ name: 'wso2mi', image, args }] } } },
  };
}

/** A workload of this release with its image; `mounted`: its archives come from a volume. */
function ours(image: string, mounted = false): KubernetesObject {
  const made = workload('new-a');
  const template = (made.spec as { template: object }).template;
  const volumeMounts = mounted
    ? [{ mountPath: '/home/wso2carbon/wso2mi-4.6.0/repository/deployment/server/carbonapps' }]
    : [];
  const containers = [
    { name: 'sidecar', image: 'x:1' },
    { name: 'micro-integrator', image, volumeMounts },
  ];
  return { ...made, spec: { replicas: 1, template: { ...template, spec: { containers } } } };
}

/** A server without marks that gets its archives from a volume. */
function mounting(image: string): KubernetesObject {
  const made = unmarked(image);
  const mountPath = '/home/wso2carbon/wso2mi-4.3.0/repository/deployment/server/carbonapps';
  const containers = [{ name: 'wso2mi', image, volumeMounts: [{ mountPath }] }];
  return { ...made, spec: { replicas: 1, template: { spec: { containers } } } };
}

it('counts a server without marks that has the same image, under whatever version', () => {
  const found = (image: string, other: KubernetesObject, mounted = false): number =>
    rivalFindings([ours(image, mounted)], at([other])).length;
  expect(rivalFindings([ours('r.example:5000/acme/orders:2')], at([unmarked('r.example:5000/acme/orders')]))).toEqual([
    {
      code: 'MI-ROLLOUT-RUNS-ELSEWHERE',
      severity: 'error',
      message:
        'Deployment/foreign in the same namespace has the same image (r.example:5000/acme/orders), so it seems to run task/a too. While both run it, the work is done twice.',
      hint: 'If this release replaces it, scale it to 0 first (in git, if Argo CD deploys it), and wait until its pods are gone. If its image holds other artifacts under another tag, use --accept MI-ROLLOUT-RUNS-ELSEWHERE.',
    },
  ]);
  expect(rivalFindings([ours('acme/orders:2')], at([unmarked('acme/orders:1', { helm: 'old' })]))[0]?.hint).toContain(
    'list it in `takeOver` of the environment, or remove it first and wait until its pods are gone: helm uninstall old --namespace n. If its image',
  );
  const digest = `sha256:${'1'.repeat(64)}`;
  expect(found(`acme/orders@${digest}`, unmarked('acme/orders:1'))).toBe(1);
  expect(found('acme/orders:1', unmarked('acme/billing:1'))).toBe(0);
  expect(found('acme/orders:1', unmarked('acme/orders:1', { args: ['-DserverRoles=Other'] }))).toBe(0);
  expect(found('acme/orders:1', unmarked('acme/orders:1'), true)).toBe(0);
  expect(found('acme/mi:1', mounting('acme/mi:1'))).toBe(0);
  for (const own of ['wso2/wso2mi', 'docker.wso2.com/wso2mi', 'r.example/mirror/wso2mi', 'wso2/micro-integrator'])
    expect(found(`${own}:4.6.0`, unmarked(`${own}:4.3.0`))).toBe(0);
  expect(found('acme/wso2mi-orders:1', unmarked('acme/wso2mi-orders:1'))).toBe(1);
});

it.each([
  ['orders-1.2.0', 'orders-1.3.0', 1],
  ['1.2.0', '1.3.0', 1],
  ['1.2.0', 'latest', 1],
  ['orders-1.2.0', 'latest', 1],
  ['orders-1.2.0', '2.0.0', 1],
  ['main-12', 'develop-31', 1],
  ['feature-login-12', 'fix-totals-3', 1],
  ['login', 'totals', 1],
  ['1.0-alpine', '1.0-ubuntu', 1],
  ['1.0-blue', '1.0-green', 1],
  ['orders-1.0-eu-west', 'orders-1.0-us-east', 1],
  ['2026.11-3f2a1bc', '2026.12-9e8d7c6', 1],
  ['orders-1.2.0', 'billing-1.2.0', 0],
  ['1.2.0-orders', '2.0.0-SNAPSHOT-billing', 0],
  ['order-service-v3', 'billing-31', 0],
])('tells applications of one repository apart by the tags %s and %s', (own, theirs, findings) => {
  const found = (one: string, other: string): number =>
    rivalFindings([ours(`acme/mi:${one}`)], at([unmarked(`acme/mi:${other}`)])).length;
  expect([found(own, theirs), found(theirs, own)]).toEqual([findings, findings]);
});

it.each([
  ['orders-1.2.0', 0],
  ['billing-2.0.0', 1],
  ['4.6.0', 1],
])('reads the tag of a promoted image, which has only a digest, from its version %s', (version, findings) => {
  const made = ours(`acme/mi@sha256:${'1'.repeat(64)}`);
  const promoted = {
    ...made,
    metadata: { ...made.metadata, labels: { ...made.metadata.labels, 'app.kubernetes.io/version': version } },
  };
  expect(rivalFindings([promoted], at([unmarked('acme/mi:billing-1.0.0')])).length).toBe(findings);
});

/** A pod with the image of this release that no Deployment or StatefulSet has made. */
function loosePod(
  name: string,
  owner?: object,
  more: { readonly metadata?: object; readonly container?: object } = {},
): KubernetesObject {
  const owners = owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', ...owner }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', ...owners, ...more.metadata },
    spec: { containers: [{ name: 'mi', image: 'acme/orders:1', ...more.container }] },
    status: { phase: 'Running' },
  };
}

it.each<[string, readonly KubernetesObject[], readonly string[]]>([
  ['a pod alone', [loosePod('p')], ['Pod/p']],
  [
    'a DaemonSet',
    [loosePod('d-1', { kind: 'DaemonSet', name: 'd' }), loosePod('d-2', { kind: 'DaemonSet', name: 'd' })],
    ['DaemonSet/d'],
  ],
  [
    'a controller of OpenShift',
    [loosePod('c-1', { kind: 'ReplicationController', name: 'c' })],
    ['ReplicationController/c'],
  ],
  [
    'a Rollout of Argo Rollouts',
    [
      loosePod(
        'r-1',
        { kind: 'ReplicaSet', name: 'r' },
        { metadata: { labels: { 'rollouts-pod-template-hash': 'x' } } },
      ),
    ],
    ['Pod/r-1'],
  ],
  ['what a Deployment that is no more has left', [loosePod('r-1', { kind: 'ReplicaSet', name: 'r' })], ['Pod/r-1']],
  ['no pod of a Job', [loosePod('j-1', { kind: 'Job', name: 'j' })], []],
  ['no test of a release', [loosePod('t', undefined, { metadata: { annotations: { 'helm.sh/hook': 'test' } } })], []],
  ['what ends', [loosePod('p', undefined, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })], ['Pod/p']],
  [
    'nothing of what ends and says what it runs: a rollout waits for it',
    [
      loosePod(
        's-1',
        { kind: 'StatefulSet', name: 's' },
        { metadata: { annotations: { 'mi-patterns.io/stateful-artifacts': 'task/a' } } },
      ),
    ],
    [],
  ],
  ['no shell in the image', [loosePod('p', undefined, { container: { args: ['sh'] } })], []],
  ['no pod of another image', [loosePod('p', undefined, { container: { image: 'acme/billing:1' } })], []],
])('counts %s', (_what, pods, expected) => {
  const found = rivalFindings([ours('acme/orders:1')], othersAmong(pods, ['new']));
  expect(found.map(({ message }) => message.split(' ')[0])).toEqual(expected);
});

it('counts a server without marks until its pods are gone', () => {
  const foreign = (change: object): KubernetesObject => {
    const made = unmarked('acme/orders:1');
    return { ...made, metadata: { ...made.metadata, ...change }, spec: { ...(made.spec as object), replicas: 0 } };
  };
  const found = (change: object, pods: readonly Partial<LivePod>[]): number => {
    const own = pods.map((one) => ({ ...one, workload: identity(foreign(change)) }));
    return rivalFindings([ours('acme/orders:1')], at([foreign(change)], own)).length;
  };
  const ending = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect([found({}, []), found({}, [{ ending: true }]), found({}, [{ ending: false }])]).toEqual([0, 1, 1]);
  expect([found(ending, []), found(ending, [{ ending: true }])]).toEqual([0, 1]);
});

it('says what to do about a pod that nothing scales, and warns of one that runs another image', () => {
  const others = othersAmong([loosePod('p')], []);
  expect(rivalFindings([ours('acme/orders:1')], others)[0]?.hint).toMatch(
    /^If this release replaces it, remove it first \(in git, if Argo CD deploys it\), and wait until its pods are gone\./,
  );
  expect(strangerFindings([ours('acme/mi:1')], others, () => true)).toHaveLength(1);
  expect(strangerFindings([ours('acme/orders:1')], others, () => true)).toEqual([]);
});

it('warns of a server without marks of which it is not known what it runs', () => {
  const found = (other: KubernetesObject, isServer = true): readonly string[] =>
    strangerFindings([ours('acme/orders:2')], at([other]), () => isServer).map(({ message }) => message);
  expect(found(unmarked('acme/mi:1'))).toEqual([
    'Deployment/foreign in the same namespace runs Micro Integrator too, and is not taken over. If it runs task/a, the work is done twice.',
  ]);
  expect(found(unmarked('acme/mi:1'), false)).toEqual([]);
  expect(found(unmarked('acme/orders:1'))).toEqual([]);
  expect(found(workload('old-a', { artifacts: 'task/b' }))).toEqual([]);
  expect(strangerFindings([workload('new-a', { artifacts: '' })], at([unmarked('acme/mi:1')]), () => true)).toEqual([]);
});
