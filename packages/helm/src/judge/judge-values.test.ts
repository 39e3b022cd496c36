import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { judgeValues } from './judge-values.ts';

const chart = fileURLToPath(new URL('../../../../charts/micro-integrator', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mi-patterns-judge-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A helm that renders so many ConfigMaps, which shrink to about half. */
function helmThatRenders(objects: number): string {
  const file = join(folder, 'helm');
  writeFileSync(
    file,
    `#!${process.execPath}
if (process.argv[2] === 'version') process.stdout.write('v4.3.1');
else for (let index = 0; index < ${objects}; index += 1) {
  const text = require('node:crypto').createHash('sha512').update(String(index)).digest("hex");
  process.stdout.write('---\\napiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: c' + index + '\\ndata:\\n  text: "' + text + '"\\n');
}
`,
  );
  chmodSync(file, 0o755);
  return file;
}

describe('judgeValues', () => {
  it('tells a release that Helm cannot record from one that it can', async () => {
    const codes = async (objects: number): Promise<readonly string[]> => {
      vi.stubEnv('MI_PATTERNS_HELM', helmThatRenders(objects));
      return (await judgeValues('image: {tag: "4.4.0"}\n', 'v.yaml', { chart })).map(({ code }) => code);
    };
    expect(await codes(50_000)).toContain('MI-VALUES-RELEASE-SIZE');
    expect(await codes(100)).not.toContain('MI-VALUES-RELEASE-SIZE');
  });

  it.each([
    ['image: {tag: "{{ .Values.a.b }}"}\n', '1:18'],
    [
      'image: {repository: a/b}\nextraObjects:\n  a: {apiVersion: v1, kind: ConfigMap, metadata: {name: "{{ .Release.Name }"}}\n',
      '3:58',
    ],
  ])('tells a template of the values that fails at its place: %j', async (text, at) => {
    const found = await judgeValues(text, 'v.yaml', {
      chart,
      base: [{ path: 'base.yaml', text: 'pattern: single-replica\n' }],
    });
    expect(found.map(({ code, source }) => `${code} ${source?.path}:${source?.line}:${source?.column}`)).toEqual([
      `MI-CHART-TEMPLATE v.yaml:${at}`,
    ]);
  });
});
