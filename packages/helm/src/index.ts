export { runChartTests } from './chart-tests/run-chart-tests.ts';
export { stepTitles, type TestReport, type TestRow } from './chart-tests/report.ts';
export { finding } from './findings/catalogue.ts';
export {
  displayName,
  displayNames,
  identity,
  type JsonObject,
  type KubernetesObject,
} from './objects/kubernetes-object.ts';
export { parseManifest, type Manifest, type RenderedObject } from './objects/manifest.ts';
export {
  type AskHelm,
  commaSafe,
  kubernetesVersions,
  renderChart,
  type RenderOptions,
  type RenderResult,
} from './render/render.ts';
export { beginJudgement, withChartFaults } from './judge/environment-judgement.ts';
export { type JudgeOptions, judgeValues } from './judge/judge-values.ts';
export { checkRules } from './rules/all.ts';
export { environmentOfTools, run, type RunOptions, type RunResult } from './tools/run.ts';
export { findTool, type ToolName } from './tools/tools.ts';
export { isToolFailure, ToolFailure } from './tools/tool-failure.ts';
export {
  compareRenders,
  namesOfFormer,
  type NewlyIsolated,
  newlyIsolated,
  type Overlap,
  overlaps,
  pauseFirst,
  type UpgradeFinding,
  upgradeFindings,
} from './upgrade-safety.ts';
export {
  type ArtifactOwner,
  type Coordination,
  coordinationAnnotation,
  coordinationOf,
  guardLeases,
  releaseWorkloads,
  statefulArtifactsAnnotation,
  waitForEachOther,
  workloadOf,
  workloadTypeLabel,
  type ReleaseWorkload,
} from './objects/workload-marks.ts';
export { helmCatalogue } from './findings/catalogue.ts';
export { chartWarnings } from './render/chart-warnings.ts';
export { parseHelmError } from './render/helm-errors.ts';
export {
  at,
  containers,
  type Container,
  isJsonObject,
  isWorkload,
  kubectlName,
  listAt,
  matchesLabels,
  namespaceOption,
  numberAt,
  objectAt,
  podTemplate,
  textAt,
} from './objects/kubernetes-object.ts';
export { autoscalersOf, effectiveReplicas } from './rules/scale-targets.ts';
export { componentOf, growsInPlace } from './upgrade-safety.ts';
export { areApart, coordinationDatabase, databaseName } from './objects/coordination-database.ts';
export { mountedConfigMaps } from './objects/workload-marks.ts';
