import {
  type Artifact,
  type ArtifactId,
  compareText,
  type Inventory,
  isEntryPoint,
  type Source,
} from '@mi-patterns/inventory';
import { finding, type Parts, place } from '../findings/finding.ts';
import type { PlanDiagnostic, PlanOptions, Verdict, VerdictOverride } from '../model/plan.ts';
import { nearest } from '../findings/near.ts';
import { findVerdicts, isIsolatedClass } from './index.ts';

/** What the configuration counts an artifact as and why, where it has a word on it; a workload of its own says this. */
export function overrideSentence({ class: counted, overridden }: Verdict): string | undefined {
  return overridden === undefined
    ? undefined
    : `The configuration counts it as ${counted}: ${overridden.reason.trim().replace(/\.$/, '')}.`;
}

/**
 * The verdicts with the user's own word applied (`verdicts:` in `mi-patterns.yaml`), and a finding for each override:
 * what it does, or why it does nothing. The input is left as it is.
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
      diagnostics.push(appliesToNothing(id, { artifact, override }, [...found.keys()]));
      continue;
    }
    const refusal = refusalOf(artifact, verdict, override);
    if (refusal !== undefined) {
      diagnostics.push(refusal);
      continue;
    }
    const overridden = { found: verdict.class, reason: override.reason };
    verdicts.set(id, { ...verdict, class: override.class, overridden });
    diagnostics.push(appliedFinding(id, verdict, override));
  }
  return { verdicts, diagnostics };
}

function appliesToNothing(
  id: ArtifactId,
  { artifact, override }: { readonly artifact: Artifact | undefined; readonly override: VerdictOverride },
  known: readonly ArtifactId[],
): PlanDiagnostic {
  const near = nearest(id, known, 3);
  return finding('MI-PLAN-OVERRIDE', {
    message:
      artifact === undefined
        ? `The verdict for ${id} has no effect: there is no such artifact.`
        : `The verdict for ${id} has no effect: only entry points have a verdict that decides where they run.`,
    hint:
      near.length === 0
        ? 'Correct the id, or remove the entry.'
        : `Did you mean ${near.join(' or ')}? Correct the id, or remove the entry.`,
    ...placedAt(override, artifact?.source),
    artifacts: artifact === undefined ? [] : [id],
  });
}

/** At the line that says it, and otherwise at the artifact. */
function placedAt(
  { source }: VerdictOverride,
  artifact: Source | undefined,
): Partial<Pick<Parts, 'source' | 'related'>> {
  if (source === undefined) return { source: artifact };
  return { source, ...(artifact === undefined ? {} : { related: [artifact] }) };
}

/** Why an override of an entry point is not applied; undefined when it is. */
function refusalOf({ id, source }: Artifact, verdict: Verdict, override: VerdictOverride): PlanDiagnostic | undefined {
  if (override.reason.trim() === '')
    return finding('MI-PLAN-OVERRIDE', {
      message: `The verdict for ${id} has no reason, so it is not applied.`,
      hint: 'Write the reason next to it. The plan prints it, and others will need it.',
      ...placedAt(override, source),
      artifacts: [id],
    });
  if (override.class !== verdict.class) return undefined;
  return finding('MI-PLAN-OVERRIDDEN', {
    message: `The verdict for ${id} changes nothing: ${override.class} is what the planner found, too.`,
    hint: 'Remove the entry.',
    ...placedAt(override, source),
    artifacts: [id],
  });
}

function appliedFinding(id: ArtifactId, verdict: Verdict, override: VerdictOverride): PlanDiagnostic {
  const freed = isIsolatedClass(verdict.class) && !isIsolatedClass(override.class);
  return finding('MI-PLAN-OVERRIDDEN', {
    severity: freed && verdict.class !== 'broker-safe' ? 'warning' : 'info',
    message: `${id} counts as ${override.class} instead of ${verdict.class}, because: ${override.reason.trim().replace(/\.$/, '')}. Found: ${verdict.because}`,
    hint: freed
      ? 'It runs in every replica now. Remove the entry to isolate it again.'
      : 'Remove the entry to use the verdict that was found.',
    ...placedAt(override, place(verdict)),
    artifacts: [id],
  });
}

/** The verdict of every entry point and message store with the user's own word applied: what a plan goes by. */
export function judge(inventory: Inventory, overrides: PlanOptions['verdicts']): ReadonlyMap<ArtifactId, Verdict> {
  return applyOverrides(inventory, findVerdicts(inventory), overrides).verdicts;
}
