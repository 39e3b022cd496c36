import type { ListedDependency } from './lists.ts';
import type { EntrySink } from './zip-writer.ts';

/** A folder of an archive: an artifact, or metadata of one. */
export interface Piece extends ListedDependency {
  /** With a `/` at the end. */
  readonly folder: string;
  /** Hands on `artifact.xml` and what it describes, each read when it is written. */
  readonly writeEntries: (write: EntrySink) => void;
}

/** Pieces of one archive, or what stands in the way of making them. */
export interface Pieces {
  readonly artifacts: readonly Piece[];
  readonly metadata: readonly Piece[];
}
