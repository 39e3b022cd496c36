import type { ParsedArtifact } from '../artifact/parsed.ts';

/**
 * What an artifact says, without the places at which it says so: two copies of equal content mean the same to every
 * plan.
 */
export function contentOf({ version, facts, effects, references }: ParsedArtifact): string {
  return JSON.stringify([version ?? '', facts, effects, references], (key, value: unknown) =>
    key === 'source' ? undefined : value,
  );
}
