import { isMapping, valueAt } from '../merge.ts';
import type { Finding, RuleInput } from './finding.ts';

const code = 'MI-VALUES-RESERVED';
const ofTheJvm = ['JAVA_OPTS', 'JVM_MEM_OPTS', 'JAVA_MEM_OPTS', 'NODE_PARAMS'];
const ofTheServer: Readonly<Record<string, string>> = {
  hot_deployment:
    'Remove it: in a pod an archive never changes in place, and with hot deployment the readiness check does not see faulty archives.',
  graceful_shutdown_enabled: 'Set `gracefulShutdown.timeoutSeconds` instead.',
  graceful_shutdown_timeout: 'Set `gracefulShutdown.timeoutSeconds` instead.',
};

/** Names that the chart writes itself; it refuses them from anybody else. */
export function reservedRules({ values, mode, workloads }: RuleInput): readonly Finding[] {
  // With the file of the image nothing of deployment.toml is written.
  const ofImage = valueAt(values, ['runtime', 'deploymentTomlFrom']) === 'image';
  const places = [[], ...workloads.map(({ key }) => ['workloads', key]), ['workloadDefaults']];
  return places.flatMap((place) => {
    const env = valueAt(values, [...place, 'env']);
    const server = ofImage ? undefined : valueAt(values, [...place, 'deploymentToml', 'server']);
    return [
      ...names(env)
        .filter((name) => ofTheJvm.includes(name))
        .map((name): Finding => ({
          code,
          path: [...place, 'env', name],
          message: `\`${name}\` is written by the chart, which sets the options of the JVM.`,
          hint: 'Set `heap.max` for the heap and `jvm.options` for the rest.',
        })),
      ...names(env)
        .filter((name) => mode === 'database' && name === 'nodeId')
        .map((name): Finding => ({
          code,
          path: [...place, 'env', name],
          message:
            '`nodeId` is made up by each server at its start when a database coordinates them: two with one id do not start.',
          hint: 'Remove it.',
        })),
      ...names(server)
        .filter(
          (name) =>
            ofTheServer[name] !== undefined && !(name === 'hot_deployment' && valueAt(server, [name]) === false),
        )
        .map((name): Finding => ({
          code,
          path: [...place, 'deploymentToml', 'server', name],
          message: `\`server.${name}\` of deployment.toml is written by the chart.`,
          hint: ofTheServer[name] ?? '',
        })),
    ];
  });
}

function names(value: unknown): readonly string[] {
  return isMapping(value) ? Object.keys(value) : [];
}
