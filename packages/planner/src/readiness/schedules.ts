import { type Artifact, compareText, type GivenSettings } from '@mi-patterns/inventory';
import type { CronSchedule } from './model.ts';

/** Cron expressions of tasks and processors with the time zone of the servers that read them. */
export function cronSchedules(
  artifacts: readonly Artifact[],
  given: readonly GivenSettings[],
): readonly CronSchedule[] {
  const environments = given.map(({ environment, timezone }) => ({ environment, timezone }));
  return artifacts
    .flatMap((artifact): CronSchedule[] => {
      const { facts } = artifact;
      const cron =
        facts.kind === 'task'
          ? facts.trigger?.cron
          : 'parameters' in facts
            ? facts.parameters.find(({ name }) => /(?:^|\.)cron(?:Expression)?$/i.test(name))?.value
            : undefined;
      const source = facts.kind === 'task' ? (facts.trigger?.source ?? artifact.source) : artifact.source;
      return cron === undefined || cron === '' ? [] : [{ artifact: artifact.id, cron, source, environments }];
    })
    .toSorted((a, b) => compareText(a.artifact, b.artifact));
}
