import { clusterEffects, rollOut } from '@mi-patterns/rollout';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodeOf } from '../context/exit-codes.ts';
import { wrongUse } from '../context/failure.ts';
import { createStyle } from '../output/style.ts';
import { prepareRollout } from '../rollout/prepare.ts';
import { formatDiff, stepPrinter } from '../rollout/print.ts';
import { tellFindings } from '../output/tell-findings.ts';
import { diffAgainst } from './diff-against.ts';
import { type EnvironmentOptions, placeDocument } from '../rollout/place.ts';
import { asCommandFailure } from '../rollout/stopped.ts';
import { printJson } from '../output/json.ts';

type DiffOptions = EnvironmentOptions & {
  readonly promote?: string;
  readonly only?: string;
  readonly against?: string;
};

/** `mi-patterns diff --env NAME`: what a rollout would change in the cluster. Changes nothing. */
export async function diffCommand(
  _operands: readonly string[],
  options: DiffOptions,
  context: Context,
): Promise<ExitCode> {
  if (options.against !== undefined) {
    if (options.promote !== undefined || options.only !== undefined)
      throw wrongUse(
        '--against compares without a cluster, so it takes neither --promote nor --only.',
        'Omit them, or omit --against.',
      );
    return diffAgainst({ ...options, against: options.against }, context);
  }
  const printer = stepPrinter({ ...options, quiet: options.quiet || options.json || !options.verbose }, context);
  const prepared = await prepareRollout(options, context, printer.report);
  try {
    const request = {
      environment: prepared.environment.name,
      facts: prepared.facts,
      timeout: prepared.environment.timeout,
      dryRun: true,
      accept: [],
      confirm: async () => false,
    };
    const outcome = await rollOut(request, clusterEffects(prepared.effectOptions), printer.report);
    printer.done();
    tellFindings(prepared.diagnostics, options, context);
    if (outcome.state !== 'dry-run') throw new Error(`A dry run ended as ${outcome.state}.`);
    const { diff } = outcome;
    const { target } = prepared;
    if (options.json)
      printJson(
        {
          ...placeDocument(prepared),
          findings: prepared.diagnostics,
          ...diff,
        },
        context.stdout,
      );
    else
      context.stdout(
        `${[`${prepared.environment.name}: release ${target.release} in namespace ${target.namespace} of context ${target.context}`, '', ...formatDiff(diff, createStyle(context.colour), context, options.verbose)].join('\n')}\n`,
      );
    return exitCodeOf(diff.diagnostics);
  } catch (error) {
    throw asCommandFailure(error);
  } finally {
    printer.done();
    prepared.dispose();
  }
}
