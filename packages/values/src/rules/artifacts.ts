import type { ValuesCode } from '../catalogue.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

/** Every stateful artifact and every server role of one belongs to exactly one workload. */
export function artifactRules(input: RuleInput): readonly Finding[] {
  const { workloads, plan, pattern } = input;
  const twice = [
    ...repeated(workloads, 'stateful', 'MI-VALUES-STATEFUL-TWICE', (id, first, second) => `\`${id}\` is listed in the workloads \`${first}\` and \`${second}\`; it would be active in both.`),
    // A role that only stateless workloads share deploys nothing that must run once.
    ...repeated(workloads, 'roles', 'MI-VALUES-ROLE-TWICE', (role, first, second) => `The workloads \`${first}\` and \`${second}\` both have the server role \`${role}\`; what carries it would be deployed in both.`, (a, b) => a.type === 'stateful' || b.type === 'stateful'),
  ];
  const empty = pattern !== 'coordinated' ? [] : workloads.filter(({ type, stateful }) => type === 'stateful' && stateful.length === 0).map((workload): Finding => ({ code: 'MI-VALUES-STATEFUL-EMPTY', path: ['workloads', workload.key], message: `The stateful workload \`${workload.key}\` names no stateful artifact.` }));
  return [...twice, ...empty, ...(plan === undefined ? [] : planRules(input, plan))];
}

type Lists = 'stateful' | 'roles';

function repeated(workloads: readonly EffectiveWorkload[], lists: Lists, code: ValuesCode, message: (item: string, first: string, second: string) => string, counts: (a: EffectiveWorkload, b: EffectiveWorkload) => boolean = () => true): readonly Finding[] {
  const first = new Map<string, EffectiveWorkload>();
  return workloads.flatMap((workload) =>
    workload[lists].flatMap((item, index): readonly Finding[] => {
      const earlier = first.get(item);
      if (earlier === undefined) first.set(item, workload);
      if (earlier === undefined || earlier === workload || !counts(earlier, workload)) return [];
      const path = (owner: EffectiveWorkload, position: number): readonly string[] => [...owner.pathOf('artifacts', lists), String(position)];
      return [{ code, path: path(workload, index), message: message(item, earlier.key, workload.key), related: [path(earlier, earlier[lists].indexOf(item))] }];
    }),
  );
}

function planRules({ workloads }: RuleInput, plan: NonNullable<RuleInput['plan']>): readonly Finding[] {
  const roles = new Set(workloads.flatMap((workload) => workload.roles));
  const listed = new Set(workloads.flatMap(({ stateful }) => stateful));
  return plan.workloads.flatMap(({ name, roles: wanted, stateful }): readonly Finding[] => {
    const path = ['workloads', name];
    const missing = stateful.filter((id) => !listed.has(id));
    return [
      ...(plan.delivery === 'roles' ? wanted : []).filter((role) => !roles.has(role)).map((role): Finding => ({ code: 'MI-VALUES-ROLE-UNUSED', path, message: `No workload has the server role \`${role}\`, so the artifacts of the role would be deployed nowhere.`, hint: `Add \`${role}\` to \`workloads.${name}.artifacts.roles\`.` })),
      ...(missing.length > 0 ? [{ code: 'MI-VALUES-STATEFUL-MISSING', path, message: `The plan isolates ${list(missing, 'and')} in \`${name}\`, but no workload of the values lists ${missing.length === 1 ? 'it' : 'them'}.` } as const] : []),
    ];
  });
}
