import type { NamedArtifact } from '../artifact/parsed.ts';

/** What a file held when it was read. */
export interface FileRead {
  readonly bytes: Uint8Array;
  /** The one artifact that it is; undefined for a file with several, with none, or with faults. */
  readonly artifact: NamedArtifact | undefined;
}

/** Files that were read, so that what is packed is what was planned, and is not read again. */
export interface FilesRead {
  /** Keeps a copy of what a file holds. */
  readonly add: (path: string, bytes: Uint8Array) => void;
  /** Says which one artifact a kept file is. */
  readonly name: (path: string, artifact: NamedArtifact) => void;
  /** Undefined for a file that was not read, or where there are too many to keep. */
  readonly get: (path: string) => FileRead | undefined;
}

/** Most that is kept, in bytes: the files of twenty thousand artifacts. With more, memory counts more than time. */
const most = 24 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/** Copies lie side by side in pieces of this size: few, so that V8 frees them as soon as they are let go of. */
const pieceSize = 8 * 1024 * 1024;

/** Keeps files, until there are too many; then none. */
export function createFilesRead(): FilesRead {
  const files = new Map<string, { readonly bytes: Uint8Array; artifact: NamedArtifact | undefined }>();
  let kept = 0;
  let piece = nothing;
  let used = 0;
  const roomFor = (length: number): Uint8Array => {
    if (length > pieceSize) return Buffer.allocUnsafeSlow(length);
    if (used + length > piece.length) {
      piece = Buffer.allocUnsafeSlow(pieceSize);
      used = 0;
    }
    used += length;
    return piece.subarray(used - length, used);
  };
  return {
    add: (path, bytes) => {
      kept += bytes.length;
      if (kept > most) {
        files.clear();
        piece = nothing;
        return;
      }
      const copy = roomFor(bytes.length);
      copy.set(bytes);
      files.set(path, { bytes: copy, artifact: undefined });
    },
    name: (path, artifact) => {
      const file = files.get(path);
      if (file !== undefined) file.artifact = artifact;
    },
    get: (path) => files.get(path),
  };
}
