import { addTo, type Artifact, groupBy, type Source } from '@mi-patterns/inventory';
import { artifactAt, deployedNodes, type Edge, edgesOf } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { storeTypeOf } from '../verdicts/message-store.ts';
import { setting, title } from '../verdicts/verdict.ts';
import { entriesAt, isScaled, type PlanContext, placesOf, workloadNames } from './context.ts';
import { finding, listed, overrideHint } from '../findings/finding.ts';

/** A store with who puts messages in and who takes them out. */
interface StoreUse {
  readonly node: number;
  readonly store: Artifact;
  readonly writes: readonly Edge[];
  readonly reads: readonly Edge[];
}

/** Findings about message stores: memory that other pods do not see, and stores that bear one consumer only. */
export function storeDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const uses: StoreUse[] = [];
  for (const node of deployedNodes(context.graph, 'message-store')) {
    const edges = [...edgesOf(context.graph, context.graph.in, node)];
    uses.push({
      node,
      store: artifactAt(context.graph, node),
      writes: edges.filter((edge) => edge.relation === 'stores-into'),
      reads: edges.filter(
        (edge) =>
          edge.relation === 'consumes-from' && artifactAt(context.graph, edge.from).kind === 'message-processor',
      ),
    });
  }
  const places = placesOf(context, new Set(uses.flatMap((use) => use.writes.map((edge) => edge.from))));
  const single = uses.flatMap((use) => {
    switch (storeTypeOf(use.store)) {
      case 'in-memory':
        return [loss(use), ...blackHole(context, use, places)];
      case 'resequence':
        return resequence(context, use, places);
      case 'jdbc':
        return jdbc(context, use);
      default:
        return [];
    }
  });
  return [...single, ...oneTable(context, uses)];
}

/** The table that a store has where it names none (`JDBCMessageStoreConstants` of wso2/wso2-synapse). */
const defaultTable = 'jdbc_message_store';

/** Stores on one table: its rows name no store, so a processor of each takes the messages of all. */
function oneTable(context: PlanContext, uses: readonly StoreUse[]): PlanDiagnostic[] {
  const read = uses.filter(({ store, reads }) => reads.length > 0 && tableOf(store) !== undefined);
  return [...groupBy(read, ({ store }) => JSON.stringify(tableOf(store))).values()].flatMap((stores) => {
    const [first, ...others] = stores;
    if (others.length === 0) return [];
    const processors = stores.flatMap(({ reads }) => reads.map((edge) => artifactAt(context.graph, edge.from)));
    const ids = processors.map(({ id }) => id);
    return [
      finding('MI-ISO-JDBC-TWO', {
        message: `${listed(stores.map(({ store }) => store.id))} are one table (${tableOf(first.store)?.table ?? ''}), whose rows name no store: ${listed(ids)} each take the messages of all of them. No row is locked, so messages are delivered twice.`,
        hint: 'Give each store a table of its own (store.jdbc.table).',
        source: first.store.source,
        related: [...others.map(({ store }) => store.source), ...processors.map(({ source }) => source)],
        artifacts: [...stores.map(({ store }) => store.id), ...ids],
      }),
    ];
  });
}

/** Where a JDBC store keeps its messages; undefined for another store, and where it does not say. */
function tableOf(store: Artifact): { readonly database: string; readonly table: string } | undefined {
  if (store.facts.kind !== 'message-store' || !['jdbc', 'resequence'].includes(storeTypeOf(store))) return undefined;
  const text = (...names: string[]): string | undefined => {
    const found = setting(store.facts.kind === 'message-store' ? store.facts.parameters : [], ...names);
    return found.state === 'absent' ? undefined : found.parameter.value;
  };
  const database = text('store.jdbc.dsName', 'store.jdbc.connection.url');
  return database === undefined ? undefined : { database, table: text('store.jdbc.table') ?? defaultTable };
}

function loss({ store }: StoreUse): PlanDiagnostic {
  return finding('MI-ISO-INMEM-LOSS', {
    message: `${title(store)} keeps its messages in memory: a restart, an update or a lost pod loses them.`,
    hint: 'Use a JMS, RabbitMQ or JDBC message store in production.',
    source: store.source,
    artifacts: [store.id],
  });
}

/** A writer whose pod is not the pod of the processor: what it stores is never processed. */
function blackHole(
  context: PlanContext,
  use: StoreUse,
  places: ReadonlyMap<number, readonly number[]>,
): PlanDiagnostic[] {
  const processors = use.reads.map((edge) => artifactAt(context.graph, edge.from));
  const writers = strayWriters(context, use, places);
  if (processors.length === 0 || writers.entries.length === 0) return [];
  const [processor] = processors;
  const kept = context.byDatabase ? 'the database makes one pod run' : 'only one pod runs';
  return [
    finding('MI-ISO-INMEM-STORE', {
      message:
        `${title(use.store)} lives in the memory of each pod, but ${kept} ${listed(processors.map((one) => one.id))}. ` +
        `What ${listed(writers.entries.map((one) => one.id))} ${writers.entries.length === 1 ? 'stores' : 'store'} in other pods is never processed.`,
      hint:
        `Use a JMS, RabbitMQ or JDBC message store; or keep writer and processor in one pod with --pattern single-replica; ` +
        `or let each pod process the messages that it stored itself: ${processor === undefined ? '' : overrideHint(processor, 'pod-local')}.`,
      source: use.store.source,
      related: [...writers.sources, ...processors.map((one) => one.source)],
      artifacts: [use.store.id, ...processors.map((one) => one.id), ...writers.entries.map((one) => one.id)],
    }),
  ];
}

