import { dirname, join, resolve } from 'node:path';
import { commaSafe } from '@mi-patterns/helm';
import { isBelow } from '@mi-patterns/inventory';
import {
  type Environment,
  type EnvironmentValues,
  layerValues,
  type LoadedConfiguration,
  namedImage,
  valueAt,
  writtenPlan,
} from '@mi-patterns/values';
import { chartSource, chartWords } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { planTitle } from '../diagrams/text.ts';
import { type GitOpsFormat, repositoryRoot } from './gitops.ts';
import { display } from '../context/files.ts';
import { shellWord } from '../output/shell.ts';
import type { Style } from '../output/style.ts';
import type { EnvironmentPackages } from '@mi-patterns/delivery';

/** Stands for an image that nothing names. */
const imagePlaceholder = 'REGISTRY/NAME:TAG';

/** Where the next steps start from. With `gitOps` it is Argo CD or Flux that installs, from what is committed. */
interface Start {
  readonly loaded: LoadedConfiguration | undefined;
  readonly context: Context;
  readonly style: Style;
  readonly gitOps?: GitOpsFormat | undefined;
}

/** What to run after `generate`, a line each: build and push the image, then install it in each environment. */
export function nextSteps(
  generated: readonly EnvironmentValues[],
  packaged: EnvironmentPackages | undefined,
  from: Start,
): readonly string[] {
  const chart = chartWords(chartSource(from.loaded, undefined), from.context);
  // Environments that share a package and an image build it once.
  const builds = new Map(generated.map((one) => buildLines(one, packaged)).map((lines) => [lines.join('\n'), lines]));
  return [
    ...[...builds.values()].flat(),
    ...(from.gitOps === undefined
      ? []
      : [
          ...(generated.some((one) => buildsUnnamed(one, packaged))
            ? [
                from.style.dim(
                  '# Name that image under `image` in mi-patterns.yaml, and generate again, before you commit.',
                ),
              ]
            : []),
          ...commitLines(generated, from),
        ]),
    ...generated.flatMap((one) => [
      from.style.dim(`# ${one.environment.name}: ${planTitle(writtenPlan(one))}`),
      ...(lacksImage(one, packaged)
        ? [
            from.style.dim('# Its package was not written: do what the warnings say, then generate again.'),
            ...(hasRoles(one)
              ? [from.style.dim('# An image that is built in another way runs everything in every pod.')]
              : []),
          ]
        : [
            from.gitOps === undefined ? helmLine(one, chart, from.context) : gitOpsLine(one, from.gitOps, from.context),
          ]),
      ...configMapLines(one, packaged),
    ]),
  ];
}

/** What was generated, what a later run generates it from, and the chart if Argo CD and Flux read it from git. */
function commitLines(generated: readonly EnvironmentValues[], { loaded, context }: Start): readonly string[] {
  const outputs = [...new Set(generated.map(({ file }) => dirname(file)))];
  const root = outputs[0] === undefined ? undefined : repositoryRoot(outputs[0]);
  const isInRepository = (path: string): boolean => root === undefined || isBelow(root, path);
  const chart = chartSource(loaded, undefined);
  const sources = [
    ...(loaded === undefined ? [] : [resolve(context.cwd, loaded.path)]),
    ...(chart.type === 'path' ? [chart.path] : []),
  ].filter(isInRepository);
  const words = [...sources, ...outputs].map((path) => shellWord(display(path, context)));
  const git = root === undefined || isBelow(root, context.cwd) ? 'git' : `git -C ${shellWord(root)}`;
  return [`${git} add ${words.join(' ')} && ${git} commit --message 'Generate the values' && ${git} push`];
}

/** Run once for an environment: from then on a commit is what deploys. */
function gitOpsLine({ environment, file }: EnvironmentValues, format: GitOpsFormat, context: Context): string {
  const path = display(join(dirname(file), format, environment.name), context);
  const where = environment.context === undefined ? '' : ` --context ${shellWord(environment.context)}`;
  // The context names the cluster that Argo CD deploys to, which need not be the one it runs in.
  return format === 'argocd'
    ? `kubectl apply --filename ${shellWord(commaSafe(`${path}.yaml`))}${where === '' ? '' : ' # in the cluster that Argo CD runs in'}`
    : `flux create kustomization ${environment.gitOpsName} --source GitRepository/flux-system --path ${shellWord(path)} --prune${where}`;
}

/** True where the package could not be made, and no image is named that is built in another way. */
function lacksImage(one: EnvironmentValues, packaged: EnvironmentPackages | undefined): boolean {
  return packaged?.of(one)?.state === 'refused' && namedImage(one.values).reference === undefined;
}

/** True where only the package gives artifacts the roles by which they run in one pod. */
function hasRoles({ values }: EnvironmentValues): boolean {
  const roles = valueAt(values, ['artifacts', 'roles']);
  return Array.isArray(roles) && roles.length > 0;
}

/**
 * Nothing where no image was written, or where the values name one that exists: by its digest, or to mount archives in.
 */
function buildLines(one: EnvironmentValues, packaged: EnvironmentPackages | undefined): readonly string[] {
  const written = writtenPackage(one, packaged);
  if (written === undefined || namedImage(one.values).hasDigest || mountedFrom(one) !== undefined) return [];
  const reference = referenceOf(one);
  return [`docker build --tag ${reference} ${shellWord(`${written.out}/image`)}`, `docker push ${reference}`];
}

