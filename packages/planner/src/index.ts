export type * from './model/plan.ts';
export { type Choice, choicesOf } from './cost/choices.ts';
export { countPods } from './cost/cost.ts';
export { isDivided } from './model/divided.ts';
export { withWritten } from './cost/written.ts';
export { plannerCatalogue } from './findings/catalogue.ts';
export { referenceDiagnostics } from './diagnostics/references.ts';
export { type Explanation, explain } from './explain.ts';
export { releaseName } from './grouping/names.ts';
export { judge, overrideSentence } from './verdicts/overrides.ts';
export * from './flow/index.ts';
export { didYouMean, nearest } from './findings/near.ts';
export { listed } from './findings/finding.ts';
export { plan } from './plan.ts';
export { findVerdicts, isIsolatedClass } from './verdicts/index.ts';
export { type ReferenceAnswer, type ReferenceRule, verdictReference } from './verdicts/reference.ts';
export type * from './delivery/model.ts';
export { deliveryOf } from './delivery/delivery-of.ts';
export { checkDelivery } from './delivery/check.ts';
export { artifactsByRole, deployedByWorkload, roleFilter } from './delivery/deployed.ts';
export {
  environmentReadiness,
  isMissingSetting,
  isReadiness,
  namesEnvironments,
  type NeededSetting,
  type Readiness,
  loadedAddresses,
  readinessOfAll,
  settingEntry,
} from './readiness/index.ts';
export { withGivenValues } from './given-values.ts';
export { claimsOf } from './needs/persistence.ts';
export { measured } from './generated/measured.ts';
export { isCoordinated } from './diagnostics/database.ts';
export { type ArchiveRequest, type ArtifactRequest } from './delivery/archive-request.ts';
export { workloadCatalogue } from './findings/catalogue-delivery.ts';
