import type { Diagnostic } from '@mi-patterns/inventory';
import type { LiveState, RolloutEffects, RolloutOutcome } from './effects.ts';
import { lastGood, type RolloutRecord } from './record.ts';
import { restore } from './mend.ts';
import { giveBack, wasTakenOver } from './take-over.ts';
import { explained, stepper, type Reporter } from './roll-out.ts';
import { verifyRelease } from './verify.ts';
import { withLock } from './with-lock.ts';

export interface RollbackRequest {
  /** Seconds. */
  readonly timeout: number;
  /** `to` is undefined where an old release gets its work back. */
  readonly confirm: (to: RolloutRecord | undefined, sentence: string) => Promise<boolean>;
}

/**
 * Brings a release back to the last good record before what runs, with the same care as a rollout: no artifact runs twice,
 * the result is verified, and it is recorded. What the servers have deployed is not compared: the plan at hand is not the
 * one of that time.
 */
export async function rollBack(
  request: RollbackRequest,
  effects: RolloutEffects,
  report: Reporter,
): Promise<RolloutOutcome> {
  return withLock(effects, report, (assertLocked) =>
    explained(effects, async (trail) => {
      const step = stepper(report, assertLocked);
      const records = await effects.records();
      const to = lastGood(records);
      const olds = to === undefined ? (await effects.oldReleases()).filter(wasTakenOver) : [];
      if (to === undefined && olds.length > 0) {
        const names = olds.map(({ name }) => name).join(', ');
        const sentence = `Back to ${names}: what must run once ends here first, then the old pods start and get the requests; this release is removed.`;
        if (!(await request.confirm(undefined, sentence))) return { state: 'refused', diagnostics: [notConfirmed] };
        await step('take over', async () => {
          const newest = (await effects.history()).at(-1);
          const current = newest === undefined ? [] : await effects.released(newest.revision);
          const say = (detail: string): void => report({ type: 'progress', step: 'take over', detail });
          await giveBack(effects, current, { timeout: request.timeout, trail, say });
        });
        await step('upgrade', () => effects.uninstall());
        return { state: 'given-back', releases: olds.map(({ name }) => name) };
      }
      if (to === undefined)
        return {
          state: 'refused',
          diagnostics: [
            {
              code: 'MI-ROLLBACK-NOTHING',
              severity: 'error',
              message: 'There is no earlier rollout that succeeded.',
              hint: 'mi-patterns status shows what is recorded; roll out an older commit instead.',
            },
          ],
        };
      const history = await effects.history();
      if (!history.some(({ revision }) => revision === to.revision)) {
        return {
          state: 'refused',
          diagnostics: [
            {
              code: 'MI-ROLLBACK-GONE',
              severity: 'error',
              message: `The last good rollout was revision ${to.revision} of ${to.at}, which helm no longer keeps.`,
              hint: 'Roll out the commit of that revision instead.',
            },
          ],
        };
      }
      const sentence = `Back to revision ${to.revision} of ${to.at} by ${to.by}: chart ${to.chart}, image ${to.image}${to.imageDigest === undefined ? '' : ` (${to.imageDigest})`}, pattern ${to.pattern}.`;
      if (!(await request.confirm(to, sentence))) return { state: 'refused', diagnostics: [notConfirmed] };
      await step('upgrade', () => restore(effects, { revision: to.revision, timeout: request.timeout, trail, report }));
      const wanted = await effects.released(to.revision);
      const unchecked: RolloutEffects = {
        ...effects,
        checkArtifacts: async (_live: LiveState) => ({
          state: 'not-checked',
          because: 'a rollback brings back another plan',
        }),
      };
      const verified = await step('verify', () =>
        verifyRelease(unchecked, wanted, request.timeout, (detail) =>
          report({ type: 'progress', step: 'verify', detail }),
        ),
      );
      if (verified.state === 'failed') {
        const evidence = await effects.keepEvidence(verified.message);
        return {
          state: 'failed',
          evidence,
          diagnostics: [
            {
              code: 'MI-ROLLBACK-FAILED',
              severity: 'error',
              message: `The release is back at revision ${to.revision}, but it is not sound: ${verified.message}`,
              hint: `Events, states and last logs are in ${evidence}.`,
            },
          ],
        };
      }
      const record = await step('record', async () => {
        const revision = (await effects.history()).at(-1)?.revision ?? to.revision;
        const made: RolloutRecord = {
          ...to,
          revision,
          restores: to.revision,
          by: await effects.user(),
          at: effects.now().toISOString(),
        };
        await effects.addRecord(made);
        return made;
      });
      return { state: 'succeeded', record, checked: verified.artifacts };
    }),
  );
}

const notConfirmed: Diagnostic = {
  code: 'MI-ROLLOUT-NOT-CONFIRMED',
  severity: 'error',
  message: 'Nothing was changed: the rollback was not confirmed.',
  hint: 'Run it again with --yes, or answer yes.',
};
