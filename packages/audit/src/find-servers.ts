import { addTo, compareText, defaultOffset, miPorts } from '@mi-patterns/inventory';
import {
  at,
  containers,
  type Container,
  isJsonObject,
  type JsonObject,
  type KubernetesObject,
  listAt,
  numberAt,
  objectAt,
  podTemplate,
  textAt,
  workloadTypeLabel,
} from '@mi-patterns/helm';
import type { ClusterSnapshot, Server, ServerPod } from './model.ts';

/** MI's ports at its default offset. */
const serverPorts: readonly number[] = Object.values(miPorts).map((port) => port + defaultOffset);
const imageName = /(?:^|\/)(?=[\w.-]*(?:[:@]|$))[\w.-]*(?:wso2-?mi\b|micro-integrator)/i;
const serverFolder = /\/wso2mi(?:-\d|\/|$)|^\/home\/wso2carbon(?:\/|$)/;

/**
 * The workloads that run Micro Integrator: by the marks of our chart and of WSO2's, by the name of the image, the
 * command, the mounted folders or the ports, or because their image is that of one found so. Sorted by namespace, kind
 * and name.
 */
export function findServers(snapshot: ClusterSnapshot): Server[] {
  const podsByOwner = ownedPods(snapshot);
  const images = new Map<string, string>();
  for (const object of snapshot.workloads) {
    const { id, image, container } = serverOf(object, podsByOwner) ?? {};
    // With a command, the image may be any that has Java in it.
    if (id === undefined || image === undefined || image === '' || hasCommand(container)) continue;
    images.set(repositoryOf(image), images.get(repositoryOf(image)) ?? id);
  }
  return snapshot.workloads
    .flatMap((object) => serverOf(object, podsByOwner, images) ?? [])
    .toSorted((a, b) => compareText(a.id, b.id));
}

/** An image without tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

/** Whether a workload shows any sign of Micro Integrator that {@link findServers} looks for. */
export function runsMicroIntegrator(workload: KubernetesObject): boolean {
  return serverOf(workload, new Map()) !== undefined;
}

/** `prod/Deployment/orders`. */
function idOf(object: KubernetesObject): string {
  return `${object.metadata.namespace ?? 'default'}/${object.kind}/${object.metadata.name}`;
}

/** The server of a workload, if it has one; `images` are repositories of servers, each with who runs it. */
function serverOf(
  object: KubernetesObject,
  podsByOwner: ReadonlyMap<string, readonly ServerPod[]>,
  images: ReadonlyMap<string, string> = new Map(),
): Server | undefined {
  const template = podTemplate(object);
  if (template === undefined) return undefined;
  const candidates = containers(template)
    .filter(({ type }) => type === 'container')
    .map((container) => ({ container, signs: signsOf(object, template, container) }));
  const [most] = candidates.filter(({ signs }) => signs.length > 0).toSorted((a, b) => b.signs.length - a.signs.length);
  const found = most ?? candidates.flatMap(({ container }) => withSameImage(container, images) ?? [])[0];
  if (found === undefined) return undefined;
  const id = idOf(object);
  const prefix = object.kind === 'Pod' ? 'spec' : 'spec.template.spec';
  return {
    id,
    namespace: object.metadata.namespace ?? 'default',
    object,
    template,
    container: found.container.spec,
    containerPath: `${prefix}.${found.container.path}`,
    signs: found.signs,
    madeBy: madeBy(object, template, found.container),
    image: textAt(found.container.spec, 'image') ?? '',
    runningImage: undefined,
    replicas: replicasOf(object),
    pods: podsByOwner.get(id) ?? (object.kind === 'Pod' ? [podOf(object)] : []),
  };
}

function replicasOf(object: KubernetesObject): number {
  if (object.kind === 'DaemonSet') return numberAt(object, 'status', 'desiredNumberScheduled') ?? 1;
  return object.kind === 'Pod' ? 1 : (numberAt(object, 'spec', 'replicas') ?? 1);
}

function madeBy(object: KubernetesObject, template: JsonObject, container: Container): Server['madeBy'] {
  if (hasMark(object, template)) return 'mi-patterns';
  return container.name === 'wso2mi' && volumeNames(template).includes('wso2mi-toml') ? 'helm-mi' : 'other';
}

function hasMark(object: KubernetesObject, template: JsonObject): boolean {
  return [object as JsonObject, template].some(
    (one) => textAt(one, 'metadata', 'labels', workloadTypeLabel) !== undefined,
  );
}

function volumeNames(template: JsonObject): string[] {
  return listAt(template, 'spec', 'volumes').flatMap((volume) => textAt(volume, 'name') ?? []);
}

