import { helmCatalogue } from '@mi-patterns/helm';
import { didYouMean } from '@mi-patterns/planner';
import {
  clusterEffects,
  type ReleaseDiff,
  rollOut,
  type rolloutCatalogue,
  type RolloutOutcome,
  type RolloutRequest,
} from '@mi-patterns/rollout';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { inputFailure, wrongUse } from '../context/failure.ts';
import { createStyle, type Style } from '../output/style.ts';
import { createErrorView, onStderr } from '../output/view.ts';
import { interruption, lockSecondsOf } from '../rollout/interruption.ts';
import { managementLogin } from '../rollout/login.ts';
import { prepareRollout, type PreparedRollout } from '../rollout/prepare.ts';
import { formatDiff, formatEnd, stepPrinter } from '../rollout/print.ts';
import { tellFindings } from '../output/tell-findings.ts';
import { confirmableChoice, type EnvironmentOptions, placeDocument } from '../rollout/place.ts';
import { asCommandFailure } from '../rollout/stopped.ts';
import { printJson } from '../output/json.ts';

export type RolloutOptions = EnvironmentOptions & {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly promote?: string;
  readonly only?: string;
  readonly approve?: string;
  readonly accept?: readonly string[];
};

/** `mi-patterns rollout --env NAME`: brings an environment to what the configuration and the artifacts say. */
export async function rolloutCommand(
  _operands: readonly string[],
  options: RolloutOptions,
  context: Context,
): Promise<ExitCode> {
  assertAcceptable(options.accept ?? []);
  const unconfirmed = wrongUse(
    'No terminal can confirm the rollout.',
    'Give --yes to roll out without confirmation, or --dry-run to change nothing.',
  );
  const chosen = options.dryRun === true ? undefined : await confirmableChoice(options, context, unconfirmed);
  const login = options.dryRun === true ? undefined : managementLogin(context);
  const printer = stepPrinter({ ...options, quiet: options.quiet || options.json }, context);
  const prepared = await prepareRollout(options, context, printer.report, chosen);
  printer.done();
  tellFindings(prepared.diagnostics, options, context);
  // A look ends as every other command does: at once.
  const interrupted = options.dryRun === true ? undefined : interruption();
  try {
    if (options.dryRun !== true) assertApproved(prepared, options, context);
    const rollout = await rolledOut({ prepared, options, context, printer, login, signal: interrupted?.signal });
    printer.done();
    tell({ ...rollout, prepared }, options, context);
    return exitCodeOfRollout(rollout.outcome, options.accept);
  } catch (error) {
    throw asCommandFailure(error);
  } finally {
    interrupted?.dispose();
    printer.done();
    prepared.dispose();
  }
}

/** What a rollout finds before it changes anything and can continue despite. */
const acceptable: readonly string[] = [
  ...([
    'MI-ROLLOUT-GITOPS',
    'MI-ROLLOUT-REPLICA-SETS',
    'MI-ROLLOUT-RUNS-ELSEWHERE',
    'MI-ROLLOUT-TAKE-OVER',
  ] satisfies (keyof typeof rolloutCatalogue)[]),
  ...Object.keys(helmCatalogue).filter((code) => code.startsWith('MI-UPGRADE-')),
];

/** Throws CommandFailure for a code without effect: whoever mistyped one would learn of it when the rollout stops. */
export function assertAcceptable(accepted: readonly string[]): void {
  const unknown = accepted.find((code) => !acceptable.includes(code));
  if (unknown === undefined) return;
  throw wrongUse(
    `--accept does not take ${unknown}.`,
    `${didYouMean(unknown, acceptable)}It takes ${acceptable.filter((code) => code.startsWith('MI-ROLLOUT-')).join(', ')} and the codes that begin with MI-UPGRADE-. mi-patterns rollout --dry-run shows what stops a rollout.`,
  );
}

/** What a rollout goes by once all is prepared. */
interface Run {
  readonly prepared: PreparedRollout;
  readonly options: RolloutOptions;
  readonly context: Context;
  readonly printer: ReturnType<typeof stepPrinter>;
  readonly login: ReturnType<typeof managementLogin>;
  readonly signal: AbortSignal | undefined;
}

/** Rolls out, telling each step, and answers what came of it and what it was to change. */
async function rolledOut(
  run: Run,
): Promise<{ readonly outcome: RolloutOutcome; readonly diff: ReleaseDiff | undefined }> {
  const { prepared, context, printer, login, signal } = run;
  let diff: ReleaseDiff | undefined;
  const effects = clusterEffects({
    ...prepared.effectOptions,
    login,
    signal,
    onAway: (detail) => printer.report({ type: 'away', detail }),
    ...lockSecondsOf(context.environment),
  });
  const outcome = await rollOut(requestOf(run), effects, (event) => {
    if (event.type !== 'diff') return printer.report(event);
    diff = event.diff;
    printer.done();
    tellDiff(event.diff, run);
  });
  return { outcome, diff };
}