/** Whether an image is built under a name that the values do not have: nothing could deploy them as they are. */
function buildsUnnamed(one: EnvironmentValues, packaged: EnvironmentPackages | undefined): boolean {
  return buildLines(one, packaged).length > 0 && referenceOf(one) === imagePlaceholder;
}

/** The archives that pods mount from ConfigMaps: only a rollout makes them by itself. Pods wait for them. */
function configMapLines(one: EnvironmentValues, packaged: EnvironmentPackages | undefined): readonly string[] {
  const written = writtenPackage(one, packaged);
  if (written === undefined || mountedFrom(one) !== 'configMap') return [];
  const { result, out } = written;
  const folders = result.delivery.mode === 'roles' ? [out] : result.sets.map(({ name }) => `${out}/workloads/${name}`);
  const words = [
    'kubectl apply --server-side',
    ...folders.map((folder) => `--filename ${shellWord(commaSafe(`${folder}/configmaps.yaml`))}`),
    ...(one.environment.namespace === undefined ? [] : [`--namespace ${one.environment.namespace}`]),
    ...(one.environment.context === undefined ? [] : [`--context ${shellWord(one.environment.context)}`]),
  ];
  return [`${words.join(' ')} # the archives; again after each change of them`];
}

function writtenPackage(
  one: EnvironmentValues,
  packaged: EnvironmentPackages | undefined,
): EnvironmentPackages['packages'][number] | undefined {
  return packaged?.packages.find(({ result }) => result.state !== 'refused' && packaged.of(one) === result);
}

/** What pods mount their archives from beside an image of the user's own; undefined where the image has them. */
function mountedFrom({ values }: EnvironmentValues): 'configMap' | 'imageVolume' | undefined {
  const source = valueAt(values, ['artifacts', 'source']);
  return source === 'configMap' || source === 'imageVolume' ? source : undefined;
}

function helmLine(one: EnvironmentValues, chart: string, context: Context): string {
  const { environment, file } = one;
  const words = [
    `helm upgrade --install ${environment.release} ${chart} --values ${shellWord(commaSafe(display(file, context)))}`,
    ...(referenceOf(one) === imagePlaceholder
      ? ['--set image.repository=REGISTRY/NAME --set-string image.tag=TAG']
      : []),
    ...(environment.namespace === undefined ? [] : [`--namespace ${environment.namespace} --create-namespace`]),
    ...(environment.context === undefined ? [] : [`--kube-context ${shellWord(environment.context)}`]),
  ];
  return words.join(' ');
}

/** The image that the values name, or a placeholder where they name that of WSO2, which has no artifacts. */
function referenceOf({ values }: EnvironmentValues): string {
  const { reference } = namedImage(values);
  return reference === undefined ? imagePlaceholder : shellWord(reference);
}

/**
 * The image that the configuration names for all environments, as a word of a command line; a placeholder where it
 * names none, one by its digest, or the one that the new image is made `from`, which must stay.
 */
export function imageToPush({ image, runtime, values }: Environment, from?: string): string {
  const { reference, hasDigest } = namedImage(layerValues({ image: { ...image }, runtime: { ...runtime } }, values));
  return reference === undefined || hasDigest || reference === from ? imagePlaceholder : shellWord(reference);
}

interface Initialised {
  /** Live releases that a rollout takes over. */
  readonly releases: readonly string[] | undefined;
  /** Images that were read instead of the folder. */
  readonly images: readonly string[];
  /** The settings are those of a values file of helm-mi, whose release may still run. */
  readonly fromValues: boolean;
}

/** The lines below what `init` wrote. */
export function stepsAfterInit({ releases, images, fromValues }: Initialised): readonly string[] {
  const [first] = releases ?? [];
  if (releases === undefined)
    return [
      '',
      ...(fromValues
        ? [
            'No rollout ends the pods of the old release. End them yourself before what must run once starts in the new one.',
          ]
        : []),
      'Next:',
      ...(images.length === 0 ? [] : imageSteps(images)).map((step) => `  ${step}`),
      '  mi-patterns plan',
      '  mi-patterns generate --out deploy',
      '  mi-patterns rollout --env dev --dry-run',
    ];
  const names = releases.join(', ');
  const [their, areThey] = releases.length === 1 ? ['its', 'it is'] : ['their', 'they are'];
  return [
    '',
    `A rollout takes ${names} over: ${their} pods end before what must run once starts.`,
    ...(releases.length === 1
      ? []
      : [`The settings are those of ${first}; check what the others set differently, above all hosts.`]),
    'Next:',
    ...imageSteps(images).map((step) => `  ${step}`),
    '  mi-patterns diff --env prod       # shows where requests are routed at each step',
    '  mi-patterns rollout --env prod',
    `  mi-patterns rollback --env prod   # returns the work to ${names}, while ${areThey} installed`,
  ];
}

/** One image gets a layer; of several a new image is built, since a layer is added to one only. */
function imageSteps(images: readonly string[]): readonly string[] {
  const name = '# then name that image in mi-patterns.yaml';
  return images.length === 1
    ? [`mi-patterns package --from ${images[0]} --out package --push REGISTRY/NAME:TAG   ${name}`]
    : [
        'mi-patterns package --out package',
        `docker build --tag REGISTRY/NAME:TAG package/image && docker push REGISTRY/NAME:TAG   ${name}`,
      ];
}