function signsOf(object: KubernetesObject, template: JsonObject, { name, spec, path }: Container): string[] {
  const image = textAt(spec, 'image') ?? '';
  const words = [...texts(at(spec, 'command')), ...texts(at(spec, 'args'))];
  // Only what was recognized is repeated: a command may hold a password.
  const command = words.flatMap(
    (word) => /micro-integrator\.sh|-DserverRoles=|wso2mi-\d[\d.]*/.exec(word)?.[0] ?? [],
  )[0];
  const mount = listAt(spec, 'volumeMounts').find((one) => serverFolder.test(textAt(one, 'mountPath') ?? ''));
  const ports = portsOf(spec).filter((port) => serverPorts.includes(port));
  // The mark is on the whole pod, so it counts for the container that has another sign or is the chart's own.
  const isMarked = hasMark(object, template) && name === 'micro-integrator';
  return [
    ...(isMarked ? [`label ${workloadTypeLabel}`] : []),
    ...(name === 'wso2mi' && volumeNames(template).includes('wso2mi-toml')
      ? [`${path}.name wso2mi, volume wso2mi-toml`]
      : []),
    ...(imageName.test(image) ? [`${path}.image ${image}`] : []),
    ...(command === undefined ? [] : [`${path} runs ${command}`]),
    ...(mount === undefined ? [] : [`${path} mounts ${textAt(mount, 'mountPath')}`]),
    ...(ports.length >= 2 ? [`${path}.ports ${ports.join(', ')}`] : []),
  ];
}

/** Whether a container starts something else than its image does, such as a shell. */
function hasCommand(spec: JsonObject | undefined): boolean {
  return texts(at(spec, 'command')).length > 0 || texts(at(spec, 'args')).some((word) => !word.startsWith('-'));
}

/** A container with the image of a server, if it runs what the image starts. */
function withSameImage(
  container: Container,
  images: ReadonlyMap<string, string>,
): { readonly container: Container; readonly signs: string[] } | undefined {
  const { spec, path } = container;
  const image = textAt(spec, 'image') ?? '';
  const other = images.get(repositoryOf(image));
  return other === undefined || hasCommand(spec)
    ? undefined
    : { container, signs: [`${path}.image ${image}, which ${other} runs too`] };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** Declared ports, and those that probes go to. */
function portsOf(spec: JsonObject): number[] {
  const declared = listAt(spec, 'ports').flatMap((port) => numberAt(port, 'containerPort') ?? []);
  const probed = ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) =>
    ['httpGet', 'tcpSocket'].flatMap((how) => numberAt(spec, probe, how, 'port') ?? []),
  );
  return [...new Set([...declared, ...probed])];
}

/** Pods that run or end, by the workload that made them, ReplicaSets passed over. */
function ownedPods({ pods, workloads }: ClusterSnapshot): Map<string, ServerPod[]> {
  const known = new Set(workloads.map(idOf));
  const result = new Map<string, ServerPod[]>();
  for (const pod of pods) {
    if (['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) continue;
    const owner = ownerOf(pod);
    if (owner === undefined || !known.has(owner)) continue;
    addTo(result, owner, podOf(pod));
  }
  return result;
}

/** `prod/Deployment/orders` of a pod. A Deployment's ReplicaSet is named by it and the hash of the template. */
export function ownerOf(pod: KubernetesObject): string | undefined {
  const owner = listAt(pod, 'metadata', 'ownerReferences').find((one) => one['controller'] === true);
  const [kind, name] = [textAt(owner, 'kind'), textAt(owner, 'name')];
  if (kind === undefined || name === undefined) return undefined;
  const hash = textAt(pod, 'metadata', 'labels', 'pod-template-hash');
  const namespace = pod.metadata.namespace ?? 'default';
  return kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)
    ? `${namespace}/Deployment/${name.slice(0, -hash.length - 1)}`
    : `${namespace}/${kind}/${name}`;
}

function podOf(pod: KubernetesObject): ServerPod {
  return {
    name: pod.metadata.name,
    node: textAt(pod, 'spec', 'nodeName') ?? '',
    ready: listAt(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True'),
    ending: at(pod, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

/** The image of a server's pods by digest, `repository@sha256:…`, when all of them run the same. */
export function withRunningImage(server: Server, pods: readonly KubernetesObject[]): Server {
  const names = new Set(server.pods.map(({ name }) => name));
  const container = textAt(server.container, 'name');
  const images = new Set(
    pods
      .filter((pod) => pod.metadata.namespace === server.namespace && names.has(pod.metadata.name))
      .flatMap((pod) =>
        listAt(pod, 'status', 'containerStatuses')
          .filter((status) => textAt(status, 'name') === container)
          .flatMap((status) => /^[^/]+\/[^@]+@sha256:[0-9a-f]{64}$/.exec(textAt(status, 'imageID') ?? '')?.[0] ?? []),
      ),
  );
  const [only] = images;
  return images.size === 1 && only !== undefined
    ? { ...server, runningImage: only.replace(/^docker-pullable:\/\//, '') }
    : server;
}

/** True when a selector, with expressions, matches labels. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const byLabels = Object.entries(objectAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  const byExpressions = listAt(selector, 'matchExpressions').every((expression) => {
    const value = labels[textAt(expression, 'key') ?? ''];
    const values = texts(at(expression, 'values'));
    switch (textAt(expression, 'operator')) {
      case 'In':
        return typeof value === 'string' && values.includes(value);
      case 'NotIn':
        return typeof value !== 'string' || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
  return byLabels && byExpressions && isJsonObject(selector);
}
