import { readFileSync } from 'node:fs';
import type { Values } from '@mi-patterns/values';
import { parse } from 'yaml';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { display } from './load.ts';

/** A values file that the configuration names. Throws {@link CommandFailure} when it is missing or no YAML mapping. */
export function readValuesFile(file: string, context: Context): Values {
  const path = display(file, context);
  const fail = (message: string): never => {
    throw new CommandFailure([{ code: 'MI-FILE', severity: 'error', message, hint: 'Correct `valuesFiles` in mi-patterns.yaml, or the file.', source: { path, line: 1, column: 1 } }], exitCodes.usage);
  };
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'), { version: '1.1', maxAliasCount: 100 });
    if (value === null) return {};
    return typeof value === 'object' && !Array.isArray(value) ? (value as Values) : fail(`${path} holds no mapping.`);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    return fail(`${path} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}
