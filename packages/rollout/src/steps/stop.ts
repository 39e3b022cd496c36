import type { RolloutOutcome } from './effects.ts';
import type { Diagnostic } from '@mi-patterns/inventory';
import { finding, type RolloutCode } from '../findings/catalogue.ts';

/** Ends a rollout early with an outcome: `refused` when nothing was changed, `failed` when something was. */
export class StopRollout extends Error {
  override readonly name = 'StopRollout';
  readonly diagnostics: readonly Diagnostic[];
  readonly state: 'refused' | 'failed';

  constructor(diagnostics: readonly Diagnostic[], state: 'refused' | 'failed' = 'refused') {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
    this.state = state;
  }
}

/** The outcome of work that ends before anything was changed. */
export function refused(code: RolloutCode, message: string, hint: string): RolloutOutcome {
  return { state: 'refused', diagnostics: [finding(code, message, hint)] };
}
