import type { Artifact } from '@mi-patterns/inventory';
import { artifactAt, edgesOf } from '../graph/graph.ts';
import { setting } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';

/** What a consumer does with what it takes; equal for those that share the work on purpose. */
export function workOf(context: PlanContext, { facts, id }: Artifact): string {
  if (facts.kind === 'inbound-endpoint') return `sequence/${facts.sequence ?? ''}`;
  if (facts.kind === 'proxy-service') return sequenceOf(context, id) ?? id;
  if (facts.kind !== 'message-processor') return id;
  const sequence = setting(facts.parameters, 'sequence');
  return JSON.stringify([
    facts.class,
    facts.targetEndpoint,
    sequence.state === 'absent' ? '' : sequence.parameter.value,
  ]);
}

/** The sequence that a service hands each message to; undefined for one with mediators of its own. */
function sequenceOf({ graph, inventory }: PlanContext, id: string): string | undefined {
  const handed = [...edgesOf(graph, graph.out, graph.index.get(id) ?? -1)].find(
    ({ reference }) => inventory.references[reference]?.via === 'target/@inSequence',
  );
  return handed === undefined ? undefined : artifactAt(graph, handed.to).id;
}
