export { auditCluster, type ImageReader } from './audit.ts';
export { auditCatalogue } from './catalogue.ts';
export { type AuditPlace, readCluster } from './cluster.ts';
export { serversByManagementApi } from './management.ts';
export { readHelmMiRelease } from './helm-mi-release.ts';
export { runsMicroIntegrator } from './find-servers.ts';
export type * from './model.ts';
