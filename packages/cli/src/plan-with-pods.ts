import type { Inventory } from '@mi-patterns/inventory';
import { guardInImage } from '@mi-patterns/delivery';
import { type Plan, plan, type PlanOptions, withWritten } from '@mi-patterns/planner';
import {
  chartDefaults,
  type Environment,
  environmentsOf,
  type GuardInImage,
  mergeValues,
  podsOf,
  valuesOf,
} from '@mi-patterns/values';
import type { Context } from './context.ts';
import type { LoadedConfiguration } from './loaded-configuration.ts';
import { readValuesFiles } from './values-file.ts';

/**
 * The plan with the pods that `generate` writes for it, standbys included. Without an environment: for what the configuration says
 * of all of them. `guard`: whether the image has lease-guard; by default, whether this build of the command brings it. Throws
 * CommandFailure when a values file cannot be read.
 */
export function planWithPods(
  inventory: Inventory,
  options: PlanOptions,
  from: {
    readonly loaded: LoadedConfiguration | undefined;
    readonly context: Pick<Context, 'cwd'>;
    readonly guard?: GuardInImage;
  },
  environment: Environment = sharedEnvironment(from.loaded),
): Plan {
  const planned = plan(inventory, options);
  const valuesFiles = readValuesFiles(environment, from.loaded, from.context);
  const guard = from.guard ?? guardInImage(environment, valuesFiles, false);
  const values = mergeValues(chartDefaults, valuesOf(planned, environment, { valuesFiles, guard }));
  const written = podsOf(values).map(({ name, replicas, recovery, standby }) => {
    const recovered = {
      ...(recovery === undefined ? {} : { recovery }),
      ...(standby === undefined ? {} : { standby }),
    };
    return [name, { replicas, ...recovered }] as const;
  });
  return withWritten(planned, inventory, { written: new Map(written), mayStandBy: guard === 'in-image' });
}

/** What the configuration says of every environment. */
function sharedEnvironment(loaded: LoadedConfiguration | undefined): Environment {
  const { environments: _, ...shared } = loaded?.configuration ?? {};
  const [environment] = environmentsOf(shared);
  if (environment === undefined) throw new Error('A configuration without environments has the default one.');
  return environment;
}
