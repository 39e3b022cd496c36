import type { Plan, PlanDiagnostic } from '../model.ts';
import type { Readiness } from './model.ts';
import { addressFindings } from './addresses.ts';
import { orderFindings } from './order.ts';
import { settingFindings } from './settings.ts';

export { publishedAddresses } from './addresses.ts';
export { locationFindings } from './locations.ts';
export { lockFindings } from './locks.ts';
export { cronSchedules } from './schedules.ts';
export { neededArchives } from './order.ts';
export { neededSettings, settingEntry } from './settings.ts';
export type { NeededSetting, Readiness } from './model.ts';

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

/** Findings that name environments, so each environment has its own. */
const ofEnvironments = new Set([
  'MI-READY-SETTING',
  'MI-READY-CONFIGURABLE',
  'MI-READY-VAULT',
  'MI-READY-ORDER',
  'MI-READY-WSDL',
]);

/**
 * What keeps the pods of one environment from becoming ready: the gate of `generate`, `rollout` and `validate`. Without an
 * environment nobody has had a place to give a setting yet. `packaged`: the archives get names that sort right.
 */
export function environmentReadiness(
  { readiness, diagnostics }: Pick<Plan, 'readiness' | 'diagnostics'>,
  { environment, packaged }: { readonly environment: string | undefined; readonly packaged: boolean },
): readonly PlanDiagnostic[] {
  return [
    ...diagnostics.filter((finding) => isReadiness(finding) && !ofEnvironments.has(finding.code)),
    ...readinessFindings(readiness, environment).filter(
      ({ code, severity }) => code !== 'MI-READY-ORDER' || severity === 'error' || !packaged,
    ),
  ];
}
