import { resolve } from 'node:path';
import type { Pattern, PlanOptions } from '@mi-patterns/planner';
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
 * CommandFailure}.
 */
export async function planOptions(
  flags: PlanFlags,
  loaded: LoadedConfiguration | undefined,
  context: Context,
  environment: EnvironmentChoices = {},
): Promise<PlanOptions> {
  const { isolate, replicas, ...choices } = flags;
  return planOptionsOf(loaded, environment, {
    ...choices,
    ...(replicas === undefined ? {} : { replicas: countOf(replicas, flags.pattern) }),
    ...(isolate === undefined ? {} : { isolate: await isolationFlag(isolate, context) }),
  });
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
    hint: '--isolate takes `each`, `one` or the path of a file with groups. `verdicts` in mi-patterns.yaml isolates a single artifact.',
    source: { path, line: 1, column: 1 },
  };
}

/** The number of pods, which `--pattern` must run, as in the configuration (`MI-CONFIG-REPLICAS`). */
function countOf(value: string, pattern: Pattern | undefined): number {
  const count = /^[1-9]\d{0,3}$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > mostReplicas)
    throw wrongUse(
      `--replicas takes a whole number from 1 to ${mostReplicas}, not "${value}".`,
      'Give the number of pods, for example --replicas 3.',
    );
  if (pattern === 'single-replica' && count > 1)
    throw wrongUse(
      `--replicas is ${count}, but --pattern single-replica runs one pod.`,
      'Omit --replicas, or use --pattern multiple-replicas or coordinated.',
    );
  if (pattern === 'multiple-replicas' && count < 2)
    throw wrongUse(
      `--replicas is ${count}, but --pattern multiple-replicas needs at least 2.`,
      'Use --replicas 2 or more, or --pattern single-replica.',
    );
  return count;
}
