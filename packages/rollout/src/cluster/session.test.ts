import { oldReleases } from './old-releases.ts';
import { describe, expect, it } from 'vitest';
import { InputError } from '@mi-patterns/inventory';
import type { KubernetesObject } from '@mi-patterns/helm';
import { inNamespace, lackingRights, openSession, seesReplicaSets } from './session.ts';

const deployment = (namespace: string | undefined, labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders-night', ...(namespace === undefined ? {} : { namespace }), labels },
});
const ofChart = { 'mi-patterns.io/workload-type': 'stateful' };

describe('inNamespace', () => {
  it('refuses a workload in another namespace, whose pods no step of a rollout would see', () => {
    const place = (): unknown => inNamespace({ namespace: 'shop' }, [deployment('other', ofChart)]);
    expect(place).toThrow(InputError);
    expect(place).toThrow(/Deployment\/orders-night is in the namespace other, and the environment's is shop/);
  });

  it('lets pass what is in the namespace, names none, or is of no workload of the chart', () => {
    const objects = [
      deployment('shop', ofChart),
      deployment(undefined, ofChart),
      deployment('', ofChart),
      deployment('other', {}),
    ];
    expect(inNamespace({ namespace: 'shop' }, objects).map(({ metadata }) => metadata.namespace)).toEqual([
      'shop',
      'shop',
      'shop',
      'other',
    ]);
  });
});

describe('openSession', () => {
  const instance = (release: string): object => ({ 'app.kubernetes.io/instance': release });
  const made = (kind: string, name: string, release: string, more: object = {}): object => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop', labels: { ...instance(release), app: name }, ...more },
    spec: { selector: { matchLabels: { app: name } } },
  });
  const runs = { annotations: { 'mi-patterns.io/stateful-artifacts': 'task/a' } };
  const ending = { ...runs, deletionTimestamp: '2026-01-01T00:00:00Z' };
  const labelled = (app: string): object => ({ labels: { app } });
  const items = [
    made('Deployment', 'new-a', 'new', { annotations: { 'meta.helm.sh/release-name': 'new' } }),
    // Not made by helm: deployed by Argo CD, or by another chart.
    made('Deployment', 'stranger', 'new'),
    made('Deployment', 'argo-b', 'new', { labels: { ...instance('new'), 'mi-patterns.io/workload-type': 'stateful' } }),
    made('Deployment', 'old-a', 'old', { annotations: { 'meta.helm.sh/release-name': 'old' } }),
    made('Pod', 'old-a-1', 'old', { ...runs, ...labelled('old-a') }),
    made('Deployment', 'taken-a', 'taken', { annotations: { 'meta.helm.sh/release-name': 'taken' } }),
    made('Pod', 'gone-1', 'gone', { ...ending, ...labelled('gone') }),
    made('Pod', 'stray-1', 'stray', { ...runs, ...labelled('stray') }),
    made('Pod', 'removed-1', 'removed', { ...runs, ...labelled('removed'), ownerReferences: [{ kind: 'ReplicaSet' }] }),
    made('Deployment', 'leaving', 'leaving', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    made('Pod', 'leaving-1', 'leaving', { ...runs, ...labelled('leaving'), ownerReferences: [{ kind: 'ReplicaSet' }] }),
    made('Pod', 'old-a-2', 'old', { ...runs, ...labelled('old-a'), ownerReferences: [{ kind: 'ReplicaSet' }] }),
  ];
  const answer = async (): Promise<{ exitCode: number; stdout: string; stderr: string }> => ({
    exitCode: 0,
    stdout: JSON.stringify({ items }),
    stderr: '',
  });
  const tools = { helm: answer, kubectl: answer, helmMajor: async () => 4 };
  const session = openSession({
    target: { release: 'new', namespace: 'shop', context: 'c', tools },
    chart: '',
    values: [],
    takeOver: ['taken'],
    timeout: 1,
    evidenceFolder: '',
    startSeconds: () => 0,
    expected: [],
  });

  it('sees pods of a release that was removed until they have ended', async () => {
    expect((await session.live([])).pods.map(({ name }) => name)).toEqual(['gone-1', 'leaving-1', 'removed-1']);
  });

  it('tells the workloads of other releases from its own and from those that it takes over', async () => {
    const { workloads, pods } = await session.others();
    expect(workloads.map(({ metadata }) => metadata.name)).toEqual(['stranger', 'argo-b', 'old-a', 'leaving']);
    expect(pods.map(({ name }) => name)).toEqual(['leaving-1', 'old-a-1', 'old-a-2']);
  });
});

