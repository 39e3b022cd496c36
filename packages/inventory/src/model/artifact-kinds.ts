import type { ArtifactKind } from './inventory.ts';

/** What holds of every artifact of a kind. */
export interface KindRow {
  /** How a sentence names it: `Message processor`. */
  readonly word: string;
  /**
   * Its `type`s in an archive's artifact.xml, the one that the build writes first. Everything else in an archive is
   * skipped silently by `initializer/deployment/synapse/deployer/SynapseAppDeployer.java` (constants in
   * SynapseAppDeployerConstants.java, core's DefaultAppDeployer.java, DataSourceCappDeployer.java,
   * FileRegistryResourceDeployer.java and ConfigDeployer.java).
   */
  readonly archiveTypes: readonly string[];
  /** What is in an archive: an XML file to parse, or something with a reader of its own; none where MI deploys none. */
  readonly content: 'xml' | 'connector' | 'jar' | 'properties' | 'registry' | 'axis2' | 'none';
  /** What starts its work: nothing outside (`itself`), or a request. Without it, the artifact works only for others. */
  readonly startedBy?: 'itself' | 'request';
  /** Folder of a current MI project, and the role that the build writes (vscode-car-plugin, CAppHandler.java). */
  readonly project?: { readonly folder: string; readonly serverRole: string };
  /** Last part of an exporter's groupId, as Developer Studio writes it. */
  readonly exporterGroups?: readonly string[];
  /**
   * Where the management API lists it (micro-integrator `management/apis/Constants.java`; docs-mi
   * observe-and-manage/working-with-management-api.md).
   */
  readonly management?: string;
  /** One XML file, whose facts, effects and references say all that a plan goes by: two copies can be compared. */
  readonly isComparable?: true;
}

const integrator = 'EnterpriseIntegrator';
const bus = 'EnterpriseServiceBus';

/** Every kind of artifact. The order is that of lists which people read. */
const artifactKinds = {
  api: {
    word: 'API',
    archiveTypes: ['synapse/api'],
    content: 'xml',
    startedBy: 'request',
    project: { folder: 'apis', serverRole: integrator },
    exporterGroups: ['api'],
    management: 'apis',
    isComparable: true,
  },
  'proxy-service': {
    word: 'Proxy service',
    archiveTypes: ['synapse/proxy-service'],
    content: 'xml',
    startedBy: 'request',
    project: { folder: 'proxy-services', serverRole: integrator },
    exporterGroups: ['proxy-service'],
    management: 'proxy-services',
    isComparable: true,
  },
  task: {
    word: 'Task',
    archiveTypes: ['synapse/task'],
    content: 'xml',
    startedBy: 'itself',
    project: { folder: 'tasks', serverRole: integrator },
    exporterGroups: ['task'],
    management: 'tasks',
    isComparable: true,
  },
  'message-processor': {
    word: 'Message processor',
    archiveTypes: ['synapse/message-processors'],
    content: 'xml',
    startedBy: 'itself',
    project: { folder: 'message-processors', serverRole: integrator },
    exporterGroups: ['message-processors'],
    management: 'message-processors',
    isComparable: true,
  },
  'message-store': {
    word: 'Message store',
    archiveTypes: ['synapse/message-store'],
    content: 'xml',
    project: { folder: 'message-stores', serverRole: integrator },
    exporterGroups: ['message-store'],
    isComparable: true,
  },
  'inbound-endpoint': {
    word: 'Inbound endpoint',
    archiveTypes: ['synapse/inbound-endpoint'],
    content: 'xml',
    startedBy: 'itself',
    project: { folder: 'inbound-endpoints', serverRole: integrator },
    exporterGroups: ['inbound-endpoint'],
    management: 'inbound-endpoints',
    isComparable: true,
  },
  sequence: {
    word: 'Sequence',
    archiveTypes: ['synapse/sequence'],
    content: 'xml',
    project: { folder: 'sequences', serverRole: integrator },
    exporterGroups: ['sequence'],
    isComparable: true,
  },
  endpoint: {
    word: 'Endpoint',
    archiveTypes: ['synapse/endpoint'],
    content: 'xml',
    project: { folder: 'endpoints', serverRole: integrator },
    exporterGroups: ['endpoint'],
    isComparable: true,
  },
  template: {
    word: 'Template',
    archiveTypes: ['synapse/template'],
    content: 'xml',
    project: { folder: 'templates', serverRole: integrator },
    exporterGroups: ['template', 'sequence-template', 'endpoint-template'],
    isComparable: true,
  },
  'local-entry': {
    word: 'Local entry',
    archiveTypes: ['synapse/local-entry'],
    content: 'xml',
    project: { folder: 'local-entries', serverRole: integrator },
    exporterGroups: ['local-entry'],
    isComparable: true,
  },
  'data-service': {
    word: 'Data service',
    archiveTypes: ['service/dataservice'],
    content: 'xml',
    startedBy: 'request',
    project: { folder: 'data-services', serverRole: bus },
    exporterGroups: ['dataservice'],
    management: 'data-services',
    isComparable: true,
  },
  'data-source': {
    word: 'Data source',
    archiveTypes: ['datasource/datasource'],
    content: 'xml',
    project: { folder: 'data-sources', serverRole: bus },
    exporterGroups: ['datasource'],
    isComparable: true,
  },
  'registry-resource': {
    word: 'Registry resource',
    archiveTypes: ['registry/resource'],
    content: 'registry',
    exporterGroups: ['resource'],
  },
  connector: {
    word: 'Connector',
    archiveTypes: ['synapse/lib'],
    content: 'connector',
    exporterGroups: ['lib'],
  },
  library: {
    word: 'Library',
    archiveTypes: ['lib/synapse/mediator', 'lib/connector/dependency'],
    content: 'jar',
  },
  'property-file': { word: 'Property file', archiveTypes: ['config/property'], content: 'properties' },
  'axis2-service': {
    word: 'Axis2 service',
    archiveTypes: ['service/axis2'],
    content: 'axis2',
    startedBy: 'request',
    isComparable: true,
  },
  'event-source': { word: 'Event source', archiveTypes: [], content: 'none' },
  unsupported: { word: 'Unsupported artifact', archiveTypes: [], content: 'none' },
} as const satisfies Readonly<Record<ArtifactKind, KindRow>>;

type Kinds = typeof artifactKinds;

/** Kinds that start work by themselves or on request. A table over them must name each: the compiler checks it. */
export type EntryPointKind = {
  [Kind in ArtifactKind]: Kinds[Kind] extends { readonly startedBy: string } ? Kind : never;
}[ArtifactKind];

/** The row of a kind. */
export function kindRow(kind: ArtifactKind): KindRow {
  return artifactKinds[kind];
}

/** Every kind, in the order of the table. */
export const kindNames = Object.keys(artifactKinds) as readonly ArtifactKind[];

/** True for a kind in the table: ids come from files that people write. */
export function isArtifactKind(text: string): text is ArtifactKind {
  return Object.hasOwn(artifactKinds, text);
}

/** True for an artifact that starts work by itself or by a request. */
export function isEntryPoint(artifact: { readonly kind: ArtifactKind }): boolean {
  return kindRow(artifact.kind).startedBy !== undefined;
}
