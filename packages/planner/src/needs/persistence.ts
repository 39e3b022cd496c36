import { type Artifact, distinctBy } from '@mi-patterns/inventory';
import { directoriesOf, directoryKey, podPath } from './directories.ts';
import type { Workload } from '../model/plan.ts';
import { inboundRule, suspension } from '../verdicts/inbound-endpoint.ts';
import { startsDeactivated } from '../verdicts/message-processor.ts';
import { startOnLoadOf } from '../verdicts/task.ts';
import { title } from '../verdicts/verdict.ts';

type Need = Workload['persistence'][number];

/** A persistent volume claim that `generate` writes for a workload. */
export interface Claim {
  readonly name: string;
  readonly what: 'registry' | 'offsets';
  /** Missing where the chart knows the place. */
  readonly mountPath?: string;
}

/**
 * The claims of a workload with one pod: for the registry, and for each folder with files of change data capture that
 * is MI's own or an absolute path. A claim in the middle of MI's home would hide what the image has there.
 */
export function claimsOf({ type, persistence }: Pick<Workload, 'type' | 'persistence'>): readonly Claim[] {
  if (type !== 'stateful') return [];
  const folders = [...new Set(persistence.filter(({ what }) => what === 'offsets').map(({ folder }) => folder))];
  const own = folders.every((folder) => folder === 'cdc' || folder?.startsWith('/'));
  return [
    ...(persistence.some(({ what }) => what === 'registry') ? [{ name: 'registry', what: 'registry' } as const] : []),
    ...(own ? folders : []).map((folder, index) => ({
      name: index === 0 ? 'offsets' : `offsets-${index + 1}`,
      what: 'offsets' as const,
      ...(folder === undefined || folder === 'cdc' ? {} : { mountPath: folder }),
    })),
  ];
}

/**
 * Files of a pod that the given artifacts want to find again in the next pod, in the order of the artifacts.
 *
 * A state counts when losing it loses work or handles it twice: positions, values that flows write, and the activation
 * of what starts switched off (without it the next pod does nothing, silently). A processor that switches itself off
 * after failed deliveries is no such case: the next pod starts it again and tries the message once more, while a kept
 * state leaves it off for good.
 *
 * @param versionsOf the MI versions that an artifact is written for.
 */
export function persistenceOf(
  active: readonly Artifact[],
  versionsOf: (artifact: Artifact) => readonly string[],
): Workload['persistence'] {
  return active
    .filter(mayKeep)
    .flatMap((artifact) => [...ownState(artifact, versionsOf), ...writtenByFlow(artifact), ...directories(artifact)]);
}

/** False for most artifacts: APIs, sequences and endpoints that have no effect. */
function mayKeep({ kind, effects }: Artifact): boolean {
  return effects.length > 0 || keepers.has(kind);
}

const keepers: ReadonlySet<Artifact['kind']> = new Set<Artifact['kind']>([
  'message-processor',
  'inbound-endpoint',
  'proxy-service',
  'task',
]);

function ownState(artifact: Artifact, versionsOf: (artifact: Artifact) => readonly string[]): Need[] {
  const facts = artifact.facts;
  const registry = (because: string): Need => ({
    artifact: artifact.id,
    what: 'registry',
    because: `${title(artifact)} ${because}`,
  });
  if (facts.kind === 'message-processor')
    return startsDeactivated(facts)
      ? [registry('starts deactivated; its activation is recorded in the registry.')]
      : [];
  if (facts.kind === 'task')
    return ['pauses', 'may pause'].includes(startOnLoadOf(facts, versionsOf(artifact)) ?? '')
      ? [registry('starts paused; its activation is recorded in the registry.')]
      : [];
  if (facts.kind !== 'inbound-endpoint') return [];
  const rule = inboundRule(facts);
  const kept = rule?.find(facts.parameters).keeps;
  // A listener that was not activated fails its readers at once; a consumer just takes nothing.
  const asleep = rule?.behavior !== 'listening' && suspension(facts, versionsOf(artifact)) === 'asleep';
  return [
    ...(kept?.what === 'registry' ? [registry('keeps its position in the registry.')] : []),
    ...(kept?.what === 'offsets' ? kept.folders.map((folder) => offsets(artifact, folder)) : []),
    ...(asleep ? [registry('starts suspended; its activation is recorded in the registry.')] : []),
  ];
}

function offsets(artifact: Artifact, folder: string | undefined): Need {
  return {
    artifact: artifact.id,
    what: 'offsets',
    ...(folder === undefined ? {} : { folder }),
    because: `${title(artifact)} keeps its offset and schema history in files${folder === undefined ? '' : ` below ${folder.startsWith('/') ? folder : `${folder}/ of MI's home`}`}.`,
  };
}

function writtenByFlow(artifact: Artifact): Need[] {
  const written = artifact.effects.find((effect) => effect.type === 'registry-write');
  if (written === undefined) return [];
  return [
    {
      artifact: artifact.id,
      what: 'registry',
      because: `${title(artifact)} writes ${written.subject} to the registry.`,
    },
  ];
}

function directories(artifact: Artifact): Need[] {
  const local = directoriesOf(artifact).filter((use) => use.local);
  return distinctBy(local, ({ uri }) => directoryKey(uri)).map((use) => {
    const folder = podPath(use);
    return {
      artifact: artifact.id,
      what: 'shared-directory',
      ...(folder === undefined ? {} : { folder }),
      because: `${title(artifact)} uses the directory ${use.uri}.`,
    };
  });
}
