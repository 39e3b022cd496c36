import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../packages/cli/src/command-line.ts';
import { orders, temporaryFolder } from '../support/command.ts';
import { type Guard, guardRegistry, startRegistry, type TestRegistry } from './registry.ts';

const password = 'not-to-be-shown-91c4';
const registries: TestRegistry[] = [];
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  registries.push(registry);
});
afterAll(() => {
  for (const one of registries) one.close();
});

/** Runs the command in this process, with a home that holds the given login. */
async function miPatterns(
  args: readonly string[],
  login?: { readonly host: string },
  environment: Readonly<Record<string, string>> = {},
) {
  const home = temporaryFolder();
  if (login !== undefined) {
    mkdirSync(join(home, '.docker'));
    const auth = Buffer.from(`builder:${password}`).toString('base64');
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: { [login.host]: { auth } } }));
  }
  let [stdout, stderr] = ['', ''];
  const exitCode = await runCommandLine(args, {
    cwd: home,
    environment: { PATH: process.env['PATH'], HOME: home, ...environment },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    columns: undefined,
    colour: false,
    interactive: false,
  });
  expect(stdout + stderr).not.toContain(password);
  return { exitCode, stdout, stderr };
}

async function guarded(guard: Guard): Promise<TestRegistry> {
  const one = await guardRegistry(registry, guard);
  registries.push(one);
  return one;
}

async function pushArchives(name: string): Promise<void> {
  const out = join(temporaryFolder(), 'out');
  const { exitCode } = await miPatterns(['package', orders, '--out', out, '--push', `${registry.host}/${name}`]);
  expect(exitCode).toBe(0);
}

test('an image in a registry is read by tag and by digest, with the login that docker keeps', async () => {
  await pushArchives('team/orders-archives:1.2.0');
  const closed = await guarded({ scheme: 'token', user: 'builder', password });
  const reference = `${closed.host}/team/orders-archives:1.2.0`;
  const scanned = await miPatterns(['scan', `oci:${reference}`, '--json'], closed);
  const document = JSON.parse(scanned.stdout) as {
    readonly artifacts: readonly { readonly id: string; readonly source: { readonly path: string } }[];
    readonly images: readonly { readonly digest: string; readonly name: string }[];
  };
  expect(scanned.exitCode).toBe(0);
  expect(document.artifacts.map(({ id }) => id)).toContain('task/recurringOrder_Task');
  expect(document.artifacts[0]?.source.path).toMatch(new RegExp(`^${reference}!/orders_1\\.2\\.0\\.car!/`));
  const [image] = document.images;
  const byDigest = await miPatterns(['plan', `oci:${closed.host}/team/orders-archives@${image?.digest}`], closed);
  expect(byDigest).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('recurring-order-task') });
  // Nothing but manifests and blobs is asked for, and nothing is sent.
  expect(
    closed.seen.filter((line) => !/^GET \/(v2\/team\/orders-archives\/(manifests|blobs)\/|token$)/.test(line)),
  ).toEqual([]);
});

test('what a registry does not give is told with the code of a pull', async () => {
  await pushArchives('team/told:1');
  const closed = await guarded({ scheme: 'token', user: 'builder', password });
  const answer = await miPatterns(['scan', `oci:${closed.host}/team/told:1`]);
  expect(answer).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('MI-PULL-UNAUTHORIZED') });
  expect(await miPatterns(['scan', `oci:${registry.host}/team/told:2`])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/MI-IMAGE-REFERENCE[^]*has no tag 2/),
  });
  expect(await miPatterns(['scan', 'oci:127.0.0.1:9/team/told:1'])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/MI-PULL-UNREACHABLE[^]*save the image as a file \(oci-archive:FILE\)/),
  });
  expect(await miPatterns(['scan', 'oci:Not A Name'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('MI-PULL-DESTINATION'),
  });
});

test('a registry that gives other bytes than it names, or none to the end, is told', async () => {
  await pushArchives('team/other:1');
  const other = await guarded({
    scheme: 'none',
    instead: (request, response) => {
      if (!request.url?.includes('/blobs/')) return undefined;
      response.writeHead(200).end('{"os":"linux"}');
      return true;
    },
  });
  expect(await miPatterns(['scan', `oci:${other.host}/team/other:1`])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('MI-IMAGE-DIGEST'),
  });
  const cut = await guarded({
    scheme: 'none',
    instead: (request, response) => {
      if (!request.url?.includes('/manifests/')) return undefined;
      response.writeHead(200, { 'content-length': '100000' }).write('{');
      setTimeout(() => response.destroy(), 20);
      return true;
    },
  });
  const { exitCode, stderr } = await miPatterns(['scan', `oci:${cut.host}/team/other:1`]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('MI-PULL-UNREACHABLE');
});

test.each([
  [
    'points to what is no address',
    '302 Found\r\nLocation: http://[',
    /MI-PULL-REFUSED[^]* points to "http:\/\/\[", which/,
  ],
  ['points to a file', '302 Found\r\nLocation: file:///etc/passwd', /MI-PULL-REFUSED[^]* points to "file:/],
  ['has a status that HTTP lacks', '999 Odd', /MI-PULL-UNREACHABLE[^]*it answered with the status 999/],
  ['says why in control characters', '500 \u0001\u001b[31mred', /MI-PULL-REFUSED[^]*: 500 \[31mred\./],
  ['changes the protocol', '101 On\r\nUpgrade: x\r\nConnection: upgrade', /MI-PULL-UNREACHABLE[^]*in another protocol/],
])('a registry that %s instead of giving a layer is told', async (_, head, told) => {
  await pushArchives('team/odd:1');
  const odd = await guarded({
    scheme: 'none',
    instead: (request, response) => {
      if (!request.url?.includes('/blobs/')) return undefined;
      response.socket?.end(`HTTP/1.1 ${head}\r\n${head.startsWith('101') ? '' : 'Connection: close\r\n'}\r\n`);
      return true;
    },
  });
  const { exitCode, stderr } = await miPatterns(['scan', `oci:${odd.host}/team/odd:1`]);
  expect(stderr).toMatch(told);
  expect(exitCode).toBe(3);
});

test('a token that no header can carry is not quoted', async () => {
  const closed = await guarded({ scheme: 'token', user: 'builder', password });
  const home = temporaryFolder();
  const login = { auths: { [closed.host]: { registrytoken: `abc\n${password}` } } };
  writeFileSync(join(home, 'config.json'), JSON.stringify(login));
  const { exitCode, stderr } = await miPatterns(['scan', `oci:${closed.host}/a/b:1`], undefined, {
    DOCKER_CONFIG: home,
  });
  expect(stderr).toMatch(/MI-PULL-CREDENTIALS[^]*contains characters that no token has/);
  expect(exitCode).toBe(3);
});

test('the volume that package has written is read as a layout', async () => {
  const out = join(temporaryFolder(), 'out');
  await miPatterns(['package', orders, '--out', out, '--format', 'volume']);
  const { exitCode, stdout } = await miPatterns(['scan', `oci-layout:${out}/oci`]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('task/recurringOrder_Task');
  expect(stdout).toContain('no server: archives for a volume');
  execFileSync('tar', ['-cf', 'oci.tar', '-C', 'oci', '.'], { cwd: out });
  expect((await miPatterns(['scan', `oci-archive:${out}/oci.tar:latest`])).exitCode).toBe(0);
  expect(readFileSync(join(out, 'oci/index.json'), 'utf8')).toContain('latest');
});
