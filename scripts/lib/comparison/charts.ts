import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart, type RenderOptions } from '../../../packages/helm/src/render/render.ts';
import type { JsonObject, KubernetesObject } from '../../../packages/helm/src/objects/kubernetes-object.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
export const ourChart = join(root, 'charts', 'micro-integrator');

/** The official chart: a checkout of wso2/helm-mi beside the project; undefined when there is none. */
export function officialFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = join(environment.MI_PATTERNS_SHARED ?? join(root, '..', 'shared'), 'peers', 'helm-mi');
  return existsSync(join(folder, 'mi', 'Chart.yaml')) ? folder : undefined;
}

/** What can be seen in the objects of one render. */
export type Check = (objects: Seen) => boolean;

/** The objects of a render with the questions that the rows ask. */
export interface Seen {
  readonly objects: readonly KubernetesObject[];
  readonly has: (kind: string) => boolean;
  readonly of: (kind: string) => readonly Spec[];
  /** Pod specs of Deployments and StatefulSets. */
  readonly pods: readonly Spec[];
  readonly containers: readonly Spec[];
  /** deployment.toml of all workloads. */
  readonly toml: string;
  /** Everything as JSON, to look for a text. */
  readonly text: string;
}

/** Any part of a manifest. The rows look at single fields; a field that is absent is undefined, at any depth. */
// oxlint-disable-next-line typescript/no-explicit-any
type Spec = any;

const renders = new Map<string, Promise<Seen | undefined>>();
let way: Pick<RenderOptions, 'ask'> = {};

/** Has charts rendered in another way than by starting helm for each. */
export function seeThrough(other: Pick<RenderOptions, 'ask'>): void {
  way = other;
}

/**
 * Renders and opens a chart; undefined when it does not render with these values. The answer is kept: many rows ask for
 * the same.
 */
export function see(chart: string, values: JsonObject, apiVersions: readonly string[] = []): Promise<Seen | undefined> {
  const key = JSON.stringify([chart, values, apiVersions]);
  const render = renders.get(key) ?? renderOnce(chart, values, apiVersions);
  renders.set(key, render);
  return render;
}

async function renderOnce(
  chart: string,
  values: JsonObject,
  apiVersions: readonly string[],
): Promise<Seen | undefined> {
  const result = await renderChart({
    chart,
    release: 'orders',
    namespace: 'orders',
    values: [values],
    apiVersions,
    ...way,
  });
  return result.state === 'rendered' ? seen(result.objects.map(({ object }) => object)) : undefined;
}

function seen(objects: readonly KubernetesObject[]): Seen {
  const of = (kind: string): readonly Spec[] => objects.filter((object) => object.kind === kind);
  const pods = [...of('Deployment'), ...of('StatefulSet')].map((workload) => workload.spec.template.spec);
  const toml = of('ConfigMap')
    .map((map) => map.data?.['deployment.toml'] ?? '')
    .join('\n');
  return {
    objects,
    of,
    has: (kind) => of(kind).length > 0,
    pods,
    containers: pods.flatMap((pod) => pod.containers),
    toml,
    text: JSON.stringify(objects),
  };
}

/** `a.b: value` of each leaf, as one would write it behind --set. */
export function flattened(values: JsonObject, path: readonly string[] = []): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = [...path, /\./.test(key) ? `"${key}"` : key];
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0)
      return flattened(value as JsonObject, name);
    const text =
      typeof value === 'string' && /^[^\s]/.test(value) && !value.includes('\n') ? value : JSON.stringify(value);
    return [`${name.join('.')}: ${text.length > 70 ? `${text.slice(0, 24)}…` : text}`];
  });
}
