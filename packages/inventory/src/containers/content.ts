import type { ParsedArtifact } from '../artifact/parsed.ts';

/** Where an artifact says something, which is no part of what it says. */
const place = 'source';

/** Whether two artifacts say the same, wherever they say it: two such copies mean the same to every plan. */
export function haveSameContent(one: ParsedArtifact, other: ParsedArtifact): boolean {
  return (
    (one.version ?? '') === (other.version ?? '') &&
    isSame(one.facts, other.facts) &&
    isSame(one.effects, other.effects) &&
    isSame(one.references, other.references)
  );
}

/** A key that is the same for artifacts that {@link haveSameContent}, and for no others. */
export function contentKey({ version, facts, effects, references }: ParsedArtifact): string {
  return JSON.stringify([version ?? '', facts, effects, references], (key, value: unknown) =>
    key === place ? undefined : value,
  );
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isObject(one) || !isObject(other) || Array.isArray(one) || Array.isArray(other)) return false;
  for (const key in one) if (key !== place && !isSame(one[key], other[key])) return false;
  for (const key in other) if (key !== place && one[key] === undefined && other[key] !== undefined) return false;
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
