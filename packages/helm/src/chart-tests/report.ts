import type { Diagnostic } from '@mi-patterns/inventory';
import type { ChartFinding } from '../render/helm-errors.ts';

/** What is checked: the first two once for a chart, the others for each values file. */
export const steps = ['schema-document', 'unit-tests', 'lint', 'schema', 'render', 'kubernetes', 'rules'] as const;
export type Step = (typeof steps)[number];

/** What each step shows, for tables. */
export const stepTitles: Readonly<Record<Step, string>> = {
  'schema-document': 'values.schema.json',
  'unit-tests': 'helm-unittest',
  lint: 'helm lint --strict',
  schema: 'values fit the schema',
  render: 'helm template',
  kubernetes: 'Kubernetes API schemas',
  rules: 'rules of mi-patterns',
};

/** What one step said of one subject. */
export type Outcome =
  | { readonly state: 'ok'; /** How much was looked at: `18 objects`. */ readonly detail: string }
  | { readonly state: 'failed'; readonly detail: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly state: 'skipped'; /** Why, as a sentence. */ readonly reason: string };

export interface TestRow {
  readonly step: Step;
  /** A values file as given, `chart defaults`, or `chart` for what is checked once. */
  readonly subject: string;
  readonly outcome: Outcome;
}

/** The data of `mi-patterns test --json`. Holds no times, so that equal input gives equal bytes. */
export interface TestReport {
  readonly chart: string;
  readonly kubernetesVersions: readonly string[];
  /** Tools that were used: `helm 4.3.1`. */
  readonly tools: readonly string[];
  /** Chart first, then the values files in the order given, each in the order of {@link steps}. */
  readonly rows: readonly TestRow[];
  /** What the chart warns of in each values file, for the newest version of Kubernetes and without optional APIs. */
  readonly warnings: readonly { readonly subject: string; readonly findings: readonly ChartFinding[] }[];
  readonly summary: { readonly ok: number; readonly failed: number; readonly skipped: number };
  /** True when a row failed because a tool is missing or broke: the answer is unknown rather than no. */
  readonly toolFailed: boolean;
  readonly passed: boolean;
}

/** Counts rows and says whether all is well. A skipped row is no failure, but it is counted and shown. */
export function buildReport(
  facts: Pick<TestReport, 'chart' | 'kubernetesVersions' | 'tools' | 'rows' | 'warnings'>,
): TestReport {
  const count = (state: Outcome['state']): number => facts.rows.filter((row) => row.outcome.state === state).length;
  const summary = { ok: count('ok'), failed: count('failed'), skipped: count('skipped') };
  const toolFailed = facts.rows.some(
    ({ outcome }) =>
      outcome.state === 'failed' && outcome.diagnostics.some((diagnostic) => diagnostic.code.startsWith('MI-TOOL-')),
  );
  return { ...facts, summary, toolFailed, passed: summary.failed === 0 && summary.ok > 0 };
}
