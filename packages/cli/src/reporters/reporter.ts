import { type Diagnostic, distinctBy } from '@mi-patterns/inventory';

/** What a reporter is given: every finding of one run of one command. */
export interface Report {
  /** Name of the command, for example `scan`. */
  readonly command: string;
  /** Version of mi-patterns. */
  readonly version: string;
  /** Folder that relative places start from. */
  readonly cwd: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes the findings of a run in the format of another tool. The same report gives the same bytes. */
export type Reporter = (report: Report) => string;

/** Lists of findings that the JSON documents of commands have, as docs/json-output.md describes them. */
const findingLists = ['diagnostics', 'findings', 'upgrade'] as const;

/** The findings in a command's JSON document, each once. A member that is no list of findings is passed over. */
export function findingsOf(document: unknown): readonly Diagnostic[] {
  if (typeof document !== 'object' || document === null) return [];
  const lists = findingLists.map((name) => (document as Readonly<Record<string, unknown>>)[name]);
  const findings = lists.flatMap((list) => (Array.isArray(list) ? list.filter(isDiagnostic) : []));
  return distinctBy(findings, (finding) => JSON.stringify(finding));
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return typeof value === 'object' && value !== null && 'code' in value && 'severity' in value && 'message' in value;
}
