import { findServers, type Server } from '@mi-patterns/audit';
import { type Inventory, readInventory } from '@mi-patterns/inventory';
import { parseManifest, type KubernetesObject } from '@mi-patterns/helm';
import { contextDefaults, parseObjects, type Tools } from '@mi-patterns/rollout';
import { type FirstConfiguration, type HelmMiTranslation, translateHelmMi } from '@mi-patterns/values';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { imageClient } from '../load.ts';
import { commandTools } from '../rollout/place.ts';
import { imageFiles } from './audit.ts';
import type { InitOptions } from './init.ts';

/** What a live release of helm-mi says of the first configuration. */
export interface LiveRelease {
  readonly translation: HelmMiTranslation;
  /** What its image holds. */
  readonly inventory: Inventory;
  readonly artifacts: readonly string[];
  /** Settings of the first configuration that follow from the release that still runs. */
  readonly beside: (first: Pick<FirstConfiguration, 'release'>) => Partial<FirstConfiguration>;
  readonly nextSteps: readonly string[];
}

interface ReleasePlace {
  readonly release: string;
  readonly context: string;
  readonly namespace: string;
  readonly tools: Tools;
}

/**
 * Reads a live release of WSO2's own chart: its values, its Deployment, and the image that this runs. The configuration that comes
 * of it has another name than the old release, and takes it over. Throws ToolFailure, InputError or CommandFailure.
 */
export async function liveRelease(release: string, options: InitOptions, context: Context): Promise<LiveRelease> {
  const tools = commandTools(options, context);
  const defaults = await contextDefaults(options.context, tools);
  const place = { release, context: defaults.context, namespace: options.namespace ?? defaults.namespace, tools };
  const server = await serverOf(place);
  const translation = await translationOf(place, server);
  const files = imageFiles(options.image ?? []);
  const path = files.get(server.image) ?? `oci:${server.image}`;
  const inventory = await readInventory([path], {
    cwd: context.cwd,
    openRegistryImage: await imageClient([path], options, context),
  });
  return {
    translation,
    inventory,
    artifacts: [path],
    beside: (first) => besideOld(place, first),
    nextSteps: nextSteps(place, path),
  };
}

/** The one workload of the release that runs Micro Integrator, as it is in the cluster now. */
async function serverOf({ release, context, namespace, tools }: ReleasePlace): Promise<Server> {
  const where = ['--namespace', namespace, '--kube-context', context];
  const { stdout } = await tools.helm(['get', 'manifest', release, ...where]);
  const named = parseManifest(stdout)
    .objects.map(({ object }) => object)
    .filter(({ kind }) => kind === 'Deployment');
  const objects: KubernetesObject[] = [];
  for (const { metadata } of named) {
    const words = [
      '--context',
      context,
      '--namespace',
      namespace,
      'get',
      'deployment',
      metadata.name,
      '--ignore-not-found',
      '--output=json',
    ];
    objects.push(...parseObjects((await tools.kubectl(words)).stdout));
  }
  const servers = findServers({
    workloads: objects,
    pods: [],
    autoscalers: [],
    budgets: [],
    configMaps: new Map(),
    notRead: [],
  });
  const [server] = servers;
  if (server?.madeBy === 'helm-mi') return server;
  throw new CommandFailure(
    [
      {
        code: 'MI-INIT-NOT-HELM-MI',
        severity: 'error',
        message: `The release ${release} in the namespace ${namespace} has no Deployment of wso2/helm-mi.`,
        hint: 'Check the name with helm list; mi-patterns audit shows every Micro Integrator that runs.',
      },
    ],
    exitCodes.usage,
  );
}

/** The values that the release was installed with, and of its Deployment what somebody may have changed since. */
async function translationOf(place: ReleasePlace, server: Server): Promise<HelmMiTranslation> {
  const { release, context, namespace, tools } = place;
  const words = ['get', 'values', release, '--output', 'yaml', '--namespace', namespace, '--kube-context', context];
  const { stdout } = await tools.helm(words);
  const text = /^wso2:/m.test(stdout) ? stdout : 'wso2: {}\n';
  const translation = translateHelmMi(text, `values of the release ${release}`);
  const { configuration } = translation;
  if (configuration === undefined) throw new CommandFailure(translation.diagnostics, exitCodes.usage);
  return { ...translation, configuration: { ...configuration, image: imageOf(server.image) } };
}

/** `registry/repository:tag` or `@digest`, in parts. */
function imageOf(reference: string): NonNullable<FirstConfiguration['image']> {
  const [, name = reference, tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const first = name.split('/')[0] ?? '';
  const hasRegistry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return {
    ...(hasRegistry ? { registry: first } : {}),
    repository: hasRegistry ? name.slice(first.length + 1) : name,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : { digest }),
  };
}

function besideOld(
  { release, context, namespace }: ReleasePlace,
  first: Pick<FirstConfiguration, 'release'>,
): Partial<FirstConfiguration> {
  return {
    // Under the old name an upgrade would replace the old release, and both would run for a while.
    release: first.release === release ? `${release}-patterns` : first.release,
    singleInDevelopment: false,
    environments: { prod: { context, namespace, takeOver: [release] } },
  };
}

function nextSteps({ release }: ReleasePlace, path: string): string[] {
  return [
    '',
    `A rollout takes ${release} over: its pods end before what must run once starts. Next:`,
    `  mi-patterns package --from ${path} --out package --push REGISTRY/NAME:TAG   # then name that image in mi-patterns.yaml`,
    '  mi-patterns diff --env prod       # says which object leads requests where, at each step',
    '  mi-patterns rollout --env prod',
    `  mi-patterns rollback --env prod   # gives the work back to ${release}, while it is installed`,
  ];
}
