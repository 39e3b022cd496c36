import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type AskHelm,
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
import {
  type Environment,
  type EnvironmentValues,
  namedImage,
  readHeader,
  readYaml,
  type Values,
  valueAt,
  type ValuesHeader,
} from '@mi-patterns/values';
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
  /** All environments of the configuration, also those that this run does not write. */
  readonly environments: readonly Environment[];
  readonly ask: AskHelm | undefined;
}

/** A release as its values, and its manifest for Argo CD or Flux, place it. */
interface Placed {
  readonly values: Values;
  readonly release: string;
  readonly namespace: string;
  /** Name of the Application; undefined without one. */
  readonly application?: string | undefined;
}

/** Values that are deployed. */
interface Before extends Placed {
  /** How to call them in a sentence. */
  readonly those: string;
  /** What they were made from, and what the configuration counted artifacts as. */
  readonly made: ValuesHeader['made'];
  readonly verdicts: ValuesHeader['verdicts'];
}

/**
 * A warning for each stateful artifact that runs in two pods for a while when new values are applied over those that
 * are deployed: it moves to another workload, whose pod does not wait for the old one, or every pod ran it until now,
 * by its verdict. The chart refuses such an upgrade only where it may ask the cluster, and Argo CD renders it without
 * (argo-cd, docs/user-guide/helm.md). Nothing is said where helm is missing, or the chart refuses the new values, which
 * will not be deployed. A warning too where moves could not be looked for, and where git has the same image for other
 * artifacts.
 */
export async function moveFindings(environments: readonly EnvironmentValues[], run: Run): Promise<Diagnostic[]> {
  const deployed = await deployedFiles(run.out, run.revision);
  if (deployed !== undefined && 'why' in deployed)
    return environments.some(({ file }) => existsSync(file)) ? [unasked(deployed.why)] : [];
  // Without git and a manifest of theirs, neither Argo CD nor Flux deploys from this folder.
  if (deployed === undefined || (deployed.revision === undefined && run.format === undefined)) return [];
  const found: Diagnostic[] = [];
  let isCompared = false;
  // One after the other: each takes two processes of helm, and what they render.
  for (const one of environments) {
    for (const before of await deployedBefore(one, deployed, run)) {
      isCompared = true;
      found.push(...(await movesOf(one, before, run)));
      if (deployed.revision !== undefined) found.push(...sameImage(one, before));
    }
  }
  return isCompared && run.isCheck && deployed.unfetched !== undefined
    ? [unfetched(deployed.revision, deployed.unfetched), ...found]
    : found;
}

/**
 * The values that are deployed for an environment: those of its own file, and where there are none, or they were for
 * another release, those that name its release, whatever file and environment they are of.
 */
async function deployedBefore(one: EnvironmentValues, deployed: DeployedFiles, run: Run): Promise<readonly Before[]> {
  const own = await deployedValues(one.file, deployed);
  const isKnown = own !== undefined && (own.header === undefined || isSameRelease(own.header, one.environment));
  const files = isKnown ? [] : (await deployed.valuesOf(one.environment.release)).filter((file) => file !== one.file);
  const others = await Promise.all(files.map((file) => deployedValues(file, deployed)));
  const those = others.filter((other) => other?.header !== undefined && isSameRelease(other.header, one.environment));
  // Of an environment that is gone only where this one has another name now.
  const named = those.filter((other) => other?.header?.environment === one.environment.name);
  return Promise.all(
    [own, ...(named.length === 0 ? those : named)].flatMap((values) =>
      values === undefined || isOfOther(values.header, one, run) ? [] : [beforeOf(values, one, deployed, run)],
    ),
  );
}

/** A values file that is deployed. */
interface DeployedValues {
  readonly file: string;
  readonly text: string;
  readonly header: ValuesHeader | undefined;
}

async function deployedValues(file: string, deployed: DeployedFiles): Promise<DeployedValues | undefined> {
  const text = await deployed.read(file);
  return text === undefined ? undefined : { file, text, header: readHeader(text) };
}

