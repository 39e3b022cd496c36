import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from 'zx';
import { provideTool } from '../../../scripts/lib/tools.ts';
import { call, read } from '../harness/api.ts';
import { until } from '../harness/processes.ts';
import { makeRepository, type GitOpsAgent } from './gitops.ts';
import type { Target } from './target.ts';

const home = 'argocd';
const application = 'proof';
const [redisPort, repositoryPort, metricsPort] = [19_010, 19_011, 19_012];
const applications = `/apis/argoproj.io/v1alpha1/namespaces/${home}/applications`;

interface OperationState {
  readonly phase: 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  readonly operation: { readonly sync?: { readonly revision?: string } };
}

interface Application {
  readonly status?: { readonly operationState?: OperationState };
}

/**
 * Starts Argo CD's application controller and repository server, built in `source`, a copy of its source, beside the
 * cluster, with one Application: the files of a new git repository in `folder`. It syncs when it is told to, with the
 * defaults of Argo CD, and prunes.
 */
export async function startArgoCd(
  source: string,
  target: Target,
  namespace: string,
  folder: string,
): Promise<GitOpsAgent> {
  const { repository, commit } = await makeRepository(folder);
  await prepareCluster(source, target, namespace, repository);
  const stop = await startParts(source, target, folder);
  const begin: GitOpsAgent['begin'] = async (manifests) => {
    const revision = await commit(manifests);
    await call(
      target.api,
      'PATCH',
      `${applications}/${application}`,
      { operation: { initiatedBy: { username: 'proof' }, sync: { revision, prune: true } } },
      'application/merge-patch+json',
    );
    const state = async (): Promise<OperationState | undefined> => {
      const now = (await read<Application>(target.api, `${applications}/${application}`))?.status?.operationState;
      return now?.operation.sync?.revision === revision && now.phase !== 'Running' ? now : undefined;
    };
    const isDone = async (): Promise<boolean> => (await state()) !== undefined;
    const done = async (seconds: number): Promise<void> => {
      await until(seconds, 'Argo CD to be done with the sync', isDone);
      const end = await state();
      if (end?.phase !== 'Succeeded') throw new Error(`Argo CD: ${end?.phase}: ${end?.message}`);
    };
    return { isDone, done };
  };
  return { begin, sync: async (manifests, seconds) => (await begin(manifests)).done(seconds), stop };
}

/** The kinds of Argo CD, its settings, all of them empty, and the Application. */
async function prepareCluster(source: string, target: Target, namespace: string, repository: string): Promise<void> {
  for (const kind of ['application', 'appproject'])
    await target.kubectl(
      'apply',
      '--server-side',
      '--force-conflicts',
      '--filename',
      join(source, 'manifests', 'crds', `${kind}-crd.yaml`),
    );
  await sleep(3000);
  const labels = { 'app.kubernetes.io/part-of': 'argocd' };
  await create(target, '/api/v1/namespaces', { metadata: { name: home } });
  await create(target, `/api/v1/namespaces/${home}/configmaps`, { metadata: { name: 'argocd-cm', labels } });
  await create(target, `/api/v1/namespaces/${home}/secrets`, {
    metadata: { name: 'argocd-secret', labels },
    stringData: { 'server.secretkey': 'for-a-test-cluster' },
  });
  const api = { apiVersion: 'argoproj.io/v1alpha1' };
  await create(target, `/apis/argoproj.io/v1alpha1/namespaces/${home}/appprojects`, {
    ...api,
    kind: 'AppProject',
    metadata: { name: 'default' },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  });
  await create(target, applications, {
    ...api,
    kind: 'Application',
    metadata: { name: application },
    spec: {
      project: 'default',
      source: { repoURL: `file://${repository}`, path: '.', targetRevision: 'HEAD' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
    },
  });
}

/** An earlier run may have made it. */
async function create({ api }: Target, path: string, object: object): Promise<void> {
  const { status, body } = await api.request('POST', path, object);
  if (status >= 300 && status !== 409) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
}

/** Redis, the repository server and the controller, as processes of this machine. Answers how they are ended. */
async function startParts(source: string, { environment }: Target, folder: string): Promise<() => void> {
  const log = createWriteStream(join(folder, 'argo-cd.log'), { flags: 'a' });
  const temporary = join(folder, 'argo-cd');
  mkdirSync(temporary, { recursive: true });
  const helm = await provideTool('helm', () => undefined);
  const started: ChildProcess[] = [];
  const start = (program: string, words: readonly string[], name = ''): void => {
    const child = spawn(program, words, {
      cwd: temporary,
      env: {
        ...environment,
        PATH: [dirname(helm), environment.PATH].join(delimiter),
        HOME: temporary,
        TMPDIR: temporary,
        ARGOCD_BINARY_NAME: name,
        ARGOCD_GPG_ENABLED: 'false',
        // The cluster of the kubeconfig is its own.
        ARGOCD_FAKE_IN_CLUSTER: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => void log.write(part));
    started.push(child);
  };
  const argo = join(source, 'argocd');
  const redis = `127.0.0.1:${redisPort}`;
  const words = (text: string): string[] => text.split(' ');
  start(await which('redis-server'), ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1']);
  start(
    argo,
    words(
      `--redis ${redis} --port ${repositoryPort} --metrics-port ${metricsPort + 1} --address 127.0.0.1 --disable-tls`,
    ),
    'argocd-repo-server',
  );
  start(
    argo,
    words(
      `--redis ${redis} --repo-server 127.0.0.1:${repositoryPort} --repo-server-plaintext --metrics-port ${metricsPort} --namespace ${home}`,
    ),
    'argocd-application-controller',
  );
  return () => {
    for (const child of started) child.kill('SIGTERM');
    log.end();
  };
}
