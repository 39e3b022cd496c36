import type { Diagnostic } from '@mi-patterns/inventory';

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