/** A namespace that only the context knows may be any. */
function isSameRelease(header: ValuesHeader, { release, namespace }: Environment): boolean {
  return (
    header.release === release &&
    (header.namespace === undefined || namespace === undefined || header.namespace === namespace)
  );
}

/** Whether values are those of another environment, which goes on. Two clusters may have releases of one name. */
function isOfOther(
  header: ValuesHeader | undefined,
  { environment }: EnvironmentValues,
  { environments }: Run,
): boolean {
  if (header === undefined || header.environment === environment.name) return false;
  return environments.some((other) => other.name === header.environment && isSameRelease(header, other));
}

async function beforeOf(
  { file, text, header }: DeployedValues,
  { environment, file: own, shown }: EnvironmentValues,
  deployed: DeployedFiles,
  { format }: Run,
): Promise<Before> {
  const manifest = join(dirname(file), 'argocd', `${header?.environment ?? environment.name}.yaml`);
  const application = format === 'argocd' ? mappingIn(await deployed.read(manifest), manifest) : undefined;
  const those = deployed.revision === undefined ? 'those of the last run' : `those of ${deployed.revision}`;
  return {
    values: mappingIn(text, shown) ?? {},
    release: header?.release ?? environment.release,
    namespace: header?.namespace ?? environment.namespace ?? 'default',
    application: textAt(application, 'metadata', 'name'),
    those: file === own ? those : `${those}:${deployed.shown(file)}`,
    made: header?.made ?? [],
    verdicts: header?.verdicts ?? new Map(),
  };
}

async function movesOf(one: EnvironmentValues, before: Before, run: Run): Promise<readonly Diagnostic[]> {
  const { environment, values, shown, plan } = one;
  const { release, namespace = before.namespace, gitOpsName } = environment;
  const application = run.format === 'argocd' ? gitOpsName : undefined;
  const next: Placed = { values, release, namespace, application };
  if (isDeepStrictEqual(deciding(before), deciding(next))) return [];
  // A rollout ends it first.
  if (run.format === undefined && environment.takeOver.includes(before.release)) return [];
  const [running, wanted] = await Promise.all([rendered(before, run), rendered(next, run)]);
  if (running === undefined || wanted?.state !== 'rendered') return [];
  // An environment of another pattern may have no such workload, and would be refused.
  const valuesKey = run.listsEnvironments ? `environments.${environment.name}.values` : 'values';
  if (running.state === 'refused') return [refusedBefore(one, before.those, running.diagnostics)];
  const told = (message: string, hint: string): Diagnostic => {
    const source = { path: shown, line: 1, column: 1 };
    return { code: 'MI-GENERATE-MOVED', severity: 'warning', message, hint, source };
  };
  const [were, will] = [objectsOf(running), objectsOf(wanted)];
  const moved = overlaps(were, will).map((overlap) =>
    told(`${sentence(overlap)} ${whoseWay(before, next)}`, hintOf(overlap, before, next, { valuesKey, ...run })),
  );
  const isolated = newlyIsolated(were, will).flatMap((isolation) => {
    const ran = before.verdicts.get(isolation.artifact) ?? plan.verdicts.get(isolation.artifact)?.overridden?.found;
    if (ran === undefined || isIsolatedClass(ran as VerdictClass)) return [];
    return told(
      `${isolatedSentence(isolation, ran)} When these values are deployed over ${before.those}, it runs twice until the old pods have ended.`,
      `To prevent that, ${pauseFirst(isolation.to.object)} Set it under \`${valuesKey}\` in mi-patterns.yaml.`,
    );
  });
  return [...moved, ...isolated];
}

/**
 * A warning where other artifacts are to come in an image of the same name. Without a tag in the values, whoever
 * deploys them names the image.
 */
