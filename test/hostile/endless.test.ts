import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { miPatterns, program } from '../support/command.ts';
import { folderWith, pom } from './support.ts';

const api =
  '<api xmlns="http://ws.apache.org/ns/synapse" name="A" context="/a"><resource methods="GET"><inSequence/></resource></api>';
const project = (): string => folderWith({ 'p/pom.xml': pom(), 'p/src/main/wso2mi/artifacts/apis/A.xml': api });

/** An OCI image layout whose manifest is a pipe. */
function layoutWithPipe(cwd: string): void {
  const hex = 'a'.repeat(64);
  const manifest = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: `sha256:${hex}`, size: 2 };
  mkdirSync(join(cwd, 'layout', 'blobs', 'sha256'), { recursive: true });
  writeFileSync(join(cwd, 'layout', 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(cwd, 'layout', 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  spawnSync('mkfifo', [join(cwd, 'layout', 'blobs', 'sha256', hex)]);
}

describe('what never ends', () => {
  it.each([
    ['a pipe called an archive', ['scan', 'pipe.car'], 'MI-READ-DENIED'],
    ['a link to a pipe called an archive', ['scan', 'link.car'], 'MI-READ-DENIED'],
    ['a pipe called a project file', ['scan', 'pipe.xml'], 'MI-READ-DENIED'],
    ['a pipe called an image archive', ['scan', 'oci-archive:pipe.car'], 'MI-IMAGE-REFERENCE'],
    ['a pipe called a saved image', ['scan', 'docker-archive:pipe.car'], 'MI-IMAGE-REFERENCE'],
    ['a file called an image layout', ['scan', 'oci-layout:p/pom.xml'], 'MI-IMAGE-REFERENCE'],
    ['a pipe in an image layout', ['scan', 'oci-layout:layout'], 'MI-IMAGE-BROKEN'],
    ['an endless file as values', ['validate', '/dev/zero'], 'MI-FILE'],
    ['an endless file as configuration', ['plan', 'p', '--config', '/dev/zero'], 'MI-FILE'],
    ['an endless file as groups', ['plan', 'p', '--isolate', '/dev/zero'], 'MI-FILE'],
    ['an endless file as an archive', ['scan', 'zero.car'], 'MI-READ-DENIED'],
    ['a pipe where values are written', ['generate', 'p', '--out', 'made'], 'MI-WRITE-FAILED'],
  ])('%s is refused at once', async (_, args, code) => {
    const cwd = project();
    mkdirSync(join(cwd, 'made'));
    spawnSync('mkfifo', ['pipe.car', 'pipe.xml', 'made/values.yaml'], { cwd });
    layoutWithPipe(cwd);
    symlinkSync('pipe.car', join(cwd, 'link.car'));
    symlinkSync('/dev/zero', join(cwd, 'zero.car'));
    const { exitCode, stderr } = await miPatterns(args, { cwd });
    expect([exitCode === 1 || exitCode === 2, stderr]).toEqual([true, expect.stringContaining(code)]);
  });

  it('a pipe that ends is read where a file is named', () => {
    const cwd = folderWith({ 'v.yaml': 'pattern: nonsense\n' });
    const script = `cat v.yaml > pipe & "${process.execPath}" "${program}" validate pipe`;
    const { stdout } = spawnSync('sh', ['-c', `mkfifo pipe && ${script}`], { cwd, encoding: 'utf8' });
    expect(stdout).toContain('MI-VALUES-');
  });
});

describe('a configuration that is no file', () => {
  it.each([
    ['a pipe', 'is not a regular file', (at: string) => void spawnSync('mkfifo', [at])],
    ['a folder', 'is a folder', (at: string) => void mkdirSync(at)],
    ['a link to nothing', 'does not exist', (at: string) => symlinkSync('nothing', at)],
    ['a link to itself', 'is a link that leads back', (at: string) => symlinkSync('mi-patterns.yaml', at)],
  ])('%s: %s', async (_, reason, make) => {
    const cwd = project();
    make(join(cwd, 'mi-patterns.yaml'));
    const { exitCode, stderr } = await miPatterns(['plan', 'p'], { cwd });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`mi-patterns.yaml ${reason}`)]);
  });
});

