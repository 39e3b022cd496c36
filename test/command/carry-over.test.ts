import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import type { JsonObject } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { carryOver } from '../../packages/values/src/carry-over/carry-over.ts';
import { layerValues } from '../../packages/values/src/mapping/merge.ts';
import { inParallel, render } from '../chart/support.ts';
import { chartSchema, isObject, valueAt } from '../chart/values-paths.ts';

/**
 * Groups of the schema that set nothing in deployment.toml through a setting of the chart, or that are deployment.toml
 * itself: what is below them is not tried out.
 */
const others = /^(deploymentToml|workloads|workloadDefaults|global|enabled|extraObjects|env|files|properties|pattern)$/;

const base = {
  pattern: 'multiple-replicas',
  image: { repository: 'acme/orders', tag: '1' },
  workloads: { integration: { type: 'stateless', replicas: 2 } },
};
/** What a group needs beside it, or cannot have together: it is tried out with each. */
const beside: Readonly<Record<string, readonly JsonObject[]>> = {
  coordination: [
    {
      coordination: {
        mode: 'database',
        schemaJob: undefined,
        database: { resolver: 'round-robin', taskNodes: undefined },
      },
      workloads: { integration: { replicas: 9 } },
    },
    {
      coordination: {
        mode: 'database',
        schemaJob: undefined,
        database: { resolver: 'task-nodes', taskNodes: ['orders-integration-0'], taskServerCount: undefined },
      },
      workloads: { integration: { type: 'stateful', recovery: 'at-most-one' } },
    },
  ].map((values) => ({ pattern: 'coordinated', ...values })),
  artifacts: [{ artifacts: { roles: [] } }],
  image: [{ image: { digest: '' } }],
};
const version = '4.7.0';
/** Before the control plane, which has another table. */
const earlier = '4.3.0';

/** Data that a schema takes, with all that it names in it; `choose` takes one of several. */
function sample(
  schema: JsonObject,
  path: string,
  choose: (path: string, choices: readonly unknown[]) => unknown,
): unknown {
  const node = followed(schema);
  if (Array.isArray(node.enum)) return choose(path, node.enum);
  const types = [node.type].flat();
  if (types.includes('boolean')) return choose(path, [true, false]);
  if (Array.isArray(node.examples) && !isObject(node.properties)) return node.examples[0];
  if (types.includes('integer')) return Number(node.minimum ?? 0) + 7;
  if (types.includes('string')) return node.pattern === '^(/.*)?$' ? '/given' : 'given';
  if (types.includes('array')) return [];
  return Object.fromEntries(
    Object.entries(isObject(node.properties) ? node.properties : {}).map(([key, inner]) => [
      key,
      sample(inner as JsonObject, `${path}.${key}`, choose),
    ]),
  );
}

function followed(node: JsonObject): JsonObject {
  if (typeof node.$ref !== 'string') return node;
  const { $ref: reference, ...own } = node;
  return { ...followed(valueAt(chartSchema, reference.replace('#/', '').split('/')) as JsonObject), ...own };
}

/** All of a group at once, then the same with each other choice: another type, another flag. */
function variants(group: string): readonly unknown[] {
  const schema = valueAt(chartSchema, ['properties', group]) as JsonObject;
  const choices = new Map<string, readonly unknown[]>();
  const first = sample(schema, group, (path, all) => {
    choices.set(path, all);
    return all[0];
  });
  const more = [...choices].flatMap(([path, all]) =>
    all.slice(1).map((choice) => sample(schema, group, (at, [usual]) => (at === path ? choice : usual))),
  );
  return [first, ...more];
}

/** The deployment.toml that the chart writes; undefined where it refuses the values. */
async function tomlOf(values: JsonObject): Promise<JsonObject | undefined> {
  const result = await render(values);
  if (result.state === 'refused') return undefined;
  const texts = result.objects.flatMap(({ object }) =>
    object.kind === 'ConfigMap' ? [valueAt(object, ['data', 'deployment.toml'])] : [],
  );
  const text = texts.find((one) => typeof one === 'string');
  return text === undefined ? undefined : (parse(text) as JsonObject);
}

