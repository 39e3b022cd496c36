import { type Diagnostic, hasErrors } from '@mi-patterns/inventory';
import { type EnvironmentValues, type LoadedConfiguration, type WriteOutcome, writtenPlan } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context/context.ts';
import type { GitOpsFormat } from './gitops.ts';
import { nextSteps } from './next-steps.ts';
import { createStyle } from '../output/style.ts';
import { formatTable } from '../output/table.ts';
import { tellPushed } from '../output/package.ts';
import { tellFindings } from '../output/tell-findings.ts';
import type { EnvironmentPackages } from '@mi-patterns/delivery';

/** All that a run of `generate` has made and found. */
export interface Generated {
  readonly environments: readonly EnvironmentValues[];
  /** Undefined when no package was made. */
  readonly packaged: EnvironmentPackages | undefined;
  readonly outcomes: readonly WriteOutcome[];
  readonly diagnostics: readonly Diagnostic[];
  /** Nothing was written: `--check`. */
  readonly isCheck: boolean;
}

/** The document of `generate --json`, described in docs/json-output.md. */
export function generateDocument({ environments, packaged, outcomes, diagnostics }: Generated): object {
  return {
    environments: environments.map((one) => ({
      name: one.environment.name,
      ...writtenPlan(one),
      workloads: writtenPlan(one).workloads.map(({ name, type, replicas, standby }) => ({
        name,
        type,
        replicas,
        standby,
      })),
    })),
    files: outcomes.map(({ path, state }) => ({ path, state })),
    packages:
      packaged?.packages.map(({ out, result }) => ({
        path: out,
        state: result.state,
        mode: result.delivery.mode,
        roles: result.delivery.roles,
        sets: result.sets,
        pushed: result.pushed,
      })) ?? [],
    diagnostics,
  };
}

/** What a run of `generate` tells people: findings on stderr, files and next steps on stdout. */
export function tell(
  generated: Generated,
  options: GlobalOptions & { readonly format?: GitOpsFormat },
  context: Context,
  loaded: LoadedConfiguration | undefined,
): void {
  const { environments, packaged, outcomes, diagnostics, isCheck } = generated;
  const style = createStyle(context.colour);
  tellFindings(diagnostics, options, context);
  if (outcomes.every(({ state }) => state === 'refused')) {
    context.stderr(
      `${packaged?.packages.some(({ result }) => result.state !== 'refused') === true ? 'No values file' : 'Nothing'} was written.\n`,
    );
    return;
  }
  context.stdout(`${formatTable(rowsOf(generated), undefined).join('\n')}\n`);
  tellPushed(packaged?.packages.flatMap(({ result }) => result.pushed) ?? [], context);
  if (options.quiet || isCheck || hasErrors(diagnostics)) return;
  context.stdout(
    `\nNext:\n${nextSteps(environments, packaged, { loaded, context, style, gitOps: options.format })
      .map((line) => `  ${line}`)
      .join('\n')}\n`,
  );
}

const wouldBe = {
  created: 'would be created',
  updated: 'would change',
  unchanged: 'unchanged',
  refused: 'not written',
};

function rowsOf({ outcomes, packaged, isCheck }: Generated): readonly (readonly string[])[] {
  const word = (state: WriteOutcome['state']): string => (isCheck ? wouldBe[state] : state);
  return [
    ...outcomes.map(({ path, state }) => [word(state), path]),
    ...(packaged?.packages ?? []).map(({ out, result }) => [
      result.state === 'refused' ? 'not written' : word(result.state),
      `${out}/`,
    ]),
  ];
}
