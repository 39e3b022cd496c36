import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { counted, compareText, type Diagnostic, distinctBy } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { placedRefusals } from '../judge/placed-refusals.ts';
import { chartWarnings } from '../render/chart-warnings.ts';
import { checkSeveral, type SchemaCheck } from '../schemas/kubeconform.ts';
import {
  kubernetesVersions as testedVersions,
  newestKubernetesVersion,
  renderChart,
  type RenderResult,
} from '../render/render.ts';
import { checkRules } from '../rules/all.ts';
import { findTool, type Tool, type ToolName } from '../tools/tools.ts';
import { isToolFailure } from '../tools/tool-failure.ts';
import { lintChart } from './lint.ts';
import { createPool, type Pool } from './pool.ts';
import { buildReport, type Outcome, type Step, type TestReport, type TestRow } from './report.ts';
import { checkSchemaDocument } from './schema-document.ts';
import { runUnitTests } from './unit-tests.ts';

export interface ChartTestOptions {
  /** Folder of the chart. */
  readonly chart: string;
  /** Values files; the chart's defaults are tested when there is none. */
  readonly values: readonly string[];
  /** Values files that each of them lies over, as with several `-f` of helm: the lowest first. */
  readonly base?: readonly string[];
  /** The tested versions when absent. */
  readonly kubernetesVersions?: readonly string[];
  /** API versions beyond Kubernetes' own that the chart may use, so that optional kinds are rendered too. */
  readonly apiVersions?: readonly string[];
  /**
   * The unit tests need not be run again where this chart has passed them: for a chart whose suites read only its own
   * files.
   */
  readonly unitTestsOnce?: boolean;
  /** Steps left out on request; they are rows too. */
  readonly skip?: readonly Step[];
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly row: TestRow }) => void;
  readonly signal?: AbortSignal | undefined;
}

type Rendered = Extract<RenderResult, { state: 'rendered' }>;
type Failed = Extract<Outcome, { state: 'failed' }>;

/**
 * Tests a chart with every values file: all steps, as many at once as there are cores, rows always in the same order.
 * Throws a ToolFailure when helm is missing or the work is cancelled; other tools that fail make their rows fail.
 */
export async function runChartTests(options: ChartTestOptions): Promise<TestReport> {
  const helm = await findTool('helm');
  const versions = options.kubernetesVersions ?? testedVersions;
  const subjects: readonly Subject[] =
    options.values.length > 0
      ? options.values.map((file) => ({ subject: file, values: [...(options.base ?? []), file] }))
      : [{ subject: 'chart defaults', values: [] }];
  const pool = createPool();
  const row = rowRunner(options, 2 + subjects.length * 5);
  const rendering: Rendering = { options, helm, versions, pool };
  const renders = subjects.map(({ values }) => renderAll(values, rendering));
  // Whoever waits for a render reports its failure; without this a failure before that would end the process.
  for (const render of renders) render.catch(() => {});
  const schemaChecks = options.skip?.includes('kubernetes')
    ? undefined
    : checkAllVersions(renders, versions, pool, options.signal);
  schemaChecks?.catch(() => {});
  const rows = await Promise.all([
    row('schema-document', 'chart', () => checkSchemaDocument(options.chart)),
    row('unit-tests', 'chart', () =>
      runUnitTests(options.chart, { signal: options.signal, pool, once: options.unitTestsOnce }),
    ),
    ...subjects.flatMap((subject, index) => {
      const results = async (): Promise<RenderResult[]> => (await renders[index]) ?? [];
      const checks = async (): Promise<(SchemaCheck | undefined)[]> =>
        ((await schemaChecks) ?? []).map((ofVersion) => ofVersion[index]);
      return subjectRows(row, subject, { results, checks }, rendering);
    }),
  ]);
  return buildReport({
    chart: options.chart,
    kubernetesVersions: versions,
    tools: await toolNames(helm, options.skip ?? []),
    rows,
    warnings: await Promise.all(
      subjects.map(async ({ subject }, index) => ({
        subject,
        findings: chartWarnings(objectsOf((await renders[index]?.catch(() => []))?.at(-1)).map(({ object }) => object)),
      })),
    ),
  });
}

/** What is tested with the chart: a values file over those below it, or the defaults. */
interface Subject {
  readonly subject: string;
  readonly values: readonly string[];
}

interface Rendering {
  readonly options: ChartTestOptions;
  readonly helm: Tool;
  readonly versions: readonly string[];
  readonly pool: Pool;
}

type RowRunner = (step: Step, subject: string, work: () => Promise<Outcome>) => Promise<TestRow>;

