import { valueAt } from '../merge.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';

const code = 'MI-VALUES-FENCING';
/** Seconds that the chart takes for a renewal's request, and between the end of one server and the start of the next. */
const request = 4;
const margin = 10;

/** `recovery: fenced` needs lease-guard, a stateful workload that no database coordinates, and times that fit each other. */
export function fencingRules({ values, workloads, mode }: RuleInput): readonly Finding[] {
  const asked = workloads.filter(({ recovery }) => recovery === 'fenced');
  const stateful = asked.filter(({ type }) => type === 'stateful');
  const stateless = asked.filter(({ type, key, pathOf }) => type === 'stateless' && pathOf('recovery')[1] === key);
  const wrong: readonly Finding[] = [
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
  ];
  return mode === 'database' || stateful.length === 0
    ? wrong
    : [
        ...wrong,
        ...imageRule(
          values,
          stateful.map(({ key }) => key),
        ),
        ...timeRules(values),
      ];
}

function imageRule(values: RuleInput['values'], keys: readonly string[]): readonly Finding[] {
  const image = valueAt(values, ['fencing', 'image']);
  if (typeof image !== 'string' || image !== '') return [];
  return [
    {
      code,
      path: ['fencing', 'image'],
      message: `The recovery of ${list(keys, 'and')} is fenced, but \`fencing.image\` is empty, and there is no public image for it.`,
      hint: 'Build lease-guard as packages/lease-guard/README.md says, and name the image by its digest.',
    },
  ];
}

function timeRules(values: RuleInput['values']): readonly Finding[] {
  const [lease, limit, renew] = ['leaseSeconds', 'limitSeconds', 'renewSeconds'].map((name) =>
    valueAt(values, ['fencing', name]),
  );
  if (typeof lease !== 'number' || typeof limit !== 'number' || typeof renew !== 'number') return [];
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
