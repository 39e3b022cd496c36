import { addTo, type Artifact, type ArtifactId, isEntryPoint, type Relation } from '@mi-patterns/inventory';
import { isDivided } from '../model/divided.ts';
import { artifactAt, type Edge, edgesOf } from '../graph/graph.ts';
import { storeTypeOf } from '../verdicts/message-store.ts';
import { isIsolatedClass } from '../verdicts/index.ts';
import { servedTransports } from '../verdicts/proxy-service.ts';
import type { FlowBuilder } from './builder.ts';
import { worstOf } from './collect.ts';
import type { Danger, FlowNode } from './model.ts';
import { type Outside, outsideOf, storeTarget } from './outside.ts';
import type { Place } from './places.ts';
import { countedKind, kindWord, noteOf, relationWords } from './words.ts';

/** One node of the picture inside a place, with the artifacts it stands for. */
interface Unit {
  readonly id: string;
  readonly roots: readonly number[];
}

/** Adds what runs in each place, and what it takes from and gives to outside. */
export function addArtifacts(builder: FlowBuilder): void {
  for (const [position, place] of builder.places.entries()) {
    const queue = builder.detail === 'groups' ? groupUnits(builder, place) : entryUnits(builder, place);
    const known = new Set(queue.map(({ id }) => id));
    for (let next = 0; next < queue.length; next++) {
      const unit = queue[next];
      if (unit === undefined) continue;
      for (const found of followed(builder, place, position, unit)) {
        if (known.has(found.id)) continue;
        known.add(found.id);
        queue.push(found);
      }
    }
  }
}

function entryUnits(builder: FlowBuilder, place: Place): Unit[] {
  return place.entryPoints.flatMap((id) => {
    const node = builder.graph.index.get(id);
    return node === undefined || builder.only?.has(node) === false ? [] : [unitOf(builder, place, node)];
  });
}

/** One unit for all entry points of a kind. */
function groupUnits(builder: FlowBuilder, place: Place): Unit[] {
  const byKind = new Map<string, number[]>();
  for (const id of place.entryPoints) {
    const node = builder.graph.index.get(id);
    if (node === undefined) continue;
    const { kind } = artifactAt(builder.graph, node);
    addTo(byKind, kind, node);
  }
  return [...byKind].map(([kind, roots]) => {
    const [first] = roots;
    if (roots.length === 1 && first !== undefined) return unitOf(builder, place, first);
    const id = `${place.workload.name}/${kind}`;
    const artifacts = roots.map((node) => artifactAt(builder.graph, node));
    const danger = worstOf(artifacts.map((artifact) => dangerOf(builder, place, artifact)));
    builder.nodes.set(id, {
      id,
      kind: 'artifact',
      label: countedKind(roots.length, kind),
      note: kindWord(kind),
      workload: place.workload.name,
      artifacts: artifacts.map((artifact) => artifact.id),
      ...(danger === undefined ? {} : { danger }),
    });
    return { id, roots };
  });
}

/** The unit of one artifact; its node is made when it is first met. */
function unitOf(builder: FlowBuilder, place: Place, node: number): Unit {
  const artifact = artifactAt(builder.graph, node);
  const id = `${place.workload.name}/${artifact.id}`;
  if (!builder.nodes.has(id)) builder.nodes.set(id, artifactNode(builder, place, artifact, id));
  return { id, roots: [node] };
}

function artifactNode(builder: FlowBuilder, place: Place, artifact: Artifact, id: string): FlowNode {
  const verdict = builder.plan.verdicts.get(artifact.id);
  const danger = dangerOf(builder, place, artifact);
  return {
    id,
    kind: 'artifact',
    label: artifact.name,
    note: noteOf(artifact),
    workload: place.workload.name,
    artifacts: [artifact.id],
    ...(verdict === undefined || !isEntryPoint(artifact) ? {} : { verdict: verdict.class }),
    ...(danger === undefined ? {} : { danger }),
  };
}

function dangerOf({ plan, home, places }: FlowBuilder, place: Place, artifact: Artifact): Danger | undefined {
  if (artifact.kind === 'message-store') {
    const processed = plan.diagnostics.some(
      ({ code, artifacts }) =>
        code === 'MI-ISO-INMEM-STORE' &&
        artifacts.includes(artifact.id) &&
        !artifacts.some((id) => id.startsWith('message-processor/') && places[home.get(id) ?? -1] === place),
    );
    if (processed) return { level: 'broken', word: 'never processed in these pods' };
    return storeTypeOf(artifact) === 'in-memory' ? { level: 'risk', word: 'in memory: lost on restart' } : undefined;
  }
  const isScaled = place.workload.replicas > 1 && plan.coordination !== 'database';
  const verdict = plan.verdicts.get(artifact.id);
  if (!isScaled || !isEntryPoint(artifact) || verdict === undefined || !isIsolatedClass(verdict.class))
    return undefined;
  return places[home.get(artifact.id) ?? -1] === place
    ? { level: 'broken', word: `runs ${place.workload.replicas} times` }
    : undefined;
}

