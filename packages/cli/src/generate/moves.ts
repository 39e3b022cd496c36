import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  componentOf,
  displayName,
  displayNames,
  isToolFailure,
  type KubernetesObject,
  namesOfFormer,
  type NewlyIsolated,
  newlyIsolated,
  type Overlap,
  overlaps,
  pauseFirst,
  renderChart,
  type RenderResult,
  textAt,
} from '@mi-patterns/helm';
import type { Diagnostic } from '@mi-patterns/inventory';
import { isIsolatedClass, type VerdictClass } from '@mi-patterns/planner';
import { type EnvironmentValues, loadedConfiguration, readYaml, type Values } from '@mi-patterns/values';
import { chartFolder } from '../chart.ts';
import { type DeployedFiles, deployedFiles, isFixed } from './deployed.ts';
import type { GitOpsFormat } from './gitops.ts';

/** What a run of `generate` is asked for, as far as it decides what is deployed. */
interface Run {
  /** Folder of the values files. */
  readonly out: string;
  readonly format: GitOpsFormat | undefined;
  /** What Argo CD and Flux follow, if it was named. */
  readonly revision: string | undefined;
  /** Whether nothing is written, as where a commit is checked that already holds the new values. */
  readonly isCheck: boolean;
  /** Whether the configuration lists environments. */
  readonly listsEnvironments: boolean;
  /** The file of the configuration, where there is one. */
  readonly configuration: string | undefined;
}

/** A release as its values, and its manifest for Argo CD or Flux, place it. */
interface Placed {
  readonly values: Values;
  readonly release: string;
  readonly namespace: string;
  /** Name of the Application; undefined without one. */
  readonly application?: string | undefined;
}

/**
 * A warning for each stateful artifact that runs in two pods for a while when new values are applied over those that
 * are deployed: it moves to another workload, whose pod does not wait for the old one, or every pod ran it until now,
 * by its verdict. The chart refuses such an upgrade only where it may ask the cluster, and Argo CD renders it without
 * (argo-cd, docs/user-guide/helm.md). Nothing is said where helm is missing, or the chart refuses the new values, which
 * will not be deployed. A warning too where moves could not be looked for.
 */
export async function moveFindings(environments: readonly EnvironmentValues[], run: Run): Promise<Diagnostic[]> {
  const renewed = environments.filter(({ file }) => existsSync(file));
  const deployed = renewed.length === 0 ? undefined : await deployedFiles(run.out, run.revision);
  // Without git and a manifest of theirs, neither Argo CD nor Flux deploys from this folder.
  if (deployed === undefined || (deployed.revision === undefined && run.format === undefined)) return [];
  const found =
    run.isCheck && deployed.unfetched !== undefined ? [unfetched(deployed.revision, deployed.unfetched)] : [];
  const verdicts = await verdictsBefore(deployed, run);
  // One after the other: each takes two processes of helm, and what they render.
  for (const one of renewed) found.push(...(await movesOf(one, { deployed, verdicts }, run)));
  return found;
}

/** What is deployed, and the verdicts of its configuration, by artifact. */
interface Before {
  readonly deployed: DeployedFiles;
  readonly verdicts: ReadonlyMap<string, VerdictClass>;
}

/** None where the files on disk are those that are deployed: the configuration there is the new one. */
async function verdictsBefore(deployed: DeployedFiles, { configuration }: Run): Promise<Before['verdicts']> {
  const text =
    configuration === undefined || deployed.revision === undefined ? undefined : await deployed.read(configuration);
  const loaded =
    text === undefined ? undefined : loadedConfiguration(text, { path: configuration ?? '', folder: '.' }).loaded;
  return new Map([...(loaded?.verdicts ?? [])].map(([id, verdict]) => [id, verdict.class]));
}

async function movesOf(
  one: EnvironmentValues,
  { deployed, verdicts }: Before,
  run: Run,
): Promise<readonly Diagnostic[]> {
  const { environment, values, shown, plan } = one;
  const old = mappingIn(await deployed.read(one.file), shown);
  if (old === undefined) return [];
  const { release, namespace = 'default', gitOpsName } = environment;
  const application = run.format === 'argocd' ? gitOpsName : undefined;
  const next: Placed = { values, release, namespace, application };
  const before: Placed = { ...next, ...(await placeOf(one, deployed, run)), values: old };
  if (isDeepStrictEqual(deciding(before), deciding(next))) return [];
  const [running, wanted] = await Promise.all([rendered(before), rendered(next)]);
  if (running === undefined || wanted?.state !== 'rendered') return [];
  // An environment of another pattern may have no such workload, and would be refused.
  const valuesKey = run.listsEnvironments ? `environments.${environment.name}.values` : 'values';
  const those = deployed.revision === undefined ? 'those of the last run' : `those of ${deployed.revision}`;
  if (running.state === 'refused') return [refusedBefore(one, those, running.diagnostics)];
  const told = (message: string, hint: string): Diagnostic => {
    const source = { path: shown, line: 1, column: 1 };
    return { code: 'MI-GENERATE-MOVED', severity: 'warning', message, hint, source };
  };
  const [were, will] = [objectsOf(running), objectsOf(wanted)];
  const moved = overlaps(were, will).map((overlap) =>
    told(
      `${sentence(overlap)} Where Argo CD or kubectl apply deploys these values over ${those}, it runs twice until the old pod has ended.`,
      hintOf(overlap, before, next, valuesKey),
    ),
  );
  const isolated = newlyIsolated(were, will).flatMap((isolation) => {
    const ran = verdicts.get(isolation.artifact) ?? plan.verdicts.get(isolation.artifact)?.overridden?.found;
    if (ran === undefined || isIsolatedClass(ran)) return [];
    return told(
      `${isolatedSentence(isolation, ran)} When these values are deployed over ${those}, it runs twice until the old pods have ended.`,
      `To prevent that, ${pauseFirst(isolation.to.object)} Set it under \`${valuesKey}\` in mi-patterns.yaml.`,
    );
  });
  return [...moved, ...isolated];
}

