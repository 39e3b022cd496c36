import type { Diagnostic } from '@mi-patterns/inventory';

const brand = Symbol.for('mi-patterns.registry-failure');

/**
 * `reference`: what was to name an image or repository does not. `registry`: a registry, or the login for it, is of no
 * use.
 */
export type RegistryFailureReason = 'reference' | 'registry';

/**
 * A registry cannot be used as asked. The command line ends with exit code 2 for a wrong reference and with 3
 * otherwise.
 */
export class RegistryFailure extends Error {
  override readonly name = 'RegistryFailure';
  readonly [brand] = true;
  readonly diagnostics: readonly Diagnostic[];
  readonly reason: RegistryFailureReason;

  constructor(diagnostics: readonly Diagnostic[], reason: RegistryFailureReason) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
    this.reason = reason;
  }
}

/** True for a {@link RegistryFailure}, also one from another copy of this package. */
export function isRegistryFailure(error: unknown): error is RegistryFailure {
  return typeof error === 'object' && error !== null && brand in error;
}
