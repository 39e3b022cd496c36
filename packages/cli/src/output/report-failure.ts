import { type Diagnostic, type DiagnosticCode, printableLines } from '@mi-patterns/inventory';
import { isRegistryFailure } from '@mi-patterns/delivery';
import type { Context } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { formatDiagnostics } from './diagnostics.ts';
import { createErrorView } from './view.ts';
import { printJson } from './json.ts';

/** Findings of a failure that are all told; of more, each code's first ones are, unless `--verbose` asks for all. */
const mostTold = 25;

/**
 * Tells what ended a command and answers the exit code. With `--json` the diagnostics go to stdout as the one document.
 */
export function reportFailure(
  error: unknown,
  context: Context,
  options: { readonly json: boolean; readonly verbose: boolean },
): ExitCode {
  const { diagnostics, exitCode, isOurs } = describe(error);
  if (options.json) printJson({ diagnostics }, context.stdout);
  else {
    const view = createErrorView(context, { verbose: options.verbose || diagnostics.length <= mostTold });
    context.stderr(`${formatDiagnostics(diagnostics, view).join('\n')}\n`);
  }
  if (isOurs === true && options.verbose && error instanceof Error && error.stack !== undefined)
    context.stderr(`${printableLines(error.stack)}\n`);
  return exitCode;
}

interface Failure {
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: ExitCode;
  /** A mistake in this program, not in its input or in what it calls. */
  readonly isOurs?: true;
}

/** Errors are recognised by what they carry, not by class, because several copies of a package may be loaded. */
function describe(error: unknown): Failure {
  if (typeof error === 'object' && error !== null && 'diagnostics' in error && Array.isArray(error.diagnostics)) {
    if (isRegistryFailure(error))
      return {
        diagnostics: error.diagnostics,
        exitCode: error.reason === 'reference' ? exitCodes.usage : exitCodes.tool,
      };
    const code =
      'exitCode' in error && typeof error.exitCode === 'number' ? (error.exitCode as ExitCode) : exitCodes.usage;
    return { diagnostics: error.diagnostics as readonly Diagnostic[], exitCode: code };
  }
  // A ToolFailure of the helm package.
  if (error instanceof Error && 'code' in error && 'hint' in error) {
    const code = String(error.code) as DiagnosticCode;
    return {
      diagnostics: [{ code, severity: 'error', message: error.message, hint: String(error.hint) }],
      exitCode: exitCodes.tool,
    };
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'path' in error)
    return { diagnostics: [fileProblem(error.code, String(error.path), error.message)], exitCode: exitCodes.usage };
  const message = error instanceof Error ? error.message : String(error);
  return {
    diagnostics: [
      {
        code: 'MI-INTERNAL',
        severity: 'error',
        message: `mi-patterns itself failed: ${message}`,
        hint: 'This is a bug in mi-patterns. Run the command again with --verbose and report what it prints.',
      },
    ],
    exitCode: exitCodes.tool,
    isOurs: true,
  };
}

function fileProblem(code: string, path: string, message: string): Diagnostic {
  const sentences: Readonly<Record<string, string>> = {
    ENOENT: `${path} does not exist.`,
    EACCES: `${path} may not be read or written by this user.`,
    EISDIR: `${path} is a folder, not a file.`,
    ENOTREGULAR: `${path} is not a regular file.`,
    ENOTDIR: `A part of ${path} is a file, not a folder.`,
    ENOSPC: `There is no space left to write ${path}.`,
    EROFS: `${path} is on a file system that cannot be written.`,
  };
  return {
    code: 'MI-FILE',
    severity: 'error',
    message: sentences[code] ?? message,
    hint: 'Check the path and its permissions, then run the command again.',
    source: { path, line: 1, column: 1 },
  };
}
