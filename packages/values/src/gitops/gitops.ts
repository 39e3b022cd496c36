import type { Environment } from '../configuration/environments.ts';
import type { Configuration } from '../generated/configuration.ts';
import { seal } from '../files/seal.ts';
import { emitYaml } from '../yaml/emit.ts';

/** A generated file, by its path below the folder of the values files. */
export interface GitOpsFile {
  readonly path: string;
  /** Sealed; see `files/seal.ts`. */
  readonly text: string;
}

export interface GitOpsSource {
  /** Address of the git repository that holds the values files. */
  readonly repository: string;
  /** Branch, commit, or a whole name such as `refs/tags/1.0`. */
  readonly revision: string;
  /** Folder of the values files in that repository. */
  readonly folder: string;
  /** Name of an environment's values file. */
  readonly valuesFile: (environment: Environment) => string;
  /** As in `mi-patterns.yaml`; for a chart in a folder its path in the git repository. */
  readonly chart: NonNullable<Configuration['chart']>;
}

/** Where Argo CD finds the chart: in a registry, a repository of charts, or the git repository of the values. */
function chartLocation(chart: GitOpsSource['chart'], source: GitOpsSource): Readonly<Record<string, string>> {
  const version = chart.version ?? '*';
  if (chart.oci !== undefined)
    return {
      repoURL: chart.oci.replace(/^oci:\/\//, '').replace(/\/[^/]+$/, ''),
      chart: chart.oci.split('/').pop() ?? '',
      targetRevision: version,
    };
  if (chart.repository !== undefined)
    return { repoURL: chart.repository, chart: chart.name ?? 'micro-integrator', targetRevision: version };
  return {
    repoURL: source.repository,
    path: chart.path ?? 'charts/micro-integrator',
    targetRevision: source.revision,
  };
}

/**
 * An Argo CD Application for each environment. Chart and values are two sources of it, so the values stay in git
 * (argo-cd docs/user-guide/multiple_sources.md). Pure.
 */
export function argoApplications(environments: readonly Environment[], source: GitOpsSource): readonly GitOpsFile[] {
  const { chart } = source;
  return environments.map((environment) => {
    const values = {
      helm: {
        releaseName: environment.release,
        valueFiles: [`$values/${joined(source.folder, source.valuesFile(environment))}`],
      },
    };
    const chartSource = { ...chartLocation(chart, source), ...values };
    const application = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: environment.gitOpsName, namespace: 'argocd' },
      spec: {
        project: 'default',
        destination: {
          ...(environment.context === undefined
            ? { server: 'https://kubernetes.default.svc' }
            : { name: environment.context }),
          namespace: environment.namespace ?? 'default',
        },
        sources: [chartSource, { repoURL: source.repository, targetRevision: source.revision, ref: 'values' }],
        // What is applied in the server leaves the replicas to the autoscaler, as helm 4 does.
        syncPolicy: {
          ...(environment.approval === 'required' ? {} : { automated: { prune: true, selfHeal: true } }),
          syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
        },
      },
    };
    // Without pruning, a stateful workload that a change takes away goes on beside the new one.
    const approval =
      environment.approval === 'required'
        ? ` It requires approval: argocd app sync ${application.metadata.name} --prune`
        : '';
    return file(
      `argocd/${environment.name}.yaml`,
      `Argo CD Application of the environment ${environment.name}.${approval}`,
      [application],
    );
  });
}

/**
 * A Flux HelmRelease for each environment, with a kustomization that makes a ConfigMap of the values file, and the
 * source of the chart (fluxcd.io/flux/guides/helmreleases). Flux retries what fails and never rolls back: a rollback of
 * helm does not ask the chart, and would start the old owner of a stateful artifact beside the new one. Pure.
 */
