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
 * Services keep their plain name unless `[synapse_properties] 'expose.versioned.services'` is true: MI then refuses the
 * later archive with "already exists … please enable service versioning" (ProxyServiceDeployer.java). Inbound endpoints
 * and data sources always keep theirs.
 */
export function hasNameOfItsOwn(
  kind: ArtifactKind,
  { versionedDeployment }: Pick<Application, 'versionedDeployment'>,
  servers: readonly Pick<ServerConfiguration, 'exposesVersionedServices'>[],
): boolean {
  if (!versionedDeployment) return false;
  if (qualified.has(kind)) return true;
  return services.has(kind) && servers.some((server) => server.exposesVersionedServices === true);
}
