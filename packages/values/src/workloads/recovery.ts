import { measured } from '@mi-patterns/planner';
import { isMapping, type Values } from '../mapping/merge.ts';
import { effectiveWorkloads, standbylessBecause } from './effective.ts';

/**
 * Whether the image of the values has lease-guard, without which no pod can be fenced; `missing` says why it has none.
 */
export type GuardInImage = 'in-image' | { readonly missing: string };

/** The recovery of a stateful workload, and why it is this one. */
export interface ChosenRecovery {
  readonly way: Way;
  readonly because: string;
}

interface Way {
  readonly recovery: 'respawn' | 'fenced';
  readonly standby?: 'cold';
}

/** What a way cost at worst when a node was gone: firings twice, and the longest pause in seconds. */
interface Loss {
  readonly twice: number;
  readonly pause: number;
}

/** The events that tell the ways apart: in a planned move none of them runs work twice. */
const losses = ['node lost', 'node cut off'];

/**
 * The recovery of each stateful workload whose values name none: of the possible ways, the one that ran the least work
 * twice when it was measured, and of these the one that was back first. Empty where a database coordinates. `rows`:
 * what was measured.
 */
export function chooseRecovery(
  values: Values,
  guard: GuardInImage,
  rows: typeof measured = measured,
): ReadonlyMap<string, ChosenRecovery> {
  const { coordination, pattern } = values;
  if (isMapping(coordination) && coordination['mode'] === 'database') return new Map();
  const unfit = pattern === 'single-replica' ? singleReplica : unguarded(values, guard);
  const open = effectiveWorkloads(values).filter(
    ({ type, settings }) => type === 'stateful' && settings['recovery'] === undefined,
  );
  // Hundreds of workloads differ in nothing but why they have no standby.
  const chosen = new Map<string | undefined, ChosenRecovery>();
  return new Map(
    open.map(({ key, settings }) => {
      const standbyless = standbylessBecause(settings);
      const choice = chosen.get(standbyless) ?? recoveryWithout(standbyless, unfit, rows);
      chosen.set(standbyless, choice);
      return [key, choice];
    }),
  );
}

/** @param standbyless why there is no standby; undefined where one can be. */
function recoveryWithout(
  standbyless: string | undefined,
  unfit: string | undefined,
  rows: typeof measured,
): ChosenRecovery {
  const way: Way = unfit === undefined ? best(standbyless, rows) : { recovery: 'respawn' };
  const because = way.recovery === 'fenced' ? fencedBecause(way, standbyless, rows) : respawnBecause(unfit, rows);
  return { way, because };
}

const singleReplica =
  'recovery: fenced prevents it, but all requests of a single replica would then stop while the API server is away.';

/** Why no pod of the values can be fenced; undefined where one can. */
function unguarded(values: Values, guard: GuardInImage): string | undefined {
  if (guard === 'in-image' || hasGuardImage(values)) return undefined;
  return `recovery: fenced prevents it; it needs lease-guard in the image, and ${guard.missing}.`;
}

function hasGuardImage({ fencing }: Values): boolean {
  return isMapping(fencing) && typeof fencing['image'] === 'string' && fencing['image'] !== '';
}

function best(standbyless: string | undefined, rows: typeof measured): Way {
  const ways: readonly Way[] = [
    { recovery: 'respawn' },
    { recovery: 'fenced' },
    ...(standbyless === undefined ? [{ recovery: 'fenced', standby: 'cold' } as const] : []),
  ];
  const [chosen] = ways
    .flatMap((way) => {
      const loss = lossOf(way, rows);
      return loss === undefined ? [] : [{ way, loss }];
    })
    .toSorted((a, b) => a.loss.twice - b.loss.twice || a.loss.pause - b.loss.pause);
  return chosen?.way ?? { recovery: 'respawn' };
}

function respawnBecause(unfit: string | undefined, rows: typeof measured): string {
  const twice = lossOf({ recovery: 'respawn' }, rows)?.twice ?? 0;
  return [
    `A node that is cut off may still run the old pod: when that was measured, ${twice} firings happened twice.`,
    ...(unfit === undefined ? [] : [unfit]),
  ].join(' ');
}

function fencedBecause(way: Way, standbyless: string | undefined, rows: typeof measured): string {
  // How long the work is away, the plan says: that depends on the volume and on what is deployed.
  return [
    `Nothing ran twice when a node was lost or cut off (with respawn, ${lossOf({ recovery: 'respawn' }, rows)?.twice} firings did).`,
    way.standby === undefined
      ? `There is no standby: ${standbyless ?? 'it would not be faster'}.`
      : 'A second pod waits on another node and reserves the memory of a server.',
    'While the API server is away, the work stops.',
  ].join(' ');
}

/** The worst of a way's losses; undefined when one of them was not measured. */
function lossOf({ recovery, standby }: Way, rows: typeof measured): Loss | undefined {
  const row = rows[standby === undefined ? recovery : `${recovery}-${standby}`];
  const found = losses.flatMap((event) => row?.[event] ?? []);
  if (found.length < losses.length) return undefined;
  return { twice: Math.max(...found.map(({ twice }) => twice)), pause: Math.max(...found.map(({ pause }) => pause)) };
}
