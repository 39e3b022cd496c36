import {
  type Artifact,
  type ArtifactFacts,
  type ArtifactId,
  type EntryPointKind,
  type Inventory,
  withoutCredentials,
  isDeployed,
} from '@mi-patterns/inventory';
import type { Verdict, VerdictClass } from '../model/plan.ts';
import { runtimeVersions } from './runtime.ts';
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
  withStop,
} from './proxy-service.ts';
import { taskVerdict } from './task.ts';
import { evidence, reasonOf, type Ruling, title } from './verdict.ts';
import { verdictOfAll } from './versions.ts';

const isolated: ReadonlySet<VerdictClass> = new Set<VerdictClass>(['isolate', 'opaque', 'broker-safe']);

/**
 * True for the classes of which exactly one pod may be active: `isolate`, `opaque`, and `broker-safe` until the user
 * opts in.
 */
export function isIsolatedClass(found: VerdictClass): boolean {
  return isolated.has(found);
}

/**
 * The verdict of every entry point and message store, by id, as the artifacts and the `deployment.toml` files say it;
 * overrides of the user are not applied yet (see {@link applyOverrides}).
 */
export function findVerdicts(inventory: Inventory): Map<ArtifactId, Verdict> {
  const servers = serversOf(inventory.configurations);
  const stores = new Map(
    inventory.artifacts.flatMap((artifact) =>
      artifact.facts.kind === 'message-store' ? [[artifact.name, storeTypeOf(artifact)] as const] : [],
    ),
  );
  const known: Known = { servers, stores, inventory };
  const judgeOne = (one: Artifact): Ruling | undefined => rulingFor(one, known);
  const verdicts = new Map<ArtifactId, Verdict>();
  for (const artifact of inventory.artifacts) {
    const ruling = verdictOfAll(artifact, judgeOne);
    if (ruling !== undefined)
      verdicts.set(
        artifact.id,
        safeToShow(inSentence(artifact, ruling, isDeployed(inventory, artifact) ? 'deployed' : 'left out')),
      );
  }
  return verdicts;
}

/** The ruling in a sentence. What nothing deploys runs in no pod, whatever it would do there. */
function inSentence(artifact: Artifact, ruling: Ruling, deployed: 'deployed' | 'left out'): Verdict {
  const { subject, why, more } = ruling.because;
  const rest = `${why}.${more === undefined ? '' : ` ${more}`}`;
  if (deployed === 'deployed') return { ...ruling, because: `${subject} ${rest}` };
  const name = title(artifact);
  const because = `${name} is in no application that was read, so nothing deploys it. If it were deployed, ${subject === name ? 'it' : subject} ${rest}`;
  return { ...ruling, because };
}

/** A verdict quotes the artifact, and an artifact may hold a password. */
function safeToShow(verdict: Verdict): Verdict {
  const because = withoutCredentials(verdict.because);
  const text = withoutCredentials(verdict.evidence.text);
  if (because === verdict.because && text === verdict.evidence.text) return verdict;
  return { ...verdict, because, evidence: { ...verdict.evidence, text } };
}

/** What a verdict goes by besides the artifact itself. */
interface Known {
  readonly servers: Servers;
  readonly stores: ReadonlyMap<string, StoreType>;
  readonly inventory: Inventory;
}

/** How each kind is judged. A kind that starts work must have a rule here. */
const rules: {
  readonly [Kind in EntryPointKind | 'message-store']: (
    artifact: Artifact,
    facts: Extract<ArtifactFacts, { readonly kind: Kind }>,
    known: Known,
  ) => Ruling | undefined;
} = {
  api: (artifact, { context }) => ({
    class: 'stateless',
    because: reasonOf(artifact, 'only answers requests: any pod can'),
    evidence: evidence(artifact.source, `context="${context}"`),
  }),
  'proxy-service': (artifact, facts, { servers }) => withStop(proxyVerdict(artifact, facts, servers), facts),
  'data-service': (artifact, { boxcarring, transports }, { servers }) =>
    dataServiceVerdict(artifact, boxcarring, transports, servers.enabled),
  'axis2-service': (artifact, facts, { servers }) => axis2Verdict(artifact, facts, servers),
  'inbound-endpoint': (artifact, facts, { servers, inventory }) =>
    inboundVerdict(artifact, facts, servers.topics, runtimeVersions(inventory, artifact)),
  task: (artifact, facts, { inventory }) =>
    taskVerdict(artifact, facts, inventory.configurations, runtimeVersions(inventory, artifact)),
  'message-processor': (artifact, facts, { stores }) =>
    processorVerdict(artifact, facts, stores.get(facts.messageStore)),
  'message-store': storeVerdict,
};

function rulingFor(artifact: Artifact, known: Known): Ruling | undefined {
  const { facts } = artifact;
  if (!(facts.kind in rules)) return undefined;
  // The rule of a kind takes the facts of that kind.
  const rule = rules[facts.kind as keyof typeof rules] as (
    artifact: Artifact,
    facts: ArtifactFacts,
    known: Known,
  ) => Ruling | undefined;
  return rule(artifact, facts, known);
}

/**
 * A data service keeps the session of boxcarred calls in the JVM (DSSessionManager); on a consuming transport it is
 * like a proxy.
 */
function dataServiceVerdict(
  artifact: Artifact,
  boxcarring: boolean,
  transports: readonly string[] | undefined,
  enabled: EnabledTransports,
): Ruling {
  const own: Ruling = boxcarring
    ? {
        class: 'affinity',
        because: reasonOf(
          artifact,
          'collects boxcarred calls in the memory of a pod: a client must return to the same one',
        ),
        evidence: evidence(artifact.source, 'enableBoxcarring="true"'),
      }
    : {
        class: 'stateless',
        because: reasonOf(artifact, 'only answers requests: any pod can'),
        evidence: evidence(artifact.source, '<data>'),
      };
  // Without transports a data service is on HTTP: it has no parameters that a consuming listener would need.
  if (transports === undefined) return own;
  return transportVerdict(artifact, servedTransports(artifact, transports, [], enabled).served, [], own);
}
