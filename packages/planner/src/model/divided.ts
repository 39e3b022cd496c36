import type { Plan } from './plan.ts';

/** True when stateful artifacts have workloads of their own, so that the other pods do not have them. */
export function isDivided({ pattern, coordination }: Pick<Plan, 'pattern' | 'coordination'>): boolean {
  return pattern === 'coordinated' && coordination !== 'database';
}
