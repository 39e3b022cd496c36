import type { PlanDiagnostic } from '../model.ts';
import type { PlanContext } from './context.ts';
import { finding } from './finding.ts';

/** What a packaged archive no longer has: packing again writes folders and roles. */
const mended: ReadonlySet<string> = new Set(['MI-CAR-NO-DIRECTORY', 'MI-CAR-NO-ROLE']);

/**
 * Errors of the inventory: a file that could not be read may hold a task, and an archive that MI refuses is absent while its servers
 * are ready. A plan that passed over them would promise what does not run.
 */
export function inputDiagnostics({ inventory }: PlanContext): PlanDiagnostic[] {
  return inventory.diagnostics
    .filter(({ severity, code }) => severity === 'error' && !mended.has(code))
    .map(({ code, message, hint, source, related }) =>
      finding('MI-PLAN-INPUT', 'error', {
        message: `The plan cannot be relied on, because of what was read (${code}): ${message}`,
        hint,
        source,
        ...(related === undefined ? {} : { related }),
      }),
    );
}
