import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { projectFiles, type ProjectText, readProjectText, writeProject } from '../support/projects.ts';
import { contents, deployedBy, packageInput } from './package.ts';
import { everyRole, readAsServer } from './reader.ts';

vi.mock(import('../../packages/delivery/src/package/guard.ts'), async (original) =>
  (await import('../support/small-guard.ts')).withSmallPrograms(await original()),
);

const repository = fileURLToPath(new URL('../..', import.meta.url));
const shared = process.env['MI_PATTERNS_SHARED'] ?? resolve(repository, '..', 'shared');
const corpus = join(shared, 'corpus');
const present = existsSync(corpus);

const work = mkdtempSync(join(tmpdir(), 'mi-package-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The single projects of our own that a server deploys, and real ones where they lie beside the repository. */
const inputs = [
  ...projectFiles.flatMap((file) => ownProjects(readProjectText(file))),
  ...(present
    ? ['projects', 'archives', 'legacy'].flatMap((folder) =>
        readdirSync(join(corpus, folder)).map((name) => `${folder}/${name}`),
      )
    : []),
  join(repository, 'examples/orders'),
];
function ownProjects(project: ProjectText): readonly string[] {
  // Two versions of one API have one name in the lists that are read here.
  if (project.faulty.length > 0 || project.name === 'ports') return [];
  const folder = join(work, 'own', project.name);
  writeProject(project, folder);
  const bases = [...project.files.keys()].flatMap((path) => /^(.*)\/src\/main\/wso2mi\//.exec(path)?.[1] ?? []);
  return [...new Set(bases)].map((base) => join(folder, base));
}

/** Inputs that were packaged, by mode. */
const packagedInputs = { roles: new Set<string>(), archives: new Set<string>() };

describe('what is packaged is what runs', () => {
  describe.each(['roles', 'archives'] as const)('%s', (mode) => {
    test.each(inputs.map((input) => ({ input, shown: relative(join(work, 'own'), resolve(corpus, input)) })))(
      '$shown',
      async ({ input }) => {
        const out = join(work, mode, input.replace(/\W/g, '_'));
        const { packaged, workloads } = await packageInput(present ? corpus : repository, input, out, mode);
        if (packaged.exitCode !== 0) {
          // Nothing is written, and an error says why: what only Maven can make or fetch, or an input that MI itself
          // would refuse.
          expect(packaged.exitCode).toBe(1);
          expect(packaged.diagnostics.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
          expect(existsSync(out)).toBe(false);
          return;
        }
        const deployed = deployedBy(out, mode, workloads);
        const everywhere = new Set([...deployed.values()].flat().map(({ id }) => id));
        const stateful = workloads.filter(({ type }) => type === 'stateful').flatMap((workload) => workload.stateful);
        for (const workload of workloads) {
          const ids = (deployed.get(workload.name) ?? []).map(({ id }) => id);
          const wanted = workload.artifacts
            .map((id) => id.replace(/:v[^/]*$/, ''))
            .filter((id) => !isDependency(input, id));
          expect(new Set(ids).size, `${workload.name} deploys something twice`).toBe(ids.length);
          if (mode === 'archives') expect(ids.toSorted()).toEqual(wanted.toSorted());
          else expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
          expect(ids.filter((id) => stateful.includes(id)).toSorted()).toEqual(workload.stateful.toSorted());
        }
        expect(stateful.length).toBe(new Set(stateful).size);
        expect(everywhere).toEqual(new Set(delivered(input)));
        packagedInputs[mode].add(input);
      },
    );

    test('at least twenty inputs were packaged', () => {
      expect(packagedInputs[mode].size).toBeGreaterThanOrEqual(20);
    });
  });

  test('the same input gives the same bytes, wherever it is written', async () => {
    const input = join(repository, 'examples/orders');
    for (const mode of ['roles', 'archives']) {
      await packageInput(repository, 'examples/orders', join(work, 'first', mode), mode);
      await packageInput(join(repository, 'examples'), input, join(work, 'second', mode), mode);
      expect(contents(join(work, 'second', mode))).toEqual(contents(join(work, 'first', mode)));
    }
  });
});

/**
 * What an input delivers, counted without the product: listed in an archive, or files of a project's artifact folders.
 */
function delivered(input: string): string[] {
  const path = resolve(corpus, input);
  if (input.endsWith('.car')) return readAsServerLeniently(path);
  if (existsSync(join(path, 'src/main/wso2mi'))) return projectArtifacts(join(path, 'src/main/wso2mi'));
  return spawnSync('sh', ['-c', exporterArtifacts], { cwd: path, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
}

const kindOfFolder: Readonly<Record<string, string>> = {
  'local-entries': 'local-entry',
  'proxy-services': 'proxy-service',
};

/** What the artifact folders, registry lists, properties and connectors of a project hold, by nothing but patterns. */
function projectArtifacts(folder: string): string[] {
  const below = (path: string): string[] =>
    existsSync(join(folder, path)) ? readdirSync(join(folder, path)).map((name) => join(folder, path, name)) : [];
  const text = (file: string): string =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '').replace(/<!--[\s\S]*?-->/g, '');
  const own = below('artifacts').flatMap((path) =>
    readdirSync(path)
      .filter((name) => /\.(xml|dbs)$/.test(name))
      .flatMap((name) => {
        const kind = kindOfFolder[basename(path)] ?? basename(path).replace(/s$/, '');
        const content = text(join(path, name));
        const root = /<[a-zA-Z][^>]*>/.exec(content)?.[0];
        const named =
          kind === 'data-source'
            ? /<name>([^<]*)</.exec(content)?.[1]
            : /\s(?:name|key)\s*=\s*["']([^"']*)["']/.exec(root ?? '')?.[1];
        return named === undefined ? [] : [`${kind}/${named}`];
      }),
  );
  const resources = ['resources/artifact.xml', 'resources/registry/artifact.xml'].flatMap((path) =>
    [...text(join(folder, path)).matchAll(/<artifact\s[^>]*?\bname\s*=\s*"([^"]*)"/g)].map(
      ([, name]) => `registry-resource/${name}`,
    ),
  );
  const connectors = ['resources/connectors', 'resources/inbound-connectors']
    .flatMap(below)
    .filter((path) => path.endsWith('.zip'))
    .map((path) => `connector/${basename(path).replace(/-[^-]*\.zip$/, '')}`);
  const properties = existsSync(join(folder, 'resources/conf/config.properties')) ? ['property-file/config'] : [];
  return [...own, ...resources, ...connectors, ...properties];
}

/** A JAR that the pom names goes into MI's lib folder, not into an archive. */
function isDependency(input: string, id: string): boolean {
  const pom = join(resolve(corpus, input), 'pom.xml');
  if (id.startsWith('library/') && existsSync(join(resolve(corpus, input), 'deployment/libs'))) return true;
  return (
    id.startsWith('library/') &&
    existsSync(pom) &&
    readFileSync(pom, 'utf8').includes(`<artifactId>${id.slice('library/'.length)}</artifactId>`)
  );
}

/** The archives of the corpus are sound enough for MI but for folders and roles, which packaging adds. */
function readAsServerLeniently(archive: string): string[] {
  return readAsServer(archive, everyRole).map(({ id }) => id);
}

const exporterArtifacts = `
for pom in $(grep -rl '<packaging>carbon/application</packaging>' --include=pom.xml .); do
  tr -d '\\n' < "$pom" | grep -o '<dependency>.*\\?</dependency>' | sed 's#</dependency>#\\n#g' | while read -r dependency; do
    group=$(echo "$dependency" | sed -n 's#.*<groupId>\\([^<]*\\)</groupId>.*#\\1#p'); artifact=$(echo "$dependency" | sed -n 's#.*<artifactId>\\([^<]*\\)</artifactId>.*#\\1#p')
    [ -n "$artifact" ] || continue
    kind=\${group##*.}
    case $kind in resource) kind=registry-resource ;; esac
    echo "$kind/$artifact"
  done
done | sort -u
`;
