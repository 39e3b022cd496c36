import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCommandLine } from '../../packages/cli/src/command-line.ts';
import { orders, temporaryFolder } from '../support/command.ts';
import { type Guard, guardRegistry, startRegistry, type TestRegistry } from './registry.ts';

interface Document {
  readonly sets: readonly {
    readonly name: string;
    readonly volumeDigest?: string;
    readonly volumeReferences?: readonly string[];
  }[];
  readonly pushed: readonly {
    readonly set: string;
    readonly reference: string;
    readonly tag?: string;
    readonly state: string;
  }[];
  readonly diagnostics: readonly {
    readonly code: string;
    readonly severity: string;
    readonly message: string;
    readonly hint: string;
  }[];
}

const password = 'not-to-be-shown-7f3a';
const login = Buffer.from(`builder:${password}`).toString('base64');
const registries: TestRegistry[] = [];
let registry: TestRegistry;

beforeAll(async () => {
  registry = await startRegistry();
  registries.push(registry);
});
afterAll(() => {
  for (const one of registries) one.close();
});

async function guarded(guard: Guard, behind = registry): Promise<Awaited<ReturnType<typeof guardRegistry>>> {
  const one = await guardRegistry(behind, guard);
  registries.push(one);
  return one;
}

/** A home of its own, so that no login of whoever runs the tests takes part. */
function home(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the command in this process, with its own environment. */
async function miPatterns(
  args: readonly string[],
  { cwd = temporaryFolder(), environment = {} }: { readonly cwd?: string; readonly environment?: Environment },
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const exitCode = await runCommandLine(args, {
    cwd,
    environment: { PATH: process.env['PATH'], ...environment },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    columns: undefined,
    colour: false,
    interactive: false,
  });
  return { exitCode, stdout, stderr };
}

async function push(
  destination: string,
  options: {
    readonly home?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly more?: readonly string[];
    readonly out?: string;
  } = {},
): Promise<{ readonly exitCode: number; readonly document: Document; readonly text: string }> {
  const folder = options.home ?? home();
  const environment = { HOME: folder, ...options.environment };
  const answer = await miPatterns(
    [
      'package',
      orders,
      '--out',
      options.out ?? join(temporaryFolder(), 'out'),
      '--push',
      destination,
      '--json',
      '--verbose',
      ...(options.more ?? []),
    ],
    { environment },
  );
  const text = answer.stdout + answer.stderr;
  expect(text).not.toContain(password);
  expect(text).not.toContain(login);
  return { exitCode: answer.exitCode, document: JSON.parse(answer.stdout) as Document, text };
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/**
 * Pulls an image with nothing of the product: each part must have the digest that names it. Answers the files of its
 * layers.
 */
async function pull(reference: string): Promise<string> {
  const [, repository = '', digest = ''] = /^[^/]+\/(.*)@(.*)$/.exec(reference) ?? [];
  const get = async (path: string, wanted: string): Promise<Buffer> => {
    const answer = await fetch(`http://${registry.host}/v2/${repository}/${path}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(answer.status, path).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(sha256(bytes)).toBe(wanted);
    return bytes;
  };
  const manifest = JSON.parse((await get(`manifests/${digest}`, digest)).toString()) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  await get(`blobs/${manifest.config.digest}`, manifest.config.digest);
  const folder = temporaryFolder();
  for (const layer of manifest.layers)
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: await get(`blobs/${layer.digest}`, layer.digest) });
  return folder;
}

describe('package --push', () => {
  test('brings the archives to the registry, says where by digest, and sends nothing a second time', async () => {
    const open = await guarded({ scheme: 'none' });
    const out = join(temporaryFolder(), 'out');
    const first = await push(`${open.host}/team/orders-archives:1.2.0`, { out });
    expect(first.exitCode).toBe(0);
    const digest = first.document.sets[0]?.volumeDigest ?? '';
    const reference = `${open.host}/team/orders-archives@${digest}`;
    expect(first.document.pushed).toEqual([{ set: 'image', reference, tag: '1.2.0', state: 'pushed' }]);
    expect(
      (JSON.parse(readFileSync(join(out, 'delivery.json'), 'utf8')) as Document).sets[0]?.volumeReferences,
    ).toEqual([reference]);
    const pulled = await pull(reference);
    const [file = ''] = readdirSync(join(out, 'image/carbonapps'));
    expect(readdirSync(pulled)).toEqual([file]);
    expect(readFileSync(join(pulled, file)).equals(readFileSync(join(out, 'image/carbonapps', file)))).toBe(true);
    const byTag = await fetch(`http://${registry.host}/v2/team/orders-archives/manifests/1.2.0`);
    expect(sha256(Buffer.from(await byTag.arrayBuffer()))).toBe(digest);
    // Many registries want to know how long an upload is.
    expect(
      [...open.lengths].filter(([request]) => request.startsWith('PUT ')).every(([, length]) => Number(length) > 0),
    ).toBe(true);

    open.seen.length = 0;
    const again = await push(`${open.host}/team/orders-archives:1.2.0`, { out });
    expect(again.document.pushed).toEqual([{ set: 'image', reference, tag: '1.2.0', state: 'already-there' }]);
    expect(open.seen.filter((request) => !request.startsWith('HEAD '))).toEqual([]);
    // Another tag needs the manifest only.
    open.seen.length = 0;
    expect((await push(`${open.host}/team/orders-archives:latest`, { out })).document.pushed[0]?.state).toBe('pushed');
    expect(open.seen.filter((request) => !request.startsWith('HEAD '))).toEqual([
      'PUT /v2/team/orders-archives/manifests/latest',
    ]);
  });

  test('gives each workload of divided archives a digest and a tag', async () => {
    const { document } = await push(`${registry.host}/divided:1`, { more: ['--delivery', 'archives'] });
    expect(document.pushed.map(({ set, tag }) => [set, tag])).toEqual([
      ['integration', '1-integration'],
      ['recurring-order-task', '1-recurring-order-task'],
      ['schedul-order-task', '1-schedul-order-task'],
    ]);
    expect(new Set(document.pushed.map(({ reference }) => reference)).size).toBe(3);
    for (const { set, reference } of document.pushed)
      expect(readdirSync(await pull(reference))).toEqual([`orders-${set}_1.2.0.car`]);
  });

  test.skipIf(spawnSync('skopeo', ['--version']).error !== undefined)(
    'is an image to skopeo (skipped without it)',
    async () => {
      const { document } = await push(`${registry.host}/skopeo:1`);
      const inspected = JSON.parse(
        execFileSync('skopeo', ['inspect', '--tls-verify=false', `docker://${document.pushed[0]?.reference}`], {
          encoding: 'utf8',
        }),
      ) as { readonly Digest: string; readonly Labels: Readonly<Record<string, string>> };
      expect(inspected.Digest).toBe(document.sets[0]?.volumeDigest);
      expect(inspected.Labels['mi-patterns.io/server-roles']).toBe(
        'MiIsolatedRecurringOrderTask,MiIsolatedSchedulOrderTask',
      );
    },
  );
});

describe('a registry that asks for a login', () => {
  const auths = (host: string): string => JSON.stringify({ auths: { [`https://${host}/v2/`]: { auth: login } } });

  test.each(['basic', 'token'] as const)('gets that of the docker configuration (%s)', async (scheme) => {
    const guard = await guarded({ scheme, user: 'builder', password });
    const { exitCode, document } = await push(`${guard.host}/${scheme}/orders:1`, {
      home: home({ '.docker/config.json': auths(guard.host) }),
    });
    expect([exitCode, document.pushed[0]?.state]).toEqual([0, 'pushed']);
    // A token that has run out on the way was asked for again.
    if (scheme === 'token') expect(guard.seen.filter((request) => request === 'GET /token').length).toBeGreaterThan(1);
  });

  test('gives a token to anybody', async () => {
    const guard = await guarded({ scheme: 'token' });
    expect((await push(`${guard.host}/anonymous:1`)).exitCode).toBe(0);
  });

  test("gets that of podman's file, the longest name first, and that of the file that is named", async () => {
    const guard = await guarded({ scheme: 'basic', user: 'builder', password });
    const file = JSON.stringify({
      auths: {
        [guard.host]: { auth: Buffer.from('other:wrong').toString('base64') },
        [`${guard.host}/team`]: { auth: login },
      },
    });
    expect(
      (await push(`${guard.host}/team/podman:1`, { home: home({ '.config/containers/auth.json': file }) })).exitCode,
    ).toBe(0);
    expect(
      (
        await push(`${guard.host}/others/podman:1`, { home: home({ '.config/containers/auth.json': file }) })
      ).document.diagnostics.at(-1)?.code,
    ).toBe('MI-PUSH-UNAUTHORIZED');
    const named = home({ 'my.json': auths(guard.host) });
    expect(
      (await push(`${guard.host}/named:1`, { environment: { REGISTRY_AUTH_FILE: join(named, 'my.json') } })).exitCode,
    ).toBe(0);
  });

  test.each([
    ['user and password', { user: 'builder', password }, { Username: 'builder', Secret: password }, 'credHelpers'],
    ['a refresh token', { refreshToken: password }, { Username: '<token>', Secret: password }, 'credsStore'],
  ] as const)('gets %s from a credential helper', async (_, secrets, answer, key) => {
    const guard = await guarded({
      scheme: 'token',
      ...secrets,
      ...('user' in secrets ? {} : { user: 'nobody', password: 'x' }),
    });
    const folder = home({
      '.docker/config.json': JSON.stringify({ [key]: key === 'credsStore' ? 'test' : { [guard.host]: 'test' } }),
      // As the programs of docker-credential-helpers: the registry on stdin, the login on stdout.
      'bin/docker-credential-test': `#!/bin/sh\nread registry\n[ "$1 $registry" = "get ${guard.host}" ] || exit 1\necho '${JSON.stringify(answer)}'\n`,
    });
    chmodSync(join(folder, 'bin/docker-credential-test'), 0o755);
    expect(
      (
        await push(`${guard.host}/helped:1`, {
          home: folder,
          environment: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
        })
      ).exitCode,
    ).toBe(0);
  });

  test.each([
    ['nobody keeps a login', {}, 'MI-PUSH-UNAUTHORIZED', /requires a login, and neither docker nor podman has one/],
    [
      'the login is wrong',
      { auths: { HOST: { auth: Buffer.from('builder:wrong-password-9').toString('base64') } } },
      'MI-PUSH-UNAUTHORIZED',
      /refuses .*401/,
    ],
    [
      'the helper is not there',
      { credHelpers: { HOST: 'absent-helper' } },
      'MI-PUSH-CREDENTIALS',
      /docker-credential-absent-helper, .* is not on PATH/,
    ],
    [
      'the helper has a path for a name',
      { credHelpers: { HOST: '../../bin/sh' } },
      'MI-PUSH-CREDENTIALS',
      /characters that no program has/,
    ],
    ['the file is broken', '{"auths": ', 'MI-PUSH-CREDENTIALS', /is not valid JSON/],
  ])('is told apart: %s', async (_, config, code, message) => {
    const guard = await guarded({ scheme: 'basic', user: 'builder', password });
    const text = (typeof config === 'string' ? config : JSON.stringify(config)).replaceAll('HOST', guard.host);
    const out = join(temporaryFolder(), 'out');
    const {
      exitCode,
      document,
      text: said,
    } = await push(`${guard.host}/refused:1`, { out, home: home({ '.docker/config.json': text }) });
    const found = document.diagnostics.filter(({ severity }) => severity === 'error');
    expect([exitCode, found.map((one) => one.code)]).toEqual([3, [code]]);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.hint).not.toBe('');
    expect(said).not.toContain('wrong-password-9');
    // The package is there all the same, and names no place in a registry.
    expect(
      (JSON.parse(readFileSync(join(out, 'delivery.json'), 'utf8')) as Document).sets[0]?.volumeReferences,
    ).toBeUndefined();
  });
});

