import { type HelmCatalogueEntry, describedCode as entry } from '@mi-patterns/helm';

/** Every code of rollouts and rollbacks. Codes are permanent: never reuse one, never change what one means. */
export const rolloutCatalogue = {
  'MI-ROLLOUT-BUSY': entry(
    'error',
    'Another rollout is at work',
    'Two rollouts of one release at once are refused.',
    'Wait until it has ended; one that was killed lets go by itself.',
  ),
  'MI-ROLLOUT-LOCK-LOST': entry(
    'error',
    'The lock was lost',
    'The rollout could not renew its lock in time, and another may have started.',
    'Check the cluster, then run the rollout again: it goes on from where the release is.',
  ),
  'MI-ROLLOUT-CANCELLED': entry(
    'error',
    'Cancelled',
    'Ctrl-C or a signal ended the rollout. The message says whether anything was changed, and which workloads are at 0 pods.',
    'Run it again: it goes on from where the release is, or brings it back first.',
  ),
  'MI-ROLLOUT-MOVED-ON': entry(
    'error',
    'Somebody else has rolled out',
    'The values of `--only` were made from a revision that is not the last good one any more.',
    'Run it again.',
  ),
  'MI-ROLLOUT-NOT-CONFIRMED': entry(
    'error',
    'Not confirmed',
    'Nothing was changed.',
    'Answer yes, or use `--yes` in scripts.',
  ),
  'MI-ROLLOUT-STUCK': entry(
    'error',
    'Release in the middle of something',
    'An earlier rollout was cut off and must be brought back first.',
    'Run it again with `--yes`, or answer yes.',
  ),
  'MI-ROLLOUT-DRAIN': entry(
    'error',
    'Old pod that does not end',
    'It may still work, so nothing that would do the same work was started.',
    'Make sure the node is off or the server has ended, then run it again.',
  ),
  'MI-ROLLOUT-VERIFY': entry(
    'error',
    'Release that is not sound',
    'Not all workloads are ready, or a stateful artifact does not run exactly once.',
    'The evidence says why; `mi-patterns status` shows the pods.',
  ),
  'MI-ROLLOUT-FAILED': entry(
    'error',
    'Rollout that failed',
    'The message says whether the release went back to what it was.',
    'Events, states and last logs are in the evidence.',
  ),
  'MI-ROLLBACK-NOTHING': entry(
    'error',
    'Nothing to go back to',
    'No earlier rollout that succeeded is recorded.',
    'Roll out an older commit instead.',
  ),
  'MI-ROLLBACK-GONE': entry(
    'error',
    'Revision that is no longer kept',
    'helm no longer keeps the revision of the last good rollout.',
    'Roll out the commit of that time instead.',
  ),
  'MI-ROLLBACK-FAILED': entry(
    'error',
    'Release that is back, but not sound',
    'After going back, not all workloads are ready, or a stateful artifact does not run exactly once.',
    'Events, states and last logs are in the evidence.',
  ),
} as const satisfies Readonly<Record<string, HelmCatalogueEntry>>;
