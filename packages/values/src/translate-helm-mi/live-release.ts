import type { FirstConfiguration } from '../configuration/first.ts';
import type { KnownVersions } from './runtime-version.ts';
import { type HelmMiTranslation, translateHelmMi } from './translate.ts';

/** A release of helm-mi that runs: where, with which image and with which values (a YAML file). */
export interface LiveHelmMi {
  readonly release: string;
  readonly context: string;
  readonly namespace: string;
  readonly image: string;
  readonly values: string;
}

/**
 * The settings of a live release. The image is the one that runs, not the one of the values. Pure; never throws.
 *
 * @param known versions of MI that the values cannot know.
 */
export function translateLiveRelease(
  { release, image, values }: LiveHelmMi,
  known: KnownVersions = {},
): HelmMiTranslation {
  const text = /^wso2:/m.test(values) ? values : 'wso2: {}\n';
  const translation = translateHelmMi(text, `values of the release ${release}`, known);
  const { configuration } = translation;
  if (configuration === undefined) return translation;
  return {
    ...translation,
    configuration: { ...configuration, image: imageOf(image) },
    diagnostics: translation.diagnostics.filter(({ code }) => code !== 'MI-INIT-IMAGE'),
  };
}

/** `registry/repository:tag` or `@digest`, in parts. */
function imageOf(reference: string): FirstConfiguration['image'] {
  const [, name = reference, tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const first = name.split('/')[0] ?? '';
  const hasRegistry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return {
    ...(hasRegistry ? { registry: first } : {}),
    repository: hasRegistry ? name.slice(first.length + 1) : name,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : { digest }),
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
