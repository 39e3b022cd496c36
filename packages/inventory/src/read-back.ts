import { sep } from 'node:path';
import { possibleIds } from './containers/assemble.ts';
import { readCar } from './containers/car.ts';
import { type Context, newContext, type OriginOf } from './containers/draft.ts';
import { compareDiagnostics, type Diagnostic } from './model/diagnostic.ts';
import type { ArtifactId } from './model/inventory.ts';

/** What is in an archive, without anything that only a plan asks for. */
interface ArchiveContents {
  /** The ids that its artifacts can have in an inventory. */
  readonly artifacts: ReadonlySet<ArtifactId>;
  /** What is wrong with the archive and the files in it, sorted; not with what the artifacts refer to. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An archive that was just written. */
export interface WrittenArchive {
  readonly path: string;
  /** What its entries are copies of: one that is the same to the byte is that file's artifact, and is not parsed. */
  readonly originOf: OriginOf;
}

/**
 * Reads an archive on disk as `readInventory` does, each file in it included, but for what artifacts say: a check of
 * an archive that was just written asks for their ids only, and whether they can be read.
 */
export function readBackArchive({ path, originOf }: WrittenArchive): ArchiveContents {
  const context: Context = { ...newContext(), originOf };
  readCar(context, path, sep === '/' ? path : path.split(sep).join('/'));
  const { artifacts, diagnostics } = context.findings;
  return {
    artifacts: new Set(artifacts.flatMap(({ parsed }) => possibleIds(parsed))),
    diagnostics: diagnostics.toSorted(compareDiagnostics),
  };
}
