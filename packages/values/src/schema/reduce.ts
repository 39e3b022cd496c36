import { groupBy } from '@mi-patterns/inventory';
import { conditionText } from './condition.ts';
import type { SchemaError } from './schema-error.ts';
import { pointerSegments, propertyNames, schemaAt, type JsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';

/** One thing to tell the user, made from all that a validator reported about it. */
export interface ReducedError {
  readonly error: SchemaError;
  /** What the failed check depends on, "`pattern` is `single-replica`" for instance, outermost first. */
  readonly conditions: readonly string[];
  /** Set when no branch of a oneOf or anyOf comes near: what all of them together would take. */
  readonly alternatives?:
    | { readonly type: 'types'; readonly branches: readonly JsonSchema[] }
    | { readonly type: 'choices'; readonly values: readonly unknown[] }
    | { readonly type: 'keys'; readonly keys: readonly string[]; readonly several: boolean };
}

/**
 * Reduces the report of a validator: of a oneOf or anyOf only the branch that the user most likely meant is kept, an
 * if/then becomes a condition of what failed in it, and what merely repeats another error is dropped.
 */
export function reduceErrors(
  errors: readonly SchemaError[],
  root: JsonSchema,
  conditions: readonly string[] = [],
): readonly ReducedError[] {
  const all = errors.filter(isCombinator);
  // A file of many workloads can have thousands of errors: what is below two keys is reduced apart from the rest.
  const shallow = all.filter(({ instancePath }) => areaOf(instancePath) === undefined);
  if (shallow.length === 0 && errors.length > 1) {
    const areas = groupBy(errors, ({ instancePath }) => areaOf(instancePath) ?? '');
    if (areas.size > 1) return [...areas.values()].flatMap((members) => reduceErrors(members, root, conditions));
  }
  const combinators = shallow.length === 0 ? all : shallow;
  const outermost = combinators.filter((error) => !combinators.some((other) => other !== error && owns(other, error)));
  const loose = errors.filter(
    (error) => !outermost.includes(error) && !outermost.some((combinator) => owns(combinator, error)),
  );
  return [
    ...(shallow.length > 0 ? reduceErrors(loose, root, conditions) : loose.map((error) => ({ error, conditions }))),
    ...outermost.flatMap((combinator) =>
      reduceCombinator(
        combinator,
        errors.filter((error) => error !== combinator && owns(combinator, error)),
        root,
        conditions,
      ),
    ),
  ];
}

function isCombinator({ keyword }: SchemaError): boolean {
  return (
    keyword === 'oneOf' || keyword === 'anyOf' || keyword === 'if' || keyword === 'not' || keyword === 'propertyNames'
  );
}

/** The first two keys of a path; undefined for a shorter one. */
function areaOf(instancePath: string): string | undefined {
  return /^\/[^/]*\/[^/]*/.exec(instancePath)?.[0];
}

/** True when `inner` was reported by a branch of `outer`. */
function owns(outer: SchemaError, inner: SchemaError): boolean {
  if (inner.instancePath !== outer.instancePath && !inner.instancePath.startsWith(`${outer.instancePath}/`))
    return false;
  if (outer.keyword === 'if')
    return inner.schemaPath.startsWith(outer.schemaPath.replace(/if$/, `${String(outer.params['failingKeyword'])}/`));
  if (outer.keyword === 'propertyNames')
    return inner.propertyName !== undefined && inner.propertyName === outer.params['propertyName'];
  return inner.schemaPath.startsWith(`${outer.schemaPath}/`);
}

function reduceCombinator(
  combinator: SchemaError,
  inner: readonly SchemaError[],
  root: JsonSchema,
  conditions: readonly string[],
): readonly ReducedError[] {
  switch (combinator.keyword) {
    case 'if': {
      const owner = pointerSegments(combinator.schemaPath).slice(0, -1);
      const text = conditionText(root, schemaAt(root, [...owner, 'if']), {
        path: pointerSegments(combinator.instancePath),
        negated: combinator.params['failingKeyword'] === 'else',
      });
      return reduceErrors(inner, root, text === undefined ? conditions : [...conditions, text]);
    }
    case 'oneOf':
    case 'anyOf':
      return reduceBranches(combinator, inner, root, conditions);
    default:
      return [{ error: combinator, conditions }];
  }
}

interface Branch {
  readonly schema: unknown;
  readonly errors: readonly SchemaError[];
}

function reduceBranches(
  combinator: SchemaError,
  inner: readonly SchemaError[],
  root: JsonSchema,
  conditions: readonly string[],
): readonly ReducedError[] {
  const schemas = (schemaAt(root, pointerSegments(combinator.schemaPath)) ?? []) as readonly unknown[];
  const branches: readonly Branch[] = schemas.map((schema, index) => ({
    schema,
    errors: inner.filter(({ schemaPath }) => schemaPath.startsWith(`${combinator.schemaPath}/${index}/`)),
  }));
  const keys = schemas.map(onlyRequires);
  const passing = combinator.params['passingSchemas'];
  if (keys.every((names) => names !== undefined)) {
    return [
      {
        error: combinator,
        conditions,
        alternatives: {
          type: 'keys',
          keys: keys.flat().filter((name) => name !== undefined),
          several: Array.isArray(passing),
        },
      },
    ];
  }
  if (Array.isArray(passing)) return [{ error: combinator, conditions }];
  const here = (error: SchemaError): boolean => error.instancePath === combinator.instancePath;
  const wrongType = branches.filter(({ errors }) => errors.some((error) => here(error) && error.keyword === 'type'));
  if (wrongType.length === branches.length) {
    return [
      {
        error: combinator,
        conditions,
        alternatives: {
          type: 'types',
          branches: branches.map(({ schema }) =>
            typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : {},
          ),
        },
      },
    ];
  }
  const near = branches.filter((branch) => !wrongType.includes(branch));
  const choices = near.length < 2 ? undefined : sharedChoices(near);
  if (choices !== undefined)
    return [{ error: choices.error, conditions, alternatives: { type: 'choices', values: choices.values } }];
  const [best] = [...branches].sort((a, b) => score(a, combinator, root) - score(b, combinator, root));
  return reduceErrors(best?.errors ?? [combinator], root, conditions);
}

function onlyRequires(schema: unknown): readonly string[] | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { required, ...rest } = schema as JsonSchema;
  return required !== undefined &&
    Object.keys(rest).every((keyword) => ['title', 'description', '$comment'].includes(keyword))
    ? required
    : undefined;
}

