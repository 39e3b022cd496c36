import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { residentHelm } from '@mi-patterns/helm/test-resident';
import { runCommandLine } from '../command-line.ts';

const example = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moves-'));
  cpSync(example, folder, { recursive: true, filter: (file) => !file.endsWith('mi-patterns.yaml') });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `generate` says of moves, with the settings of the sample changed. */
async function moves(settings: object, ...words: string[]): Promise<{ message: string; hint: string }[]> {
  const base = { artifacts: ['.'], release: 'orders', image: { repository: 'acme/orders', tag: '1' } };
  writeFileSync(join(folder, 'mi-patterns.yaml'), JSON.stringify({ ...base, ...settings }));
  let out = '';
  await runCommandLine(['generate', '--out', 'deploy', '--no-package', '--json', ...words], {
    cwd: folder,
    environment: {},
    stdout: (text) => void (out += text),
    stderr: () => undefined,
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
  const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; message: string; hint: string }[] };
  return diagnostics.filter(({ code }) => /^MI-GENERATE-(?:MOVED|NOT-COMPARED|SAME-IMAGE)$/.test(code));
}

function git(...words: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd: folder });
}

function commit(): void {
  git('add', 'deploy', 'mi-patterns.yaml');
  git('commit', '--quiet', '--message', 'Generate', '--allow-empty');
}

const single = { pattern: 'single-replica' };
const coordinated = { pattern: 'coordinated', replicas: 3 };

