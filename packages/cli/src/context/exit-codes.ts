import { type Diagnostic, hasErrors } from '@mi-patterns/inventory';

/** What the process ends with. Documented in docs/commands.md; scripts rely on it. */
export const exitCodes = {
  fine: 0,
  /** The work was done and the answer is no: findings of severity error. */
  findings: 1,
  /** Wrong use, or input that cannot be read. */
  usage: 2,
  /** An outside tool or the cluster failed. */
  tool: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * The exit code of a command that ended with these findings. What a registry does not take is not a fault of the input;
 * what cannot be written ends every command alike.
 */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  if (!hasErrors(diagnostics)) return exitCodes.fine;
  if (diagnostics.some(({ code, severity }) => code === 'MI-WRITE-FAILED' && severity === 'error'))
    return exitCodes.usage;
  return diagnostics.some(({ code }) => code.startsWith('MI-PUSH-')) ? exitCodes.tool : exitCodes.findings;
}
