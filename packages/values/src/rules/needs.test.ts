import { describe, expect, it } from 'vitest';
import { validateValues, type ValidateOptions } from '../validate.ts';

const check = (text: string, options?: ValidateOptions): readonly string[] =>
  validateValues(text, 'v.yaml', options).map(
    ({ code, message, source }) => `${source?.line}:${source?.column} ${code} ${message}`,
  );
const database = 'pattern: coordinated\ncoordination:\n  mode: database\n';

describe('a database that coordinates', () => {
  it.each([
    [
      'nothing',
      '',
      [
        '3:9 MI-VALUES-COORDINATION-URL `coordination.mode` is `database`, but `coordination.database.url` and `coordination.database.driver` are empty (workload `integration`).',
      ],
    ],
    [
      'no driver',
      '  database: {url: "jdbc:x"}\n',
      [
        '3:9 MI-VALUES-COORDINATION-URL `coordination.mode` is `database`, but `coordination.database.driver` is empty (workload `integration`).',
      ],
    ],
    ['both', '  database: {url: "jdbc:x", driver: org.x.Driver}\n', []],
    ['a data source of its own', 'deploymentToml:\n  datasource:\n    - {id: WSO2_COORDINATION_DB, url: x}\n', []],
    [
      'another data source',
      'deploymentToml:\n  datasource:\n    - {id: OTHER, url: x}\nworkloads:\n  a: {coordination: {database: {url: "jdbc:x", driver: x.Driver}}}\n  b: {}\n',
      [
        '3:9 MI-VALUES-COORDINATION-URL `coordination.mode` is `database`, but `coordination.database.url` and `coordination.database.driver` are empty (workload `b`).',
      ],
    ],
    [
      'the file of the image',
      'runtime: {deploymentTomlFrom: image}\n',
      [
        '4:31 MI-VALUES-NEEDS `coordination.mode: database` writes deployment.toml, but `runtime.deploymentTomlFrom` is `image`.',
      ],
    ],
  ])('with %s', (_, more, expected) => {
    expect(check(database + more)).toEqual(expected);
  });
});

describe('a database in deployment.toml', () => {
  const source = 'deploymentToml:\n  datasource: [{id: WSO2_COORDINATION_DB, url: x}]\n';
  it('coordinates several workloads, although they are isolated', () => {
    expect(check(`${source}pattern: coordinated\nworkloads: {a: {}, b: {}}\n`)).toEqual([
      "2:3 MI-VALUES-COORDINATION-DATABASE The workloads `a` and `b` share the coordination database of `deploymentToml`, so they would take each other's tasks.",
    ]);
    expect(check(`${source}pattern: coordinated\nworkloads: {a: {}}\n`)).toEqual([]);
  });
});

describe('what is switched on has what it needs', () => {
  it.each([
    ['ingress: {enabled: true}', '`ingress.enabled` is `true`, but `ingress.hosts` is empty.'],
    [
      'ingress: {enabled: true, hosts: {a.example.com: }}',
      '`ingress.enabled` is `true`, but `ingress.hosts` is empty.',
    ],
    ['gateway: {enabled: true}', '`gateway.enabled` is `true`, but `gateway.parentRefs` is empty.'],
    ['userStore: {type: ldap}', '`userStore.type` is `ldap`, but `userStore.ldap.url` is empty.'],
    [
      'hashicorpVault: {enabled: true, address: "https://v", roleIdSecret: {name: a, key: b}}',
      '`hashicorpVault.enabled` is `true`, but `hashicorpVault.tokenSecret` is empty.',
    ],
    ['tracing: {enabled: true}', '`tracing.enabled` is `true`, but `tracing.url` is empty.'],
    [
      'keystores: {primary: {secretName: a, key: b, alias: c}}',
      '`keystores.primary.secretName` is set, but `keystores.primary.passwordSecret` is empty.',
    ],
    [
      'artifacts: {source: imageVolume}',
      '`artifacts.source` is `imageVolume`, but `artifacts.imageVolume.reference` is empty.',
    ],
    [
      'artifacts: {source: configMap}',
      '`artifacts.source` is `configMap`, but `artifacts.configMap.archives` is empty.',
    ],
    [
      'image: {tag: a}\nworkloads: {a: {persistence: {r: {what: registry, size: 1Gi}}}}',
      "`workloads.a.persistence.r` is mounted in MI's home folder, whose name has the version of MI in the image, but `runtime.version` is empty: an upgrade of the chart would move the mount away from it.",
    ],
  ])('%s', (text, message) => {
    expect(check(`${text}\n`).map((line) => line.replace(/^\S+ MI-VALUES-NEEDS /, ''))).toEqual([message]);
  });

  it.each([
    ['ingress: {enabled: true, hosts: {a.example.com: {}}}'],
    ['ingress: {enabled: true, additional: {in: {hosts: {a.example.com: {}}}}}'],
    ['image: {tag: a}\nruntime: {version: 4.6.0}\nworkloads: {a: {persistence: {r: {what: registry, size: 1Gi}}}}'],
    ['workloads: {a: {persistence: {r: {what: registry, size: 1Gi}}}}'],
    ['gateway: {enabled: true, create: {enabled: true, className: nginx}}'],
    ['gateway: {create: {enabled: true}}'],
    ['tracing: {enabled: true, type: log}'],
    ['tracing: {enabled: true, type: jaeger, host: jaeger}'],
  ])('%s is complete', (text) => {
    expect(check(`${text}\n`)).toEqual([]);
  });

  it('except for archives whose names follow', () => {
    expect(check('artifacts: {source: configMap}\n', { archivesFollow: true })).toEqual([]);
  });
});

describe('names that the chart writes itself', () => {
  it.each([
    [
      'env: {JAVA_OPTS: -Xmx1g}',
      ['1:18 MI-VALUES-RESERVED `JAVA_OPTS` is written by the chart, which sets the options of the JVM.'],
    ],
    [
      'workloads: {a: {env: {JVM_MEM_OPTS: -Xmx1g}}}',
      ['1:37 MI-VALUES-RESERVED `JVM_MEM_OPTS` is written by the chart, which sets the options of the JVM.'],
    ],
    [
      'deploymentToml: {server: {hot_deployment: true}}',
      ['1:43 MI-VALUES-RESERVED `server.hot_deployment` of deployment.toml is written by the chart.'],
    ],
    ['deploymentToml: {server: {hot_deployment: false}}', []],
    ['deploymentToml: {server: {graceful_shutdown_timeout: 5}}\nruntime: {deploymentTomlFrom: image}', []],
  ])('%s', (text, expected) => {
    expect(check(`${text}\n`)).toEqual(expected);
  });
});
