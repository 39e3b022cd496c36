import type { Diagnostic } from '@mi-patterns/inventory';
import type { FieldChange, ObjectChange, ReleaseDiff, RolloutEvent } from '@mi-patterns/rollout';
import type { Context, GlobalOptions } from '../context/context.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { createProgress } from '../output/progress.ts';
import { createStyle, type Style } from '../output/style.ts';
import { createView, onStderr, type View } from '../output/view.ts';

/** Tells the steps of a rollout on stderr: what is being done is redrawn on a terminal, what was done stays. */
export function stepPrinter(
  options: GlobalOptions,
  context: Context,
): { readonly report: (event: RolloutEvent) => void; readonly done: () => void } {
  const style = createStyle(onStderr(context).colour);
  const progress = createProgress(context, options);
  let last = '';
  const line = (text: string): void => {
    progress.done();
    if (!options.quiet) context.stderr(`${text}\n`);
  };
  return {
    done: progress.done,
    report: (event) => {
      if (event.type === 'progress' || event.type === 'away') {
        if (context.interactive) progress.step(`… ${event.type === 'away' ? '' : `${event.step}: `}${event.detail}`);
        else if (event.detail !== last) line(`  … ${event.detail}`);
        last = event.detail;
      } else if (event.type === 'step') {
        const detail = event.detail === '' ? '' : `  ${style.dim(event.detail)}`;
        if (event.state === 'started' && context.interactive) progress.step(`… ${event.step}`);
        if (event.state === 'done') line(`${style.green('✓')} ${event.step}${detail}`);
        if (event.state === 'skipped') line(`${style.dim('-')} ${event.step}${detail}`);
        if (event.state === 'failed') line(`${style.red('✗')} ${event.step}${detail}`);
      }
    },
  };
}

/** Lines that show what a rollout would change. Long values are cut to the width. */
export function formatDiff(diff: ReleaseDiff, style: Style, context: Context, verbose: boolean): string[] {
  const width = Math.max(60, context.columns ?? 140);
  return [
    ...section(
      {
        title: 'Changed by others since the last rollout; the rollout sets it back',
        changes: diff.drift,
        words: { delete: 'is gone', update: 'was changed', create: '' },
      },
      style,
      width,
    ),
    ...formatChanges(diff.changes, style, context),
    ...(diff.preparations.length === 0
      ? []
      : [style.bold('Before the upgrade'), ...diff.preparations.map((text) => `  ${text}`), '']),
    ...formatDiagnostics(diff.diagnostics, createView(context, { verbose })),
    style.bold(diff.impact.sentence),
  ];
}

/** Lines that say why a rollout ended without success; what the diff before them has `shown` is not repeated. */
export function formatEnd(diagnostics: readonly Diagnostic[], shown: readonly Diagnostic[], view: View): string[] {
  const others = diagnostics.filter((diagnostic) => !shown.includes(diagnostic));
  return others.length > 0 ? formatDiagnostics(others, view) : ['Nothing was rolled out because of the errors above.'];
}

/** Lines that show what is created, changed and deleted, or that nothing is. */
export function formatChanges(changes: readonly ObjectChange[], style: Style, context: Context): string[] {
  const width = Math.max(60, context.columns ?? 140);
  const words = { create: 'is created', update: 'changes', delete: 'is deleted' };
  return changes.length === 0
    ? ['Nothing changes.', '']
    : section({ title: 'What changes', changes, words }, style, width);
}

function section(
  shown: {
    readonly title: string;
    readonly changes: readonly ObjectChange[];
    readonly words: Readonly<Record<ObjectChange['action'], string>>;
  },
  style: Style,
  width: number,
): string[] {
  const { title, changes, words } = shown;
  if (changes.length === 0) return [];
  const paint = { create: style.green, update: style.yellow, delete: style.red };
  return [
    style.bold(title),
    ...changes.flatMap(({ object, action, fields }) => [
      `  ${paint[action](object)} ${words[action]}`,
      ...fields.flatMap((field) => fieldLines(field, style, width)),
    ]),
    '',
  ];
}

/** A line of a text that changed, in the colour of its sign. */
function changedLine(text: string, style: Style): string {
  if (text.startsWith('+')) return style.green(text);
  return text.startsWith('-') ? style.red(text) : style.dim(text);
}

function fieldLines(field: FieldChange, style: Style, width: number): string[] {
  if (field.lines !== undefined)
    return [`    ${field.path}`, ...field.lines.map((text) => `      ${changedLine(text, style)}`)];
  const room = Math.max(20, Math.floor((width - 8) / 2));
  const shown = (value: unknown): string => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '(none)');
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  };
  return [`    ${field.path}: ${style.red(shown(field.before))} → ${style.green(shown(field.after))}`];
}