/** When every branch fails a `const` or `enum` at one place, that place is the choice, and these are all its values. */
function sharedChoices(
  branches: readonly Branch[],
): { readonly error: SchemaError; readonly values: readonly unknown[] } | undefined {
  const [first] = branches;
  for (const error of first?.errors.filter(isChoice) ?? []) {
    const same = branches.map(({ errors }) =>
      errors.find((other) => isChoice(other) && other.instancePath === error.instancePath),
    );
    if (same.every((other) => other !== undefined))
      return { error, values: same.flatMap((other) => (other === undefined ? [] : allowedValues(other))) };
  }
  return undefined;
}

function isChoice(error: SchemaError): boolean {
  return error.keyword === 'const' || error.keyword === 'enum';
}

/** The values that a failed `const` or `enum` would have taken. */
export function allowedValues(error: SchemaError): readonly unknown[] {
  return error.keyword === 'const'
    ? [error.params['allowedValue']]
    : ((error.params['allowedValues'] ?? []) as readonly unknown[]);
}

/** How far the data is from a branch; the smallest is what the user most likely meant. */
function score(branch: Branch, combinator: SchemaError, root: JsonSchema): number {
  return branch.errors.reduce((sum, error) => sum + weight(error, branch, combinator, root), 0);
}

function weight(error: SchemaError, branch: Branch, combinator: SchemaError, root: JsonSchema): number {
  const here = error.instancePath === combinator.instancePath;
  if (error.keyword === 'type' && here) return 1000;
  if (isChoice(error)) return 20;
  if (error.keyword === 'additionalProperties') {
    return here && nearest(String(error.params['additionalProperty']), propertyNames(root, branch.schema)) !== undefined
      ? 2
      : 5;
  }
  return error.keyword === 'required' ? 3 : 1;
}
