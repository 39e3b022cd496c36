import { sep } from 'node:path';
import { groupById, type Identified } from './containers/assemble.ts';
import { readCar } from './containers/car.ts';
import { type Context, newContext } from './containers/draft.ts';
import { compareDiagnostics, type Diagnostic } from './model/diagnostic.ts';
import type { ArtifactId } from './model/inventory.ts';

/** What is in some archives, without anything that only a plan asks for. */
interface ArchiveContents {
  readonly artifacts: ReadonlySet<ArtifactId>;
  /** What is wrong with the archives and the files in them, sorted; not with what the artifacts refer to. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads archives on disk as `readInventory` does, each file in them included, but for what artifacts say: a check of
 * archives that were just written asks for their ids only, and whether they can be read.
 */
export function readBackArchives(paths: readonly string[]): ArchiveContents {
  const found: Identified[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const context: Context = { ...newContext(), namesOnly: true };
    readCar(context, path, sep === '/' ? path : path.split(sep).join('/'));
    for (const diagnostic of context.findings.diagnostics) diagnostics.push(diagnostic);
    for (const { parsed } of context.findings.artifacts) {
      const { kind, name, version } = parsed;
      found.push({ parsed: version === undefined ? { kind, name } : { kind, name, version } });
    }
  }
  return { artifacts: new Set(groupById(found).keys()), diagnostics: diagnostics.toSorted(compareDiagnostics) };
}
