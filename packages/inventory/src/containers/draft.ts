import type { ParsedArtifact } from '../artifact/parsed.ts';
import { findingOf, type Words } from '../findings/catalogue.ts';
import type { Diagnostic, Source } from '../model/diagnostic.ts';
import { defaultLimits, type Limits } from '../files/limits.ts';
import type { FileRead, FilesRead } from './files-read.ts';
import type { Application, ArtifactFacts, ArtifactKind, Delivery, ServerConfiguration } from '../model/inventory.ts';

/** An application before ids are given out. Compared by identity. */
export type ApplicationDraft = Omit<Application, 'id' | 'deliveries'>;

/** One artifact file as read, and what delivers it. */
export interface ArtifactDraft {
  readonly parsed: ParsedArtifact;
  readonly version: string;
  readonly deliveries: DeliveryDraft[];
  /** Goes with these applications' images outside the archive, as JARs of `deployment/libs` do. */
  readonly beside: readonly ApplicationDraft[];
}

export interface DeliveryDraft extends Omit<Delivery, 'artifact'> {
  readonly application: ApplicationDraft;
}

/** Everything the container readers have found; each reader appends. */
export interface Findings {
  readonly applications: ApplicationDraft[];
  readonly artifacts: ArtifactDraft[];
  readonly configurations: {
    readonly configuration: Omit<ServerConfiguration, 'application'>;
    readonly application?: ApplicationDraft;
  }[];
  readonly diagnostics: Diagnostic[];
}

/** The file that an entry of an archive was made of, where that was kept. */
export type OriginOf = (entry: string) => FileRead | undefined;

/** What every container reader is given. */
export interface Context {
  readonly limits: Limits;
  readonly findings: Findings;
  /** Path of a file on disk as diagnostics show it. */
  readonly display: (absolute: string) => string;
  /** XML and .dbs files in a project, a module or a server that its reader has not read yet, by path. */
  readonly unread: Set<string>;
  /** Real paths of the folders that were given: links to folders are followed inside them only. */
  readonly roots: readonly string[];
  /** Real paths of files and folders that links in a container led to: what lies there belongs to the container. */
  readonly followed: Set<string>;
  /** Version of the server that what is read lies in, where that is known. */
  readonly runtimeVersion?: string;
  /** Whether what is read is a server's own, in no archive. */
  readonly inServer?: boolean;
  /** Keeps what is read of files on disk, for whoever packs them. */
  readonly filesRead?: FilesRead;
  /** What entries of an archive are copies of. Set where only names of artifacts are asked for, not what they say. */
  readonly originOf?: OriginOf;
}

/**
 * A context of a reading that begins. Without arguments it has the usual limits, shows paths as they are, and follows
 * no link to a folder.
 */
export function newContext(
  limits: Limits = defaultLimits,
  display: Context['display'] = (file) => file,
  roots: Context['roots'] = [],
): Context {
  return {
    limits,
    findings: { applications: [], artifacts: [], configurations: [], diagnostics: [] },
    display,
    unread: new Set(),
    roots,
    followed: new Set(),
  };
}

/** Adds a finding; `source` is undefined where no place says it. */
export function report(
  context: Context,
  source: Source | undefined,
  { related = [], ...words }: Words & { readonly related?: readonly Source[] | undefined },
): void {
  context.findings.diagnostics.push({ ...findingOf(words, source), ...(related.length > 0 && { related }) });
}

/** What is wrong with a file that no application delivers harms no server: it is no error. */
export function milder(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.severity === 'error' ? { ...diagnostic, severity: 'warning' } : diagnostic;
}

/** Reads what no application delivers: what is found there is at most a warning, see {@link milder}. */
export function readIdle<T>({ findings: { diagnostics } }: Context, read: () => T): T {
  const before = diagnostics.length;
  const result = read();
  diagnostics.push(...diagnostics.splice(before).map(milder));
  return result;
}

/** A folder at the beginning of a sentence. */
export function inSentence(folder: string): string {
  return folder === '.' ? 'The current folder' : folder;
}

/** The place of what is said of a file or folder as a whole. */
export function startOf(path: string): Source {
  return { path, line: 1, column: 1 };
}

/** `an endpoint`, `a sequence`. */
export function withArticle(kind: ArtifactKind): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** An artifact that is no XML file of its own: a JAR, a connector, a registry resource, a property file. */
export function plainArtifact(
  name: string,
  source: Source,
  facts: ArtifactFacts,
  contents?: Pick<ParsedArtifact, 'effects' | 'references' | 'settings'>,
): ParsedArtifact {
  const kind: ArtifactKind = facts.kind;
  return {
    kind,
    name,
    source,
    facts,
    effects: contents?.effects ?? [],
    references: contents?.references ?? [],
    ...(contents?.settings === undefined || contents.settings.length === 0 ? {} : { settings: contents.settings }),
  };
}
