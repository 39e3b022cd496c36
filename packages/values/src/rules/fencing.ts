import { valueAt } from '../merge.ts';
import type { Finding, RuleInput } from './finding.ts';

const code = 'MI-VALUES-FENCING';
/** Seconds that the chart takes for a renewal's request, and between the end of one server and the start of the next. */
const request = 4;
const margin = 5;

/** Times of the Leases without a standby and with one, as the chart's `mi.fencing.times` has them. */
const times = { none: { lease: 40, limit: 25, renew: 5 }, cold: { lease: 15, limit: 10, renew: 2 } } as const;

/** `recovery: fenced` needs a stateful workload that no database coordinates, and times that fit each other. */
export function fencingRules({ values, workloads, mode }: RuleInput): readonly Finding[] {
  const asked = workloads.filter(({ recovery }) => recovery === 'fenced');
  const stateful = asked.filter(({ type }) => type === 'stateful');
  const stateless = asked.filter(({ type, key, pathOf }) => type === 'stateless' && pathOf('recovery')[1] === key);
  const standbys = workloads.filter(({ key }) => valueAt(values, ['workloads', key, 'standby']) === 'cold');
  return [
    ...stateless.map(({ key, pathOf }): Finding => ({
      code,
      path: pathOf('recovery'),
      message: `The workload \`${key}\` is stateless, so all its pods may be active, but its recovery is fenced.`,
      hint: 'Set `type: stateful`, or remove `recovery`.',
    })),
    ...(mode === 'database' ? stateful : []).map(({ key, pathOf }): Finding => ({
      code,
      path: pathOf('recovery'),
      message: `The recovery of \`${key}\` is fenced, but with \`coordination.mode: database\` its servers agree through the database which of them is active.`,
      hint: 'Remove `recovery`, or use `coordination.mode: isolate`.',
    })),
    ...standbys
      .filter(({ recovery }) => recovery !== 'fenced')
      .map(({ key }): Finding => ({
        code,
        path: ['workloads', key, 'standby'],
        message: `The workload \`${key}\` has a standby, but its recovery is not fenced: a second pod would do the work twice.`,
        hint: 'Set `recovery: fenced`, or remove `standby`.',
      })),
    ...(mode === 'database' ? [] : standbyKinds(values, stateful).flatMap((kind) => timeRules(values, kind))),
  ];
}

/** Which times the fenced workloads have. */
function standbyKinds(
  values: RuleInput['values'],
  fenced: readonly { readonly key: string }[],
): readonly (keyof typeof times)[] {
  const inherited = valueAt(values, ['workloadDefaults', 'standby']);
  const kinds = fenced.map(({ key }) => valueAt(values, ['workloads', key, 'standby']) ?? inherited);
  return [...new Set(kinds.map((kind) => (kind === 'cold' ? 'cold' : 'none')))];
}

function timeRules(values: RuleInput['values'], kind: keyof typeof times): readonly Finding[] {
  const seconds = (name: keyof (typeof times)['none']): number => {
    const given = valueAt(values, ['fencing', `${name}Seconds`]);
    return typeof given === 'number' ? given : times[kind][name];
  };
  const [lease, limit, renew] = [seconds('lease'), seconds('limit'), seconds('renew')];
  const least = 2 * renew + request;
  return [
    ...(limit < least
      ? [
          {
            code,
            path: ['fencing', 'limitSeconds'],
            message: `\`limitSeconds\` ${limit} is too short for renewals every ${renew} s: one lost request would end the work.`,
            hint: `Set it to ${least} or more.`,
          } as const,
        ]
      : []),
    ...(lease < limit + margin
      ? [
          {
            code,
            path: ['fencing', 'leaseSeconds'],
            message: `\`leaseSeconds\` ${lease} must exceed \`limitSeconds\` ${limit} by ${margin}: the time in which a server is surely dead before the next one starts.`,
            hint: `Set it to ${limit + margin} or more.`,
          } as const,
        ]
      : []),
  ];
}