describe('what goes wrong is told with what to do', () => {
  const onUpload =
    (
      answer: Parameters<NonNullable<Guard['instead']>>[1] extends infer Response
        ? (response: Response) => void
        : never,
    ): Guard['instead'] =>
    (request, response) => {
      if (request.method !== 'POST') return undefined;
      answer(response);
      return true;
    };

  test.each<[string, NonNullable<Guard['instead']> | undefined, RegExp]>([
    [
      'the repository may not be made',
      onUpload((response) =>
        response
          .writeHead(403, { 'content-type': 'application/json' })
          .end(`{"errors":[{"code":"DENIED","message":"requested access is denied, token ${password}"}]}`),
      ),
      /MI-PUSH-UNAUTHORIZED .*403 Forbidden, DENIED requested access is denied/,
    ],
    [
      'a quota',
      onUpload((response) => response.writeHead(413).end('too large')),
      /MI-PUSH-REFUSED An upload was refused by 127\.0\.0\.1:\d+: 413/,
    ],
    [
      'an upload that leads away over plain HTTP',
      onUpload((response) => response.writeHead(202, { location: 'http://storage.example.com/upload' }).end()),
      /MI-PUSH-REFUSED .* wants the upload over plain HTTP at storage\.example\.com/,
    ],
    [
      'a manifest that is changed',
      (request, response) => {
        if (request.method !== 'PUT' || !request.url?.includes('/manifests/')) return undefined;
        request.resume();
        response.writeHead(201, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end();
        return true;
      },
      /MI-PUSH-REFUSED .* but stored it as sha256:0000/,
    ],
  ])('%s', async (name, instead, message) => {
    // Of its own, since the one of the other tests has every blob already.
    const empty = await startRegistry();
    registries.push(empty);
    const guard = await guarded({ scheme: 'none', ...(instead === undefined ? {} : { instead }) }, empty);
    const answer = await miPatterns(
      [
        'package',
        orders,
        '--out',
        join(temporaryFolder(), 'out'),
        '--push',
        `${guard.host}/wrong/${name.replace(/\W/g, '-').toLowerCase()}:1`,
        '--json',
      ],
      { environment: { HOME: home() } },
    );
    const { diagnostics } = JSON.parse(answer.stdout) as Document;
    const errors = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message: text }) => `${code} ${text}`);
    expect(errors).toEqual([expect.stringMatching(message)]);
    expect(answer.exitCode).toBe(3);
  });

  test('a registry that is busy is asked again', async () => {
    let refusals = 2;
    const guard = await guarded({
      scheme: 'none',
      instead: (request, response) => {
        if (refusals-- <= 0) return undefined;
        request.resume();
        response.writeHead(503, { 'retry-after': '1' }).end();
        return true;
      },
    });
    expect((await push(`${guard.host}/busy:1`)).document.pushed[0]?.state).toBe('pushed');
  });

  test('a registry that is not there, and places that are none', async () => {
    const { exitCode, document } = await push('127.0.0.1:9/orders:1');
    expect(exitCode).toBe(3);
    expect(document.diagnostics.at(-1)).toMatchObject({
      code: 'MI-PUSH-UNREACHABLE',
      message: expect.stringMatching(/^127\.0\.0\.1:9 cannot be reached/),
    });
    for (const [destination, message] of [
      ['orders:1', /names no registry/],
      ['team/orders', /names no registry/],
      ['registry.example.com/Team/orders', /is not the name of a repository/],
      ['registry.example.com/orders:a b', /not a tag/],
      [`builder:${password}@registry.example.com/orders`, /holds an "@"/],
      ['http://registry.example.com/orders', /scheme/],
    ] as const) {
      const wrong = await push(destination);
      expect([wrong.exitCode, wrong.document.diagnostics[0]?.code]).toEqual([2, 'MI-PUSH-DESTINATION']);
      expect(wrong.document.diagnostics[0]?.message).toMatch(message);
    }
  });
});

