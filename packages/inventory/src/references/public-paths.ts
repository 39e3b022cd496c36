import type { Application, Artifact, ArtifactFacts, Inventory } from '../model/inventory.ts';
import { hasNameOfItsOwn, podConfigurations } from '../model/versioned-names.ts';
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

/**
 * The path of an API or service on a server that exposes versions: an API has group, artifact and version of its
 * application before its context, a service before its name (`API.setContext` and `FactoryUtils` of wso2/wso2-synapse,
 * versioned-deployment.md of wso2/docs-mi; `VersionedDeploymentTestCase` of MI calls APIs). Undefined for an
 * application without an id.
 */
export function versionedPath(path: string, { descriptorId }: Pick<Application, 'descriptorId'>): string | undefined {
  if (descriptorId === undefined) return undefined;
  return path.startsWith(servicePath)
    ? `${servicePath}${descriptorId}/${path.slice(servicePath.length)}`
    : `/${descriptorId.replaceAll('__', '/')}${withoutTrailingSlashes(path)}`;
}

const servicePath = '/services/';

/**
 * Paths under which MI's HTTP listeners answer for an artifact, in the pods of its applications; none where only a
 * server knows them.
 */
export function publicPaths(
  { name, kind, facts, applications: used }: Pick<Artifact, 'name' | 'kind' | 'facts' | 'applications'>,
  { applications, configurations }: Pick<Inventory, 'applications' | 'configurations'>,
): readonly string[] {
  const plain = pathsOf(name, facts).filter((path) => !/[${]/.test(path));
  const servers = podConfigurations(configurations);
  const paths = applications
    .filter(({ id }) => used.includes(id))
    .flatMap((application) =>
      hasNameOfItsOwn(kind, application, servers)
        ? plain.map((path) => versionedPath(path, application) ?? path)
        : plain,
    );
  return paths.length === 0 ? plain : [...new Set(paths)];
}

function pathsOf(name: string, facts: ArtifactFacts): readonly string[] {
  if (facts.kind === 'api') return [apiPath(facts) || '/'];
  if (facts.kind === 'axis2-service') return (facts.services ?? []).map((service) => `${servicePath}${service.name}`);
  return [`${servicePath}${name}`];
}
