/** The part of JSON Schema (draft-06, draft-07 and 2020-12) that this package looks into. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly required?: readonly string[];
  /**
   * For a key that other charts have here, where ours has it: helm shows that next to "additional properties not
   * allowed". Read as a hint only.
   */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, SchemaOrBoolean>>;
  readonly patternProperties?: Readonly<Record<string, SchemaOrBoolean>>;
  readonly additionalProperties?: SchemaOrBoolean;
  readonly items?: SchemaOrBoolean | readonly SchemaOrBoolean[];
  readonly allOf?: readonly SchemaOrBoolean[];
  readonly anyOf?: readonly SchemaOrBoolean[];
  readonly oneOf?: readonly SchemaOrBoolean[];
  readonly not?: SchemaOrBoolean;
  readonly if?: SchemaOrBoolean;
  readonly then?: SchemaOrBoolean;
  readonly else?: SchemaOrBoolean;
  readonly [keyword: string]: unknown;
}

export type SchemaOrBoolean = JsonSchema | boolean;

/** Parts of a JSON pointer or of ajv's `schemaPath`, decoded. */
export function pointerSegments(pointer: string): string[] {
  const path = pointer.replace(/^#/, '');
  if (path === '') return [];
  return path
    .slice(1)
    .split('/')
    .map((part) => decode(part).replace(/~1/g, '/').replace(/~0/g, '~'));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The node of a schema at a path of keywords, through every `$ref` on the way; undefined where there is none. */
export function schemaAt(root: JsonSchema, segments: readonly string[]): unknown {
  let node: unknown = root;
  for (const segment of segments) {
    if (typeof node !== 'object' || node === null) return undefined;
    const holder = '$ref' in node ? resolve(root, node) : node;
    node = (holder as Record<string, unknown>)[segment];
  }
  return node;
}

/** The schema object behind `$ref`; `{}` for `true`, `false` and absent ones. */
export function resolve(root: JsonSchema, schema: unknown): JsonSchema {
  let node = schema;
  for (let hops = 0; hops < 20; hops += 1) {
    if (typeof node !== 'object' || node === null) return {};
    const { $ref } = node as JsonSchema;
    if ($ref === undefined) return node as JsonSchema;
    node = schemaAt(root, pointerSegments($ref));
  }
  return {};
}

/** The description nearest to a schema: its own, or that of what its `$ref` leads to. */
export function descriptionOf(root: JsonSchema, schema: unknown): string | undefined {
  let node = schema;
  for (let hops = 0; hops < 20; hops += 1) {
    if (typeof node !== 'object' || node === null) return undefined;
    const { $ref, description } = node as JsonSchema;
    if (description !== undefined || $ref === undefined) return description;
    node = schemaAt(root, pointerSegments($ref));
  }
  return undefined;
}

/** The schema at a path of the data, with its `$ref` not followed; undefined where it is a branch that says more. */
export function schemaOfValue(root: JsonSchema, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => {
    const { properties = {}, patternProperties = {}, additionalProperties, items } = resolve(root, node);
    if (Object.hasOwn(properties, key)) return properties[key];
    const ofKeys = Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern, 'u').test(key));
    return ofKeys?.[1] ?? additionalProperties ?? items;
  }, root);
}

/** Names of the properties that a schema knows, those of its branches included. */
export function propertyNames(root: JsonSchema, schema: unknown, depth = 0): string[] {
  if (depth > 8) return [];
  const node = resolve(root, schema);
  const branches = [...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? []), node.then, node.else];
  const names = new Set(
    Object.entries(node.properties ?? {})
      .filter(([, property]) => property !== false)
      .map(([name]) => name),
  );
  for (const branch of branches) for (const name of propertyNames(root, branch, depth + 1)) names.add(name);
  return [...names];
}

/**
 * Paths at which the schema knows a key, shortest first, for example `workloads.<name>.heap`: where a key that stands
 * in the wrong place may belong.
 */
export function pathsOfKey(root: JsonSchema, key: string): string[][] {
  const found: string[][] = [];
  let level: readonly Place[] = [{ schema: root, path: [], seen: [] }];
  for (let depth = 0; depth < 7 && level.length > 0; depth += 1) {
    level = level.flatMap((place) => placesBelow(root, place));
    for (const { schema, path } of level) if (path.at(-1) === key && schema !== false) found.push([...path]);
  }
  return found;
}

/** A schema with the keys that lead to it, and the schemas on the way. */
interface Place {
  readonly schema: SchemaOrBoolean;
  readonly path: readonly string[];
  readonly seen: readonly JsonSchema[];
}

/** What a schema knows one key further down; nothing where the way has been here before. */
function placesBelow(root: JsonSchema, { schema, path, seen }: Place): readonly Place[] {
  const node = resolve(root, schema);
  if (seen.includes(node)) return [];
  const branches = [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])].map((branch) => resolve(root, branch));
  return branches.flatMap(({ properties = {}, additionalProperties, patternProperties = {} }) => {
    const unnamed = [additionalProperties, ...Object.values(patternProperties)].filter(
      (entry) => typeof entry === 'object',
    );
    const entries = [...Object.entries(properties), ...unnamed.map((entry) => ['<name>', entry] as const)];
    return entries.map(([name, entry]) => ({ schema: entry, path: [...path, name], seen: [...seen, node] }));
  });
}

/** A path as a person writes it: `workloads.orders.ports[0]`. */
export function pathText(segments: readonly string[]): string {
  return segments.reduce((text, segment) => {
    if (/^\d+$/.test(segment)) return `${text}[${segment}]`;
    const plain = /^[A-Za-z_<][\w<>-]*$/.test(segment) ? segment : JSON.stringify(segment);
    return text === '' ? plain : `${text}.${plain}`;
  }, '');
}
