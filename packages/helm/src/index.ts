export { runChartTests, type ChartTestOptions } from './chart-tests/run-chart-tests.ts';
export { stepTitles, steps, type Outcome, type Step, type TestReport, type TestRow } from './chart-tests/report.ts';
export { checkKubernetesSchemas, type SchemaCheck } from './kubeconform.ts';
export { displayName, identity, type JsonObject, type KubernetesObject, type Metadata } from './kubernetes-object.ts';
export { parseManifest, type Manifest, type ManifestFault, type RenderedObject } from './manifest.ts';
export { redact } from './redact.ts';
export { kubernetesVersions, renderChart, renderObjects, type RenderOptions, type RenderResult } from './render.ts';
export { archivesLabel, type ArchiveMap } from './rollout/archive-maps.ts';
export {
  checkThroughKubectl,
  compareServer,
  type ExpectedArtifacts,
  type ManagementLogin,
} from './rollout/artifact-check.ts';
export { fetchChart, type ChartSource, type FetchedChart } from './rollout/chart-source.ts';
export { clusterEffects, clusterUser, type ClusterEffectsOptions } from './rollout/cluster-effects.ts';
export { driftOf, makeDiff, type Impact, type ObjectChange, type ReleaseDiff } from './rollout/diff.ts';
export {
  rolloutSteps,
  type ArtifactCheck,
  type LiveState,
  type RolloutEffects,
  type RolloutEvent,
  type RolloutOutcome,
  type RolloutStep,
} from './rollout/effects.ts';
export { fieldChanges, type FieldChange } from './rollout/field-diff.ts';
export { kubectl, type Place } from './rollout/kubectl.ts';
export { addRecord, lastGood, readRecords, runningRecord, type RolloutRecord } from './rollout/record.ts';
export {
  goodRevision,
  readiness,
  releaseHistory,
  releaseManifest,
  releaseValues,
  rollbackRelease,
  upgradeRelease,
  type Readiness,
  type ReleaseState,
  type Revision,
  type Target,
  type UpgradeOptions,
} from './rollout/release.ts';
export { rollOut, type RolloutRequest } from './rollout/roll-out.ts';
export { rollBack, type RollbackRequest } from './rollout/roll-back.ts';
export { contextDefaults, releaseStatus, type ReleaseStatus } from './rollout/status.ts';
export { StopRollout } from './rollout/stop.ts';
export { toolsOfMachine, type Tools } from './rollout/tools.ts';
export { checkRules, rules } from './rules/all.ts';
export type { Breach, Rule } from './rules/rule.ts';
export { run, type RunOptions, type RunResult } from './run.ts';
export { cacheFolder, findTool, toolVariable, type Tool, type ToolName } from './tools.ts';
export { isToolFailure, ToolFailure, type ToolFailureReason } from './tool-failure.ts';
export { compareRenders, restartedWorkloads } from './upgrade-safety.ts';
export {
  coordinationAnnotation,
  releaseWorkloads,
  statefulArtifactsAnnotation,
  workloadTypeLabel,
  type ReleaseWorkload,
} from './workload-marks.ts';
export { helmCatalogue, type HelmCatalogueEntry } from './catalogue.ts';
