import type { Feature } from './feature.ts';
import { isJsonObject, type JsonObject } from '../../../packages/helm/src/objects/kubernetes-object.ts';
import { flattened, ourChart, see } from './charts.ts';
import { configurationFeatures, exposureFeatures } from './features-delivery.ts';
import { generalFeatures } from './features-general.ts';
import { workloadFeatures } from './features-workload.ts';

export interface Row {
  readonly group: string;
  readonly feature: string;
  /** Undefined when the official chart is not there to be rendered. */
  readonly theirs: string | undefined;
  readonly ours: string;
  readonly values: string;
}

export const features: readonly { readonly group: string; readonly rows: readonly Feature[] }[] = [
  { group: 'Workloads and pods', rows: workloadFeatures },
  { group: 'Ports and routes', rows: exposureFeatures },
  { group: 'Delivery, configuration, secrets, observability', rows: configurationFeatures },
];

/** The official chart does not render with its own values; this is the smallest change with which it does. */
const theirBase = { wso2: { config: { icp: { enabled: false } } } };

/** Renders both charts for every row. Cells of the official chart are undefined when its folder is. */
export async function rows(officialChart: string | undefined): Promise<Row[]> {
  const work = features.flatMap(({ group, rows: list }) => list.map((feature) => ({ group, feature })));
  const results: Row[] = [];
  const width = 3;
  for (let start = 0; start < work.length; start += width) {
    results.push(
      ...(await Promise.all(
        work.slice(start, start + width).map(({ group, feature }) => row(group, feature, officialChart)),
      )),
    );
  }
  return results;
}

async function row(group: string, feature: Feature, officialChart: string | undefined): Promise<Row> {
  const ours = await shown(ourChart, feature, feature.ours, feature.differs?.ours);
  const theirs =
    officialChart === undefined
      ? undefined
      : await shown(
          officialChart,
          feature,
          merge(theirBase, feature.theirs ?? {}),
          feature.differs === undefined ? undefined : merge(theirBase, feature.differs.theirs),
        );
  const values = flattened(feature.ours)
    .map((leaf) => `\`${leaf}\``)
    .join(', ');
  return {
    group,
    feature: feature.feature,
    theirs: theirs === undefined ? undefined : answer(theirs, feature.theirsNote),
    ours: answer(ours),
    values: feature.refuses === true ? `refused: ${values}` : values || 'none',
  };
}

function answer(yes: boolean, note?: string): string {
  if (!yes) return 'no';
  return note === undefined ? 'yes' : `yes: ${note}`;
}

async function shown(
  chart: string,
  feature: Feature,
  values: JsonObject,
  other: JsonObject | undefined,
): Promise<boolean> {
  const seen = await see(chart, values, feature.apiVersions);
  if (feature.refuses === true) return seen === undefined;
  if (seen === undefined || !feature.shows(seen)) return false;
  if (other === undefined) return true;
  const changed = await see(chart, other, feature.apiVersions);
  const templates = (of: typeof seen): string => JSON.stringify(of.of('Deployment').map(({ spec }) => spec.template));
  return changed !== undefined && templates(changed) !== templates(seen);
}

function merge(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    result[key] = isJsonObject(before) && isJsonObject(value) ? merge(before, value) : value;
  }
  return result;
}

/** A row about charts in general, with the other product's chart as it was looked at. */
export interface GeneralRow extends Row {
  readonly peer: string;
}

/** Renders both charts of MI for every row about charts in general. */
export async function generalRows(officialChart: string | undefined): Promise<GeneralRow[]> {
  const results: GeneralRow[] = [];
  for (const feature of generalFeatures)
    results.push({ ...(await row('general', feature, officialChart)), peer: feature.peer });
  return results;
}
