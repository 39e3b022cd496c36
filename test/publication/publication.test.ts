import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findTool, parseManifest, run, type RunResult } from '@mi-patterns/helm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  namePublisher,
  packageChart,
  publishToRegistry,
  publishToRepository,
  type ChartPackage,
} from '../../scripts/lib/publish.ts';
import { provideTool, toolFolder } from '../../scripts/lib/tools.ts';
import { chart, repository } from '../support/command.ts';

const time = 1_700_000_000;
const values = ['--set', 'image.repository=acme/orders', '--set', 'image.tag=1.2.0'];

let work: string;
let helm: string;
let signer: { readonly key: string; readonly keyring: string };
let web: Server;
let url: string;
let registryProcess: ChildProcessWithoutNullStreams;
let registry: string;

/** helm with a home of its own, so that nothing of the user's set-up takes part. */
function helmRun(
  args: readonly string[],
  expectedExitCodes: readonly number[] = [0],
  program = helm,
): Promise<RunResult> {
  return run([program, ...args], {
    environment: {
      HELM_CONFIG_HOME: join(work, 'config'),
      HELM_CACHE_HOME: join(work, 'cache'),
      HELM_DATA_HOME: join(work, 'data'),
      KUBECONFIG: join(work, 'none'),
    },
    expectedExitCodes,
  });
}

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'mi-patterns-publication-'));
  helm = (await findTool('helm')).command[0] ?? 'helm';
  const publication = await provideTool('publication', () => {});
  mkdirSync(join(work, 'keys'));
  await run([publication, 'keys', join(work, 'keys'), 'maintainer']);
  signer = { key: 'maintainer', keyring: join(work, 'keys/secret.gpg') };

  mkdirSync(join(work, 'www'));
  web = createServer((request, response) => {
    const file = join(work, 'www', basename(new URL(request.url ?? '/', 'http://web').pathname));
    if (request.method !== 'GET' || !existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200).end(readFileSync(file));
  });
  await once(web.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;

  registryProcess = spawn(publication, ['registry'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [line] = (await once(registryProcess.stdout, 'data')) as [Buffer];
  registry = `oci://${line.toString().trim()}/charts`;
});

afterAll(() => {
  registryProcess.stdin.end();
  web.close();
  rmSync(work, { recursive: true, force: true });
});

const pack = (source: string, out: string, at = time): Promise<ChartPackage> =>
  packageChart({ helm, chart: source, out: join(work, out), time: at, signing: signer });

/** The chart with another version, or with other content under the same version. */
function changedChart(name: string, change: (folder: string) => void): string {
  const folder = join(work, name, 'micro-integrator');
  cpSync(chart, folder, { recursive: true });
  change(folder);
  return folder;
}

const released = (): { readonly version: string } =>
  parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { readonly version: string };

describe('a package of the chart', () => {
  it('has the same bytes on every machine, and a signature by the key', async () => {
    const [one, two] = [
      await pack(chart, 'one'),
      await pack(
        changedChart('copy', () => {}),
        'two',
      ),
    ];
    expect(readFileSync(one.archive).equals(readFileSync(two.archive))).toBe(true);
    expect((await helmRun(['verify', one.archive, '--keyring', join(work, 'keys/public.gpg')])).stdout).toContain(
      'maintainer',
    );
    appendFileSync(two.archive, 'x');
    expect((await helmRun(['verify', two.archive, '--keyring', join(work, 'keys/public.gpg')], [0, 1])).exitCode).toBe(
      1,
    );
  });

  it('has a list of its files and images beside it, with the digest of the archive', async () => {
    const packed = await pack(chart, 'listed');
    const { metadata, components } = JSON.parse(readFileSync(packed.sbom, 'utf8')) as {
      readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } };
      readonly components: readonly { readonly type: string; readonly name: string; readonly purl?: string }[];
    };
    expect(metadata.component.hashes[0]?.content).toBe(
      createHash('sha256').update(readFileSync(packed.archive)).digest('hex'),
    );
    const files = components.filter(({ type }) => type === 'file').map(({ name }) => name);
    expect(files).toContain('templates/deployment.yaml');
    expect(files.filter((name) => /^(tests|examples|ci)\//.test(name))).toEqual([]);
    expect(components.filter(({ type }) => type === 'container').map(({ purl }) => purl)).toEqual([
      expect.stringMatching(/^pkg:docker\/wso2\/wso2mi@\d/),
    ]);
    expect(readFileSync((await pack(chart, 'again')).sbom, 'utf8')).toBe(readFileSync(packed.sbom, 'utf8'));
  });

  it('holds what a user needs and nothing else', async () => {
    const { archive } = await pack(chart, 'content');
    const files = (await run(['tar', '-tzf', archive])).stdout
      .trim()
      .split('\n')
      .map((file) => file.replace(/^micro-integrator\//, ''));
    expect(files.filter((file) => !file.startsWith('templates/')).sort()).toEqual([
      '.helmignore',
      'CHANGELOG.md',
      'Chart.yaml',
      'LICENSE',
      'README.md',
      'UPGRADING.md',
      'icon.svg',
      'values.schema.json',
      'values.yaml',
    ]);
    expect(readFileSync(join(chart, 'LICENSE'), 'utf8')).toBe(readFileSync(join(repository, 'LICENSE'), 'utf8'));
  });

  it('is the same where helm warns', async () => {
    const warning = join(work, 'warning-helm');
    writeFileSync(
      warning,
      `#!/bin/sh\necho 'WARNING: Kubernetes configuration file: group-readable' >&2\nexec ${helm} "$@"\n`,
    );
    chmodSync(warning, 0o755);
    const { archive, name } = await packageChart({ helm: warning, chart, out: join(work, 'warned'), time });
    expect(name).toBe('micro-integrator');
    expect(readFileSync(archive).equals(readFileSync((await pack(chart, 'unwarned')).archive))).toBe(true);
  });

  it('names who publishes it, and the key that signs it', async () => {
    const folder = join(work, 'named');
    const named = namePublisher({
      chart,
      folder,
      project: 'https://example.com/acme/mi-patterns/',
      signKey: { fingerprint: 'C0FFEE', url: 'https://example.com/key.asc' },
    });
    const { archive } = await pack(named, 'named-out');
    const shown = parse((await helmRun(['show', 'chart', archive])).stdout) as {
      readonly home: string;
      readonly icon: string;
      readonly sources: readonly string[];
      readonly annotations: Readonly<Record<string, string>>;
    };
    expect(shown.sources[0]).toBe('https://example.com/acme/mi-patterns');
    expect(shown.sources.length).toBeGreaterThan(1);
    expect(shown.icon).toBe('https://example.com/acme/mi-patterns/raw/HEAD/charts/micro-integrator/icon.svg');
    expect(shown.home).toMatch(/^https:/);
    expect(parse(shown.annotations['artifacthub.io/signKey'] ?? '')).toEqual({
      fingerprint: 'C0FFEE',
      url: 'https://example.com/key.asc',
    });
  });

  it('has no link that ends outside of it', async () => {
    const { archive } = await pack(chart, 'links');
    const folder = join(work, 'links-unpacked');
    mkdirSync(folder, { recursive: true });
    await run(['tar', '-xzf', archive, '-C', folder]);
    const root = join(folder, 'micro-integrator');
    for (const name of ['README.md', 'CHANGELOG.md', 'UPGRADING.md'])
      for (const [, link = ''] of readFileSync(join(root, name), 'utf8').matchAll(/\]\(([^)\s]+)\)/g))
        expect(/^(https:|#)/.test(link) || existsSync(join(root, link)), `${name}: ${link}`).toBe(true);
    expect(readFileSync(join(root, 'README.md'), 'utf8')).not.toContain('./charts/');
  });

  it('leaves room in the release Secret, which holds 1 MiB', async () => {
    const { archive } = await pack(chart, 'size');
    const unpacked = join(work, 'unpacked');
    mkdirSync(unpacked, { recursive: true });
    await run(['tar', '-xzf', archive, '-C', unpacked]);
    // helm keeps the chart's files in base64 inside JSON, with the manifest, and compresses the whole.
    const files = readdirSync(unpacked, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('base64'));
    const workloads = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `task-${index}`,
        { type: 'stateful', artifacts: { roles: [`Task${index}`] } },
      ]),
    );
    const manifest = await helmRun([
      'template',
      'orders',
      archive,
      '--set-json',
      `pattern="coordinated"`,
      '--set-json',
      `workloads=${JSON.stringify(workloads)}`,
    ]);
    const bytes = gzipSync(JSON.stringify({ files, manifest: manifest.stdout })).length;
    console.info(`release Secret of 40 workloads: about ${Math.round(bytes / 1024)} KiB`);
    expect(bytes).toBeLessThan(300_000);
  });
});

