import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { configMapFor } from './config-maps.ts';
import { digestOf, openFolders, writeHashed } from './hashed-file.ts';
import { dockerfile, entrypoint, openShiftDockerfile } from './image.ts';
import { writeOciLayout } from './oci-layout.ts';
import { commitNow, manifestName, stageFolder, type Staging } from './output-folder.ts';
import { endTar, padding, tarHeader } from './tar.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  made.push(folder);
  return folder;
}

/** Writes a package of one file. */
function writeOne(target: string, content: string): string {
  const staging = stageFolder(target, { shown: 'out' });
  if ('diagnostics' in staging) return staging.diagnostics.map(({ code, message }) => `${code} ${message}`).join();
  const { digest, size } = writeHashed(join(staging.folder, 'a/x.car'), content);
  writeFileSync(
    join(staging.folder, manifestName),
    JSON.stringify({ madeBy: 'mi-patterns package', files: [{ path: 'a/x.car', digest, size }] }),
  );
  return commitNow(staging);
}

describe('the output folder', () => {
  test('is created, left alone when nothing changes, and replaced as a whole', () => {
    const target = join(temporary(), 'deep/out');
    expect([writeOne(target, 'one'), writeOne(target, 'one'), writeOne(target, 'two')]).toEqual([
      'created',
      'unchanged',
      'updated',
    ]);
    expect(readFileSync(join(target, 'a/x.car'), 'utf8')).toBe('two');
    expect(readdirSync(join(target, '..'))).toEqual(['out']);
  });

  test('takes an empty folder, and refuses one with files of others', () => {
    const target = temporary();
    expect(writeOne(target, 'one')).toBe('created');
    writeFileSync(join(target, 'mine.txt'), 'mine');
    expect(writeOne(target, 'two')).toBe(
      'MI-WRITE-EDITED out contains files that were added or changed since it was written: mine.txt. It was not changed.',
    );
    rmSync(join(target, 'mine.txt'));
    writeFileSync(join(target, 'a/x.car'), 'edited');
    expect(writeOne(target, 'two')).toContain('MI-WRITE-EDITED');
    expect(readFileSync(join(target, 'a/x.car'), 'utf8')).toBe('edited');
    const foreign = temporary();
    writeFileSync(join(foreign, manifestName), '{"files": []}');
    expect(writeOne(foreign, 'one')).toBe('MI-WRITE-FOREIGN out is not empty, and is not a package of mi-patterns.');
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    expect(writeOne(file, 'one')).toBe('MI-WRITE-FOREIGN out is a file, not a folder.');
  });

  test('is not touched before all of it is there', () => {
    const target = join(temporary(), 'out');
    writeOne(target, 'one');
    const staging = stageFolder(target, { shown: 'out' }) as Staging;
    writeHashed(join(staging.folder, 'a/x.car'), 'half');
    staging.discard();
    expect(readFileSync(join(target, 'a/x.car'), 'utf8')).toBe('one');
    expect(readdirSync(join(target, '..'))).toEqual(['out']);
  });
});

test('tar reads what was written, long names included', () => {
  const folder = temporary();
  const long = `${'n'.repeat(150)}.car`;
  const pieces: Uint8Array[] = [];
  for (const [name, text] of [
    ['short.car', 'abc'],
    [long, 'x'.repeat(513)],
  ] as const)
    pieces.push(tarHeader(name, text.length), Buffer.from(text), padding(text.length));
  endTar((piece) => pieces.push(piece));
  writeFileSync(join(folder, 'a.tar'), Buffer.concat(pieces));
  execFileSync('tar', ['xf', 'a.tar'], { cwd: folder });
  expect(readFileSync(join(folder, 'short.car'), 'utf8')).toBe('abc');
  expect(readFileSync(join(folder, long), 'utf8')).toBe('x'.repeat(513));
});

