/** What Node, zx and this project put on the errors that they throw. */
interface Facts {
  /** Of a registry that refused. */
  readonly diagnostics?: readonly { readonly message: string; readonly hint: string }[];
  /** Of a tool that is missing or failed: what to do next. */
  readonly hint?: string;
  /** Of a program that failed: zx has `exitCode`, node:child_process `status`. */
  readonly exitCode?: number | null;
  readonly status?: number | null;
  readonly signal?: string | null;
  readonly stderr?: string | Buffer | null;
}

/**
 * Why a script failed, for the person who started it: what a program said before it ended with an error, or else the
 * message of the error. Only a fault of the script itself keeps its stack, which is what its developer needs.
 */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isOwnFault(error)) return error.stack ?? error.message;
  const { diagnostics, hint, exitCode, status, signal, stderr }: Facts = error as Facts;
  if (diagnostics !== undefined) return diagnostics.map((one) => `${one.message} ${one.hint}`).join('\n');
  if (hint !== undefined) return `${error.message} ${hint}`;
  const ended = exitCode ?? status ?? signal;
  if (stderr === undefined || ended === undefined || ended === null)
    return [error.message, ...causesOf(error)].join(': ');
  // The message of zx has no command, only places in the code.
  const [command] = error.message.replace(/^Command failed: /, '').split('\n');
  return String(stderr ?? '').trim() || `${command || 'A program that it started'} ended with ${ended}.`;
}

/** Node's own errors of these classes, for a wrong argument or a silent address, have a code or a cause. */
function isOwnFault(error: Error): boolean {
  const own = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
  return own && !('code' in error) && error.cause === undefined;
}

function causesOf({ cause }: Error): readonly string[] {
  return cause instanceof Error ? [cause.message, ...causesOf(cause)].filter(Boolean) : [];
}

/** From here on an error that nothing catches ends the process with 3 and its reason, without a stack trace. */
export function endOnFailure(): void {
  process.once('uncaughtException', (error) => {
    process.stderr.write(`${failureOf(error)}\n`);
    process.exit(3);
  });
}
