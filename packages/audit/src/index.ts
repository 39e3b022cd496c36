export { auditCluster, judgeAll, type ImageReader, type ServerReader } from './audit.ts';
export { auditCatalogue, type AuditCode } from './catalogue.ts';
export { type AuditPlace, readCluster } from './cluster.ts';
export type { ReadImage } from './deployed.ts';
export { merged, serversByManagementApi } from './management.ts';
export { findServers } from './find-servers.ts';
export type * from './model.ts';
export { moments } from './model.ts';
