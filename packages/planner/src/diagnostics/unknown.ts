import {
  addTo,
  type ArtifactId,
  compareText,
  isBuiltinClass,
  type Reference,
  type Source,
  serverFilesOf,
  taskClasses,
} from '@mi-patterns/inventory';
import { artifactAt, deployedArtifacts, deployedNodes } from '../graph/graph.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import { inboundRule } from '../verdicts/inbound-endpoint.ts';
import { unsupportedInboundClass } from '../verdicts/inbound-classes.ts';
import { inboundProtocols } from '../verdicts/inbound-protocols.ts';
import { isPodLocalStore, storeType } from '../verdicts/message-store.ts';
import { processorType } from '../verdicts/message-processor.ts';
import { title } from '../verdicts/verdict.ts';
import type { PlanContext } from './context.ts';
import { didYouMean } from '../findings/near.ts';
import { finding, listed, overrideHint, place } from '../findings/finding.ts';
import { missingReferences, parameterKeys } from './references.ts';

/** Findings about what cannot be seen from outside: targets by expression, Java classes, artifacts nobody has read. */
export function unknownDiagnostics(context: PlanContext): PlanDiagnostic[] {
  return [
    ...dynamicTargets(context),
    ...serverValues(context),
    ...customClasses(context),
    ...unsupported(context),
    ...missing(context),
  ];
}

/**
 * Dynamic references by artifact. They matter where the target may be in another pod: with archives always; with roles,
 * where every stateless artifact is everywhere, only if something isolated or a store in memory could be the target.
 */
function dynamicTargets(context: PlanContext): PlanDiagnostic[] {
  const byArtifact = new Map<ArtifactId, Reference[]>();
  for (const reference of context.graph.unresolved) {
    const node = context.graph.index.get(reference.from);
    if (reference.state !== 'dynamic' || node === undefined || context.graph.deployed[node] === 0) continue;
    // A Java class is in no pod but its own.
    if (reference.relation === 'needs-class') continue;
    addTo(byArtifact, reference.from, reference);
  }
  const hidden =
    deployedArtifacts(context.graph, 'message-store').some(isPodLocalStore) ||
    deployedNodes(context.graph, 'proxy-service').some((node) => context.stateful[node] === 1);
  const matters = context.workloads.length > 1 && (context.delivery === 'archives' || hidden);
  return [...byArtifact].map(([id, references]) => {
    const targets = [...new Set(references.map((reference) => reference.to))].toSorted(compareText);
    return finding('MI-ISO-DYNAMIC', {
      severity: matters ? 'warning' : 'info',
      message: `${id} finds ${targets.length === 1 ? 'a target' : `${targets.length} targets`} at run time only: ${listed(targets, 5)}.`,
      hint: matters
        ? 'Check that everything the expression can name is in the same workload; it cannot reach an isolated artifact or an in-memory store of another pod.'
        : 'Nothing to do: everything that it can name is in every pod.',
      source: references[0]?.source,
      related: references.slice(1).map((reference) => reference.source),
      artifacts: [id],
    });
  });
}

/** Entry points whose class hangs on a value that only the server has. */
function serverValues(context: PlanContext): PlanDiagnostic[] {
  const diagnostics: PlanDiagnostic[] = [];
  for (const [id, verdict] of context.verdicts) {
    if (verdict.undecided !== 'value-of-the-server' || verdict.overridden !== undefined) continue;
    const node = context.graph.index.get(id);
    if (node === undefined || context.graph.deployed[node] === 0) continue;
    const artifact = artifactAt(context.graph, node);
    diagnostics.push(
      finding('MI-ISO-DYNAMIC', {
        message: `${verdict.because} It is isolated to be safe.`,
        hint: `If you know that the value shares the work between pods, ${overrideHint(artifact, 'stateless')}.`,
        source: place(verdict),
        artifacts: [artifact.id],
      }),
    );
  }
  return diagnostics;
}

