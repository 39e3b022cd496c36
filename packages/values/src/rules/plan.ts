import type { Plan } from '@mi-patterns/planner';
import { valueAt, type Values } from '../mapping/merge.ts';
import { nearest } from '../schema/nearest.ts';
import { list } from '../schema/words.ts';
import { effectiveWorkloads, type EffectiveWorkload } from '../workloads/effective.ts';
import type { Finding } from './finding.ts';
import { withoutVolume } from './volumes.ts';

/**
 * What values must have of the plan that they are made for. The chart knows no plan, so these rules are not its own.
 */
export function planRules(values: Values, plan: Plan): readonly Finding[] {
  const workloads = effectiveWorkloads(values);
  return [...unplanned(workloads, plan), ...lost(values, workloads, plan), ...withoutVolume(workloads, plan)];
}

/**
 * Workloads that the values add to the plan. A key near that of another one is mistyped: its settings have no effect
 * there.
 */
function unplanned(workloads: readonly EffectiveWorkload[], plan: Plan): readonly Finding[] {
  const planned = plan.workloads.map(({ name }) => name);
  // A plan without any has an error of its own.
  if (planned.length === 0) return [];
  return workloads
    .filter(({ key }) => !planned.includes(key))
    .map(({ key }): Finding => {
      const meant = nearest(key, planned);
      const finding = {
        code: 'MI-VALUES-UNPLANNED',
        path: ['workloads', key],
        at: 'key',
        message: `The plan has no workload \`${key}\`, so it adds pods that the plan does not have.`,
      } as const;
      return meant === undefined
        ? {
            ...finding,
            hint: `If you do not mean that, use the key of a workload of the plan: ${list(planned, 'and')}.`,
            severity: 'warning',
          }
        : { ...finding, hint: `Did you mean \`${meant}\`? Workloads of the plan are ${list(planned, 'and')}.` };
    });
}

/**
 * Roles and stateful artifacts of the plan that no workload has. Roles in `artifacts.roles` are the chart's to compare.
 */
function lost(values: Values, workloads: readonly EffectiveWorkload[], plan: Plan): readonly Finding[] {
  const listed = valueAt(values, ['artifacts', 'roles']);
  const roles = new Set([
    ...workloads.flatMap((workload) => workload.roles),
    ...((Array.isArray(listed) ? listed : []) as readonly unknown[]),
  ]);
  const stateful = new Set(workloads.flatMap((workload) => workload.stateful));
  return plan.workloads.flatMap(({ name, roles: wanted, stateful: artifacts }): readonly Finding[] => {
    const path = ['workloads', name];
    const missing = artifacts.filter((id) => !stateful.has(id));
    return [
      ...(plan.delivery === 'roles' ? wanted : [])
        .filter((role) => !roles.has(role))
        .map((role): Finding => ({
          code: 'MI-VALUES-ROLE-UNUSED',
          path,
          message: `No workload has the server role \`${role}\`, so no server would deploy its artifacts.`,
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