describe('a classic repository', () => {
  it('serves the chart to helm repo add, pull --verify, template and install', async () => {
    const package_ = await pack(chart, 'classic');
    const { state, reference } = await publishToRepository({ helm, chart: package_, folder: join(work, 'www'), url });
    expect({ state, reference }).toEqual({
      state: 'published',
      reference: `${url}/micro-integrator-${package_.version}.tgz`,
    });
    await helmRun(['repo', 'add', 'mi', url]);
    expect((await helmRun(['search', 'repo', 'mi/micro-integrator', '--devel'])).stdout).toContain(package_.version);
    const pulled = join(work, 'pulled');
    mkdirSync(pulled);
    const pull = await helmRun([
      'pull',
      'mi/micro-integrator',
      '--version',
      package_.version,
      '--destination',
      pulled,
      '--verify',
      '--keyring',
      join(work, 'keys/public.gpg'),
    ]);
    expect(pull.stdout).toContain('Chart Hash Verified: sha256:');
    expect(readFileSync(join(pulled, basename(package_.archive))).equals(readFileSync(package_.archive))).toBe(true);
    const rendered = await helmRun([
      'template',
      'orders',
      'mi/micro-integrator',
      '--version',
      package_.version,
      ...values,
    ]);
    expect(parseManifest(rendered.stdout).objects.map(({ object }) => object.kind)).toEqual(
      expect.arrayContaining(['ConfigMap', 'Deployment', 'Service', 'ServiceAccount']),
    );
    const installed = await helmRun([
      'install',
      'orders',
      'mi/micro-integrator',
      '--version',
      package_.version,
      '--dry-run=client',
      ...values,
    ]);
    expect(installed.stdout).toContain('kind: Deployment');
    expect(installed.stdout).toContain('acme/orders:1.2.0');
  });

  it('keeps older versions when a newer one comes', async () => {
    const [older, newer] = ['0.0.1', '99.0.0'].map((version) =>
      changedChart(`version-${version}`, (folder) =>
        rewrite(join(folder, 'Chart.yaml'), /^version: .*/m, `version: ${version}`),
      ),
    );
    const folder = join(work, 'www');
    await publishToRepository({ helm, chart: await pack(older ?? '', 'older'), folder, url });
    const before = readFileSync(join(folder, 'index.yaml'), 'utf8');
    await publishToRepository({ helm, chart: await pack(newer ?? '', 'newer'), folder, url });
    const versions = (text: string): readonly { readonly version: string; readonly created: string }[] =>
      (
        parse(text) as {
          readonly entries: Readonly<Record<string, readonly { readonly version: string; readonly created: string }[]>>;
        }
      ).entries['micro-integrator'] ?? [];
    const after = versions(readFileSync(join(folder, 'index.yaml'), 'utf8'));
    expect(after.map(({ version }) => version)).toEqual(['99.0.0', released().version, '0.0.1']);
    expect(after.slice(1)).toEqual(versions(before));
  });

  it('takes the same package again, and refuses another one of the same version', async () => {
    const folder = join(work, 'www');
    const before = readFileSync(join(folder, 'index.yaml'), 'utf8');
    expect((await publishToRepository({ helm, chart: await pack(chart, 'again'), folder, url })).state).toBe(
      'already-there',
    );
    const other = await pack(
      changedChart('other', (copy) => appendFileSync(join(copy, 'values.yaml'), '\n# other\n')),
      'other-out',
    );
    await expect(publishToRepository({ helm, chart: other, folder, url })).rejects.toThrow(
      /is in .* already, with other content\. .*raise `version` in Chart\.yaml/,
    );
    expect(readFileSync(join(folder, 'index.yaml'), 'utf8')).toBe(before);
  });
});

