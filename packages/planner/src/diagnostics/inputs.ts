import type { PlanDiagnostic } from '../model.ts';
import type { PlanContext } from './context.ts';
import { finding } from './finding.ts';

/** What a packaged archive no longer has: packing again writes folders and roles. */
const mended: ReadonlySet<string> = new Set(['MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE']);

/** Warnings about something that is deployed, but was not read: the plan knows nothing of it. */
const unread: ReadonlySet<string> = new Set(['MI-LEGACY-UNMATCHED', 'MI-READ-LINK']);

/** Warnings about settings that decide a verdict and are not what their author took them for. */
const misread: ReadonlySet<string> = new Set(['MI-TOML-IGNORED']);

/**
 * Errors of the inventory: a file that could not be read may hold a task, and an archive that MI refuses is absent while its servers
 * are ready. A plan that passed over them would promise what does not run.
 */
export function inputDiagnostics({ inventory }: PlanContext): PlanDiagnostic[] {
  return inventory.diagnostics
    .filter(
      ({ severity, code }) =>
        (severity === 'error' && !mended.has(code)) ||
        (severity === 'warning' && (unread.has(code) || misread.has(code))),
    )
    .map(({ code, severity, message, hint, source, related }) =>
      finding('MI-PLAN-INPUT', severity, {
        message: `${severity === 'error' ? 'The plan cannot be relied on, because of what was read' : misread.has(code) ? 'The plan goes by what MI reads' : 'The plan knows nothing of what was not read'} (${code}): ${message}`,
        hint,
        source,
        ...(related === undefined ? {} : { related }),
      }),
    );
}
