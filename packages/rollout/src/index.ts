export { rolloutCatalogue } from './catalogue.ts';
export { type ArchiveMap, archivesLabel } from './archive-maps.ts';
export {
  type ExpectedArtifacts,
  type ManagementLogin,
  checkThroughKubectl,
  compareServer,
  namesOf,
  signIn,
  withPortForward,
} from './artifact-check.ts';
export { type ChartSource, type FetchedChart, fetchChart } from './chart-source.ts';
export { type ClusterEffectsOptions, clusterEffects, clusterUser } from './cluster-effects.ts';
export { type Impact, type ObjectChange, type ReleaseDiff, driftOf, makeDiff } from './diff.ts';
export {
  type ArtifactCheck,
  type LiveState,
  type RolloutEffects,
  type RolloutEvent,
  type RolloutOutcome,
  type RolloutStep,
  rolloutSteps,
} from './effects.ts';
export { type FieldChange, fieldChanges } from './field-diff.ts';
export { type Place, kubectl, parseObjects } from './kubectl.ts';
export { type RolloutRecord, addRecord, lastGood, readRecords, runningRecord } from './record.ts';
export {
  type Readiness,
  type ReleaseState,
  type Revision,
  type Target,
  type UpgradeOptions,
  goodRevision,
  readiness,
  releaseHistory,
  releaseManifest,
  releaseValues,
  rollbackRelease,
  upgradeRelease,
} from './release.ts';
export { type RollbackRequest, rollBack } from './roll-back.ts';
export { type RolloutRequest, rollOut } from './roll-out.ts';
export { type ReleaseStatus, contextDefaults, releaseStatus } from './status.ts';
export { StopRollout } from './stop.ts';
export { type Tools, toolsOfMachine } from './tools.ts';