test('an OCI layout refers to every blob by its digest, and is the same each time', () => {
  const folder = temporary();
  writeFileSync(join(folder, 'a.car'), 'abc');
  const layouts = ['one', 'two'].map((name) =>
    writeOciLayout(join(folder, name), [{ path: join(folder, 'a.car'), size: 3 }], { title: 'orders' }),
  );
  expect(layouts[0]).toEqual(layouts[1]);
  const blobs = join(folder, 'one/blobs/sha256');
  for (const name of readdirSync(blobs)) expect(digestOf(join(blobs, name)).digest).toBe(`sha256:${name}`);
  const index = JSON.parse(readFileSync(join(folder, 'one/index.json'), 'utf8')) as {
    manifests: { digest: string; size: number }[];
  };
  expect(index.manifests[0]?.digest).toBe(layouts[0]?.digest);
  const manifest = JSON.parse(readFileSync(join(blobs, layouts[0]!.digest.slice(7)), 'utf8')) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const config = JSON.parse(readFileSync(join(blobs, manifest.config.digest.slice(7)), 'utf8')) as {
    rootfs: { diff_ids: string[] };
  };
  expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(({ digest }) => digest));
  expect(readdirSync(blobs)).toHaveLength(3);
});

test('a Dockerfile runs as the user of its MI version', () => {
  const image = {
    name: 'orders',
    version: '1',
    roles: ['A', 'B'],
    archives: ['orders.car'],
    libraries: ['lib' as const, 'dropins' as const],
    layout: 'deployed',
  } as const;
  expect(dockerfile({ ...image, runtimeVersion: '4.3.0' })).toMatch(/ARG USER_ID=802\n[\s\S]*USER \$\{USER_ID\}\n/);
  const text = dockerfile({ ...image, runtimeVersion: '4.4.0' });
  expect(text).toContain('ARG USER_ID=10802\n');
  expect(text).toContain('mi-patterns.io/server-roles="A,B"');
  expect(text).toContain('COPY --chown=10802:10802 lib/ ${MI_HOME}/lib/');
  expect(text).toContain('COPY --chown=10802:10802 dropins/ ${MI_HOME}/dropins/');
  expect(text.match(/^FROM /gm)).toHaveLength(1);
});

test('a second Dockerfile lets group 0 write the home, for OpenShift', () => {
  const text = openShiftDockerfile({ runtimeVersion: '4.3.0' });
  const instructions = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(instructions).toEqual([
    'ARG IMAGE',
    'FROM ${IMAGE}',
    'USER root',
    'RUN chgrp -R 0 /home/wso2carbon && chmod -R g=u /home/wso2carbon',
    'USER 802',
  ]);
  expect(openShiftDockerfile({ runtimeVersion: '4.6.0' })).toContain('\nUSER 10802\n');
});

test('the name of a ConfigMap is a name, and changes with the archive', () => {
  const { name } = configMapFor({
    path: '/x/Ünder_score 1.0.0-SNAPSHOT.car',
    digest: `sha256:${'ab'.repeat(32)}`,
    size: 1,
  });
  expect(name).toBe('nder-score-1-0-0-snapshot-ababababab');
});

