import { addTo, type Artifact, compareText, type Effect, miFeatures, miHas } from '@mi-patterns/inventory';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { claimsOf } from '../needs/persistence.ts';
import { runtimeVersions } from '../verdicts/runtime.ts';
import { title } from '../verdicts/verdict.ts';
import { coordinationId, isScaled, type PlanContext, placesOf, workloadNames } from './context.ts';
import { finding, listed, type Parts } from '../findings/finding.ts';

/**
 * Findings about what flows keep in the memory or files of one pod: aggregates, caches, counters, properties,
 * positions.
 */
export function memoryDiagnostics(context: PlanContext): PlanDiagnostic[] {
  const nodes = new Set(
    deployedNodes(context.graph).filter((node) => artifactAt(context.graph, node).effects.length > 0),
  );
  const places = placesOf(context, nodes);
  const unsplit = unsplitPlaces(context, nodes);
  const readers = systemReaders(context, nodes);
  const diagnostics: PlanDiagnostic[] = [];
  for (const node of nodes) {
    const where = places.get(node) ?? [];
    const artifact = artifactAt(context.graph, node);
    const of = (...types: Effect['type'][]): Effect[] =>
      artifact.effects.filter((effect) => types.includes(effect.type));
    if (where.length === 0) continue;
    diagnostics.push(...aiState(context, artifact, of('chat-memory', 'vector-store'), where));
    diagnostics.push(...embedded(context, artifact, of('embedded-database'), where));
    diagnostics.push(...correlations(context, node, of('correlation')));
    diagnostics.push(...replies(context, node, of('queue')));
    diagnostics.push(...unseen(context, artifact, of('system-property-write'), { readers, places, where }));
    if (where.length < 2 && !isScaled(context, where)) continue;
    diagnostics.push(...aggregates(context, artifact, of('aggregate'), unsplit.get(node) ?? []));
    diagnostics.push(...capacity(artifact, of('cache', 'throttle', 'enqueue', 'sampler')));
    diagnostics.push(...systemProperties(artifact, of('system-property-write')));
    diagnostics.push(...sessions(artifact, of('endpoint-session')));
    diagnostics.push(...callbacks(artifact, of('separate-listener')));
  }
  return [...diagnostics, ...subscriptions(context), ...embeddedOfServers(context), ...positions(context)];
}

/**
 * For each node that aggregates, the workloads with an entry point that gets there in a flow without a clone, iterate,
 * foreach or scatter-gather. A flow that has one makes the parts itself, so they come back to the same pod. One walk
 * over what each workload reaches, whatever the number of aggregates.
 */
function unsplitPlaces(context: PlanContext, nodes: ReadonlySet<number>): ReadonlyMap<number, number[]> {
  const having = (type: Effect['type']): number[] =>
    [...nodes].filter((node) => artifactAt(context.graph, node).effects.some((effect) => effect.type === type));
  const aggregating = new Set(having('aggregate'));
  const places = new Map<number, number[]>();
  if (aggregating.size === 0) return places;
  const splitting = new Set(context.walker.backward(having('clone-or-iterate')));
  const entries = context.workloads.map((): number[] => []);
  for (const [node, workload] of context.home.entries()) {
    if (!splitting.has(node)) entries[workload]?.push(node);
  }
  for (const [workload, roots] of entries.entries()) {
    for (const node of context.walker.forward(roots)) if (aggregating.has(node)) addTo(places, node, workload);
  }
  return places;
}

type Words = Pick<Parts, 'severity' | 'message' | 'hint'> & { readonly code: Parameters<typeof finding>[0] };

/**
 * A finding about all that an artifact does in one way, at the first of the places; none, and no words made, where it
 * does nothing of the kind.
 */
function ofEffects(artifact: Artifact, effects: readonly Effect[], words: (first: Effect) => Words): PlanDiagnostic[] {
  const [first, ...others] = effects;
  if (first === undefined) return [];
  const { code, ...said } = words(first);
  const related = others.map(({ source }) => source);
  return [finding(code, { ...said, source: first.source, related, artifacts: [artifact.id] })];
}

function aggregates(
  context: PlanContext,
  artifact: Artifact,
  effects: readonly Effect[],
  where: readonly number[],
): PlanDiagnostic[] {
  if (where.length < 2 && !isScaled(context, where)) return [];
  return ofEffects(artifact, effects, () => ({
    code: 'MI-ISO-AGGREGATE',
    message: `${title(artifact)} aggregates messages that no clone or iterate of the same flow created, in several pods (${listed(workloadNames(context, where))}): parts that arrive at different pods are never combined.`,
    hint: 'Split and aggregate in one flow, or receive the parts through one stateful entry point.',
  }));
}

