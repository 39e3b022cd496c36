import {
  type Artifact,
  hiddenValue,
  isArtifactKind,
  isDynamic,
  isSecretName,
  kindRow,
  type Parameter,
  type Source,
} from '@mi-patterns/inventory';
import type { Verdict, VerdictClass } from '../model/plan.ts';

/** What a rule found: the end of a sentence that starts with the artifact's name, and what decided it. */
export interface Finding {
  readonly class: VerdictClass;
  /** Continues "Task nightly …"; no full stop. */
  readonly why: string;
  /** The parameter that decided; without one the artifact's own attribute did. */
  readonly parameter?: Parameter;
  readonly undecided?: Verdict['undecided'];
  /** State that should outlive the pod; missing: there is none, or it is outside of the pods. */
  readonly keeps?: Kept;
}

/**
 * State in the files of a pod: in MI's registry, or in the offset files of change data capture with the folders that
 * hold them.
 */
export type Kept =
  | { readonly what: 'registry' }
  | {
      readonly what: 'offsets';
      /** Undefined for one that only the server knows. */ readonly folders: readonly (string | undefined)[];
    };

/** Worst first: the class that decides where several are true of one artifact. */
const worstFirst: readonly VerdictClass[] = ['isolate', 'opaque', 'broker-safe', 'affinity', 'pod-local', 'stateless'];

/** True when the first class allows less than the second. */
export function isStricter(found: VerdictClass, than: VerdictClass): boolean {
  return worstFirst.indexOf(found) < worstFirst.indexOf(than);
}

/** How a sentence names an artifact: `Task nightly`. Stands at the start of a sentence. */
export function title(artifact: Pick<Artifact, 'kind' | 'name'>): string {
  return `${kindRow(artifact.kind).word} ${artifact.name}`;
}

/** Why an artifact has its verdict, before it is put in a sentence. */
interface Reason {
  /** {@link title} of what is judged. */
  readonly subject: string;
  /** Continues the subject; no full stop. */
  readonly why: string;
  /** Sentences that follow. */
  readonly more?: string;
}

/** A verdict whose reason is not put in a sentence yet. */
export interface Ruling extends Omit<Verdict, 'because'> {
  readonly because: Reason;
}

/** A reason with the artifact as its subject. */
export function reasonOf(artifact: Pick<Artifact, 'kind' | 'name'>, why: string): Reason {
  return { subject: title(artifact), why };
}

/** How an artifact is named inside a sentence: `sequence audit`. */
export function inWords(kind: string, name: string): string {
  const word = isArtifactKind(kind) ? kindRow(kind).word : kind.replaceAll('-', ' ');
  if (kind === 'registry-resource') return `the registry resource ${name.startsWith('_system/') ? '/' : ''}${name}`;
  return `the ${word === 'API' || word.startsWith('Axis2') ? word : word.toLowerCase()} ${name}`;
}

/** The place of an evidence, with its text. */
export function evidence({ path, line, column }: Source, text: string): Verdict['evidence'] {
  // Written out: V8 gives each object that begins with a spread and goes on a hidden class of its own, 240 bytes.
  return { path, line, column, text };
}

/** The evidence text of a parameter: the name, and its value or where the value comes from. */
export function parameterText({ name, value, key, written }: Parameter): string {
  if (value === undefined) return `<parameter name="${name}" key="${key ?? ''}">`;
  const shown = isSecretName(name) ? hiddenValue : value;
  return `<parameter name="${name}">${written ?? shown}</parameter>${written === undefined ? '' : `, which each environment gives as ${shown}`}`;
}

/** Turns a finding into the ruling on an artifact; `fallback` is the evidence when no parameter decided. */
export function verdictOf(artifact: Artifact, finding: Finding, fallback: Verdict['evidence']): Ruling {
  return {
    class: finding.class,
    because: reasonOf(artifact, finding.why),
    evidence:
      finding.parameter === undefined ? fallback : evidence(finding.parameter.source, parameterText(finding.parameter)),
    ...(finding.undecided === undefined ? {} : { undecided: finding.undecided }),
  };
}

/**
 * True for text that only a server can resolve: what {@link isDynamic} knows, and deployment.toml's `$env{X}`,
 * `$secret{x}`.
 */
export function isExpression(text: string): boolean {
  const value = text.trim();
  return isDynamic(value) || /\$[a-z]+\{/.test(value) || value.startsWith('get-property(');
}

/** A parameter as far as it can be known without a server. */
export type Setting =
  | { readonly state: 'absent' }
  | { readonly state: 'literal'; readonly value: string; readonly parameter: Parameter }
  | { readonly state: 'dynamic'; readonly text: string; readonly parameter: Parameter };

/**
 * Reads the parameter of the first name that is there (exact spelling); blank text counts as absent. Of several
 * parameters with one name the last counts, as in the maps that MI's factories fill.
 */
export function setting(parameters: readonly Parameter[], ...names: readonly string[]): Setting {
  for (const name of names) {
    const parameter = parameters.findLast((candidate) => candidate.name === name);
    if (parameter === undefined) continue;
    if (parameter.value === undefined) {
      if (parameter.key !== undefined) return { state: 'dynamic', text: parameter.key, parameter };
      continue;
    }
    const value = parameter.value.trim();
    if (value === '') continue;
    return isExpression(value) ? { state: 'dynamic', text: value, parameter } : { state: 'literal', value, parameter };
  }
  return { state: 'absent' };
}

/**
 * True for a value that is another one in each pod: a container runtime sets `HOSTNAME` to the name of the pod, and
 * `POD_NAME` and `POD_IP` are the usual names for what Kubernetes tells a container of its pod.
 */
export function differsInEachPod(found: Setting): boolean {
  return found.state === 'dynamic' && /^\$SYSTEM:(?:HOSTNAME|POD_NAME|POD_IP)$/.test(found.text);
}

/** The finding for a parameter whose value decides and only the server knows. */
export function undecidedBy(found: Extract<Setting, { state: 'dynamic' }>, what: string): Finding {
  return {
    class: 'opaque',
    why:
      found.parameter.differs === undefined
        ? `takes ${what} from ${found.text}, which only the server can resolve, so whether several pods may run it cannot be decided`
        : `takes ${what} from ${found.text}, which is ${found.parameter.differs}, so whether several pods may run it depends on the environment`,
    parameter: found.parameter,
    undecided: 'value-of-the-server',
  };
}
