import { createHash } from 'node:crypto';
import {
  type Descriptor,
  type DiagnosticCode,
  imageFault,
  type OpenRegistryImage,
  redact,
} from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { piecesOf } from './answer.ts';
import { RegistryFailure } from './failure.ts';
import { openRegistry, type RegistryOptions } from './client.ts';
import { parseReference } from './destination.ts';

/** Manifests and indexes of OCI and of Docker. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const largestManifest = 4 * 1024 * 1024;

/**
 * Opens images in registries, with the logins that docker and podman keep. Throws RegistryFailure with `MI-PULL-…`
 * where the registry does not give the image.
 */
export function registryImages(options: Omit<RegistryOptions, 'purpose'>): OpenRegistryImage {
  return async (text) => {
    const reference = asPull(() => parseReference(text, options.plainHttp));
    const { repository, version } = reference;
    const registry = openRegistry({ ...reference, tag: undefined }, { ...options, purpose: 'pull' });

    const found = async <Answer>(what: string, response: Response, answer: Answer): Promise<Answer> => {
      if (response.status === 200) return answer;
      if (response.status !== 404) throw await registry.refusal(`The request for ${what}`, response);
      await response.body?.cancel();
      throw imageFault('MI-IMAGE-REFERENCE', text, `${reference.host} has no ${what}`, 'Check the name and the tag.');
    };
    const manifest = async (id: string): Promise<Buffer> => {
      const what = id.startsWith('sha256:') ? `manifest ${id}` : `tag ${id}`;
      return pulling(async () => {
        const sending = { headers: { accept: manifestTypes }, expected: largestManifest };
        const response = await registry.send('GET', `/v2/${repository}/manifests/${id}`, sending);
        const pieces = piecesOf(await found(what, response, response), options.wait);
        return collect(
          text,
          bytesOf(reference.host, async () => pieces),
          largestManifest,
        );
      });
    };
    const blob = ({ digest, size }: Descriptor): Promise<AsyncIterable<Buffer>> =>
      pulling(async () => {
        const { response, bytes } = await registry.download(`/v2/${repository}/blobs/${digest}`, size);
        return found(`blob ${digest}`, response, bytes);
      });
    return {
      root: async () => {
        const bytes = await manifest(version);
        const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
        if (version.startsWith('sha256:') && version !== digest)
          throw imageFault(
            'MI-IMAGE-DIGEST',
            text,
            `the manifest that ${reference.host} gives for ${version} has another digest`,
          );
        return { bytes, digest };
      },
      manifest: ({ digest }) => manifest(digest),
      blob: (descriptor) => inLargePieces(bytesOf(reference.host, () => blob(descriptor))),
    };
  };
}

/** Bytes of a piece: each one is hashed and unpacked by itself, so small pieces cost as much as what they hold. */
const pieceSize = 512 * 1024;

async function* inLargePieces(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length < pieceSize) continue;
    yield Buffer.concat(parts, length);
    [parts, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(parts, length);
}

/** The bytes of an answer. A line that breaks in the middle is told like one that was never there. */
async function* bytesOf<Bytes extends Uint8Array>(
  host: string,
  open: () => Promise<AsyncIterable<Bytes>>,
): AsyncIterable<Bytes> {
  const chunks = await open();
  try {
    yield* chunks;
  } catch (error) {
    throw brokenOff(host, error);
  }
}

async function collect(name: string, pieces: AsyncIterable<Uint8Array>, maximum: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > maximum) throw imageFault('MI-IMAGE-LIMIT', name, `its manifest has more than ${maximum} bytes`);
    parts.push(piece);
  }
  return Buffer.concat(parts);
}

function brokenOff(host: string, error: unknown): RegistryFailure {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The connection to ${host} was lost before the image was read (${redact(reason)}).`;
  const hint = 'Run the command again; the image was not used.';
  return new RegistryFailure([finding('MI-PULL-UNREACHABLE', message, hint)], 'registry');
}

async function pulling<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    throw renamed(error);
  }
}

function asPull<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw renamed(error);
  }
}

/** The client of registries says what a push lacks; a pull lacks the same, and is told so. */
function renamed(error: unknown): unknown {
  if (!(error instanceof RegistryFailure)) return error;
  return new RegistryFailure(
    error.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      code: codes[diagnostic.code] ?? diagnostic.code,
      message: diagnostic.message.replace('The destination of --push', 'The reference'),
      hint:
        hints[diagnostic.code] ??
        diagnostic.hint
          .replace('may push there', 'may pull from there')
          .replace('push the layout in the package with', 'save the image as a file (oci-archive:FILE) with'),
    })),
    error.reason,
  );
}

const codes: Readonly<Partial<Record<DiagnosticCode, DiagnosticCode>>> = {
  'MI-PUSH-CREDENTIALS': 'MI-PULL-CREDENTIALS',
  'MI-PUSH-DESTINATION': 'MI-PULL-DESTINATION',
  'MI-PUSH-REFUSED': 'MI-PULL-REFUSED',
  'MI-PUSH-UNAUTHORIZED': 'MI-PULL-UNAUTHORIZED',
  'MI-PUSH-UNREACHABLE': 'MI-PULL-UNREACHABLE',
};

const hints: Readonly<Record<string, string>> = {
  'MI-PUSH-DESTINATION': 'Give oci:REGISTRY/REPOSITORY:TAG or oci:REGISTRY/REPOSITORY@sha256:…',
  'MI-PUSH-REFUSED':
    'See the answer of the registry. You can also save the image with another tool and read it as oci-archive:FILE.',
};
