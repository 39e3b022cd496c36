import { compareText, type Diagnostic } from '@mi-patterns/inventory';
import {
  areApart,
  at,
  coordinationDatabase,
  databaseName,
  displayName,
  effectiveReplicas,
  identity,
  isWorkload,
  type JsonObject,
  type KubernetesObject,
  listAt,
  namespaceOption,
  releaseWorkloads,
  type ReleaseWorkload,
  textAt,
} from '@mi-patterns/helm';
import { listed } from '@mi-patterns/planner';
import { finding } from '../findings/catalogue.ts';
import { helmRelease, isEnding, isMarked, type LiveState, workloadState } from '../live/live.ts';
import { mountsArchives } from './same-image.ts';

/**
 * An error for each workload of another release that runs a stateful artifact which `wanted` runs too: both would do
 * its work. Artifacts of one name count as the same, as they do for guards. Nothing is said of two with guards, which
 * wait for each other unless their scopes say that they are different artifacts, and of two that agree through a
 * database, unless each is known to have another one. A workload without marks, made by another chart, by kubectl or
 * from git, runs all that is in its image: the same artifacts, if that is of the repository of `wanted` and its tag
 * does not name another application. What `running` has already does not count. Pure.
 */
export function rivalFindings(
  wanted: readonly KubernetesObject[],
  others: LiveState,
  running: readonly KubernetesObject[] = [],
): readonly Diagnostic[] {
  return othersAtWork(others).flatMap((other) => rivalOf(other, wanted, others, running) ?? []);
}

/** The workloads of others whose pods work, or will, and the pods that no workload has made. */
function othersAtWork(others: LiveState): readonly ReleaseWorkload[] {
  return [...releaseWorkloads(others.workloads).filter((workload) => works(workload, others)), ...(others.loose ?? [])];
}

function rivalOf(
  other: ReleaseWorkload,
  wanted: readonly KubernetesObject[],
  { configMaps = [] }: LiveState,
  running: readonly KubernetesObject[],
): Diagnostic | undefined {
  if (wanted.some((object) => identity(object) === identity(other.object))) return undefined;
  const known = new Set(releaseWorkloads(running).flatMap(({ statefulArtifacts }) => statefulArtifacts));
  const owners = releaseWorkloads(wanted).filter(({ object }) => effectiveReplicas(object, wanted) > 0);
  const database = coordinationDatabase(other, configMaps);
  const isApart = (owner: ReleaseWorkload): boolean => areApart(coordinationDatabase(owner, wanted), database);
  const contested = owners.flatMap((owner) =>
    agree(owner, other) && !(owner.coordination === 'database' && isApart(owner))
      ? []
      : owner.statefulArtifacts.filter((artifact) => runs(other, artifact, owner)),
  );
  const twice = [...new Set(contested)].filter((artifact) => !known.has(artifact)).sort(compareText);
  const isShared = database !== undefined && owners.some((owner) => agree(owner, other));
  const through = isShared ? `, through another database (${databaseName(database)})` : '';
  return twice.length === 0 ? undefined : rivalFinding(other, twice, through);
}

/** Whether both have guards, or both a database. */
function agree(owner: ReleaseWorkload, other: ReleaseWorkload): boolean {
  return owner.coordination !== 'isolate' && owner.coordination === other.coordination;
}

/** Whether a workload runs an artifact of another one, as far as its marks or its image tell. */
function runs(other: ReleaseWorkload, artifact: string, owner: ReleaseWorkload): boolean {
  if (isMarked(other)) return other.statefulArtifacts.includes(artifact);
  const [own, its] = [serverImage(owner), serverImage(other)];
  // An image that gets its archives from a volume, or WSO2's own, says nothing; roles may leave the artifact out.
  return (
    own !== undefined &&
    own.repository === its?.repository &&
    ![owner.object, other.object].some(mountsArchives) &&
    !/(?:^|\/)(?:wso2\/(?:mi|micro-integrator)|wso2mi)$/.test(own.repository) &&
    !nameOthers(own.tag, its.tag) &&
    !JSON.stringify(other.template).includes('-DserverRoles') &&
    !isCommand(other)
  );
}

/** Whether a pod that was made alone runs something else than its image's server, as `kubectl run … -- sh` does. */
function isCommand({ object, template }: ReleaseWorkload): boolean {
  const first = serverOf(template);
  const [word] = [at(first, 'args')].flat();
  return (
    object.kind === 'Pod' &&
    listAt(object, 'metadata', 'ownerReferences').length === 0 &&
    (at(first, 'command') !== undefined || /^[^-]/.test(String(word ?? '')))
  );
}

/**
 * Whether two tags of one repository name different applications, as `orders-1.2.0` and `billing-2.0.0` do: both have a
 * version and words beside it, and no word is in both. Words that name a branch leave it open.
 */
