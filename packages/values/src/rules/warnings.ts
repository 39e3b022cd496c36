import { compareVersions } from '@mi-patterns/inventory';
import { runtimeVersions } from '../generated/runtime-versions.ts';
import { isMapping, valueAt, type Values } from '../merge.ts';
import { effectiveWorkloads } from '../workloads.ts';
import type { Finding } from './finding.ts';

/** What works, but not as its author may think. The chart warns in its notes, which `helm template` does not show and which have no places. */
export function warnings(values: Values): readonly Finding[] {
  return [...emptyStateful(values), ...plainSecrets(values), ...unknownVersion(values)];
}

function emptyStateful(values: Values): readonly Finding[] {
  if (values['pattern'] !== 'coordinated') return [];
  return effectiveWorkloads(values)
    .filter(({ type, stateful }) => type === 'stateful' && stateful.length === 0)
    .map(({ key }) => ({
      code: 'MI-VALUES-STATEFUL-EMPTY',
      path: ['workloads', key],
      message: `The stateful workload \`${key}\` names no stateful artifact.`,
    }));
}

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)$/i;

function plainSecrets(values: Values): readonly Finding[] {
  const places = [
    ['env'],
    ['workloadDefaults', 'env'],
    ...effectiveWorkloads(values).map(({ key }) => ['workloads', key, 'env']),
  ];
  return places.flatMap((place) => {
    const env = valueAt(values, place);
    return Object.entries(isMapping(env) ? env : {}).flatMap(([name, value]): readonly Finding[] =>
      typeof value === 'string' && value !== '' && !value.startsWith('$') && secretName.test(name)
        ? [
            {
              code: 'MI-VALUES-SECRET-INLINE',
              path: [...place, name],
              message: `\`${name}\` looks like a secret, and it is in plain text.`,
              hint: `Refer to a Secret: \`${name}: {secretKeyRef: {name: …, key: …}}\`.`,
            },
          ]
        : [],
    );
  });
}

function unknownVersion(values: Values): readonly Finding[] {
  const version = valueAt(values, ['runtime', 'version']);
  if (
    typeof version !== 'string' ||
    version === '' ||
    (compareVersions(version, runtimeVersions.from) >= 0 && compareVersions(version, runtimeVersions.before) < 0)
  )
    return [];
  return [
    {
      code: 'MI-VALUES-RUNTIME-VERSION',
      path: ['runtime', 'version'],
      message: `\`runtime.version\` is ${version}, but the chart is made for Micro Integrator from ${runtimeVersions.from} on and before ${runtimeVersions.before}.`,
    },
  ];
}
