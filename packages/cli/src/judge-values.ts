import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '@mi-patterns/inventory';
import { isToolFailure, readFault, renderChart } from '@mi-patterns/helm';
import { describe, faultDiagnostics, readValues, validateValues } from '@mi-patterns/values';
import { chartFolder } from './chart.ts';
import { hasErrors } from './output/diagnostics.ts';

/**
 * Every fault of a values file, with its line: the schema's, and those that the chart itself finds when helm renders it.
 * Without helm the schema is all there is, and a warning says so.
 */
export async function judgeValues(text: string, path: string): Promise<readonly Diagnostic[]> {
  const own = validateValues(text, path, { chartJudges: true });
  if (readValues(text, path).values === undefined) return own;
  return [...own, ...(await chartFindings(text, path, hasErrors(own)))];
}

async function chartFindings(text: string, path: string, breaksSchema: boolean): Promise<readonly Diagnostic[]> {
  // The text that was read, not its file: a pipe can be read only once.
  const folder = mkdtempSync(join(tmpdir(), 'mi-patterns-values-'));
  const file = join(folder, 'values.yaml');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    // What breaks the schema is told already; the chart may still know more.
    const result = await renderChart({
      chart: chartFolder(),
      values: [file],
      release: 'r',
      skipSchemaValidation: breaksSchema,
    });
    if (result.state === 'rendered') return [];
    const faults = result.diagnostics.flatMap(({ message }) => readFault(message) ?? []);
    const others = result.diagnostics.filter(({ message }) => readFault(message) === undefined);
    return [...faultDiagnostics(text, path, faults), ...(breaksSchema ? [] : others)];
  } catch (error) {
    if (!isToolFailure(error)) throw error;
    if (error.reason !== 'missing') throw error;
    return [
      describe(
        'MI-VALUES-NOT-RENDERED',
        'Only the schema was checked: helm was not found, so what the chart refuses (patterns, isolation, names, ports, memory) is not known.',
        { path, line: 1, column: 1 },
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
