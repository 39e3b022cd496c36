import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  renderChart,
  type JsonObject,
  type KubernetesObject,
  type RenderedObject,
  type RenderOptions,
  type RenderResult,
} from '@mi-patterns/helm';
import type { Diagnostic } from '@mi-patterns/inventory';
import { manifestFault } from '../../packages/helm/src/render/render.ts';
import { chart, repository } from '../support/command.ts';
import { askRenderer, canRenderMany, renderOne, type ToRender } from '../../packages/helm/test/resident.ts';

/** Where the project's optional companions lie: `$MI_PATTERNS_SHARED`, or `shared` beside the checkout. */
export const shared = process.env.MI_PATTERNS_SHARED ?? join(repository, '..', 'shared');

/**
 * Renders our chart as the release `orders`: with Helm's engine in a process that stays, which takes a tenth of the
 * processor time of a `helm template`. resident.test.ts holds the two against each other.
 */
export async function render(values: JsonObject, options: RenderChoices = {}): Promise<TestRender> {
  if (canRenderMany) {
    const outcome = await renderOne({ values, ...options });
    if (outcome.state === 'refused' || outcome.faults.length === 0) return outcome;
    return { state: 'refused', diagnostics: outcome.faults.map(manifestFault) };
  }
  return renderByHelm(values, options);
}

/** How `renderChart` and `judgeValues` ask the same process. */
export const resident: Pick<RenderOptions, 'ask'> = canRenderMany ? { ask: askRenderer } : {};

/** What a test may choose besides the values. */
export type RenderChoices = Omit<ToRender, 'values'>;
export type TestRender =
  | { readonly state: 'rendered'; readonly objects: readonly RenderedObject[] }
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/** The same by `helm template`. */
export function renderByHelm(values: JsonObject, options: RenderChoices = {}): Promise<RenderResult> {
  return renderChart({ chart, release: 'orders', namespace: 'orders', values: [values], ...options });
}

/** The objects of a render that must succeed; throws with every reason when the chart refuses. */
export async function objects(values: JsonObject, options: RenderChoices = {}): Promise<readonly KubernetesObject[]> {
  const result = await render(values, options);
  if (result.state === 'rendered') return result.objects.map(({ object }) => object);
  throw new Error(
    `The chart refused:\n${result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n')}`,
  );
}

/** Works through a list, as many at a time as there are cores, and keeps the order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return results;
}