describe('the entry point', () => {
  const defaults = 'EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer';
  function run(options: {
    readonly layout?: 'deployed' | 'selection';
    readonly roles?: readonly string[];
    readonly arguments?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  }): { status: number | null; stdout: string; stderr: string } {
    const folder = temporary();
    writeFileSync(
      join(folder, 'entrypoint.sh'),
      entrypoint({ roles: options.roles ?? ['A', 'B'], layout: options.layout ?? 'deployed' }),
    );
    writeFileSync(join(folder, 'start'), '#!/bin/sh\necho "$*"\n');
    chmodSync(join(folder, 'start'), 0o755);
    const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'entrypoint.sh'), ...(options.arguments ?? [])], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', MI_PATTERNS_ENTRYPOINT: join(folder, 'start'), ...options.environment },
    });
    return { status, stdout: stdout.trim(), stderr: stderr.trim() };
  }

  test('names all roles when nobody names any', () => {
    expect(run({})).toEqual({ status: 0, stdout: `-DserverRoles=${defaults},A,B`, stderr: '' });
    expect(run({ arguments: ['--car', 'orders'], environment: { JAVA_OPTS: '-Xmx1g' } }).stdout).toBe(
      `--car orders -DserverRoles=${defaults},A,B`,
    );
    expect(run({ roles: [] })).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('does not start with roles that leave out what no other server is known to have', () => {
    expect(run({ arguments: ['-DserverRoles=X,A'] })).toEqual({
      status: 78,
      stdout: '',
      stderr: expect.stringMatching(/skips the artifacts with the role\(s\) B, .* Not starting\.$/),
    });
    expect(run({ arguments: ['-DserverRoles=X,A'], environment: { MI_PATTERNS_LEAVE_OUT: 'true' } })).toEqual({
      status: 0,
      stdout: '-DserverRoles=X,A',
      stderr: expect.stringContaining('MI_PATTERNS_LEAVE_OUT is true'),
    });
    expect(run({ arguments: ['-DserverRoles=X,A,B'] })).toEqual({
      status: 0,
      stdout: '-DserverRoles=X,A,B',
      stderr: '',
    });
  });

  test('takes a role for a regular expression, as MI does', () => {
    expect(run({ environment: { JAVA_OPTS: '-Xmx1g -DserverRoles=[AB]' } })).toMatchObject({ status: 0, stderr: '' });
    expect(run({ environment: { JAVA_OPTS: '-DserverRoles=.*' } }).status).toBe(0);
    expect(run({ roles: ['MiOne', 'Other'], arguments: ['-DserverRoles=Mi.*'] })).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('role(s) Other,'),
    });
    // Broken, and no file names either.
    expect(run({ arguments: ['-DserverRoles=*,[,A,B'] }).status).toBe(0);
  });

  test('does not start when the release has forgotten a role', () => {
    expect(run({ arguments: ['-DserverRoles=A'], environment: { MI_PATTERNS_RELEASE_ROLES: 'A' } })).toMatchObject({
      status: 78,
      stdout: '',
      stderr: expect.stringMatching(/no server of this release has the role\(s\) B, .* Not starting\.$/),
    });
    expect(run({ environment: { MI_PATTERNS_RELEASE_ROLES: '' } }).status).toBe(78);
    expect(
      run({
        environment: { MI_PATTERNS_RELEASE_ROLES: 'A', MI_PATTERNS_LEAVE_OUT: 'true' },
        arguments: ['-DserverRoles=A'],
      }).status,
    ).toBe(0);
    expect(run({ arguments: ['-DserverRoles=A'], environment: { MI_PATTERNS_RELEASE_ROLES: 'B,A,C' } })).toEqual({
      status: 0,
      stdout: '-DserverRoles=A',
      stderr: '',
    });
  });

  test('does not start an image of several workloads of which none was copied', () => {
    const home = temporary();
    expect(run({ layout: 'selection', roles: [], environment: { WSO2_SERVER_HOME: home } })).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('Not starting.'),
    });
    mkdirSync(join(home, 'repository/deployment/server/carbonapps'), { recursive: true });
    writeFileSync(join(home, 'repository/deployment/server/carbonapps/a.car'), '');
    expect(run({ layout: 'selection', roles: [], environment: { WSO2_SERVER_HOME: home } })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });
});

test('everybody may read what was written, whatever the umask', () => {
  const folder = join(temporary(), 'out');
  const before = process.umask(0o077);
  try {
    writeHashed(join(folder, 'a/b/c.car'), 'abc');
    openFolders(folder);
  } finally {
    process.umask(before);
  }
  expect(['a', 'a/b', 'a/b/c.car'].map((path) => (statSync(join(folder, path)).mode & 0o777).toString(8))).toEqual([
    '755',
    '755',
    '644',
  ]);
});
