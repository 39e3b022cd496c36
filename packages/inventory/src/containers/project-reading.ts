import type { ParsedArtifact } from '../artifact/parsed.ts';
import type { ApplicationDraft, Context, DeliveryDraft } from './draft.ts';

/** Artifact version and application of a project whose parts are being read. */
export interface ProjectReading {
  readonly context: Context;
  readonly application: ApplicationDraft;
  /** Version of artifacts without one of their own. */
  readonly version: string;
}

/** Adds an artifact to the project's archive, or, without `delivery`, as one that the build leaves out. */
export function addToProject(reading: ProjectReading, parsed: ParsedArtifact, version: string, delivery?: Omit<DeliveryDraft, 'application'>): void {
  const deliveries = delivery === undefined ? [] : [{ application: reading.application, ...delivery }];
  reading.context.findings.artifacts.push({ parsed, version, deliveries, beside: [] });
}