/** An expression that is the same for each message: whoever writes it wants one aggregate for all. */
const constant = /^\s*(?:'[^']*'|"[^"]*"|\d+|true\(\))\s*$/;

/** Kinds of entry points that handle several messages at the same time. */
const concurrent: ReadonlySet<string> = new Set(['api', 'proxy-service', 'data-service', 'inbound-endpoint']);

/**
 * `AggregateMediator.mediate` of wso2/wso2-synapse keeps the open aggregate by the text of the expression, not by its
 * value. Seen on MI 4.3.0: of four requests at once to an iterate with correlateOn, two got parts of another one, and
 * one got no answer.
 */
function correlations(context: PlanContext, node: number, effects: readonly Effect[]): PlanDiagnostic[] {
  const varying = effects.filter(({ subject }) => subject !== '' && !constant.test(subject));
  if (varying.length === 0 || !handlesSeveral(context, node)) return [];
  return ofEffects(artifactAt(context.graph, node), varying, () => ({
    code: 'MI-ISO-CORRELATION',
    message: `${title(artifactAt(context.graph, node))} aggregates with correlateOn, and MI does not look at what its expression gives: messages of all requests that a pod handles at the same time go into one aggregate. A client may get the parts of another, and another waits in vain.`,
    hint: 'Remove correlateOn where the flow makes the parts itself (iterate, clone, foreach): MI then keeps those of each request apart. To collect messages of several requests, use a database.',
  }));
}

/** True where several messages may be at a node at the same time. */
function handlesSeveral({ graph, walker }: PlanContext, node: number): boolean {
  return walker.backward([node]).some((caller) => concurrent.has(artifactAt(graph, caller).kind));
}

const replyQueue = /^rabbitmq:.*[?&]rabbitmq\.replyto\.name=[^&]/is;

/**
 * `RabbitMQMessageSender.sendRPC` of wso2/wso2-axis2-transports takes the first message of the named queue for its
 * answer and does not look at the correlation id, and what else has come by then is lost: `basicConsume` acknowledges
 * all at once. Before v2.0.0-wso2v73 (MI 4.5) each request has a queue of its own, whatever is named.
 */
function replies(context: PlanContext, node: number, effects: readonly Effect[]): PlanDiagnostic[] {
  const named = effects.filter(({ subject }) => replyQueue.test(subject));
  if (named.length === 0 || !handlesSeveral(context, node)) return [];
  const artifact = artifactAt(context.graph, node);
  const versions = runtimeVersions(context.inventory, artifact);
  if (versions.length > 0 && !versions.some((version) => miHas(version, 'rabbitmqReplyQueue'))) return [];
  return ofEffects(artifact, named, () => ({
    code: 'MI-ISO-REPLIES',
    message: `${title(artifact)} gets its answers from one RabbitMQ queue (rabbitmq.replyto.name), and MI ${miFeatures.rabbitmqReplyQueue} and later take the next message there for the answer, whichever request it answers: of several requests at a time, in one pod or in several, clients get the answers of others, and some answers are lost.`,
    hint: 'Remove rabbitmq.replyto.name: MI then gives each request a queue of its own. Where no flow waits for an answer (OUT_ONLY), nothing is wrong.',
  }));
}

const keeps: Readonly<Partial<Record<Effect['type'], string>>> = {
  cache: 'caches',
  throttle: 'throttle counters (the limit applies to each replica)',
  enqueue: 'queued messages (lost with the pod)',
  sampler: 'messages that its sampler holds back (lost with the pod; the rate applies to each replica)',
};

function capacity(artifact: Artifact, effects: readonly Effect[]): PlanDiagnostic[] {
  return ofEffects(artifact, effects, () => ({
    code: 'MI-ISO-CAPACITY',
    message: `${title(artifact)} has ${listed(kept(effects))} of its own in each pod.`,
    hint: 'Divide limits by the number of replicas, or limit at the gateway; expect each replica to fill its own cache.',
  }));
}

function kept(effects: readonly Effect[]): string[] {
  return [...new Set(effects.map(({ type }) => keeps[type] ?? ''))].toSorted(compareText);
}

