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
export function addToProject(
  reading: ProjectReading,
  parsed: ParsedArtifact,
  version: string,
  delivery?: Omit<DeliveryDraft, 'application'>,
): void {
  const { application, context } = reading;
  const deliveries = delivery === undefined ? [] : [withApplication(application, delivery)];
  context.findings.artifacts.push({ parsed, version, deliveries, beside: none });
}

const none: readonly never[] = [];

/** Written out, because a spread takes several times as long, and there is one for each artifact. */
function withApplication(
  application: ApplicationDraft,
  { name, version, type, serverRole, file, path }: Omit<DeliveryDraft, 'application'>,
): DeliveryDraft {
  return serverRole === undefined
    ? { application, name, version, type, file, path }
    : { application, name, version, type, serverRole, file, path };
}
