import { sep } from 'node:path';
import { namedArtifact } from './artifact/parsed.ts';
import { groupById, type Identified } from './containers/assemble.ts';
import { readCar } from './containers/car.ts';
import { type Context, newContext, type OriginOf } from './containers/draft.ts';
import { compareDiagnostics, type Diagnostic } from './model/diagnostic.ts';
import type { ArtifactId } from './model/inventory.ts';

/** What is in some archives, without anything that only a plan asks for. */
interface ArchiveContents {
  readonly artifacts: ReadonlySet<ArtifactId>;
  /** What is wrong with the archives and the files in them, sorted; not with what the artifacts refer to. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An archive that was just written. */
export interface WrittenArchive {
  readonly path: string;
  /** What its entries are copies of: one that is the same to the byte is that file's artifact, and is not parsed. */
  readonly originOf: OriginOf;
}

/**
 * Reads archives on disk as `readInventory` does, each file in them included, but for what artifacts say: a check of
 * archives that were just written asks for their ids only, and whether they can be read.
 */
export function readBackArchives(archives: readonly WrittenArchive[]): ArchiveContents {
  const found: Identified[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { path, originOf } of archives) {
    const context: Context = { ...newContext(), originOf };
    readCar(context, path, sep === '/' ? path : path.split(sep).join('/'));
    for (const diagnostic of context.findings.diagnostics) diagnostics.push(diagnostic);
    for (const { parsed } of context.findings.artifacts) {
      found.push({ parsed: namedArtifact(parsed) });
    }
  }
  return { artifacts: new Set(groupById(found).keys()), diagnostics: diagnostics.toSorted(compareDiagnostics) };
}
