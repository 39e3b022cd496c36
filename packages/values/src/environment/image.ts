import type { Diagnostic } from '@mi-patterns/inventory';
import { placeholderRepository } from '../configuration/first.ts';
import { describe } from '../findings/catalogue.ts';
import { chartDefaults } from '../generated/chart-defaults.ts';
import { runtimeVersions } from '../generated/runtime-versions.ts';
import { mergeValues, type Values } from '../mapping/merge.ts';

interface ImageValues {
  readonly image?: {
    readonly registry: string;
    readonly repository: string;
    readonly tag: string;
    readonly digest: string;
  };
  readonly runtime?: { readonly version: string };
  readonly artifacts?: { readonly source: string };
}

/** The image that the pods of values run. */
export interface NamedImage {
  /**
   * `registry/repository:tag`; undefined for the chart's own image, which has no artifacts, and for the placeholder of
   * `init`.
   */
  readonly reference: string | undefined;
  readonly hasDigest: boolean;
}

/** The image that values name, above the chart's defaults. */
export function namedImage(values: Values): NamedImage {
  const { image, runtime } = mergeValues(chartDefaults, values) as ImageValues;
  const { image: ofChart } = chartDefaults as ImageValues;
  const hasDigest = image?.digest !== '';
  if (
    image === undefined ||
    isPlaceholder(image) ||
    (image.repository === ofChart?.repository && image.registry === ofChart.registry)
  )
    return { reference: undefined, hasDigest };
  const registry = image.registry === '' ? '' : `${image.registry.replace(/\/$/, '')}/`;
  const tag = image.tag || runtime?.version || runtimeVersions.default;
  return { reference: `${registry}${image.repository}:${tag}`, hasDigest };
}

function isPlaceholder({ registry, repository }: NonNullable<ImageValues['image']>): boolean {
  return registry === '' && repository.startsWith(placeholderRepository);
}

/**
 * The chart's own image is that of WSO2, which starts without a single artifact. `configuration`: path of
 * mi-patterns.yaml.
 */
export function imageFindings(values: Values, configuration: string | undefined): readonly Diagnostic[] {
  const { artifacts, image } = mergeValues(chartDefaults, values) as ImageValues;
  if (artifacts?.source !== 'image' || namedImage(values).reference !== undefined) return [];
  const message =
    image !== undefined && isPlaceholder(image)
      ? `The image ${image.repository} is the placeholder that mi-patterns init wrote.`
      : "No image is named, so the chart uses WSO2's own, which contains none of your artifacts.";
  const hint =
    'Build an image from the package, push it, and name it in mi-patterns.yaml: `image: {repository: acme/orders, tag: 1.2.0}`.';
  const source = configuration === undefined ? undefined : { path: configuration, line: 1, column: 1 };
  return [describe('MI-PKG-NO-IMAGE', message, source, hint)];
}
