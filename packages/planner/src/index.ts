export type * from './model.ts';
export { type Choice, choicesOf } from './choices.ts';
export { assumptions } from './cost.ts';
export { type PlannerCode, plannerCatalogue } from './diagnostics/catalogue.ts';
export { referenceDiagnostics } from './diagnostics/references.ts';
export { type Explanation, type ExplainResult, explain } from './explain.ts';
export { matchesGlob } from './grouping/glob.ts';
export { isWorkloadName, releaseName, roleName, workloadName } from './grouping/names.ts';
export { applyOverrides, judge } from './overrides.ts';
export * from './flow/index.ts';
export { nearest } from './near.ts';
export { plan } from './plan.ts';
export { findVerdicts, isIsolatedClass } from './verdicts/index.ts';
export { type ReferenceAnswer, type ReferenceRule, verdictReference } from './verdicts/reference.ts';
export type * from './delivery/model.ts';
export { deliveryOf } from './delivery/delivery-of.ts';
export { checkDelivery } from './delivery/check.ts';
export {
  type Common,
  type Deployed,
  deployedByWorkload,
  type DeployedArtifact,
  roleFilter,
} from './delivery/deployed.ts';
export { claimsOf } from './persistence.ts';
export {
  type NeededSetting,
  type Readiness,
  readinessFindings,
  settingEntry,
  type SettingState,
} from './readiness/index.ts';
export { isCoordinated } from './diagnostics/database.ts';
export { type ArchiveRequest, type ArtifactRequest } from './delivery/archive-request.ts';
export { workloadCatalogue } from './delivery/catalogue.ts';
