import type { Diagnostic, Source } from '../model/diagnostic.ts';
import type { ArtifactFacts, ArtifactKind, Effect, Relation, SettingRead } from '../model/inventory.ts';

/** What one artifact file says, before it is known which other artifacts exist. */
export interface ParsedArtifact {
  readonly kind: ArtifactKind;
  readonly name: string;
  /** `version` attribute of the artifact itself, not of its application. */
  readonly version?: string;
  readonly source: Source;
  readonly facts: ArtifactFacts;
  readonly effects: readonly Effect[];
  readonly references: readonly ParsedReference[];
  /** What it takes from where its server runs. Missing: nothing. */
  readonly settings?: readonly SettingRead[];
  /** Of an endpoint or template: what tells its text from another one. */
  readonly written?: string;
  /** Files that it writes into the registry of a server. Missing: none. */
  readonly resources?: readonly RegistryFile[];
  /** Constants that its flow gives a message, by property (`ctx:name`) and variable (`var:name`). Missing: none. */
  readonly sets?: readonly GivenValue[];
  /** Of a template: what it declares. Missing: nothing, or not read. */
  readonly parameters?: readonly TemplateParameter[];
}

/** A `<parameter>` that a template declares. */
export interface TemplateParameter {
  readonly name: string;
  /** `defaultValue` of a template of sequences. */
  readonly value?: string;
  /** A call that does not give it fails: `isMandatory`, or the value of an attribute or element of an endpoint. */
  readonly isNeeded?: true;
  readonly source: Source;
}

/** What a call of a template gives for one of its parameters, or a flow to a property of a message. */
export interface GivenValue {
  readonly name: string;
  /** Element and attribute that give it. */
  readonly via: string;
  /** Undefined where a reference of its own tells what it leads to. */
  readonly value?: string;
  readonly source: Source;
}

/** What an artifact is called, without everything that it says. */
export type NamedArtifact = Pick<ParsedArtifact, 'kind' | 'name' | 'version'>;

/** The name of an artifact alone, so that nothing else of it is kept. */
export function namedArtifact({ kind, name, version }: NamedArtifact): NamedArtifact {
  return version === undefined ? { kind, name } : { kind, name, version };
}

/** A file that goes into the registry of a server. */
export interface RegistryFile {
  readonly path: string;
  readonly registryPath: string;
  readonly mediaType?: string;
  /** Comes with a whole folder (`<collection>`), not by itself. */
  readonly inCollection?: true;
  /** Size and check sum, by which contents are told apart; asked for only where two files have one registry path. */
  readonly content: () => string;
}

/** What an attribute or text refers to. `resource`: a registry resource or local entry. */
export type TargetKind = ArtifactKind | 'resource' | 'address' | 'class';

/** A reference as written. {@link Reference} is what it becomes once every artifact is known. */
export interface ParsedReference {
  readonly via: string;
  readonly relation: Relation;
  /** Both as in {@link Reference}. */
  readonly always?: true;
  readonly method?: string;
  readonly source: Source;
  readonly target:
    /** A name that one of these kinds may satisfy, best first. */
    | { readonly type: 'name'; readonly kinds: readonly ArtifactKind[]; readonly name: string }
    /** A registry key, with or without `gov:`, `conf:`, `resources:`; may also be a local entry. */
    | { readonly type: 'registry'; readonly key: string }
    /**
     * An address whose host may be the server itself. With `connection`, a path below the address that this local entry
     * holds.
     */
    | { readonly type: 'address'; readonly uri: string; readonly connection?: string }
    | { readonly type: 'class'; readonly name: string }
    /** Every API and proxy the server has whose path a pattern matches. */
    | { readonly type: 'dispatch'; readonly pattern: string }
    | {
        readonly type: 'dynamic';
        readonly expression: string;
        /**
         * What alone decides it, the parameter of a template or a value of the message (`ctx:name`, `var:name`), and
         * the kind of what that names.
         */
        readonly parameter?: { readonly name: string; readonly kind: TargetKind };
      };
  /** It is none unless something has the name: a property may have another value when a message gets there. */
  readonly isGuess?: true;
  /** Of a call of a template: what it gives, in the order of the file. Missing: what nobody can know from the files. */
  readonly gives?: readonly GivenValue[];
}

/** The outcome of reading one XML file. */
export interface ParsedFile {
  /**
   * Artifacts in the file: one as a rule; several in a `<definitions>` document. Empty when the file is no artifact.
   */
  readonly artifacts: readonly ParsedArtifact[];
  /** Local name of the root element; undefined when the file has none. */
  readonly root?: string;
  readonly diagnostics: readonly Diagnostic[];
}