describe('an OCI registry', () => {
  it('serves the chart by version and by digest, verified', async () => {
    const package_ = await pack(chart, 'registry');
    const { state, reference } = await publishToRegistry({ helm, chart: package_, registry, plainHttp: true });
    expect(state).toBe('published');
    expect(reference).toMatch(/^oci:\/\/127\.0\.0\.1:\d+\/charts\/micro-integrator@sha256:[0-9a-f]{64}$/);
    const byVersion = join(work, 'oci-version');
    mkdirSync(byVersion);
    const pull = await helmRun([
      'pull',
      `${registry}/micro-integrator`,
      '--version',
      package_.version,
      '--destination',
      byVersion,
      '--plain-http',
      '--verify',
      '--keyring',
      join(work, 'keys/public.gpg'),
    ]);
    expect(pull.stdout + pull.stderr).toContain('Chart Hash Verified: sha256:');
    expect(readFileSync(join(byVersion, basename(package_.archive))).equals(readFileSync(package_.archive))).toBe(true);
    // helm 4.3 names what it pulls by digest after the digest, a name that no provenance knows: --verify works after
    // renaming.
    const byDigest = join(work, 'oci-digest');
    mkdirSync(byDigest);
    await helmRun(['pull', reference, '--destination', byDigest, '--plain-http', '--prov']);
    for (const file of readdirSync(byDigest))
      renameSync(
        join(byDigest, file),
        join(byDigest, `${basename(package_.archive)}${file.endsWith('.prov') ? '.prov' : ''}`),
      );
    expect(
      (
        await helmRun([
          'verify',
          join(byDigest, basename(package_.archive)),
          '--keyring',
          join(work, 'keys/public.gpg'),
        ])
      ).stdout,
    ).toContain('Chart Hash Verified: sha256:');
    const rendered = await helmRun(['template', 'orders', reference, '--plain-http', ...values]);
    expect(rendered.stdout).toContain('kind: Deployment');
    const installed = await helmRun(['install', 'orders', reference, '--plain-http', '--dry-run=client', ...values]);
    expect(installed.stdout).toContain('acme/orders:1.2.0');
  });

  it('takes the same package again, and refuses another one of the same version', async () => {
    expect(
      (await publishToRegistry({ helm, chart: await pack(chart, 'oci-again'), registry, plainHttp: true })).state,
    ).toBe('already-there');
    const other = await pack(
      changedChart('oci-other', (copy) => appendFileSync(join(copy, 'values.yaml'), '\n# other\n')),
      'oci-other-out',
    );
    await expect(publishToRegistry({ helm, chart: other, registry, plainHttp: true })).rejects.toThrow(
      'with other content',
    );
  });

  // The second has the number in its name that stands for what is not there.
  it.each(['127.0.0.1:9', '127.0.0.1:1404'])(
    'that cannot be reached is not taken for an empty one: %s',
    async (host) => {
      await expect(
        publishToRegistry({
          helm,
          chart: await pack(chart, `oci-none-${host.split(':')[1]}`),
          registry: `oci://${host}/charts`,
          plainHttp: true,
        }),
      ).rejects.toThrow('could not be asked');
    },
  );

  it('whose credential helper is not found is not taken for an empty one', async () => {
    const failing = join(work, 'failing-helm');
    writeFileSync(
      failing,
      `#!/bin/sh\necho 'Error: exec: "docker-credential-x": executable file not found in $PATH' >&2\nexit 1\n`,
      { mode: 0o755 },
    );
    await expect(
      publishToRegistry({ helm: failing, chart: await pack(chart, 'oci-helper'), registry, plainHttp: true }),
    ).rejects.toThrow('could not be asked');
  });
});

