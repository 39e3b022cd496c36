import { type Artifact, compareText, type GivenSettings } from '@mi-patterns/inventory';
import { cronFault } from '../verdicts/task.ts';
import type { CronSchedule } from '../model/readiness.ts';

/** Cron expressions of tasks and processors that fire, with the time zone of the servers that read them. */
export function cronSchedules(
  artifacts: readonly Artifact[],
  given: readonly GivenSettings[],
): readonly CronSchedule[] {
  const environments = given.map(({ environment, timezone }) => ({ environment, timezone }));
  return artifacts
    .flatMap((artifact): CronSchedule[] => {
      const { facts } = artifact;
      const parameters = 'parameters' in facts ? facts.parameters : [];
      const parameter = parameters.find(({ name }) => /(?:^|\.)cron(?:Expression)?$/i.test(name));
      const cron = facts.kind === 'task' ? facts.trigger?.cron : parameter?.value;
      const source = facts.kind === 'task' ? (facts.trigger?.source ?? artifact.source) : artifact.source;
      return cron === undefined || cron === '' || cronFault(cron) !== undefined
        ? []
        : [{ artifact: artifact.id, cron, source, environments }];
    })
    .toSorted((a, b) => compareText(a.artifact, b.artifact));
}