function strayWriters(
  context: PlanContext,
  use: StoreUse,
  places: ReadonlyMap<number, readonly number[]>,
): { entries: Artifact[]; sources: Source[] } {
  const isolated = use.reads.filter((edge) => context.stateful[edge.from] === 1);
  if (isolated.length === 0 || !(context.divided || context.byDatabase)) return { entries: [], sources: [] };
  const homes = new Set(isolated.map((edge) => context.home[edge.from]));
  const readers = new Set(use.reads.map((edge) => artifactAt(context.graph, edge.from).id));
  const byPlace = new Map<number, Edge[]>();
  for (const edge of use.writes) {
    for (const place of places.get(edge.from) ?? []) {
      if (homes.has(place) && homes.size === 1 && !context.byDatabase) continue;
      addTo(byPlace, place, edge);
    }
  }
  const entries: Artifact[] = [];
  const sources: Source[] = [];
  for (const [place, edges] of [...byPlace].toSorted(([a], [b]) => a - b)) {
    const found = entriesAt(
      context,
      edges.map((edge) => edge.from),
      place,
    ).filter((entry) => !readers.has(entry.id));
    if (found.length === 0) continue;
    entries.push(...found);
    sources.push(...edges.flatMap((edge) => sourceOf(context, edge)));
  }
  return { entries, sources };
}

function resequence(
  context: PlanContext,
  use: StoreUse,
  places: ReadonlyMap<number, readonly number[]>,
): PlanDiagnostic[] {
  const where = [...new Set(use.writes.flatMap((edge) => places.get(edge.from) ?? []))].toSorted((a, b) => a - b);
  if (where.length < 2 && !isScaled(context, where)) return [];
  return [
    finding('MI-ISO-RESEQUENCE', {
      message: `${title(use.store)} counts its sequence in the memory of one pod, but several pods write to it (${listed(workloadNames(context, where))}).`,
      hint: 'Keep all its writers and its processor in one pod: --pattern single-replica, or let a stateful entry point (a task, a queue) be the only writer.',
      source: use.store.source,
      related: use.writes.flatMap((edge) => sourceOf(context, edge)),
      artifacts: [use.store.id, ...use.reads.map((edge) => artifactAt(context.graph, edge.from).id)],
    }),
  ];
}

function jdbc(context: PlanContext, use: StoreUse): PlanDiagnostic[] {
  const processors = [...new Set(use.reads.map((edge) => edge.from))].map((node) => artifactAt(context.graph, node));
  const ids = processors.map((one) => one.id);
  const scaled = processors.filter((one) =>
    isScaled(context, [context.home[context.graph.index.get(one.id) ?? 0] ?? -1]),
  );
  if (processors.length > 1 || (scaled.length > 0 && !context.byDatabase)) {
    return [
      finding('MI-ISO-JDBC-TWO', {
        message:
          processors.length > 1
            ? `${listed(ids)} all take from ${use.store.id}. The store does not lock the row it returns, so messages are delivered twice.`
            : `${listed(ids)} takes from ${use.store.id} in several pods. The store does not lock the row it returns, so messages are delivered twice.`,
        hint: 'Let one processor in one pod take from the store, or use a JMS or RabbitMQ store.',
        source: use.store.source,
        related: processors.map((one) => one.source),
        artifacts: [use.store.id, ...ids],
      }),
    ];
  }
  return processors.flatMap((processor) => {
    const members =
      processor.facts.kind === 'message-processor' ? setting(processor.facts.parameters, 'member.count') : undefined;
    if (members?.state !== 'literal' || !(Number(members.value) > 1)) return [];
    return [
      finding('MI-ISO-JDBC-TWO', {
        severity: 'warning',
        message: `${title(processor)} takes from ${use.store.id} with ${members.value} members at the same time. The store does not lock the row it returns, so messages may be delivered twice.`,
        hint: 'Set member.count to 1, or use a JMS or RabbitMQ store.',
        source: members.parameter.source,
        related: [use.store.source],
        artifacts: [use.store.id, processor.id],
      }),
    ];
  });
}

function sourceOf(context: PlanContext, edge: Edge): Source[] {
  const source = context.inventory.references[edge.reference]?.source;
  return source === undefined ? [] : [source];
}
