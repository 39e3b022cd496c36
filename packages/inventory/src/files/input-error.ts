import type { Diagnostic } from '../model/diagnostic.ts';

const mark = Symbol.for('mi-patterns.InputError');

/**
 * Thrown when the given paths leave nothing to read: missing, unreadable or empty. Commands answer it with exit code 2.
 */
export class InputError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly [mark] = true;

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n'));
    this.name = 'InputError';
    this.diagnostics = diagnostics;
  }
}

/** Recognises an {@link InputError}, also one that another copy of this module has thrown. */
export function isInputError(error: unknown): error is InputError {
  return typeof error === 'object' && error !== null && mark in error;
}
