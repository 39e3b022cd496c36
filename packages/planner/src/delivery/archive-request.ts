import type { Application, Delivery } from '@mi-patterns/inventory';

/** One artifact of an archive that is to be written. */
export interface ArtifactRequest {
  readonly delivery: Delivery;
  /**
   * Name in the archive's list: that of the delivery, unless two artifacts of the archive had the same name and
   * version.
   */
  readonly name: string;
  readonly version: string;
  /** Server role it is to carry. */
  readonly serverRole: string;
}

/** An archive that is to be written: one application, or a part of it. */
export interface ArchiveRequest {
  readonly application: Application;
  /** Name and version in artifacts.xml: a server deploys only one application of each. */
  readonly name: string;
  readonly version: string;
  /** True when it is the whole application: an archive that exists is then rewritten, not made anew. */
  readonly whole: boolean;
  readonly artifacts: readonly ArtifactRequest[];
  /** `descriptor.xml` of MI 4.5 and later, for an archive that is made anew; undefined: none. */
  readonly descriptor?: { readonly id: string; readonly dependencies: readonly string[] };
  /** Archives inside of a fat archive, which MI deploys like any other. */
  readonly nested: readonly ArchiveRequest[];
}