function isolatedSentence(one: NewlyIsolated, ran: VerdictClass): string {
  return `${one.artifact} counted as ${ran} until now, so every pod of ${namesOfFormer(one)} may run it, and is to run in ${displayName(one.to.object)} alone.`;
}

/** What can move an artifact. An image has no say in it, and its tag changes with most runs. */
function deciding({ values: { image: _image, ...others }, ...place }: Placed): object {
  return { ...others, place };
}

/** Where the manifest that is deployed puts the release; empty without one. */
async function placeOf(
  { environment }: EnvironmentValues,
  deployed: DeployedFiles,
  { out, format }: Run,
): Promise<Partial<Placed>> {
  if (format === undefined) return {};
  const path = format === 'argocd' ? `argocd/${environment.name}.yaml` : `flux/${environment.name}/helm-release.yaml`;
  const manifest = mappingIn(await deployed.read(join(out, path)), path);
  const [release, namespace] =
    format === 'argocd'
      ? [
          textAt(manifest, 'spec', 'sources', 0, 'helm', 'releaseName'),
          textAt(manifest, 'spec', 'destination', 'namespace'),
        ]
      : [textAt(manifest, 'spec', 'releaseName'), textAt(manifest, 'spec', 'targetNamespace')];
  const name = textAt(manifest, 'metadata', 'name');
  if (release === undefined || namespace === undefined) return {};
  return { release, namespace, ...(format === 'argocd' ? { application: name } : {}) };
}

function mappingIn(text: string | undefined, path: string): Values | undefined {
  return text === undefined ? undefined : readYaml(text, path, 'MI-VALUES', 'helm').value;
}

/** What the chart makes of values; undefined where helm is missing, which has been said by then. */
async function rendered({ values, release, namespace }: Placed): Promise<RenderResult | undefined> {
  try {
    return await renderChart({ chart: chartFolder(), values: [values], release, namespace });
  } catch (error) {
    if (isToolFailure(error) && error.reason === 'missing') return undefined;
    throw error;
  }
}

function objectsOf({ objects }: RenderResult & { readonly state: 'rendered' }): KubernetesObject[] {
  return objects.map(({ object }) => object);
}

/** A clone of one commit, as CI makes it, has nothing else to compare with: a move in that commit is not seen. */
function unfetched(compared: string | undefined, revision: string): Diagnostic {
  const target = isFixed(revision) ? `${revision}` : `${revision}:refs/remotes/origin/${revision}`;
  return {
    code: 'MI-GENERATE-NOT-COMPARED',
    severity: 'warning',
    message: `Stateful artifacts that move were looked for against ${compared}, since this clone has no origin/${revision}: a move that ${compared} already has is not found.`,
    hint: `Run git fetch origin ${target} first.`,
  };
}

/** Values that an older chart may have deployed. */
function refusedBefore(
  { environment, shown }: EnvironmentValues,
  those: string,
  [why]: readonly Diagnostic[],
): Diagnostic {
  return {
    code: 'MI-GENERATE-NOT-COMPARED',
    severity: 'warning',
    message: `Stateful artifacts that move were not looked for, since this version of the chart refuses ${those}: ${why?.message}`,
    hint: `If an older chart has deployed them, render them with it, and compare: mi-patterns diff --env ${environment.name} --against MANIFESTS.yaml.`,
    source: { path: shown, line: 1, column: 1 },
  };
}

function sentence({ artifact, from, to, by }: Overlap): string {
  const [old, now] = displayNames(from.object, to.object);
  if (by === 'growth')
    return `${artifact} ends while ${old} is scaled up, which first adds pods of the old version that run it too.`;
  if (by === 'update')
    return `${artifact} stays in ${old}, and the guard of its new pod does not wait for the old pod.`;
  if (by === 'database')
    return `${artifact} stays in ${old}, whose new pods agree through another coordination database than the old ones.`;
  const guarded = from.coordination === 'lease' && to.coordination === 'lease';
  const guard = guarded
    ? 'the guard of its new pod does not wait for that of the old one'
    : 'no guard makes its new pod wait';
  return `${artifact} moves from ${old} to ${now}, and ${guard}.`;
}

/** How to make the move in two steps. An Application of another name goes on with what it deploys. */
function hintOf({ from: { object }, by }: Overlap, before: Placed, next: Placed, valuesKey: string): string {
  if (before.application !== next.application)
    return `First delete the Application ${before.application} with its objects, and wait until its pods are gone: beside ${next.application} it would go on.`;
  const key = componentOf(object);
  const refused =
    by === 'database'
      ? 'helm upgrade and Flux do not refuse it.'
      : 'helm upgrade and Flux refuse it until then; mi-patterns rollout ends the old pods itself.';
  return `First, without this change, set workloads.${key}.paused: true under \`${valuesKey}\` in mi-patterns.yaml, generate, commit, and wait until its pods are gone. Then make the change, without paused. ${refused}`;
}
