import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { judgeValues } from './judge-values.ts';

const values = 'image: {tag: "4.4.0"}\n';
const warning = '- MI-VALUES-UNUSED image.tag: the tag is of no use.';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'judged-'));
  cpSync(join(import.meta.dirname, '../../test/fixtures/tiny'), chart(), { recursive: true });
  vi.stubEnv('MI_PATTERNS_CACHE', cache());
  vi.stubEnv('MI_PATTERNS_HELM', join(folder, 'helm'));
  helmThat(`cat <<'E'
apiVersion: v1
kind: ConfigMap
metadata:
  name: w
  labels: {app.kubernetes.io/component: "warnings"}
data:
  warnings: "${warning}"
E`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const chart = (): string => join(folder, 'chart');
const cache = (): string => join(folder, 'cache');
const accepted = (): string => join(cache(), 'accepted-values');

/** A helm that counts how often it renders, and does something then. */
function helmThat(does: string): void {
  const script = `#!/bin/sh\nif [ "$1" = version ]; then echo v4.3.1; exit; fi\necho >> "${folder}/runs"\n${does}\n`;
  writeFileSync(join(folder, 'helm'), script, { mode: 0o755 });
}

/** What is found, and how often helm has rendered by then. */
async function judged(text = values, keptFor: string | undefined = 'this'): Promise<readonly unknown[]> {
  const found = await judgeValues(text, 'v.yaml', { chart: chart(), keptFor });
  return [found.map(({ code, message }) => `${code} ${message}`), readFileSync(join(folder, 'runs'), 'utf8').length];
}

it('asks helm once about the same values, chart and helm, and tells the same again', async () => {
  const [first, runs] = await judged();
  expect([first, runs]).toEqual([[expect.stringContaining('the tag is of no use')], 1]);
  expect(await judged()).toEqual([first, 1]);
  expect(await judged(`${values}# other\n`)).toEqual([first, 2]);
  writeFileSync(join(chart(), 'templates', 'more.txt'), '');
  expect(await judged()).toEqual([first, 3]);
  // Helm does not read what .helmignore names.
  mkdirSync(join(chart(), 'examples', 'one'), { recursive: true });
  writeFileSync(join(chart(), 'examples', 'one', 'values.yaml'), '');
  writeFileSync(join(chart(), 'tests', 'more_test.yaml'), '');
  expect(await judged()).toEqual([first, 3]);
  writeFileSync(join(folder, 'helm'), `${readFileSync(join(folder, 'helm'), 'utf8')}\n`);
  expect(await judged()).toEqual([first, 4]);
  expect(await judged(values, 'another program')).toEqual([first, 5]);
  for (const file of readdirSync(accepted())) expect(statSync(join(accepted(), file)).mode & 0o077).toBe(0);
});

it('asks again where values were refused, and where what was kept is damaged', async () => {
  await judged();
  for (const file of readdirSync(accepted())) writeFileSync(join(accepted(), file), '{"warnings":');
  expect((await judged())[1]).toBe(2);
  helmThat('echo "Error: execution error at (tiny/templates/a.yaml:1:2): no" >&2; exit 1');
  rmSync(accepted(), { recursive: true });
  const [first] = await judged();
  expect(first).not.toEqual([]);
  expect(await judged()).toEqual([first, 4]);
});

it('keeps nothing of a chart that was changed while helm rendered it', async () => {
  helmThat(`echo > "${chart()}/new"`);
  await judged();
  rmSync(join(chart(), 'new'));
  expect((await judged())[1]).toBe(2);
});

it('judges where nothing can be kept', async () => {
  writeFileSync(cache(), 'a file');
  const first = await judged();
  expect(await judged()).toEqual([first[0], 2]);
});

it('keeps the newest two hundred', async () => {
  mkdirSync(accepted(), { recursive: true });
  for (let index = 0; index < 205; index += 1) {
    writeFileSync(join(accepted(), String(index)), '');
    utimesSync(join(accepted(), String(index)), index, index);
  }
  await judged();
  const names = readdirSync(accepted());
  expect([names.length, names.includes('5'), names.includes('6')]).toEqual([200, false, true]);
});
