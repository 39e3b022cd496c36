import type { Plan, PlanDiagnostic } from '../model/plan.ts';
import type { NeededSetting, PublishedAddress, Readiness } from '../model/readiness.ts';
import { addressFindings } from './addresses.ts';
import { orderFindings } from './order.ts';
import { settingFindings } from './settings.ts';

export { publishedAddresses } from './addresses.ts';
export { loadedAddresses, locationFindings } from './locations.ts';
export { lockFindings } from './locks.ts';
export { cronSchedules } from './schedules.ts';
export { neededArchives } from './order.ts';
export { neededSettings, settingEntry } from './settings.ts';
export type { NeededSetting, Readiness } from '../model/readiness.ts';

/** What keeps pods from becoming ready; with `environment` only what that one lacks. */
export function readinessFindings(readiness: Readiness, environment?: string): readonly PlanDiagnostic[] {
  return [
    ...settingFindings(readiness.settings, environment),
    ...orderFindings(readiness.archives),
    ...addressFindings(readiness.addresses, environment),
  ];
}

/** Whether a finding is about pods that do not become ready. */
export function isReadiness({ code }: Pick<PlanDiagnostic, 'code'>): boolean {
  return code.startsWith('MI-READY-');
}

/** Findings about settings that pods read and do not get. */
const ofSettings = new Set(['MI-READY-SETTING', 'MI-READY-CONFIGURABLE', 'MI-READY-VAULT']);

/**
 * Whether a finding is about a setting that is missing: its owner fills it in, so it keeps no file from being written.
 */
export function isMissingSetting({ code }: { readonly code: string }): boolean {
  return ofSettings.has(code);
}

/** Whether a finding names the environments that it is about. */
export function namesEnvironments({ code }: { readonly code: string }): boolean {
  return ofSettings.has(code) || code === 'MI-READY-WSDL';
}

/**
 * What keeps the pods of one environment from becoming ready: the gate of `generate`, `rollout` and `validate`. Without
 * an environment nobody has had a place to give a setting yet. `packaged`: the archives get names that sort right.
 */
export function environmentReadiness(
  { readiness, diagnostics }: Pick<Plan, 'readiness' | 'diagnostics'>,
  { environment, packaged }: { readonly environment: string | undefined; readonly packaged: boolean },
): readonly PlanDiagnostic[] {
  return [
    ...diagnostics.filter((one) => isReadiness(one) && !namesEnvironments(one) && one.code !== 'MI-READY-ORDER'),
    ...readinessFindings(readiness, environment).filter(
      ({ code, severity }) => code !== 'MI-READY-ORDER' || severity === 'error' || !packaged,
    ),
  ];
}

/**
 * The findings that name environments, of several environments that each have a plan of their own: each finding once,
 * with all environments that it is about.
 */
export function readinessOfAll(
  plans: readonly { readonly environment: string; readonly plan: Pick<Plan, 'readiness'> }[],
): readonly PlanDiagnostic[] {
  const settings = new Map<string, NeededSetting>();
  const addresses = new Map<string, PublishedAddress>();
  for (const { environment, plan } of plans) {
    for (const one of plan.readiness.settings) merge(settings, `${one.from} ${one.name}`, one, environment);
    for (const one of plan.readiness.addresses) merge(addresses, one.artifact, one, environment);
  }
  return [...settingFindings([...settings.values()]), ...addressFindings([...addresses.values()])];
}

/** Adds what one environment lacks to what the others do. */
function merge<One extends { readonly environments: readonly { readonly environment: string | undefined }[] }>(
  into: Map<string, One>,
  key: string,
  one: One,
  environment: string,
): void {
  const own = one.environments.filter((state) => state.environment === environment);
  const environments = [...(into.get(key)?.environments ?? []), ...own];
  into.set(key, { ...one, environments });
}
