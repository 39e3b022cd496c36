import type { Diagnostic, Inventory } from '@mi-patterns/inventory';
import { type EnvironmentValues, withoutFileFindings, withProjectDatabase } from '@mi-patterns/values';
import { type JudgeOptions, judgeValues } from './judge-values.ts';

/** The chart's judgement of values, which goes on while other work is done. */
export interface Judgement {
  /** The text that is judged. */
  readonly text: string;
  readonly found: Promise<readonly Diagnostic[]>;
  readonly stop: () => void;
}

/** The chart that judges, for whom its judgements are kept, and how Helm is asked. */
type Judge = Pick<JudgeOptions, 'chart' | 'keptFor' | 'ask'>;

/**
 * Asks helm about the values, and comes back as soon as helm runs: it needs a processor of its own, but not this
 * process. Where helm is still looked for, which takes longer than reading a small project, it comes back before that.
 */
export async function beginJudgement(one: EnvironmentValues, judge: Judge): Promise<Judgement> {
  const { plan, environment, text, shown, checked } = one;
  const stopping = new AbortController();
  return new Promise((comeBack) => {
    const found = judgeValues(text, shown, {
      ...judge,
      plan,
      release: environment.release,
      checked,
      signal: stopping.signal,
      onStart: () => begun(),
    });
    const begun = (): void => comeBack({ text, found, stop: () => stopping.abort() });
    setImmediate(begun);
    // Whoever waits for the findings meets the failure.
    found.then(begun, begun);
  });
}

/**
 * The values with all findings about them, what the chart refuses included. `begun`: a judgement that was begun
 * earlier; one of other values does not count. Throws ToolFailure when helm fails for a reason of its own.
 */
export async function withChartFaults(
  one: EnvironmentValues,
  inventory: Pick<Inventory, 'configurations'>,
  judge: Judge,
  begun?: Judgement,
): Promise<EnvironmentValues> {
  const isSame = begun?.text === one.text;
  if (!isSame) begun?.stop();
  const found = await (isSame ? begun : await beginJudgement(one, judge)).found;
  return {
    ...one,
    diagnostics: [...withoutFileFindings(one), ...found.map((finding) => withProjectDatabase(finding, inventory))],
  };
}
