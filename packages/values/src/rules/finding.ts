import type { ValuesCode } from '../findings/catalogue.ts';

/** A broken rule, with the path of what breaks it. */
export interface Finding {
  readonly code: ValuesCode;
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
  /** The part of the path that is wrong; the value where none is named. */
  readonly at?: 'key';
  /** Other than that of the code. */
  readonly severity?: 'warning';
}