/** Artifacts of the same server that a reader of the picture wants to see on the way. */
function isDrawn(builder: FlowBuilder, node: number): boolean {
  if (builder.only?.has(node) === false) return false;
  const artifact = artifactAt(builder.graph, node);
  // A store in the memory of the pods is in every picture: nothing else in it would show what is lost there.
  if (artifact.kind === 'message-store') return storeTarget(artifact) === undefined;
  if (builder.detail === 'groups') return false;
  return isEntryPoint(artifact) || (builder.detail === 'full' && /^(sequence|endpoint)$/.test(artifact.kind));
}

/** Follows the references of a unit to the next drawn nodes, adds the edges, and answers the units that it met. */
function followed(builder: FlowBuilder, place: Place, position: number, unit: Unit): Unit[] {
  const { graph } = builder;
  const met: Unit[] = [];
  const seen = new Set(unit.roots);
  const stack = unit.roots.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const artifact = artifactAt(graph, node);
    const unserved = unservedTransports(builder, artifact);
    for (const outside of outsideOf(artifact))
      if (!isItself(builder, node, outside))
        addOutside(builder, { place, unit: unit.id, artifact, unserved: unserved.has(outside.transport) }, outside);
    for (const reference of builder.missing.get(artifact.id) ?? [])
      addMissing(builder, unit.id, reference.to, reference.relation);
    for (const edge of edgesOf(graph, graph.out, node)) {
      if (edge.relation === 'processed-by' || edge.to === node) continue;
      const target = artifactAt(graph, edge.to);
      if (isElsewhere(builder, place, position, target)) addBroken(builder, unit.id, edge, target);
      else if (isExternal(target)) addExternal(builder, unit.id, edge, target);
      else if (isDrawn(builder, edge.to)) {
        const found = unitOf(builder, place, edge.to);
        met.push(found);
        addEdge(builder, unit.id, found.id, edge.relation);
      } else if (!seen.has(edge.to)) {
        seen.add(edge.to);
        stack.push(edge.to);
      }
    }
  }
  return met;
}

/** True for an address of the server itself that the references tell already. */
function isItself({ graph, missing }: FlowBuilder, node: number, { kind, name }: Outside): boolean {
  if (kind !== 'host' || !isOwnHost(name)) return false;
  const relations = [...edgesOf(graph, graph.out, node), ...(missing.get(artifactAt(graph, node).id) ?? [])];
  return relations.some(({ relation }) => relation === 'calls-loopback');
}

function isOwnHost(name: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(name);
}

/** True for what is isolated in another workload: it is not in these pods. */
function isElsewhere({ plan, home, places }: FlowBuilder, place: Place, position: number, target: Artifact): boolean {
  if (!isDivided(plan) || !isEntryPoint(target)) return false;
  const at = home.get(target.id);
  if (at === undefined || at === position || places[at] === place) return false;
  return isIsolatedClass(plan.verdicts.get(target.id)?.class ?? 'stateless');
}

function isExternal(target: Artifact): boolean {
  return target.kind === 'data-source' || storeTarget(target) !== undefined;
}

function addBroken(builder: FlowBuilder, from: string, edge: Edge, target: Artifact): void {
  const place = builder.places[builder.home.get(target.id) ?? -1];
  // A listener that is isolated elsewhere is told by the finding about its API; nothing flows from here to there.
  if (place === undefined || edge.relation === 'binds-to') return;
  const node = builder.graph.index.get(target.id) ?? -1;
  if (builder.only?.has(node) === false) return;
  const to =
    builder.detail === 'groups' && builder.nodes.has(`${place.workload.name}/${target.kind}`)
      ? `${place.workload.name}/${target.kind}`
      : unitOf(builder, place, node).id;
  setEdge(builder, { from, to, label: relationWords[edge.relation as Relation], danger: broken });
  const caller = builder.nodes.get(from);
  if (caller !== undefined && caller.danger === undefined) builder.nodes.set(from, { ...caller, danger: broken });
}

const broken: Danger = { level: 'broken', word: 'calls what runs in another workload' };

/** A store or data source outside of the pods: writers before it, processors after it. */
function addExternal(builder: FlowBuilder, unit: string, { relation }: Edge, target: Artifact): void {
  const outside = storeTarget(target) ?? { kind: 'database' as const, name: target.name };
  const note = target.kind === 'data-source' ? 'Database' : `${outsideWords[outside.kind]}, store ${target.name}`;
  const id = outsideNode(builder, outside, note, target.id);
  if (relation === 'consumes-from') setEdge(builder, { from: id, to: unit, label: '' });
  else setEdge(builder, { from: unit, to: id, label: relation === 'stores-into' ? 'stores' : '' });
  const twice = builder.plan.diagnostics.find(
    ({ code, artifacts }) => code === 'MI-ISO-JDBC-TWO' && artifacts.includes(target.id),
  );
  const node = builder.nodes.get(id);
  if (twice !== undefined && node !== undefined)
    builder.nodes.set(id, { ...node, danger: { level: 'risk', word: 'messages may be taken twice' } });
}

