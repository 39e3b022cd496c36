import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  compareRenders,
  findTool,
  kubernetesVersions,
  parseManifest,
  run,
  type JsonObject,
  type KubernetesObject,
} from '@mi-patterns/helm';
import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkKubernetesSchemas, renderObjects, restartedWorkloads } from '../../packages/helm/test/rendered.ts';
import { chart, temporaryFolder } from '../support/command.ts';
import { inParallel, objects, render, renderByHelm } from './support.ts';
import { chartSchema, chartValues, valueAt } from './values-paths.ts';

/**
 * What users of well-known charts complain about, each designed out here. The last two are about the command:
 * command/complaints.test.ts.
 */

const templates = readdirSync(join(chart, 'templates'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(tpl|yaml|txt)$/.test(file))
  .map((file) => ({
    file,
    text: readFileSync(join(chart, 'templates', file), 'utf8').replace(/\{\{-? ?\/\*[\s\S]*?\*\/ ?-?\}\}/g, ''),
  }));
const two = { pattern: 'multiple-replicas' } as const;
const stateful = { type: 'stateful', artifacts: { roles: ['Nightly'], stateful: ['task/nightly'] } } as const;
const of = (list: readonly KubernetesObject[], kind: string): readonly KubernetesObject[] =>
  list.filter((object) => object.kind === kind);
const at = (value: unknown, path: string): unknown => valueAt(value, path.split('.'));
const container = (list: readonly KubernetesObject[]): JsonObject =>
  (at(of(list, 'Deployment')[0], 'spec.template.spec.containers') as readonly JsonObject[])[0] ?? {};
const variables = (list: readonly KubernetesObject[]): readonly JsonObject[] =>
  container(list).env as readonly JsonObject[];

async function refusal(values: JsonObject): Promise<string> {
  const result = await render(values);
  return result.state === 'refused' ? result.diagnostics.map(({ message }) => message).join('\n') : 'rendered';
}

/** A copy of the chart that differs in its own version and the application's. */
function nextVersion(): string {
  const folder = join(temporaryFolder(), 'micro-integrator');
  cpSync(chart, folder, { recursive: true });
  const file = join(folder, 'Chart.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/^version: .*/m, 'version: 77.0.0')
      .replace(/^appVersion: .*/m, 'appVersion: 4.7.0'),
  );
  return folder;
}
const pinned = { image: { repository: 'acme/orders', tag: '1.2.0' }, runtime: { version: '4.6.0' } } as const;

describe('complaints', () => {
  it('1 an upgrade fails because a selector holds a version', async () => {
    const values = {
      ...pinned,
      pattern: 'coordinated',
      workloads: { integration: { type: 'stateless' }, nightly: { ...stateful, recovery: 'at-most-one' } },
    };
    const [before, after, retagged] = [
      await objects(values),
      await objects(values, { chart: nextVersion() }),
      await objects({ ...values, image: { ...pinned.image, tag: '9.9.9' } }),
    ];
    expect(compareRenders(before, after)).toEqual([]);
    expect(compareRenders(before, retagged)).toEqual([]);
    for (const workload of [...of(before, 'Deployment'), ...of(before, 'StatefulSet')])
      expect(Object.keys(at(workload, 'spec.selector.matchLabels') as object).sort()).toEqual([
        'app.kubernetes.io/component',
        'app.kubernetes.io/instance',
        'app.kubernetes.io/name',
      ]);
  });

  it('2 a second workload renames the first', async () => {
    const one = await objects({ pattern: 'coordinated', workloads: { integration: { type: 'stateless' } } });
    const more = await objects({
      pattern: 'coordinated',
      workloads: { 'a-first': stateful, integration: { type: 'stateless' } },
    });
    const names = new Set(one.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    expect(
      more.filter(({ kind, metadata }) => names.has(`${kind}/${metadata.name}`) && metadata.name !== 'orders-warnings'),
    ).toEqual(one.filter(({ metadata }) => metadata.name !== 'orders-warnings'));
  });

  it('3 replicas fight with an autoscaler', async () => {
    const autoscaled = {
      ...two,
      workloads: { integration: { type: 'stateless', replicas: 4, autoscaling: { enabled: true } } },
    };
    const keda = {
      ...two,
      workloads: {
        integration: {
          type: 'stateless',
          replicas: 4,
          autoscaling: {
            enabled: true,
            keda: { force: true, triggers: { queue: { type: 'rabbitmq', metadata: { queueName: 'q' } } } },
          },
        },
      },
    };
    for (const values of [autoscaled, keda])
      expect(Object.keys(of(await objects(values), 'Deployment')[0]?.spec as object)).not.toContain('replicas');
    expect(at(of(await objects(two), 'Deployment')[0], 'spec.replicas')).toBe(2);
  });

  it('4 a variable that is there twice is refused by server-side apply', async () => {
    const list = variables(
      await objects({
        env: { TZ: 'Asia/Colombo', REGION: 'eu' },
        workloads: { integration: { env: { REGION: 'us' } } },
      }),
    );
    const names = list.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(list.find(({ name }) => name === 'TZ')).toMatchObject({ value: 'Asia/Colombo' });
    expect(list.find(({ name }) => name === 'REGION')).toMatchObject({ value: 'us' });
    expect(await refusal({ env: { JAVA_OPTS: '-Xmx9g' } })).toContain('JAVA_OPTS');
    // The same for ports: by name and by number.
    expect(
      await refusal({ workloads: { integration: { type: 'stateless', ports: { http: { port: 8085 } } } } }),
    ).toMatch(/http/);
    expect(
      await refusal({ workloads: { integration: { type: 'stateless', ports: { orders: { port: 8290 } } } } }),
    ).toMatch(/8290/);
    // And whatever else Kubernetes keys by name or number.
    expect(await refusal({ workloadDefaults: { extraVolumes: { config: { emptyDir: {} } } } })).toContain(
      'The chart itself has a volume with this name',
    );
    expect(
      await refusal({ workloadDefaults: { extraContainers: { 'micro-integrator': { image: 'acme/a:1' } } } }),
    ).toContain('Two containers would be called micro-integrator');
    expect(await refusal({ service: { http: { port: 80 }, https: { port: 80 } } })).toContain('TCP/80 twice');
  });

  it('5 an overlay replaces whole lists', async () => {
    const folder = temporaryFolder();
    const layer = (name: string, values: object): string => {
      writeFileSync(join(folder, name), stringify(values));
      return join(folder, name);
    };
    const base = layer('base.yaml', {
      ...two,
      env: { A: '1', B: '2' },
      ingress: { enabled: true, hosts: { 'a.example.com': {}, 'b.example.com': {} } },
      workloads: { integration: { type: 'stateless', ports: { hl7: { port: 20000 }, orders: { port: 8085 } } } },
    });
    const over = layer('over.yaml', {
      env: { A: null, B: '3' },
      ingress: { hosts: { 'a.example.com': null } },
      workloads: { integration: { ports: { hl7: null } } },
    });
    const list = await renderObjects({ chart, values: [base, over] });
    expect(variables(list).filter(({ name }) => ['A', 'B'].includes(String(name)))).toEqual([
      { name: 'B', value: '3' },
    ]);
    expect((at(of(list, 'Ingress')[0], 'spec.rules') as readonly JsonObject[]).map(({ host }) => host)).toEqual([
      'b.example.com',
    ]);
    expect((container(list).ports as readonly JsonObject[]).map(({ name }) => name)).not.toContain('hl7');
    expect((container(list).ports as readonly JsonObject[]).map(({ name }) => name)).toContain('orders');
  });

  it('6 the schema refuses `global` and `enabled` in a parent chart', async () => {
    const parent = join(temporaryFolder(), 'shop');
    mkdirSync(join(parent, 'charts'), { recursive: true });
    cpSync(chart, join(parent, 'charts/micro-integrator'), { recursive: true });
    const { version } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { readonly version: string };
    writeFileSync(
      join(parent, 'Chart.yaml'),
      stringify({
        apiVersion: 'v2',
        name: 'shop',
        version: '1.0.0',
        dependencies: [{ name: 'micro-integrator', version, condition: 'micro-integrator.enabled' }],
      }),
    );
    const values = (enabled: boolean): JsonObject => ({
      global: { imageRegistry: 'registry.example.com', shop: { any: 'thing' } },
      'micro-integrator': { enabled, ...two },
    });
    const on = await renderObjects({ chart: parent, values: [values(true)] });
    expect(container(on).image).toMatch(/^registry\.example\.com\//);
    expect(await renderObjects({ chart: parent, values: [values(false)] })).toEqual([]);
  });

  it('7 a schema that refers to the web breaks installations without it', async () => {
    const helm = await findTool('helm');
    const nowhere = {
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
      NO_PROXY: '',
      no_proxy: '',
    };
    const answer = await run([...helm.command, 'template', 'orders', chart], { environment: nowhere });
    expect(parseManifest(answer.stdout).objects.length).toBeGreaterThan(3);
    expect(JSON.stringify(chartSchema)).not.toMatch(/"\$ref":"(?!#)/);
  });

  it('8 the schema refuses shapes that Kubernetes takes', async () => {
    const values: JsonObject = {
      ...two,
      workloadDefaults: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
              },
            ],
          },
        },
        tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
        envFrom: [{ prefix: 'A_', configMapRef: { name: 'a', optional: true } }],
        extraVolumes: {
          certs: {
            projected: {
              sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 3600 } }],
            },
          },
          disk: {
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
        },
        extraContainers: {
          proxy: { image: 'acme/proxy:1.0.0', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] },
        },
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['legacy'] }],
        dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
        topologySpread: {
          constraints: [
            {
              maxSkew: 1,
              topologyKey: 'rack',
              whenUnsatisfiable: 'DoNotSchedule',
              nodeTaintsPolicy: 'Honor',
              labelSelector: { matchLabels: { a: 'b' } },
            },
          ],
        },
        podSecurityContext: { supplementalGroups: [1], fsGroupChangePolicy: 'Always' },
        containerSecurityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'mi.json' } },
        resources: { requests: { cpu: '250m', 'example.com/device': 1 }, limits: { 'example.com/device': 1 } },
      },
    };
    const result = await render(values);
    expect(result.state, JSON.stringify(result).slice(0, 1500)).toBe('rendered');
    const check = await checkKubernetesSchemas(
      result.state === 'rendered' ? result.objects : [],
      kubernetesVersions.at(-1) ?? '',
    );
    expect(check.diagnostics).toEqual([]);
  });

  it('9 an invalid schema passes helm lint', () => {
    const ajv = new Ajv({ strict: false }).addMetaSchema(draft6);
    expect(ajv.validateSchema(chartSchema)).toBe(true);
    // The check sees what helm lint lets pass.
    expect(ajv.validateSchema({ ...chartSchema, type: 'objekt' })).toBe(false);
  });

  it('10 a disruption budget on one pod blocks drains', async () => {
    for (const values of [
      {},
      { workloads: { integration: { type: 'stateless', disruptionBudget: { enabled: true } } } },
      { pattern: 'coordinated', workloads: { integration: { type: 'stateless', replicas: 1 }, nightly: stateful } },
    ])
      expect(of(await objects(values), 'PodDisruptionBudget')).toEqual([]);
    expect(of(await objects(two), 'PodDisruptionBudget').map(({ spec }) => spec)).toEqual([
      expect.objectContaining({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    ]);
  });

  it('11 every new chart version restarts the pods', async () => {
    const values = { ...pinned, ...two, properties: { a: '1' } };
    expect(restartedWorkloads(await objects(values), await objects(values, { chart: nextVersion() }))).toEqual([]);
    // Neither where the values name an image and not the version in it, which then is the chart's.
    const unsaid = { ...two, image: pinned.image };
    expect(restartedWorkloads(await objects(unsaid), await objects(unsaid, { chart: nextVersion() }))).toEqual([]);
    // And what the pods read does restart them, file.properties too.
    expect(restartedWorkloads(await objects(values), await objects({ ...values, properties: { a: '2' } }))).toEqual([
      'Deployment/orders-integration',
    ]);
  });

  it('12 a rolling update waits forever for a volume of one node', async () => {
    const list = await objects({
      pattern: 'coordinated',
      workloads: {
        integration: { type: 'stateless', replicas: 1, persistence: { registry: { what: 'registry', size: '1Gi' } } },
      },
    });
    expect(at(of(list, 'Deployment')[0], 'spec.strategy.type')).toBe('Recreate');
  });

  it('13 the release Secret grows over 1 MiB', async () => {
    const result = await renderByHelm({
      pattern: 'coordinated',
      workloads: Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `task-${index}`,
          { type: 'stateful', artifacts: { roles: [`Task${index}`] } },
        ]),
      ),
    });
    const ignored = readFileSync(join(chart, '.helmignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['tests/', 'examples/']));
    const files =
      templates.map(({ text }) => text).join('') +
      readFileSync(join(chart, 'values.schema.json'), 'utf8') +
      readFileSync(join(chart, 'README.md'), 'utf8');
    expect(gzipSync(files + (result.state === 'rendered' ? result.manifest : '')).length).toBeLessThan(300_000);
    expect(result.state).toBe('rendered');
  });

  it('14 random values and lookups change at every render', async () => {
    const random =
      /\b(lookup|randAlpha\w*|randNumeric|randAscii|randBytes|randInt|genCA\w*|genSelfSignedCert\w*|genSignedCert\w*|genPrivateKey|genPassword|uuidv4|now|date|IsUpgrade|IsInstall|Revision)\b(?! *=)/;
    // What mi.running looks up decides whether an upgrade is refused; mi.replicas keeps the number of pods that run
    // when an autoscaler comes, mi.claim.modes the access modes that no upgrade may change; NOTES are no part of what
    // is rendered.
    const mayLookUp = /\{\{- define "mi\.(running|replicas|claim\.modes)" -\}\}[\s\S]*?(?=\{\{- define|$)/g;
    expect(templates.flatMap(({ text }) => [...text.matchAll(mayLookUp)].map(([, name]) => name)).sort()).toEqual([
      'claim.modes',
      'replicas',
      'running',
    ]);
    expect(
      templates
        .filter(({ file }) => file !== 'NOTES.txt')
        .flatMap(({ file, text }) =>
          [...text.replaceAll(mayLookUp, '').matchAll(/\{\{[\s\S]*?\}\}/g)]
            .filter(([action]) => random.test(action.replace(/"[^"]*"/g, '')))
            .map(([action]) => `${file}: ${action}`),
        ),
    ).toEqual([]);
    const [one, other] = [await render(two), await render(two, { isUpgrade: true })];
    expect(one).toEqual(other);
  });

  it('15 warnings in the notes are unseen by Argo CD and Flux', async () => {
    const list = await objects({ image: { tag: 'latest' } });
    expect(
      JSON.stringify(of(list, 'ConfigMap').find(({ metadata }) => metadata.name === 'orders-warnings')?.data),
    ).toContain('latest');
  });

  it('16 a missing parent key ends in a nil pointer', async () => {
    const said = await inParallel(
      Object.keys(chartValues),
      async (key) => `${key}: ${await refusalWithoutSchema({ [key]: null })}`,
    );
    expect(
      said.filter((sentence) => /nil pointer|can't evaluate|interface conversion|wrong type/.test(sentence)),
    ).toEqual([]);
  });

  it('17 a key that is gone is ignored', async () => {
    expect(await refusal({ deployment: { replicas: 2 } })).toContain('deployment');
    expect(await refusal({ workloads: { integration: { replicaCount: 2 } } })).toMatch(/replicaCount/);
  });

  it('18 bundled databases and images rot', async () => {
    const description = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as JsonObject;
    expect(description.dependencies).toBeUndefined();
    const images = [...JSON.stringify(await objects({ ...pinned, ...two })).matchAll(/"image":"([^"]+)"/g)].map(
      ([, image]) => image,
    );
    expect(new Set(images)).toEqual(new Set(['acme/orders:1.2.0']));
  });

  it('19 only images of a list are allowed', async () => {
    const list = await objects({
      image: {
        registry: 'mirror.example.com:5000',
        repository: 'cache/wso2/wso2mi',
        digest: `sha256:${'b'.repeat(64)}`,
      },
    });
    expect(container(list).image).toBe(`mirror.example.com:5000/cache/wso2/wso2mi@sha256:${'b'.repeat(64)}`);
  });

  it('20 templates in values are evaluated by surprise', async () => {
    // Vault Agent has templates in annotations, and MI and containers have theirs: only names, hosts and the like are
    // ours.
    const note = '{{ with secret "db" }}{{ .Data.password }}{{ end }}';
    const list = await objects({
      env: { TEXT: '{{ .Release.Name }}' },
      deploymentToml: { server: { hostname: note } },
      workloadDefaults: { podAnnotations: { note }, jvm: { arguments: ['-Dx={{x}}'] } },
    });
    expect(variables(list)).toContainEqual({ name: 'TEXT', value: 'orders' });
    expect(of(list, 'Deployment')[0]?.spec).toMatchObject({ template: { metadata: { annotations: { note } } } });
    expect(container(list).args).toContain('-Dx={{x}}');
    expect(JSON.stringify(of(list, 'ConfigMap').map(({ data }) => data))).toContain('{{ with secret');
  });

  it('21 truncated names collide', async () => {
    const long = 'a'.repeat(40);
    const list = await objects(
      {
        pattern: 'coordinated',
        workloads: { [`${long}-one`]: stateful, [`${long}-two`]: { type: 'stateful', artifacts: { roles: ['Two'] } } },
      },
      { release: 'r' },
    );
    const names = list.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
    expect(await render({}, { release: 'r'.repeat(53) })).toMatchObject({
      state: 'refused',
      diagnostics: [{ message: expect.stringContaining('Kubernetes allows at most 63') as string }],
    });
  });

  it('have a test each', () => {
    const names = [...readFileSync(import.meta.filename, 'utf8').matchAll(/^ {2}it\('(\d+) /gm)].map(([, number]) =>
      Number(number),
    );
    expect(names).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
  });
});

async function refusalWithoutSchema(values: JsonObject): Promise<string> {
  const result = await render(values, { skipSchemaValidation: true });
  return result.state === 'refused' ? result.diagnostics.map(({ message }) => message).join('\n') : 'rendered';
}
