import { resolve } from 'node:path';
import { didYouMean, type Pattern, type PlanOptions } from '@mi-patterns/planner';
import { type EnvironmentChoices, type LoadedConfiguration, mostReplicas, planOptionsOf } from '@mi-patterns/values';
import type { Context } from '../context/context.ts';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, wrongUse } from '../context/failure.ts';
import { display, type Naming, readText } from '../context/files.ts';

/** What `--pattern`, `--isolate`, `--coordination`, `--delivery` and `--replicas` hold. */
export interface PlanFlags {
  readonly pattern?: Pattern;
  readonly isolate?: string;
  readonly coordination?: 'isolate' | 'database';
  readonly delivery?: 'roles' | 'archives';
  readonly replicas?: string;
}

/**
 * Planner options: flags win over the environment, the environment over the configuration. Throws {@link
 * CommandFailure}, without an environment also for flags that its pattern leaves without effect.
 */
export async function planOptions(
  flags: PlanFlags,
  loaded: LoadedConfiguration | undefined,
  context: Context,
  environment?: EnvironmentChoices,
): Promise<PlanOptions> {
  const { isolate, replicas, ...choices } = flags;
  const options = planOptionsOf(loaded, environment, {
    ...choices,
    ...(replicas === undefined ? {} : { replicas: countOf(replicas) }),
    ...(isolate === undefined ? {} : { isolate: await isolationFlag(isolate, context) }),
  });
  if (environment === undefined) checkEffect(flags, [options.pattern]);
  return options;
}

/**
 * Throws {@link CommandFailure} for flags with which none of the patterns goes together, as the configuration does
 * (`MI-CONFIG-REPLICAS`); `undefined` is one that the planner chooses.
 */
export function checkEffect(flags: PlanFlags, patterns: readonly (Pattern | undefined)[]): void {
  const [pattern, ...others] = new Set(patterns);
  if (pattern === undefined || others.length > 0) return;
  const named = flags.pattern === undefined ? `the pattern of the configuration, ${pattern},` : `--pattern ${pattern}`;
  const use = flags.pattern === undefined ? 'add' : 'use';
  const count = flags.replicas === undefined ? undefined : countOf(flags.replicas);
  if (pattern === 'single-replica' && count !== undefined && count > 1)
    throw wrongUse(
      `--replicas is ${count}, but ${named} runs one pod.`,
      `Omit --replicas, or ${use} --pattern multiple-replicas or coordinated.`,
    );
  if (pattern === 'multiple-replicas' && count !== undefined && count < 2)
    throw wrongUse(
      `--replicas is ${count}, but ${named} needs at least 2.`,
      `Use --replicas 2 or more, or ${flags.pattern === undefined ? 'add ' : ''}--pattern single-replica.`,
    );
  if (pattern !== 'coordinated' && flags.isolate !== undefined)
    throw wrongUse(
      `--isolate is ${flags.isolate}, but ${named} isolates nothing.`,
      `Omit --isolate, or ${use} --pattern coordinated.`,
    );
}

async function isolationFlag(value: string, context: Context): Promise<PlanOptions['isolate']> {
  if (value === 'each' || value === 'one') return value;
  const file = resolve(context.cwd, value);
  const path = display(file, context);
  const { readGroups } = await import('./configuration.ts');
  const { groups, diagnostics } = readGroups(
    readText(file, path, () => groupFileNaming(path)),
    path,
  );
  if (groups === undefined) throw new CommandFailure(diagnostics, exitCodes.usage);
  return { groups };
}

/** What `--isolate` takes, for a word or a path that it does not. */
function groupFileNaming(path: string): Naming {
  return {
    hint: `${didYouMean(path, ['each', 'one'])}--isolate takes \`each\`, \`one\` or the path of a file with groups. \`verdicts\` in mi-patterns.yaml isolates a single artifact.`,
    source: { path, line: 1, column: 1 },
  };
}

function countOf(value: string): number {
  const count = /^[1-9]\d{0,3}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > mostReplicas)
    throw wrongUse(
      `--replicas takes a whole number from 1 to ${mostReplicas}, not "${value}".`,
      'Give the number of pods, for example --replicas 3.',
    );
  return count;
}