const outsideWords: Readonly<Record<Outside['kind'], string>> = {
  queue: 'Queue',
  topic: 'Topic',
  database: 'Database',
  directory: 'Files',
  mailbox: 'Mailbox',
  host: 'Host',
  system: 'Outside',
};

/** The transports over which a service gets nothing, because the listener does not load it. */
function unservedTransports(
  { enabled }: FlowBuilder,
  { facts, ...artifact }: Artifact,
): ReadonlySet<string | undefined> {
  if (facts.kind !== 'proxy-service') return new Set();
  const { dropped, faulty } = servedTransports({ facts, ...artifact }, facts.transports, facts.parameters, enabled);
  return new Set([...dropped, ...faulty].map(({ name }) => name));
}

/** Who takes from what is outside, or gives to it. */
interface User {
  readonly place: Place;
  readonly unit: string;
  readonly artifact: Artifact;
  /** Whether its listener does not load it. */
  readonly unserved: boolean;
}

const notLoaded: Danger = { level: 'broken', word: 'the listener does not load it' };

function addOutside(builder: FlowBuilder, user: User, outside: Outside): void {
  const { unit } = user;
  const id = outsideNode(builder, outside, outside.note ?? outsideWords[outside.kind]);
  const way = outside.direction === 'in' ? { from: id, to: unit } : { from: unit, to: id };
  setEdge(builder, { ...way, label: '', ...(user.unserved ? { danger: notLoaded } : {}) });
  const node = builder.nodes.get(id);
  if (node === undefined || outside.local !== true || node.danger !== undefined || user.unserved) return;
  const word = needsVolume(builder, user, id);
  if (word !== undefined) builder.nodes.set(id, { ...node, danger: { level: 'risk', word } });
}

/** Why a directory of the pod does not do for those that use it. */
function needsVolume(builder: FlowBuilder, { place, artifact }: User, id: string): string | undefined {
  const { workload, members, entryPoints } = place;
  // Of several workloads that are drawn as one, an entry point runs in one.
  const isInOne = members.length === 1 || entryPoints.includes(artifact.id);
  if (workload.replicas > 1 || !isInOne || placesAround(builder, id).size > 1)
    return 'several pods: needs a shared volume';
  return workload.standby === undefined ? undefined : 'the standby needs the same folder';
}

/** The places of the nodes that have an edge with this one. */
function placesAround({ edges, nodes }: FlowBuilder, id: string): ReadonlySet<string | undefined> {
  const users = [...edges.values()].filter(({ from, to }) => from === id || to === id);
  return new Set(users.map(({ from, to }) => nodes.get(from === id ? to : from)?.workload));
}

function outsideNode(
  { nodes }: FlowBuilder,
  { kind, name }: Pick<Outside, 'kind' | 'name'>,
  note: string,
  artifact?: ArtifactId,
): string {
  const id = `${kind}:${name}`;
  const known = nodes.get(id);
  const isInPod = kind === 'host' && isOwnHost(name);
  const artifacts = [...new Set([...(known?.artifacts ?? []), ...(artifact === undefined ? [] : [artifact])])];
  nodes.set(id, {
    id,
    kind,
    label: name,
    note: known?.note.includes(', store ') === true ? known.note : note,
    artifacts,
    ...(known?.danger === undefined ? {} : { danger: known.danger }),
    ...(isInPod ? { danger: { level: 'risk', word: 'only if it runs in the same pod' } as const } : {}),
  });
  return id;
}

function addMissing(builder: FlowBuilder, from: string, to: string, relation: Relation): void {
  const id = `missing:${to}`;
  const [kind = '', ...name] = to.split('/');
  builder.nodes.set(id, {
    id,
    kind: 'missing',
    label: name.join('/'),
    note: kindWord(kind),
    artifacts: [],
    danger: { level: 'broken', word: 'missing' },
  });
  setEdge(builder, { from, to: id, label: relationWords[relation], danger: { level: 'broken', word: 'missing' } });
}

function addEdge(builder: FlowBuilder, from: string, to: string, relation: Edge['relation']): void {
  // A processor takes from the store, and an API gets its requests from the listener it is bound to.
  const isReversed = relation === 'consumes-from' || relation === 'binds-to';
  const label = relation === 'processed-by' ? '' : relationWords[relation];
  setEdge(builder, isReversed ? { from: to, to: from, label } : { from, to, label });
}

function setEdge({ edges }: FlowBuilder, edge: Parameters<FlowBuilder['edges']['set']>[1]): void {
  const key = `${edge.from}\n${edge.to}`;
  if (edge.from !== edge.to && (!edges.has(key) || edge.danger !== undefined)) edges.set(key, edge);
}
