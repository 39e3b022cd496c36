import type { Diagnostic, DiagnosticCode, Source } from '@mi-patterns/inventory';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Ends a command early: what the user is told, and the exit code. Never used for findings, which are results. */
export class CommandFailure extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;

  constructor(diagnostics: readonly Diagnostic[], exitCode: ExitCode) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
    this.name = 'CommandFailure';
    this.diagnostics = diagnostics;
    this.exitCode = exitCode;
  }
}

/** For what a command cannot work with: one error, and exit code 2. */
export function inputFailure(code: DiagnosticCode, message: string, hint: string, source?: Source): CommandFailure {
  const diagnostic: Diagnostic = {
    code,
    severity: 'error',
    message,
    hint,
    ...(source === undefined ? {} : { source }),
  };
  return new CommandFailure([diagnostic], exitCodes.usage);
}

/** For a wrong use of the command line. */
export function wrongUse(message: string, hint: string): CommandFailure {
  return inputFailure('MI-CLI-USAGE', message, hint);
}
