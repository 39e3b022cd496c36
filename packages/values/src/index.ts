export { catalogue, describe } from './findings/catalogue.ts';
export { configurationName, findConfiguration } from './configuration/find.ts';
export { type EnvironmentChoices, planOptionsOf } from './configuration/plan-options.ts';
export { readConfiguration, readGroups } from './configuration/read.ts';
export { environmentsOf, environmentNamed, type Environment } from './configuration/environments.ts';
export { type KnownPlaces, locateFindings, locateReplicas } from './configuration/locate-findings.ts';
export { type LoadedConfiguration, loadedConfiguration } from './configuration/loaded.ts';
export { isMapping, layerValues, mappingOf, valueAt, type Values } from './mapping/merge.ts';
export { faultDiagnostics, parted } from './check/chart-faults.ts';
export {
  checkValues,
  validateValues,
  writtenFindings,
  type CheckedValues,
  type ValidateOptions,
} from './check/validate.ts';
export {
  makeFolder,
  stageFile,
  writeAtomically,
  writeFailed,
  writeGenerated,
  type WriteOutcome,
} from './files/atomic-write.ts';
export { sealState } from './files/seal.ts';
export { createTransaction, type Transaction } from './files/transaction.ts';
export { type GuardInImage } from './workloads/recovery.ts';
export { writeValues, type WriteContext, type WrittenValues } from './write/write-values.ts';
export { readHeader, releaseMark, type ValuesHeader } from './write/header.ts';
export { valuesOf } from './write/values-of-plan.ts';
export { locate } from './yaml/locate.ts';
export { readValues, readYaml, type ValuesText, type YamlFile } from './yaml/read.ts';
export { mostReplicas } from './generated/limits.ts';
export { runtimeVersions } from './generated/runtime-versions.ts';
export { translateHelmMi, type HelmMiTranslation } from './translate-helm-mi/translate.ts';
export { type FirstConfiguration, firstConfiguration, firstRuntimeVersion, takingOver } from './configuration/first.ts';
export { writeConfiguration } from './configuration/write.ts';
export type { KnownVersions } from './translate-helm-mi/runtime-version.ts';
export { type LiveHelmMi, translateLiveRelease } from './translate-helm-mi/live-release.ts';
export { argoApplications, fluxReleases } from './gitops/gitops.ts';
export { holdsPlainSecret, isPlainSecret, plainSecretExpressions } from './mapping/plain-secrets.ts';
export { quantity } from './mapping/quantity.ts';
export { carriedOver } from './server/carried-over.ts';
export { serverConfigurations, type WrittenConfigurations } from './server/server-configurations.ts';
export {
  type EnvironmentRequest,
  environmentValues,
  type EnvironmentValues,
  rewriteValues,
  withoutFileFindings,
  writtenPlan,
} from './environment/environment-values.ts';
export { namedImage } from './environment/image.ts';
export { withProjectDatabase } from './environment/open-findings.ts';
export { planWithPods, sharedEnvironment } from './environment/plan-with-pods.ts';
export { compareWithSources, type CurrentSources, generatedValues } from './environment/values-origin.ts';
export { runtimeVersionFindings, unknownRuntimeVersion } from './environment/runtime-version.ts';
