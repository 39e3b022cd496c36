import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readInventory } from '../src/index.ts';

// Real projects, legacy modules and archives lie beside the repository, where there are any. Counts come from find,
// grep and Python's zipfile, so that nothing of the reader takes part in checking it.
const shared =
  process.env['MI_PATTERNS_SHARED'] ?? resolve(fileURLToPath(new URL('../../../..', import.meta.url)), 'shared');
const corpus = join(shared, 'corpus');
const present = existsSync(corpus);
const lines = (command: string, ...parameters: string[]): string[] => {
  try {
    return execFileSync(command, parameters, { cwd: corpus, encoding: 'utf8' }).split('\n').filter(Boolean);
  } catch (error) {
    // grep answers 1 when it finds nothing.
    if (error instanceof Error && 'status' in error && error.status === 1) return [];
    throw error;
  }
};
const namesScript = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
const folders = (inner: string): string[] =>
  present ? readdirSync(join(corpus, inner)).map((name) => `${inner}/${name}`) : [];

if (!present)
  console.warn(`Real inputs are not checked: there is no folder ${corpus} (MI_PATTERNS_SHARED names its parent).`);

const kinds: readonly (readonly [kind: string, pattern: string])[] = [
  ['task', '<task[ >]'],
  ['inbound-endpoint', '<inboundEndpoint[ >]'],
  ['message-processor', '<messageProcessor[ >]'],
  ['message-store', '<messageStore[ >]'],
  ['proxy-service', '<proxy[ >]'],
];

describe.skipIf(!present)('real inputs (skipped without a corpus beside the repository)', () => {
  test.each(folders('projects'))('%s: every file of an artifact folder is delivered', async (project) => {
    const inventory = await readInventory([project], { cwd: corpus });
    const files = lines(
      'find',
      `${project}/src/main/wso2mi/artifacts`,
      '-mindepth',
      '2',
      '-maxdepth',
      '2',
      '-type',
      'f',
    );
    expect(inventory.applications).toHaveLength(1);
    const delivered = inventory.applications[0]?.deliveries.map(({ path }) => path) ?? [];
    expect(delivered.filter((path) => path.includes('/wso2mi/artifacts/')).toSorted()).toEqual(files.toSorted());
    const resources = lines('grep', '-rho', '<artifact name', `${project}/src/main/wso2mi/resources`);
    expect(
      inventory.artifacts.filter(({ kind, applications }) => kind === 'registry-resource' && applications.length > 0),
    ).toHaveLength(resources.length);
    expect(
      inventory.diagnostics.filter(
        ({ code, severity }) => severity === 'error' && /^MI-(PRJ|READ|XML|ZIP|TOML|CAR|DUPLICATE)/.test(code),
      ),
    ).toEqual([]);
  });

  // Without the corpus the last test alone is skipped, for all of them.
  test.each(present ? kinds : [])('every %s is found', async (kind, pattern) => {
    const inventory = await readInventory(['projects', 'legacy'], { cwd: corpus });
    const files = lines(
      'grep',
      '-rlE',
      '--include=*.xml',
      `^(<\\?xml[^>]*>)?\\s*${pattern}`,
      'projects',
      'legacy',
    ).filter((file) => !file.includes('/src/test/'));
    expect(files.length).toBeGreaterThan(0);
    const found = inventory.artifacts
      .filter((artifact) => artifact.kind === kind)
      .flatMap(({ source, duplicates }) => [source.path, ...duplicates.map(({ path }) => path)]);
    expect(found.toSorted()).toEqual(files.toSorted());
  });

  test.each(folders('archives'))('%s: every listed folder is delivered', async (archive) => {
    const inventory = await readInventory([archive], { cwd: corpus });
    const entries = lines('python3', '-c', namesScript, archive).filter((name) => /^[^/]+\/artifact\.xml$/.test(name));
    const broken = inventory.diagnostics.filter(({ code }) => code === 'MI-XML-MALFORMED');
    expect(inventory.applications).toHaveLength(1);
    expect((inventory.applications[0]?.deliveries.length ?? 0) + broken.length).toBe(entries.length);
    expect(broken.length).toBe(archive.includes('Faulty') ? 1 : 0);
    expect(inventory.artifacts.every(({ applications }) => applications.length === 1)).toBe(true);
  });

  test.each(folders('legacy'))(
    '%s: every dependency of an exporter is delivered, every file is known',
    async (project) => {
      const inventory = await readInventory([project], { cwd: corpus });
      const exporters = lines('grep', '-rl', '<packaging>carbon/application</packaging>', project);
      const wanted = exporters
        .flatMap((pom) => lines('grep', '-c', '<dependency>', pom).map(Number))
        .reduce((sum, count) => sum + count, 0);
      const unmatched = inventory.diagnostics.filter(({ code }) => code === 'MI-LEGACY-UNMATCHED').length;
      expect(inventory.applications.map(({ type }) => type)).toEqual(exporters.map(() => 'exporter'));
      expect(inventory.applications.reduce((sum, { deliveries }) => sum + deliveries.length, 0) + unmatched).toBe(
        wanted,
      );
      const known = new Set(
        inventory.artifacts.flatMap(({ source, duplicates }) => [source.path, ...duplicates.map(({ path }) => path)]),
      );
      for (const file of lines('find', project, '-path', '*/synapse-config/*', '-name', '*.xml'))
        expect(known).toContain(file);
    },
  );

  test('all of it together is read once, whatever the order', async () => {
    const forward = await readInventory(['projects', 'legacy', 'archives'], { cwd: corpus });
    expect(JSON.stringify(await readInventory(['archives/', './legacy', 'projects'], { cwd: corpus }))).toBe(
      JSON.stringify(forward),
    );
    expect(new Set(forward.artifacts.map(({ id }) => id)).size).toBe(forward.artifacts.length);
  });
});
