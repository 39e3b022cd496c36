import { type ArtifactId, compareText, type Inventory, isEntryPoint } from '@mi-patterns/inventory';
import { finding, place } from './diagnostics/finding.ts';
import type { PlanDiagnostic, PlanOptions, Verdict } from './model.ts';
import { nearest } from './near.ts';
import { findVerdicts, isIsolatedClass } from './verdicts/index.ts';

/**
 * The verdicts with the user's own word applied (`verdicts:` in `mi-patterns.yaml`), and a finding for each override: what it
 * does, or why it does nothing. The input is left as it is.
 */
export function applyOverrides(
  inventory: Inventory,
  found: ReadonlyMap<ArtifactId, Verdict>,
  overrides: PlanOptions['verdicts'],
): { verdicts: Map<ArtifactId, Verdict>; diagnostics: PlanDiagnostic[] } {
  const verdicts = new Map(found);
  const diagnostics: PlanDiagnostic[] = [];
  if (overrides.size === 0) return { verdicts, diagnostics };
  const byId = new Map(inventory.artifacts.map((artifact) => [artifact.id, artifact]));
  for (const [id, override] of [...overrides].toSorted(([a], [b]) => compareText(a, b))) {
    const artifact = byId.get(id);
    const verdict = found.get(id);
    if (artifact === undefined || verdict === undefined || !isEntryPoint(artifact)) {
      const near = nearest(id, [...found.keys()], 3);
      diagnostics.push(
        finding('MI-PLAN-OVERRIDE', 'error', {
          message:
            artifact === undefined
              ? `The verdict for ${id} applies to nothing: there is no such artifact.`
              : `The verdict for ${id} applies to nothing: only entry points have a verdict that decides where they run.`,
          hint:
            near.length === 0
              ? 'Correct the id, or remove the entry.'
              : `Did you mean ${near.join(' or ')}? Correct the id, or remove the entry.`,
          source: artifact?.source,
          artifacts: artifact === undefined ? [] : [id],
        }),
      );
      continue;
    }
    if (override.reason.trim() === '') {
      diagnostics.push(
        finding('MI-PLAN-OVERRIDE', 'error', {
          message: `The verdict for ${id} has no reason, so it is not applied.`,
          hint: 'Write the reason next to it: the plan prints it, and the next reader needs it.',
          source: artifact.source,
          artifacts: [id],
        }),
      );
      continue;
    }
    if (override.class === verdict.class) {
      diagnostics.push(
        finding('MI-PLAN-OVERRIDDEN', 'info', {
          message: `The verdict for ${id} changes nothing: ${override.class} is what was found.`,
          hint: 'Remove the entry.',
          source: artifact.source,
          artifacts: [id],
        }),
      );
      continue;
    }
    verdicts.set(id, {
      ...verdict,
      class: override.class,
      overridden: { found: verdict.class, reason: override.reason },
    });
    const freed = isIsolatedClass(verdict.class) && !isIsolatedClass(override.class);
    diagnostics.push(
      finding('MI-PLAN-OVERRIDDEN', freed && verdict.class !== 'broker-safe' ? 'warning' : 'info', {
        message: `${id} counts as ${override.class} instead of ${verdict.class}, because: ${override.reason.trim().replace(/\.$/, '')}. Found: ${verdict.because}`,
        hint: freed
          ? 'It runs in every replica now. Remove the entry to have it isolated again.'
          : 'Remove the entry to go back to what was found.',
        source: place(verdict),
        artifacts: [id],
      }),
    );
  }
  return { verdicts, diagnostics };
}

/** The verdict of every entry point and message store with the user's own word applied: what a plan goes by. */
export function judge(inventory: Inventory, overrides: PlanOptions['verdicts']): ReadonlyMap<ArtifactId, Verdict> {
  return applyOverrides(inventory, findVerdicts(inventory), overrides).verdicts;
}
