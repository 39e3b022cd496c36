import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentsOf } from '../configuration/environments.ts';
import { sealState } from '../files/seal.ts';
import { argoApplications, fluxReleases, type GitOpsSource } from './gitops.ts';

const environments = environmentsOf({
  release: 'orders',
  environments: {
    dev: { namespace: 'orders-dev' },
    prod: { namespace: 'orders', context: 'prod-cluster', approval: 'required', timeout: '5m' },
  },
});
const source = (chart: GitOpsSource['chart']): GitOpsSource => ({
  repository: 'https://git.example.com/orders.git',
  revision: 'main',
  folder: 'deploy',
  valuesFile: ({ name }) => `values-${name}.yaml`,
  chart,
});

describe('argoApplications', () => {
  it('gives no two environments one name, and the first one its own', () => {
    const all = environmentsOf({
      environments: { 'eu-prod': { release: 'orders' }, prod: { release: 'orders-eu' }, dev: { release: 'orders-eu' } },
    });
    const names = argoApplications(all, source({ oci: 'oci://r.example/mi' })).map(
      ({ text }) => (parse(text) as { metadata: { name: string } }).metadata.name,
    );
    expect(names).toEqual(['orders-eu-prod', 'orders-eu--prod', 'orders-eu-dev']);
  });

  it('points at chart and values, and leaves an environment with approval to people', () => {
    const files = argoApplications(
      environments,
      source({ repository: 'https://charts.example.com', name: 'micro-integrator', version: '1.0.0' }),
    );
    expect(files.map(({ path, text }) => [path, sealState(text)])).toEqual([
      ['argocd/dev.yaml', 'intact'],
      ['argocd/prod.yaml', 'intact'],
    ]);
    expect(parse(files[0]?.text ?? '')).toMatchObject({
      kind: 'Application',
      spec: {
        destination: { server: 'https://kubernetes.default.svc', namespace: 'orders-dev' },
        sources: [
          {
            repoURL: 'https://charts.example.com',
            chart: 'micro-integrator',
            targetRevision: '1.0.0',
            helm: { releaseName: 'orders', valueFiles: ['$values/deploy/values-dev.yaml'] },
          },
          { repoURL: 'https://git.example.com/orders.git', ref: 'values' },
        ],
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    });
    const prod = parse(files[1]?.text ?? '') as { spec: { syncPolicy: object; destination: object } };
    expect(prod.spec.syncPolicy).toEqual({ syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'] });
    // Argo CD prunes nothing unless it is told to.
    expect(files[1]?.text).toContain('It requires approval: argocd app sync orders-prod --prune\n');
    expect(prod.spec.destination).toEqual({ name: 'prod-cluster', namespace: 'orders' });
  });

  it.each([
    [
      { oci: 'oci://registry.example.com/charts/micro-integrator', version: '1.0.0' },
      { repoURL: 'registry.example.com/charts', chart: 'micro-integrator', targetRevision: '1.0.0' },
    ],
    [
      { path: 'charts/mi' },
      { repoURL: 'https://git.example.com/orders.git', path: 'charts/mi', targetRevision: 'main' },
    ],
  ])('knows every source of a chart: %j', (chart, expected) => {
    expect(parse(argoApplications(environments, source(chart))[0]?.text ?? '')).toMatchObject({
      spec: { sources: [expected, {}] },
    });
  });
});

describe('fluxReleases', () => {
  it('makes a ConfigMap of the values file and refers to it', () => {
    const files = new Map(
      fluxReleases(
        environments,
        source({ oci: 'oci://registry.example.com/charts/micro-integrator', version: '1.0.0' }),
      ).map(({ path, text }) => [path, parse(text) as Record<string, unknown>]),
    );
    expect([...files.keys()].slice(0, 5)).toEqual([
      'flux/dev/kustomization.yaml',
      'flux/dev/namespace.yaml',
      'flux/dev/name-references.yaml',
      'flux/dev/chart-source.yaml',
      'flux/dev/helm-release.yaml',
    ]);
    expect(files.get('flux/dev/kustomization.yaml')).toMatchObject({
      configMapGenerator: [{ name: 'orders-values', files: ['values.yaml=../../values-dev.yaml'] }],
    });
    expect(files.get('flux/dev/helm-release.yaml')).toMatchObject({
      kind: 'HelmRelease',
      spec: {
        chartRef: { kind: 'OCIRepository', name: 'orders-chart' },
        valuesFrom: [{ kind: 'ConfigMap', name: 'orders-values' }],
      },
    });
    expect(files.get('flux/prod/helm-release.yaml')).toMatchObject({ spec: { suspend: true, timeout: '300s' } });
    expect(files.get('flux/dev/chart-source.yaml')).toMatchObject({
      kind: 'OCIRepository',
      spec: { ref: { tag: '1.0.0' } },
    });
  });

  it.each([
    [{ repository: 'https://charts.example.com', name: 'mi' }, 'HelmRepository', { chart: 'mi', version: '*' }],
    [{ path: 'charts/mi' }, 'GitRepository', { chart: './charts/mi' }],
  ])('knows every source of a chart: %j', (chart, kind, expected) => {
    const files = fluxFiles(source(chart));
    expect(files['chart-source.yaml']).toMatchObject({ kind });
    expect(files['helm-release.yaml']).toMatchObject({
      spec: { chart: { spec: { ...expected, sourceRef: { kind, name: 'orders-chart' } } } },
    });
  });

  it('makes the namespace that its objects live in, and leaves one that is there to others', () => {
    const files = fluxFiles(source({ path: 'charts/mi' }));
    expect(files['kustomization.yaml']).toMatchObject({
      resources: ['namespace.yaml', 'chart-source.yaml', 'helm-release.yaml'],
    });
    expect(files['namespace.yaml']).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'orders-dev',
        annotations: {
          'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        },
      },
    });
  });

  it('never rolls back, which would start what ran before beside what runs now', () => {
    const { spec } = fluxFiles(source({ path: 'charts/mi' }))['helm-release.yaml'] as { spec: Record<string, unknown> };
    const retry = { strategy: { name: 'RetryOnFailure' } };
    expect(spec).toMatchObject({ install: retry, upgrade: retry });
    expect(JSON.stringify(spec)).not.toContain('remediation');
  });

  it.each([
    [
      'https://git.example.com/orders.git',
      'main',
      { url: 'https://git.example.com/orders.git', ref: { branch: 'main' } },
    ],
    [
      'git@git.example.com:acme/orders.git',
      'refs/tags/1.0',
      {
        url: 'ssh://git@git.example.com/acme/orders.git',
        ref: { name: 'refs/tags/1.0' },
        secretRef: { name: 'orders-git' },
      },
    ],
    [
      'ssh://git@git.example.com:2222/orders.git',
      'a'.repeat(40),
      {
        url: 'ssh://git@git.example.com:2222/orders.git',
        ref: { commit: 'a'.repeat(40) },
        secretRef: { name: 'orders-git' },
      },
    ],
  ])('reads %s at %s', (repository, revision, spec) => {
    const files = fluxFiles({ ...source({ path: 'charts/mi' }), repository, revision });
    expect(files['chart-source.yaml']?.['spec']).toEqual({ interval: '10m', ...spec });
  });

  it.each([
    ['1.0.0', { tag: '1.0.0' }],
    ['1.0.0-rc.1+b.2', { tag: '1.0.0-rc.1_b.2' }],
    ['1.x', { semver: '1.x' }],
    ['>=1.0.0 <2.0.0', { semver: '>=1.0.0 <2.0.0' }],
    [undefined, { semver: '*' }],
  ])('takes version %s from a registry', (version, ref) => {
    const oci = 'oci://registry.example.com/charts/micro-integrator';
    const files = fluxFiles(source(version === undefined ? { oci } : { oci, version }));
    expect(files['chart-source.yaml']).toMatchObject({ spec: { ref } });
  });
});

/** What Flux reads for the first environment, by the names of the files. */
function fluxFiles(from: GitOpsSource): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const files = fluxReleases(environments.slice(0, 1), from);
  return Object.fromEntries(files.map(({ path, text }) => [path.replace('flux/dev/', ''), parse(text)]));
}
