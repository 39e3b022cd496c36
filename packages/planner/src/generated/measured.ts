// Written by npm run generate from docs/availability.json. Do not edit.

/** What was measured of one event: longest pause in seconds, and firings of a task that fires every second beside another server. */
export interface MeasuredEvent {
  readonly pause: number;
  readonly twice: number;
}

/** By recovery (and standby), then by event, with a Micro Integrator on two nodes. */
export const measured: Readonly<Record<string, Readonly<Record<string, MeasuredEvent>>>> = {
  'at-most-one': {
    'image changed': { pause: 15, twice: 0 },
    'node cut off': { pause: 2, twice: 0 },
    'node lost': { pause: 108, twice: 0 },
  },
  fenced: {
    'API server away for 60 s': { pause: 49, twice: 0 },
    'image changed': { pause: 18, twice: 0 },
    'node cut off': { pause: 104, twice: 0 },
    'node lost': { pause: 128, twice: 0 },
  },
  'fenced-cold': {
    'API server away for 60 s': { pause: 57, twice: 0 },
    'configuration changed': { pause: 6, twice: 0 },
    'image changed': { pause: 6, twice: 0 },
    'isolated pod deleted': { pause: 5, twice: 0 },
    'node cut off': { pause: 11, twice: 0 },
    'node drained': { pause: 7, twice: 0 },
    'node lost': { pause: 18, twice: 0 },
    'server killed': { pause: 5, twice: 0 },
  },
  respawn: {
    'configuration changed': { pause: 16, twice: 0 },
    'image changed': { pause: 16, twice: 0 },
    'isolated pod deleted': { pause: 9, twice: 0 },
    'node cut off': { pause: 2, twice: 15 },
    'node drained': { pause: 15, twice: 0 },
    'node lost': { pause: 91, twice: 0 },
    'server killed': { pause: 8, twice: 0 },
  },
};
