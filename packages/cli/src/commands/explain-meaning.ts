import type { Diagnostic, Inventory, Severity } from '@mi-patterns/inventory';
import { nearest, plan, referenceDiagnostics } from '@mi-patterns/planner';
import { documentedCodes } from '../codes/documented-codes.ts';
import type { Context, GlobalOptions } from '../context/context.ts';
import { inputFailure } from '../context/failure.ts';
import { glossary, type Term } from '../codes/glossary.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { planOptions } from '../inputs/plan-options.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { wrap } from '../output/table.ts';
import { createView } from '../output/view.ts';
import { printJson } from '../output/json.ts';

/** The document of `explain --json` for a code or a word, described in docs/json-output.md. */
interface Meaning extends Term {
  readonly name: string;
  readonly type: 'code' | 'word';
  readonly severity?: Severity;
  /** Findings of the code in the given paths; absent for a word, and where no path is given. */
  readonly findings?: readonly Diagnostic[];
}

/** True for what is explained without looking for an artifact: a diagnostic code, or a word of the glossary. */
export function isMeaning(wanted: string): boolean {
  return /^mi-[a-z0-9]+(-[a-z0-9]+)*$/i.test(wanted) || Object.hasOwn(glossary, asWord(wanted));
}

/** What was asked for as the glossary writes it: `Entry point` is `entry-point`. */
function asWord(wanted: string): string {
  return wanted.toLowerCase().replaceAll(' ', '-');
}

/**
 * Explains a code or a word. With paths, a code is explained with its findings there. Throws {@link CommandFailure}.
 */
export async function explainMeaning(
  wanted: string,
  paths: readonly string[],
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const meaning = meaningOf(wanted);
  const findings =
    meaning.type === 'code' && paths.length > 0 ? await findingsOf(meaning.name, paths, options, context) : undefined;
  const document: Meaning = { ...meaning, ...(findings === undefined ? {} : { findings }) };
  if (options.json) printJson(document, context.stdout);
  else context.stdout(text(document, options, context));
}

function meaningOf(wanted: string): Meaning {
  const word = asWord(wanted);
  if (Object.hasOwn(glossary, word)) return { name: word, type: 'word', ...glossary[word as keyof typeof glossary] };
  const codes = documentedCodes();
  const found = codes.find(({ code }) => code === wanted.toUpperCase());
  if (found === undefined) {
    const near = nearest(
      wanted.toUpperCase(),
      codes.map(({ code }) => code),
      3,
    );
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : 'Use a code as a finding shows it, for example MI-PLAN-STATEFUL.';
    throw inputFailure('MI-EXPLAIN-UNKNOWN', `There is no code ${wanted.toUpperCase()}.`, hint);
  }
  const { code, severity, title, meaning, fix } = found;
  return { name: code, type: 'code', severity, title, meaning, whatToDo: fix };
}

async function findingsOf(
  code: string,
  paths: readonly string[],
  options: GlobalOptions,
  context: Context,
): Promise<readonly Diagnostic[]> {
  const loaded = await loadConfiguration(options, context);
  const flags = await planOptions({}, loaded, context);
  const inventory: Inventory = await loadInventory(paths, loaded, options, context);
  const planned = plan(inventory, flags).diagnostics;
  const known = new Set(planned.map((finding) => JSON.stringify(finding)));
  const references = referenceDiagnostics(inventory).filter((finding) => !known.has(JSON.stringify(finding)));
  return [...inventory.diagnostics, ...planned, ...references].filter((finding) => finding.code === code);
}

const severityWords: Readonly<Record<Severity, string>> = { error: 'an error', warning: 'a warning', info: 'a note' };

function text(
  { name, severity, title, meaning, whatToDo, findings }: Meaning,
  options: GlobalOptions,
  context: Context,
): string {
  const view = createView(context, { verbose: true });
  const width = Math.min(context.columns ?? 100, 100);
  const lines = [
    `${view.links.code(view.style.bold(name), name)}${severity === undefined ? '' : `  usually ${severityWords[severity]}`}`,
    view.style.bold(title),
    '',
    ...wrap(meaning, width),
    '',
    ...wrap(`→ ${whatToDo}`, width),
  ];
  if (findings !== undefined)
    lines.push(
      '',
      ...(findings.length === 0
        ? ['The given paths have no such finding.']
        : formatDiagnostics(findings, { ...view, verbose: options.verbose || findings[0]?.severity === 'info' })),
    );
  return `${lines.join('\n')}\n`;
}