/** Runs steps and reports each; a tool that fails makes its row fail, not the other rows. */
function rowRunner({ skip, onProgress }: ChartTestOptions, total: number): RowRunner {
  let done = 0;
  return async (step, subject, work) => {
    const outcome: Outcome = skip?.includes(step)
      ? { state: 'skipped', reason: 'Skipped on request.' }
      : await work().catch(failedByTool);
    done += 1;
    const row = { step, subject, outcome };
    onProgress?.({ done, total, row });
    return row;
  };
}

/** Renders values for each version of Kubernetes. */
function renderAll(values: readonly string[], { options, helm, versions, pool }: Rendering): Promise<RenderResult[]> {
  const { chart, apiVersions = [], signal } = options;
  return Promise.all(
    versions.map((kubernetesVersion) =>
      pool(() => renderChart({ chart, values, kubernetesVersion, apiVersions, helm, signal })),
    ),
  );
}

/** The rows of one subject; what they judge comes later. */
function subjectRows(
  row: RowRunner,
  { subject, values }: Subject,
  of: {
    readonly results: () => Promise<RenderResult[]>;
    readonly checks: () => Promise<(SchemaCheck | undefined)[]>;
  },
  { options, helm, versions, pool }: Rendering,
): readonly Promise<TestRow>[] {
  const { chart, signal } = options;
  const kubernetesVersion = versions.at(-1) ?? newestKubernetesVersion();
  return [
    row('lint', subject, async () => {
      const outcome = await pool(() => lintChart(helm, { chart, values, kubernetesVersion, signal }));
      return outcome.state === 'failed' ? withoutTemplateFaults(outcome, await of.results()) : outcome;
    }),
    row('schema', subject, async () =>
      lacksSchema(chart)
        ? { state: 'skipped', reason: 'The chart has no values.schema.json.' }
        : schemaOutcome(await of.results(), values),
    ),
    row('render', subject, async () => renderOutcome(await of.results(), versions, values)),
    row('kubernetes', subject, async () => kubernetesOutcome(await of.results(), await of.checks(), versions)),
    row('rules', subject, async () => rulesOutcome(await of.results())),
  ];
}

/** Checks of each version, and in them of each subject; undefined where the subject did not render. */
async function checkAllVersions(
  renders: readonly Promise<RenderResult[]>[],
  versions: readonly string[],
  pool: Pool,
  signal: AbortSignal | undefined,
): Promise<(SchemaCheck | undefined)[][]> {
  const bySubject = (await Promise.allSettled(renders)).map((settled) =>
    settled.status === 'fulfilled' ? settled.value : [],
  );
  return Promise.all(
    versions.map((version, position) =>
      pool(async () => {
        const checks = await checkSeveral(
          bySubject.map((results) => objectsOf(results[position])),
          version,
          { signal },
        );
        return bySubject.map((results, subject) =>
          results[position]?.state === 'rendered' ? checks[subject] : undefined,
        );
      }),
    ),
  );
}

function objectsOf(result: RenderResult | undefined): Rendered['objects'] {
  return result?.state === 'rendered' ? result.objects : [];
}

/** A template that fails is told by the step `render`, with its place in the values. */
function withoutTemplateFaults(outcome: Failed, results: readonly RenderResult[]): Outcome {
  const isTold = refusals(results).some(({ code }) => code === 'MI-CHART-TEMPLATE');
  const diagnostics = outcome.diagnostics.filter(
    ({ message }) => !isTold || !message.startsWith('helm lint: templates/: '),
  );
  return diagnostics.length === 0
    ? { state: 'skipped', reason: 'A template failed, so helm lint stopped there.' }
    : { ...outcome, detail: counted(diagnostics.length, 'fault'), diagnostics };
}

/** Whether helm compares no values, since the folder of the chart has no schema for them. */
function lacksSchema(chart: string): boolean {
  return existsSync(join(chart, 'Chart.yaml')) && !existsSync(join(chart, 'values.schema.json'));
}

function schemaOutcome(results: readonly RenderResult[], values: readonly string[]): Outcome {
  const refused = refusals(results);
  if (refused.some(({ code }) => code === 'MI-CHART-VALUES'))
    return { state: 'skipped', reason: 'The values are not valid YAML.' };
  const diagnostics = refused.filter((diagnostic) => diagnostic.code === 'MI-CHART-SCHEMA');
  return diagnostics.length === 0
    ? { state: 'ok', detail: '' }
    : { state: 'failed', detail: counted(diagnostics.length, 'fault'), diagnostics: placedIn(values, diagnostics) };
}

/** Refusals at their lines in the values files, where any was given. */
function placedIn(values: readonly string[], refused: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = values.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const top = files.pop();
  return top === undefined ? refused : placedRefusals(refused, { ...top, base: files });
}

