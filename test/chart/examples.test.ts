import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRules, type JsonObject, kubernetesVersions, type RenderedObject } from '@mi-patterns/helm';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkKubernetesSchemas } from '../../packages/helm/test/rendered.ts';
import { chartFiles, examples, groups, type Example } from '../../scripts/lib/chart-docs.ts';
import { repository } from '../support/command.ts';
import { exceptions, lintRules } from './lint-rules.ts';
import { inParallel, render } from './support.ts';
import { chartSchema, isObject } from './values-paths.ts';

const all = examples();
const oldest = kubernetesVersions[0] ?? '';
const newest = kubernetesVersions.at(-1) ?? '';

interface Rendered {
  readonly example: Example;
  readonly byVersion: ReadonlyMap<string, readonly RenderedObject[] | 'refused'>;
}
const valuesOf = ({ values }: Example): JsonObject => (parse(readFileSync(values, 'utf8')) ?? {}) as JsonObject;
let rendered: readonly Rendered[] = [];
const objectsOf = ({ byVersion }: Rendered): readonly RenderedObject[] => {
  const found = byVersion.get(newest);
  return found === undefined || found === 'refused' ? [] : found;
};

beforeAll(async () => {
  const renderExample = async (
    example: Example,
    kubernetesVersion: string,
  ): Promise<readonly RenderedObject[] | 'refused'> => {
    const result = await render(valuesOf(example), { apiVersions: example.apiVersions, kubernetesVersion });
    return result.state === 'rendered' ? result.objects : 'refused';
  };
  rendered = await inParallel(all, async (example) => {
    const [first, last] = [await renderExample(example, oldest), await renderExample(example, newest)];
    // A template that asks for the version shows it at the ends; only then the versions between are rendered too.
    const same = JSON.stringify(first) === JSON.stringify(last);
    const between = await Promise.all(
      kubernetesVersions.map(
        async (version) =>
          [
            version,
            same || version === newest ? last : version === oldest ? first : await renderExample(example, version),
          ] as const,
      ),
    );
    return { example, byVersion: new Map(between) };
  });
});

describe('generated files of the chart', () => {
  it('are up to date: README, list of examples, rendered examples', async () => {
    const stale = [...(await chartFiles())]
      .filter(
        ([path, text]) => !existsSync(join(repository, path)) || readFileSync(join(repository, path), 'utf8') !== text,
      )
      .map(([path]) => path);
    expect(stale, 'run npm run generate').toEqual([]);
  });

  it('have every key of the release in one group', () => {
    const grouped = groups.flatMap(({ keys }) => keys);
    expect(new Set(grouped).size).toBe(grouped.length);
    expect(grouped.sort()).toEqual(Object.keys(isObject(chartSchema.properties) ? chartSchema.properties : {}).sort());
  });
});

describe('examples', () => {
  it('show the three patterns and every optional kind', () => {
    const kinds = new Set(rendered.flatMap((one) => objectsOf(one).map(({ object }) => object.kind)));
    for (const kind of [
      'Deployment',
      'StatefulSet',
      'Service',
      'ConfigMap',
      'ServiceAccount',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'ScaledObject',
      'VerticalPodAutoscaler',
      'PersistentVolumeClaim',
      'Ingress',
      'HTTPRoute',
      'Gateway',
      'BackendTLSPolicy',
      'Route',
      'NetworkPolicy',
      'PodMonitor',
      'SecretProviderClass',
      'ExternalSecret',
      'Job',
    ])
      expect([...kinds], kind).toContain(kind);
    for (const { name, about } of all) expect(about.length, name).toBeGreaterThan(15);
  });

  it(`fit Kubernetes ${oldest} to ${newest}`, async () => {
    const findings: string[] = [];
    const unchecked = new Set<string>();
    for (const version of kubernetesVersions) {
      const objects = rendered.flatMap(({ byVersion }) => {
        const found = byVersion.get(version);
        return found === undefined || found === 'refused' ? [] : found;
      });
      const check = await checkKubernetesSchemas(objects, version);
      findings.push(...check.diagnostics.map(({ message }) => `${version}: ${message}`));
      for (const type of check.notChecked) unchecked.add(type);
      expect(check.checked).toBeGreaterThan(100);
    }
    expect(findings).toEqual([]);
    // Types of others: Kubernetes' own schemas do not have them.
    expect(
      [...unchecked].filter((type) => /^(apps|autoscaling\/v[12]|batch|networking\.k8s\.io|policy|v1)\b/.test(type)),
    ).toEqual([]);
  });

  it('that a version of Kubernetes cannot run are refused there, and say so', () => {
    const refused = rendered.flatMap(({ example, byVersion }) =>
      [...byVersion].filter(([, found]) => found === 'refused').map(([version]) => `${example.name} on ${version}`),
    );
    expect(refused).toEqual(['archives-image-volume on 1.30']);
  });

  it('keep our own rules', () => {
    const breaches = rendered.flatMap((one) =>
      checkRules(objectsOf(one).map(({ object }) => object)).map(
        ({ code, message }) => `${one.example.name}: ${code} ${message}`,
      ),
    );
    expect(breaches).toEqual([]);
  });
});

