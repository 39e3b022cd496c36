import { addTo, type ArtifactId, compareText, registryPath, type Source } from '@mi-patterns/inventory';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { isScaled, type PlanContext, placesOf, workloadNames } from './context.ts';
import { finding, listed } from '../findings/finding.ts';

interface Use {
  readonly node: number;
  readonly id: ArtifactId;
  readonly source: Source;
}

/** A key that only the server knows; it may be any. */
const anyKey = '*';

/** Registry keys that are written in one pod and read in another, and registry writes in workloads of several pods. */
export function registryDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const writers = new Map<string, Use[]>();
  const readers = new Map<string, Use[]>();
  for (const node of deployedNodes(context.graph)) {
    const artifact = artifactAt(context.graph, node);
    for (const effect of artifact.effects) {
      const uses = { 'registry-write': writers, 'registry-read': readers }[String(effect.type)];
      if (uses !== undefined)
        addTo(uses, effect.dynamic ? anyKey : registryPath(effect.subject), {
          node,
          id: artifact.id,
          source: effect.source,
        });
    }
  }
  if (writers.size === 0) return [];
  addResourceReaders(context, writers, readers);
  const used = new Set([...writers.values(), ...readers.values()].flatMap((uses) => uses.map((use) => use.node)));
  const places = placesOf(context, used);
  return [...writers]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([key, uses]) => judge(context, key, { writers: uses, readers: readers.get(key) ?? [] }, places));
}

/** A reference to a deployed registry resource that somebody writes is a reader of it. */
function addResourceReaders(
  context: PlanContext,
  writers: ReadonlyMap<string, Use[]>,
  readers: Map<string, Use[]>,
): void {
  for (const edge of context.graph.edges) {
    const target = context.graph.artifacts[edge.to];
    if (target?.facts.kind !== 'registry-resource') continue;
    const from = context.graph.artifacts[edge.from];
    const source = context.inventory.references[edge.reference]?.source;
    if (from === undefined || source === undefined) continue;
    const { registryPath: own, registryPaths: further = [] } = target.facts;
    for (const path of new Set([...(own === undefined ? [] : [own]), ...further].map(registryPath))) {
      if (writers.has(path)) addTo(readers, path, { node: edge.from, id: from.id, source });
    }
  }
}

function judge(
  context: PlanContext,
  key: string,
  { writers, readers }: { readonly writers: readonly Use[]; readonly readers: readonly Use[] },
  places: ReadonlyMap<number, readonly number[]>,
): PlanDiagnostic[] {
  const at = (uses: readonly Use[]): number[] =>
    [...new Set(uses.flatMap((use) => places.get(use.node) ?? []))].toSorted((a, b) => a - b);
  const [written, read] = [at(writers), at(readers)];
  if (written.length === 0) return [];
  const what = key === anyKey ? 'a registry key that only the server knows' : `the registry key ${key}`;
  const writing = [...new Set(writers.map((use) => use.id))];
  const reading = [...new Set(readers.map((use) => use.id))];
  const who = listed(writing, 5);
  const writes = writing.length === 1 ? 'writes' : 'write';
  const parts = {
    source: writers[0]?.source,
    related: [...writers.slice(1), ...readers].map((use) => use.source),
    artifacts: [...writers, ...readers].map((use) => use.id),
  };
  const hint =
    'Keep the value in a database, or in a cache outside the pods; a shared volume for the registry helps only if nothing writes at the same time.';
  if (read.some((place) => written.some((other) => other !== place))) {
    return [
      finding('MI-ISO-REGISTRY', {
        message: `${who} ${writes} ${what} in ${listed(workloadNames(context, written))}, and ${listed(reading, 5)} ${reading.length === 1 ? 'reads' : 'read'} it in ${listed(workloadNames(context, read))}: the registry is a folder of each pod.`,
        hint,
        ...parts,
      }),
    ];
  }
  if (!isScaled(context, written)) return [];
  return [
    finding('MI-ISO-REGISTRY', {
      severity: 'warning',
      message: `${who} ${writes} ${what} in one of the pods of ${listed(workloadNames(context, written))}: the other replicas do not see it.`,
      hint,
      ...parts,
    }),
  ];
}