function renderOutcome(
  results: readonly RenderResult[],
  versions: readonly string[],
  values: readonly string[],
): Outcome {
  const diagnostics = refusals(results);
  const others = diagnostics.filter((diagnostic) => diagnostic.code !== 'MI-CHART-SCHEMA');
  if (others.length > 0) {
    const placed = placedIn(values, others);
    return { state: 'failed', detail: counted(placed.length, 'fault'), diagnostics: placed };
  }
  if (diagnostics.length > 0) return { state: 'skipped', reason: 'The values do not fit the schema.' };
  const counts = results.map((result) => objectsOf(result).length);
  if (Math.max(...counts) === 0) {
    return {
      state: 'failed',
      detail: 'no objects',
      diagnostics: [
        finding('MI-CHART-EMPTY', 'The chart renders no object at all.', 'Check that the values enable something.'),
      ],
    };
  }
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return {
    state: 'ok',
    detail: `${fewest === most ? counted(most, 'object') : `${fewest} to ${most} objects`}, ${span(versions)}`,
  };
}

function kubernetesOutcome(
  results: readonly RenderResult[],
  checks: readonly (SchemaCheck | undefined)[],
  versions: readonly string[],
): Outcome {
  if (results.some((result) => result.state === 'refused'))
    return { state: 'skipped', reason: 'The chart did not render.' };
  const found = checks.filter((check) => check !== undefined);
  const where = new Map<string, { readonly diagnostic: Diagnostic; readonly versions: string[] }>();
  for (const check of found) {
    for (const diagnostic of check.diagnostics) {
      const entry = where.get(diagnostic.message) ?? { diagnostic, versions: [] };
      entry.versions.push(check.kubernetesVersion);
      where.set(diagnostic.message, entry);
    }
  }
  const notChecked = [...new Set(found.flatMap((check) => check.notChecked))].sort(compareText);
  const least = Math.min(...found.map((check) => check.checked));
  const remark = notChecked.length === 0 ? '' : `; not checked, no schema: ${notChecked.join(', ')}`;
  const detail = `${counted(least, 'object')}, ${span(versions)}${remark}`;
  if (where.size === 0)
    return least === 0 ? { state: 'skipped', reason: `No object has a schema${remark}.` } : { state: 'ok', detail };
  const diagnostics = [...where.values()].map(({ diagnostic, versions: affected }) => ({
    ...diagnostic,
    message: `${diagnostic.message.replace(/\.$/, '')} (Kubernetes ${affected.length === versions.length ? span(versions) : affected.join(', ')}).`,
  }));
  return { state: 'failed', detail: `${counted(diagnostics.length, 'fault')}; ${detail}`, diagnostics };
}

function rulesOutcome(results: readonly RenderResult[]): Outcome {
  if (results.some((result) => result.state === 'refused'))
    return { state: 'skipped', reason: 'The chart did not render.' };
  // Most charts render the same for every version: what is the same is looked at once.
  const manifests = new Map(
    results.map((result) => [
      result.state === 'rendered' ? result.manifest : '',
      objectsOf(result).map((rendered) => rendered.object),
    ]),
  );
  const diagnostics = distinct([...manifests.values()].flatMap(checkRules));
  const detail = counted(Math.max(...[...manifests.values()].map((objects) => objects.length)), 'object');
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  return errors.length === 0
    ? { state: 'ok', detail }
    : {
        state: 'failed',
        detail: `${counted(errors.length, 'breach').replace(/breachs$/, 'breaches')}, ${detail}`,
        diagnostics,
      };
}

function refusals(results: readonly RenderResult[]): Diagnostic[] {
  return distinct(results.flatMap((result) => (result.state === 'refused' ? result.diagnostics : [])));
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return distinctBy(diagnostics, ({ code, message, source }) => JSON.stringify([code, message, source]));
}

function failedByTool(error: unknown): Outcome {
  if (!isToolFailure(error) || error.reason === 'aborted') throw error;
  return {
    state: 'failed',
    detail: error.code === 'MI-TOOL-MISSING' ? 'tool missing' : 'tool failed',
    diagnostics: [finding(error.code, error.message, error.hint)],
  };
}

function span(versions: readonly string[]): string {
  const [first, last] = [versions[0] ?? '', versions.at(-1) ?? ''];
  return first === last ? first : `${first}–${last}`;
}

async function toolNames(helm: Tool, skip: readonly Step[]): Promise<string[]> {
  const wanted: ToolName[] = [
    ...(skip.includes('unit-tests') ? [] : ['helm-unittest' as const]),
    ...(skip.includes('kubernetes') ? [] : ['kubeconform' as const]),
  ];
  const others = await Promise.all(wanted.map((name) => findTool(name).catch(() => undefined)));
  return [helm, ...others].flatMap((tool) =>
    tool === undefined ? [] : [[tool.name, tool.version?.version].filter(Boolean).join(' ')],
  );
}
