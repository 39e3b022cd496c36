import { guardInImage } from '@mi-patterns/delivery';
import type { Inventory } from '@mi-patterns/inventory';
import type { Plan, PlanOptions } from '@mi-patterns/planner';
import { type GuardInImage, type LoadedConfiguration, planWithPods, sharedEnvironment } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';

/**
 * The plan with the pods that `generate` writes for it, for what the configuration says of all environments. `guard`:
 * by default, whether this build of the command brings lease-guard. `replicas`: what the command line asks for, where
 * it does. Throws CommandFailure for an unreadable values file.
 */
export async function planWithWrittenPods(
  inventory: Inventory,
  options: PlanOptions,
  from: {
    readonly loaded: LoadedConfiguration | undefined;
    readonly context: Pick<Context, 'cwd'>;
    readonly guard?: GuardInImage;
    readonly replicas?: string | undefined;
  },
): Promise<Plan> {
  const { loaded, context } = from;
  const environment = sharedEnvironment(loaded?.configuration ?? {});
  // Without a configuration there are no values files, and no line that a finding could be at.
  const reader = loaded === undefined ? undefined : await import('./configuration.ts');
  const valuesFiles = reader?.readValuesFiles(environment, loaded, context) ?? [];
  const guard = from.guard ?? guardInImage(environment, valuesFiles, { withoutPackage: false });
  const plan = planWithPods(inventory, options, { environment, valuesFiles, guard });
  return reader === undefined ? plan : { ...plan, diagnostics: reader.locateReplicas(plan.diagnostics, from) };
}
