import {
  isJsonObject,
  isToolFailure,
  type JsonObject,
  type KubernetesObject,
  type RunOptions,
  type RunResult,
  ToolFailure,
} from '@mi-patterns/helm';
import { machineTools, type Tools } from './tools.ts';

/** Where kubectl works. Context and namespace are always said, never taken from what happens to be current. */
export interface Place {
  readonly namespace: string;
  readonly context: string;
  /** Runs helm and kubectl; those of this machine when absent. */
  readonly tools?: Tools;
}

/** Runs kubectl at a place; an object goes to its stdin as JSON. Throws a ToolFailure when it fails. */
export async function kubectl(
  place: Place,
  words: readonly string[],
  object?: JsonObject,
  options: RunOptions = {},
): Promise<RunResult> {
  return (place.tools ?? machineTools).kubectl(commandAt(place, 30, words), {
    timeout: 60_000,
    ...(object === undefined ? {} : { input: JSON.stringify(object) }),
    ...options,
  });
}

/** Where kubectl reads: in one namespace, or in all. */
export type ReadPlace = Omit<Place, 'namespace'> & { readonly namespace: string | undefined };

/** The words of kubectl with its place before them. `seconds`: how long one request may take. */
function commandAt({ context, namespace }: ReadPlace, seconds: number, words: readonly string[]): string[] {
  const where = namespace === undefined ? ['--all-namespaces'] : ['--namespace', namespace];
  return ['--context', context, ...where, `--request-timeout=${seconds}s`, ...words];
}

/** The objects that `kubectl get` answers, for lists that may be long. Throws a ToolFailure. */
export async function getObjects(place: ReadPlace, words: readonly string[]): Promise<readonly KubernetesObject[]> {
  const command = commandAt(place, 60, ['get', ...words, '--output=json']);
  return parseObjects((await (place.tools ?? machineTools).kubectl(command, { timeout: 120_000 })).stdout);
}

/** The objects of a kind in the namespace. `selector` is one of labels, `app=x`. Throws a ToolFailure. */
export async function listObjects(
  place: Place,
  kinds: string,
  selector?: string,
): Promise<readonly KubernetesObject[]> {
  const { stdout } = await kubectl(place, [
    'get',
    kinds,
    '--output=json',
    ...(selector === undefined ? [] : ['--selector', selector]),
  ]);
  return parseObjects(stdout);
}

/** The objects of what kubectl prints as JSON: one, or a List. Throws a ToolFailure for anything else. */
export function parseObjects(text: string): readonly KubernetesObject[] {
  if (text.trim() === '') return [];
  const value = parseJson(text);
  return isJsonObject(value) && Array.isArray(value.items) ? value.items.map(checkedObject) : [checkedObject(value)];
}

/** The document that a tool has printed. Throws a ToolFailure for anything else. */
export function parseDocument(text: string, tool: 'helm' | 'kubectl'): JsonObject {
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  throw new ToolFailure({
    reason: 'unexpected-output',
    message: `${tool} wrote no document as JSON.`,
    hint: `Check the version of ${tool}.`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One object as the cluster has it; undefined when it does not exist. */
export async function readObject(place: Place, kind: string, name: string): Promise<KubernetesObject | undefined> {
  const { stdout } = await kubectl(place, ['get', kind, name, '--ignore-not-found', '--output=json']);
  return stdout.trim() === '' ? undefined : parseObject(stdout);
}

/** Whether the namespace exists; whoever may not read namespaces was given one that does. Throws a ToolFailure. */
export async function namespaceExists(place: Place): Promise<boolean> {
  const words = ['get', 'namespace', place.namespace, '--ignore-not-found', '--output=name'];
  try {
    return (await kubectl(place, words)).stdout.trim() !== '';
  } catch (error) {
    if (isToolFailure(error) && /Forbidden/.test(error.stderr)) return true;
    throw error;
  }
}

/** Why the API server refused a write, for the two refusals that are an answer: somebody else was first. */
export function isLostRace(error: unknown): boolean {
  return isToolFailure(error) && /\((?:AlreadyExists|Conflict)\)|the object has been modified/.test(error.stderr);
}

/** The object in an answer of kubectl. Throws a ToolFailure where it is none. */
export function parseObject(text: string): KubernetesObject {
  return checkedObject(parseJson(text));
}

/** What every object of a cluster has: the rest of the program relies on it. */
function checkedObject(value: unknown): KubernetesObject {
  if (
    isJsonObject(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    isJsonObject(value.metadata) &&
    typeof value.metadata.name === 'string' &&
    ['string', 'undefined'].includes(typeof value.metadata.namespace) &&
    isTextMap(value.metadata.labels) &&
    isTextMap(value.metadata.annotations)
  )
    return value as unknown as KubernetesObject;
  throw new ToolFailure({
    reason: 'unexpected-output',
    message: 'kubectl wrote no object as JSON.',
    hint: 'Check the version of kubectl.',
  });
}

function isTextMap(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (isJsonObject(value) && Object.values(value).every((text) => typeof text === 'string'))
  );
}
