import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { contents, deployedBy, packageInput } from './package.ts';
import { everyRole, readAsServer } from './reader.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const shared = process.env['MI_PATTERNS_SHARED'] ?? resolve(repository, '..', 'shared');
const corpus = join(shared, 'corpus');
const tools = ['unzip', 'xmllint'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const present = existsSync(corpus);
if (!present)
  console.warn(`No real inputs are packaged: there is no folder ${corpus} (MI_PATTERNS_SHARED names its parent).`);
if (tools.length > 0) console.warn(`Packages are not read back: ${tools.join(' and ')} is not on PATH.`);

const inputs = [
  ...(present
    ? ['projects', 'archives', 'legacy'].flatMap((folder) =>
        readdirSync(join(corpus, folder)).map((name) => `${folder}/${name}`),
      )
    : []),
  join(repository, 'examples/orders'),
];
const work = mkdtempSync(join(tmpdir(), 'mi-package-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Inputs that were packaged, by mode. */
const packagedInputs = { roles: new Set<string>(), archives: new Set<string>() };

describe.skipIf(tools.length > 0)('what is packaged is what runs', () => {
  describe.each(['roles', 'archives'] as const)('%s', (mode) => {
    test.each(inputs)('%s', async (input) => {
      const out = join(work, mode, input.replace(/\W/g, '_'));
      const { packaged, workloads } = await packageInput(corpus, input, out, mode);
      if (packaged.exitCode !== 0) {
        // Nothing is written, and an error says why: what only Maven can make or fetch, or an input that MI itself would refuse.
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
    });

    test('at least twenty inputs were packaged', () => {
      if (present) expect(packagedInputs[mode].size).toBeGreaterThanOrEqual(20);
    });
  });

  test('the same input gives the same bytes, wherever it is written', async () => {
    const input = join(repository, 'examples/orders');
    for (const mode of ['roles', 'archives']) {
      await packageInput(repository, 'examples/orders', join(work, 'first', mode), mode);
      await packageInput(join(repository, 'examples'), input, join(work, 'second', mode), mode);
      expect(contents(join(work, 'second', mode))).toBe(contents(join(work, 'first', mode)));
    }
  });
});

/** What an input delivers, counted without the product: listed in an archive, or files of a project's artifact folders. */
function delivered(input: string): string[] {
  const path = resolve(corpus, input);
  if (input.endsWith('.car')) return readAsServerLeniently(path);
  const run = (command: string): string[] =>
    spawnSync('sh', ['-c', command], { cwd: path, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  if (existsSync(join(path, 'src/main/wso2mi'))) return run(projectArtifacts);
  return run(exporterArtifacts);
}

/** A JAR that the pom names goes into MI's lib folder, not into an archive. */
function isDependency(input: string, id: string): boolean {
  const pom = join(resolve(corpus, input), 'pom.xml');
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

const projectArtifacts = `
cd src/main/wso2mi
for file in artifacts/*/*.xml artifacts/*/*.dbs; do
  [ -f "$file" ] || continue
  folder=$(basename "$(dirname "$file")")
  case $folder in
    apis) kind=api ;; inbound-endpoints) kind=inbound-endpoint ;; local-entries) kind=local-entry ;; message-processors) kind=message-processor ;;
    message-stores) kind=message-store ;; proxy-services) kind=proxy-service ;; data-services) kind=data-service ;; data-sources) kind=data-source ;;
    *) kind=\${folder%s} ;;
  esac
  if [ $kind = data-source ]; then name=$(xmllint --xpath 'string(/*/*[local-name()="name"])' "$file"); else name=$(xmllint --xpath 'string(/*/@name | /*/@key)' "$file"); fi
  echo "$kind/$name"
done
for file in resources/artifact.xml resources/registry/artifact.xml; do
  [ -f "$file" ] && xmllint --xpath '//artifact/@name' "$file" | sed 's/^ *name="//; s/"$//; s#^#registry-resource/#'
done
[ -f resources/conf/config.properties ] && echo property-file/config
ls resources/connectors/*.zip resources/inbound-connectors/*.zip 2> /dev/null | sed 's#.*/##; s/-[^-]*\\.zip$//; s#^#connector/#'
true
`;

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