it('reads the deployment.toml of other releases that coordinate through a database', async () => {
  const annotations = { 'mi-patterns.io/coordination': 'database', 'mi-patterns.io/stateful-artifacts': 'task/a' };
  const template = { spec: { volumes: [{ configMap: { name: 'old-config' } }] } };
  const old = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'old-a', annotations },
    spec: { template },
  };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old-config' } };
  const kubectl = async (words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => ({
    exitCode: 0,
    stdout: JSON.stringify(words.includes('old-config') ? map : { items: [old] }),
    stderr: '',
  });
  const tools = { helm: kubectl, kubectl, helmMajor: async () => 4 };
  const target = { release: 'new', namespace: 'shop', context: 'c', tools };
  const options = { chart: '', values: [], timeout: 1, evidenceFolder: '', startSeconds: () => 0, expected: [] };
  expect((await openSession({ target, ...options }).others()).configMaps).toEqual([map]);
});

it.each([
  ['yes\n', true],
  ['no\n', false],
  ['no - RBAC: nothing\n', false],
  ['', true],
])('asks whether it may list ReplicaSets: %j', async (stdout, sees) => {
  const asked: string[] = [];
  const kubectl = async (words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
    asked.push(words.join(' '));
    const isQuestion = words.includes('can-i');
    return { exitCode: isQuestion && !sees ? 1 : 0, stdout: isQuestion ? stdout : 'namespace/shop', stderr: '' };
  };
  const tools = { helm: kubectl, kubectl, helmMajor: async () => 4 };
  const target = { release: 'new', namespace: 'shop', context: 'c', tools };
  const options = { chart: '', values: [], timeout: 1, evidenceFolder: '', startSeconds: () => 0, expected: [] };
  expect(await seesReplicaSets(openSession({ target, ...options }))).toBe(sees);
  expect(asked.at(-1)).toMatch(/--namespace shop .*auth can-i list replicasets\.apps$/);
});

it.each([
  ['yes', 'no', ['update secrets']],
  ['no', 'no - RBAC: nothing', ['create secrets', 'update secrets']],
  ['yes', '', []],
])('asks whether it may write what helm keeps of a release: %j and %j', async (create, update, expected) => {
  const kubectl = async (words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
    const stdout = words.includes('create') ? create : update;
    return { exitCode: stdout === 'yes' ? 0 : 1, stdout, stderr: '' };
  };
  const tools = { helm: kubectl, kubectl, helmMajor: async () => 4 };
  const target = { release: 'new', namespace: 'shop', context: 'c', tools };
  const options = { chart: '', values: [], timeout: 1, evidenceFolder: '', startSeconds: () => 0, expected: [] };
  expect(await lackingRights(openSession({ target, ...options }))).toEqual(expected);
});

it.each([
  [3, '--dry-run=server --validate'],
  [4, '--dry-run=server'],
])('renders what helm %i will bring, with what its templates look up in the cluster', async (major, expected) => {
  const asked: string[] = [];
  const helm = async (words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
    asked.push(words.join(' '));
    return { exitCode: 0, stdout: '', stderr: '' };
  };
  const tools = { helm, kubectl: helm, helmMajor: async () => major };
  const target = { release: 'new', namespace: 'shop', context: 'c', tools };
  const options = { chart: 'mi', values: [], timeout: 1, evidenceFolder: '', startSeconds: () => 0, expected: [] };
  expect(await openSession({ target, ...options }).wanted()).toEqual([]);
  expect(asked).toEqual([`template new mi --namespace shop --kube-context c --is-upgrade ${expected}`]);
});

it('takes over what an upgrade of the old release has left that failed', async () => {
  const annotations = (release: string): object => ({ 'meta.helm.sh/release-name': release });
  const made = (name: string, release: string): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', annotations: annotations(release) },
  });
  const answer = (stdout: string): Promise<{ exitCode: number; stdout: string; stderr: string }> =>
    Promise.resolve({ exitCode: 0, stdout, stderr: '' });
  const items = JSON.stringify({ items: [made('left', 'old'), made('stranger', 'another')] });
  const tools = { helm: () => answer(''), kubectl: () => answer(items), helmMajor: async () => 4 };
  const target = { release: 'new', namespace: 'shop', context: 'c', tools };
  const options = { chart: '', values: [], timeout: 1, evidenceFolder: '', startSeconds: () => 0, expected: [] };
  const [old] = await oldReleases(openSession({ target, ...options, takeOver: ['old'] }));
  expect(old?.objects.map(({ metadata }) => metadata.name)).toEqual(['left']);
});
