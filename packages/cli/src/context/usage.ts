import type { Diagnostic } from '@mi-patterns/inventory';

/** A diagnostic for a wrong use of the command line. */
export function usage(message: string, hint: string): Diagnostic {
  return { code: 'MI-CLI-USAGE', severity: 'error', message, hint };
}
