import { compareText } from '@mi-patterns/inventory';
import { displayName, identity, type KubernetesObject, podTemplate } from '../src/objects/kubernetes-object.ts';
import type { RenderedObject } from '../src/objects/manifest.ts';
import { renderChart, type RenderOptions } from '../src/render/render.ts';
import { checkSeveral, type SchemaCheck, type SchemaCheckOptions } from '../src/schemas/kubeconform.ts';

/** The objects of a chart that must render. Throws an Error with every reason when the chart refuses. */
export async function renderObjects(options: RenderOptions): Promise<readonly KubernetesObject[]> {
  const result = await renderChart(options);
  if (result.state === 'rendered') return result.objects.map((rendered) => rendered.object);
  throw new Error(
    `The chart refused:\n${result.diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n')}`,
  );
}

/** Compares one set of objects with the schemas of a version of Kubernetes, as {@link checkSeveral} does. */
export async function checkKubernetesSchemas(
  objects: readonly RenderedObject[],
  kubernetesVersion: string,
  options: SchemaCheckOptions = {},
): Promise<SchemaCheck> {
  const [check] = await checkSeveral([objects], kubernetesVersion, options);
  if (check === undefined) throw new Error('A set of objects has no answer.');
  return check;
}

/** Workloads whose pods an upgrade replaces, because their pod template changes; sorted by name. */
export function restartedWorkloads(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const templates = new Map(before.map((object) => [identity(object), JSON.stringify(podTemplate(object))]));
  return after
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .filter((object) => {
      const previous = templates.get(identity(object));
      return previous !== undefined && previous !== JSON.stringify(podTemplate(object));
    })
    .map(displayName)
    .sort(compareText);
}
