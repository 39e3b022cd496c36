import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../objects/kubernetes-object.ts';
import { renderObjects } from '../../test/rendered.ts';
import { checkRules, rules } from './all.ts';

const fixtures = join(import.meta.dirname, '../../test/fixtures');
const chart = join(fixtures, 'tiny');
const breaches = join(fixtures, 'breaches');

/** What the rule says about the values file of its name. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'MI-RULE-BLOCKED-DRAIN': [
    'PodDisruptionBudget/orders-task: it allows no eviction while 1 pod runs: a node could not be drained.',
  ],
  'MI-RULE-DUPLICATE-KEY': ['Service/orders-api: spec.ports holds 8290/TCP twice; server-side apply refuses that.'],
  'MI-RULE-GRACE-PERIOD': [
    "Deployment/orders-task: its grace period of 70 s is not longer than the preStop wait (10 s) and MI's graceful shutdown (60 s) together: MI would be killed.",
  ],
  'MI-RULE-IMAGE-TAG': [
    'Deployment/orders-api: the container copy runs localhost:5000/acme/orders, which may be a different program tomorrow.',
  ],
  'MI-RULE-NAME': [
    'Service/orders-with-a-name-that-is-one-character-longer-than-kubernetes-: its name has 64 characters; at most 63 are allowed for this kind.',
  ],
  'MI-RULE-PLAIN-SECRET': [
    'ConfigMap/orders-config: data.db.password looks like a secret in plain text.',
    'ConfigMap/orders-config: data.file.properties, line 2 (client_secret) looks like a secret in plain text.',
    'ConfigMap/orders-config: data.file.properties, line 4 (jdbc.url) looks like a secret in plain text.',
    'Deployment/orders-api: the variable DB_PASSWORD of the container copy looks like a secret in plain text.',
  ],
  'MI-RULE-POD-SECURITY': [
    'Deployment/orders-api: hostNetwork is true.',
    'Deployment/orders-api: the container micro-integrator has no seccomp profile RuntimeDefault or Localhost.',
    'Deployment/orders-api: the volume host is of the type hostPath.',
  ],
  'MI-RULE-REPLICAS-AUTOSCALED': [
    'Deployment/orders-api: it sets spec.replicas although HorizontalPodAutoscaler/orders-api scales it.',
  ],
  'MI-RULE-SELECTOR': ['Deployment/orders-api: its selector also matches the pods of Deployment/orders-task.'],
  'MI-RULE-SERVICE-PORT': [
    'Service/orders-api: its port inbound leads to 8099, which no container of orders-api declares.',
  ],
  'MI-RULE-STATEFUL-SINGLE': [
    'Deployment/orders-task: it is stateful and has 2 replicas instead of 1.',
    'Deployment/orders-task: it is stateful and its strategy is RollingUpdate: an update runs the old and the new pod at the same time.',
    'Deployment/orders-task: it is stateful and scaled by ScaledObject/orders-task.',
  ],
  'MI-RULE-STATEFUL-TWICE': [
    'StatefulSet/orders-second: task/recurringOrder_Task runs here and in Deployment/orders-task: it would do its work twice.',
  ],
  'MI-RULE-WORKLOAD-TYPE': [
    'Deployment/orders-api: it has no label mi-patterns.io/workload-type with the value stateless or stateful.',
  ],
};

describe('rules on rendered objects', () => {
  it('find nothing in a sound release', async () => {
    expect(checkRules(await renderObjects({ chart }))).toEqual([]);
  });

  it('have one broken release each', () => {
    const codes = rules.map((rule) => rule.code);
    expect(readdirSync(breaches).sort()).toEqual([...codes].sort().map((code) => `${code}.yaml`));
    expect(codes).toEqual([...codes].sort());
  });

  it.each(rules.map((rule) => rule.code))('%s finds what its file breaks', async (code) => {
    const found = checkRules(await renderObjects({ chart, values: [join(breaches, `${code}.yaml`)] }));
    expect(found.filter((diagnostic) => diagnostic.code === code).map((diagnostic) => diagnostic.message)).toEqual(
      expected[code],
    );
    const others = [...new Set(found.map((diagnostic) => diagnostic.code))].filter((other) => other !== code);
    expect(others).toEqual(code === 'MI-RULE-STATEFUL-SINGLE' ? ['MI-RULE-REPLICAS-AUTOSCALED'] : []);
  });
});

/** A workload with one container, parts of which are replaced. */
function workload(spec: Record<string, unknown>, container: Record<string, unknown> = {}): KubernetesObject {
  const labels = { app: 'a', 'mi-patterns.io/workload-type': 'stateless' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'c',
              image: 'x:1',
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              ...container,
            },
          ],
          ...spec,
        },
      },
    },
  };
}

