import type { PlanDiagnostic } from '../model.ts';
import type { Readiness } from './model.ts';
import { settingFindings } from './settings.ts';

export { neededSettings, settingEntry } from './settings.ts';
export type { NeededSetting, Readiness, SettingState } from './model.ts';

/** What keeps pods from becoming ready; with `environment` only what that one lacks. */
export function readinessFindings({ settings }: Readiness, environment?: string): readonly PlanDiagnostic[] {
  return settingFindings(settings, environment);
}
