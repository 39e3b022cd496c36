import { type GivenSettings, isSecretName, type SettingNames } from '@mi-patterns/inventory';
import { mappingOf, valueAt, type Values } from '../mapping/merge.ts';

/**
 * Variables that pods always have: the shell's, Kubernetes' own, the chart's
 * (charts/micro-integrator/templates/deployment.yaml) and those of WSO2's image.
 */
const always = [
  'HOME',
  'HOSTNAME',
  'JAVA_HOME',
  'JAVA_OPTS',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'MI_PATTERNS_RELEASE_ROLES',
  'PATH',
  'POD_NAME',
  'POD_NAMESPACE',
  'TZ',
  'USER_HOME',
  'WORKING_DIRECTORY',
  'WSO2_SERVER_HOME',
];

/** What the values of an environment, complete with the chart's defaults, give its pods. */
export function givenSettings(environment: string, values: Values): GivenSettings {
  const mapping = (...path: string[]): Values => mappingOf(valueAt(values, path));
  const names = (...paths: string[][]): string[] => {
    const merged = Object.assign({}, ...paths.map((path) => mapping(...path))) as Values;
    return Object.keys(merged)
      .filter((name) => merged[name] !== null)
      .toSorted();
  };
  const texts = (...paths: string[][]): Readonly<Record<string, string>> => {
    const merged = Object.assign({}, ...paths.map((path) => mapping(...path))) as Values;
    return Object.fromEntries(
      Object.entries(merged).flatMap(([name, value]) =>
        ['string', 'number', 'boolean'].includes(typeof value) && !isSecretName(name) ? [[name, String(value)]] : [],
      ),
    );
  };
  const isOpen = (...path: string[]): boolean => {
    const list = valueAt(values, [...path, 'envFrom']);
    return Array.isArray(list) && list.length > 0;
  };
  const everywhere: SettingNames = {
    variables: [...new Set([...always, ...names(['env'], ['workloadDefaults', 'env'])])].toSorted(),
    properties: names(['properties'], ['workloadDefaults', 'properties']),
    aliases: names(['deploymentToml', 'secrets'], ['workloadDefaults', 'deploymentToml', 'secrets']),
    open: isOpen('workloadDefaults'),
    texts: {
      variables: texts(['env'], ['workloadDefaults', 'env']),
      properties: texts(['properties'], ['workloadDefaults', 'properties']),
    },
  };
  const workloads = Object.keys(mapping('workloads')).map((name): [string, SettingNames] => [
    name,
    {
      variables: names(['workloads', name, 'env']),
      properties: names(['workloads', name, 'properties']),
      aliases: names(['workloads', name, 'deploymentToml', 'secrets']),
      open: isOpen('workloads', name),
    },
  ]);
  return {
    environment,
    everywhere,
    workloads: Object.fromEntries(workloads),
    hashicorpVault: valueAt(values, ['hashicorpVault', 'enabled']) === true,
    timezone: String(valueAt(values, ['runtime', 'timezone']) ?? 'UTC'),
  };
}
