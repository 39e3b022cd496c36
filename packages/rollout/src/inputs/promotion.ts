import { type Environment, layerValues, type Values } from '@mi-patterns/values';
import { finding, type RolloutCode } from '../findings/catalogue.ts';
import type { FetchedChart } from './chart-source.ts';
import { readRecords, recordsOfNow, type RolloutRecord, runningRecord } from '../release/record.ts';
import { releaseHistory, type Target } from '../release/release.ts';
import { StopRollout } from '../steps/stop.ts';

/** What another environment runs, to be brought to this one unchanged. */
export interface Promotion {
  /** Name of the other environment. */
  readonly from: string;
  readonly record: RolloutRecord;
  /** The environment, with the image of the other by digest. */
  readonly environment: Environment;
  readonly digest: string;
  readonly chartVersion: string;
}

/**
 * What another environment runs, from its records and history. Throws StopRollout when that cannot be moved as it is:
 * nothing recorded, changed by hand since, the artifacts here are others, or the nodes report no digest of the image.
 */
export async function promotionFrom(
  other: { readonly name: string; readonly target: Target },
  environment: Environment,
  artifactsDigest: string,
): Promise<Promotion> {
  const from = other.name;
  const record = await lastGoodRollout(from, other.target);
  if (record.artifactsDigest !== artifactsDigest)
    throw refusal(
      'MI-PROMOTE-DIFFERENT',
      `The local artifacts differ from those that ${from} runs, or another version of mi-patterns has read them.`,
      `Check out the commit that was rolled out to ${from} at ${record.at}, and run mi-patterns rollout --env ${from}: if nothing changes, no pod restarts, and you can promote.`,
    );
  const digest = record.imageDigest;
  if (digest === undefined)
    throw refusal(
      'MI-PROMOTE-NO-DIGEST',
      `The nodes of ${from} report no digest for the image ${record.image}, so it cannot be identified exactly.`,
      'Push the image to a registry and roll out from there, or set image.digest.',
    );
  return {
    from,
    record,
    environment: withImage(environment, { digest, ...tagOf(record.image) }),
    digest,
    chartVersion: record.chart.slice(record.chart.search(/-\d/) + 1),
  };
}

/** The record of what an environment runs. Throws StopRollout when nobody recorded it, or not all of it. */
async function lastGoodRollout(from: string, target: Target): Promise<RolloutRecord> {
  const history = await releaseHistory(target);
  const record = runningRecord(recordsOfNow(await readRecords(target, target.release), history));
  if (record === undefined)
    throw refusal(
      'MI-PROMOTE-NOTHING',
      `No rollout to ${from} is recorded.`,
      `Roll out to ${from} first: mi-patterns rollout --env ${from}`,
    );
  const newest = history.at(-1);
  if (newest?.revision !== record.revision || newest.state !== 'deployed')
    throw refusal(
      'MI-PROMOTE-CHANGED',
      `${from} runs revision ${newest?.revision ?? 'none'} (${newest?.state ?? 'removed'}), but the last successful rollout was revision ${record.revision}.`,
      `Roll out to ${from} again, then promote.`,
    );
  if (record.only !== undefined)
    throw refusal(
      'MI-PROMOTE-PARTIAL',
      `The last rollout to ${from} was of the workload ${record.only} only, so ${from} runs parts of two plans.`,
      `Roll out all of ${from}, then promote.`,
    );
  return record;
}

/** The environment with the image that is promoted; its tag says which version that is, and the digest decides. */
function withImage(
  environment: Environment,
  promoted: { readonly digest: string; readonly tag?: string },
): Environment {
  const { tag: _tag, ...image } = environment.image;
  const own = environment.values['image'] === undefined ? {} : { image: promoted };
  return { ...environment, image: { ...image, ...promoted }, values: layerValues(environment.values, own) };
}

/** The tag of an image; none where only a digest names it. */
function tagOf(image: string): { readonly tag?: string } {
  const tag = /:([\w][\w.-]{0,127})$/.exec(image.replace(/@.*$/, ''))?.[1];
  return tag === undefined ? {} : { tag };
}

/** Throws StopRollout when chart or image are not those that were promoted. */
export function checkPromoted(promotion: Promotion, chart: FetchedChart, values: Values): void {
  const { from, record, digest, environment } = promotion;
  if (chart.digest !== record.chartDigest)
    throw refusal(
      'MI-PROMOTE-CHART',
      `The chart here (${chart.name}-${chart.version}, ${chart.digest}) differs from the one that ${from} runs (${record.chart}, ${record.chartDigest}).`,
      'Use the chart of that version, or first roll out this one to that environment.',
    );
  const rendered = (values['image'] as { readonly digest?: string } | undefined)?.digest;
  if (rendered !== digest)
    throw refusal(
      'MI-PROMOTE-OVERRIDDEN',
      `A values file of ${environment.name} sets image.digest to ${String(rendered)}, which ${from} does not run.`,
      'Remove image.digest from the values files.',
    );
}

function refusal(code: RolloutCode, message: string, hint: string): StopRollout {
  return new StopRollout([finding(code, message, hint)]);
}
