import { describe, expect, it } from 'vitest';
import { places, show } from '../../test/show.ts';
import { environmentNamed, environmentsOf, secondsOf } from './environments.ts';
import { loadedConfiguration } from './loaded.ts';
import { readConfiguration, readGroups } from './read.ts';

const at = (line: number, column: number, path = 'mi-patterns.yaml'): object => ({ path, line, column });

const complete = `artifacts: [services, "extra/*.car"]
isolate: groups
groups:
  orders: ["task/*Order*"]
  rest: ["*"]
verdicts:
  task/report: {class: stateless, reason: it only reads}
coordination: isolate
delivery: roles
replicas: 3
image: {repository: acme/orders, tag: 1.2.0}
runtime: {version: 4.6.0}
chart: {oci: oci://registry.example.com/charts/micro-integrator, version: 1.0.0}
release: orders
valuesFiles: [common.yaml]
values: {env: {REGION: eu, A: "1"}}
environments:
  dev: {namespace: dev, pattern: single-replica}
  staging: {namespace: staging, values: {env: {REGION: us}}, valuesFiles: [staging.yaml]}
  prod: {context: prod, namespace: prod, replicas: 5, approval: required, timeout: 1h30m, image: {digest: "sha256:${'0a'.repeat(32)}"}}
`;

