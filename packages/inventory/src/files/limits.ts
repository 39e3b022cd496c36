/** How much of an input is read before it is refused: protection against broken and hostile files. Sizes in bytes. */
export interface Limits {
  /** Largest text file, on disk or in an archive. */
  readonly textBytes: number;
  /** Largest archive inside an archive that is opened (connector, JAR, `.car` of a fat archive). */
  readonly nestedBytes: number;
  /** Most entries in one archive. */
  readonly archiveEntries: number;
  /** Largest sum of unpacked sizes in one archive. */
  readonly unpackedBytes: number;
  /** Largest unpacked to packed ratio of an entry of more than 1 MiB. Deflate cannot exceed about 1,030. */
  readonly compressionRatio: number;
  /** Most files and folders looked at in all given folders together. */
  readonly walkedEntries: number;
  /** Deepest folder below a given path. */
  readonly folderDepth: number;
  /** Most entries in all layers of an image together. */
  readonly imageEntries: number;
  /** Largest sum of unpacked sizes in all layers of an image. Layers are streamed, so this bounds time, not memory. */
  readonly imageBytes: number;
  /** Most content of an image that is kept while its layers are read; more is read in a second pass. */
  readonly imageKeptBytes: number;
}

export const defaultLimits: Limits = {
  textBytes: 16 * 1024 * 1024,
  nestedBytes: 256 * 1024 * 1024,
  archiveEntries: 65_536,
  unpackedBytes: 1024 * 1024 * 1024,
  compressionRatio: 200,
  walkedEntries: 2_000_000,
  folderDepth: 128,
  imageEntries: 400_000,
  imageBytes: 32 * 1024 * 1024 * 1024,
  imageKeptBytes: 64 * 1024 * 1024,
};
