import { valueAt } from '../merge.ts';
import type { Finding, RuleInput } from './finding.ts';

/**
 * What a stateful workload runs is deployed by no other: its artifacts have a server role of their own, or its archives come
 * from elsewhere. The chart refuses the same (templates/_validate.tpl, mi.validate.isolation).
 */
export function isolationRules({ workloads, pattern, mode, plan, archivesFollow }: RuleInput): readonly Finding[] {
  if (pattern !== 'coordinated' || mode === 'database') return [];
  // Values that are yet to point at an archive for each workload have nothing to compare.
  if (archivesFollow && plan?.delivery === 'archives') return [];
  return workloads.flatMap((workload): readonly Finding[] => {
    if (workload.type !== 'stateful' || workload.roles.length > 0) return [];
    const other = workloads.find(
      (candidate) =>
        candidate !== workload &&
        candidate.archives === workload.archives &&
        candidate.serverRoles.some((role) => workload.serverRoles.includes(role)),
    );
    if (other === undefined) return [];
    return [
      {
        code: 'MI-VALUES-NOT-ISOLATED',
        path: workload.pathOf('type'),
        message: `Nothing tells the artifacts of the stateful workload \`${workload.key}\` from those of \`${other.key}\`, so each of their pods would run all of it.`,
        hint: `Give the artifacts a server role of their own (mi-patterns package does it) and list it under \`workloads.${workload.key}.artifacts.roles\`.`,
      },
    ];
  });
}

/** Settings that bring archives into a pod. */
const archiveSettings = [
  'image',
  'artifacts',
  'files',
  'extraVolumes',
  'extraVolumeMounts',
  'extraInitContainers',
  'persistence',
] as const;

/** Everything that can bring archives into the pods of a workload, as text to compare; `merged` is what it says over its defaults. */
export function archivesOf(merged: Parameters<typeof valueAt>[0]): string {
  return JSON.stringify(
    archiveSettings.map((setting) => {
      const value = valueAt(merged, [setting]);
      // Which artifacts of the archives it runs is not where they come from.
      return setting === 'artifacts' && typeof value === 'object' && value !== null
        ? Object.entries(value)
            .filter(([key]) => key !== 'roles' && key !== 'stateful')
            .sort()
        : (value ?? null);
    }),
  );
}
