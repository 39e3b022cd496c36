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
  const pattern = options.pattern ?? (stateful.length === 0 ? 'multiple-replicas' : 'coordinated');
  const numbers = { stateful: stateful.length, units, all: entries.length };
  const asked = options.pattern === undefined ? 'Chosen' : 'Requested';
  return {
    pattern,
    because: `${asked}: ${foundInWords(stateful)}${consequence(pattern, options, numbers)}.`,
    diagnostics: [
      ...(pattern === 'multiple-replicas'
        ? stateful.map((artifact) => refused(artifact, verdicts.get(artifact.id)))
        : []),
      ...(entries.length === 0 ? [] : misfits(pattern, options, numbers)),
      ...tooFewReplicas(pattern, options.replicas),
    ],
  };
}

function foundInWords(stateful: readonly Artifact[]): string {
  const ids = stateful.map(({ id }) => id);
  if (ids.length === 0) return 'no artifact is stateful';
  return `${listed(ids, 3)} ${ids.length === 1 ? 'is' : 'are'} stateful`;
}

/** How many entry points there are, and how many pods the stateful ones need. */
interface Numbers {
  readonly stateful: number;
  readonly units: number;
  readonly all: number;
}

/** What was asked for and has no effect, or costs availability. */
function misfits(
  pattern: Pattern,
  { coordination }: Pick<PlanOptions, 'coordination'>,
  { stateful, all }: Numbers,
): PlanDiagnostic[] {
  const found: PlanDiagnostic[] = [];
  if (pattern === 'coordinated' && stateful === 0)
    found.push(
      finding('MI-PLAN-COORDINATED', {
        message: 'You chose the pattern coordinated, but no artifact is stateful: there is nothing to coordinate.',
        hint: 'Use --pattern multiple-replicas, which does the same.',
      }),
    );
  if (pattern === 'single-replica') found.push(onePod(all, stateful > 0));
  if (coordination === 'database' && (pattern !== 'coordinated' || stateful === 0))
    found.push(
      finding('MI-PLAN-DATABASE', {
        message: `Database coordination has no effect: ${stateful === 0 ? 'no artifact is stateful' : `the pattern is ${pattern}`}.`,
        hint: 'Omit --coordination, or use --pattern coordinated.',
      }),
    );
  return found;
}

function onePod(entries: number, isStateful: boolean): PlanDiagnostic {
  const outage = singleReplicaOutage(entries, isStateful);
  const down = entries === 1 ? 'its one entry point is' : `all ${entries} entry points are`;
  return finding('MI-PLAN-SINGLE', {
    message: `One pod runs everything: when it is lost, ${down} down for about ${outage.podLoss} s, and for about ${outage.nodeLoss} s when its node is lost.`,
    hint: 'Use coordinated (or multiple-replicas when nothing is stateful) where that is too long.',
  });
}

function tooFewReplicas(pattern: Pattern, replicas: number): PlanDiagnostic[] {
  if (pattern === 'single-replica' || (Number.isInteger(replicas) && replicas >= 2)) return [];
  return [
    finding('MI-PLAN-REPLICAS', {
      message: `The pattern ${pattern} needs at least 2 replicas of the stateless workload; ${replicas === 1 ? '1 was' : `${replicas} were`} asked for.`,
      hint: 'Set 2 or more, or use --pattern single-replica.',
    }),
  ];
}

/** What the pattern does with what was found, the rest of a sentence. */
function consequence(
  pattern: Pattern,
  { coordination, isolate }: Pick<PlanOptions, 'coordination' | 'isolate'>,
  entries: Numbers,
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
  return finding('MI-PLAN-STATEFUL', {
    message: `${artifact.id} must not run in several replicas. ${verdict?.because ?? ''}${proof}`,
    hint:
      verdict?.class === 'broker-safe'
        ? `Use --pattern coordinated, which gives it one pod; or, if the order of messages does not matter, let the broker share the work and ${overrideHint(artifact, 'stateless')}.`
        : `Use --pattern coordinated, which gives it one pod; or, if doing its work several times does no harm, ${overrideHint(artifact, 'stateless')}.`,
    source: verdict === undefined ? artifact.source : place(verdict),
    artifacts: [artifact.id],
  });
}
