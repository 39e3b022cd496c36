import type { Diagnostic } from '@mi-patterns/inventory';
import type { ExitCode } from './exit-codes.ts';

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
