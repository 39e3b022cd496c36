import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@mi-patterns/helm';
import { parse } from 'yaml';
import { chart } from '../support/command.ts';

export type Path = readonly string[];

/** The chart's values.yaml and values.schema.json as data. */
export const chartValues = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as JsonObject;
export const chartSchema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as JsonObject;

/** Maps that pass on what Kubernetes, MI or a cloud defines: their keys are not ours to list. */
export const passedOn =
  /^(global|(workloadDefaults\.|workloads\.\*\.)?(deploymentToml|lifecycle\.(postStart|preStop)|affinity|dnsConfig|podSecurityContext|containerSecurityContext|extraVolumes\.\*|extraVolumeMounts\.\*|extraInitContainers\.\*|extraContainers\.\*)|extraObjects\.[^.]+|networkPolicy\.(clients|management|egress\.rules)|.*\.(behavior|filters|timeouts|tls|fallback|advanced|minAllowed|maxAllowed|options|poolOptions|autoscaling\.metrics))(\.|\[|$)|\[\]/;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths of every key, maps and what is in them. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsOf(inner, [...path, key])]);
}

/** A copy with one value replaced; what is no map on the way becomes one. */
export function withValue(values: JsonObject, path: Path, value: unknown): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return values;
  const inner = values[key];
  return { ...values, [key]: rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value) };
}

export function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, key) => (isObject(current) ? current[key] : undefined), values);
}

/** A schema node with its $ref followed; a $ref stands alone or with a description. */
function resolved(node: JsonObject): JsonObject {
  if (typeof node.$ref !== 'string') return node;
  const target = valueAt(chartSchema, node.$ref.replace(/^#\//, '').split('/'));
  if (!isObject(target)) throw new Error(`${node.$ref} leads nowhere.`);
  const { $ref: _, ...own } = node;
  return { ...resolved(target), ...own };
}

export interface SchemaNode {
  /** `workloads.*.replicas`; `*` stands for the keys of a map, `[]` for the items of a list. */
  readonly path: string;
  readonly node: JsonObject;
}

/** Every value that the schema declares, with the $ref of each followed; conditions (allOf, if) are left out. */
export function schemaNodes(node: JsonObject = chartSchema, path = '', seen: readonly JsonObject[] = []): SchemaNode[] {
  const whole = resolved(node);
  if (seen.some((earlier) => isDeepStrictEqual(earlier, whole))) return [];
  const inside: (readonly [string, unknown])[] = [
    ...Object.entries(isObject(whole.properties) ? whole.properties : {}).map(
      ([key, inner]) => [path === '' ? key : `${path}.${key}`, inner] as const,
    ),
    ...Object.values(isObject(whole.patternProperties) ? whole.patternProperties : {}).map(
      (inner) => [`${path}.*`, inner] as const,
    ),
    [`${path}.*`, whole.additionalProperties],
    [`${path}[]`, whole.items],
  ];
  return [
    { path, node: whole },
    ...inside.flatMap(([innerPath, inner]) => (isObject(inner) ? schemaNodes(inner, innerPath, [...seen, whole]) : [])),
  ];
}
