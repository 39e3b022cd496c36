import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted, type Diagnostic } from '@mi-patterns/inventory';
import { isJsonObject } from '../kubernetes-object.ts';
import type { Outcome } from './report.ts';

/**
 * Reads values.schema.json itself: helm lint accepts one that is no JSON (helm issue 12994), and a reference to the web
 * breaks installations without network access.
 */
export async function checkSchemaDocument(chart: string): Promise<Outcome> {
  const path = join(chart, 'values.schema.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined)
    return { state: 'skipped', reason: 'The chart has no values.schema.json in a folder that can be read.' };
  const fault = (message: string, hint: string, offset = 0): Diagnostic => {
    const lines = text.slice(0, offset).split('\n');
    return {
      code: 'MI-CHART-SCHEMA-DOCUMENT',
      severity: 'error',
      message,
      hint,
      source: { path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
    };
  };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(String(error))?.[1] ?? 0);
    return {
      state: 'failed',
      detail: 'no JSON',
      diagnostics: [
        fault(
          `values.schema.json is not JSON: ${error instanceof Error ? error.message : String(error)}`,
          'Correct the file.',
          offset,
        ),
      ],
    };
  }
  if (!isJsonObject(document))
    return {
      state: 'failed',
      detail: 'no schema',
      diagnostics: [fault('values.schema.json holds no JSON object.', 'Write a JSON schema of type object.')],
    };
  const references = [...text.matchAll(/"\$ref"\s*:\s*"((?:[^"\\]|\\.)*)"/g)];
  const diagnostics = references.flatMap((match) => {
    const reference = match[1] ?? '';
    if (!reference.startsWith('#'))
      return [
        fault(
          `values.schema.json refers to ${reference}, outside the chart.`,
          'Copy what is referred to into definitions: the chart must render without network access.',
          match.index,
        ),
      ];
    return resolves(document, reference)
      ? []
      : [
          fault(
            `values.schema.json refers to ${reference}, which is not in it.`,
            'Correct the reference, or add the definition.',
            match.index,
          ),
        ];
  });
  return diagnostics.length > 0
    ? { state: 'failed', detail: counted(diagnostics.length, 'fault'), diagnostics }
    : {
        state: 'ok',
        detail: `${Math.ceil(Buffer.byteLength(text) / 1024)} KiB, ${counted(references.length, 'reference')}`,
      };
}

function resolves(document: unknown, reference: string): boolean {
  let current = document;
  for (const part of reference.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isJsonObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return false;
  }
  return current !== undefined;
}
