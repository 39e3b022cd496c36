import type { Artifact, ArtifactId } from '@mi-patterns/inventory';
import { singleReplicaOutage } from './cost/cost.ts';
import { finding, listed, overrideHint, place } from './findings/finding.ts';
import type { Pattern, PlanDiagnostic, PlanOptions, Verdict } from './model/plan.ts';

export interface PatternChoice {
  readonly pattern: Pattern;
  readonly because: string;
  readonly diagnostics: readonly PlanDiagnostic[];
}

/**
 * Takes the pattern asked for or chooses one, and reports where the artifacts and the pattern do not fit.
 *
 * @param units how many pods the stateful artifacts need: those that reach each other share one.
 */
export function choosePattern(
  options: PlanOptions,
  entries: readonly Artifact[],
  stateful: readonly Artifact[],
  { verdicts, units }: { readonly verdicts: ReadonlyMap<ArtifactId, Verdict>; readonly units: number },
): PatternChoice {
  const found =
    stateful.length === 0
      ? 'no artifact is stateful'
      : `${listed(
          stateful.map((one) => one.id),
          3,
        )} ${stateful.length === 1 ? 'is' : 'are'} stateful`;
  const pattern = options.pattern ?? (stateful.length === 0 ? 'multiple-replicas' : 'coordinated');
  const asked = options.pattern !== undefined;
  const numbers = { stateful: stateful.length, units, all: entries.length };
  const because = `${asked ? 'Requested' : 'Chosen'}: ${found}${consequence(pattern, options, numbers)}.`;
  const diagnostics: PlanDiagnostic[] = [];

  if (pattern === 'multiple-replicas')
    for (const artifact of stateful) diagnostics.push(refused(artifact, verdicts.get(artifact.id)));
  if (pattern === 'coordinated' && stateful.length === 0 && entries.length > 0) {
    diagnostics.push(
      finding('MI-PLAN-COORDINATED', 'info', {
        message: 'You chose the pattern coordinated, but no artifact is stateful: there is nothing to coordinate.',
        hint: 'Use --pattern multiple-replicas, which does the same.',
      }),
    );
  }
  if (pattern === 'single-replica' && entries.length > 0) {
    const outage = singleReplicaOutage(entries.length, stateful.length > 0);
    diagnostics.push(
      finding('MI-PLAN-SINGLE', 'info', {
        message: `One pod runs everything: when it is lost, ${entries.length === 1 ? 'its one entry point is' : `all ${entries.length} entry points are`} down for about ${outage.podLoss} s, and for about ${outage.nodeLoss} s when its node is lost.`,
        hint: 'Use coordinated (or multiple-replicas when nothing is stateful) where that is too long.',
      }),
    );
  }
  if (
    options.coordination === 'database' &&
    entries.length > 0 &&
    (pattern !== 'coordinated' || stateful.length === 0)
  ) {
    diagnostics.push(
      finding('MI-PLAN-DATABASE', 'info', {
        message: `Database coordination has no effect: ${stateful.length === 0 ? 'no artifact is stateful' : `the pattern is ${pattern}`}.`,
        hint: 'Omit --coordination, or use --pattern coordinated.',
      }),
    );
  }
  if (pattern !== 'single-replica' && (!Number.isInteger(options.replicas) || options.replicas < 2)) {
    diagnostics.push(
      finding('MI-PLAN-REPLICAS', 'error', {
        message: `The pattern ${pattern} needs at least 2 replicas of the stateless workload; ${options.replicas === 1 ? '1 was' : `${options.replicas} were`} asked for.`,
        hint: 'Set 2 or more, or use --pattern single-replica.',
      }),
    );
  }
  return { pattern, because, diagnostics };
}

/** What the pattern does with what was found, the rest of a sentence. */
function consequence(
  pattern: Pattern,
  { coordination, isolate }: Pick<PlanOptions, 'coordination' | 'isolate'>,
  entries: { readonly stateful: number; readonly units: number; readonly all: number },
): string {
  if (pattern === 'single-replica') return ', and one pod runs everything';
  if (entries.stateful === 0) return ', so every pod may run everything';
  if (pattern === 'multiple-replicas') return ', but every pod would run everything';
  const each = entries.stateful === 1 ? 'it' : 'each';
  if (coordination === 'database') return `, so the coordination database assigns ${each} to one of the pods`;
  const rest = entries.all > entries.stateful ? ', next to the replicas of the rest' : '';
  if (isolate === 'each' && entries.units < entries.stateful)
    return entries.units === 1
      ? ` and share one pod${rest}`
      : `, so they run in ${entries.units} pods of their own${rest}`;
  if (entries.stateful === 1 || isolate === 'each') return `, so ${each} runs in one pod of its own${rest}`;
  if (isolate === 'one') return `, so they share one pod${rest}`;
  return `, so each runs in one pod, with the others of its group${rest}`;
}

function refused(artifact: Artifact, verdict: Verdict | undefined): PlanDiagnostic {
  const proof = verdict === undefined ? '' : ` Evidence: ${verdict.evidence.text}.`;
  return finding('MI-PLAN-STATEFUL', 'error', {
    message: `${artifact.id} must not run in several replicas. ${verdict?.because ?? ''}${proof}`,
    hint:
      verdict?.class === 'broker-safe'
        ? `Use --pattern coordinated, which gives it one pod; or, if the order of messages does not matter, let the broker share the work and ${overrideHint(artifact, 'stateless')}.`
        : `Use --pattern coordinated, which gives it one pod; or, if doing its work several times does no harm, ${overrideHint(artifact, 'stateless')}.`,
    source: verdict === undefined ? artifact.source : place(verdict),
    artifacts: [artifact.id],
  });
}
