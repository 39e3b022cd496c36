import { isMapping } from '../merge.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

/** What each pattern promises, checked on workloads with everything they inherit. */
export function patternRules(input: RuleInput): readonly Finding[] {
  switch (input.pattern) {
    case 'single-replica':
      return singleReplica(input);
    case 'multiple-replicas':
      return input.workloads.flatMap(multipleReplicas);
    case 'coordinated':
      return input.mode === 'database'
        ? []
        : input.workloads.filter(({ type }) => type === 'stateful').flatMap(stateful);
    default:
      return [];
  }
}

function singleReplica({ workloads }: RuleInput): readonly Finding[] {
  const code = 'MI-VALUES-SINGLE-REPLICA';
  const keys = workloads.map(({ key }) => key);
  const several: readonly Finding[] =
    workloads.length > 1
      ? [
          {
            code,
            path: ['workloads'],
            message: `\`single-replica\` runs everything in one workload, but there are ${workloads.length}: ${list(keys, 'and')}.`,
            hint: 'Leave one workload, or use `pattern: coordinated`.',
          },
        ]
      : [];
  return [...several, ...workloads.flatMap((workload) => onePod(workload, code, '`single-replica` runs one pod'))];
}

function onePod(
  workload: EffectiveWorkload,
  code: 'MI-VALUES-SINGLE-REPLICA' | 'MI-VALUES-COORDINATED',
  why: string,
): readonly Finding[] {
  const { key, replicas, autoscaling, pathOf } = workload;
  return [
    ...(replicas !== undefined && replicas !== 1
      ? [
          {
            code,
            path: pathOf('replicas'),
            message: `The workload \`${key}\` has ${replicas} replicas, but ${why}.`,
            ...(code === 'MI-VALUES-SINGLE-REPLICA' ? { hint: 'Set `replicas: 1`, or choose another pattern.' } : {}),
          } as const,
        ]
      : []),
    ...(autoscaling
      ? [
          {
            code,
            path: pathOf('autoscaling', 'enabled'),
            message: `The workload \`${key}\` is scaled automatically, but ${why}.`,
            hint: 'Set `autoscaling.enabled: false`.',
          } as const,
        ]
      : []),
  ];
}

function multipleReplicas({
  key,
  type,
  replicas,
  autoscaling,
  minReplicas,
  stateful: artifacts,
  pathOf,
}: EffectiveWorkload): readonly Finding[] {
  const code = 'MI-VALUES-MULTIPLE-REPLICAS';
  const hint = 'Use `pattern: coordinated`, which gives each stateful artifact one pod of its own.';
  const named = artifacts.length === 0 ? '' : `: ${list(artifacts, 'and')}`;
  const isStateful: readonly Finding[] =
    type === 'stateful'
      ? [
          {
            code,
            path: pathOf('type'),
            message: `The workload \`${key}\` is stateful${named}, but \`multiple-replicas\` runs every artifact in each pod.`,
            hint,
          },
        ]
      : artifacts.length > 0
        ? [
            {
              code,
              path: pathOf('artifacts', 'stateful'),
              message: `The workload \`${key}\` has stateful artifacts${named}; in \`multiple-replicas\` each pod would run them.`,
              hint,
            },
          ]
        : [];
  const [count, path] = autoscaling
    ? [minReplicas, pathOf('autoscaling', 'minReplicas')]
    : [replicas, pathOf('replicas')];
  const tooFew: readonly Finding[] =
    count !== undefined && count < 2
      ? [
          {
            code,
            path,
            message: `The workload \`${key}\` has ${autoscaling ? 'a minimum of ' : ''}${count} ${count === 1 ? 'replica' : 'replicas'}, but \`multiple-replicas\` needs at least 2.`,
            hint: `Set \`${autoscaling ? 'minReplicas' : 'replicas'}: 2\` or more, or use \`pattern: single-replica\`.`,
          },
        ]
      : [];
  return [...isStateful, ...tooFew];
}

function stateful(workload: EffectiveWorkload): readonly Finding[] {
  const strategy: readonly Finding[] =
    isMapping(workload.strategy) && Object.keys(workload.strategy).length > 0
      ? [
          {
            code: 'MI-VALUES-COORDINATED',
            path: workload.pathOf('strategy'),
            message: `The stateful workload \`${workload.key}\` has a rolling strategy, which would run two pods during an update.`,
            hint: 'Remove `strategy`: a stateful workload stops its pod before it starts the next.',
          },
        ]
      : [];
  return [...onePod(workload, 'MI-VALUES-COORDINATED', 'a stateful workload has exactly one active pod'), ...strategy];
}
