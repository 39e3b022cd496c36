import type { PlanDiagnostic } from '../model.ts';
import type { Readiness } from './model.ts';
import { orderFindings } from './order.ts';
import { settingFindings } from './settings.ts';

export { locationFindings } from './locations.ts';
export { lockFindings } from './locks.ts';
export { cronSchedules } from './schedules.ts';
export { neededArchives } from './order.ts';
export { neededSettings, settingEntry } from './settings.ts';
export type { NeededSetting, Readiness } from './model.ts';

/** What keeps pods from becoming ready; with `environment` only what that one lacks. */
export function readinessFindings(readiness: Readiness, environment?: string): readonly PlanDiagnostic[] {
  return [...settingFindings(readiness.settings, environment), ...orderFindings(readiness.archives)];
}
