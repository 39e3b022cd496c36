import type { Artifact, Reference } from '@mi-patterns/inventory';
import { artifactAt, type Edge, edgesOf } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlannerCode } from '../findings/catalogue.ts';
import { entriesAt, type PlanContext, placesOf } from './context.ts';
import { finding, listed, overrideHint } from '../findings/finding.ts';

/** Calls that stay inside a server but would have to leave it: the target is isolated in another workload. */
export function crossingDiagnostics(context: PlanContext): PlanDiagnostic[] {
  if (!context.divided) return undelivered(context);
  const candidates = context.graph.edges.filter(
    (edge) => context.stateful[edge.to] === 1 && edge.relation !== 'processed-by' && edge.relation !== 'consumes-from',
  );
  const places = placesOf(context, new Set(candidates.map((edge) => edge.from)));
  const seen = new Set<string>();
  const diagnostics: PlanDiagnostic[] = [];
  for (const edge of candidates) {
    for (const place of places.get(edge.from) ?? []) {
      const key = `${edge.from} ${edge.to} ${place} ${edge.relation}`;
      if (place === context.home[edge.to] || seen.has(key)) continue;
      seen.add(key);
      const found =
        edge.relation === 'binds-to' ? boundElsewhere(context, edge, place) : crossing(context, edge, place);
      if (found !== undefined) diagnostics.push(found);
    }
  }
  return [...diagnostics, ...undelivered(context)];
}

interface Words {
  readonly code: PlannerCode;
  readonly does: string;
}

function wordsFor(relation: Edge['relation']): Words {
  switch (relation) {
    case 'injects-into':
      return { code: 'MI-ISO-INJECT-PROXY', does: 'injects messages into' };
    case 'dispatches-to':
      return { code: 'MI-ISO-DISPATCH', does: 'hands requests to' };
    case 'offers-tool':
      return { code: 'MI-ISO-LOOPBACK', does: 'offers as a tool' };
    case 'calls-loopback':
      return { code: 'MI-ISO-LOOPBACK', does: 'calls over an address of its own server' };
    default:
      return { code: 'MI-ISO-LOOPBACK', does: 'calls inside its own server' };
  }
}

function crossing(context: PlanContext, edge: Edge, place: number): PlanDiagnostic {
  const from = artifactAt(context.graph, edge.from);
  const to = artifactAt(context.graph, edge.to);
  const words = wordsFor(edge.relation);
  const here = context.workloads[place]?.name ?? '';
  const there = context.workloads[context.home[edge.to] ?? -1]?.name ?? '';
  const entries = entriesAt(context, [edge.from], place).filter((entry) => entry.id !== from.id);
  const via =
    entries.length === 0
      ? ''
      : ` (reached from ${listed(
          entries.map((entry) => entry.id),
          5,
        )})`;
  return finding(words.code, {
    severity: 'error',
    message: `${title(from)} in workload ${here} ${words.does} ${to.id}, which runs only in workload ${there}${via}. The call fails in every pod of ${here}.`,
    hint: hintFor(context, edge.relation, from, to),
    source: sourceOf(context, edge) ?? from.source,
    related: [to.source],
    artifacts: [from.id, to.id, ...entries.map((entry) => entry.id)],
  });
}

/** An API is fine as long as one of the listeners it is bound to is in its pods. */
function boundElsewhere(context: PlanContext, edge: Edge, place: number): PlanDiagnostic | undefined {
  const api = artifactAt(context.graph, edge.from);
  const inbound = artifactAt(context.graph, edge.to);
  if (context.home[edge.from] !== place) return undefined;
  if (api.facts.kind === 'api' && api.facts.bindsTo.includes('default')) return undefined;
  for (const other of edgesOf(context.graph, context.graph.out, edge.from)) {
    if (other.relation === 'binds-to' && context.home[other.to] === place) return undefined;
  }
  const there = context.workloads[context.home[edge.to] ?? -1]?.name ?? '';
  return finding('MI-ISO-BINDS-TO', {
    message: `${title(api)} is bound to ${inbound.id}, which listens only in workload ${there}: no pod of ${context.workloads[place]?.name ?? ''} answers for it.`,
    hint: `Add default to its binds-to, or, if the inbound endpoint only listens, ${overrideHint(inbound, 'stateless')}.`,
    source: sourceOf(context, edge) ?? api.source,
    related: [inbound.source],
    artifacts: [api.id, inbound.id],
  });
}

/** Tasks whose proxy was read but is delivered by nothing. */
function undelivered(context: PlanContext): PlanDiagnostic[] {
  return context.graph.undelivered.flatMap(({ reference, from, to }) => {
    if (reference.relation !== 'injects-into' || to.kind !== 'proxy-service') return [];
    return [
      finding('MI-ISO-INJECT-PROXY', {
        message: `${title(from)} injects messages into ${to.id}, which no application delivers.`,
        hint: 'Add the proxy service to an application that is deployed.',
        source: reference.source,
        related: [to.source],
        artifacts: [from.id, to.id],
      }),
    ];
  });
}

function sourceOf(context: PlanContext, edge: Edge): Reference['source'] | undefined {
  return context.inventory.references[edge.reference]?.source;
}

function hintFor(context: PlanContext, relation: Edge['relation'], from: Artifact, to: Artifact): string {
  // What injects is isolated together with its proxy service unless somebody has set it free.
  if (relation === 'injects-into')
    return context.verdicts.get(from.id)?.overridden === undefined
      ? `Isolate it too, so that both share one pod: ${overrideHint(from, 'isolate')}.`
      : `Remove the entry for ${from.id} under "verdicts:" in mi-patterns.yaml: then both share one pod.`;
  const home = context.workloads[context.home[context.graph.index.get(to.id) ?? -1] ?? -1];
  const there = home?.name ?? '';
  const answering = home?.http.includes(to.id) === false ? `Let ${to.id} answer HTTP too, and point` : 'Point';
  const asStateless = `if several pods may run it, ${overrideHint(to, 'stateless')}`;
  // `dataServicesCall` hands the request over inside of the server, without an address.
  if (relation === 'uses')
    return `Call it over HTTP at the Service of workload ${there}, or move what isolates it to a separate service, or use --pattern single-replica, or, ${asStateless}.`;
  return relation === 'dispatches-to'
    ? `Send the clients of ${to.id} to the Service of workload ${there}, or, ${asStateless}.`
    : `${answering} the address at the Service of workload ${there} (a configurable host), or use --pattern single-replica, or, ${asStateless}.`;
}
