import {
  type Artifact,
  type ArtifactId,
  type Diagnostic,
  type Inventory,
  type Source,
  withoutCredentials,
} from '@mi-patterns/inventory';
import type { Plan } from '@mi-patterns/planner';
import { documentedCodes } from '../codes/documented-codes.ts';
import { frameLines } from '../output/frame.ts';

/** What the report is about, beyond inventory and plan. */
export interface ReportSubject {
  /** Release name; undefined where no configuration gives one. */
  readonly release?: string;
  /** Environments the plan is for; empty where no configuration names any. */
  readonly environments: readonly string[];
  /** Digest of what was read. */
  readonly digest: string;
  /** Names of what was read. */
  readonly inputs: string;
  /** The command that writes values of the same input. */
  readonly generate: string;
  /** Version of mi-patterns. */
  readonly version: string;
  /** Values of each workload as YAML, as `generate` writes them. */
  readonly values: ReadonlyMap<string, string>;
  /** Text of a file that was read; undefined where it cannot be shown. */
  readonly textOf: (source: Source) => string | undefined;
}

/** Number of the first line, position of the deciding line among the lines, its column, the lines. */
type Excerpt = readonly [first: number, marked: number, column: number, lines: readonly string[]];
/** Position in the list of paths, line, column. */
type Place = readonly [path: number, line: number, column: number];

/** A table of texts that are often the same: each is written once and named by its position. */
interface Words {
  readonly list: string[];
  readonly at: (text: string) => number;
}

/** Characters of all excerpts together: more would make the page slow to open. */
const mostExcerpts = 600_000;

/**
 * What the page needs to search, filter and show everything. Rows are lists, not records, to keep 10,000 artifacts
 * small.
 */
export interface ReportData {
  readonly paths: readonly string[];
  readonly kinds: readonly string[];
  readonly texts: readonly string[];
  readonly workloads: readonly {
    readonly name: string;
    readonly type: string;
    readonly replicas: number;
    readonly standby: 'cold' | undefined;
    readonly because: string;
    readonly entryPoints: readonly number[];
    readonly values: string | undefined;
  }[];
  /** id, kind, version, place, 1 where something deploys it. */
  readonly artifacts: readonly (readonly [string, number, string, Place, number])[];
  /** By artifact: class, because, evidence, place, what the configuration says of it, excerpt. */
  readonly verdicts: Readonly<Record<number, readonly [string, number, string, Place, string | 0, Excerpt | 0]>>;
  /** from, to (an artifact, or a text where there is none), relation, via, state, line. */
  readonly references: readonly (readonly [number, number | string, number, number, number, number])[];
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly hint: number;
    readonly place: Place | undefined;
    readonly artifacts: readonly number[];
    readonly excerpt: Excerpt | undefined;
  }[];
  readonly codes: Readonly<Record<string, readonly [title: string, meaning: string, fix: string]>>;
}

/** The data of the page. Holds no values of parameters beyond evidence and excerpts, which hide secrets. */
export function reportData(inventory: Inventory, plan: Plan, subject: ReportSubject): ReportData {
  const [paths, kinds, texts] = [words(), words(), words()];
  const index = new Map<ArtifactId, number>(inventory.artifacts.map(({ id }, position) => [id, position]));
  const numbers = (ids: readonly ArtifactId[]): number[] => ids.flatMap((id) => index.get(id) ?? []);
  const place = ({ path, line, column }: Source): Place => [paths.at(path), line, column];
  const excerptOf = excerpts(subject);
  const findings = findingRows(plan.diagnostics, { numbers, place, texts, excerptOf });
  const known = new Set(findings.map(({ code }) => code));
  const everything = inventory.applications.length === 0;
  return {
    workloads: plan.workloads.map(({ name, type, replicas, standby, because, entryPoints }) => {
      return {
        name,
        type,
        replicas,
        standby,
        because,
        entryPoints: numbers(entryPoints),
        values: subject.values.get(name),
      };
    }),
    artifacts: inventory.artifacts.map(({ id, kind, version, source, applications }) => [
      id,
      kinds.at(kind),
      version,
      place(source),
      Number(everything || applications.length > 0),
    ]),
    verdicts: verdictRows(inventory.artifacts, plan, { place, texts, excerptOf }),
    references: inventory.references.flatMap(({ from, to, relation, via, state, source }) => {
      const start = index.get(from);
      const end = (state === 'resolved' ? index.get(to) : undefined) ?? withoutCredentials(to);
      return start === undefined
        ? []
        : [[start, end, texts.at(relation), texts.at(via), texts.at(state), source.line] as const];
    }),
    findings,
    codes: Object.fromEntries(
      documentedCodes().flatMap(({ code, title, meaning, fix }) =>
        known.has(code) ? [[code, [title, meaning, fix] as const]] : [],
      ),
    ),
    paths: paths.list,
    kinds: kinds.list,
    texts: texts.list,
  };
}

function words(): Words {
  const list: string[] = [];
  const known = new Map<string, number>();
  return {
    list,
    at: (text) => {
      const found = known.get(text);
      if (found !== undefined) return found;
      known.set(text, list.length);
      return list.push(text) - 1;
    },
  };
}

interface Tools {
  readonly place: (source: Source) => Place;
  readonly texts: Words;
  readonly excerptOf: (source: Source) => Excerpt | undefined;
}

function excerpts({ textOf }: ReportSubject): Tools['excerptOf'] {
  let left = mostExcerpts;
  return (source) => {
    const text = left <= 0 ? undefined : textOf(source);
    if (text === undefined) return undefined;
    const lines = frameLines(text, source);
    if (lines.length === 0) return undefined;
    const shown = lines.map((line) => (line.text.length > 240 ? `${line.text.slice(0, 239)}…` : line.text));
    left -= shown.reduce((sum, line) => sum + line.length, 0);
    return [lines[0]?.number ?? 1, lines.findIndex(({ marked }) => marked), source.column, shown];
  };
}

function verdictRows(
  artifacts: readonly Artifact[],
  plan: Plan,
  { place, texts, excerptOf }: Tools,
): ReportData['verdicts'] {
  return Object.fromEntries(
    artifacts.flatMap(({ id }, position) => {
      const verdict = plan.verdicts.get(id);
      if (verdict === undefined) return [];
      const { evidence, overridden } = verdict;
      // What only answers requests needs no proof: its lines would be most of a large page.
      const excerpt = verdict.class === 'stateless' && artifacts.length > 500 ? undefined : excerptOf(evidence);
      const said =
        overridden === undefined ? 0 : `Set by the configuration: ${overridden.reason} (found: ${overridden.found})`;
      const because = texts.at(verdict.because);
      return [[position, [verdict.class, because, evidence.text, place(evidence), said, excerpt ?? 0] as const]];
    }),
  );
}

function findingRows(
  findings: readonly Diagnostic[],
  { numbers, place, texts, excerptOf }: Tools & { readonly numbers: (ids: readonly ArtifactId[]) => number[] },
): ReportData['findings'] {
  return findings.map((finding) => {
    const { code, severity, message, hint, source } = finding;
    const excerpt = source === undefined || severity === 'info' ? undefined : excerptOf(source);
    return {
      code,
      severity,
      message,
      hint: texts.at(hint),
      place: source && place(source),
      artifacts: 'artifacts' in finding ? numbers(finding.artifacts as readonly ArtifactId[]) : [],
      excerpt,
    };
  });
}