function systemProperties(artifact: Artifact, effects: readonly Effect[]): PlanDiagnostic[] {
  return ofEffects(artifact, effects, () => ({
    code: 'MI-ISO-SYSTEM-PROPERTY',
    message: `${title(artifact)} writes the Java system property ${listed([...new Set(effects.map((effect) => effect.subject))], 5)}: it exists only in the pod that ran the flow.`,
    hint: 'Pass the value in the message, or keep it outside the pods.',
  }));
}

/** Who reads each Java system property. */
function systemReaders(context: PlanContext, nodes: ReadonlySet<number>): ReadonlyMap<string, number[]> {
  const readers = new Map<string, number[]>();
  for (const node of nodes)
    for (const { type, subject } of artifactAt(context.graph, node).effects)
      if (type === 'system-property-read') addTo(readers, subject, node);
  return readers;
}

/** A system property that one pod writes and flows of other pods read, for example to warm up at the start. */
function unseen(
  context: PlanContext,
  artifact: Artifact,
  effects: readonly Effect[],
  {
    readers,
    places,
    where,
  }: {
    readonly readers: ReadonlyMap<string, readonly number[]>;
    readonly places: ReadonlyMap<number, readonly number[]>;
    readonly where: readonly number[];
  },
): PlanDiagnostic[] {
  if (where.length !== 1 || isScaled(context, where)) return [];
  return effects.flatMap(({ subject, source }) => {
    const elsewhere = (readers.get(subject) ?? []).filter((node) =>
      (places.get(node) ?? []).some((place) => !where.includes(place)),
    );
    if (elsewhere.length === 0) return [];
    const names = elsewhere.map((node) => artifactAt(context.graph, node).id);
    return [
      finding('MI-ISO-SYSTEM-PROPERTY', {
        message: `${title(artifact)} writes the Java system property ${subject} in ${listed(workloadNames(context, where))}, and ${listed(names, 5)} ${names.length === 1 ? 'reads' : 'read'} it in other pods too, which never have it.`,
        hint: 'Pass the value in the message, or keep it outside the pods.',
        source,
        artifacts: [artifact.id, ...names],
      }),
    ];
  });
}

/** Which back end a session belongs to is kept in the JVM (wso2-synapse SALSessions.java). */
function sessions(artifact: Artifact, effects: readonly Effect[]): PlanDiagnostic[] {
  return ofEffects(artifact, effects, () => ({
    code: 'MI-ISO-SESSION',
    message: `${title(artifact)} remembers in each pod which back end the session of a client belongs to: another pod may send the next request to another back end.`,
    hint: 'Send clients back to the same pod (session affinity of the Ingress or Service), or let the back ends share their sessions.',
  }));
}

/** Seen on MI 4.3.0: an event source is a service of its own, in every pod, and each has its own subscriptions. */
function subscriptions(context: PlanContext): PlanDiagnostic[] {
  if (!context.workloads.some(({ replicas }) => replicas > 1)) return [];
  return deployedNodes(context.graph, 'event-source').flatMap((node) => {
    const artifact = artifactAt(context.graph, node);
    const effects = artifact.effects.filter(({ type }) => type === 'subscriptions');
    return ofEffects(artifact, effects, () => ({
      code: 'MI-ISO-SUBSCRIPTIONS',
      message: `${title(artifact)} keeps in the memory of each pod who subscribed there: a subscriber gets no event that another pod publishes, and none after a restart.`,
      hint: 'Publish to a topic of a broker instead, write the subscriptions into the event source, or run one pod (single-replica).',
    }));
  });
}

const aiKeeps: Readonly<Partial<Record<Effect['type'], readonly [what: string, loss: string, hint: string]>>> = {
  'chat-memory': [
    'keeps conversations in the memory and the registry of a pod (FILE_MEMORY)',
    'the next request of a session does not find it in another pod',
    'Use POSTGRES_MEMORY, or send clients back to the same pod and accept that a conversation ends with it.',
  ],
  'vector-store': [
    "is MI's own vector store, in the memory and the registry of a pod (MI_VECTOR_STORE)",
    'what one pod stores, the others never see',
    'Use a vector store outside the pods (Chroma, Pinecone, PostgreSQL); this one is meant for tests.',
  ],
};

/**
 * mi-module-generative-ai FileMemoryStore.java:36-75, MIVectorStore.java:28-60: maps of the JVM, written to `ai/` of
 * the registry.
 */
