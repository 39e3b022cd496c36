import { expect, it } from 'vitest';
import { ToolFailure } from '@mi-patterns/helm';
import type { Tools } from '../tools/tools.ts';
import { releaseEffects, toldTests } from './change-release.ts';
import type { ClusterSession } from './session.ts';
import type { Trouble } from './trouble.ts';

/** A helm that waits until it is told to end. */
const tools = {
  helmMajor: () => Promise.resolve(4),
  helm: (_words: readonly string[], { signal }: { readonly signal: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      const end = (): void => reject(new ToolFailure({ reason: 'aborted', message: 'helm was stopped', hint: '' }));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    }),
} as unknown as Tools;

function upgradeWith(user: AbortSignal, isHopeless: boolean): Promise<unknown> {
  const cause = { object: 'Deployment/a', why: 'cannot create pods: no', next: 'Do.', vague: false };
  const trouble: Pick<Trouble, 'observe'> = {
    observe: (_wanted, until, { onHopeless }) => {
      if (isHopeless) setTimeout(() => onHopeless?.());
      const ended = new Promise<void>((resolve) => until.addEventListener('abort', () => resolve()));
      return Promise.resolve({ causes: ended.then(() => [cause]) });
    },
  };
  const session = {
    target: { release: 'r', namespace: 'n', context: 'c', tools },
    options: { chart: 'c', values: [], timeout: 600 },
    signal: user,
    wanted: () => Promise.resolve([]),
    history: () => Promise.resolve([]),
    released: () => Promise.resolve([]),
  } as unknown as ClusterSession;
  return releaseEffects(session, trouble as Trouble).upgrade({ rollBack: false, onProgress: () => {} });
}

it('ends an upgrade that is hopeless and says why, and is cancelled by the user only', async () => {
  expect(await upgradeWith(new AbortController().signal, true)).toEqual({
    state: 'failed',
    message:
      'Deployment/a cannot create pods: no. This did not change while the rollout waited, so the upgrade was ended.',
    next: 'Do.',
    wentBack: false,
  });
  await expect(upgradeWith(AbortSignal.timeout(10), false)).rejects.toThrow('helm was stopped');
});

it('takes the pods of failed tests away with a release that it removes, and nothing else that hooks have made', async () => {
  const hook = (kind: string, name: string, when: string): string =>
    `---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: "${when}"}\n`;
  const hooks = [hook('Pod', 'r-test', 'test'), hook('PersistentVolumeClaim', 'data', 'pre-install')].join('');
  const ran: string[] = [];
  const ended = { exitCode: 0, stderr: '' };
  const told = {
    helm: async ([word = '']: readonly string[]) => (ran.push(word), { ...ended, stdout: word === 'get' ? hooks : '' }),
    kubectl: async (words: readonly string[]) => (ran.push(words.slice(5).join(' ')), { ...ended, stdout: '' }),
    helmMajor: () => Promise.resolve(4),
  };
  const target = { release: 'r', namespace: 'n', context: 'c', tools: told };
  const session = { target, options: { timeout: 600 }, signal: new AbortController().signal };
  await releaseEffects(session as unknown as ClusterSession, {} as Trouble).uninstall();
  expect(ran).toEqual(['get', 'uninstall', 'delete pod r-test --ignore-not-found --wait=false']);
});

it('tells tests that failed from those whose pods the cluster refused', () => {
  const quota = 'pods "r-test" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2';
  const state = (stderr: string): string => toldTests(stderr, '').state;
  const failed = [
    'Error: pod r-test failed',
    'Error: resource Pod/n/r-test not ready. status: Failed, message: pod r-test failed\ncontext deadline exceeded',
    'Error: timed out waiting for the condition',
    // Words of a test, and of the removal of its pod: helm prints both to stderr.
    `orders is forbidden: no\nError: orders is forbidden: no\nError: pod r-test failed`,
    '2026/01/01 00:00:00 error deleting the hook resource on hook failure: pods "r-test" is forbidden: no\nError: pod r-test failed',
    'is forbidden: no',
  ];
  expect(failed.filter((stderr) => state(stderr) !== 'failed')).toEqual([]);
  const refused = [
    'pods is forbidden: User "ann" cannot create resource "pods" in API group "" in the namespace "n"',
    'pods "r-test" is forbidden: User "ann" cannot delete resource "pods" in API group "" in the namespace "n"',
    'pods "r-test" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
    quota,
    'admission webhook "policy.example.com" denied the request: no',
    'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post "https://policy.p.svc:443/v?timeout=10s": context deadline exceeded',
    `1 error occurred:\n\t* ${quota}\n\n`,
  ].flatMap((words) => [`Error: ${words}`, `pod a: fine\nError: warning: Hook test r/test-pod.yaml failed: ${words}`]);
  expect(refused.filter((stderr) => state(stderr) !== 'not-begun')).toEqual([]);
});

it('takes no tests for failed that the cluster broke off', async () => {
  const tested = (stderr: string): Promise<unknown> => {
    const failure = new ToolFailure({ reason: 'exit', command: ['helm'], exitCode: 1, stderr, message: '', hint: '' });
    const target = { tools: { ...tools, helm: () => Promise.reject(failure) } };
    const session = { target, options: { timeout: 600 }, signal: new AbortController().signal };
    return releaseEffects(session as unknown as ClusterSession, {} as Trouble).test();
  };
  await expect(tested('Error: update: failed to update: Unauthorized')).rejects.toBeInstanceOf(ToolFailure);
  await expect(tested('Error: kubernetes cluster unreachable: connection refused')).rejects.toBeInstanceOf(ToolFailure);
  expect(await tested('orders: connection refused\nError: pod r-test failed')).toMatchObject({ state: 'failed' });
});
