export { runChartTests, type ChartTestOptions } from './chart-tests/run-chart-tests.ts';
export { stepTitles, steps, type Outcome, type Step, type TestReport, type TestRow } from './chart-tests/report.ts';
export { checkKubernetesSchemas, type SchemaCheck } from './kubeconform.ts';
export { displayName, identity, type JsonObject, type KubernetesObject, type Metadata } from './kubernetes-object.ts';
export { parseManifest, type Manifest, type ManifestFault, type RenderedObject } from './manifest.ts';
export { kubernetesVersions, renderChart, renderObjects, type RenderOptions, type RenderResult } from './render.ts';
export { checkRules, rules } from './rules/all.ts';
export type { Breach, Rule } from './rules/rule.ts';
export { run, type RunOptions, type RunResult } from './run.ts';
export { cacheFolder, findTool, toolVariable, type Tool, type ToolName } from './tools.ts';
export { isToolFailure, ToolFailure, type ToolFailureReason } from './tool-failure.ts';
export { compareRenders, restartedWorkloads } from './upgrade-safety.ts';
export {
  type Coordination,
  coordinationAnnotation,
  coordinationOf,
  releaseWorkloads,
  statefulArtifactsAnnotation,
  workloadTypeLabel,
  type ReleaseWorkload,
} from './workload-marks.ts';
export { helmCatalogue } from './catalogue.ts';
export { parseHelmError, readFault } from './helm-errors.ts';
export {
  at,
  containers,
  type Container,
  isJsonObject,
  isWorkload,
  listAt,
  matchesLabels,
  numberAt,
  objectAt,
  podTemplate,
  textAt,
} from './kubernetes-object.ts';
export { helmEnvironment } from './render.ts';
export { autoscalersOf, effectiveReplicas } from './rules/scale-targets.ts';
export { growsInPlace } from './upgrade-safety.ts';
export { mountedConfigMaps } from './workload-marks.ts';
