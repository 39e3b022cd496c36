import { isSecretName, withoutCredentials } from '@mi-patterns/inventory';
import { isMapping } from './merge.ts';

/** Password of the key stores in WSO2's images: no secret, and the only one that the chart does not warn of. */
export const publicPasswords: ReadonlySet<string> = new Set(['', 'wso2carbon']);

/** True for a text that says nothing itself: the server puts in what it refers to, `$env{NAME}` or `$secret{alias}`. */
export function isReference(value: string): boolean {
  return /^(?:\$\w+\s*\{[^}]*\}[^\w$]*)+$/.test(value);
}

type Path = readonly string[];

/** A value of a document: what its variable is called after, and where it stands. */
export interface Position {
  readonly names: Path;
  readonly keys: Path;
}

/**
 * The same data with `$env{NAME}` for what is secret, and without holes in lists; `variableFor` names the variable that
 * holds it.
 */
export function withoutSecrets(
  value: unknown,
  { names, keys }: Position,
  variableFor: (position: Position, secret: string) => string,
): unknown {
  // Numbers beyond 2^53, no numbers and times are text in values, which are JSON to helm; MI writes them as text
  // anyway.
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) =>
      item === undefined ? [] : [withoutSecrets(item, elementOf({ names, keys }, item, index), variableFor)],
    );
  if (isMapping(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        withoutSecrets(inner, { names: [...names, key], keys: [...keys, key] }, variableFor),
      ]),
    );
  if (typeof value !== 'string' || isReference(value) || !isSecret(names.at(-1) ?? '', value)) return value;
  return `$env{${variableFor({ names, keys }, value)}}`;
}

/** Names of variables, after what leads to the secret in each; two secrets never share one. */
export function variableNames(): (names: Path, secret: string) => string {
  const holders = new Map<string, string>();
  return (names, secret) => {
    const plain = `MI_${names
      .join('_')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase()}`;
    const holder = JSON.stringify([names, secret]);
    let name = plain;
    for (let number = 2; (holders.get(name) ?? holder) !== holder; number += 1) name = `${plain}_${number}`;
    holders.set(name, holder);
    return name;
  };
}

function elementOf({ names, keys }: Position, item: unknown, index: number): Position {
  return {
    names: [...names, labelOf(item) ?? String(index + 1)],
    keys: [...keys.slice(0, -1), `${keys.at(-1) ?? ''}[${index}]`],
  };
}

/** What an element of a list is called, so that its variables keep their names when another element comes before it. */
export function labelOf(item: unknown): string | undefined {
  const label = isMapping(item) ? (item['id'] ?? item['name']) : undefined;
  return typeof label === 'string' && label !== '' ? label : undefined;
}

/** True for a text under a key that only the server should know. */
export function isSecret(key: string, value: string): boolean {
  if (publicPasswords.has(value)) return false;
  return (
    (isSecretName(key) && !/_?(?:type|enable[d]?|algorithm|class|alias)$/i.test(key)) ||
    withoutCredentials(value) !== value
  );
}
