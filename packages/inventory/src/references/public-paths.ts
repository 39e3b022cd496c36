import type { Artifact, ArtifactFacts } from '../model/inventory.ts';
import { withoutTrailingSlashes } from '../text/slashes.ts';

/**
 * The path under which an API answers: its context with the version as the version strategy puts it. `''` for the root
 * context.
 */
export function apiPath({ context, apiVersion, versionType }: Extract<ArtifactFacts, { kind: 'api' }>): string {
  const versioned = apiVersion === undefined ? context : context.replace('{version}', apiVersion);
  const path =
    versionType === 'url' && apiVersion !== undefined
      ? `${withoutTrailingSlashes(versioned)}/${apiVersion}`
      : versioned;
  const trimmed = withoutTrailingSlashes(path);
  return trimmed === '' || trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}

/** Paths under which MI's HTTP listeners answer for an artifact; none where only a server knows them. */
export function publicPaths({ name, facts }: Pick<Artifact, 'name' | 'facts'>): readonly string[] {
  return pathsOf(name, facts).filter((path) => !/[${]/.test(path));
}

function pathsOf(name: string, facts: ArtifactFacts): readonly string[] {
  if (facts.kind === 'api') return [apiPath(facts) || '/'];
  if (facts.kind === 'axis2-service') return (facts.services ?? []).map((service) => `/services/${service.name}`);
  return [`/services/${name}`];
}