describe('readConfiguration', () => {
  const { configuration, diagnostics } = readConfiguration(complete, 'mi-patterns.yaml');

  it('takes a complete configuration', () => {
    expect(diagnostics).toEqual([]);
    expect(configuration?.artifacts).toEqual(['services', 'extra/*.car']);
    const { loaded } = loadedConfiguration(complete, { path: 'mi-patterns.yaml', folder: '.' });
    expect(loaded?.groups).toEqual([
      { name: 'orders', match: ['task/*Order*'], source: at(4, 3) },
      { name: 'rest', match: ['*'], source: at(5, 3) },
    ]);
    expect([...(loaded?.verdicts ?? [])]).toEqual([
      ['task/report', { class: 'stateless', reason: 'it only reads', source: at(7, 3) }],
    ]);
  });

  it('gives environments in order, with what they inherit', () => {
    const [dev, staging, prod] = environmentsOf(configuration ?? {});
    expect(dev).toMatchObject({
      name: 'dev',
      order: 0,
      pattern: 'single-replica',
      release: 'orders',
      timeout: 600,
      approval: 'none',
      image: { repository: 'acme/orders', tag: '1.2.0' },
    });
    // Three replicas are the default for the others: a single replica has one.
    expect(dev).not.toHaveProperty('replicas');
    expect(staging).toMatchObject({
      order: 1,
      replicas: 3,
      values: { env: { REGION: 'us', A: '1' } },
      valuesFiles: ['common.yaml', 'staging.yaml'],
    });
    expect(prod).toMatchObject({ order: 2, context: 'prod', replicas: 5, approval: 'required', timeout: 5400 });
    expect(prod?.image).toEqual({ repository: 'acme/orders', digest: `sha256:${'0a'.repeat(32)}` });
  });

  it('has one environment where none is named, and lists those there are', () => {
    expect(environmentsOf({}).map(({ name, release }) => [name, release])).toEqual([['default', 'micro-integrator']]);
    const source = { path: 'c', line: 2, column: 1 };
    const named = (name: string): unknown => environmentNamed(configuration ?? {}, name, () => source);
    expect(named('prd')).toMatchObject({
      diagnostic: {
        hint: 'Did you mean `prod`? Environments are `dev`, `staging` and `prod`.',
        source,
      },
    });
    expect(named('prod')).toMatchObject({
      environment: { name: 'prod' },
    });
  });

  it('advises what is then right', () => {
    const hints = (text: string): readonly unknown[] =>
      readConfiguration(text, 'c.yaml').diagnostics.map(({ hint }) => hint.replace(/ \(.*/, ''));
    expect(hints('timeout: 10\n')).toEqual(['Write numbers with h, m or s.']);
    expect(hints('runtime: {version: 4.40}\n')).toEqual(['Write three numbers: `"4.6.0"`.']);
    expect(hints('pattern: single\n')).toEqual(['Did you mean `single-replica`?']);
    expect(hints('image: {tag: 1.10}\n')).toEqual(['Put it in quotes: `tag: "1.10"`.']);
  });

  it('tells all faults at once with their places', () => {
    const faulty =
      'artifacts: []\nisolate: groups\nchart: {path: a, oci: oci://b}\nverdicts: {taks/A: {class: stateles, reason: because}, B: {class: isolate, reason: because}}\nenvironments:\n  dev: {namespace: Dev, pattern: single-replica, replicas: 2}\n  Prod: {approvals: required, timeout: 10}\n  stage:\n';
    const result = readConfiguration(faulty, 'c.yaml');
    expect(result.configuration).toBeUndefined();
    expect(show(result.diagnostics)).toMatchInlineSnapshot(`
      "1:12 MI-CONFIG-RANGE
        \`artifacts\` is an empty list; it must be not empty.
        About this value: MI projects, multi-module projects, .car files or folders that contain them, relative to this file.
      2:1 MI-CONFIG-GROUPS
        \`isolate\` is \`groups\`, but there are no \`groups\`.
        Add \`groups:\` with names and globs, or use \`isolate: each\`.
      3:8 MI-CONFIG-CONDITION
        \`chart\` has more than one of \`path\`, \`repository\` or \`oci\`.
        Keep exactly one of them. (The chart to roll out. Default: the chart included in the command.)
      4:12 MI-CONFIG-ARTIFACT-ID
        \`taks/A\` is not an artifact id.
        Did you mean \`task/A\`?
      4:28 MI-CONFIG-CHOICE
        \`verdicts."taks/A".class\` is the text \`stateles\`; it must be \`stateless\`, \`isolate\`, \`broker-safe\`, \`affinity\`, \`pod-local\` or \`opaque\`.
        Did you mean \`stateless\`? (How the artifact behaves when several pods run it.)
      4:56 MI-CONFIG-ARTIFACT-ID
        \`B\` is not an artifact id.
        Write the kind, a slash and the name, for example \`task/OrderTask\`.
      6:20 MI-CONFIG-FORMAT
        \`environments.dev.namespace\` is the text \`Dev\`, which is not lower-case letters, digits and hyphens, starting and ending with a letter or digit.
        Use a name such as \`order-task\`. (Namespace of the release. Default: the namespace of the context.)
      6:60 MI-CONFIG-REPLICAS
        \`replicas\` is 2, but \`single-replica\` runs exactly one.
        Remove \`replicas\`, or use \`multiple-replicas\` or \`coordinated\`.
      7:3 MI-CONFIG-FORMAT
        The key \`Prod\` of \`environments\` is not lower-case letters, digits and hyphens, starting with a letter.
        Use a name such as \`order-task\`.
      7:10 MI-CONFIG-UNKNOWN-KEY
        There is no key \`approvals\` in \`environments.Prod\`.
        Did you mean \`approval\`?
      7:40 MI-CONFIG-TYPE
        \`environments.Prod.timeout\` is the number 10; expected: text.
        Write numbers with h, m or s. (How long a rollout waits for the workloads, for example 10m or 1h30m. Default: 10m.)
      8:3 MI-CONFIG-SAME-TARGET
        The environments \`Prod\` and \`stage\` have the same context, namespace and release.
        Give each environment its own context, namespace or release.
      8:3 MI-CONFIG-TYPE
        \`environments.stage\` is empty; expected: a mapping.
        Write \`stage: {}\`, or put keys under it. (Where one environment runs, and what differs from the defaults.)"
    `);
  });

  it.each([
    ['chart: {}', '1:1 MI-CONFIG-MISSING'],
    ['isolate: each\ngroups: {a: [b]}', '2:1 MI-CONFIG-GROUPS'],
    ['groups:\n  a: [x]\n  b: [x]', '3:7 MI-CONFIG-GLOB-TWICE'],
    ['pattern: multiple-replicas\nreplicas: 1', '2:11 MI-CONFIG-REPLICAS'],
    ['replicas: 1\nenvironments: {a: {pattern: multiple-replicas}}', '2:29 MI-CONFIG-REPLICAS'],
    ['environments:\n  a: {namespace: x}\n  b: {namespace: x}', '3:3 MI-CONFIG-SAME-TARGET'],
    ['release: R_1', '1:10 MI-CONFIG-FORMAT'],
    ['timeout: soon', '1:10 MI-CONFIG-FORMAT'],
    ['image: {tag: "a b"}', '1:14 MI-CONFIG-FORMAT'],
    ['environments: {}', '1:15 MI-CONFIG-RANGE'],
    ['a: 1\na: 2', '2:1 MI-CONFIG-DUPLICATE-KEY'],
  ])('refuses %j', (text, expected) => {
    const result = readConfiguration(text, 'c.yaml');
    expect(result.configuration).toBeUndefined();
    expect(places(result.diagnostics)).toContain(expected);
  });
});

describe('readGroups', () => {
  it('reads names and globs in order', () => {
    expect(readGroups('orders: [task/a, "task/b*"]\nrest: ["*"]\n', 'g.yaml')).toEqual({
      groups: [
        { name: 'orders', match: ['task/a', 'task/b*'], source: at(1, 1, 'g.yaml') },
        { name: 'rest', match: ['*'], source: at(2, 1, 'g.yaml') },
      ],
      diagnostics: [],
    });
  });

  it('takes them below the key of the configuration too, faults at their place', () => {
    expect(readGroups('groups:\n  orders: [task/a]\n', 'g.yaml')).toEqual({
      groups: [{ name: 'orders', match: ['task/a'], source: at(2, 3, 'g.yaml') }],
      diagnostics: [],
    });
    expect(readGroups('groups:\n  orders: x\n', 'g.yaml').diagnostics).toMatchObject([
      { code: 'MI-CONFIG-TYPE', source: { line: 2, column: 11 } },
    ]);
    expect(readGroups('groups: [task/a]\n', 'g.yaml').groups).toMatchObject([
      { name: 'groups', match: ['task/a'], source: at(1, 1, 'g.yaml') },
    ]);
  });

  it('tells faults without the keys that only the configuration has', () => {
    expect(show(readGroups('A b: x\norders: [a, a]\n', 'g.yaml').diagnostics)).toMatchInlineSnapshot(`
      "1:1 MI-CONFIG-FORMAT
        The key \`A b\` is not lower-case letters, digits and hyphens, starting with a letter.
        Use a name such as \`order-task\`.
      1:6 MI-CONFIG-TYPE
        \`"A b"\` is the text \`x\`; expected: a list.
        Write a list: \`A b: [x]\`.
      2:13 MI-CONFIG-GLOB-TWICE
        \`a\` appears in the groups \`orders\` and \`orders\`.
        Keep the pattern in one of the groups."
    `);
  });
});

describe('secondsOf', () => {
  it('adds hours, minutes and seconds', () => {
    expect(['30s', '10m', '1h30m', '1h1m1s'].map(secondsOf)).toEqual([30, 600, 5400, 3661]);
  });
});

describe('anchors', () => {
  const shared =
    'environments:\n  dev: &dev\n    namespace: dev\n    values: {env: {REGION: eu}}\n  prod:\n    <<: *dev\n';

  it('give an environment what another one has', () => {
    const { configuration, diagnostics } = readConfiguration(`${shared}    namespace: prod\n`, 'mi-patterns.yaml');
    expect([diagnostics, configuration?.environments]).toEqual([
      [],
      {
        dev: { namespace: 'dev', values: { env: { REGION: 'eu' } } },
        prod: { namespace: 'prod', values: { env: { REGION: 'eu' } } },
      },
    ]);
  });

  it('keep a fault at its place', () => {
    const { diagnostics } = readConfiguration(`${shared}    namespaec: prod\n`, 'mi-patterns.yaml');
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'MI-CONFIG-UNKNOWN-KEY', source: at(7, 5) }));
  });
});

it('refuses a setting that would be written as another text, at its place', () => {
  const text =
    'values:\n  env: {A: 1.10, B: 8080, C: yes}\nenvironments:\n  dev:\n    values: {workloads: {a: {env: {D: 1e3}}}}\n';
  expect(
    readConfiguration(text, 'mi-patterns.yaml').diagnostics.map(({ code, message, source }) => [code, message, source]),
  ).toEqual([
    ['MI-CONFIG-FORMAT', '`A` is written as 1.10, which YAML reads as 1.1, so the server gets 1.1.', at(2, 12)],
    ['MI-CONFIG-FORMAT', '`D` is written as 1e3, which YAML reads as 1000, so the server gets 1000.', at(5, 39)],
  ]);
});
