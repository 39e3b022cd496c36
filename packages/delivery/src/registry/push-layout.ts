import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finding } from '../findings/catalogue.ts';
import { RegistryFailure } from './failure.ts';
import { type Body, openRegistry, pointedAt, type Registry, type RegistryOptions } from './client.ts';
import type { Destination } from './destination.ts';

/** What became of a layout in a registry. */
export interface Pushed {
  /** `registry/repository@sha256:…`, for `artifacts.imageVolume.reference`. */
  readonly reference: string;
  readonly tag?: string;
  /** `already-there`: nothing was sent. */
  readonly state: 'pushed' | 'already-there';
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Pushes the one image of an OCI layout into a repository. What is there already is not sent again, so a second push
 * sends nothing. Throws {@link RegistryFailure} that says what the registry did not take, and what to do.
 */
export async function pushLayout(folder: string, destination: Destination, options: RegistryOptions): Promise<Pushed> {
  const { host, repository, tag } = destination;
  const blobOf = (digest: string): string => join(folder, 'blobs', ...digest.split(':'));
  const [manifest] = (
    JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { readonly manifests: readonly Descriptor[] }
  ).manifests;
  if (manifest === undefined) throw new Error(`${folder} holds no image`);
  const bytes = readFileSync(blobOf(manifest.digest));
  const { config, layers } = JSON.parse(bytes.toString('utf8')) as {
    readonly config: Descriptor;
    readonly layers: readonly Descriptor[];
  };
  const registry = openRegistry(destination, options);
  const name = `/v2/${repository}`;
  let sent = false;
  for (const { digest, size } of [...layers, config]) {
    if (await isThere(registry, `${name}/blobs/${digest}`)) continue;
    await upload(registry, destination, { digest, size, path: blobOf(digest) });
    sent = true;
  }
  for (const reference of [manifest.digest, ...(tag === undefined ? [] : [tag])]) {
    if ((await manifestDigest(registry, `${name}/manifests/${reference}`, manifest.mediaType)) === manifest.digest)
      continue;
    const response = await registry.send('PUT', `${name}/manifests/${reference}`, {
      headers: { 'content-type': manifest.mediaType },
      body: () => bytes,
      length: bytes.length,
    });
    if (response.status !== 201) throw await registry.refusal(`The manifest ${reference}`, response);
    const stored = response.headers.get('docker-content-digest') ?? manifest.digest;
    await response.body?.cancel();
    if (stored !== manifest.digest) throw otherBytes(host, manifest.digest, stored);
    sent = true;
  }
  return {
    reference: `${host}/${repository}@${manifest.digest}`,
    ...(tag === undefined ? {} : { tag }),
    state: sent ? 'pushed' : 'already-there',
  };
}

async function isThere(registry: Registry, address: string): Promise<boolean> {
  const response = await registry.send('HEAD', address);
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  throw await registry.refusal('The question for what is there already', response);
}

/** Digest of the manifest under a tag or digest; undefined where there is none. */
async function manifestDigest(registry: Registry, address: string, mediaType: string): Promise<string | undefined> {
  const response = await registry.send('HEAD', address, { headers: { accept: mediaType } });
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw await registry.refusal('The question for what is there already', response);
  // A registry need not name the digest of what is found by its digest.
  return response.headers.get('docker-content-digest') ?? /sha256:[0-9a-f]{64}$/.exec(address)?.[0];
}

/** One blob in one piece. A line that breaks is tried again from the start: an upload belongs to its session. */
async function upload(
  registry: Registry,
  { base, host, repository }: Destination,
  { digest, size, path }: { readonly digest: string; readonly size: number; readonly path: string },
): Promise<void> {
  for (let tries = 2; ; tries--) {
    const session = await registry.send('POST', `/v2/${repository}/blobs/uploads/`, { length: 0 });
    const location = session.headers.get('location');
    if (session.status !== 202 || location === null) throw await registry.refusal('An upload', session);
    await session.body?.cancel();
    const target = pointedAt(location, `${base}/v2/${repository}/blobs/uploads/`, host);
    target.searchParams.set('digest', digest);
    try {
      const response = await registry.send('PUT', target.href, {
        headers: { 'content-type': 'application/octet-stream' },
        body: () => Readable.toWeb(createReadStream(path)) as Body,
        length: size,
        retries: 0,
      });
      if (response.status === 201) {
        await response.body?.cancel();
        return;
      }
      if (tries === 0 || response.status < 500) throw await registry.refusal(`The upload of ${digest}`, response);
      await response.body?.cancel();
    } catch (error) {
      if (tries === 0 || !isBroken(error)) throw error;
    }
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof RegistryFailure && error.diagnostics.some(({ code }) => code === 'MI-PUSH-UNREACHABLE');
}

function otherBytes(host: string, wanted: string, stored: string): RegistryFailure {
  const message = `${host} took the manifest ${wanted}, but stored it as ${stored}: it changed it.`;
  const hint = 'A reference by digest would not be found. Disable the conversion of images in the registry.';
  return new RegistryFailure([finding('MI-PUSH-REFUSED', message, hint)], 'registry');
}
