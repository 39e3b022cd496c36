export { chartSourceOf } from './configured-chart.ts';
export { targetOf } from './target.ts';
export { rolloutCatalogue } from './catalogue.ts';
export {
  type ExpectedArtifacts,
  ManagementFault,
  type ManagementLogin,
  askReadyPod,
  checkThroughKubectl,
  namesOf,
} from './artifact-check.ts';
export { type ChartSource, type FetchedChart, fetchChart } from './chart-source.ts';
export { clusterEffects } from './cluster/effects.ts';
export type { ClusterEffectsOptions } from './cluster/options.ts';
export { type ObjectChange, type ReleaseDiff } from './diff.ts';
export { type ArtifactCheck, type RolloutEvent, type RolloutOutcome } from './effects.ts';
export type { LiveState } from './live.ts';
export type { FieldChange } from './field-diff.ts';
export { getObjects, namespaceExists, readObject } from './kubectl.ts';
export { type PreparedRelease, prepareRelease } from './prepare.ts';
export { checkPromoted, type Promotion, promotionFrom } from './promotion.ts';
export type { RolloutRecord } from './record.ts';
export { releaseManifest, releaseValuesFile, type Target } from './release.ts';
export { changesBetween } from './render-changes.ts';
export { rollBack } from './roll-back.ts';
export { type RolloutRequest, rollOut } from './roll-out.ts';
export { type ReleaseStatus, contextDefaults, releaseStatus } from './status.ts';
export { StopRollout } from './stop.ts';
export { type Tools, toolsOfMachine } from './tools.ts';
