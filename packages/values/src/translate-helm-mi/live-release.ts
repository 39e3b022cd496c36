import type { Configuration } from '../generated/configuration.ts';
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
function imageOf(reference: string): NonNullable<Configuration['image']> {
  const [, name = reference, tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const first = name.split('/')[0] ?? '';
  const hasRegistry = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return {
    ...(hasRegistry ? { registry: first } : {}),
    repository: hasRegistry ? name.slice(first.length + 1) : name,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : { digest }),
  };
}