function customClasses(context: PlanContext): PlanDiagnostic[] {
  const uses = new Map<string, { id: ArtifactId; source: Source; role: string }[]>();
  const add = (name: string, id: ArtifactId, source: Source, role: string): void =>
    addTo(uses, name, { id, source, role });
  for (const artifact of deployedArtifacts(context.graph)) {
    const facts = artifact.facts;
    if (facts.kind === 'task' && !taskClasses.has(facts.class)) add(facts.class, artifact.id, artifact.source, 'task');
    if (facts.kind === 'message-processor' && processorType(facts) === 'custom')
      add(facts.class, artifact.id, artifact.source, 'message processor');
    if (facts.kind === 'message-store' && storeType(facts) === 'custom')
      add(facts.class ?? '', artifact.id, artifact.source, 'message store');
    if (
      facts.kind === 'inbound-endpoint' &&
      facts.protocol === undefined &&
      facts.class !== undefined &&
      inboundRule(facts) === undefined
    ) {
      add(facts.class, artifact.id, artifact.source, 'inbound endpoint');
    }
    if (facts.kind === 'axis2-service') add(artifact.name, artifact.id, artifact.source, 'Axis2 service');
    for (const effect of artifact.effects) {
      if (effect.type !== 'class-mediator' && effect.type !== 'handler') continue;
      if (!isBuiltinClass(effect.subject))
        add(effect.subject, artifact.id, effect.source, effect.type === 'handler' ? 'handler' : 'mediator');
    }
  }
  const several = context.workloads.reduce((sum, workload) => sum + workload.replicas, 0) > 1;
  return [...uses]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([name, list]) => {
      const roles = [...new Set(list.map((use) => use.role))].toSorted(compareText);
      return finding('MI-ISO-CUSTOM', {
        severity: several ? 'warning' : 'info',
        message: `The class ${name} (${listed(roles)}) of ${listed([...new Set(list.map((use) => use.id))], 5)} is not part of MI: what it keeps in memory or starts on its own is unknown.`,
        hint: 'Check that it keeps nothing between messages that another pod would need; if an entry point is isolated without need, override its verdict in mi-patterns.yaml.',
        source: list[0]?.source,
        related: list.slice(1).map((use) => use.source),
        artifacts: list.map((use) => use.id),
      });
    });
}

function unsupported(context: PlanContext): PlanDiagnostic[] {
  const isOfServer = serverFilesOf(context.inventory);
  const protocols = [...inboundProtocols.keys()];
  const diagnostics: PlanDiagnostic[] = [];
  for (const artifact of deployedArtifacts(context.graph, 'inbound-endpoint')) {
    const verdict = context.verdicts.get(artifact.id);
    if (artifact.facts.kind !== 'inbound-endpoint' || verdict === undefined) continue;
    const wsrm = artifact.facts.protocol === undefined && artifact.facts.class === unsupportedInboundClass;
    if (verdict.undecided !== 'unknown-protocol' && !wsrm) continue;
    diagnostics.push(
      finding('MI-INBOUND-UNSUPPORTED', {
        message: `${verdict.because} ${isOfServer(artifact) ? 'MI starts without it' : 'Its whole archive fails to deploy'}.`,
        hint: wsrm
          ? 'Replace it: MI has no WS-ReliableMessaging inbound endpoint.'
          : `${didYouMean(artifact.facts.protocol ?? '', protocols)}Correct the protocol (${protocols.join(', ')}), or give the class of a connector.`,
        source: place(verdict),
        artifacts: [artifact.id],
      }),
    );
  }
  return diagnostics;
}

/** References that lead nowhere, or to what nothing delivers. */
function missing(context: PlanContext): PlanDiagnostic[] {
  const undelivered = context.graph.undelivered.flatMap(({ reference, from, to }) => {
    if (reference.relation === 'injects-into' && to.kind === 'proxy-service') return [];
    return [
      finding('MI-REF-MISSING', {
        message: `${title(from)} refers to ${reference.to} (${reference.via}), which was read but is delivered by no application: it fails when it reaches it.`,
        hint: 'Add it to an application that is deployed.',
        source: reference.source,
        related: [to.source],
        artifacts: [reference.from, reference.to],
      }),
    ];
  });
  return [...undelivered, ...missingReferences(context.inventory), ...parameterKeys(context.inventory)];
}
