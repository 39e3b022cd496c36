import { compareVersions } from '@mi-patterns/planner';
import { runtimeVersions } from '../generated/runtime-versions.ts';
import { isMapping, valueAt, type Values } from '../merge.ts';
import { list } from '../schema/words.ts';
import { nearest } from '../schema/nearest.ts';
import type { Finding, RuleInput } from './finding.ts';
import { hasOwnSource } from './needs.ts';
import type { EffectiveWorkload } from './workloads.ts';

/** Rules over the release as a whole: coordination, names, routes, and secrets in plain text. */
export function releaseRules(input: RuleInput): readonly Finding[] {
  return [
    ...databaseRule(input),
    ...input.workloads.flatMap((workload) => nameRule(input, workload)),
    ...routeRules(input),
    ...secretRules(input),
    ...runtimeRule(input),
  ];
}

function databaseRule({ values, mode, workloads }: RuleInput): readonly Finding[] {
  if (mode !== 'database') return ownSourceRule(values, workloads);
  const byDatabase = group(workloads);
  return [...byDatabase.values()]
    .filter((sharing) => sharing.length > 1)
    .map((sharing): Finding => ({
      code: 'MI-VALUES-COORDINATION-DATABASE',
      path: ['coordination', 'mode'],
      message: `The workloads ${list(
        sharing.map(({ key }) => key),
        'and',
      )} share one coordination database, so they would take each other's tasks.`,
      related: sharing.map(({ key }) => ['workloads', key]),
    }));
}

/** A database in deployment.toml coordinates all the same, whatever the mode is. */
function ownSourceRule(values: Values, workloads: readonly EffectiveWorkload[]): readonly Finding[] {
  const sharing = workloads.filter(
    ({ settings }) =>
      valueAt(settings, ['deploymentToml', 'datasource']) === undefined && hasOwnSource(values, settings),
  );
  if (sharing.length < 2) return [];
  return [
    {
      code: 'MI-VALUES-COORDINATION-DATABASE',
      path: ['deploymentToml', 'datasource'],
      at: 'key',
      message: `The workloads ${list(
        sharing.map(({ key }) => key),
        'and',
      )} share the coordination database of \`deploymentToml\`, so they would take each other's tasks.`,
      hint: 'Remove the data source WSO2_COORDINATION_DB, or keep one workload with `coordination.mode: database`.',
    },
  ];
}

function group(workloads: readonly EffectiveWorkload[]): Map<string, EffectiveWorkload[]> {
  const groups = new Map<string, EffectiveWorkload[]>();
  for (const workload of workloads) groups.set(workload.database, [...(groups.get(workload.database) ?? []), workload]);
  return groups;
}

/** Limit of Kubernetes for names of Services and values of labels. */
const longestName = 63;

function nameRule(
  { values, release }: RuleInput,
  { key, type, recovery, management }: EffectiveWorkload,
): readonly Finding[] {
  const override = values['fullnameOverride'];
  const prefix = typeof override === 'string' && override !== '' ? override : release;
  if (prefix === undefined) return [];
  const suffixes = [
    { suffix: '', what: 'its objects' },
    ...(management ? [{ suffix: '-management', what: 'its management Service' }] : []),
    // A StatefulSet's pods carry its name and a hash of ten characters in a label.
    ...(type === 'stateful' && recovery === 'at-most-one'
      ? [{ suffix: '-0123456789', what: 'the revision label of its pods' }]
      : []),
  ];
  const longest = suffixes.reduce((a, b) => (b.suffix.length > a.suffix.length ? b : a));
  const length = prefix.length + 1 + key.length + longest.suffix.length;
  if (length <= longestName) return [];
  return [
    {
      code: 'MI-VALUES-NAME-LENGTH',
      path: ['workloads', key],
      message: `With the release name \`${prefix}\` the workload \`${key}\` gets names of ${length} characters (${longest.what}); Kubernetes takes ${longestName}.`,
      hint: `Shorten the key by ${length - longestName} ${length - longestName === 1 ? 'character' : 'characters'}, or the release name.`,
    },
  ];
}

/** One way into the release; the workload is the value at the path, or its last key. */
interface PublicRoute {
  readonly what: string;
  readonly path: readonly string[];
  readonly at: 'key' | 'value';
}

