import { readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { counted, compareText, type Diagnostic, redact } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { run } from '../tools/run.ts';
import { findTool, type Tool } from '../tools/tools.ts';
import { ToolFailure } from '../tools/tool-failure.ts';
import { createPool, type Pool } from './pool.ts';
import { passedBefore } from './passed-before.ts';
import { type Outcome } from './report.ts';

interface UnitTestResult {
  readonly suites: number;
  readonly tests: number;
  /** Whether a suite or the summary tells of failures, as lines of them or as a number. */
  readonly saysFailure: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Runs the helm-unittest suites of a chart folder as `helm unittest CHART` does: `tests/*_test.yaml`, with the values
 * schema. helm-unittest uses one processor, so the suites are divided among several runs of it.
 */
export async function runUnitTests(
  chart: string,
  options: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal | undefined;
    readonly pool?: Pool;
    /** Not run again when the same chart has passed with the same tool. */
    readonly once?: boolean | undefined;
  } = {},
): Promise<Outcome> {
  const pool = options.pool ?? createPool();
  const files = await suiteFiles(chart);
  if (files.length === 0)
    return { state: 'skipped', reason: 'The chart has no helm-unittest suites (tests/*_test.yaml).' };
  const tool = await findTool('helm-unittest', options.environment);
  const before = options.once === true ? passedBefore(chart, tool, options.environment) : undefined;
  if (before?.detail !== undefined) return { state: 'ok', detail: `${before.detail}, passed before` };
  const results = await Promise.all(
    (await shares(chart, files)).map((share) => pool(() => runSuites(tool, chart, share, options.signal))),
  );
  const tests = results.reduce((sum, result) => sum + result.tests, 0);
  const suites = results.reduce((sum, result) => sum + result.suites, 0);
  const diagnostics = results
    .flatMap((result) => result.diagnostics)
    .toSorted((one, other) => compareText(one.source?.path ?? '', other.source?.path ?? ''));
  const detail = `${counted(tests, 'test')} in ${counted(suites, 'suite')}`;
  if (diagnostics.length === 0) before?.keep(detail);
  return diagnostics.length === 0
    ? { state: 'ok', detail }
    : { state: 'failed', detail: `${diagnostics.length} failed, ${detail}`, diagnostics };
}

async function runSuites(
  tool: Tool,
  chart: string,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<UnitTestResult> {
  const suites = files.flatMap((file) => ['--file', file]);
  const command = [...tool.command, '--strict', '--color=false', '--with-subchart=false', ...suites, chart];
  const answer = await run(command, { expectedExitCodes: [0, 1], signal, timeout: 900_000 });
  const result = parseUnitTests(redact(answer.stdout), chart);
  const fault = incomplete(result, answer.exitCode, files.length);
  if (result !== undefined && fault === undefined) return result;
  throw new ToolFailure({
    reason: 'unexpected-output',
    message: `helm-unittest ${fault}.`,
    hint: 'helm-unittest says why above.',
    command,
    exitCode: answer.exitCode,
    stderr: `${answer.stderr}\n${redact(answer.stdout).slice(-2000)}`.trim(),
  });
}

/** Suites of about the same length together, two shares for each processor; a run of helm-unittest starts in 50 ms. */
async function shares(chart: string, files: readonly string[]): Promise<readonly (readonly string[])[]> {
  const count = Math.min(files.length, 2 * availableParallelism());
  const sized = await Promise.all(files.map(async (file) => ({ file, size: (await stat(join(chart, file))).size })));
  const made = Array.from({ length: count }, () => ({ size: 0, files: [] as string[] }));
  for (const { file, size } of sized.toSorted((one, other) => other.size - one.size)) {
    const smallest = made.reduce((least, share) => (share.size < least.size ? share : least));
    smallest.size += size;
    smallest.files.push(file);
  }
  return made.map((share) => share.files);
}

/** Why an answer is no result of all suites; undefined when it is. A file may hold several suites, never none. */
function incomplete(result: UnitTestResult | undefined, exitCode: number | null, files: number): string | undefined {
  if (result === undefined) return 'wrote no summary';
  if (exitCode === 0 && result.saysFailure && result.diagnostics.length === 0)
    return 'ended with exit code 0 but reported failures that cannot be parsed';
  const complete = exitCode === 0 ? result.suites >= files : result.diagnostics.length > 0;
  return complete ? undefined : `ended with exit code ${exitCode} after ${result.suites} of ${files} suites`;
}

/** Suites of a chart folder by their path in it, sorted. */
async function suiteFiles(chart: string): Promise<readonly string[]> {
  const entries = await readdir(join(chart, 'tests')).catch(() => []);
  return entries
    .filter((file) => /_test\.ya?ml$/.test(file))
    .map((file) => `tests/${file}`)
    .sort(compareText);
}

/**
 * Reads helm-unittest's own output: suites as ` FAIL  name<tab>file`, below them `<tab>- test` and the reasons,
 * indented deeper. Its counts of failed tests differ from one another, so failures are counted here.
 */
export function parseUnitTests(stdout: string, chart: string): UnitTestResult | undefined {
  const total = /^Tests:\s.*?(?<!\d)(\d+) total$/m.exec(stdout);
  const suites = /^Test Suites:\s.*?(?<!\d)(\d+) total$/m.exec(stdout);
  if (total === null || suites === null) return undefined;
  const failures: {
    readonly suite: string;
    readonly file: string;
    readonly test: string;
    readonly reasons: string[];
  }[] = [];
  let suite = { name: '', file: '' };
  let inSuite = false;
  for (const line of stdout.split('\n')) {
    const heading = /^ (PASS|FAIL) +(?! )([^\t]*)\t(.*)$/s.exec(line);
    const test = /^\t- (.*)$/.exec(line);
    if (heading !== null) {
      suite = { name: (heading[2] ?? '').trim(), file: (heading[3] ?? '').trim() };
      inSuite = true;
    } else if (/^\S/.test(line)) inSuite = false;
    else if (inSuite && test !== null)
      failures.push({ suite: suite.name, file: suite.file, test: (test[1] ?? '').trim(), reasons: [] });
    else if (inSuite && line.trim() !== '') failures.at(-1)?.reasons.push(line.trim());
  }
  const diagnostics = failures.map((failure): Diagnostic =>
    finding(
      'MI-CHART-UNIT-TEST',
      [failure.suite, failure.test.replace(/:$/, ''), failure.reasons.join(' ').slice(0, 1500)]
        .filter((part) => part !== '')
        .join(': '),
      'Correct the template, or the expectation if the change is intended.',
      {
        path: join(chart, failure.file.slice(Math.max(0, failure.file.lastIndexOf('tests/')))),
        line: 1,
        column: 1,
      },
    ),
  );
  const saysFailure = /^ FAIL |^(?:Charts|Test Suites|Tests):.*[1-9]\d* (?:failed|errored)/m.test(stdout);
  return { suites: Number(suites[1]), tests: Number(total[1]), saysFailure, diagnostics };
}
