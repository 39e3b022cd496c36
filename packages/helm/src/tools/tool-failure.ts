const brand = Symbol.for('mi-patterns.tool-failure');

/** Why an outside tool gave no usable answer. */
export type ToolFailureReason =
  | 'missing'
  | 'unfit'
  | 'not-started'
  | 'exit'
  | 'signal'
  | 'timeout'
  | 'aborted'
  | 'too-much-output'
  | 'unexpected-output';

/**
 * An outside tool (helm, helm-unittest, kubeconform, kubectl) is missing or failed. The command line ends with exit
 * code 3.
 */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
  readonly [brand] = true;
  readonly code: 'MI-TOOL-MISSING' | 'MI-TOOL-FAILED';
  readonly reason: ToolFailureReason;
  /** What to do next. */
  readonly hint: string;
  /** The tool and its arguments, secrets taken out; empty when no tool was found. */
  readonly command: readonly string[];
  readonly exitCode: number | undefined;
  /** The end of what the tool wrote to stderr, secrets and control characters taken out. */
  readonly stderr: string;

  constructor(facts: {
    readonly reason: ToolFailureReason;
    readonly message: string;
    readonly hint: string;
    readonly command?: readonly string[];
    readonly exitCode?: number | undefined;
    readonly stderr?: string;
  }) {
    // The tool's own last words are the reason; whoever shows the message alone must not lose them.
    super([facts.message, ...(facts.stderr ?? '').trim().split('\n').slice(-8)].filter(Boolean).join('\n'));
    this.code = facts.reason === 'missing' || facts.reason === 'unfit' ? 'MI-TOOL-MISSING' : 'MI-TOOL-FAILED';
    this.reason = facts.reason;
    this.hint = facts.hint;
    this.command = facts.command ?? [];
    this.exitCode = facts.exitCode;
    this.stderr = facts.stderr ?? '';
  }
}

/** True for a {@link ToolFailure}, also one from another copy of this package. */
export function isToolFailure(error: unknown): error is ToolFailure {
  return typeof error === 'object' && error !== null && brand in error;
}