function requestOf({ prepared, options, context, printer, signal }: Run): RolloutRequest {
  return {
    environment: prepared.environment.name,
    facts: prepared.facts,
    timeout: prepared.environment.timeout,
    dryRun: options.dryRun === true,
    accept: options.accept ?? [],
    ...(prepared.base === undefined ? {} : { base: prepared.base }),
    confirm: (what) => {
      printer.done();
      const asking = { context, signal };
      if (what.type === 'repair') return asked(`${what.sentence} Go on?`, options, asking);
      return confirmChange(prepared, options, asking);
    },
  };
}

/** Shows what is to be confirmed; a dry run shows it as its result. */
function tellDiff(diff: ReleaseDiff, { options, context }: Run): void {
  if (options.json || options.quiet || options.dryRun === true) return;
  const there = onStderr(context);
  const lines = formatDiff(diff, createStyle(there.colour), there, options.verbose);
  context.stderr(`\n${lines.join('\n')}\n\n`);
}

/** Refuses before anything is asked of the cluster when nobody could type the approval. */
function assertApproved({ environment }: PreparedRollout, options: RolloutOptions, context: Context): void {
  if (context.ask !== undefined && !options.json) return;
  if (environment.approval === 'required' && options.approve === undefined) {
    throw inputFailure(
      'MI-ROLLOUT-APPROVAL',
      `The environment ${environment.name} requires an approval; --yes alone is not enough.`,
      'Pass --approve NAME: the person, change number or pipeline that approved it. NAME is recorded.',
    );
  }
}

/** An environment with `approval: required` is confirmed by typing its name, unless `--approve` names who approved. */
async function confirmChange(
  { environment }: PreparedRollout,
  options: RolloutOptions,
  asking: Asking,
): Promise<boolean> {
  if (environment.approval === 'required' && options.approve === undefined) {
    const typed = await lineFor(`${environment.name} requires an approval. Type its name to roll out: `, asking);
    return typed === environment.name;
  }
  return asked(`Roll out to ${environment.name}?`, options, asking);
}

/** Who is asked, and what ends the question without an answer. */
interface Asking {
  readonly context: Pick<Context, 'ask'>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Whether the answer is yes: that of `--yes`, or of a person. Without a terminal it is no. Throws when the signal ends
 * while it waits: nobody has answered.
 */
export async function asked(question: string, options: { readonly yes?: boolean }, asking: Asking): Promise<boolean> {
  return options.yes === true || /^y(?:es)?$/i.test(await lineFor(`${question} [y/N] `, asking));
}

async function lineFor(question: string, { context, signal }: Asking): Promise<string> {
  const line = (await context.ask?.(question, signal)) ?? '';
  signal?.throwIfAborted();
  return line.trim();
}

interface Rollout {
  readonly outcome: RolloutOutcome;
  readonly diff: ReleaseDiff | undefined;
  readonly prepared: PreparedRollout;
}

function tell(rollout: Rollout, options: RolloutOptions, context: Context): void {
  const { outcome, diff } = rollout;
  if (options.json) {
    printJson(rolloutDocument(rollout), context.stdout);
  } else if (outcome.state === 'dry-run') {
    const lines = formatDiff(outcome.diff, createStyle(context.colour), context, options.verbose);
    context.stdout(`${lines.join('\n')}\n`);
  } else if ('record' in outcome) {
    context.stdout(`${successLines(outcome, rollout.prepared, createStyle(context.colour)).join('\n')}\n`);
  } else if ('diagnostics' in outcome) {
    const shown = options.quiet ? [] : (diff?.diagnostics ?? []);
    context.stderr(`${formatEnd(outcome.diagnostics, shown, createErrorView(context, options)).join('\n')}\n`);
  }
}

function rolloutDocument({ outcome, diff, prepared }: Rollout): object {
  return {
    ...placeDocument(prepared),
    findings: prepared.diagnostics,
    ...outcome,
    ...('diff' in outcome || diff === undefined ? {} : { diff }),
  };
}

/** What runs now, and what of it was checked. */
function successLines(
  { state, record, checked, notChecked }: Extract<RolloutOutcome, { readonly checked: unknown }>,
  { environment, facts }: PreparedRollout,
  style: Style,
): string[] {
  const done = style.green(state === 'unchanged' ? 'Nothing to do' : 'Rolled out');
  const digest = record.imageDigest === undefined ? '' : ` (${record.imageDigest.slice(0, 19)}…)`;
  const artifacts = checked.state === 'not-checked' ? [{ what: 'what the servers have deployed', ...checked }] : [];
  return [
    `${done}: ${environment.name} runs revision ${record.revision}, ${facts.pattern}, chart ${record.chart}, image ${record.image}${digest}`,
    ...(checked.state === 'equal' ? [`The servers report what the plan says (${checked.pods} asked).`] : []),
    ...[...artifacts, ...notChecked].map(({ what, because }) =>
      style.yellow(`Not checked: ${what}, because ${because}.`),
    ),
  ];
}

/** Refused because of what was found: 1. Failed in the cluster: 3. */
export function exitCodeOfRollout(outcome: RolloutOutcome, accepted: readonly string[] = []): ExitCode {
  if (outcome.state === 'failed') return exitCodes.tool;
  if (outcome.state === 'refused') return exitCodes.findings;
  return outcome.state === 'dry-run' &&
    outcome.diff.diagnostics.some(({ severity, code }) => severity === 'error' && !accepted.includes(code))
    ? exitCodes.findings
    : exitCodes.fine;
}
