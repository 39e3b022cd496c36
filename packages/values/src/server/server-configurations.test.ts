import { readDeploymentToml, type ServerConfiguration, type Source } from '@mi-patterns/inventory';
import { expect, test } from 'vitest';
import { type Environment, environmentsOf } from '../configuration/environments.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { readYaml } from '../yaml/read.ts';
import { serverConfigurations } from './server-configurations.ts';

const toml = `[[datasource]]
id = "WSO2_COORDINATION_DB"
[[datasource]]
id = "SHOP"
url = "$env{SHOP_URL}"
[[transport.jms.listener]]
name = "topics"
parameter.connection_factory_type = "topic"
[mediation]
inbound.port_offset_enable = "$env{OFFSET}"
[system.parameter]
'org.x' = "$env{X}"
`;
const read = (): readonly ServerConfiguration[] => {
  const { configuration } = readDeploymentToml(toml, 'deployment/deployment.toml');
  return configuration === undefined ? [] : [configuration];
};
const shown = (source: Source | undefined): string => `${source?.path}:${source?.line}:${source?.column}`;

/** Where the environment `prod` gets what it reads, and its factory for topics, by name. */
function places(configuration: string | undefined, valuesFile?: string): Readonly<Record<string, string>> {
  const path = 'mi-patterns.yaml';
  const loaded =
    configuration === undefined ? undefined : loadedConfiguration(configuration, { path, folder: '.' }).loaded;
  const environment = environmentsOf(loaded?.configuration ?? {})[0] as Environment;
  const files = valuesFile === undefined ? [] : [readYaml(valuesFile, 'shared.yaml', 'MI-VALUES', 'helm')];
  const { configurations } = serverConfigurations(environment, {
    loaded: loaded === undefined ? undefined : { text: configuration ?? '', path },
    files,
    read: read(),
  });
  return Object.fromEntries(
    configurations.flatMap(({ settings = [], jmsTopicFactories = [] }) =>
      [...settings, ...jmsTopicFactories].map(({ name, source }) => [name, shown(source)]),
    ),
  );
}

const ofToml = {
  SHOP_URL: 'deployment/deployment.toml:5:1',
  topics: 'deployment/deployment.toml:6:1',
  OFFSET: 'deployment/deployment.toml:10:1',
  X: 'deployment/deployment.toml:12:1',
};

test('what is carried over from the file of a project is placed there', () => {
  expect(places(undefined)).toEqual(ofToml);
  expect(places('environments:\n  prod: {}\n')).toEqual(ofToml);
});

test.each([
  ['environments:\n  prod: {}\n', undefined],
  ['runtime: {version: 4.4.0}\n', '4.4.0'],
  ['runtime: {version: 4.4.0}\nenvironments:\n  prod: {runtime: {version: 4.6.0}}\n', '4.6.0'],
  ['runtime: {version: 4.4.0}\nvalues: {runtime: {version: 4.5.0, deploymentTomlFrom: image}}\n', '4.5.0'],
])('of the configuration %j the version is %s', (configuration, version) => {
  const loaded = loadedConfiguration(configuration, { path: 'mi-patterns.yaml', folder: '.' }).loaded;
  const environment = environmentsOf(loaded?.configuration ?? {})[0] as Environment;
  expect(serverConfigurations(environment, { loaded: undefined, files: [], read: [] }).environmentVersions).toEqual([
    version,
  ]);
});

test('what the values say themselves is placed at their key, which may hold dots', () =>
  expect(
    places(
      'values:\n  deploymentToml:\n    mediation:\n      inbound.port_offset_enable: $env{OFFSET}\nenvironments:\n  prod: {}\n',
      'deploymentToml:\n  system.parameter:\n    org.x: $env{X}\n',
    ),
  ).toEqual({ ...ofToml, OFFSET: 'mi-patterns.yaml:4:7', X: 'shared.yaml:3:5' }));
