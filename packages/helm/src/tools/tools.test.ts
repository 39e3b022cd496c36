import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTool } from './tools.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tools-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers as a tool does. */
function program(path: string, answer: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`);
  chmodSync(file, 0o755);
  return file;
}

const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
  MI_PATTERNS_CACHE: join(folder, 'cache'),
  ...more,
});

describe('findTool', () => {
  it('takes the first on PATH whose version fits', async () => {
    program('bin/kubeconform', 'v0.7.3');
    expect(await findTool('kubeconform', environment())).toMatchObject({
      command: [join(folder, 'bin/kubeconform')],
      origin: 'path',
      version: { version: '0.7.3' },
    });
  });

  it('passes by a version that does not fit and takes the newest build in the cache', async () => {
    program('bin/helm', 'v3.9.0');
    program('cache/tools/aaa/helm', 'v4.3.1');
    program('cache/tools/bbb/helm', 'v4.2.0');
    expect(await findTool('helm', environment())).toMatchObject({
      command: [join(folder, 'cache/tools/aaa/helm')],
      origin: 'cache',
    });
  });

  it('says what it passed by and how to get the tool', async () => {
    program('bin/helm', 'v3.9.0');
    await expect(findTool('helm', environment({ PATH: join(folder, 'bin') }))).rejects.toMatchObject({
      code: 'MI-TOOL-MISSING',
      reason: 'unfit',
      message: `helm >=3.19.0 was not found: ${join(folder, 'bin/helm')} is not helm.`,
    });
    await expect(findTool('helm', environment())).rejects.toMatchObject({
      message: `helm >=3.19.0 was not found: ${join(folder, 'bin/helm')} is version 3.9.0.`,
    });
    await expect(findTool('kubectl', environment({ PATH: '' }))).rejects.toMatchObject({
      code: 'MI-TOOL-MISSING',
      reason: 'missing',
      hint: expect.stringContaining('MI_PATTERNS_KUBECTL'),
    });
  });

  it('takes the file a variable names, whatever its version, and refuses one that is not the tool', async () => {
    const old = program('old/helm', 'v3.1.0');
    expect(await findTool('helm', environment({ MI_PATTERNS_HELM: old }))).toMatchObject({
      command: [old],
      origin: 'environment',
      version: { version: '3.1.0' },
    });
    await expect(findTool('helm', environment({ MI_PATTERNS_HELM: join(folder, 'none') }))).rejects.toMatchObject({
      code: 'MI-TOOL-MISSING',
    });
    await expect(findTool('helm-unittest', environment({ MI_PATTERNS_HELM_UNITTEST: old }))).rejects.toMatchObject({
      code: 'MI-TOOL-MISSING',
    });
  });

  it('tells of a program that does not answer', async () => {
    const hanging = join(folder, 'helm');
    writeFileSync(hanging, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    await expect(findTool('helm', environment({ MI_PATTERNS_HELM: hanging }))).rejects.toMatchObject({
      code: 'MI-TOOL-MISSING',
      message: `MI_PATTERNS_HELM names ${hanging}, which did not tell its version within 10 s.`,
    });
  });

  it('finds helm-unittest as a helm plugin and as a program', async () => {
    const helm = program('bin/helm', 'unittest\t1.0.3\tv4.3.1');
    expect(await findTool('helm-unittest', environment({ MI_PATTERNS_HELM: helm }))).toMatchObject({
      origin: 'helm-plugin',
      command: [helm, 'unittest'],
      version: { version: '1.0.3' },
    });
    const file = program('elsewhere/untt', '--skip-schema-validation');
    expect(await findTool('helm-unittest', environment({ PATH: `${join(folder, 'elsewhere')}:/bin` }))).toMatchObject({
      origin: 'path',
      command: [file],
      version: undefined,
    });
  });
});