const helm3 = join(toolFolder(), 'helm3');

describe('helm 3', () => {
  it.skipIf(!existsSync(helm3))(
    'takes the chart from the repository and from the registry, verified (skipped without helm3 in the cache)',
    async () => {
      const package_ = await pack(chart, 'helm-3');
      await publishToRepository({ helm, chart: package_, folder: join(work, 'www'), url });
      await publishToRegistry({ helm, chart: package_, registry, plainHttp: true });
      const three = (args: readonly string[]): Promise<RunResult> => helmRun(args, [0], helm3);
      await three(['repo', 'add', 'mi-by-3', url]);
      const sources = [
        ['mi-by-3/micro-integrator', '--version', package_.version],
        [`${registry}/micro-integrator`, '--version', package_.version, '--plain-http'],
      ];
      for (const [index, source] of sources.entries()) {
        const pulled = join(work, `helm-3-${index}`);
        mkdirSync(pulled);
        const pull = await three([
          'pull',
          ...source,
          '--destination',
          pulled,
          '--verify',
          '--keyring',
          join(work, 'keys/public.gpg'),
        ]);
        expect(pull.stdout + pull.stderr).toContain('Chart Hash Verified: sha256:');
        expect(readFileSync(join(pulled, basename(package_.archive))).equals(readFileSync(package_.archive))).toBe(
          true,
        );
        // helm 3 asks a cluster even for a dry run on the client.
        expect((await three(['template', 'orders', ...source, '--kube-version', '1.36', ...values])).stdout).toContain(
          'acme/orders:1.2.0',
        );
      }
    },
  );
});

