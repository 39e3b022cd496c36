import { StopRollout } from '@mi-patterns/rollout';
import { exitCodes } from '../context/exit-codes.ts';
import { CommandFailure } from '../context/failure.ts';

/**
 * An early end of a rollout as the end of its command: 1 when nothing was changed, 3 when something was. Others as they
 * are.
 */
export function asCommandFailure(error: unknown): unknown {
  return error instanceof StopRollout
    ? new CommandFailure(error.diagnostics, error.state === 'refused' ? exitCodes.findings : exitCodes.tool)
    : error;
}
