import type { ValuesCode } from '../catalogue.ts';
import { valueAt } from '../merge.ts';
import { nearest } from '../schema/nearest.ts';
import { list } from '../schema/words.ts';
import type { Finding, RuleInput } from './finding.ts';
import type { EffectiveWorkload } from './workloads.ts';

/** Every stateful artifact and every server role of one belongs to exactly one workload. */
export function artifactRules(input: RuleInput): readonly Finding[] {
  const { workloads, plan, pattern } = input;
  const twice = [
    ...repeated(
      workloads,
      'stateful',
      'MI-VALUES-STATEFUL-TWICE',
      (id, first, second) =>
        `\`${id}\` is listed in the workloads \`${first}\` and \`${second}\`; it would be active in both.`,
    ),
    // A role that only stateless workloads share deploys nothing that must run once.
    ...repeated(
      workloads,
      'roles',
      'MI-VALUES-ROLE-TWICE',
      (role, first, second) =>
        `The workloads \`${first}\` and \`${second}\` both have the server role \`${role}\`; what carries it would be deployed in both.`,
      (a, b) => a.type === 'stateful' || b.type === 'stateful',
    ),
  ];
  const empty =
    pattern !== 'coordinated'
      ? []
      : workloads
          .filter(({ type, stateful }) => type === 'stateful' && stateful.length === 0)
          .map((workload): Finding => ({
            code: 'MI-VALUES-STATEFUL-EMPTY',
            path: ['workloads', workload.key],
            message: `The stateful workload \`${workload.key}\` names no stateful artifact.`,
          }));
  const listed = listedRoles(input);
  return [
    ...twice,
    ...empty,
    ...listedRoleRules(input, listed),
    ...(plan === undefined ? [] : planRules(input, plan, new Set(listed))),
  ];
}

/** `artifacts.roles` of the release: the roles in the archives. */
function listedRoles({ values }: RuleInput): readonly string[] {
  const roles = valueAt(values, ['artifacts', 'roles']);
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

/** Where the release lists its roles, each must have a workload, and a workload has no other. */
function listedRoleRules({ workloads, pattern }: RuleInput, listed: readonly string[]): readonly Finding[] {
  if (listed.length === 0 || workloads.length === 0) return [];
  const carried = new Set(workloads.flatMap(({ roles }) => roles));
  // The one workload of a single replica has all roles of the release unless it names some.
  const all = pattern === 'single-replica' && carried.size === 0;
  const unused = listed.flatMap((role, index): readonly Finding[] =>
    all || carried.has(role)
      ? []
      : [
          {
            code: 'MI-VALUES-ROLE-UNUSED',
            path: ['artifacts', 'roles', String(index)],
            message: `No workload has the server role \`${role}\`, so the artifacts of the role would be deployed nowhere.`,
          },
        ],
  );
  const unknown = workloads.flatMap((workload) =>
    workload.roles.flatMap((role, index): readonly Finding[] =>
      listed.includes(role)
        ? []
        : [
            {
              code: 'MI-VALUES-ROLE-UNKNOWN',
              path: [...workload.pathOf('artifacts', 'roles'), String(index)],
              message: `The workload \`${workload.key}\` has the server role \`${role}\`, which \`artifacts.roles\` does not list.`,
            },
          ],
    ),
  );
  return [...unused, ...unknown];
}

type Lists = 'stateful' | 'roles';

function repeated(
  workloads: readonly EffectiveWorkload[],
  lists: Lists,
  code: ValuesCode,
  message: (item: string, first: string, second: string) => string,
  counts: (a: EffectiveWorkload, b: EffectiveWorkload) => boolean = () => true,
): readonly Finding[] {
  const first = new Map<string, EffectiveWorkload>();
  return workloads.flatMap((workload) =>
    workload[lists].flatMap((item, index): readonly Finding[] => {
      const earlier = first.get(item);
      if (earlier === undefined) first.set(item, workload);
      if (earlier === undefined || earlier === workload || !counts(earlier, workload)) return [];
      const path = (owner: EffectiveWorkload, position: number): readonly string[] => [
        ...owner.pathOf('artifacts', lists),
        String(position),
      ];
      return [
        {
          code,
          path: path(workload, index),
          message: message(item, earlier.key, workload.key),
          related: [path(earlier, earlier[lists].indexOf(item))],
        },
      ];
    }),
  );
}

function planRules(
  { workloads }: RuleInput,
  plan: NonNullable<RuleInput['plan']>,
  told: ReadonlySet<string>,
): readonly Finding[] {
  return [...unplanned(workloads, plan), ...lost(workloads, plan, told)];
}

/** Workloads that the values add to the plan: with a name near that of another one a mistyped key, whose settings would have no effect there. */
function unplanned(workloads: RuleInput['workloads'], plan: NonNullable<RuleInput['plan']>): readonly Finding[] {
  const planned = plan.workloads.map(({ name }) => name);
  return workloads
    .filter(({ key }) => !planned.includes(key))
    .map(({ key }): Finding => {
      const meant = nearest(key, planned);
      const finding = {
        code: 'MI-VALUES-UNPLANNED',
        path: ['workloads', key],
        at: 'key',
        message: `The plan has no workload \`${key}\`, so this adds pods of their own.`,
      } as const;
      return meant === undefined
        ? {
            ...finding,
            hint: `If that is not meant, use the key of a workload of the plan: ${list(planned, 'and')}.`,
            severity: 'warning',
          }
        : { ...finding, hint: `Did you mean \`${meant}\`? Workloads of the plan are ${list(planned, 'and')}.` };
    });
}

function lost(
  workloads: RuleInput['workloads'],
  plan: NonNullable<RuleInput['plan']>,
  told: ReadonlySet<string>,
): readonly Finding[] {
  const roles = new Set(workloads.flatMap((workload) => workload.roles));
  const listed = new Set(workloads.flatMap(({ stateful }) => stateful));
  return plan.workloads.flatMap(({ name, roles: wanted, stateful }): readonly Finding[] => {
    const path = ['workloads', name];
    const missing = stateful.filter((id) => !listed.has(id));
    return [
      ...(plan.delivery === 'roles' ? wanted : [])
        .filter((role) => !roles.has(role) && !told.has(role))
        .map((role): Finding => ({
          code: 'MI-VALUES-ROLE-UNUSED',
          path,
          message: `No workload has the server role \`${role}\`, so the artifacts of the role would be deployed nowhere.`,
          hint: `Add \`${role}\` to \`workloads.${name}.artifacts.roles\`.`,
        })),
      ...(missing.length > 0
        ? [
            {
              code: 'MI-VALUES-STATEFUL-MISSING',
              path,
              message: `The plan isolates ${list(missing, 'and')} in \`${name}\`, but no workload of the values lists ${missing.length === 1 ? 'it' : 'them'}.`,
            } as const,
          ]
        : []),
    ];
  });
}
