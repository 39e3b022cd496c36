import {
  type Artifact,
  type ArtifactId,
  type ArtifactKind,
  type Inventory,
  withoutCredentials,
} from '@mi-patterns/inventory';
import type { Verdict, VerdictClass } from '../model.ts';
import { runtimeVersions } from '../runtime.ts';
import { axis2Verdict } from './axis2-service.ts';
import { inboundVerdict } from './inbound-endpoint.ts';
import { processorVerdict } from './message-processor.ts';
import { storeTypeOf, type StoreType, storeVerdict } from './message-store.ts';
import {
  type EnabledTransports,
  proxyVerdict,
  servedTransports,
  type Servers,
  serversOf,
  transportVerdict,
} from './proxy-service.ts';
import { taskVerdict } from './task.ts';
import { evidence, title } from './verdict.ts';
import { verdictOfAll } from './versions.ts';

const entryPointKinds: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>([
  'api',
  'proxy-service',
  'data-service',
  'axis2-service',
  'inbound-endpoint',
  'task',
  'message-processor',
]);

/** True for an artifact that starts work by itself or by a request. */
export function isEntryPoint(artifact: Pick<Artifact, 'kind'>): boolean {
  return entryPointKinds.has(artifact.kind);
}

const isolated: ReadonlySet<VerdictClass> = new Set<VerdictClass>(['isolate', 'opaque', 'broker-safe']);

/** True for the classes of which exactly one pod may be active: `isolate`, `opaque`, and `broker-safe` until the user opts in. */
export function isIsolatedClass(found: VerdictClass): boolean {
  return isolated.has(found);
}

/**
 * The verdict of every entry point and message store, by id, as the artifacts and the `deployment.toml` files say it; overrides
 * of the user are not applied yet (see {@link applyOverrides}).
 */
export function findVerdicts(inventory: Inventory): Map<ArtifactId, Verdict> {
  const servers = serversOf(inventory.configurations);
  const stores = new Map(
    inventory.artifacts.flatMap((artifact) =>
      artifact.facts.kind === 'message-store' ? [[artifact.name, storeTypeOf(artifact)] as const] : [],
    ),
  );
  const verdicts = new Map<ArtifactId, Verdict>();
  for (const artifact of inventory.artifacts) {
    const verdict = verdictOfAll(artifact, (one) => verdictFor(one, servers, stores, inventory));
    if (verdict !== undefined) verdicts.set(artifact.id, safeToShow(verdict));
  }
  return verdicts;
}

/** A verdict quotes the artifact, and an artifact may hold a password. */
function safeToShow(verdict: Verdict): Verdict {
  return {
    ...verdict,
    because: withoutCredentials(verdict.because),
    evidence: { ...verdict.evidence, text: withoutCredentials(verdict.evidence.text) },
  };
}

function verdictFor(
  artifact: Artifact,
  servers: Servers,
  stores: ReadonlyMap<string, StoreType>,
  inventory: Inventory,
): Verdict | undefined {
  const facts = artifact.facts;
  switch (facts.kind) {
    case 'api':
      return {
        class: 'stateless',
        because: `${title(artifact)} only answers requests: any pod can.`,
        evidence: evidence(artifact.source, `context="${facts.context}"`),
      };
    case 'proxy-service':
      return proxyVerdict(artifact, facts, servers);
    case 'data-service':
      return dataServiceVerdict(artifact, facts.boxcarring, facts.transports, servers.enabled);
    case 'axis2-service':
      return axis2Verdict(artifact, facts, servers);
    case 'inbound-endpoint':
      return inboundVerdict(artifact, facts, servers.topics, runtimeVersions(inventory, artifact));
    case 'task':
      return taskVerdict(artifact, facts);
    case 'message-processor':
      return processorVerdict(artifact, facts, stores.get(facts.messageStore));
    case 'message-store':
      return storeVerdict(artifact, facts);
    default:
      return undefined;
  }
}

/** A data service keeps the session of boxcarred calls in the JVM (DSSessionManager); on a consuming transport it is like a proxy. */
function dataServiceVerdict(
  artifact: Artifact,
  boxcarring: boolean,
  transports: readonly string[] | undefined,
  enabled: EnabledTransports,
): Verdict {
  const own: Verdict = boxcarring
    ? {
        class: 'affinity',
        because: `${title(artifact)} collects boxcarred calls in the memory of a pod: a client must come back to the same one.`,
        evidence: evidence(artifact.source, 'enableBoxcarring="true"'),
      }
    : {
        class: 'stateless',
        because: `${title(artifact)} only answers requests: any pod can.`,
        evidence: evidence(artifact.source, '<data>'),
      };
  // Without transports a data service is on HTTP: it has no parameters that a consuming listener would need.
  if (transports === undefined) return own;
  return transportVerdict(artifact, servedTransports(artifact, transports, [], enabled).served, [], own);
}
