import { coerce } from 'semver';
import { findTool, isToolFailure, run, type RunOptions, type RunResult, type ToolName } from '@mi-patterns/helm';
import { clusterFailure } from './cluster-failure.ts';

/** How helm and kubectl are run, so that a caller may watch the commands or put others in their place. */
export interface Tools {
  readonly helm: (words: readonly string[], options?: RunOptions) => Promise<RunResult>;
  readonly kubectl: (words: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** 3 or 4. */
  readonly helmMajor: () => Promise<number>;
}

/** The tools of this machine; `onCommand` is told each command before it runs. */
export function toolsOfMachine(
  onCommand: (command: readonly string[]) => void = () => {},
  environment: NodeJS.ProcessEnv = process.env,
): Tools {
  const start = async (name: ToolName, words: readonly string[], options: RunOptions): Promise<RunResult> => {
    const tool = await findTool(name, environment);
    onCommand([name, ...words]);
    try {
      return await run([...tool.command, ...words], {
        ...options,
        environment: { ...environment, ...options.environment },
      });
    } catch (error) {
      throw isToolFailure(error) ? clusterFailure(error, words) : error;
    }
  };
  return {
    helm: (words, options = {}) => start('helm', words, options),
    kubectl: (words, options = {}) => start('kubectl', words, options),
    helmMajor: async () => ((await findTool('helm', environment)).version ?? coerce('4'))?.major ?? 4,
  };
}

export const machineTools: Tools = toolsOfMachine();
