import { type Artifact, groupBy, type Source } from '@mi-patterns/inventory';
import { directoryKey, directoryOf, directoryUsesOf, findsAgain, movesInto, takesAll } from '../needs/directories.ts';
import { artifactAt, deployedNodes } from '../graph/graph.ts';
import { queueOfAddress, queuesOf, sleeps } from '../needs/queues.ts';
import { type EnabledTransports, serversOf } from '../verdicts/proxy-service.ts';
import type { PlanContext } from './context.ts';

/** A way from one artifact to another over a directory or queue that one fills and the other empties. */
export interface Medium {
  readonly from: number;
  readonly to: number;
  /** In words: `the queue orders`. */
  readonly through: string;
  readonly source: Source;
}

/** Something that each message of an artifact gets into. */
interface Sink {
  readonly from: number;
  readonly key: string;
  readonly through: string;
  readonly source: Source;
}

/**
 * The ways that each message takes over a directory or a queue. The files that a flow writes have any name, so they
 * count for a consumer that takes all; MI 4.3.0 was seen to take what a service or file inbound endpoint writes into
 * its own directory at each poll. Not among them is what a server may do with other brokers than it says, nor a move
 * into the consumer's own directory, of which MI-PLAN-FILE-AGAIN tells.
 */
export function mediaOf(context: PlanContext): Medium[] {
  const nodes = deployedNodes(context.graph);
  const servers = serversOf(context.inventory.configurations);
  const sinks = nodes.flatMap((node) => sinksOf(node, artifactAt(context.graph, node), servers.enabled));
  if (sinks.length === 0) return [];
  const consumers = groupBy(
    deployedNodes(context.graph, 'proxy-service', 'inbound-endpoint').flatMap((node) => {
      const artifact = artifactAt(context.graph, node);
      if (startsStopped(artifact)) return [];
      const taken = directoryUsesOf(artifact, servers.enabled).filter((use) => use.consumes && takesAll(use));
      return [
        ...taken.map(({ uri }) => ({ node, key: directoryKey(uri) })),
        ...queuesOf(artifact, servers).map(({ key }) => ({ node, key })),
      ];
    }),
    ({ key }) => key,
  );
  return sinks.flatMap(({ from, key, through, source }) =>
    (consumers.get(key) ?? []).map(({ node }) => ({ from, to: node, through, source })),
  );
}

function startsStopped({ facts }: Artifact): boolean {
  return facts.kind === 'proxy-service' ? !facts.startOnLoad : facts.kind === 'inbound-endpoint' && sleeps(facts);
}

function sinksOf(from: number, artifact: Artifact, enabled: EnabledTransports): Sink[] {
  const written = artifact.effects.flatMap(({ type, subject, dynamic, always, source }): Sink[] => {
    if (always === undefined || dynamic) return [];
    if (type === 'directory') return [intoDirectory(from, directoryOf(subject, source))];
    const queue = type === 'queue' ? queueOfAddress(subject, source) : undefined;
    return queue === undefined ? [] : [{ from, key: queue.key, through: `the queue ${queue.name}`, source }];
  });
  const moved = startsStopped(artifact) || findsAgain(artifact, enabled) ? undefined : movesInto(artifact);
  return moved === undefined ? written : [...written, intoDirectory(from, moved)];
}

function intoDirectory(from: number, { uri, source }: { readonly uri: string; readonly source: Source }): Sink {
  return { from, key: directoryKey(uri), through: `the directory ${uri}`, source };
}