/** What stands in the one file and not in the other, with other values: a project that says it differently. */
function differently(written: JsonObject, usual: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(written).flatMap(([key, value]): (readonly [string, unknown])[] => {
      const before = usual[key];
      if (isDeepStrictEqual(value, before)) return [];
      if (isObject(value)) return [[key, differently(value, isObject(before) ? before : {})]];
      if (!Array.isArray(value)) return [[key, other(key, value)]];
      const known: readonly unknown[] = Array.isArray(before) ? before : [];
      return [
        [
          key,
          value
            .filter((item) => !known.some((one) => isDeepStrictEqual(one, item)))
            .map((item) => (isObject(item) ? differently(item, {}) : other(key, item))),
        ],
      ];
    }),
  );
}

function other(key: string, value: unknown): unknown {
  if (['id', 'name', 'class'].includes(key)) return value;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : 'of the project';
}

const groups = Object.keys(chartSchema.properties as JsonObject).filter((group) => !others.test(group));

interface Tried {
  readonly group: string;
  readonly values: JsonObject;
  readonly toml: JsonObject | undefined;
  readonly usual: JsonObject;
}

const usual = new Map<string, JsonObject>();
for (const one of [version, earlier]) usual.set(one, (await tomlOf({ ...base, runtime: { version: one } })) ?? {});

const tried: readonly Tried[] = await inParallel(
  groups.flatMap((group) =>
    variants(group).flatMap((variant, index) =>
      (index === 0 ? [version, earlier] : [version]).flatMap((one) =>
        (beside[group] ?? [{}]).map((more) => ({
          group,
          values: [{ ...base, runtime: { version: one } }, { [group]: variant }, more].reduce(layerValues),
          usual: usual.get(one) ?? {},
        })),
      ),
    ),
  ),
  async (one) => ({ ...one, toml: await tomlOf(one.values) }),
);
const writing = tried.filter((one) => one.toml !== undefined && !isDeepStrictEqual(one.toml, one.usual));

describe('the settings of the chart that write deployment.toml', () => {
  it('are all tried out', () => {
    const rendered = new Set(tried.flatMap(({ group, toml }) => (toml === undefined ? [] : [group])));
    expect(groups.filter((group) => !rendered.has(group))).toEqual([]);
    expect([...new Set(writing.map(({ group }) => group))].toSorted()).toEqual([
      'coordination',
      'hashicorpVault',
      'icp',
      'keystores',
      'metrics',
      'runtime',
      'tracing',
      'userStore',
    ]);
    expect(writing.length).toBeGreaterThan(30);
  });

  it('win over the deployment.toml of a project, whatever it says of the same', async () => {
    const source = { path: 'deployment/deployment.toml', line: 1, column: 1 };
    const beaten = await inParallel(writing, async ({ values, toml, usual: without }) => {
      const tables = differently(toml ?? {}, without);
      const carried = carryOver([{ source, tables, at: () => source }], 'orders', values);
      const together = await tomlOf(layerValues(carried.values, values));
      return isDeepStrictEqual(together, toml) ? [] : [{ tables, carried: carried.values }];
    });
    expect(beaten.flat()).toEqual([]);
  });
});

describe('the secrets of a project', () => {
  it.each(['admin', 'wso2carbon', '$ecret', '$env{OWN}', '$secret{own}'])(
    'are what the chart warns of in plain text: %j',
    async (password) => {
      const source = { path: 'deployment/deployment.toml', line: 1, column: 1 };
      const tables = { service_catalog: [{ password }], system: { parameter: { 'my.token': password } } };
      const { values } = carryOver([{ source, tables, at: () => source }], 'orders', {});
      const own = await render(layerValues({ ...base, deploymentToml: tables }, {}));
      const carried = await render(layerValues(base, values));
      expect(warningsOf(carried)).not.toContain('MI-VALUES-SECRET-INLINE');
      expect(warningsOf(own).includes('MI-VALUES-SECRET-INLINE')).toBe(values['env'] !== undefined);
    },
  );
});

function warningsOf(result: Awaited<ReturnType<typeof render>>): string {
  if (result.state === 'refused') throw new Error('The chart refused.');
  const texts = result.objects.map(({ object }) => valueAt(object, ['data', 'warnings']));
  return texts.filter((text) => typeof text === 'string').join('\n');
}