describe('in a repository of git', () => {
  beforeEach(() => git('init', '--quiet', '--initial-branch', 'trunk'));

  it('tells what moves until it is committed, also in a second run and a check', async () => {
    await moves(single);
    expect(await moves(coordinated)).toEqual([]);
    await moves(single);
    commit();
    const found = await moves(coordinated);
    expect(found.map(({ message }) => message)).toEqual([
      'task/recurringOrder_Task moves from Deployment/orders-integration to Deployment/orders-recurring-order-task, and no guard makes its new pod wait. Where Argo CD or kubectl apply deploys these values over those of HEAD, it runs twice until the old pod has ended.',
      'task/schedulOrder_Task moves from Deployment/orders-integration to Deployment/orders-schedul-order-task, and no guard makes its new pod wait. Where Argo CD or kubectl apply deploys these values over those of HEAD, it runs twice until the old pod has ended.',
    ]);
    expect(found[0]?.hint).toContain('set workloads.integration.paused: true under `values` in mi-patterns.yaml');
    expect(await moves(coordinated)).toEqual(found);
    expect(await moves(coordinated, '--check')).toEqual(found);
    commit();
    expect(await moves(coordinated, '--check')).toEqual([]);
    // What is pushed is what is deployed.
    git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
    expect((await moves(coordinated, '--check')).map(({ message }) => message)).toEqual(
      found.map(({ message }) => message.replace('HEAD', 'origin/main')),
    );
  });

  it('tells that other artifacts come in an image of the same name, until its tag is another', async () => {
    const task = join(folder, 'src/main/wso2mi/artifacts/tasks/recurringOrder_Task.xml');
    const tagged = (tag: string): object => ({ ...single, image: { repository: 'acme/orders', tag } });
    await moves(single);
    commit();
    writeFileSync(task, readFileSync(task, 'utf8').replace('interval="60"', 'interval="30"'));
    expect((await moves(single)).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^These values are for other artifacts than those of HEAD, but name the same image acme\/orders:1\. /,
      ),
    ]);
    expect(await moves(tagged('2'))).toEqual([]);
    expect(await moves({ ...single, image: { repository: 'acme/orders' } })).toEqual([]);
    expect(
      await moves({ ...single, image: { repository: 'acme/orders', digest: `sha256:${'a'.repeat(64)}` } }),
    ).toEqual([]);
    await moves(tagged('2'));
    commit();
    expect(await moves(tagged('2'))).toEqual([]);
  });

  it('tells what every pod ran by its verdict, and is to run in one place only', async () => {
    const verdict = (id: string, name: string): object => ({ verdicts: { [id]: { class: name, reason: 'it is so' } } });
    const task = 'task/recurringOrder_Task';
    await moves({ ...coordinated, ...verdict(task, 'stateless') });
    commit();
    const told =
      'task/recurringOrder_Task counted as stateless until now, so every pod of Deployment/orders-integration may run it, and is to run in Deployment/orders-recurring-order-task alone. When these values are deployed over those of HEAD, it runs twice until the old pods have ended.';
    const hint =
      'To prevent that, make this change with workloads.recurring-order-task.paused: true first. When those pods have been replaced, remove paused. Set it under `values` in mi-patterns.yaml.';
    expect(await moves(coordinated)).toMatchObject([{ message: told, hint }]);
    commit();
    expect(await moves(coordinated)).toEqual([]);
    // The planner says that the API runs in every pod, and the verdict that it must not.
    const [alone, ...more] = await moves({ ...coordinated, ...verdict('api/OrderAPI', 'isolate') });
    expect(more).toEqual([]);
    expect(alone?.message).toContain('api/OrderAPI counted as stateless until now');
    const paused = { values: { workloads: { 'recurring-order-task': { paused: true } } } };
    await moves({ ...coordinated, ...verdict(task, 'stateless') });
    commit();
    expect(await moves({ ...coordinated, ...paused })).toEqual([]);
    commit();
    expect(await moves(coordinated)).toEqual([]);
  });

  const task = 'task/recurringOrder_Task moves from Deployment/orders-integration to Deployment/orders-recurring-';
  const prod = (settings: object, name = 'prod'): object => ({
    environments: { [name]: { namespace: 'shop', ...settings } },
  });

  it.each<[string, object, readonly string[]]>([
    ['in another folder', prod(coordinated), ['--out', 'elsewhere']],
    ['of another name', prod(coordinated, 'production'), []],
    ['of another name in another folder', { ...coordinated, namespace: 'shop' }, ['--out', 'elsewhere']],
    ['of another name, whose namespace is not written', coordinated, []],
  ])('knows the release again by the files of the commit, where the new one is %s', async (_, settings, words) => {
    await moves(prod(single));
    commit();
    const [found, ...more] = await moves(settings, ...words);
    expect(found?.message).toContain(task);
    expect(found?.message).toContain('over those of HEAD:deploy/values-prod.yaml, it runs twice');
    expect(more).toHaveLength(1);
  });

  it('takes no other release for its own', async () => {
    // One release in two clusters, in one environment each.
    const two = (one: object, other: object): object => ({
      environments: { one: { context: 'one', ...one }, other: { context: 'other', ...other } },
    });
    await moves(two(single, single));
    commit();
    expect(await moves(two(single, coordinated), '--env', 'one')).toEqual([]);
    expect(await moves(two(single, coordinated), '--env', 'one', '--out', 'elsewhere')).toEqual([]);
    expect(await moves(two(single, coordinated), '--env', 'other', '--out', 'elsewhere')).toHaveLength(2);
    const more = { environments: { one: single, other: single, more: { context: 'more', ...coordinated } } };
    expect(await moves(more, '--env', 'more')).toEqual([]);
    expect(await moves({ ...coordinated, release: 'another' }, '--out', 'elsewhere')).toEqual([]);
    const alone = { environments: { other: { context: 'other', ...single } } };
    await moves(two(coordinated, single));
    commit();
    expect(await moves(alone, '--out', 'elsewhere')).toEqual([]);
  });

  it('tells of a release that goes on beside one of another name', async () => {
    await moves(prod(single));
    commit();
    const [found] = await moves(prod({ ...coordinated, release: 'shop' }));
    expect(found).toMatchObject({
      message:
        'task/recurringOrder_Task moves from Deployment/orders-integration to Deployment/shop-recurring-order-task, and no guard makes its new pod wait. Unless the release orders in the namespace shop, which those of HEAD deploy, is uninstalled first, it runs twice.',
      hint: 'First uninstall it: helm uninstall orders --namespace shop. Or list it under takeOver if both are in one namespace: mi-patterns rollout then ends its pods first.',
    });
    expect(await moves(prod({ ...single, release: 'shop', takeOver: ['orders'] }))).toEqual([]);
  });

  it('says nothing once the old workload is paused, and of a new image', async () => {
    const paused = { values: { workloads: { integration: { paused: true } } } };
    await moves({ ...single, ...paused });
    commit();
    expect(await moves(coordinated)).toEqual([]);
    commit();
    expect(await moves({ ...coordinated, image: { repository: 'acme/orders', tag: '2' } })).toEqual([]);
  });

  it('says in a check that a clone of one commit has nothing to compare with', async () => {
    await moves(single);
    commit();
    git('remote', 'add', 'origin', 'https://git.example/o.git');
    expect(await moves(single)).toEqual([]);
    const [found, ...more] = await moves(single, '--check');
    expect(more).toEqual([]);
    expect(found?.message).toContain('against HEAD, since this clone has no origin/main: a move that HEAD already has');
    expect(found?.hint).toBe('Run git fetch origin main:refs/remotes/origin/main first.');
    // The remote's own branch has another name.
    git('update-ref', 'refs/remotes/origin/master', 'HEAD');
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/master');
    expect(await moves(single, '--check')).toEqual([]);
    expect((await moves(coordinated))[0]?.message).toContain('those of origin/HEAD,');
  });

  it('says that git cannot be asked, once there are values', async () => {
    const repository = join(folder, '.git');
    renameSync(repository, join(folder, 'aside'));
    writeFileSync(repository, 'gitdir: /nowhere\n');
    expect(await moves(single)).toEqual([]);
    const [found, ...more] = await moves(coordinated, '--check');
    expect(more).toEqual([]);
    expect(found?.message).toContain('since git cannot tell what is deployed: not a git repository: /nowhere.');
  });

  it('says that the chart refuses what is deployed', async () => {
    await moves(single);
    const file = join(folder, 'deploy/values.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}formerKey: true\n`);
    commit();
    const [found, ...more] = await moves(coordinated, '--force');
    expect(more).toEqual([]);
    expect(found?.message).toContain('not looked for, since this version of the chart refuses those of HEAD: ');
    expect(found?.message).toContain('formerKey');
    expect(found?.hint).toContain('mi-patterns diff --env default --against MANIFESTS.yaml');
  });

  it('goes by guards that wait for each other', async () => {
    const guarded = (scope: string): object => ({
      values: { fencing: { image: 'acme/lease-guard:1', scope }, workloadDefaults: { recovery: 'fenced' } },
    });
    await moves({ ...single, ...guarded('') });
    commit();
    expect(await moves({ ...coordinated, ...guarded('') })).toEqual([]);
    expect((await moves({ ...coordinated, ...guarded('other') }))[0]?.message).toContain(
      ', and the guard of its new pod does not wait for that of the old one.',
    );
    expect((await moves({ ...single, ...guarded('other') }))[0]?.message).toContain(
      'task/recurringOrder_Task stays in Deployment/orders-integration, and the guard of its new pod does not wait for the old pod.',
    );
  });
});

