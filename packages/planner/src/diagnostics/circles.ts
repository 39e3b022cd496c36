import { type Artifact, groupBy, type Reference } from '@mi-patterns/inventory';
import { artifactAt, type Graph } from '../graph/graph.ts';
import { components } from '../graph/components.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { processorType, startsDeactivated } from '../verdicts/message-processor.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { type Medium, mediaOf } from './media.ts';
import { finding } from '../findings/finding.ts';

/** A step that each message takes, or each message that fails. */
interface Step {
  readonly from: number;
  readonly to: number;
  /** Number of the reference; of a store to its processor, the one by which that takes from it. */
  readonly reference: number;
  /** Of a step over a directory or a queue: what it is, and where it is named. */
  readonly medium?: Pick<Medium, 'through' | 'source'>;
}

/**
 * Circles that nothing on the way ends: of flows that each message runs through, and of sequences whose `onError` leads
 * back to them. MI 4.3.0, running them: sequences and templates end in a StackOverflowError, after which no fault
 * sequence runs and the client waits. With a call on the way the circle goes on after the client has left, with ever
 * more memory. An `onError` in a circle ends in the same error, after up to minutes of a whole core. Processors that
 * store for each other send each message round for ever.
 */
export function circleDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const { graph } = context;
  const { always, onError } = stepsOf(context);
  if (!hasCircle(graph.artifacts.length, [...always, ...onError])) return [];
  const ends = circlesOf(graph, always)
    .filter((circle) => isServed(context, circle))
    .map((circle) => endless(context, circle));
  if (onError.length === 0) return ends;
  const own = new Set(ends.flatMap(({ artifacts }) => artifacts));
  // A flow that stores what has failed, to try it again, is meant to.
  const failing = [...always.filter(({ to }) => artifactAt(graph, to).kind !== 'message-store'), ...onError];
  const byFault = circlesOf(graph, failing).filter((circle) =>
    circle.every(({ from }) => !own.has(artifactAt(graph, from).id)),
  );
  return [...ends, ...byFault.map((circle) => endlessFault(context, circle))];
}

/** Takes away what no step leads to, again and again; what is left is a circle or behind one. Seldom there is one. */
function hasCircle(nodes: number, steps: readonly Step[]): boolean {
  const incoming = new Int32Array(nodes);
  const first = new Int32Array(nodes).fill(-1);
  const following = new Int32Array(steps.length);
  for (const [number, { from, to }] of steps.entries()) {
    incoming[to] = (incoming[to] ?? 0) + 1;
    following[number] = first[from] ?? -1;
    first[from] = number;
  }
  const free: number[] = [];
  for (let node = 0; node < nodes; node++) if (incoming[node] === 0) free.push(node);
  let taken = 0;
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    taken += 1;
    for (let number = first[node] ?? -1; number !== -1; number = following[number] ?? -1) {
      const to = steps[number]?.to ?? 0;
      incoming[to] = (incoming[to] ?? 0) - 1;
      if (incoming[to] === 0) free.push(to);
    }
  }
  return taken < nodes;
}

function stepsOf(context: PlanContext): { readonly always: Step[]; readonly onError: Step[] } {
  const { graph, inventory } = context;
  const media = mediaOf(context);
  const fed = new Set(media.map(({ to }) => to));
  const always = media.map(({ from, to, ...medium }): Step => ({ from, to, reference: -1, medium }));
  const onError: Step[] = [];
  for (const { from, to, relation, reference } of graph.edges) {
    const written = inventory.references[reference];
    if (written === undefined || relation === 'processed-by') continue;
    const source = artifactAt(graph, from);
    if (relation === 'consumes-from') {
      if (source.facts.kind === 'message-processor' && !startsDeactivated(source.facts))
        always.push({ from: to, to: from, reference });
    } else if (endsInApi(written, artifactAt(graph, to))) {
      continue;
    } else if (
      written.always === true ||
      isWayOfProcessor(source, written.via) ||
      (fed.has(from) && written.via === 'inboundEndpoint/@sequence')
    )
      always.push({ from, to, reference });
    else if (written.via === 'sequence/@onError' && source.kind === 'sequence') onError.push({ from, to, reference });
  }
  return { always, onError };
}

/** A call that may find no resource of its API. */
function endsInApi({ relation }: Reference, { facts }: Artifact): boolean {
  return relation === 'calls-loopback' && facts.kind === 'api' && facts.everyPath === undefined;
}

