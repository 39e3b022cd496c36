import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool, run } from '@mi-patterns/helm';
import { hasOpenssl, makeCertificate } from '../../test/certificate.ts';
import { fetchChart } from './chart-source.ts';
import { toolsOfMachine } from '../tools/tools.ts';

const tiny = join(import.meta.dirname, '../../../helm/test/fixtures/tiny');

describe('fetchChart', () => {
  let work: string;
  let server: Server | undefined;
  let port = 0;
  let archive: Buffer;

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'chart-source-'));
    cpSync(tiny, join(work, 'tiny'), { recursive: true });
    await run([
      ...(await findTool('helm')).command,
      'package',
      join(work, 'tiny'),
      '--destination',
      join(work, 'packed'),
    ]);
    archive = readFileSync(join(work, 'packed', readdirSync(join(work, 'packed'))[0] ?? ''));
    if (!hasOpenssl) return;
    server = createServer(makeCertificate(work), (request, response) => {
      const answer = respond(request.url ?? '', archive, port);
      response.writeHead(answer === undefined ? 404 : 200, answer?.headers).end(answer?.body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server?.close();
    server?.closeAllConnections();
    rmSync(work, { recursive: true, force: true });
  });

  it('gives a folder and an archive of it the same digest, and another when a byte differs', async () => {
    const digests = [];
    for (const path of [tiny, join(work, 'packed', readdirSync(join(work, 'packed'))[0] ?? '')]) {
      const chart = await fetchChart({ type: 'path', path });
      digests.push(chart.digest);
      expect(chart).toMatchObject({ name: 'tiny', version: expect.stringMatching(/^\d/) });
      chart.dispose();
    }
    expect(new Set(digests).size).toBe(1);
    writeFileSync(
      join(work, 'tiny', 'values.yaml'),
      `${readFileSync(join(work, 'tiny', 'values.yaml'), 'utf8')}\nother: 1\n`,
    );
    const other = await fetchChart({ type: 'path', path: join(work, 'tiny') });
    expect(other.digest).not.toBe(digests[0]);
    other.dispose();
  });

  it.skipIf(!hasOpenssl)(
    'gives the same chart from a repository and from a registry the same digest (skipped without openssl)',
    async () => {
      // Go reads the certificates it trusts from this file on Linux.
      const tools = toolsOfMachine(() => {}, {
        ...process.env,
        SSL_CERT_FILE: join(work, 'cert.pem'),
        HELM_CACHE_HOME: join(work, 'cache'),
        HELM_CONFIG_HOME: join(work, 'config'),
      });
      mkdirSync(join(work, 'config'), { recursive: true });
      const charts = [
        await fetchChart({ type: 'repository', repository: `https://127.0.0.1:${port}/charts`, name: 'tiny' }, tools),
        await fetchChart({ type: 'oci', reference: `oci://127.0.0.1:${port}/charts/tiny`, version: '0.1.0' }, tools),
        await fetchChart({ type: 'path', path: tiny }),
      ];
      expect(new Set(charts.map(({ digest }) => digest)).size).toBe(1);
      for (const chart of charts) chart.dispose();
    },
  );

  it('says what is no chart', async () => {
    mkdirSync(join(work, 'nothing'));
    await expect(fetchChart({ type: 'path', path: join(work, 'nothing') })).rejects.toMatchObject({
      code: 'MI-TOOL-FAILED',
    });
  });
});

/** What a chart repository and a registry answer, as far as helm asks for one chart. */
function respond(
  path: string,
  archive: Buffer,
  port: number,
): { readonly headers: Record<string, string>; readonly body: Buffer | string } | undefined {
  const digest = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const config = JSON.stringify({ name: 'tiny', version: '0.1.0', apiVersion: 'v2' });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: digest(config), size: config.length },
    layers: [
      {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        digest: digest(archive),
        size: archive.length,
      },
    ],
  });
  const answer = (body: Buffer | string, type: string): { headers: Record<string, string>; body: Buffer | string } => ({
    headers: { 'content-type': type, 'content-length': String(body.length), 'docker-content-digest': digest(body) },
    body,
  });
  if (path === '/charts/index.yaml')
    return answer(
      JSON.stringify({
        apiVersion: 'v1',
        entries: {
          tiny: [
            {
              apiVersion: 'v2',
              name: 'tiny',
              version: '0.1.0',
              urls: [`https://127.0.0.1:${port}/charts/tiny-0.1.0.tgz`],
            },
          ],
        },
      }),
      'application/yaml',
    );
  if (path === '/charts/tiny-0.1.0.tgz') return answer(archive, 'application/gzip');
  if (path === '/v2/') return answer('{}', 'application/json');
  if (path.startsWith('/v2/charts/tiny/tags/list'))
    return answer(JSON.stringify({ name: 'charts/tiny', tags: ['0.1.0'] }), 'application/json');
  if (path.startsWith('/v2/charts/tiny/manifests/'))
    return answer(manifest, 'application/vnd.oci.image.manifest.v1+json');
  const blob = [config, archive].find((bytes) => path === `/v2/charts/tiny/blobs/${digest(bytes)}`);
  return blob === undefined ? undefined : answer(blob, 'application/octet-stream');
}