const keysAt = (values: Values, path: readonly string[]): readonly string[] => {
  const value = valueAt(values, path);
  return isMapping(value) ? Object.keys(value) : [];
};

/** The setting itself, and each entry of its `additional`. */
const withAdditional = (values: Values, section: string): readonly (readonly string[])[] => [
  [section],
  ...keysAt(values, [section, 'additional']).map((key) => [section, 'additional', key]),
];

function ingressRoutes(values: Values): readonly PublicRoute[] {
  return withAdditional(values, 'ingress').flatMap((ingress) =>
    keysAt(values, [...ingress, 'hosts']).flatMap((host) =>
      keysAt(values, [...ingress, 'hosts', host, 'paths']).map((path): PublicRoute => ({
        what: `The Ingress path \`${host}${path}\``,
        path: [...ingress, 'hosts', host, 'paths', path, 'workload'],
        at: 'value',
      })),
    ),
  );
}

function gatewayRoutes(values: Values): readonly PublicRoute[] {
  return withAdditional(values, 'gateway').flatMap((route) => [
    ...keysAt(values, [...route, 'paths']).map((path): PublicRoute => ({
      what: `The HTTPRoute path \`${path}\``,
      path: [...route, 'paths', path, 'workload'],
      at: 'value',
    })),
    ...keysAt(values, [...route, 'rules']).flatMap((rule) =>
      keysAt(values, [...route, 'rules', rule, 'backends']).map((key): PublicRoute => ({
        what: `The HTTPRoute rule \`${rule}\``,
        path: [...route, 'rules', rule, 'backends', key],
        at: 'key',
      })),
    ),
  ]);
}

function routeRules({ values, workloads, mode, pattern }: RuleInput): readonly Finding[] {
  const routes = [
    ...(valueAt(values, ['ingress', 'enabled']) === true ? ingressRoutes(values) : []),
    ...(valueAt(values, ['gateway', 'enabled']) === true ? gatewayRoutes(values) : []),
    ...(valueAt(values, ['route', 'enabled']) === true
      ? [{ what: 'The Route', path: ['route', 'workload'], at: 'value' } as const]
      : []),
  ];
  return routes.flatMap(({ what, path, at }): readonly Finding[] => {
    const key = at === 'key' ? path.at(-1) : valueAt(values, path);
    if (typeof key !== 'string' || key === '') return [];
    const target = workloads.find((workload) => workload.key === key);
    if (target === undefined) {
      const meant = nearest(
        key,
        workloads.map((workload) => workload.key),
      );
      return [
        {
          code: 'MI-VALUES-NO-WORKLOAD',
          path,
          message: `${what} leads to the workload \`${key}\`, which does not exist.`,
          hint:
            meant === undefined
              ? `Workloads are ${list(
                  workloads.map((workload) => workload.key),
                  'and',
                )}.`
              : `Did you mean \`${meant}\`?`,
        },
      ];
    }
    return target.type === 'stateful' && pattern === 'coordinated' && mode === 'isolate'
      ? [{ code: 'MI-VALUES-STATEFUL-EXPOSED', path, message: `${what} leads to the stateful workload \`${key}\`.` }]
      : [];
  });
}

function runtimeRule({ values }: RuleInput): readonly Finding[] {
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

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)$/i;

function secretRules({ values, workloads }: RuleInput): readonly Finding[] {
  const places = [['env'], ['workloadDefaults', 'env'], ...workloads.map(({ key }) => ['workloads', key, 'env'])];
  return places.flatMap((place) => {
    const env = valueAt(values, place);
    return Object.entries(isMapping(env) ? (env as Values) : {}).flatMap(([name, value]): readonly Finding[] =>
      typeof value === 'string' && value !== '' && !value.startsWith('$') && secretName.test(name)
        ? [
            {
              code: 'MI-VALUES-SECRET-INLINE',
              path: [...place, name],
              message: `\`${name}\` looks like a secret and stands here in plain text.`,
              hint: `Refer to a Secret: \`${name}: {secretKeyRef: {name: …, key: …}}\`.`,
            },
          ]
        : [],
    );
  });
}
