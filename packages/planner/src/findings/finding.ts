import {
  type Artifact,
  type ArtifactId,
  compareSources,
  compareText,
  type Severity,
  type Source,
  withoutCredentials,
} from '@mi-patterns/inventory';
import type { PlanDiagnostic, Verdict } from '../model/plan.ts';
import { workloadCatalogue } from './catalogue-delivery.ts';
import { plannerCatalogue } from './catalogue.ts';

export interface Parts {
  /** Absent for that of the code. */
  readonly severity?: Severity;
  readonly message: string;
  readonly hint: string;
  readonly source?: Source | undefined;
  readonly related?: readonly Source[];
  readonly artifacts?: readonly ArtifactId[];
  readonly volume?: PlanDiagnostic['volume'];
}

const catalogue = { ...plannerCatalogue, ...workloadCatalogue };

/** Places shown next to a finding at most; the message says how many artifacts there are. */
const mostRelated = 50;

/** Makes a finding with sorted, distinct places and artifacts, so that the order of the input never shows. */
export function finding(code: keyof typeof catalogue, parts: Parts): PlanDiagnostic {
  const related = distinct((parts.related ?? []).toSorted(compareSources)).slice(0, mostRelated);
  return {
    code,
    severity: parts.severity ?? catalogue[code].severity,
    message: withoutCredentials(parts.message),
    hint: withoutCredentials(parts.hint),
    ...(parts.source === undefined ? {} : { source: parts.source }),
    ...(related.length === 0 ? {} : { related }),
    artifacts: [...new Set(parts.artifacts ?? [])].toSorted(compareText),
    ...(parts.volume === undefined ? {} : { volume: parts.volume }),
  };
}

function distinct(sources: readonly Source[]): Source[] {
  return sources.filter((source, position) => position === 0 || compareSources(source, sources[position - 1]) !== 0);
}

/**
 * "a, b and c", or "a, b and 40 more" when there are more than `most`; a single one that is left takes no more room by
 * its name. Keeps the order given.
 */
export function listed(names: readonly string[], most = 10): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length <= most + 1) return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** The way out that every verdict has: the user's own word in `mi-patterns.yaml`. */
export function overrideHint(artifact: Pick<Artifact, 'id'>, to: string): string {
  return `say so under "verdicts:" in mi-patterns.yaml (${artifact.id}: {class: ${to}, reason: …})`;
}

/** The place of a verdict's evidence, without its text. */
export function place(verdict: Verdict): Source {
  const { path, line, column } = verdict.evidence;
  return { path, line, column };
}