export function fluxReleases(environments: readonly Environment[], source: GitOpsSource): readonly GitOpsFile[] {
  return environments.flatMap((environment) => {
    const { gitOpsName: name } = environment;
    const namespace = environment.namespace ?? 'default';
    const values = fluxValues(environment);
    const folder = `flux/${environment.name}`;
    const { definition, reference } = fluxChart(source, environment.release, namespace);
    const release = fluxRelease(environment, namespace, reference);
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      resources: ['namespace.yaml', 'chart-source.yaml', 'helm-release.yaml'],
      configMapGenerator: [{ name: values, files: [`values.yaml=../../${source.valuesFile(environment)}`] }],
      configurations: ['name-references.yaml'],
    };
    // Kustomize gives the ConfigMap a name with a hash; this tells it where that name has to follow.
    const references = {
      nameReference: [
        { kind: 'ConfigMap', version: 'v1', fieldSpecs: [{ path: 'spec/valuesFrom/name', kind: 'HelmRelease' }] },
      ],
    };
    const approval =
      environment.approval === 'required'
        ? ' It requires approval, so it is suspended: approve it with flux resume helmrelease.'
        : '';
    return [
      file(
        `${folder}/kustomization.yaml`,
        `Flux reads this folder for the environment ${environment.name}; its root must include the values file two folders up.`,
        [kustomization],
      ),
      file(`${folder}/namespace.yaml`, `Namespace of the environment ${environment.name}.`, [fluxNamespace(namespace)]),
      file(`${folder}/name-references.yaml`, `Names that kustomize follows for ${name}.`, [references]),
      file(`${folder}/chart-source.yaml`, `Where Flux takes the chart of ${name} from.`, [definition]),
      file(`${folder}/helm-release.yaml`, `Flux HelmRelease of the environment ${environment.name}.${approval}`, [
        release,
      ]),
    ];
  });
}

/**
 * The objects of Flux live in the namespace, so helm cannot make it for them. One that is there stays as it is, and it
 * outlives the environment with all that others keep in it.
 */
function fluxNamespace(name: string): object {
  const annotations = {
    'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
}

function fluxRelease(environment: Environment, namespace: string, chart: object): object {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: environment.release, namespace },
    spec: {
      interval: '10m',
      releaseName: environment.release,
      targetNamespace: namespace,
      ...chart,
      valuesFrom: [{ kind: 'ConfigMap', name: fluxValues(environment), valuesKey: 'values.yaml' }],
      timeout: `${environment.timeout}s`,
      ...(environment.approval === 'required' ? { suspend: true } : {}),
      install: { strategy: { name: 'RetryOnFailure' } },
      upgrade: { strategy: { name: 'RetryOnFailure' } },
      test: { enable: true },
      driftDetection: { mode: 'warn' },
    },
  };
}

/** Name of the ConfigMap of the values. */
function fluxValues({ release }: Environment): string {
  return `${release}-values`;
}

function fluxChart(
  source: GitOpsSource,
  release: string,
  namespace: string,
): { readonly definition: object; readonly reference: object } {
  const { chart } = source;
  const metadata = { name: `${release}-chart`, namespace };
  if (chart.oci !== undefined) {
    // Only a whole version is a tag, and a tag has no "+" (helm.sh/docs/topics/registries).
    const { version = '*' } = chart;
    const reference = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version)
      ? { tag: version.replace('+', '_') }
      : { semver: version };
    return {
      definition: {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata,
        spec: {
          interval: '10m',
          url: chart.oci,
          ref: reference,
          layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
        },
      },
      reference: { chartRef: { kind: 'OCIRepository', name: metadata.name } },
    };
  }
  const from = (kind: string, path: string, version?: string): object => ({
    chart: {
      spec: {
        chart: path,
        ...(version === undefined ? {} : { version }),
        interval: '10m',
        sourceRef: { kind, name: metadata.name },
      },
    },
  });
  if (chart.repository !== undefined)
    return {
      definition: {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'HelmRepository',
        metadata,
        spec: { interval: '10m', url: chart.repository },
      },
      reference: from('HelmRepository', chart.name ?? 'micro-integrator', chart.version ?? '*'),
    };
  return {
    definition: {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: gitSource(source, release),
    },
    reference: from('GitRepository', `./${chart.path ?? 'charts/micro-integrator'}`),
  };
}

function gitSource({ repository, revision }: GitOpsSource, release: string): object {
  const url = fluxAddress(repository);
  // Nobody is let in by SSH without a key.
  const login = url.startsWith('ssh://') ? { secretRef: { name: `${release}-git` } } : {};
  return { interval: '10m', url, ref: fluxRevision(revision), ...login };
}

/** A git address with a scheme, without which Flux takes none; `git@host:path` is short for one of SSH. */
function fluxAddress(repository: string): string {
  return repository.replace(/^([^/:@]+@[^/:@]+):\/?(?!\/)/, 'ssh://$1/');
}

function fluxRevision(revision: string): object {
  if (/^[0-9a-f]{40}$/.test(revision)) return { commit: revision };
  return revision.startsWith('refs/') ? { name: revision } : { branch: revision };
}

function joined(folder: string, name: string): string {
  return folder === '' || folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`;
}

function file(path: string, title: string, documents: readonly object[]): GitOpsFile {
  const note = 'Made by mi-patterns generate. Do not edit: change mi-patterns.yaml and generate again.';
  return {
    path,
    text: seal(`# ${title}\n# ${note}\n${documents.map((document) => emitYaml(document, new Map())).join('---\n')}`),
  };
}
