/** One image that can be read, wherever it lies. */
export interface ImageSource {
  /** How places in it start, before `!/`. */
  readonly name: string;
  /** Digest of its manifest, where it has one. */
  readonly digest?: string;
  readonly config: ImageConfig;
  /** The configuration as it is stored. */
  readonly configBytes: Buffer;
  /** Lowest layer first. */
  readonly layers: readonly ImageLayer[];
  /** Platforms of a multi-platform image that were not read, for example `linux/arm64`. */
  readonly otherPlatforms: readonly string[];
  readonly close?: () => void;
}

interface ImageLayer {
  /** `sha256:…`, for people and for checking; undefined in an archive of `docker save`, which has none. */
  readonly digest?: string;
  /** Bytes as stored. */
  readonly size?: number;
  /** As the manifest says; undefined where there is none. */
  readonly mediaType?: string;
  /** The bytes as stored, from the start. */
  readonly open: () => AsyncIterable<Buffer>;
}

/** The configuration of an image (OCI image specification, config.md), as far as it is of use here. */
export interface ImageConfig {
  readonly architecture?: unknown;
  readonly os?: unknown;
  readonly variant?: unknown;
  readonly config?: {
    readonly User?: unknown;
    readonly Env?: unknown;
    readonly Entrypoint?: unknown;
    readonly Cmd?: unknown;
    readonly Labels?: unknown;
    readonly WorkingDir?: unknown;
  } | null;
}

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os?: unknown; readonly architecture?: unknown; readonly variant?: unknown };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Where the manifests and blobs of images lie by digest: a layout, or a registry. */
export interface BlobStore {
  /** Manifest or index that the reference names. */
  readonly root: () => Promise<{ readonly bytes: Buffer; readonly digest: string }>;
  /** A manifest of an index. */
  readonly manifest: (descriptor: Descriptor) => Promise<Buffer>;
  readonly blob: (descriptor: Descriptor) => AsyncIterable<Buffer>;
  readonly close?: () => void;
}

/** Opens an image in a registry by its reference. */
export type OpenRegistryImage = (reference: string) => Promise<BlobStore>;
