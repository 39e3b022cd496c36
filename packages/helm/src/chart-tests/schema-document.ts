import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { counted, type Diagnostic } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { isJsonObject } from '../objects/kubernetes-object.ts';
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
  const { document, fault: notJson } = parse(text);
  if (notJson !== undefined)
    return { state: 'failed', detail: 'no JSON', diagnostics: [diagnosticOf(notJson, path, text)] };
  if (!isJsonObject(document)) {
    const fault = { message: 'values.schema.json holds no JSON object.', hint: 'Write a JSON schema of type object.' };
    return { state: 'failed', detail: 'no schema', diagnostics: [diagnosticOf({ ...fault, offset: 0 }, path, text)] };
  }
  const references = [...text.matchAll(/"\$ref"\s*:\s*"((?:[^"\\]|\\.)*)"/g)];
  const diagnostics = references
    .flatMap((match) => referenceFault(document, match[1] ?? '', match.index) ?? [])
    .map((fault) => diagnosticOf(fault, path, text));
  if (diagnostics.length > 0) return { state: 'failed', detail: counted(diagnostics.length, 'fault'), diagnostics };
  const size = Math.ceil(Buffer.byteLength(text) / 1024);
  return { state: 'ok', detail: `${size} KiB, ${counted(references.length, 'reference')}` };
}

interface Fault {
  readonly message: string;
  readonly hint: string;
  /** Where it is in the text. */
  readonly offset: number;
}

function diagnosticOf({ message, hint, offset }: Fault, path: string, text: string): Diagnostic {
  const lines = text.slice(0, offset).split('\n');
  const source = { path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  return finding('MI-CHART-SCHEMA-DOCUMENT', message, hint, source);
}

function parse(text: string): { readonly document?: unknown; readonly fault?: Fault } {
  try {
    return { document: JSON.parse(text) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const offset = Number(/position (\d+)/.exec(said)?.[1] ?? 0);
    return { fault: { message: `values.schema.json is not JSON: ${said}`, hint: 'Correct the file.', offset } };
  }
}

/** What is wrong with a reference: it leaves the chart, or leads nowhere. */
function referenceFault(document: unknown, reference: string, offset: number): Fault | undefined {
  if (!reference.startsWith('#'))
    return {
      message: `values.schema.json refers to ${reference}, outside the chart.`,
      hint: 'Copy what is referred to into definitions: the chart must render without network access.',
      offset,
    };
  if (resolves(document, reference)) return undefined;
  return {
    message: `values.schema.json refers to ${reference}, which is not in it.`,
    hint: 'Correct the reference, or add the definition.',
    offset,
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
