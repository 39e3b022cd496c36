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

function routeRules({ values, workloads, mode, pattern }: RuleInput): readonly Finding[] {
  const routes: { readonly what: string; readonly path: readonly string[] }[] = [];
  const enabled = (section: string): boolean => valueAt(values, [section, 'enabled']) === true;
  const entries = (path: readonly string[]): readonly string[] => {
    const value = valueAt(values, path);
    return isMapping(value) ? Object.keys(value) : [];
  };
  if (enabled('ingress')) {
    for (const host of entries(['ingress', 'hosts'])) {
      for (const path of entries(['ingress', 'hosts', host, 'paths']))
        routes.push({
          what: `The Ingress path \`${host}${path}\``,
          path: ['ingress', 'hosts', host, 'paths', path, 'workload'],
        });
    }
  }
  if (enabled('gateway'))
    for (const path of entries(['gateway', 'paths']))
      routes.push({ what: `The HTTPRoute path \`${path}\``, path: ['gateway', 'paths', path, 'workload'] });
  if (enabled('route')) routes.push({ what: 'The Route', path: ['route', 'workload'] });
  return routes.flatMap(({ what, path }): readonly Finding[] => {
    const key = valueAt(values, path);
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
