import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { carFiles, pack, sequenceArtifact, task } from '../../packages/inventory/test/support/files.ts';
import {
  carbonapps,
  entriesOf,
  gzip,
  home,
  imageOf,
  sha256,
  tar,
} from '../../packages/inventory/test/support/images.ts';
import { contentOf, miPatterns, temporaryFolder } from '../support/command.ts';
import { documentFaults } from '../support/json-documents.ts';
import { defaultRoles, readAsServer } from './reader.ts';
import { startRegistry } from './registry.ts';

interface Document {
  readonly state: string;
  readonly digest?: string;
  readonly roles: readonly string[];
  readonly rewritten: readonly string[];
  readonly pushed: readonly { readonly reference: string }[];
  readonly diagnostics: readonly { readonly code: string }[];
}

/** Packs entries as `zip -r` does: with folders of their own. */
const car = (name: string, role = 'EnterpriseServiceBus'): Promise<Buffer> =>
  pack(
    carFiles(name, [
      { name: `${name}Pay`, type: 'synapse/task', role, file: `${name}Pay-1.0.0.xml`, content: task(`${name}Pay`) },
      sequenceArtifact(`${name}Main`),
    ]),
  );

const configuration = {
  created: '2026-01-02T03:04:05Z',
  config: {
    User: '10802',
    Env: ['A=b'],
    Entrypoint: ['/usr/bin/tini', '--', "/start it's.sh"],
    Cmd: ['--quiet'],
    Labels: { team: 'billing' },
  },
  rootfs: { type: 'layers', diff_ids: ['sha256:1'] },
  history: [{ created_by: 'somebody' }],
};

async function package_(from: string, args: readonly string[] = [], out = join(temporaryFolder(), 'out')) {
  const { exitCode, stdout, stderr } = await miPatterns(['package', '--from', from, '--out', out, '--json', ...args]);
  return { exitCode, stderr, out, document: JSON.parse(stdout) as Document };
}

/** The image of a layout, read with nothing of the product but the names of its blobs. */
function opened(layout: string) {
  const blob = (digest: string): Buffer => {
    const bytes = readFileSync(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)));
    expect(sha256(bytes)).toBe(digest);
    return bytes;
  };
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const manifest = JSON.parse(blob(index.manifests[0]?.digest ?? '').toString()) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
  };
  const config = JSON.parse(blob(manifest.config.digest).toString()) as typeof configuration;
  return { manifest, config, layers: manifest.layers.map(({ digest }) => blob(digest)) };
}

