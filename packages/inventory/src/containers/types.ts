import type { ArtifactKind } from '../model.ts';

/** How MI deploys one `type` of an archive's artifact.xml. */
export interface DeployedType {
  readonly type: string;
  readonly kind: ArtifactKind;
  /** What is inside: an XML file to parse, or something with a reader of its own. */
  readonly content: 'xml' | 'connector' | 'jar' | 'properties' | 'registry' | 'metadata' | 'axis2';
}

/**
 * Artifact types that MI deploys. Everything else in an archive is skipped silently by
 * `initializer/deployment/synapse/deployer/SynapseAppDeployer.java` (constants in SynapseAppDeployerConstants.java,
 * core's DefaultAppDeployer.java, DataSourceCappDeployer.java, FileRegistryResourceDeployer.java and ConfigDeployer.java).
 */
const deployedTypes: readonly DeployedType[] = [
  { type: 'synapse/api', kind: 'api', content: 'xml' },
  { type: 'synapse/proxy-service', kind: 'proxy-service', content: 'xml' },
  { type: 'synapse/sequence', kind: 'sequence', content: 'xml' },
  { type: 'synapse/endpoint', kind: 'endpoint', content: 'xml' },
  { type: 'synapse/template', kind: 'template', content: 'xml' },
  { type: 'synapse/local-entry', kind: 'local-entry', content: 'xml' },
  { type: 'synapse/message-store', kind: 'message-store', content: 'xml' },
  { type: 'synapse/message-processors', kind: 'message-processor', content: 'xml' },
  { type: 'synapse/task', kind: 'task', content: 'xml' },
  { type: 'synapse/inbound-endpoint', kind: 'inbound-endpoint', content: 'xml' },
  { type: 'synapse/lib', kind: 'connector', content: 'connector' },
  { type: 'lib/synapse/mediator', kind: 'library', content: 'jar' },
  { type: 'lib/connector/dependency', kind: 'library', content: 'jar' },
  { type: 'service/dataservice', kind: 'data-service', content: 'xml' },
  { type: 'service/axis2', kind: 'axis2-service', content: 'axis2' },
  { type: 'datasource/datasource', kind: 'data-source', content: 'xml' },
  { type: 'registry/resource', kind: 'registry-resource', content: 'registry' },
  { type: 'config/property', kind: 'property-file', content: 'properties' },
  { type: 'synapse/metadata', kind: 'unsupported', content: 'metadata' },
];

const byType = new Map(deployedTypes.map((entry) => [entry.type, entry]));
const byKind = new Map(deployedTypes.map((entry) => [entry.kind, entry]));

export function deployedType(type: string): DeployedType | undefined {
  return byType.get(type);
}

/** The `type` an artifact of this kind has in an archive; `unsupported` when MI has none. */
export function typeOfKind(kind: ArtifactKind): string {
  if (kind === 'library') return 'lib/synapse/mediator';
  return kind === 'unsupported' ? 'unsupported' : (byKind.get(kind)?.type ?? 'unsupported');
}

/** Roles a server has unless `-DserverRoles` or `[server] roles` says otherwise (MI: config-tool/default.json, `server.roles`). */
export const defaultServerRoles: readonly string[] = [
  'EnterpriseIntegrator',
  'EnterpriseServiceBus',
  'DataServicesServer',
];

/** Folder of a current MI project → what the build makes of its files (vscode-car-plugin, CAppHandler.java). */
export const projectFolders: ReadonlyMap<string, { readonly kind: ArtifactKind; readonly serverRole: string }> =
  new Map(
    (
      [
        ['apis', 'api'],
        ['endpoints', 'endpoint'],
        ['inbound-endpoints', 'inbound-endpoint'],
        ['local-entries', 'local-entry'],
        ['message-processors', 'message-processor'],
        ['message-stores', 'message-store'],
        ['proxy-services', 'proxy-service'],
        ['sequences', 'sequence'],
        ['tasks', 'task'],
        ['templates', 'template'],
        ['data-services', 'data-service'],
        ['data-sources', 'data-source'],
      ] as const
    ).map(([folder, kind]) => [
      folder,
      {
        kind,
        serverRole: kind === 'data-service' || kind === 'data-source' ? 'EnterpriseServiceBus' : 'EnterpriseIntegrator',
      },
    ]),
  );
