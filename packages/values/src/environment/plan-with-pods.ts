import type { Inventory } from '@mi-patterns/inventory';
import { plan, type Plan, type PlanOptions, withWritten } from '@mi-patterns/planner';
import { type Environment, environmentsOf } from '../configuration/environments.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import type { Configuration } from '../generated/configuration.ts';
import { mergeValues, type Values } from '../mapping/merge.ts';
import type { GuardInImage } from '../workloads/recovery.ts';
import { podsOf } from '../workloads/effective.ts';
import { valuesOf } from '../write/values-of-plan.ts';
import { isAnswered } from './open-findings.ts';

/**
 * The plan with the pods that `generate` writes for an environment, standbys included, without what its values answer.
 * `valuesFiles`: contents of the files that the environment names. `guard`: whether the image has lease-guard.
 */
export function planWithPods(
  inventory: Inventory,
  options: PlanOptions,
  of: {
    readonly environment: Environment;
    readonly valuesFiles: readonly Values[];
    readonly guard: GuardInImage;
  },
): Plan {
  const { environment, valuesFiles, guard } = of;
  const planned = plan(inventory, options);
  const values = mergeValues(chartDefaults, valuesOf(planned, environment, { valuesFiles, guard }));
  const written = podsOf(values).map(({ name, replicas, recovery, standby, withoutStandby }) => {
    const recovered = {
      ...(recovery === undefined ? {} : { recovery }),
      ...(standby === undefined ? {} : { standby }),
      ...(withoutStandby === undefined ? {} : { withoutStandby }),
    };
    return [name, { replicas, ...recovered }] as const;
  });
  const whole = withWritten(planned, inventory, { written: new Map(written), mayStandBy: guard === 'in-image' });
  const diagnostics = whole.diagnostics.filter((finding) => !isAnswered(whole, values, inventory, finding));
  return { ...whole, diagnostics };
}

/** What the configuration says of every environment, as an environment of its own. */
export function sharedEnvironment(configuration: Configuration): Environment {
  const { environments: _, ...shared } = configuration;
  const [environment] = environmentsOf(shared);
  if (environment === undefined) throw new Error('A configuration without environments has the default one.');
  return environment;
}
