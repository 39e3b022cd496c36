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
    ...(replicas === undefined ? {} : { replicas: countOf(replicas) }),
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

function countOf(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value) && Number(value) <= mostReplicas) return Number(value);
  throw wrongUse(
    `--replicas takes a whole number from 1 to ${mostReplicas}, not "${value}".`,
    'Give the number of pods, for example --replicas 3.',
  );
}
