import {
  type Artifact,
  type ArtifactFacts,
  type ArtifactId,
  compareDiagnostics,
  compareSources,
  compareText,
  type Diagnostic,
  hiddenValue,
  type Inventory,
  isEntryPoint,
  isSecretName,
  type Parameter,
  type Reference,
  withoutCredentials,
} from '@mi-patterns/inventory';
import { artifactAt, buildGraph } from './graph/graph.ts';
import { walker } from './graph/reach.ts';
import type { Plan, PlanDiagnostic, Verdict } from './model/plan.ts';
import { nearest } from './findings/near.ts';

/** Everything the planner knows about one artifact. */
export interface Explanation {
  readonly type: 'found';
  readonly artifact: Artifact;
  readonly verdict?: Verdict;
  /** References it makes itself, of every state. */
  readonly needs: readonly Reference[];
  /** Everything it reaches, itself left out, sorted. */
  readonly reaches: readonly ArtifactId[];
  /** References to it. */
  readonly neededBy: readonly Reference[];
  /** Entry points whose work gets to it, itself left out, sorted. */
  readonly entryPoints: readonly ArtifactId[];
  /** Workloads that start its work (an entry point) or where it is at work, in the order of the plan. */
  readonly workloads: readonly string[];
  /** Findings of plan and inventory that touch it, in printing order. */
  readonly diagnostics: readonly (Diagnostic | PlanDiagnostic)[];
}

export type ExplainResult =
  | Explanation
  /** Several artifacts have the name; the ids to choose from, sorted. */
  | { readonly type: 'ambiguous'; readonly wanted: string; readonly matches: readonly ArtifactId[] }
  /** None has it; ids that look like it, best first, at most five. */
  | { readonly type: 'unknown'; readonly wanted: string; readonly near: readonly ArtifactId[] };

/**
 * Explains one artifact of an inventory and its plan. `wanted` is an id (`task/nightly`) or a bare name; a name in
 * other capitals counts when nothing has it exactly. Never throws.
 */
export function explain(inventory: Inventory, plan: Plan, wanted: string): ExplainResult {
  const matches = find(inventory.artifacts, wanted.trim());
  const [artifact, ...others] = matches;
  if (artifact === undefined) {
    return {
      type: 'unknown',
      wanted,
      near: nearest(
        wanted,
        inventory.artifacts.map((one) => one.id),
        5,
      ),
    };
  }
  if (others.length > 0)
    return { type: 'ambiguous', wanted, matches: matches.map((one) => one.id).toSorted(compareText) };

  const graph = buildGraph(inventory);
  const node = graph.index.get(artifact.id) ?? -1;
  const walk = walker(graph);
  const reaches = walk
    .forward([node])
    .filter((other) => other !== node)
    .map((other) => artifactAt(graph, other).id);
  const reachedBy = walk
    .backward([node])
    .filter((other) => other !== node)
    .map((other) => artifactAt(graph, other));
  const verdict = plan.verdicts.get(artifact.id);
  return {
    type: 'found',
    artifact: {
      ...artifact,
      facts: safeToShow(artifact.facts),
      effects: artifact.effects.map((effect) => ({ ...effect, subject: withoutCredentials(effect.subject) })),
    },
    ...(verdict === undefined ? {} : { verdict }),
    needs: inventory.references.filter((reference) => reference.from === artifact.id),
    reaches: reaches.toSorted(compareText),
    neededBy: inventory.references.filter(
      (reference) => reference.state === 'resolved' && reference.to === artifact.id,
    ),
    entryPoints: reachedBy
      .filter(isEntryPoint)
      .map((one) => one.id)
      .toSorted(compareText),
    workloads: workloadsOf(plan, artifact),
    diagnostics: touching(inventory, plan, artifact),
  };
}

/** Facts quote the artifact's parameters and addresses, some of which are secrets. */
function safeToShow(facts: ArtifactFacts): ArtifactFacts {
  const hide = (parameters: readonly Parameter[]): Parameter[] =>
    parameters.map((parameter) =>
      parameter.value === undefined
        ? parameter
        : { ...parameter, value: isSecretName(parameter.name) ? hiddenValue : withoutCredentials(parameter.value) },
    );
  if (facts.kind === 'endpoint')
    return {
      ...facts,
      addresses: facts.addresses.map((address) => ({ ...address, uri: withoutCredentials(address.uri) })),
    };
  if (facts.kind === 'task') return { ...facts, properties: hide(facts.properties) };
  if (facts.kind === 'axis2-service')
    return facts.services === undefined
      ? facts
      : { ...facts, services: facts.services.map((service) => ({ ...service, parameters: hide(service.parameters) })) };
  return 'parameters' in facts ? { ...facts, parameters: hide(facts.parameters) } : facts;
}

function find(artifacts: readonly Artifact[], wanted: string): Artifact[] {
  const byId = artifacts.find((artifact) => artifact.id === wanted);
  if (byId !== undefined) return [byId];
  const byName = artifacts.filter((artifact) => artifact.name === wanted);
  if (byName.length > 0) return byName;
  const folded = wanted.toLowerCase();
  return artifacts.filter((artifact) => artifact.name.toLowerCase() === folded || artifact.id.toLowerCase() === folded);
}

function workloadsOf(plan: Plan, artifact: Artifact): string[] {
  const starts = plan.workloads.filter((workload) => workload.entryPoints.includes(artifact.id));
  const chosen =
    starts.length > 0 ? starts : plan.workloads.filter((workload) => workload.artifacts.includes(artifact.id));
  return chosen.map((workload) => workload.name);
}

function touching(inventory: Inventory, plan: Plan, artifact: Artifact): (Diagnostic | PlanDiagnostic)[] {
  const starts = inventory.artifacts
    .map(({ source }) => source)
    .filter(({ path }) => path === artifact.source.path)
    .toSorted(compareSources);
  const read = inventory.diagnostics.filter(({ source }) => {
    if (source?.path !== artifact.source.path) return false;
    // What stands before the first artifact of a file is about all of them.
    const start = starts.findLast((one) => compareSources(one, source) <= 0);
    return start === undefined || compareSources(start, artifact.source) === 0;
  });
  return [...plan.diagnostics.filter((one) => one.artifacts.includes(artifact.id)), ...read].toSorted(
    compareDiagnostics,
  );
}
