import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { ArtifactKind } from '../model.ts';

/** Kinds that are one XML file, whose facts, effects and references say all that a plan goes by. */
const comparable: ReadonlySet<ArtifactKind> = new Set<ArtifactKind>([
  'api',
  'proxy-service',
  'task',
  'message-processor',
  'message-store',
  'inbound-endpoint',
  'sequence',
  'endpoint',
  'template',
  'local-entry',
  'data-service',
  'data-source',
  'axis2-service',
]);

/** True for a kind of which two copies can be compared by {@link contentOf}. */
export function isComparable(kind: ArtifactKind): boolean {
  return comparable.has(kind);
}

/** What an artifact says, without the places at which it says so: two copies of equal content mean the same to every plan. */
export function contentOf({ version, facts, effects, references }: ParsedArtifact): string {
  return JSON.stringify([version ?? '', facts, effects, references], (key, value: unknown) =>
    key === 'source' ? undefined : value,
  );
}
