import type { Diagnostic, Source } from '@mi-patterns/inventory';
import { describe } from '../findings/catalogue.ts';
import type { Configuration, Environment as WrittenEnvironment } from '../generated/configuration.ts';
import { layerValues, valueAt, type Values } from '../mapping/merge.ts';
import { nearest } from '../schema/nearest.ts';
import { list } from '../schema/words.ts';

/** One environment with everything it inherits: the keys beside `environments`, below its own. */
export interface Environment {
  readonly name: string;
  /** Position in the order of the rollout, from 0. */
  readonly order: number;
  /** Context of the kubeconfig; undefined: the current one. */
  readonly context?: string;
  /** Undefined: the namespace of the context. */
  readonly namespace?: string;
  readonly release: string;
  /** Of its Application of Argo CD, or its Kustomization of Flux; no other environment of the configuration has it. */
  readonly gitOpsName: string;
  /** Undefined: the planner chooses. */
  readonly pattern?: 'single-replica' | 'multiple-replicas' | 'coordinated';
  readonly coordination: 'isolate' | 'database';
  /** Pods of the stateless workload; undefined: the planner's default for the pattern. */
  readonly replicas?: number;
  readonly image: NonNullable<WrittenEnvironment['image']>;
  readonly runtime: NonNullable<WrittenEnvironment['runtime']>;
  /** Releases in its namespace that a rollout takes over. */
  readonly takeOver: readonly string[];
  readonly approval: 'none' | 'required';
  /** How long a rollout waits, in seconds. */
  readonly timeout: number;
  /** Values files relative to the configuration, later ones win: those of the defaults before the environment's own. */
  readonly valuesFiles: readonly string[];
  /** Values written in the configuration; they win over the files. */
  readonly values: Values;
}

/** The version of MI that an environment names, in its values (layered) or else in its configuration. */
export function namedVersion({ runtime }: Pick<Environment, 'runtime'>, values: Values): string | undefined {
  const version = valueAt(values, ['runtime', 'version']);
  return typeof version === 'string' && version !== '' ? version : runtime.version;
}

/** Name of the release where the configuration gives none: the chart's. */
const defaultRelease = 'micro-integrator';
const defaultTimeout = 10 * 60;

/**
 * Environments in the order of the configuration; a single one called `default` when it names none.
 * Mappings are merged key by key. An environment with a digest or a tag of its own drops the other of the defaults,
 * which would name another image.
 */
export function environmentsOf(configuration: Configuration): readonly Environment[] {
  const written: Readonly<Record<string, WrittenEnvironment | null>> = configuration.environments ?? { default: {} };
  const taken = new Set<string>();
  return Object.entries(written).map(([name, own], order) => {
    const environment = resolveEnvironment(configuration, own ?? {}, name, order);
    const plain = `${environment.release}-${name}`;
    // The release orders in eu-prod, and orders-eu in prod: the second would replace the first.
    const gitOpsName = taken.has(plain) ? `${environment.release}--${name}` : plain;
    taken.add(gitOpsName);
    return { ...environment, gitOpsName };
  });
}

function resolveEnvironment(
  defaults: Configuration,
  own: WrittenEnvironment,
  name: string,
  order: number,
): Omit<Environment, 'gitOpsName'> {
  const context = own.context ?? defaults.context;
  const namespace = own.namespace ?? defaults.namespace;
  const pattern = own.pattern ?? defaults.pattern;
  // One replica is what the pattern says, whatever the default for the other environments is.
  const replicas = own.replicas ?? (pattern === 'single-replica' ? undefined : defaults.replicas);
  const timeout = own.timeout ?? defaults.timeout;
  return {
    name,
    order,
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    release: own.release ?? defaults.release ?? defaultRelease,
    ...(pattern === undefined ? {} : { pattern }),
    coordination: own.coordination ?? defaults.coordination ?? 'isolate',
    ...(replicas === undefined ? {} : { replicas }),
    image: imageOf(defaults.image ?? {}, own.image ?? {}),
    runtime: { ...defaults.runtime, ...own.runtime },
    takeOver: own.takeOver ?? [],
    approval: own.approval ?? defaults.approval ?? 'none',
    timeout: timeout === undefined ? defaultTimeout : secondsOf(timeout),
    valuesFiles: [...(defaults.valuesFiles ?? []), ...(own.valuesFiles ?? [])],
    values: layerValues(defaults.values ?? {}, own.values ?? {}),
  };
}

type Image = NonNullable<WrittenEnvironment['image']>;

function imageOf(defaults: Image, own: Image): Image {
  const { tag: _tag, digest: _digest, ...rest } = defaults;
  return own.tag === undefined && own.digest === undefined ? { ...defaults, ...own } : { ...rest, ...own };
}

/** Seconds of a duration such as `10m` or `1h30m`. */
export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(?<!\d)(\d+)([hms])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0),
    0,
  );
}

/** The environment of a name, or a diagnostic that lists those there are, at `sourceOf()`. */
export function environmentNamed(
  configuration: Configuration,
  name: string,
  sourceOf: () => Source,
): { readonly environment: Environment } | { readonly diagnostic: Diagnostic } {
  const environments = environmentsOf(configuration);
  const environment = environments.find((each) => each.name === name);
  if (environment !== undefined) return { environment };
  const names = environments.map((each) => each.name);
  const meant = nearest(name, names);
  const hint = `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}Environments are ${list(names, 'and')}.`;
  const message = `There is no environment \`${name}\`.`;
  return { diagnostic: describe('MI-CONFIG-NO-ENVIRONMENT', message, sourceOf(), hint) };
}