describe('Artifact Hub', () => {
  const description = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as Readonly<Record<string, unknown>> & {
    readonly annotations: Readonly<Record<string, string>>;
  };

  it('is told the licence, links, changes and images', () => {
    const { annotations } = description;
    expect(annotations['artifacthub.io/license']).toBe('Apache-2.0');
    for (const key of ['artifacthub.io/changes', 'artifacthub.io/links', 'artifacthub.io/images'])
      expect(Array.isArray(parse(annotations[key] ?? '')), key).toBe(true);
    expect(parse(annotations['artifacthub.io/images'] ?? '')).toEqual([
      expect.objectContaining({ image: `wso2/wso2mi:${String(description.appVersion)}` }),
    ]);
    for (const change of parse(annotations['artifacthub.io/changes'] ?? '') as readonly {
      readonly kind: string;
      readonly description: string;
    }[]) {
      expect(['added', 'changed', 'deprecated', 'removed', 'fixed', 'security']).toContain(change.kind);
    }
    expect(parse(readFileSync(join(chart, '..', 'artifacthub-repo.yml'), 'utf8'))).toHaveProperty('owners');
  });

  it('reads the same changes as the CHANGELOG has for this version', () => {
    const changelog = readFileSync(join(chart, 'CHANGELOG.md'), 'utf8');
    const section = changelog.split(/^## /m).find((part) => part.startsWith(String(description.version))) ?? '';
    for (const { description: text } of parse(description.annotations['artifacthub.io/changes'] ?? '') as readonly {
      readonly description: string;
    }[])
      expect(section).toContain(text);
    expect(section.length).toBeGreaterThan(50);
  });
});

function rewrite(file: string, pattern: RegExp, text: string): void {
  const before = readFileSync(file, 'utf8');
  rmSync(file);
  appendFileSync(file, before.replace(pattern, text));
}