const codes = (...objects: KubernetesObject[]): string[] => checkRules(objects).map((diagnostic) => diagnostic.code);
const configMap = (data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'config' },
  data,
});

describe('edges of rules', () => {
  it('take a digest, a registry port with a tag, but not latest', () => {
    expect(codes(workload({}, { image: `reg:5000/x@sha256:${'a'.repeat(64)}` }))).toEqual([]);
    expect(codes(workload({}, { image: 'reg:5000/x:1.0' }))).toEqual([]);
    expect(codes(workload({}, { image: 'x:latest' }))).toEqual(['MI-RULE-IMAGE-TAG']);
  });

  it('see env, mounts and ports that occur twice', () => {
    expect(
      codes(
        workload(
          {},
          {
            env: [
              { name: 'A', value: '1' },
              { name: 'A', value: '2' },
            ],
          },
        ),
      ),
    ).toEqual(['MI-RULE-DUPLICATE-KEY']);
    expect(
      codes(
        workload(
          {},
          {
            volumeMounts: [
              { name: 'a', mountPath: '/a' },
              { name: 'b', mountPath: '/a' },
            ],
          },
        ),
      ),
    ).toEqual(['MI-RULE-DUPLICATE-KEY']);
    expect(
      codes(
        workload(
          {},
          {
            ports: [
              { name: 'a', containerPort: 80 },
              { name: 'b', containerPort: 80, protocol: 'UDP' },
            ],
          },
        ),
      ),
    ).toEqual([]);
  });

  it('tell placeholders and numbers from secrets', () => {
    const harmless = [
      'password = "$env{DB_PASSWORD}"',
      "password = '$secret{db}'",
      'enable_token = true',
      'token = ""',
      'token_endpoint = "https://x/token"',
      '# password = "x"',
      'password = "wso2carbon"',
      'url = "jdbc:mysql://db:3306/a"',
      'url = "jdbc:sqlserver://db;user=a;password=$env{DB_PASSWORD}"',
      'url = "jdbc:sqlserver://db;trustServerCertificate=true;password_encoder=x"',
      '<regex>[?&]password=[^&]*</regex>',
      'run; password=$(cat /secrets/p)',
    ];
    expect(codes(configMap({ 'deployment.toml': harmless.join('\n') }))).toEqual([]);
    for (const line of [
      'password = "hunter2"',
      'key_password: hunter2',
      'clientSecret=abc',
      'url = "amqp://user:pw@host"',
      'url = "jdbc:sqlserver://db;user=a;password=hunter2"',
      'url = "jdbc:mysql://db/a?user=a&password=hunter2"',
      '-----BEGIN RSA PRIVATE KEY-----',
      '"consumer_secret" = "x"',
      'aws.accessKey=AKIA',
    ]) {
      expect([line, codes(configMap({ 'deployment.toml': line }))]).toEqual([line, ['MI-RULE-PLAIN-SECRET']]);
    }
  });

  it('finds a password among the options of a JVM', () => {
    const options = (value: string): string[] => codes(workload({}, { env: [{ name: 'JAVA_OPTS', value }] }));
    expect(options('-Xss1m -Djavax.net.ssl.keyStorePassword=hunter2')).toEqual(['MI-RULE-PLAIN-SECRET']);
    for (const value of ['$(PASSWORD)', '${PASSWORD}', 'changeit', 'wso2carbon', ''])
      expect(options(`-Djavax.net.ssl.trustStorePassword=${value} -Dpassword.file=/secrets/p`)).toEqual([]);
  });

  it('counts the preStop wait and the shutdown of mounted files only', () => {
    const volumes = [{ name: 'v', projected: { sources: [{ configMap: { name: 'config' } }] } }];
    const toml = configMap({ 'deployment.toml': '[server]\ngraceful_shutdown_timeout = 60000\n' });
    const exec = {
      lifecycle: {
        preStop: { exec: { command: ['sh', '-c', 'sleep 15; kill -TERM 1; while kill -0 1; do sleep 1; done'] } },
      },
    };
    expect(codes(workload({ volumes, terminationGracePeriodSeconds: 75 }, exec), toml)).toEqual([
      'MI-RULE-GRACE-PERIOD',
    ]);
    expect(codes(workload({ volumes, terminationGracePeriodSeconds: 76 }, exec), toml)).toEqual([]);
    expect(codes(workload({ terminationGracePeriodSeconds: 20 }, exec), toml)).toEqual([]);
    expect(codes(workload({}, { lifecycle: { preStop: { sleep: { seconds: 30 } } } }))).toEqual([
      'MI-RULE-GRACE-PERIOD',
    ]);
  });

  it('counts the wait of lease-guard', () => {
    const guard = (...words: string[]): Record<string, unknown> => ({
      command: ['/x/lease-guard', 'run', ...words, '--', '/start'],
    });
    const of = (grace: number, ...words: string[]): string[] =>
      codes(workload({ terminationGracePeriodSeconds: grace }, guard(...words)));
    expect(of(10, '--drain=10s', '--handover=5s')).toEqual(['MI-RULE-GRACE-PERIOD']);
    expect(of(11, '--drain=10s', '--handover=5s')).toEqual([]);
    expect(of(5, '--handover=5s')).toEqual(['MI-RULE-GRACE-PERIOD']);
    expect(codes(workload({ terminationGracePeriodSeconds: 5 }, { command: ['/start', '--drain=10s'] }))).toEqual([]);
  });

  it('lets pods that coordinate through a database be several', () => {
    const template = { metadata: { labels: { app: 'a', 'mi-patterns.io/workload-type': 'stateful' } } };
    const base = workload({});
    const spec = base.spec as { template: Record<string, unknown> };
    const stateful = (annotations: Record<string, string>): KubernetesObject => ({
      ...base,
      metadata: { name: 'a', annotations },
      spec: { ...spec, replicas: 2, template: { ...spec.template, ...template } },
    });
    expect(codes(stateful({ 'mi-patterns.io/coordination': 'database' }))).toEqual([]);
    expect(codes(stateful({}))).toEqual(['MI-RULE-STATEFUL-SINGLE', 'MI-RULE-STATEFUL-SINGLE']);
    const paused = stateful({});
    const pausedSpec = { ...(paused.spec as object), replicas: 0, strategy: { type: 'Recreate' } };
    expect(codes({ ...paused, spec: pausedSpec })).toEqual([]);
  });

  it('reads percentages of a disruption budget as Kubernetes does', () => {
    const budget = (spec: Record<string, unknown>): KubernetesObject => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { selector: { matchLabels: { app: 'a' } }, ...spec },
    });
    const three = (): KubernetesObject => {
      const base = workload({});
      return { ...base, spec: { ...(base.spec as object), replicas: 3 } };
    };
    expect(codes(three(), budget({ minAvailable: '67%' }))).toEqual(['MI-RULE-BLOCKED-DRAIN']);
    expect(codes(three(), budget({ minAvailable: '50%' }))).toEqual([]);
    expect(codes(three(), budget({ maxUnavailable: 0 }))).toEqual(['MI-RULE-BLOCKED-DRAIN']);
    expect(codes(three(), budget({ maxUnavailable: '10%' }))).toEqual([]);
  });
});
