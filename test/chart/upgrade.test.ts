import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { JsonObject, KubernetesObject } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chart, repository, temporaryFolder } from '../support/command.ts';
import { inParallel, objects } from './support.ts';
import { isObject, valueAt } from './values-paths.ts';

/**
 * Upgrades with unchanged values from the chart that was published last, by its tag; before the first there is this
 * chart under another version, as if only the versions had changed.
 */
const last = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*'], {
  cwd: repository,
  encoding: 'utf8',
});
const tag = last.status === 0 ? last.stdout.trim() : undefined;
const folders = [join(import.meta.dirname, 'scenarios'), join(chart, 'ci')];
const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

function publishedChart(): string {
  const folder = temporaryFolder();
  if (tag !== undefined) {
    const archive = join(folder, 'chart.tar');
    spawnSync('git', ['archive', '--output', archive, tag, 'charts/micro-integrator'], { cwd: repository });
    spawnSync('tar', ['-xf', archive, '-C', folder]);
    return join(folder, 'charts', 'micro-integrator');
  }
  const copy = join(folder, 'micro-integrator');
  mkdirSync(copy, { recursive: true });
  cpSync(chart, copy, { recursive: true });
  const description = join(copy, 'Chart.yaml');
  writeFileSync(
    description,
    readFileSync(description, 'utf8')
      .replace(/^version: .*/m, 'version: 0.0.1')
      .replace(/^appVersion: .*/m, 'appVersion: 4.5.0'),
  );
  return copy;
}

const idOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;
const isWorkload = ({ kind }: KubernetesObject): boolean => kind === 'Deployment' || kind === 'StatefulSet';
const published = publishedChart();

/**
 * Upgrades of two releases of values that say which MI is in their image, or take WSO2's image along with the chart.
 */
describe(`an upgrade from ${tag ?? 'the same chart of another version, since none is published'}`, () => {
  it.each(files.map((file) => ({ name: file.slice(repository.length + 1), file })))(
    '$name: keeps every object, selector and claim, and restarts no pod',
    async ({ file }) => {
      const values = parse(readFileSync(file, 'utf8')) as JsonObject;
      const options = { kubernetesVersion: '1.35.0' };
      const [before, after] = await inParallel([published, chart], (source) =>
        objects(values, { ...options, chart: source }),
      );
      const now = new Map((after ?? []).map((object) => [idOf(object), object]));
      expect((before ?? []).map(idOf).filter((id) => !now.has(id))).toEqual([]);
      const followsTheChart = !isObject(values.image) || values.image.tag === undefined;
      for (const old of (before ?? []).filter(isWorkload)) {
        const current = now.get(idOf(old));
        expect(valueAt(current, ['spec', 'selector'])).toEqual(valueAt(old, ['spec', 'selector']));
        // WSO2's own image moves with the chart; an image of the user's does not.
        if (!followsTheChart || valueAt(values, ['runtime', 'version']) !== undefined)
          expect(valueAt(current, ['spec', 'template'])).toEqual(valueAt(old, ['spec', 'template']));
      }
    },
  );
});
