import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { buildGuard } from '../../build-guard.mjs';
import { contentOfGuard, guardFiles } from './guard.ts';
import { dockerfile, dockerignore } from './image.ts';

const folder = mkdtempSync(join(tmpdir(), 'mi-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const programs = ['lease-guard-aarch64', 'lease-guard-x86_64'];

describe.skipIf(spawnSync('go', ['version']).status !== 0)('lease-guard in an image (skipped without Go)', () => {
  test('is static, for two processors, and the same bytes each time', () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    expect(buildGuard(one)).toBe(true);
    // As where a folder above the repository is a workspace of Go.
    writeFileSync(join(folder, 'go.work'), 'go 1.26\n');
    vi.stubEnv('GOWORK', join(folder, 'go.work'));
    buildGuard(two);
    vi.unstubAllEnvs();
    for (const name of programs) {
      const bytes = readFileSync(join(one, name));
      expect(bytes.equals(readFileSync(join(two, name)))).toBe(true);
      expect(bytes.readUInt16LE(18)).toBe(name.endsWith('x86_64') ? 62 : 183); // e_machine of ELF
      expect(bytes.includes('/lib64/ld-linux')).toBe(false);
    }
    expect(
      guardFiles(one)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['lease-guard', ...programs]);
  });

  test('is started by the script of its name, as the same process', () => {
    const one = join(folder, 'one');
    buildGuard(one);
    const text = guardFiles(one).slice(0, 1).map(contentOfGuard).join('');
    expect(text).toMatch(/^#!\/bin\/sh\n(#.*\n)+exec /);
    expect(text).toContain('# Copyright');
    writeFileSync(join(one, 'lease-guard'), text);
    for (const name of ['lease-guard', ...programs]) chmodSync(join(one, name), 0o755);
    const { status, stderr } = spawnSync(join(one, 'lease-guard'), ['run', '--artifact', 'task/x'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 64,
      stderr: expect.stringContaining('--artifact NAME and a command'),
    });
  });
});

test('an image of a command without the guard does not name it', () => {
  const contents = {
    name: 'o',
    version: '',
    runtimeVersion: '4.4.0',
    roles: [],
    archives: [],
    libraries: [],
  } as const;
  expect(guardFiles(join(folder, 'nothing'))).toEqual([]);
  expect(dockerfile({ ...contents, layout: 'deployed', guard: [] })).not.toContain('lease-guard');
  expect(dockerfile({ ...contents, layout: 'deployed', guard: [{ name: 'lease-guard' }] })).toContain(
    'COPY --chown=10802:10802 entrypoint.sh roles.json lease-guard /home/wso2carbon/mi-patterns/',
  );
  expect(dockerignore).toContain('!lease-guard*');
});
