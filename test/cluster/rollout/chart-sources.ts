import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { run } from '@mi-patterns/helm';
import { makeCertificate } from '../../../packages/rollout/test/certificate.ts';
import { provideTool } from '../../../scripts/lib/tools.ts';

/** A chart in a repository and in a registry, each served by a process on this machine. */
export interface ChartSources {
  /** `chart` for the configuration. */
  readonly repository: { readonly repository: string; readonly name: string; readonly version: string };
  readonly oci: { readonly oci: string; readonly version: string };
  /** What helm needs to trust the registry's certificate. */
  readonly environment: NodeJS.ProcessEnv;
  readonly close: () => Promise<void>;
}

/**
 * Publishes a chart: a web server for the repository, and a registry behind TLS with a certificate made now (needs
 * openssl).
 */
export async function serveChart(helm: string, chart: string): Promise<ChartSources> {
  const work = mkdtempSync(join(tmpdir(), 'chart-sources-'));
  const website = join(work, 'www');
  mkdirSync(website);
  const environment = {
    ...process.env,
    HELM_CONFIG_HOME: join(work, 'config'),
    HELM_CACHE_HOME: join(work, 'cache'),
    HELM_DATA_HOME: join(work, 'data'),
    SSL_CERT_FILE: join(work, 'cert.pem'),
  };
  const packed =
    /saved it to: (\S+)/.exec(
      execFileSync(helm, ['package', chart, '--destination', website], { encoding: 'utf8' }),
    )?.[1] ?? '';
  const [, name = '', version = ''] = /^(.+)-(\d+\.\d+\.\d+.*)\.tgz$/.exec(basename(packed)) ?? [];
  execFileSync(helm, ['repo', 'index', website], { env: environment });
  const certificate = makeCertificate(work);
  const web = createServer((call, answer) => {
    try {
      answer.end(readFileSync(join(website, basename(call.url ?? ''))));
    } catch {
      answer.writeHead(404).end();
    }
  });
  const registry = spawn(await provideTool('publication', () => undefined), ['registry'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = (await once(registry.stdout, 'data')) as [Buffer];
  const [host = '', port = ''] = line.toString().trim().split(':');
  const secured = createSecureServer(certificate, forward(host, Number(port)));
  for (const server of [web, secured]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = (server: typeof web | typeof secured): number => (server.address() as AddressInfo).port;
  // Not while this process waits for it: the server is in this process.
  await run([helm, 'push', packed, `oci://127.0.0.1:${at(secured)}/charts`], { environment });
  return {
    repository: { repository: `http://127.0.0.1:${at(web)}`, name, version },
    oci: { oci: `oci://127.0.0.1:${at(secured)}/charts/${name}`, version },
    environment,
    close: async () => {
      for (const server of [web, secured]) {
        server.closeAllConnections();
        server.close();
      }
      registry.stdin.end();
      await once(registry, 'exit');
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Passes requests on to a server that speaks no TLS. */
function forward(host: string, port: number): RequestListener {
  return (call, answer) => {
    const onward = request({ host, port, method: call.method, path: call.url, headers: call.headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    call.pipe(onward);
  };
}