function aiState(
  context: PlanContext,
  artifact: Artifact,
  effects: readonly Effect[],
  where: readonly number[],
): PlanDiagnostic[] {
  return effects.flatMap((effect) => {
    const [what, loss, hint] = aiKeeps[effect.type] ?? [];
    if (what === undefined) return [];
    const several = where.length > 1 || isScaled(context, where);
    return [
      finding('MI-ISO-AI-STATE', {
        message: `${title(artifact)} ${what}: ${several ? `${loss}, and it` : 'it'} is gone with the pod.`,
        hint: hint ?? '',
        source: effect.source,
        artifacts: [artifact.id],
      }),
    ];
  });
}

const embeddedHint =
  'Use a database server; a database inside MI is for trials. A volume would keep its files for one pod only.';

/** A database inside of the server: rows are in one pod, and end with it. */
function embedded(
  context: PlanContext,
  artifact: Artifact,
  effects: readonly Effect[],
  where: readonly number[],
): PlanDiagnostic[] {
  return ofEffects(artifact, effects, (first) => {
    const several = where.length > 1 || isScaled(context, where);
    return {
      code: 'MI-ISO-EMBEDDED-DATABASE',
      severity: several ? 'warning' : 'info',
      message: `${title(artifact)} uses ${first.subject}: ${several ? 'what one pod writes, the others never see, and it' : 'it'} is gone with the pod.`,
      hint: embeddedHint,
    };
  });
}

/** The same for data sources of a `deployment.toml`; that of the coordination has findings of its own. */
function embeddedOfServers({ inventory, workloads }: PlanContext): PlanDiagnostic[] {
  const several = workloads.reduce((sum, { replicas }) => sum + replicas, 0) > 1;
  return inventory.configurations.flatMap(({ embeddedDatabases = [] }) =>
    embeddedDatabases
      .filter(({ id }) => several && id !== coordinationId)
      .map(({ id, database, source }) =>
        finding('MI-ISO-EMBEDDED-DATABASE', {
          message: `The data source ${id} in deployment.toml is ${database}: what one pod writes, the others never see, and it is gone with the pod.`,
          hint: embeddedHint,
          source,
        }),
      ),
  );
}

/**
 * With `separateListener` the response is a request of its own to the address in wsa:ReplyTo, and the flow that waits
 * for it is in the memory of the pod that sent the message (wso2-synapse Axis2FlexibleMEPClient.java:444,
 * DynamicAxisOperation.java:151).
 */
function callbacks(artifact: Artifact, effects: readonly Effect[]): PlanDiagnostic[] {
  return ofEffects(artifact, effects, () => ({
    code: 'MI-ISO-CALLBACK',
    message: `${title(artifact)} receives its response as a separate request (separateListener), and only the pod that sent the message waits for it: a response that reaches another pod is lost.`,
    hint: 'Remove separateListener="true" if the back end answers on the same connection, or run this flow in one pod.',
  }));
}

/**
 * Offsets and registry state that a new pod starts without, unless the values have the claim that `generate` writes.
 */
function positions(context: PlanContext): PlanDiagnostic[] {
  const said = new Set<string>();
  return context.workloads.flatMap((workload) => {
    const claimed = new Set<string>(claimsOf(workload).map(({ what }) => what));
    return workload.persistence.flatMap((need) => {
      if (need.what === 'shared-directory' || said.has(need.because)) return [];
      said.add(need.because);
      const node = context.graph.index.get(need.artifact);
      const isClaimed = claimed.has(need.what);
      return [
        finding('MI-ISO-STATE-PVC', {
          severity: isClaimed ? 'info' : 'warning',
          message: `${need.because} Without a persistent volume a new pod of ${workload.name} starts without it.`,
          hint: volumeHint(need.what, isClaimed),
          source: node === undefined ? undefined : artifactAt(context.graph, node).source,
          artifacts: [need.artifact],
        }),
      ];
    });
  });
}

function volumeHint(what: string, isClaimed: boolean): string {
  if (isClaimed)
    return '`mi-patterns generate` writes a claim to the values. With a volume that only one node can mount, moving to another node takes minutes.';
  return what === 'offsets'
    ? 'Give the workload a persistent volume for the folder of the offset files.'
    : 'Give the workload a persistent volume for the registry folder, or make the flow tolerate a fresh start. With a volume that only one node can mount, moving to another node takes minutes.';
}
