import { kindNames, kindRow, type KindRow } from '../model/artifact-kinds.ts';
import type { ArtifactKind } from '../model/inventory.ts';

/** How MI deploys one `type` of an archive's artifact.xml. */
export interface DeployedType {
  readonly type: string;
  readonly kind: ArtifactKind;
  /** What is inside: an XML file to parse, or something with a reader of its own. */
  readonly content: KindRow['content'] | 'metadata';
}

const byType = new Map<string, DeployedType>([
  ...kindNames.flatMap((kind) =>
    kindRow(kind).archiveTypes.map((type) => [type, { type, kind, content: kindRow(kind).content }] as const),
  ),
  ['synapse/metadata', { type: 'synapse/metadata', kind: 'unsupported', content: 'metadata' }],
]);

/** How MI deploys a `type`; undefined for one that it skips. */
export function deployedType(type: string): DeployedType | undefined {
  return byType.get(type);
}

/** The `type` an artifact of this kind has in an archive; `unsupported` when MI has none. */
export function typeOfKind(kind: ArtifactKind): string {
  return kindRow(kind).archiveTypes[0] ?? 'unsupported';
}

/**
 * Roles a server has unless `-DserverRoles` or `[server] roles` says otherwise (MI: config-tool/default.json,
 * `server.roles`).
 */
export const defaultServerRoles: readonly string[] = [
  'EnterpriseIntegrator',
  'EnterpriseServiceBus',
  'DataServicesServer',
];

/** Folder of a current MI project → what the build makes of its files. */
export const projectFolders: ReadonlyMap<string, { readonly kind: ArtifactKind; readonly serverRole: string }> =
  new Map(
    kindNames.flatMap((kind) => {
      const { project } = kindRow(kind);
      return project === undefined ? [] : [[project.folder, { kind, serverRole: project.serverRole }] as const];
    }),
  );

const byExporterGroup = new Map(
  kindNames.flatMap((kind) => (kindRow(kind).exporterGroups ?? []).map((group) => [group, kind] as const)),
);

/** The kind that the last part of an exporter's groupId names; undefined when it names none. */
export function kindOfGroup(groupId: string): ArtifactKind | undefined {
  return byExporterGroup.get(groupId.slice(groupId.lastIndexOf('.') + 1));
}
