import { addTo, compareText } from '@mi-patterns/inventory';
import {
  deletions,
  directoryKey,
  type DirectoryUse,
  directoryUsesOf,
  findsAgain,
  mayTakeDifferentFiles,
  podPath,
  takeDifferentFiles,
} from '../needs/directories.ts';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { enabledTransports } from '../verdicts/proxy-service.ts';
import { title } from '../verdicts/verdict.ts';
import { workOf } from './work.ts';
import { isScaled, type PlanContext, placesOf, workloadNames } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

interface Use extends DirectoryUse {
  readonly node: number;
  readonly id: string;
}

/** Findings about directories that several pods use, and about files that are taken again and again, or deleted. */
export function fileDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return [...sharedDirectories(context), ...takenAgain(context), ...deletedInstead(context)];
}

/** Consumers that delete the files that their parameters seem to move. */
function deletedInstead({ graph, inventory }: PlanContext): PlanDiagnostic[] {
  const enabled = enabledTransports(inventory.configurations);
  return [...deployedNodes(graph)].flatMap((node) => {
    const artifact = artifactAt(graph, node);
    return deletions(artifact, enabled).map(({ after, why, hint, source }) =>
      finding('MI-PLAN-FILE-DELETED', {
        message: `${title(artifact)} has ${why}: Micro Integrator moves no file and deletes each one ${after === 'Process' ? 'that it has handled' : 'that it could not handle, so its content is lost'}.`,
        hint,
        source,
        artifacts: [artifact.id],
      }),
    );
  });
}

/** Consumers that handle the same file at every poll. A flow with a file connector may remove what is left. */
function takenAgain({ graph, inventory, walker }: PlanContext): PlanDiagnostic[] {
  const enabled = enabledTransports(inventory.configurations);
  return [...deployedNodes(graph)].flatMap((node) => {
    const artifact = artifactAt(graph, node);
    const again = findsAgain(artifact, enabled);
    if (again === undefined) return [];
    const isLeft = again.how === 'left';
    const removers = (): boolean =>
      walker.forward([node]).some((one) => /^connector\/.*file/i.test(artifactAt(graph, one).id));
    if (isLeft && removers()) return [];
    return [
      finding('MI-PLAN-FILE-AGAIN', {
        message: `${title(artifact)} ${isLeft ? 'leaves each file that it has handled where it is' : 'moves each file that it has handled into the directory that it takes files from'}, and handles it again at every poll.`,
        hint: isLeft
          ? 'Set transport.vfs.ActionAfterProcess to MOVE or DELETE.'
          : 'Name another directory in transport.vfs.MoveAfterProcess, or set transport.vfs.ActionAfterProcess to DELETE.',
        source: again.source,
        artifacts: [artifact.id],
      }),
    ];
  });
}

/**
 * Directories that several pods use: a volume they all can write is needed, and consumers get in each other's way. In
 * one pod they do so where they do different things.
 */
function sharedDirectories(context: PlanContext): PlanDiagnostic[] {
  const byUri = new Map<string, Use[]>();
  const enabled = enabledTransports(context.inventory.configurations);
  for (const node of deployedNodes(context.graph)) {
    const artifact = artifactAt(context.graph, node);
    for (const directory of directoryUsesOf(artifact, enabled)) {
      const use: Use = { ...directory, node, id: artifact.id };
      addTo(byUri, directoryKey(directory.uri), use);
    }
  }
  const places = placesOf(context, new Set([...byUri.values()].flatMap((uses) => uses.map((use) => use.node))));
  return [...byUri].toSorted(([a], [b]) => compareText(a, b)).flatMap(([, uses]) => judge(context, uses, places));
}

/**
 * True when two pods may take files from the directory. A coordination database gives a polling inbound endpoint to one
 * pod at a time, so that only a second consumer, or one that the database does not cover, makes a rival.
 */
function areRivals(context: PlanContext, consumers: readonly Use[], at: (some: readonly Use[]) => number[]): boolean {
  const counted = context.byDatabase ? consumers.filter(({ id }) => !id.startsWith('inbound-endpoint/')) : consumers;
  if (isScaled(context, at(counted))) return true;
  if (takeDifferentFiles(consumers)) return false;
  const several = context.byDatabase && new Set(consumers.map(({ id }) => id)).size > 1;
  return several || at(counted).length > 1;
}

function judge(
  context: PlanContext,
  uses: readonly Use[],
  places: ReadonlyMap<number, readonly number[]>,
): PlanDiagnostic[] {
  const at = (some: readonly Use[]): number[] =>
    [...new Set(some.flatMap((use) => places.get(use.node) ?? []))].toSorted((a, b) => a - b);
  const all = at(uses);
  const consumers = uses.filter((use) => use.consumes);
  const uri = uses[0]?.uri ?? '';
  const rivals = areRivals(context, consumers, at);
  const shared = uses.some((use) => use.local) && (all.length > 1 || isScaled(context, all));
  const differs = rivals ? [] : takenByOne(context, uri, consumers);
  if (!rivals && !shared) return differs;
  const path = rivals ? undefined : uses.map(podPath).find((known) => known !== undefined);
  return [
    ...differs,
    finding('MI-ISO-FILES', {
      message:
        `The directory ${uri} is used by ${listed([...new Set(uses.map((use) => use.id))], 5)} in several pods (${listed(workloadNames(context, all), 5)})` +
        (rivals
          ? ': more than one of them takes files from it, and at most a .lock file keeps them apart.'
          : ': each pod has a folder of its own unless they share a volume.'),
      hint: rivals
        ? 'Let one workload read the directory (group its consumers), or give each consumer its own directory or file name pattern.'
        : 'Mount a ReadWriteMany volume in these workloads, or group them into one pod.',
      source: uses[0]?.source,
      related: uses.slice(1).map((use) => use.source),
      artifacts: uses.map((use) => use.id),
      ...(path === undefined ? {} : { volume: { path, workloads: workloadNames(context, all) } }),
    }),
  ];
}

/** Consumers in one pod that do different things with the files of a directory. */
function takenByOne(context: PlanContext, uri: string, consumers: readonly Use[]): PlanDiagnostic[] {
  const works = new Set(consumers.map(({ node }) => workOf(context, artifactAt(context.graph, node))));
  if (works.size < 2 || takeDifferentFiles(consumers) || mayTakeDifferentFiles(consumers)) return [];
  const ids = [...new Set(consumers.map(({ id }) => id))];
  return [
    finding('MI-PLAN-SHARED-QUEUE', {
      message: `${listed(ids, 5)} take files from the directory ${uri} and do different things: each file comes to one of them only, whichever is first.`,
      hint: 'Give each a directory or a file name pattern of its own, or let one of them do it all.',
      source: consumers[0]?.source,
      related: consumers.slice(1).map(({ source }) => source),
      artifacts: ids,
    }),
  ];
}
