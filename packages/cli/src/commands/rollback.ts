import { join } from 'node:path';
import { clusterEffects, rollBack } from '@mi-patterns/rollout';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';
import { usage } from '../context/usage.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { createErrorView } from '../output/view.ts';
import { interruption, lockSecondsOf } from '../rollout/interruption.ts';
import { type EnvironmentOptions, placeOf, placeDocument } from '../rollout/place.ts';
import { stepPrinter } from '../rollout/print.ts';
import { asked, exitCodeOf } from './rollout.ts';
import { printJson } from '../output/json.ts';

type RollbackOptions = EnvironmentOptions & { readonly yes?: boolean };

/** `mi-patterns rollback --env NAME`: back to the last good rollout before the one that runs. */
export async function rollbackCommand(
  _operands: readonly string[],
  options: RollbackOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.yes !== true && (context.ask === undefined || options.json))
    throw new CommandFailure(
      [usage('No terminal can confirm the rollback.', 'Give --yes to roll back without confirmation.')],
      exitCodes.usage,
    );
  const { environment, target, loaded } = await placeOf(options, context);
  const printer = stepPrinter({ ...options, quiet: options.quiet || options.json }, context);
  const interrupted = interruption();
  const effects = clusterEffects({
    target,
    chart: '',
    values: [],
    takeOver: environment.takeOver,
    timeout: environment.timeout,
    evidenceFolder: join(loaded?.folder ?? context.cwd, 'mi-patterns-evidence'),
    startSeconds: () => 0,
    expected: [],
    signal: interrupted.signal,
    ...lockSecondsOf(context.environment),
  });
  const outcome = await rollBack(
    {
      timeout: environment.timeout,
      confirm: (_to, sentence) => {
        printer.done();
        if (!options.json && !options.quiet) context.stderr(`${sentence}\n`);
        return asked(`Roll ${environment.name} back?`, options, { context, signal: interrupted.signal });
      },
    },
    effects,
    printer.report,
  ).finally(() => {
    interrupted.dispose();
    printer.done();
  });
  if (options.json)
    printJson(
      {
        ...placeDocument({ environment, target }),
        ...outcome,
      },
      context.stdout,
    );
  else if (outcome.state === 'succeeded')
    context.stdout(
      `${environment.name} was rolled back to revision ${outcome.record.restores}: ${outcome.record.pattern}, chart ${outcome.record.chart}, image ${outcome.record.image}\n`,
    );
  else if (outcome.state === 'given-back')
    context.stdout(
      `${outcome.releases.join(', ')} ${outcome.releases.length === 1 ? 'does' : 'do'} the work of ${environment.name} again; the release ${target.release} was removed.\n`,
    );
  else if ('diagnostics' in outcome)
    context.stderr(`${formatDiagnostics(outcome.diagnostics, createErrorView(context, options)).join('\n')}\n`);
  return exitCodeOf(outcome);
}
