import type { LivePod } from '../src/live/live.ts';

/** A pod that works and of which nothing else is known; `more` says what a test is about. */
export function readyPod(workload: string, more: Partial<LivePod> = {}): LivePod {
  return {
    name: 'p',
    node: '',
    workload,
    ready: true,
    ending: false,
    type: undefined,
    artifacts: [],
    coordination: 'isolate',
    leases: [],
    imageDigests: [],
    trouble: '',
    backsOff: false,
    ...more,
  };
}