/** True unless an API on the way does not take the method by which the circle calls it: it answers with 405. */
function isServed({ graph, inventory }: PlanContext, circle: readonly Step[]): boolean {
  const calls = circle.map(({ to, reference }) => {
    const { facts } = artifactAt(graph, to);
    const written = inventory.references[reference];
    const taken = facts.kind === 'api' && written?.relation === 'calls-loopback' ? facts.everyPath : undefined;
    return { taken: taken?.includes('*') === true ? undefined : taken, method: written?.method };
  });
  const methods = new Set(calls.flatMap(({ taken = [] }) => taken));
  if (methods.size === 0) return true;
  return [...methods].some((first) => {
    let method = first;
    // The second time round, it comes by the method that the circle gives it.
    return [...calls, ...calls].every((call) => {
      method = call.method ?? method;
      return call.taken?.includes(method) ?? true;
    });
  });
}

/** Where a processor hands each message to, by its type (wso2-synapse core message/processor/impl). */
const waysOfProcessors: Readonly<Partial<Record<ReturnType<typeof processorType>, readonly string[]>>> = {
  sampling: ['parameter[@name="sequence"]'],
  forwarding: ['messageProcessor/@targetEndpoint', 'parameter[@name="message.processor.reply.sequence"]'],
  failover: ['parameter[@name="message.target.store.name"]'],
};

function isWayOfProcessor({ facts }: Artifact, via: string): boolean {
  return facts.kind === 'message-processor' && (waysOfProcessors[processorType(facts)]?.includes(via) ?? false);
}

/** One circle of steps for each set of artifacts that lead to each other; linear in nodes and steps. */
function circlesOf(graph: Graph, steps: readonly Step[]): Step[][] {
  const out = groupBy(steps, ({ from }) => from);
  const component = components(graph.artifacts.length, out);
  const circles: Step[][] = [];
  const seen = new Set<number>();
  for (const node of [...out.keys()].toSorted((a, b) => a - b)) {
    const own = component[node] ?? 0;
    if (seen.has(own)) continue;
    const circle = shortestFrom(node, (step) => component[step.to] === own, out);
    if (circle === undefined) continue;
    seen.add(own);
    circles.push(circle);
  }
  return circles;
}

/** The shortest way from a node back to it over the steps that `isInside` lets through. */
function shortestFrom(
  start: number,
  isInside: (step: Step) => boolean,
  out: ReadonlyMap<number, readonly Step[]>,
): Step[] | undefined {
  const by = new Map<number, Step>();
  const queue = [start];
  for (let node = queue[0], next = 1; node !== undefined; node = queue[next++]) {
    for (const step of out.get(node) ?? []) {
      if (!isInside(step) || by.has(step.to)) continue;
      by.set(step.to, step);
      if (step.to !== start) {
        queue.push(step.to);
        continue;
      }
      const back = [step];
      for (let last = step; last.from !== start; back.push(last)) last = by.get(last.from) ?? step;
      return back.toReversed();
    }
  }
  return undefined;
}

function endless(context: PlanContext, circle: readonly Step[]): PlanDiagnostic {
  const isStored = circle.some(
    ({ to, medium }) => medium !== undefined || artifactAt(context.graph, to).kind === 'message-processor',
  );
  return told(context, circle, {
    outcome: isStored
      ? 'What is stored there circulates forever, and each new message adds to it.'
      : 'A message that enters it never leaves: the client gets no answer, no fault sequence runs, and the server fills its stack or memory.',
    hint: 'Remove one of these references, or put a condition before it that ends the circle.',
  });
}

function endlessFault(context: PlanContext, circle: readonly Step[]): PlanDiagnostic {
  return told(context, circle, {
    outcome:
      'When it fails, for example since a back end is down, it runs again and again until the stack of the server overflows, and the client gets no answer.',
    hint: 'Let onError name a sequence that leads to none of these and contains nothing that can fail.',
  });
}

function told(
  { graph, inventory }: PlanContext,
  circle: readonly Step[],
  { outcome, hint }: { readonly outcome: string; readonly hint: string },
): PlanDiagnostic {
  const artifacts = circle.map(({ from }) => artifactAt(graph, from));
  const [first] = artifacts as [Artifact];
  const stops = circle.flatMap(({ from, medium }) => [
    artifactAt(graph, from).id,
    ...(medium === undefined ? [] : [medium.through]),
  ]);
  const way = stops.length === 1 ? '' : ` (${listedWay([...stops, first.id])})`;
  const [source, ...related] = circle.flatMap(
    ({ reference, medium }) => medium?.source ?? inventory.references[reference]?.source ?? [],
  );
  return finding('MI-REF-CIRCLE', {
    message: `${title(first)} leads back to itself${way}. ${outcome}`,
    hint,
    source,
    related,
    artifacts: artifacts.map(({ id }) => id),
  });
}

/** A way of many steps is told by its start and its end. */
function listedWay(ids: readonly string[]): string {
  const most = 12;
  const shown = ids.length <= most ? ids : [...ids.slice(0, most - 2), '…', ids.at(-1) ?? ''];
  return shown.join(' → ');
}
