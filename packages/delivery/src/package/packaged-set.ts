import type { FileDigest } from './hashed-file.ts';

/** What was delivered for a set of workloads, by file and digest. */
export interface PackagedSet {
  readonly name: string;
  readonly workloads: readonly string[];
  readonly archives: readonly ({
    readonly file: string;
    readonly application: string;
    readonly name: string;
    readonly version: string;
  } & FileDigest)[];
  /** Digest of the manifest in `oci/`, for a reference to a volume. */
  readonly volumeDigest?: string;
  /** Where that image was pushed to, `registry/repository@sha256:…`; sorted. */
  readonly volumeReferences?: readonly string[];
  readonly configMaps?: Readonly<Record<string, string>>;
}
