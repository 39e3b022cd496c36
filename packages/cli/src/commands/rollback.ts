import { join } from 'node:path';
import {
  clusterEffects,
  rollBack,
  type RollbackRequest,
  type RolloutEvent,
  type RolloutOutcome,
} from '@mi-patterns/rollout';
import type { Context } from '../context/context.ts';
import type { ExitCode } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { createErrorView } from '../output/view.ts';
import { interruption, lockSecondsOf } from '../rollout/interruption.ts';
import { confirmableChoice, type EnvironmentOptions, type Place, placeDocument, placeOf } from '../rollout/place.ts';
import { stepPrinter } from '../rollout/print.ts';
import { asked, exitCodeOfRollout } from './rollout.ts';
import { printJson } from '../output/json.ts';

type RollbackOptions = EnvironmentOptions & { readonly yes?: boolean };

/** `mi-patterns rollback --env NAME`: back to the last good rollout before the one that runs. */
export async function rollbackCommand(
  _operands: readonly string[],
  options: RollbackOptions,
  context: Context,
): Promise<ExitCode> {
  const chosen = await confirmableChoice(
    options,
    context,
    wrongUse('No terminal can confirm the rollback.', 'Give --yes to roll back without confirmation.'),
  );
  const place = await placeOf(options, context, chosen);
  const outcome = await rolledBack(place, options, context);
  tell(outcome, place, options, context);
  return exitCodeOfRollout(outcome);
}

/** Rolls back, telling each step, and answers what came of it. */
async function rolledBack(place: Place, options: RollbackOptions, context: Context): Promise<RolloutOutcome> {
  const { environment } = place;
  const printer = stepPrinter({ ...options, quiet: options.quiet || options.json }, context);
  const interrupted = interruption();
  const request: RollbackRequest = {
    timeout: environment.timeout,
    confirm: (_to, sentence) => {
      printer.done();
      if (!options.json && !options.quiet) context.stderr(`${sentence}\n`);
      return asked(`Roll ${environment.name} back?`, options, { context, signal: interrupted.signal });
    },
  };
  return rollBack(request, effectsAt(place, context, interrupted.signal, printer.report), printer.report).finally(
    () => {
      interrupted.dispose();
      printer.done();
    },
  );
}

/** A rollback renders and deploys nothing: helm keeps what it goes back to. */
function effectsAt(
  { environment, target, loaded }: Place,
  context: Context,
  signal: AbortSignal,
  report: (event: RolloutEvent) => void,
): ReturnType<typeof clusterEffects> {
  return clusterEffects({
    target,
    chart: '',
    values: [],
    takeOver: environment.takeOver,
    timeout: environment.timeout,
    evidenceFolder: join(loaded?.folder ?? context.cwd, 'mi-patterns-evidence'),
    startSeconds: () => 0,
    expected: [],
    signal,
    onAway: (detail) => report({ type: 'away', detail }),
    ...lockSecondsOf(context.environment),
  });
}

function tell(
  outcome: RolloutOutcome,
  { environment, target }: Place,
  options: RollbackOptions,
  context: Context,
): void {
  if (options.json) {
    printJson({ ...placeDocument({ environment, target }), ...outcome }, context.stdout);
  } else if (outcome.state === 'succeeded') {
    const { restores, pattern, chart, image } = outcome.record;
    context.stdout(
      `${environment.name} was rolled back to revision ${restores}: ${pattern}, chart ${chart}, image ${image}\n`,
    );
  } else if (outcome.state === 'given-back') {
    const verb = outcome.releases.length === 1 ? 'does' : 'do';
    context.stdout(
      `${outcome.releases.join(', ')} ${verb} the work of ${environment.name} again; the release ${target.release} was removed.\n`,
    );
  } else if ('diagnostics' in outcome) {
    context.stderr(`${formatDiagnostics(outcome.diagnostics, createErrorView(context, options)).join('\n')}\n`);
  }
}
