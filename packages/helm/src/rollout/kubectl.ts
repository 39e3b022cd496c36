import { isJsonObject, type JsonObject, type KubernetesObject } from '../kubernetes-object.ts';
import { run, type RunResult } from '../run.ts';
import { findTool } from '../tools.ts';
import { isToolFailure, ToolFailure } from '../tool-failure.ts';

/** Where kubectl works. Context and namespace are always said, never taken from what happens to be current. */
export interface Place {
  readonly namespace: string;
  readonly context: string;
}

/** Runs kubectl at a place; an object goes to its stdin as JSON. Throws a ToolFailure when it fails. */
export async function kubectl(place: Place, words: readonly string[], object?: JsonObject): Promise<RunResult> {
  const tool = await findTool('kubectl');
  const command = [...tool.command, '--context', place.context, '--namespace', place.namespace, '--request-timeout=30s', ...words];
  return run(command, { timeout: 60_000, ...(object === undefined ? {} : { input: JSON.stringify(object) }) });
}

/** One object as the cluster has it; undefined when it does not exist. */
export async function readObject(place: Place, kind: string, name: string): Promise<KubernetesObject | undefined> {
  const { stdout } = await kubectl(place, ['get', kind, name, '--ignore-not-found', '--output=json']);
  return stdout.trim() === '' ? undefined : parseObject(stdout);
}

/** Why the API server refused a write, for the two refusals that are an answer: somebody else was first. */
export function isLostRace(error: unknown): boolean {
  return isToolFailure(error) && /\((?:AlreadyExists|Conflict)\)|the object has been modified/.test(error.stderr);
}

export function parseObject(text: string): KubernetesObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isJsonObject(value) && typeof value.kind === 'string' && isJsonObject(value.metadata)) return value as unknown as KubernetesObject;
  throw new ToolFailure({ reason: 'unexpected-output', message: 'kubectl wrote no object as JSON.', hint: 'Check the version of kubectl.' });
}
