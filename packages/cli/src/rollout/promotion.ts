import type { DiagnosticCode } from '@mi-patterns/inventory';
import {
  type FetchedChart,
  readRecords,
  releaseHistory,
  type RolloutRecord,
  runningRecord,
} from '@mi-patterns/rollout';
import { type Environment, layerValues, type Values } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { chosenEnvironment, commandTools, type Place, targetOf } from './place.ts';

/** What another environment runs, to be brought to this one unchanged. */
export interface Promotion {
  readonly record: RolloutRecord;
  /** The environment, with the image of the other by digest. */
  readonly environment: Environment;
  readonly chartVersion: string;
  /** Throws CommandFailure when chart or image are not those that were promoted. */
  readonly check: (chart: FetchedChart, values: Values) => void;
}

/**
 * What `from` runs, from its records and history. Throws CommandFailure when that cannot be moved as it is: nothing recorded,
 * changed by hand since, the artifacts here are others, or the nodes told no digest of the image.
 */
export async function promotionFrom(
  from: string,
  place: Place,
  artifactsDigest: string,
  { context, options }: { readonly context: Context; readonly options: GlobalOptions },
): Promise<Promotion> {
  const source = chosenEnvironment(place.loaded, from);
  if (source.name === place.environment.name)
    throw refuse(
      'MI-PROMOTE-SELF',
      `${from} cannot be promoted to itself.`,
      'Name the environment to promote from.',
      exitCodes.usage,
    );
  const record = await lastGoodRollout(from, await targetOf(source, commandTools(options, context)));
  if (record.artifactsDigest !== artifactsDigest)
    throw refuse(
      'MI-PROMOTE-DIFFERENT',
      `The artifacts here are not those that ${from} runs.`,
      `Check out the commit that was rolled out to ${from} at ${record.at}, or roll out what is here to ${from} first.`,
    );
  const digest = record.imageDigest;
  if (digest === undefined)
    throw refuse(
      'MI-PROMOTE-NO-DIGEST',
      `The nodes of ${from} report no digest for the image ${record.image}, so it cannot be identified exactly.`,
      'Push the image to a registry and roll out from there, or set image.digest.',
    );
  const environment = withImage(place.environment, digest);
  return {
    record,
    environment,
    chartVersion: record.chart.slice(record.chart.search(/-\d/) + 1),
    check: (chart, values) => checkPromoted(chart, values, { from, to: environment.name, record, digest }),
  };
}

/** The record of what an environment runs. Throws CommandFailure when nobody recorded it, or not all of it. */
async function lastGoodRollout(from: string, target: Awaited<ReturnType<typeof targetOf>>): Promise<RolloutRecord> {
  const record = runningRecord(await readRecords(target, target.release));
  if (record === undefined)
    throw refuse(
      'MI-PROMOTE-NOTHING',
      `No rollout to ${from} is recorded.`,
      `Roll out to ${from} first: mi-patterns rollout --env ${from}`,
    );
  const newest = (await releaseHistory(target)).at(-1);
  if (newest?.revision !== record.revision)
    throw refuse(
      'MI-PROMOTE-CHANGED',
      `${from} runs revision ${newest?.revision ?? 'none'} (${newest?.state ?? 'removed'}), but the last rollout that succeeded was revision ${record.revision}.`,
      `Roll out to ${from} again, then promote.`,
    );
  if (record.only !== undefined)
    throw refuse(
      'MI-PROMOTE-PARTIAL',
      `The last rollout to ${from} was of the workload ${record.only} only: what ${from} runs comes from two plans.`,
      `Roll out all of ${from}, then promote.`,
    );
  return record;
}

function withImage(environment: Environment, digest: string): Environment {
  const { tag: _tag, ...image } = environment.image;
  const own = environment.values['image'] === undefined ? {} : { image: { digest } };
  return { ...environment, image: { ...image, digest }, values: layerValues(environment.values, own) };
}

interface Promoted {
  readonly from: string;
  readonly to: string;
  readonly record: RolloutRecord;
  readonly digest: string;
}

function checkPromoted(chart: FetchedChart, values: Values, { from, to, record, digest }: Promoted): void {
  if (chart.digest !== record.chartDigest)
    throw refuse(
      'MI-PROMOTE-CHART',
      `The chart here (${chart.name}-${chart.version}, ${chart.digest}) is not the one that ${from} runs (${record.chart}, ${record.chartDigest}).`,
      'Use the chart of that version, or roll this one out to that environment first.',
    );
  const rendered = (values['image'] as { readonly digest?: string } | undefined)?.digest;
  if (rendered !== digest)
    throw refuse(
      'MI-PROMOTE-OVERRIDDEN',
      `A values file of ${to} sets image.digest to ${String(rendered)}, which ${from} does not run.`,
      'Remove image.digest from the values files.',
    );
}

function refuse(
  code: DiagnosticCode,
  message: string,
  hint: string,
  exitCode: (typeof exitCodes)['findings' | 'usage'] = exitCodes.findings,
): CommandFailure {
  return new CommandFailure([{ code, severity: 'error', message, hint }], exitCode);
}
