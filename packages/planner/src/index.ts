export type * from './model.ts';
export { assumptions } from './cost.ts';
export { type CatalogueEntry, type PlannerCode, plannerCatalogue } from './diagnostics/catalogue.ts';
export { type Explanation, type ExplainResult, explain } from './explain.ts';
export { matchesGlob } from './grouping/glob.ts';
export { isWorkloadName, roleName, workloadName } from './grouping/names.ts';
export { applyOverrides, judge } from './overrides.ts';
export { plan } from './plan.ts';
export { findVerdicts, isEntryPoint, isIsolatedClass } from './verdicts/index.ts';
