import { explain, type Explanation, type Flow, flowOf, nearest } from '@mi-patterns/planner';
import { printable, type Reference } from '@mi-patterns/inventory';
import type { Context, GlobalOptions } from '../context/context.ts';
import { type ExitCode, exitCodes } from '../context/exit-codes.ts';
import { inputFailure, wrongUse } from '../context/failure.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { planOptions } from '../inputs/plan-options.ts';
import { formatDiagnostics, formatSource } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { firstLines, formatTable, wrap } from '../output/table.ts';
import { createView } from '../output/view.ts';
import { planWithWrittenPods } from '../inputs/plan-with-written-pods.ts';
import { glossary } from '../codes/glossary.ts';
import { drawingFor } from '../diagrams/drawing.ts';
import { writeNamed } from '../output/named-outputs.ts';
import { printJson } from '../output/json.ts';

/** Lines shown of a long list before the rest becomes a number. */
const shownLines = 20;

/**
 * `mi-patterns explain NAME PATH...`: one artifact's verdict, what it needs, who needs it, where it is deployed. A
 * diagnostic code or a word such as `broker-safe` is explained instead.
 */
export async function explainCommand(
  [wanted = '', ...paths]: readonly string[],
  options: GlobalOptions & { readonly diagram?: string },
  context: Context,
): Promise<ExitCode> {
  const { explainMeaning, isMeaning } = await import('./explain-meaning.ts');
  if (isMeaning(wanted)) {
    if (options.diagram !== undefined)
      throw wrongUse(`--diagram draws an artifact, and ${wanted} is a word or a code.`, 'Omit --diagram.');
    await explainMeaning(wanted, paths, options, context);
    return exitCodes.fine;
  }
  const loaded = await loadConfiguration(options, context);
  const flags = await planOptions({}, loaded, context);
  const inventory = await loadInventory(paths, loaded, options, context);
  const planned = await planWithWrittenPods(inventory, flags, { loaded, context });
  const result = explain(inventory, planned, wanted);
  if (result.type === 'ambiguous') {
    throw inputFailure(
      'MI-EXPLAIN-AMBIGUOUS',
      `Several artifacts are named ${wanted}: ${result.matches.join(', ')}.`,
      `Give the id, for example "${result.matches[0]}".`,
    );
  }
  if (result.type === 'unknown') {
    const words = Object.keys(glossary);
    const near = result.near.length > 0 ? result.near : nearest(wanted, words, 3);
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(', ')}?`
        : `mi-patterns scan lists the artifacts. explain also takes the code of a finding, and these words: ${words.join(', ')}.`;
    throw inputFailure('MI-EXPLAIN-UNKNOWN', `No artifact is named ${wanted}.`, hint);
  }
  const { id } = result.artifact;
  const heading = { title: id, because: result.verdict?.because ?? 'What reaches it, and what it reaches.' };
  const around = (): Flow => flowOf(inventory, planned, { around: id });
  const drawing = await drawingFor(options.diagram, around, { heading, context });
  if (await writeNamed(drawing, options, context)) return exitCodes.fine;
  if (options.json) printJson(explainDocument(result), context.stdout);
  else context.stdout(explainText(result, options, context));
  return exitCodes.fine;
}

/** The document of `explain --json`, described in docs/json-output.md. */
function explainDocument({
  artifact,
  verdict,
  needs,
  reaches,
  neededBy,
  entryPoints,
  workloads,
  diagnostics,
}: Explanation): object {
  const { id, kind, name, version, source, applications, facts, effects } = artifact;
  return {
    id,
    kind,
    name,
    version,
    source,
    applications,
    facts,
    effects,
    verdict,
    needs,
    reaches,
    neededBy,
    entryPoints,
    workloads,
    diagnostics,
  };
}

function explainText(result: Explanation, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const { artifact, verdict } = result;
  const lines = [
    `${style.bold(artifact.id)}${artifact.version === '' ? '' : ` ${printable(artifact.version)}`}  ${style.dim(formatSource(artifact.source))}`,
    '',
  ];
  if (verdict === undefined) {
    lines.push('It does not start work on its own: it runs wherever an entry point reaches it.', '');
  } else {
    lines.push(...wrap(`${verdict.class}: ${verdict.because}`, context.columns ?? Number.POSITIVE_INFINITY));
    lines.push(`  ${style.cyan(verdict.evidence.text)}  ${style.dim(formatSource(verdict.evidence))}`);
    if (verdict.overridden !== undefined)
      lines.push(
        printable(`  Set by the configuration: ${verdict.overridden.reason} (found: ${verdict.overridden.found})`),
      );
    lines.push(
      style.dim(`  mi-patterns explain ${verdict.class} says what ${verdict.class} means and what you can decide.`),
    );
    lines.push('');
  }
  const applications =
    artifact.applications.length > 0 ? artifact.applications : ['nothing: no application delivers it'];
  const section = (heading: string, members: readonly string[]): readonly string[] =>
    members.length === 0
      ? []
      : [
          style.bold(heading),
          ...firstLines(members, options.verbose ? Infinity : shownLines).map((line) => `  ${line}`),
          '',
        ];
  lines.push(
    ...section('Deployed by', applications),
    ...section('Active in workload', result.workloads),
    ...section('Needs', references(result.needs, 'to', context)),
    ...section('Needed by', references(result.neededBy, 'from', context)),
    ...section('Reached from', result.entryPoints),
    ...formatDiagnostics(result.diagnostics, createView(context, options)),
  );
  return `${lines.join('\n').trimEnd()}\n`;
}

function references(list: readonly Reference[], end: 'from' | 'to', context: Context): string[] {
  return formatTable(
    list.map((reference) => [
      reference[end],
      reference.state === 'resolved' ? reference.relation : `${reference.relation} (${reference.state})`,
      reference.via,
      formatSource(reference.source),
    ]),
    context.columns === undefined ? undefined : context.columns - 2,
  );
}
