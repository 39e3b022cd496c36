import { isToolFailure } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { Trail } from './trail.ts';
import type { RolloutRecord } from '../release/record.ts';
import { readiness, type Revision } from '../release/release.ts';
import { inSentences, withoutAgain } from './steps.ts';
import { StopRollout } from './stop.ts';

const goesOn = 'continues from the current state of the release';

/**
 * The end of work that the user cancelled: whether anything was changed, and if so, in which state the release is.
 * `history` is undefined where the cluster does not say. Pure.
 */
export function cancelledOn(trail: Trail, history: readonly Revision[] | undefined): StopRollout {
  const told = trail.changed
    ? inSentences([
        'The command was cancelled midway',
        ...(trail.failure === undefined ? [] : [`It was going back, because the rollout had failed: ${trail.failure}`]),
        stateOf(history, trail),
        ...atZero(trail),
      ])
    : 'The command was cancelled before anything of the release was changed.';
  const evidence = trail.evidence === undefined ? '' : ` Events, states and last logs are in ${trail.evidence}.`;
  const hint = `Run the command again: it ${goesOn}, or first restores it. mi-patterns status shows the pods.${evidence}`;
  return new StopRollout([finding('MI-ROLLOUT-CANCELLED', told, hint)], trail.changed ? 'failed' : 'refused');
}

function stateOf(history: readonly Revision[] | undefined, { before, upgraded }: Trail): string {
  if (history === undefined) return 'The cluster does not say which state the release is in';
  const newest = history.at(-1);
  const ready = readiness(history);
  if (newest === undefined || ready.state === 'new') return 'No revision of the release is installed';
  const { revision, state } = newest;
  if (state === 'deployed')
    return revision === before && upgraded !== true
      ? `Revision ${revision} is still deployed`
      : `Revision ${revision} is deployed, but not recorded as good`;
  const good = ready.state === 'stuck' ? ready.lastGood : undefined;
  const last = good === undefined ? 'no revision was ever good' : `revision ${good} is the last good one`;
  return `Revision ${revision} is in the state ${state}, so it may be there in part; ${last}`;
}

/** A failure that ended the work, with what it leaves behind; as it is where nothing was changed. Pure. */
export function withWhatIsLeft(error: unknown, trail: Trail): unknown {
  if (!trail.changed) return error;
  if (error instanceof StopRollout) {
    const [first, ...others] = error.diagnostics;
    const told = first === undefined ? [] : [{ ...first, message: inSentences([first.message, ...atZero(trail)]) }];
    return new StopRollout([...told, ...others], 'failed');
  }
  if (!isToolFailure(error)) return error;
  const { code, message, hint } = error;
  const left =
    trail.upgraded === true ? 'The upgrade was done, but is not recorded as good' : 'The release may be partly changed';
  return new StopRollout(
    [
      {
        code,
        severity: 'error',
        message: inSentences([message, left, ...atZero(trail)]),
        hint: `${withoutAgain(hint)} Then run the command again: it ${goesOn}.`,
      },
    ],
    'failed',
  );
}

/** What has no pods. An upgrade or a way back that was cut off may have started some of it again. Pure. */
export function atZero({ emptied, ended }: Trail): readonly string[] {
  const all = [...emptied, ...ended];
  const verb = all.length === 1 ? 'was' : 'were';
  return all.length === 0
    ? []
    : [`${all.join(', ')} ${verb} scaled to 0 and may have no pods until the command is run again`];
}

/** Why a rollout failed, and the way back. */
export interface Failure {
  /** The revision to go back to. */
  readonly back: number | undefined;
  readonly message: string;
  /** What to do about it; empty where that is not known. */
  readonly next?: string;
  /** Whether helm has gone back by itself. */
  readonly wentBack: boolean;
  /** Whether an old release was taken over, which is then given back. */
  readonly took?: boolean;
  /** What ran beside that release until then, where something did. */
  readonly beside?: RolloutRecord | undefined;
}

/** What has become of the release and of those that it had taken over. Pure. */
export function whatBecame(
  { emptied, ended }: Trail,
  { back, wentBack, took, beside }: Failure,
  { restored, gaveBack, gives }: Readonly<Record<'restored' | 'gaveBack' | 'gives', boolean>>,
): string {
  if (restored && beside !== undefined && took === true)
    return `The release was rolled back to revision ${back}, and the old release ${gaveBack ? 'does its work again' : `has 0 pods${gives ? '' : ', because that revision does all that must run once'}`}`;
  if (gaveBack)
    return 'The old release does the work again; only stateless pods of the new release are left next to it';
  const atZeroNow = [...emptied, ...ended];
  if (!restored)
    return `The release was not changed back${atZeroNow.length === 0 ? '' : `, ${atZeroNow.join(', ')} at 0 pods`}`;
  if (wentBack)
    return back === undefined ? 'helm removed what it had installed' : `helm rolled back to revision ${back}`;
  return back === undefined
    ? 'The release had no good revision to return to and was removed'
    : `The release was rolled back to revision ${back}`;
}
