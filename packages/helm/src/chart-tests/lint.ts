import { counted, redact } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { parseHelmError } from '../render/helm-errors.ts';
import { renderArguments, withValueFiles, type RenderOptions } from '../render/render.ts';
import { run } from '../tools/run.ts';
import type { Tool } from '../tools/tools.ts';
import { ToolFailure } from '../tools/tool-failure.ts';
import { type Outcome } from './report.ts';

interface LintMessage {
  readonly level: 'INFO' | 'WARNING' | 'ERROR';
  readonly text: string;
}

/** Runs `helm lint --strict`: warnings count as faults. */
export async function lintChart(
  helm: Tool,
  options: Pick<RenderOptions, 'chart' | 'values' | 'kubernetesVersion' | 'signal' | 'namespace'>,
): Promise<Outcome> {
  return withValueFiles(options.values ?? [], async (files) => {
    const command = [
      ...helm.command,
      'lint',
      options.chart,
      '--strict',
      '--namespace',
      options.namespace ?? 'default',
      ...renderArguments(options, files),
    ];
    const answer = await run(command, {
      expectedExitCodes: [0, 1],
      signal: options.signal,
    });
    const said = redact(answer.stdout);
    const messages = parseLint(said);
    if (messages === undefined && isUnreadable(answer.stderr))
      return { state: 'skipped', reason: 'The values are not valid YAML, so helm lint stopped there.' };
    if (messages === undefined) {
      throw new ToolFailure({
        reason: 'unexpected-output',
        message: 'helm lint could not read the chart.',
        hint: 'helm says why above.',
        command,
        exitCode: answer.exitCode,
        stderr: answer.stderr || said.slice(-2000),
      });
    }
    const counts = `${counted(messages.length, 'message')}`;
    if (answer.exitCode === 0) return { state: 'ok', detail: counts };
    // The step `schema` says this with the key and the reason.
    const faults = messages.filter(
      (message) => message.level !== 'INFO' && !/specifications of the schema|^values\.yaml: - at '/.test(message.text),
    );
    if (faults.length === 0)
      return { state: 'skipped', reason: 'The values do not fit the schema, so helm lint stopped there.' };
    const diagnostics = faults.map(({ text }) =>
      finding('MI-CHART-LINT', `helm lint: ${text}`, 'Correct the chart, or the values that it names.'),
    );
    return { state: 'failed', detail: counted(faults.length, 'fault'), diagnostics };
  });
}

/** Whether helm could not read a values file, which the step `render` tells with its place. */
function isUnreadable(stderr: string): boolean {
  const refused = parseHelmError(stderr, { chartFolder: undefined }) ?? [];
  return refused.some(({ code }) => code === 'MI-CHART-VALUES');
}

/**
 * The `[LEVEL] text` messages, a text may go on over several lines. Undefined when helm did not get as far as linting.
 */
function parseLint(stdout: string): LintMessage[] | undefined {
  if (!/^==> Linting /m.test(stdout)) return undefined;
  const messages: LintMessage[] = [];
  for (const part of stdout.split(/^(?=\[(?:INFO|WARNING|ERROR)\] )/m).slice(1)) {
    const match = /^\[(INFO|WARNING|ERROR)\] ((?:.|\n)*?)(?:\n\s*\n|$(?![\s\S]))/.exec(part);
    if (match !== null)
      messages.push({
        level: match[1] as LintMessage['level'],
        text: (match[2] ?? '').replace(/(?<!\s)\s*\n\s*/g, ' ').trim(),
      });
  }
  return messages;
}
