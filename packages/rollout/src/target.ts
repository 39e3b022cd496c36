import type { Environment } from '@mi-patterns/values';
import type { Target } from './release.ts';
import { contextDefaults } from './status.ts';
import type { Tools } from './tools.ts';

/**
 * Where an environment is: context and namespace are always said to helm and kubectl, never left to what is current.
 */
export async function targetOf(environment: Environment, tools: Tools): Promise<Target> {
  const defaults = await contextDefaults(environment.context, tools);
  return {
    release: environment.release,
    context: defaults.context,
    namespace: environment.namespace ?? defaults.namespace,
    tools,
  };
}
