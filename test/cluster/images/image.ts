import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeTar, type TarEntry } from './tar.ts';

/** How a container of an image is started. */
export interface ImageConfiguration {
  readonly entrypoint: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingFolder?: string;
  readonly ports?: readonly number[];
}

/**
 * Writes an image archive that `ctr images import`, `docker load` and `kind load image-archive` take, with one layer.
 * No registry and no container engine is needed. A name without a registry gets `localhost/`, as containerd wants one.
 */
export function writeImage(
  target: string,
  name: string,
  entries: readonly TarEntry[],
  configuration: ImageConfiguration,
): void {
  const work = mkdtempSync(join(dirname(target), '.image-'));
  try {
    const layer = join(work, 'layer.tar');
    const layerDigest = writeTar(layer, withFolders(entries));
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
      config: {
        Entrypoint: configuration.entrypoint,
        Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...configuration.environment }).map(
          ([key, value]) => `${key}=${value}`,
        ),
        User: configuration.user ?? '',
        WorkingDir: configuration.workingFolder ?? '/',
        ExposedPorts: Object.fromEntries((configuration.ports ?? []).map((port) => [`${port}/tcp`, {}])),
      },
    });
    const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
    const layerName = `${layerDigest}/layer.tar`;
    const manifest = [{ Config: configName, RepoTags: [fullName(name)], Layers: [layerName] }];
    writeTar(join(work, 'image.tar'), [
      { kind: 'text', path: configName, mode: 0o644, content: config },
      { kind: 'file', path: layerName, mode: 0o644, source: layer },
      { kind: 'text', path: 'manifest.json', mode: 0o644, content: JSON.stringify(manifest) },
    ]);
    renameSync(join(work, 'image.tar'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `mi:1` → `localhost/mi:1`; a name with a folder keeps it and means docker.io, as everywhere. */
const fullName = (name: string): string => (name.includes('/') ? name : `localhost/${name}`);

/** A program of this machine with the shared libraries it needs, at the same paths. */
export function programEntries(path: string): TarEntry[] {
  const libraries = sharedLibraries(path).map((library): TarEntry => ({
    kind: 'file',
    path: library.slice(1),
    mode: 0o755,
    source: realpathSync(library),
  }));
  return [{ kind: 'file', path: path.slice(1), mode: 0o755, source: realpathSync(path) }, ...libraries];
}

/** A whole folder of this machine under another path; links stay links. In the order of names. */
export function folderEntries(source: string, path: string, owner = 0): TarEntry[] {
  return readdirSync(source, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): TarEntry[] => {
      const from = join(source, entry.name);
      const to = join(path, entry.name);
      if (entry.isSymbolicLink()) return [{ kind: 'link', path: to, target: readlinkSync(from) }];
      const mode = statSync(from).mode & 0o777;
      if (entry.isDirectory()) return [{ kind: 'folder', path: to, mode, owner }, ...folderEntries(from, to, owner)];
      return entry.isFile() ? [{ kind: 'file', path: to, mode, source: from, owner }] : [];
    });
}

function sharedLibraries(program: string): string[] {
  if (!/^.ELF/.test(readFileSync(program).subarray(0, 4).toString('latin1'))) return [];
  let words: string;
  try {
    words = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return []; // ldd fails for a static program
  }
  return [...words.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}

/** Adds the folders above each entry once, before it, and drops second entries of one path. */
function* withFolders(entries: readonly TarEntry[]): Generator<TarEntry> {
  const named = new Set(entries.filter((entry) => entry.kind === 'folder').map((entry) => entry.path));
  const seen = new Set<string>();
  for (const entry of [{ kind: 'folder', path: 'tmp', mode: 0o1777 } satisfies TarEntry, ...entries]) {
    const parts = entry.path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      if (seen.has(path) || named.has(path)) continue;
      seen.add(path);
      yield { kind: 'folder', path, mode: 0o755 };
    }
    if (seen.has(entry.path)) continue;
    seen.add(entry.path);
    yield entry;
  }
}