describe('what kube-linter and kube-score look for', () => {
  const found = (): readonly { readonly rule: string; readonly breach: string }[] =>
    rendered.flatMap((one) =>
      lintRules.flatMap((rule) =>
        rule
          .breaches(objectsOf(one).map(({ object }) => object))
          .map((breach) => ({ rule: rule.name, breach: `${one.example.name}: ${breach}` })),
      ),
    );

  it('is not in any example, but for exceptions with a reason', () => {
    const left = found().filter(
      ({ rule, breach }) => !exceptions.some((exception) => exception.rule === rule && exception.where.test(breach)),
    );
    expect(left).toEqual([]);
  });

  it('needs every exception', () => {
    const unused = exceptions.filter(
      ({ rule, where }) => !found().some((breach) => breach.rule === rule && where.test(breach.breach)),
    );
    expect(unused).toEqual([]);
  });

  it.each(lintRules.map(({ name, breaches }) => ({ name, breaches })))(
    '$name: is seen where it is',
    ({ name, breaches }) => {
      expect(breaches(spoilt(name)), name).not.toEqual([]);
    },
  );
});

/** Objects with every fault at once, so that no rule passes for want of looking. */
function spoilt(rule: string): RenderedObject['object'][] {
  const container = {
    name: 'micro-integrator',
    image: 'acme/orders:latest',
    ports: [{ containerPort: 22 }],
    env: [
      { name: 'DB_PASSWORD', value: 'x' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'p' } } },
    ],
    ...(rule === 'liveness-port' ? { livenessProbe: { httpGet: { port: 'gone' } } } : {}),
  };
  const pod = { hostNetwork: true, volumes: [{ name: 'host', hostPath: { path: '/' } }], containers: [container] };
  const of = (apiVersion: string, kind: string, spec: object): RenderedObject['object'] => ({
    apiVersion,
    kind,
    metadata: { name: kind.toLowerCase() },
    spec,
  });
  return [
    of('apps/v1', 'Deployment', {
      replicas: 2,
      strategy: { type: 'Recreate' },
      template: { metadata: { labels: { app: 'x' } }, spec: pod },
    }),
    of('apps/v1', 'StatefulSet', { serviceName: 'gone', template: { metadata: { labels: { app: 'y' } }, spec: pod } }),
    of('v1', 'Service', { type: 'NodePort', selector: { app: 'gone' } }),
    of('policy/v1', 'PodDisruptionBudget', { maxUnavailable: 0, selector: { matchLabels: { app: 'gone' } } }),
    of('autoscaling/v2', 'HorizontalPodAutoscaler', { minReplicas: 1, scaleTargetRef: { name: 'gone' } }),
    of('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: { app: 'gone' } } }),
    of('networking.k8s.io/v1', 'Ingress', {
      rules: [{ http: { paths: [{ backend: { service: { name: 'gone' } } }] } }],
    }),
  ];
}
