export { chartSourceOf } from './inputs/configured-chart.ts';
export { contextDefaults, targetOf } from './release/target.ts';
export { rolloutCatalogue } from './findings/catalogue.ts';
export {
  type ArtifactCheck,
  type ExpectedArtifacts,
  ManagementFault,
  type ManagementLogin,
  askReadyPod,
  checkThroughKubectl,
  namesOf,
} from './checks/artifact-check.ts';
export { type ChartSource, type FetchedChart, fetchChart } from './inputs/chart-source.ts';
export { clusterEffects } from './cluster/effects.ts';
export type { ClusterEffectsOptions } from './cluster/options.ts';
export { type ObjectChange, type ReleaseDiff } from './changes/diff.ts';
export { type RolloutEvent, type RolloutOutcome } from './steps/effects.ts';
export type { LiveState } from './live/live.ts';
export type { FieldChange } from './changes/field-diff.ts';
export { getObjects, namespaceExists, readObject } from './tools/kubectl.ts';
export { type PreparedRelease, prepareRelease, workloadNamed } from './inputs/prepare.ts';
export { checkPromoted, type Promotion, promotionFrom } from './inputs/promotion.ts';
export type { RolloutRecord } from './release/record.ts';
export { releaseManifest, releaseValuesFile, type Target } from './release/release.ts';
export { changesBetween } from './changes/render-changes.ts';
export { type RollbackRequest, rollBack } from './steps/roll-back.ts';
export { type RolloutRequest, rollOut } from './steps/roll-out.ts';
export { type ReleaseStatus, releaseStatus } from './status.ts';
export { StopRollout } from './steps/stop.ts';
export { type Tools, toolsOfMachine } from './tools/tools.ts';
