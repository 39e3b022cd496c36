import { ownValue } from '@mi-patterns/inventory';
/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Any Kubernetes object as a manifest holds it; what lies below `spec` is read with the functions of this file. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** True for a mapping, false for lists, scalars and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys and list positions, undefined where any part is absent. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const part of path) {
    if (Array.isArray(current) && typeof part === 'number') current = current[part];
    else if (isJsonObject(current) && Object.hasOwn(current, part)) current = current[part];
    else return undefined;
  }
  return current;
}

/** The mapping at a path, an empty one when there is none. */
export function objectAt(value: unknown, ...path: readonly (string | number)[]): JsonObject {
  const found = at(value, ...path);
  return isJsonObject(found) ? found : {};
}

/** The mappings in the list at a path, an empty list when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

/** The text or number at a path as text. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** The number at a path; undefined for anything else. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** `Deployment/orders`, how an object is called in messages. */
export function displayName(object: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  return `${object.kind}/${object.metadata.name}`;
}

/** What two objects are called beside each other: with their namespaces where these differ. */
export function displayNames(a: KubernetesObject, b: KubernetesObject): readonly [string, string] {
  const [there, here] = [a, b].map(({ metadata: { namespace = 'default' } }) => namespace);
  const names = [displayName(a), displayName(b)] as const;
  return there === here ? names : [`${names[0]} in the namespace ${there}`, `${names[1]} in ${here}`];
}

/** The option that names the namespace of an object to kubectl and helm, after a blank; empty where it has none. */
export function namespaceOption({ metadata: { namespace } }: Pick<KubernetesObject, 'metadata'>): string {
  return namespace === undefined ? '' : ` --namespace ${namespace}`;
}

/** `deployment/orders --namespace shop`, how a command of kubectl names an object. */
export function kubectlName(object: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  return `${object.kind.toLowerCase()}/${object.metadata.name}${namespaceOption(object)}`;
}

/** The group of an API version, empty for the core group: `apps/v1` → `apps`. */
export function apiGroup(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** What stays the same for an object across versions of its API: group, kind, namespace and name. */
export function identity(object: KubernetesObject): string {
  return [apiGroup(object.apiVersion), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/');
}

/** Where a kind keeps its pod template. */
const podTemplatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** The pod template (`metadata`, `spec`) of an object that makes pods, else undefined. */
export function podTemplate(object: KubernetesObject): JsonObject | undefined {
  const path = ownValue(podTemplatePaths, object.kind);
  return path === undefined ? undefined : objectAt(object, ...path);
}

export interface Container {
  readonly type: 'container' | 'init-container';
  readonly name: string;
  /** Path inside the pod's spec, for example `containers[0]`. */
  readonly path: string;
  readonly spec: JsonObject;
}

/** All containers of a pod template, init containers first. */
export function containers(template: JsonObject): Container[] {
  const read = (key: 'initContainers' | 'containers', type: Container['type']): Container[] =>
    listAt(template, 'spec', key).map((spec, index) => ({
      type,
      name: textAt(spec, 'name') ?? '',
      path: `${key}[${index}]`,
      spec,
    }));
  return [...read('initContainers', 'init-container'), ...read('containers', 'container')];
}

/** True when every entry of the selector stands in the labels. */
export function matchesLabels(selector: JsonObject, labels: JsonObject): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** True for a Deployment or StatefulSet, the two kinds a workload of a release can be. */
export function isWorkload(object: KubernetesObject): boolean {
  return object.kind === 'Deployment' || object.kind === 'StatefulSet';
}
