import { ToolFailure } from '@mi-patterns/helm';
import { didYouMean } from '@mi-patterns/planner';
import type { Environment } from '@mi-patterns/values';
import type { Target } from './release.ts';
import { machineTools, type Tools } from '../tools/tools.ts';

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

/**
 * The context where none is named, and the namespace it names. Throws a ToolFailure when the kubeconfig has no such
 * context.
 */
export async function contextDefaults(
  context: string | undefined,
  tools: Tools = machineTools,
): Promise<{ readonly context: string; readonly namespace: string }> {
  const known = (await tools.kubectl(['config', 'get-contexts', '--output=name'])).stdout.split('\n').filter(Boolean);
  const name =
    context ?? (await tools.kubectl(['config', 'current-context'], { expectedExitCodes: [0, 1] })).stdout.trim();
  if (!known.includes(name)) throw noContext(name, known);
  const namespace = (
    await tools.kubectl([
      'config',
      'view',
      '--minify',
      `--context=${name}`,
      '--output=jsonpath={.contexts[0].context.namespace}',
    ])
  ).stdout.trim();
  return { context: name, namespace: namespace === '' ? 'default' : namespace };
}

function noContext(name: string, known: readonly string[]): ToolFailure {
  return new ToolFailure({
    reason: 'unexpected-output',
    message:
      name === ''
        ? 'The kubeconfig has no current context, and the configuration names none.'
        : `The kubeconfig has no context \`${name}\`.`,
    hint:
      known.length === 0
        ? 'The kubeconfig has no contexts, so it leads to no cluster. Set KUBECONFIG to the file for your cluster.'
        : `${didYouMean(name, known)}Contexts are ${known.join(', ')}. Correct \`context\` in mi-patterns.yaml or --context, or set KUBECONFIG to another file.`,
  });
}
