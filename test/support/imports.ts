import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLeaves } from '../../packages/cli/build-leaves.mjs';
import { repository } from './command.ts';

/** Which imports count: all of them, or only those that run before anything else does. */
type Imports = 'all' | 'static';

/** Files of the repository that modules load, with all that these load, sorted; types left out. */
export function modulesLoadedBy(files: readonly string[], imports: Imports = 'all'): readonly string[] {
  const seen = new Set(files);
  // The set grows while it is gone through.
  for (const file of seen)
    if (/\.m?ts$|\.mjs$/.test(file)) for (const target of importsOf(file, imports)) seen.add(target);
  return [...seen].map((file) => relative(repository, file)).toSorted();
}

function importsOf(file: string, imports: Imports): readonly string[] {
  const text = withLeaves(readFileSync(file, 'utf8'));
  // The semicolon is left for the next statement: several are on one line.
  const statements = text.matchAll(/(?:^|; ?)(?:import|export) (?!type\b)(?:[^'";]*? from )?['"]([^'"]+)['"](?=;)/gm);
  const lazy = imports === 'all' ? text.matchAll(/\bimport\('([^']+)'\)/g) : [];
  return [...statements, ...lazy].flatMap(([, target = '']) => {
    if (target.startsWith('/')) return [target];
    return target.startsWith('.') ? [join(dirname(file), target)] : [];
  });
}
