import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDeploymentToml, type ServerConfiguration } from '@mi-patterns/inventory';
import { afterEach, expect, test } from 'vitest';
import type { Context } from '../context/context.ts';
import { loadConfiguration } from './load.ts';
import type { LoadedConfiguration } from '@mi-patterns/values';
import { beyondRead, writtenConfigurations } from './server-configurations.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function written(
  configuration: string,
  files: Readonly<Record<string, string>> = {},
  read: readonly ServerConfiguration[] = [],
): Promise<Awaited<ReturnType<typeof writtenConfigurations>>> {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  made.push(folder);
  for (const [name, text] of Object.entries({ ...files, 'mi-patterns.yaml': configuration }))
    writeFileSync(join(folder, name), text);
  const context = { cwd: folder } as Context;
  const loaded: LoadedConfiguration | undefined = await loadConfiguration(
    { json: false, quiet: false, verbose: false },
    context,
  );
  return writtenConfigurations(loaded, read, context);
}

const listener = '[{name: default, parameter: {connection_factory_type: topic}}]';

test('each environment has the file that the chart writes from its values, with the place of each key', async () => {
  const { configurations } = await written(
    `values:
  deploymentToml: {transport: {jms: {listener: ${listener}}}}
environments:
  dev: {namespace: dev}
  prod:
    values:
      deploymentToml:
        transport:
          vfs: {listener: {enable: false}}
      workloads:
        night-task:
          deploymentToml: {transport: {mail: {listener: {enable: true}}}}
`,
  );
  expect(
    configurations.map(({ environment, workload, listeners }) => [
      environment,
      workload,
      listeners.map(({ transport, enabled, source }) => [transport, enabled, source.path, source.line]),
    ]),
  ).toEqual([
    ['dev', undefined, [['jms', true, 'mi-patterns.yaml', 2]]],
    [
      'prod',
      undefined,
      [
        ['jms', true, 'mi-patterns.yaml', 2],
        ['vfs', false, 'mi-patterns.yaml', 9],
      ],
    ],
    [
      'prod',
      'night-task',
      [
        ['jms', true, 'mi-patterns.yaml', 2],
        ['mailto', true, 'mi-patterns.yaml', 12],
        ['vfs', false, 'mi-patterns.yaml', 9],
      ],
    ],
  ]);
  expect(configurations[0]?.jmsTopicFactories).toMatchObject([{ name: 'default', source: { line: 2 } }]);
});

test('values files count, and what they switch wrongly is told', async () => {
  const { configurations, diagnostics } = await written('valuesFiles: [shared.yaml]\n', {
    'shared.yaml':
      'deploymentToml:\n  transport:\n    rabbitmq: {listener_enable: true}\n    vfs: {listener_enable: false}\n',
  });
  expect(configurations).toMatchObject([
    {
      environment: 'default',
      listeners: [{ transport: 'rabbitmq', enabled: true, source: { path: 'shared.yaml', line: 3 } }],
    },
  ]);
  expect(diagnostics).toMatchObject([{ code: 'MI-TOML-IGNORED', source: { path: 'shared.yaml', line: 4 } }]);
  expect((await written('valuesFiles: [missing.yaml]\n')).configurations).toMatchObject([
    { environment: 'default', listeners: [] },
  ]);
});

test('what the values carry over from a file that was read is told once', async () => {
  const { configuration, diagnostics: read } = readDeploymentToml(
    '[[transport.mail.listener]]\nenable = true\n',
    'deployment.toml',
  );
  const { diagnostics } = await written(
    'environments: {dev: {namespace: dev}, prod: {namespace: prod}}\n',
    {},
    configuration === undefined ? [] : [configuration],
  );
  expect(read.map(({ code }) => code)).toEqual(['MI-TOML-IGNORED']);
  expect(diagnostics).toEqual(read);
  expect(beyondRead(diagnostics, read)).toEqual([]);
  expect(beyondRead(diagnostics, [])).toEqual(read);
});

test.each([
  ['{enabled: true, synchronousInjection: true}', 'taskDeleteBarrier: true, ', true],
  ['{enabled: true, synchronousInjection: false}', '', undefined],
  ['{enabled: true}', 'taskDeleteBarrier: false, ', undefined],
  ['{enabled: false}', '', undefined],
])('hardening %s with %j in the values is the whole block: %j', async (hardening, more, expected) => {
  const { configurations } = await written(`values: {coordination: {database: {${more}hardening: ${hardening}}}}\n`);
  expect(configurations.map(({ coordinationHardening }) => coordinationHardening)).toEqual([expected]);
});

test('there is none where the image brings the file', async () => {
  const { configurations } = await written(
    `values: {deploymentToml: {transport: {jms: {listener: ${listener}}}}}\nenvironments:\n  dev: {namespace: dev, values: {runtime: {deploymentTomlFrom: image}}}\n  prod: {}\n`,
  );
  expect(configurations.map(({ environment }) => environment)).toEqual(['prod']);
});

test('without a configuration the chart writes its defaults', async () => {
  expect((await writtenConfigurations(undefined, [], { cwd: '.' } as Context)).configurations).toMatchObject([
    { environment: 'default', listeners: [] },
  ]);
});

test('the database that the chart coordinates with is told where the values name it whole', async () => {
  const { configurations } = await written(
    `environments:
  inside:
    namespace: inside
    values: {coordination: {database: {url: "jdbc:h2:./c", driver: org.h2.Driver}}}
  dev: {namespace: dev}
  half:
    namespace: half
    values: {coordination: {database: {url: "jdbc:mysql://db/c"}}}
  prod:
    values:
      coordination:
        database:
          url: jdbc:mysql://db/c
          driver: com.mysql.cj.jdbc.Driver
`,
  );
  expect(configurations.map(({ environment, chartDatabase }) => [environment, chartDatabase])).toEqual([
    ['inside', { path: 'mi-patterns.yaml', line: 4, column: 40 }],
    ['dev', undefined],
    ['half', undefined],
    ['prod', { path: 'mi-patterns.yaml', line: 13, column: 11 }],
  ]);
  expect(configurations.flatMap(({ embeddedDatabases = [] }) => embeddedDatabases.map(({ id }) => id))).toEqual([
    'WSO2_COORDINATION_DB',
  ]);
});
