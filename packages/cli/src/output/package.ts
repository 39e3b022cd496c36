import { counted, type Diagnostic } from '@mi-patterns/inventory';
import type { ImagePackage, PackageResult } from '@mi-patterns/delivery';
import type { Context, GlobalOptions } from '../context/context.ts';
import { createStyle } from './style.ts';
import { tellFindings } from './tell-findings.ts';
import { onStderr } from './view.ts';

/** Prints the findings of a package on stderr. Answers whether there is a package to talk about. */
export function tellPackage(
  { state, diagnostics }: Pick<PackageResult, 'state' | 'diagnostics'>,
  options: GlobalOptions,
  context: Context,
): boolean {
  // `plan` reports what the plan found; here it would hide what became of the archives.
  const shown = options.verbose
    ? diagnostics
    : diagnostics.filter(
        ({ severity, code }) => severity === 'error' || /^MI-(PKG|DELIVERY|WRITE|PUSH|VALUES)-/.test(code),
      );
  const hidden = warnings(diagnostics) - warnings(shown);
  const of = `${counted(hidden, 'warning')} of the plan not shown (--verbose shows ${hidden === 1 ? 'it' : 'them'})`;
  tellFindings(shown, options, context, hidden > 0 ? [createStyle(onStderr(context).colour).dim(of)] : []);
  if (state === 'refused') context.stderr('Nothing was written.\n');
  return state !== 'refused';
}

function warnings(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'warning').length;
}

/** Prints what was pushed, and what the registry had already. */
export function tellPushed(pushed: ImagePackage['pushed'], context: Context): void {
  for (const { reference, tag, state } of pushed)
    context.stdout(
      `${state === 'pushed' ? 'pushed' : 'already there'}: ${reference}${tag === undefined ? '' : ` (${tag})`}\n`,
    );
}
