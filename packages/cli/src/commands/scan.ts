import type { Artifact, Diagnostic, Inventory } from '@mi-patterns/inventory';
import { judge, type Verdict, type VerdictClass } from '@mi-patterns/planner';
import { verdictsOf } from '@mi-patterns/values';
import type { Context, GlobalOptions } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { loadConfiguration, loadInventory } from '../load.ts';
import { countDiagnostics, formatDiagnostics, formatSource, hasErrors } from '../output/diagnostics.ts';
import { createStyle, type Style } from '../output/style.ts';
import { formatTable } from '../output/table.ts';

/** `mi-patterns scan PATH...`: the inventory, the verdict of each entry point, the findings. */
export async function scan(paths: readonly string[], options: GlobalOptions, context: Context): Promise<ExitCode> {
  const loaded = loadConfiguration(options, context);
  const inventory = await loadInventory(paths, loaded, options, context);
  const verdicts = judge(inventory, verdictsOf(loaded?.configuration ?? {}));
  context.stdout(options.json ? `${JSON.stringify(scanDocument(inventory, verdicts), null, 2)}\n` : scanText(inventory, verdicts, options, context));
  return hasErrors(inventory.diagnostics) ? exitCodes.findings : exitCodes.fine;
}

/** The document of `scan --json`, described in docs/json-output.md. */
export function scanDocument(inventory: Inventory, verdicts: ReadonlyMap<string, Verdict>): object {
  return {
    artifacts: inventory.artifacts.map((artifact) => {
      const verdict = verdicts.get(artifact.id);
      const { id, kind, name, version, source, applications, duplicates } = artifact;
      return { id, kind, name, version, source, applications, ...(duplicates.length > 0 ? { duplicates } : {}), ...(verdict === undefined ? {} : { verdict }) };
    }),
    references: inventory.references,
    applications: inventory.applications.map(({ id, type, name, version, source, runtimeVersion }) => ({ id, type, name, version, source, ...(runtimeVersion === undefined ? {} : { runtimeVersion }) })),
    diagnostics: inventory.diagnostics,
  };
}

function scanText(inventory: Inventory, verdicts: ReadonlyMap<string, Verdict>, options: GlobalOptions, context: Context): string {
  const style = createStyle(context.colour);
  const judged = inventory.artifacts.flatMap((artifact) => {
    const verdict = verdicts.get(artifact.id);
    return verdict === undefined ? [] : [{ artifact, verdict }];
  });
  const isolated = judged.filter(({ verdict }) => isIsolated(verdict.class));
  const scaling = judged.filter(({ verdict }) => !isIsolated(verdict.class));
  const lines = [
    ...(isolated.length > 0 ? [style.bold('Must run in one place only'), ...verdictTable(isolated, style, context), ''] : []),
    ...(scaling.length > 0 ? [style.bold('Can run in any number of pods'), ...verdictTable(scaling, style, context), ''] : []),
    ...formatDiagnostics(inventory.diagnostics, style, context.columns, options.verbose),
    ...(inventory.diagnostics.length > 0 ? [''] : []),
    summary(inventory, isolated.length, judged.length),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictTable(rows: readonly { readonly artifact: Artifact; readonly verdict: Verdict }[], style: Style, context: Context): string[] {
  return formatTable(
    rows.map(({ artifact, verdict }) => [
      { text: artifact.id, style: style.cyan },
      { text: verdict.class, style: isIsolated(verdict.class) ? style.yellow : style.green },
      `${verdict.because} (${formatSource(verdict.evidence)})`,
    ]),
    context.columns,
    '  ',
  );
}

/** The verdicts that put an artifact into a workload of its own. */
export function isIsolated(verdict: VerdictClass): boolean {
  return verdict === 'isolate' || verdict === 'broker-safe' || verdict === 'opaque';
}

function summary(inventory: Inventory, isolated: number, entryPoints: number): string {
  const missing = count(inventory, 'missing');
  const dynamic = count(inventory, 'dynamic');
  const references = [`${inventory.references.length} references`, missing > 0 ? `${missing} missing` : '', dynamic > 0 ? `${dynamic} dynamic` : ''].filter(Boolean).join(', ');
  const findings = countDiagnostics(inventory.diagnostics as Diagnostic[]);
  return `${inventory.artifacts.length} artifacts, ${entryPoints} of them entry points, ${isolated} stateful · ${references}${findings === '' ? '' : ` · ${findings}`}`;
}

function count(inventory: Inventory, state: 'missing' | 'dynamic'): number {
  return inventory.references.filter((reference) => reference.state === state).length;
}
