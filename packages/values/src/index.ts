export { catalogue, describe, type ValuesCode } from './catalogue.ts';
export {
  readConfiguration,
  readGroups,
  groupsOf,
  verdictsOf,
  type ConfigurationResult,
  type GroupsResult,
} from './configuration/read.ts';
export {
  environmentsOf,
  environmentNamed,
  secondsOf,
  defaultRelease,
  type Environment,
} from './configuration/environments.ts';
export type { Configuration } from './generated/configuration.ts';
export { isMapping, layerValues, mergeValues, valueAt, type Values } from './merge.ts';
export { faultDiagnostics, type ChartFault } from './faults.ts';
export { checkValues, validateValues, type CheckedValues, type ValidateOptions } from './validate.ts';
export { seal, sealState, type SealState } from './seal.ts';
export { makeFolder, writeAtomically, writeFailed, writeGenerated, type WriteOutcome } from './atomic-write.ts';
export { forgetTemporary, removeLeftOvers, temporaryBeside } from './temporary.ts';
export { createTransaction, type Transaction } from './transaction.ts';
export { writeValues, type WriteContext, type WrittenValues } from './write.ts';
export { podsOf, type WorkloadPods } from './workloads.ts';
export { locate, type Located } from './yaml/locate.ts';
export { readYaml, type YamlFile } from './yaml/read.ts';
export { chartDefaults } from './generated/chart-defaults.ts';
export { runtimeVersions } from './generated/runtime-versions.ts';
export { translateHelmMi, secretName, type HelmMiTranslation } from './translate-helm-mi/translate.ts';
export { writeConfiguration, type FirstConfiguration } from './configuration/write.ts';
export { argoApplications, fluxReleases, type GitOpsFile, type GitOpsSource } from './gitops/gitops.ts';
export { quantity } from './quantity.ts';
export { carryOver, type CarriedOver, type ProjectToml } from './carry-over/carry-over.ts';
export { nestDottedKeys } from './nest-dotted-keys.ts';
