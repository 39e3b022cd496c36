import type { Inventory } from '@mi-patterns/inventory';
import { type Plan, releaseName } from '@mi-patterns/planner';
import type { Configuration } from '../generated/configuration.ts';
import type { Values } from '../mapping/merge.ts';
import type { LiveHelmMi } from '../translate-helm-mi/live-release.ts';
import type { HelmMiTranslation } from '../translate-helm-mi/translate.ts';

/** What is known when a project gets its first `mi-patterns.yaml`. */
export interface FirstConfiguration {
  /** Projects and archives, relative to the file. */
  readonly artifacts: readonly string[];
  readonly release: string;
  readonly image: NonNullable<Configuration['image']>;
  readonly runtime?: NonNullable<Configuration['runtime']>;
  readonly replicas?: number;
  readonly values?: Values;
  /** What the artifacts call for, a sentence. */
  readonly patternBecause: string;
  /** True when one pod is enough to try everything out, whatever the other environments need. */
  readonly singleInDevelopment: boolean;
  /** Environments to start with; development, staging and production when absent. */
  readonly environments?: NonNullable<Configuration['environments']>;
  /** Lines about what could not be translated; they go to the end as a comment. */
  readonly leftOver: readonly string[];
}

/** Begins the name of an image where none is known: whoever deploys puts their own there. */
export const placeholderRepository = 'example/';

/** The version of MI that the first application with one is written for, when it has three numbers. */
export function firstRuntimeVersion({ applications }: Inventory): string | undefined {
  const version = applications.flatMap(({ runtimeVersion }) => runtimeVersion ?? [])[0];
  return version !== undefined && /^\d+\.\d+\.\d+$/.test(version) ? version : undefined;
}

/**
 * A first configuration for what was read, with the settings of an earlier chart where there was one. `folder`: the
 * folder that holds the projects, by name. Pure.
 */
export function firstConfiguration(
  inventory: Inventory,
  result: Plan,
  folder: string,
  translation: HelmMiTranslation | undefined,
): Omit<FirstConfiguration, 'artifacts'> {
  const [first, second] = inventory.applications;
  // Several applications have the name of the folder that holds them, whatever is added to it.
  const release = releaseName(first === undefined || second !== undefined ? folder : first.name);
  const runtime = firstRuntimeVersion(inventory);
  const own = translation?.configuration;
  const versions = own?.runtime ?? (runtime === undefined ? undefined : { version: runtime });
  return {
    release,
    image: {
      repository: `${placeholderRepository}${release}`,
      tag: first?.version.replace(/-SNAPSHOT$/, '') || '1.0.0',
      ...own?.image,
    },
    ...(versions === undefined ? {} : { runtime: versions }),
    ...(own?.replicas === undefined ? {} : { replicas: own.replicas }),
    ...(own === undefined ? {} : { values: own.values }),
    patternBecause: result.patternBecause,
    singleInDevelopment:
      result.pattern !== 'single-replica' &&
      result.coordination === 'isolate' &&
      own?.values['coordination'] === undefined,
    leftOver: (translation?.diagnostics ?? [])
      .filter(({ severity }) => severity !== 'info')
      .map(
        ({ message, hint, source }) =>
          `${source === undefined ? '' : `${source.path.split('/').at(-1)}:${source.line} `}${message} ${hint}`,
      ),
  };
}

/** A first configuration for the place of a live release, which it takes over under another name. */
export function takingOver<First extends Pick<FirstConfiguration, 'release'>>(
  first: First,
  lives: readonly [LiveHelmMi, ...LiveHelmMi[]],
): First & Pick<FirstConfiguration, 'release' | 'singleInDevelopment' | 'environments'> {
  const [{ context, namespace }] = lives;
  const takeOver = lives.map(({ release }) => release);
  const old = takeOver.find((release) => release === first.release);
  return {
    ...first,
    // Under the old name an upgrade would replace the old release, and both would run for a while.
    release: old === undefined ? first.release : `${old}-patterns`,
    singleInDevelopment: false,
    environments: { prod: { context, namespace, takeOver } },
  };
}
