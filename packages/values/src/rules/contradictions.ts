import { isMapping, valueAt, type Values } from '../merge.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

const code = 'MI-VALUES-CONDITION' as const;

/** Settings of one workload that do not go together; the chart refuses them in these words. */
export function contradictionRules(input: RuleInput): readonly Finding[] {
  return [
    ...nothingRuns(input),
    ...input.workloads.flatMap((workload) => [
      ...kindRules(input, workload),
      ...scalingRules(workload),
      ...volumeRules(workload),
    ]),
  ];
}

function nothingRuns({ values, workloads }: RuleInput): readonly Finding[] {
  const given = values['workloads'];
  if (workloads.length > 0 || !isMapping(given) || Object.keys(given).length === 0) return [];
  return [
    {
      code,
      path: ['workloads'],
      message: 'Every entry of `workloads` is null or has `enabled: false`, so nothing would run.',
      hint: 'Enable one, or remove `workloads` to get one workload `integration`.',
    },
  ];
}

function kindRules(
  { pattern, mode }: RuleInput,
  { key, settings, stateful, pathOf }: EffectiveWorkload,
): readonly Finding[] {
  const single = pattern === 'single-replica';
  const type = settings['type'] ?? (single ? 'stateful' : 'stateless');
  const service = valueAt(settings, ['service', 'type']);
  const isPublic = service === 'LoadBalancer' || service === 'NodePort';
  return [
    ...(/-(headless|management)$/.test(key)
      ? [
          {
            code,
            path: ['workloads', key],
            at: 'key' as const,
            message: `The key \`${key}\` ends like the Services that the chart derives from a key.`,
            hint: 'Use a key that does not end in -headless or -management.',
          },
        ]
      : []),
    // What multiple replicas do not run at all is told by the rule of that pattern.
    ...(type === 'stateless' && stateful.length > 0 && mode === 'isolate' && pattern !== 'multiple-replicas'
      ? [
          {
            code,
            path: pathOf('artifacts', 'stateful'),
            message: `The workload \`${key}\` is stateless, but lists the stateful artifacts ${list(stateful, 'and')}.`,
            hint: 'Set `type: stateful`, or move them to a stateful workload.',
          },
        ]
      : []),
    ...(type === 'stateful' && mode === 'isolate' && !single && isPublic
      ? [
          {
            code,
            path: pathOf('service', 'type'),
            message: `The workload \`${key}\` is stateful: its one pod is away whenever it moves, so it gets no public address (\`service.type\` is \`${service}\`).`,
            hint: 'Use `ClusterIP`, and route the public to a stateless workload.',
          },
        ]
      : []),
  ];
}

function scalingRules({ key, settings, autoscaling, pathOf }: EffectiveWorkload): readonly Finding[] {
  if (!autoscaling) return [];
  const number = (name: string, fallback: number): number => {
    const value = valueAt(settings, ['autoscaling', name]);
    return typeof value === 'number' ? value : fallback;
  };
  const [least, most] = [number('minReplicas', 2), number('maxReplicas', 10)];
  const metrics = valueAt(settings, ['autoscaling', 'metrics']);
  const hasMetric =
    number('targetCpuUtilization', 75) > 0 ||
    number('targetMemoryUtilization', 0) > 0 ||
    (isMapping(metrics) && Object.values(metrics).some((metric) => metric !== null)) ||
    valueAt(settings, ['autoscaling', 'keda', 'enabled']) === true;
  const mode = valueAt(settings, ['verticalAutoscaling', 'mode']);
  return [
    ...(least > most
      ? [
          {
            code,
            path: pathOf('autoscaling', 'minReplicas'),
            message: `\`minReplicas\` of \`${key}\` (${least}) is above \`maxReplicas\` (${most}).`,
            hint: 'Raise the one or lower the other.',
          },
        ]
      : []),
    ...(hasMetric
      ? []
      : [
          {
            code,
            path: pathOf('autoscaling', 'enabled'),
            message: `The workload \`${key}\` is scaled automatically by no metric.`,
            hint: 'Set `targetCpuUtilization` or `targetMemoryUtilization` above 0, or name one under `metrics`.',
          },
        ]),
    ...(valueAt(settings, ['verticalAutoscaling', 'enabled']) === true && mode !== undefined && mode !== 'Off'
      ? [
          {
            code,
            path: pathOf('verticalAutoscaling', 'mode'),
            message: `The workload \`${key}\` has two autoscalers that would react to the same CPU use.`,
            hint: 'Set `verticalAutoscaling.mode: "Off"`, or leave one out.',
          },
        ]
      : []),
  ];
}

function volumeRules(workload: EffectiveWorkload): readonly Finding[] {
  const volumes = valueAt(workload.settings, ['persistence']);
  return Object.entries(isMapping(volumes) ? volumes : {}).flatMap(([name, volume]) =>
    isMapping(volume) ? volumeFindings(workload, name, volume) : [],
  );
}

function volumeFindings(
  { key, settings, autoscaling, replicas, type, pathOf }: EffectiveWorkload,
  name: string,
  volume: Values,
): readonly Finding[] {
  const path = pathOf('persistence', name);
  const isSet = (setting: string): boolean => typeof volume[setting] === 'string' && volume[setting] !== '';
  const modes = Array.isArray(volume['accessModes']) ? volume['accessModes'] : [];
  const largest = valueAt(settings, ['autoscaling', 'maxReplicas']);
  const pods = autoscaling ? (typeof largest === 'number' ? largest : 10) : (replicas ?? (type === 'stateful' ? 1 : 2));
  const ofOneNode = modes.length > 0 && !modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany');
  return [
    ...(isSet('existingClaim') || isSet('size')
      ? []
      : [
          {
            code,
            path,
            at: 'key' as const,
            message: `The volume \`${name}\` of \`${key}\` has neither \`existingClaim\` nor \`size\`.`,
            hint: 'Set `size` to have a claim created, or `existingClaim` to use one.',
          },
        ]),
    ...(isSet('mountPath') || ['registry', 'offsets'].includes(String(volume['what']))
      ? []
      : [
          {
            code,
            path,
            at: 'key' as const,
            message: `The volume \`${name}\` of \`${key}\` has no \`mountPath\`.`,
            hint: 'Set the folder where it is mounted; only `what: registry` and `what: offsets` have a place of their own.',
          },
        ]),
    ...(!isSet('existingClaim') && pods > 1 && ofOneNode
      ? [
          {
            code,
            path: [...path, 'accessModes'],
            message: `The volume \`${name}\` is for one node at a time (${modes.join(', ')}), but \`${key}\` runs up to ${pods} pods.`,
            hint: 'Use `ReadWriteMany`, or one pod.',
          },
        ]
      : []),
  ];
}