describe('package --from', () => {
  test('adds one layer that gives stateful artifacts roles of their own, and keeps all else', async () => {
    const base = gzip(
      tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A'), [`${carbonapps}/b.car`]: await car('B') })),
    );
    const source = imageOf([base], configuration);
    const { exitCode, out, document } = await package_(`oci-layout:${source}`);
    expect(exitCode).toBe(0);
    expect(documentFaults('package', document)).toEqual([]);
    expect(document).toMatchObject({
      state: 'created',
      roles: ['MiIsolatedAPayTask', 'MiIsolatedBPayTask'],
      rewritten: [`${carbonapps}/a.car`, `${carbonapps}/b.car`],
    });
    const { manifest, config, layers } = opened(join(out, 'oci'));
    expect(layers).toHaveLength(2);
    expect(layers[0]?.equals(base)).toBe(true);
    expect(manifest.layers.map(({ mediaType }) => mediaType.replace(/.*\./, ''))).toEqual(['tar+gzip', 'tar']);
    expect(config).toMatchObject({
      created: configuration.created,
      config: {
        User: '10802',
        Env: ['A=b'],
        Cmd: ['--quiet'],
        Entrypoint: ['/bin/sh', '/home/wso2carbon/mi-patterns/entrypoint.sh'],
        Labels: { team: 'billing', 'mi-patterns.io/server-roles': 'MiIsolatedAPayTask,MiIsolatedBPayTask' },
      },
    });
    expect(config.rootfs.diff_ids).toEqual(['sha256:1', manifest.layers[1]?.digest]);
    const root = temporaryFolder();
    for (const [number, layer] of layers.entries()) {
      writeFileSync(join(root, `${number}.tar`), layer);
      execFileSync('tar', ['-xf', `${number}.tar`], { cwd: root });
    }
    const file = join(root, carbonapps, 'a.car');
    // The owner of an archive stays: the server must be able to read it.
    expect(execFileSync('tar', ['--numeric-owner', '-tvf', '1.tar'], { cwd: root, encoding: 'utf8' })).toMatch(
      /802\/802 .*a\.car/,
    );
    expect(readAsServer(file, defaultRoles).map(({ id }) => id)).toEqual(['sequence/AMain']);
    expect(
      readAsServer(file, [...defaultRoles, 'MiIsolatedAPayTask'])
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['sequence/AMain', 'task/APay']);
    expect(
      execFileSync('sh', ['-n', join(root, 'home/wso2carbon/mi-patterns/entrypoint.sh')], { encoding: 'utf8' }),
    ).toBe('');
    expect(readFileSync(join(root, 'home/wso2carbon/mi-patterns/entrypoint.sh'), 'utf8')).toContain(
      "exec '/usr/bin/tini' '--' '/start it'\\''s.sh' \"$@\"",
    );
  });

  test.each([
    ['an entry for its layer and empty ones', [{ created_by: 'a' }, { created_by: 'ENV', empty_layer: true }], 3],
    ['no history', undefined, undefined],
    ['a history that leaves out its layer', [{ created_by: 'ENV', empty_layer: true }], 1],
  ])('keeps count of layers in the history of an image with %s', async (_name, history, entries) => {
    const base = gzip(tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A') })));
    const { history: _history, ...rest } = configuration;
    const source = imageOf([base], history === undefined ? rest : { ...rest, history });
    const { out } = await package_(`oci-layout:${source}`);
    const { config } = opened(join(out, 'oci')) as { config: { history?: readonly object[] } };
    // A builder refuses an image whose history names other than all layers, so a wrong one is not made longer.
    expect(config.history?.length).toBe(entries);
  });

  test('starts what the image started before, with the roles and arguments in their place', async () => {
    const root = temporaryFolder();
    const program = join(root, "it's start.sh");
    writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@"\n', { mode: 0o755 });
    const base = tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A') }));
    const source = imageOf([base], { config: { Entrypoint: ['/bin/sh', program, 'x'] } });
    const { out } = await package_(`oci-layout:${source}`);
    const script = join(root, 'entrypoint.sh');
    const [, added = Buffer.alloc(0)] = opened(join(out, 'oci')).layers;
    writeFileSync(join(root, 'layer.tar'), added);
    execFileSync('tar', ['-xf', 'layer.tar', '--strip-components=3', 'home/wso2carbon/mi-patterns/entrypoint.sh'], {
      cwd: root,
    });
    expect(execFileSync('sh', [script, '-Da=b'], { encoding: 'utf8' })).toBe(
      `x|-Da=b|-DserverRoles=${defaultRoles.join(',')},MiIsolatedAPayTask|`,
    );
  });

  test('of its own image changes nothing but adds no second wrapper, and the same image gives the same bytes', async () => {
    const source = imageOf([tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A') }))], configuration);
    const first = await package_(`oci-layout:${source}`);
    const second = await package_(`oci-layout:${source}`);
    expect(contentOf(second.out)).toEqual(contentOf(first.out));
    const again = await package_(`oci-layout:${join(first.out, 'oci')}`);
    expect(again.document.rewritten).toEqual([]);
    const { config } = opened(join(again.out, 'oci'));
    expect(config.config.Labels).toMatchObject({ 'mi-patterns.io/entrypoint': "/usr/bin/tini\n--\n/start it's.sh" });
    expect((await package_(`oci-layout:${source}`, [], first.out)).document.state).toBe('unchanged');
  });

  test('refuses what no server role can hold back, and leaves no folder', async () => {
    const source = imageOf([
      tar(entriesOf({ [`${home}/repository/deployment/server/synapse-configs/default/tasks/Pay.xml`]: task('Pay') })),
    ]);
    const { exitCode, out, document } = await package_(`oci-layout:${source}`);
    expect(exitCode).toBe(1);
    expect(document.diagnostics.map(({ code }) => code)).toContain('MI-PKG-SERVER-FILES');
    expect(existsSync(out)).toBe(false);
    const asPath = await miPatterns(['package', `oci-layout:${source}`, '--out', out]);
    expect(asPath).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('MI-PKG-IMAGE') });
    expect((await miPatterns(['package', '--from', 'orders.car', '--out', out])).exitCode).toBe(2);
    expect((await miPatterns(['package', '.', '--from', `oci-layout:${source}`, '--out', out])).exitCode).toBe(2);
  });

  test('takes an image from a registry and pushes the new one, of which only what is new is sent', async () => {
    const registry = await startRegistry();
    try {
      const source = imageOf([gzip(tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A') })))], configuration);
      const push = ['--push', `${registry.host}/team/orders:2`];
      const first = await package_(`oci-layout:${source}`, push);
      expect(first.document.pushed).toMatchObject([
        { reference: `${registry.host}/team/orders@${first.document.digest}`, state: 'pushed' },
      ]);
      const again = await package_(`oci:${registry.host}/team/orders:2`, push);
      expect(again.exitCode).toBe(0);
      expect(again.document.rewritten).toEqual([]);
    } finally {
      registry.close();
    }
  });

  test('makes an image whose values may be fenced without a package', async () => {
    const source = imageOf([tar(entriesOf({ [`${carbonapps}/a.car`]: await car('A') }))]);
    const { out } = await package_(`oci-layout:${source}`);
    const recoveries = [join(out, 'oci'), source].map(async (layout) => {
      const folder = temporaryFolder();
      writeFileSync(
        join(folder, 'mi-patterns.yaml'),
        `artifacts: ['oci-layout:${layout}']\nruntime: {version: 4.4.0}\nimage: {repository: acme/orders, tag: '1'}\n`,
      );
      const { exitCode } = await miPatterns(['generate', '--no-package'], { cwd: folder });
      const values = readFileSync(join(folder, 'values.yaml'), 'utf8');
      return [exitCode, /^ *recovery: (\w+)/m.exec(values)?.[1]];
    });
    expect(await Promise.all(recoveries)).toEqual([
      [0, 'fenced'],
      [0, 'respawn'],
    ]);
  });
});