it('knows earlier verdicts and names without a repository', async () => {
  const argo = ['--format', 'argocd', '--git-repository', 'https://git.example/o.git'];
  const chart = { oci: 'oci://registry.example/mi', version: '1.0.0' };
  const verdicts = { 'task/recurringOrder_Task': { class: 'stateless', reason: 'it is so' } };
  await moves({ ...coordinated, chart, verdicts }, ...argo);
  const [found] = await moves({ chart, environments: { prod: coordinated } }, ...argo);
  expect(found?.message).toContain('task/recurringOrder_Task counted as stateless until now, so every pod of');
  expect(found?.message).toContain('over those of the last run:values.yaml, it runs twice');
});

it('goes by the files of the last run where there is no repository, and by the Application', async () => {
  const argo = ['--format', 'argocd', '--git-repository', 'https://git.example/o.git'];
  const place = (release: string, namespace: string): object => ({
    ...single,
    chart: { oci: 'oci://registry.example/mi', version: '1.0.0' },
    environments: { prod: { release, namespace } },
  });
  await moves(place('orders', 'one'), ...argo);
  const [moved] = await moves(place('orders', 'two'), ...argo);
  expect(moved?.message).toContain(
    'from Deployment/orders-integration in the namespace one to Deployment/orders-integration in two,',
  );
  expect(moved?.message).toContain('over those of the last run');
  expect(moved?.hint).toContain('set workloads.integration.paused: true under `environments.prod.values` in mi-');
  const [renamed] = await moves(place('shop', 'two'), ...argo);
  expect(renamed?.hint).toBe(
    'First delete the Application orders-prod with its objects, and wait until its pods are gone: beside shop-prod it would go on.',
  );
  expect(await moves({ ...place('orders', 'one'), ...coordinated })).toEqual([]);
});