test('generate --push points the values at what is in the registry', async () => {
  const folder = temporaryFolder();
  cpSync(orders, join(folder, 'orders'), { recursive: true });
  const environment = (name: string, repository: string): string =>
    `  ${name}:\n    namespace: ${name}\n    values:\n      image: {repository: acme/mi, tag: "4.6.0"}\n      artifacts: {source: imageVolume, imageVolume: {reference: "${registry.host}/${repository}"}}\n`;
  writeFileSync(
    join(folder, 'mi-patterns.yaml'),
    `artifacts: [orders]\nenvironments:\n${environment('dev', 'dev/orders:edge')}${environment('prod', 'prod/orders:1.2.0')}`,
  );
  const answer = await miPatterns(['generate', '--out', 'deploy', '--push', '--json'], {
    cwd: folder,
    environment: { HOME: home() },
  });
  expect([answer.exitCode, answer.stderr]).toEqual([0, '']);
  const { packages } = JSON.parse(answer.stdout) as { readonly packages: readonly Document[] };
  for (const [name, repository] of [
    ['dev', 'dev/orders'],
    ['prod', 'prod/orders'],
  ] as const) {
    const values = parse(readFileSync(join(folder, `deploy/values-${name}.yaml`), 'utf8')) as {
      readonly artifacts: { readonly imageVolume: { readonly reference: string } };
    };
    const { reference } = values.artifacts.imageVolume;
    expect(reference).toBe(`${registry.host}/${repository}@${packages[0]?.sets[0]?.volumeDigest}`);
    expect(readdirSync(await pull(reference))).toEqual(['orders_1.2.0.car']);
  }
  writeFileSync(join(folder, 'mi-patterns.yaml'), 'artifacts: [orders]\n');
  const nothing = await miPatterns(['generate', '--out', 'other', '--push'], { cwd: folder });
  expect([nothing.exitCode, nothing.stderr]).toEqual([
    2,
    expect.stringMatching(/MI-CLI-USAGE[\s\S]*--push has nothing to push/),
  ]);
});