describe('a configuration that may not be read', () => {
  it('ends the command: a plan without it is another plan', async () => {
    const cwd = project();
    writeFileSync(join(cwd, 'mi-patterns.yaml'), 'isolate: one\n');
    chmodSync(join(cwd, 'mi-patterns.yaml'), 0);
    const { exitCode, stderr } = await miPatterns(['plan', 'p'], { cwd, obeysModes: true });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/MI-FILE {2}mi-patterns.yaml/)]);
  });
});

const servers: (() => void)[] = [];
afterEach(() => {
  for (const close of servers.splice(0)) close();
});

async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function endless(response: ServerResponse): void {
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  const piece = Buffer.alloc(64 * 1024, 'x');
  const send = (): void => {
    if (response.destroyed) return;
    if (response.write(piece)) setImmediate(send);
    else response.once('drain', send);
  };
  send();
}

/** Runs the command with a bound on its memory, and answers also how much it took. */
function push(
  cwd: string,
  host: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=200', program, 'package', 'p', '--out', 'made', '--push', `${host}/a/b`],
      { cwd, env: { ...process.env, ...environment } },
    );
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.stdout.resume();
    child.once('close', (code) => done({ code, stderr }));
  });
}

describe('a registry that answers without an end', () => {
  it.each([
    ['its error', 500, {}],
    ['the refusal of a login', 403, {}],
  ])('%s is told with its status, and no more is read than its start', async (_, status) => {
    let sent = 0;
    const host = await registry((_request, response) => {
      response.writeHead(status);
      endless(response);
      response.on('close', () => (sent = response.socket?.bytesWritten ?? sent));
    });
    const { code, stderr } = await push(project(), host);
    expect([code, stderr]).toEqual([3, expect.stringContaining(String(status))]);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('the answer of its token service is no token', async () => {
    const host: string = await registry((request, response) => {
      if (request.url?.startsWith('/token') === true) {
        response.writeHead(200);
        endless(response);
      } else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="s"` }).end();
    });
    const { code, stderr } = await push(project(), host);
    expect([code, stderr]).toEqual([3, expect.stringContaining('MI-PUSH-REFUSED')]);
  });
});

describe('a credential helper', () => {
  const asksForLogin: RequestListener = (_request, response) =>
    void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();

  it('whose name no file can have ends the command with its name', async () => {
    const cwd = project();
    writeFileSync(join(cwd, 'config.json'), JSON.stringify({ credsStore: 'x'.repeat(300) }));
    const { code, stderr } = await push(cwd, await registry(asksForLogin), {
      DOCKER_CONFIG: cwd,
      REGISTRY_AUTH_FILE: '',
      XDG_RUNTIME_DIR: '',
      XDG_CONFIG_HOME: join(cwd, 'none'),
    });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/MI-PUSH-CREDENTIALS\n *docker-credential-xxx/)]);
  });

  it.each([
    ['that is not there', undefined],
    ['that ends with an error', '#!/bin/sh\nexit 3\n'],
    ['that answers without an end', '#!/bin/sh\nexec cat /dev/zero\n'],
    ['that answers nonsense', '#!/bin/sh\necho no login\n'],
  ])('%s ends the command with its name', async (_, script) => {
    const cwd = project();
    mkdirSync(join(cwd, 'bin'));
    if (script !== undefined) writeFileSync(join(cwd, 'bin/docker-credential-odd'), script, { mode: 0o755 });
    writeFileSync(join(cwd, 'config.json'), '{"credsStore": "odd"}');
    const { code, stderr } = await push(cwd, await registry(asksForLogin), {
      DOCKER_CONFIG: cwd,
      REGISTRY_AUTH_FILE: '',
      XDG_RUNTIME_DIR: '',
      XDG_CONFIG_HOME: join(cwd, 'none'),
      PATH: `${join(cwd, 'bin')}:${process.env['PATH']}`,
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining('MI-PUSH-CREDENTIALS')]);
    expect(stderr).toContain('docker-credential-odd');
  });
});