function nameOthers(one: string, other: string): boolean {
  const [a, b] = [applicationIn(one), applicationIn(other)];
  return a.length > 0 && b.length > 0 && !a.some((word) => b.includes(word));
}

const branches = /^(?:main|master|trunk|develop|development|feature|feat|fix|bugfix|hotfix|branch|pr|mr)$/;
const qualifiers =
  /^(?:v?\d.*|[\da-f]{7,40}|.{1,2}|snapshot|release|final|alpha|beta|build|latest|stable|nightly|dev|test|qa|uat|staging|stage|prod|production|blue|green|canary|alpine|ubuntu|rocky|amd64|arm64)$/;

/** The words of a tag that may name an application. */
function applicationIn(tag: string): readonly string[] {
  const words = tag.toLowerCase().split(/[-_.+]/);
  if (!words.some((word) => /^v?\d/.test(word)) || words.some((word) => branches.test(word))) return [];
  return words.filter((word) => !qualifiers.test(word));
}

/** The container of a workload's server. */
function serverOf(template: JsonObject): JsonObject | undefined {
  const all = listAt(template, 'spec', 'containers');
  return all.find(({ name }) => name === 'micro-integrator') ?? all[0];
}

/**
 * Registry and name of the image of a workload's server, and its tag. Where only a digest names it, the chart still
 * says the tag as the version of the object; empty where nothing does.
 */
function serverImage({
  object,
  template,
}: ReleaseWorkload): { readonly repository: string; readonly tag: string } | undefined {
  const image = textAt(serverOf(template), 'image')?.replace(/@.*$/, '');
  if (image === undefined) return undefined;
  const tag = /:([^/:]*)$/.exec(image)?.[1] ?? '';
  if (tag !== '') return { repository: image.slice(0, -tag.length - 1), tag };
  return { repository: image, tag: textAt(object, 'metadata', 'labels', 'app.kubernetes.io/version') ?? '' };
}

/**
 * Whether pods of a workload work, or will. Those that say what they run are waited for when they end; others are not
 * gone before they are.
 */
function works(workload: ReleaseWorkload, others: LiveState): boolean {
  const { object } = workload;
  const pods = others.pods.filter((pod) => pod.workload === identity(object));
  const isLeft = isEnding(object) || workloadState(object).wanted === 0;
  return isMarked(workload)
    ? !isEnding(object) && (!isLeft || pods.some(({ ending }) => !ending))
    : !isLeft || pods.length > 0;
}

function rivalFinding(other: ReleaseWorkload, artifacts: readonly string[], through: string): Diagnostic {
  const { object } = other;
  const release = helmRelease(object);
  const ofRelease = release === undefined ? '' : ` of the release ${release}`;
  const end = isWorkload(object) ? 'scale it to 0' : 'remove it';
  const way =
    release === undefined || !isWorkload(object)
      ? `${end} first (in git, if Argo CD deploys it), and wait until its pods are gone`
      : `list it in \`takeOver\` of the environment, or remove it first and wait until its pods are gone: helm uninstall ${release}${namespaceOption(object)}`;
  const ids = artifacts.join(', ');
  const [runsToo, otherwise] = isMarked(other)
    ? [`runs ${ids} too${through}.`, 'If it only has an artifact of the same name']
    : [
        `has the same image (${serverImage(other)?.repository}), so it seems to run ${ids} too.`,
        'If its image holds other artifacts under another tag',
      ];
  return finding(
    'MI-ROLLOUT-RUNS-ELSEWHERE',
    `${displayName(object)}${ofRelease} in the same namespace ${runsToo} While both run it, the work is done twice.`,
    `If this release replaces it, ${way}. ${through === '' ? '' : 'If both are to share the work, give both the same database. '}${otherwise}, use --accept MI-ROLLOUT-RUNS-ELSEWHERE.`,
  );
}

/**
 * A warning for each workload without marks that runs Micro Integrator, where it is not known what: a release that is
 * rolled out for the first time may be meant to replace it. Pure.
 */
export function strangerFindings(
  wanted: readonly KubernetesObject[],
  others: LiveState,
  runsServer: (workload: KubernetesObject) => boolean,
): readonly Diagnostic[] {
  const artifacts = releaseWorkloads(wanted).flatMap(({ statefulArtifacts }) => statefulArtifacts);
  if (artifacts.length === 0) return [];
  return othersAtWork(others)
    .filter((other) => !isMarked(other) && runsServer(other.object))
    .filter((other) => rivalOf(other, wanted, others, []) === undefined)
    .map(({ object }) =>
      finding(
        'MI-ROLLOUT-SERVER-ELSEWHERE',
        `${displayName(object)} in the same namespace runs Micro Integrator too, and is not taken over. If it runs ${listed(artifacts.sort(compareText), 3)}, the work is done twice.`,
        'If this release replaces it, list its release in `takeOver` of the environment, or scale it to 0 first (in git, if Argo CD deploys it). mi-patterns audit shows what runs twice.',
      ),
    );
}
