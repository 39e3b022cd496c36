import { chartDefaults, mergeValues, runtimeVersions } from '@mi-patterns/values';
import { chartSource, chartWords } from './chart.ts';
import type { Context } from './context.ts';
import { planTitle } from './diagrams/text.ts';
import { type EnvironmentValues, writtenPlan } from './environment-values.ts';
import { display } from './load.ts';
import type { LoadedConfiguration } from './loaded-configuration.ts';
import { shellWord } from './output/shell.ts';
import type { Style } from './output/style.ts';
import type { EnvironmentPackages } from '@mi-patterns/delivery';

interface ImageValues {
  readonly image: {
    readonly registry: string;
    readonly repository: string;
    readonly tag: string;
    readonly digest: string;
  };
  readonly runtime: { readonly version: string };
}

const placeholder = 'REGISTRY/NAME:TAG';

/** What to run after `generate`, a line each: build and push the image, then install it in each environment. */
export function nextSteps(
  generated: readonly EnvironmentValues[],
  packaged: EnvironmentPackages | undefined,
  from: { readonly loaded: LoadedConfiguration | undefined; readonly context: Context; readonly style: Style },
): readonly string[] {
  const chart = chartWords(chartSource(from.loaded, undefined), from.context);
  // Environments that share a package and an image build it once.
  const builds = new Map(generated.map((one) => buildLines(one, packaged)).map((lines) => [lines.join('\n'), lines]));
  return [
    ...[...builds.values()].flat(),
    ...generated.flatMap((one) => [
      from.style.dim(`# ${one.environment.name}: ${planTitle(writtenPlan(one))}`),
      helmLine(one, chart, from.context),
    ]),
  ];
}

/** Nothing where no image was written, or where the values name one by its digest: that one exists. */
function buildLines(one: EnvironmentValues, packaged: EnvironmentPackages | undefined): readonly string[] {
  const written = packaged?.packages.find(({ result }) => result.state !== 'refused' && packaged.of(one) === result);
  const { image } = imageValues(one);
  if (written === undefined || image.digest !== '') return [];
  const reference = referenceOf(one);
  return [`docker build --tag ${reference} ${shellWord(`${written.out}/image`)}`, `docker push ${reference}`];
}

function helmLine(one: EnvironmentValues, chart: string, context: Context): string {
  const { environment, file } = one;
  const words = [
    `helm upgrade --install ${environment.release} ${chart} --values ${shellWord(display(file, context))}`,
    ...(referenceOf(one) === placeholder ? ['--set image.repository=REGISTRY/NAME --set-string image.tag=TAG'] : []),
    ...(environment.namespace === undefined ? [] : [`--namespace ${environment.namespace} --create-namespace`]),
    ...(environment.context === undefined ? [] : [`--kube-context ${shellWord(environment.context)}`]),
  ];
  return words.join(' ');
}

/** The image that the values name, or a placeholder where they name that of WSO2, which has no artifacts. */
function referenceOf(one: EnvironmentValues): string {
  const { image, runtime } = imageValues(one);
  const { image: ofChart } = chartDefaults as unknown as ImageValues;
  if (image.repository === ofChart.repository && image.registry === ofChart.registry) return placeholder;
  return shellWord(
    `${image.registry === '' ? '' : `${image.registry.replace(/\/$/, '')}/`}${image.repository}:${image.tag || runtime.version || runtimeVersions.default}`,
  );
}

function imageValues({ values }: EnvironmentValues): ImageValues {
  return mergeValues(chartDefaults, values) as unknown as ImageValues;
}
