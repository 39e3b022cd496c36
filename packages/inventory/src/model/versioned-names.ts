import type { Application, ArtifactKind, ServerConfiguration } from './inventory.ts';

/** Kinds that take the name of their application before their own (`FactoryUtils.getFullyQualifiedName`). */
const qualified: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>([
  'sequence',
  'endpoint',
  'template',
  'local-entry',
  'message-store',
  'message-processor',
  'task',
  'registry-resource',
]);

/** Kinds that do so only on servers that expose versions (`FactoryUtils.getFullyQualifiedNameForServices`). */
const services: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>(['api', 'proxy-service', 'data-service']);

/**
 * Whether no other application can bring an artifact of this kind by the same name, because versioned deployment makes
 * the application a part of the name (wso2/wso2-synapse FactoryUtils.java, product-integrator-mi DBDeployer.java).
 * Services keep their plain name on each server whose `[synapse_properties] 'expose.versioned.services'` is not true:
 * MI then refuses the later archive with "already exists … please enable service versioning"
 * (ProxyServiceDeployer.java). Inbound endpoints and data sources always keep theirs.
 *
 * @param servers all that may get the application.
 */
export function hasNameOfItsOwn(
  kind: ArtifactKind,
  { versionedDeployment }: Pick<Application, 'versionedDeployment'>,
  servers: readonly Pick<ServerConfiguration, 'exposesVersionedServices'>[],
): boolean {
  if (!versionedDeployment) return false;
  if (qualified.has(kind)) return true;
  return (
    services.has(kind) && servers.length > 0 && servers.every((server) => server.exposesVersionedServices === true)
  );
}

/**
 * The files that pods get: those that the chart writes, or where it writes none, those that were read. The chart leaves
 * the coordination database and the node id of a project's own file out.
 */
export function podConfigurations<T extends Pick<ServerConfiguration, 'environment'>>(
  configurations: readonly T[],
): readonly T[] {
  const written = configurations.filter(({ environment }) => environment !== undefined);
  return written.length > 0 ? written : configurations;
}