function sameImage({ values, text, shown }: EnvironmentValues, before: Before): readonly Diagnostic[] {
  const made = readHeader(text)?.made ?? [];
  const { reference, hasDigest } = namedImage(values);
  const isFixedName = reference !== undefined && !hasDigest && (valueAt(values, ['image', 'tag']) ?? '') !== '';
  const isInImage = ['image', 'initCopy'].includes(String(valueAt(values, ['artifacts', 'source']) ?? 'image'));
  if (!isFixedName || !isInImage || namedImage(before.values).reference !== reference) return [];
  if (before.made.length === 0 || made.length === 0 || isDeepStrictEqual(made, before.made)) return [];
  return [
    {
      code: 'MI-GENERATE-SAME-IMAGE',
      severity: 'warning',
      message: `These values are for other artifacts than ${before.those}, but name the same image ${reference}. Pods and nodes keep the one that they have, also if it is pushed again: a new stateful artifact may then run nowhere.`,
      hint: 'Name a new tag in mi-patterns.yaml (`image.tag`), generate again, and push the image under it. After an update of mi-patterns alone, there is nothing to do.',
      source: { path: shown, line: 1, column: 1 },
    },
  ];
}

/** Who does not end the old pod first, and until when the artifact then runs twice. */
function whoseWay(before: Before, next: Placed): string {
  return isReplaced(before, next)
    ? `Unless the release ${before.release} in the namespace ${before.namespace}, which ${before.those} deploy, is uninstalled first, it runs twice.`
    : `Where Argo CD or kubectl apply deploys these values over ${before.those}, it runs twice until the old pod has ended.`;
}

/** Whether the new release comes beside the old one. An Application prunes what it no longer renders. */
function isReplaced(before: Before, next: Placed): boolean {
  const isSame = before.release === next.release && before.namespace === next.namespace;
  return !isSame && before.application === undefined;
}

function isolatedSentence(one: NewlyIsolated, ran: string): string {
  return `${one.artifact} counted as ${ran} until now, so every pod of ${namesOfFormer(one)} may run it, and is to run in ${displayName(one.to.object)} alone.`;
}

/** What can move an artifact. An image has no say in it, and its tag changes with most runs. */
function deciding({ values: { image: _image, ...others }, release, namespace, application }: Placed): object {
  return { ...others, place: [release, namespace, application] };
}

function mappingIn(text: string | undefined, path: string): Values | undefined {
  return text === undefined ? undefined : readYaml(text, path, 'MI-VALUES', 'helm').value;
}

/** What the chart makes of values; undefined where helm is missing, which has been said by then. */
async function rendered({ values, release, namespace }: Placed, { ask }: Run): Promise<RenderResult | undefined> {
  try {
    return await renderChart({ chart: chartFolder(), values: [values], release, namespace, ask });
  } catch (error) {
    if (isToolFailure(error) && error.reason === 'missing') return undefined;
    throw error;
  }
}

function objectsOf({ objects }: RenderResult & { readonly state: 'rendered' }): KubernetesObject[] {
  return objects.map(({ object }) => object);
}

function unasked(why: string): Diagnostic {
  return {
    code: 'MI-GENERATE-NOT-COMPARED',
    severity: 'warning',
    message: `Stateful artifacts that move were not looked for, since git cannot tell what is deployed: ${why}.`,
    hint: 'Install git. If it does not trust the folder, run git config --global --add safe.directory FOLDER.',
  };
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
function hintOf(
  { from: { object }, by }: Overlap,
  before: Before,
  next: Placed,
  { valuesKey, format }: Pick<Run, 'format'> & { readonly valuesKey: string },
): string {
  if (isReplaced(before, next) && format === undefined)
    return `First uninstall it: helm uninstall ${before.release} --namespace ${before.namespace}. Or list it under takeOver if both are in one namespace: mi-patterns rollout then ends its pods first.`;
  if (before.application !== next.application && before.application !== undefined)
    return `First delete the Application ${before.application} with its objects, and wait until its pods are gone: beside ${next.application} it would go on.`;
  const key = componentOf(object);
  const refused =
    by === 'database' || isReplaced(before, next)
      ? 'helm upgrade and Flux do not refuse it.'
      : 'helm upgrade and Flux refuse it until then; mi-patterns rollout ends the old pods itself.';
  return `First, without this change, set workloads.${key}.paused: true under \`${valuesKey}\` in mi-patterns.yaml, generate, commit, and wait until its pods are gone. Then make the change, without paused. ${refused}`;
}
