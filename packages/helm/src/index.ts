export { runChartTests, type ChartTestOptions } from './chart-tests/run-chart-tests.ts';
export { stepTitles, steps, type Outcome, type Step, type TestReport, type TestRow } from './chart-tests/report.ts';
export { checkKubernetesSchemas, type SchemaCheck } from './kubeconform.ts';
export { displayName, identity, type JsonObject, type KubernetesObject, type Metadata } from './kubernetes-object.ts';
export { parseManifest, type Manifest, type ManifestFault, type RenderedObject } from './manifest.ts';
export { redact } from './redact.ts';
export { kubernetesVersions, renderChart, renderObjects, type RenderOptions, type RenderResult } from './render.ts';
export { takeLock, type LockAttempt, type LockHolder, type LockOptions } from './rollout/lock.ts';
export { addRecord, lastGood, readRecords, type RolloutRecord } from './rollout/record.ts';
export {
  readiness,
  releaseHistory,
  releaseManifest,
  rollbackRelease,
  upgradeRelease,
  type Readiness,
  type ReleaseState,
  type Revision,
  type Target,
  type UpgradeOptions,
} from './rollout/release.ts';
export { checkRules, rules } from './rules/all.ts';
export type { Breach, Rule } from './rules/rule.ts';
export { run, type RunOptions, type RunResult } from './run.ts';
export { cacheFolder, findTool, toolVariable, type Tool, type ToolName } from './tools.ts';
export { isToolFailure, ToolFailure, type ToolFailureReason } from './tool-failure.ts';
export { compareRenders, restartedWorkloads } from './upgrade-safety.ts';
export { coordinationAnnotation, releaseWorkloads, statefulArtifactsAnnotation, workloadTypeLabel, type ReleaseWorkload } from './workload-marks.ts';
