import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { miPatterns, repository } from '../support/command.ts';
import { sourceFiles } from '../support/git.ts';

const tracked = sourceFiles().filter((path) => statSync(join(repository, path)).isFile());
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const isText = (path: string): boolean => !/\.(car|jar|zip|png|gz|tgz|class|ico|woff2?)$/.test(path);
const isGenerated = (path: string): boolean => /(^|\/)(generated|fixtures|corpus)\/|\/rendered\.yaml$/.test(path);

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifest = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest;

/** The way of the data: each may import those before it. */
const order = ['inventory', 'planner', 'values', 'delivery', 'helm', 'rollout', 'audit'].map(
  (name) => `@mi-patterns/${name}`,
);
const mayImport = (name: string): readonly string[] =>
  order.includes(name) ? order.slice(0, order.indexOf(name)) : order;

describe('imports', () => {
  const packages = ['inventory', 'planner', 'values', 'delivery', 'helm', 'rollout', 'audit', 'cli'].map((folder) => ({
    folder: `packages/${folder}`,
    name: manifest(`packages/${folder}`).name,
  }));

  it.each(packages)('of $name point left', ({ folder, name }) => {
    const { dependencies = {}, devDependencies = {} } = manifest(folder);
    const declared = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (dependency) => dependency.startsWith('@mi-patterns/') || dependency === 'mi-patterns',
    );
    expect(declared.filter((dependency) => !mayImport(name).includes(dependency))).toEqual([]);
    const wrong = sourcesOf(folder).flatMap((file) =>
      importsOf(file).flatMap((target) =>
        isAllowedImport(file, target, folder, declared) ? [] : [`${file} imports ${target}`],
      ),
    );
    expect(wrong).toEqual([]);
  });

  // The folders in the sources of a package, each before those that may import it.
  const rooms = [...read('CONTRIBUTING.md').matchAll(/^- `(packages\/[a-z-]+)\/src`: ((?:.+\n)(?: {2}.+\n)*)/gm)].map(
    ([, folder = '', list = '']) => ({
      folder,
      names: [...list.matchAll(/`([\w-]+)`\s+\(/g)].map(([, name = '']) => name),
    }),
  );
  const isFilesLast = (folder: string): boolean => folder !== 'packages/cli';
  const roomOf = (folder: string, file: string): string => /^src\/([^/]+)\//.exec(relative(folder, file))?.[1] ?? '';

  it.each(packages)('between folders of $name point to those named before', ({ folder }) => {
    const files = sourcesOf(folder).filter((file) => !file.endsWith('.test.ts'));
    const names = rooms.find((one) => one.folder === folder)?.names ?? [];
    const found = new Set(files.map((file) => roomOf(folder, file)).filter((name) => name !== ''));
    expect([...found].toSorted()).toEqual(names.toSorted());
    const levels = new Map([...names, ...(isFilesLast(folder) ? [''] : [])].map((name, level) => [name, level]));
    const level = (file: string): number | undefined => levels.get(roomOf(folder, file));
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.') && !target.endsWith('.json'))
        .filter((target) => (level(join(dirname(file), target)) ?? 0) > (level(file) ?? Number.POSITIVE_INFINITY))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('of what is published are declared or of Node itself', () => {
    const missing = packages.flatMap(({ folder }) => {
      const { dependencies = {}, devDependencies = {} } = manifest(folder);
      // The command is one bundle: what it takes in is a dependency of its making.
      const declared = new Set(Object.keys({ ...dependencies, ...(folder === 'packages/cli' ? devDependencies : {}) }));
      return sourcesOf(folder)
        .filter((file) => !/\.test\.ts$/.test(file))
        .flatMap((file) =>
          importsOf(file)
            .filter((target) => !/^(\.|node:)/.test(target) && !isDeclared(packageOf(target), declared))
            .map((target) => `${file} imports ${target}`),
        );
    });
    expect(missing).toEqual([]);
  });
});

function sourcesOf(folder: string): readonly string[] {
  return tracked.filter((path) => path.startsWith(`${folder}/src/`) && /\.[cm]?[jt]s$/.test(path));
}

function importsOf(file: string): readonly string[] {
  return [
    ...read(file).matchAll(/(?:^|[\s;])(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/g),
  ].map(([, target, lazy]) => target ?? lazy ?? '');
}

/** A package that has only types is declared by the package of its types. */
const isDeclared = (name: string, declared: ReadonlySet<string>): boolean =>
  declared.has(name) || declared.has(`@types/${name}`);

const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

function isAllowedImport(file: string, target: string, folder: string, declared: readonly string[]): boolean {
  if (target.startsWith('.')) {
    const path = relative(repository, join(repository, dirname(file), target)).replaceAll('\\', '/');
    // Data of the chart and the pins of the tools are read by several; code of another package only by its name.
    return path.startsWith(`${folder}/`) || path.endsWith('.json');
  }
  return !/^(@mi-patterns\/|mi-patterns$)/.test(target) || declared.includes(packageOf(target));
}

describe('versions of Micro Integrator', () => {
  it('are compared with the table of features alone', () => {
    const comparing = tracked.filter(
      (path) =>
        /^(charts\/micro-integrator\/templates|packages\/[a-z-]+\/src)\/.*\.(tpl|yaml|ts)$/.test(path) &&
        !/mi-features|\.test\.ts$/.test(path) &&
        /mi\.atLeast" \(list|compareVersions\([^)]*'\d/.test(read(path)),
    );
    expect(comparing).toEqual([]);
  });
});

describe('tracked files', () => {
  it('name no registry host, no private path and nothing of how the work is organised', () => {
    // Written in pieces, so that this file does not find itself.
    const forbidden: readonly (readonly [RegExp, RegExp])[] = [
      [
        new RegExp(
          [
            'registry\\.npm',
            'js\\.org|registry\\.yarn',
            'pkg\\.com|npm\\.pkg\\.',
            'github|artifact',
            'ory\\.|/nex',
            'us/repository',
          ].join(''),
        ),
        /^$/,
      ],
      [new RegExp(['(?<![\\w.-])/ro', 'ot/'].join('')), /^$/],
      [new RegExp(['(?<![\\w.$-])/wo', 'rk/'].join('')), /^$/],
      [
        new RegExp(['(?<![\\w.-])/ho', 'me/(?!wso2carbon)\\w'].join('')),
        /(^|\/)(fixtures|test|tests|images?|programs)\/|\.test\.ts$|^charts\/|^docs\//,
      ],
      [
        new RegExp(['\\.\\./sha', 'red|/sha', 'red/(corpus|reference|design)'].join('')),
        /^(test|scripts|bench)\/|\/test\/|\.test\.ts$/,
      ],
      [new RegExp(['mi-sem', 'antics|mi-runtime-', 'notes|anchors\\.', 'md|peers\\.', 'md'].join('')), /^$/],
      [new RegExp(['\\b(other|previous|next|this) sess', 'ion\\b|\\bhelp', 'er session'].join(''), 'i'), /^$/],
    ];
    const found = tracked.filter(isText).flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) =>
          forbidden
            .filter(([pattern, except]) => pattern.test(line) && !except.test(path))
            .map(([pattern]) => `${path}:${index + 1} ${pattern.exec(line)?.[0]}`),
        ),
    );
    expect(found).toEqual([]);
  });

  it('send nobody to pages that the published command does not bring', () => {
    const sentence = /['"`][^'"`\n]*(?: docs\/[\w-]+\.md|docs\/[\w-]+\.md )[^'"`\n]*['"`]/;
    const sources = tracked.filter((path) => /^packages\/[a-z-]+\/src\/.*(?<!\.test)\.ts$/.test(path));
    expect(sources.filter((path) => sentence.test(read(path).replace(/\/\*[^]*?\*\//g, '')))).toEqual([]);
  });

  it('hold no download address in a lockfile', () => {
    const lockfiles = tracked.filter((path) => /(pnpm-lock\.yaml|package-lock\.json|yarn\.lock)$/.test(path));
    expect(lockfiles).toEqual(['pnpm-lock.yaml']);
    for (const path of lockfiles) expect(read(path)).not.toMatch(/https?:\/\/|tarball:|resolved:/);
  });

  it('are not empty', () => {
    expect(tracked.filter((path) => statSync(join(repository, path)).size === 0)).toEqual([]);
  });

  it('are short enough to read in one go', () => {
    const long = tracked
      .filter(
        (path) =>
          /\.(ts|mjs|js|tpl|go|md|ya?ml)$/.test(path) &&
          !isGenerated(path) &&
          !/^(docs\/(diagnostics|values|json-output|commands|configuration|glossary)\.md|pnpm-lock\.yaml|charts\/micro-integrator\/values\.yaml)$|\/README\.md$/.test(
            path,
          ),
      )
      .map((path) => ({ path, lines: read(path).split('\n').length }))
      .filter(({ path, lines }) => lines > (/\.test\.ts$/.test(path) ? 1000 : 500));
    expect(long).toEqual([]);
  });
});

describe('lines of hand-written code', () => {
  const widths = (path: string): { readonly place: string; readonly line: string }[] =>
    read(path)
      .split('\n')
      .map((line, index) => ({ place: `${path}:${index + 1}`, line: line.replaceAll('\t', '    ') }));

  // The formatter breaks code; what it leaves wider is a text, which is searched for and read as a whole.
  it('have comments of at most 120 columns', () => {
    const code = tracked.filter((path) => /\.(m?ts|m?js|go)$/.test(path) && !isGenerated(path));
    const wide = code.flatMap(widths).filter(({ line }) => line.length > 120 && isComment(line));
    expect(wide.map(({ place }) => place)).toEqual([]);
  });

  it('have comments of at most 120 columns in templates', () => {
    const templates = tracked.filter((path) => /^charts\/.*\.tpl$/.test(path));
    const wide = templates.flatMap((path) =>
      [...read(path).matchAll(/\{\{-? ?\/\*[\s\S]*?\*\//g)]
        .filter(([comment]) => comment.split('\n').some((line) => line.length > 120))
        .map(([comment]) => `${path}: ${comment.slice(0, 60)}`),
    );
    expect(wide).toEqual([]);
  });

  it('have at most 200 columns in Go, whose formatter breaks nothing', () => {
    const code = tracked.filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
    const wide = code.flatMap(widths).filter(({ line }) => line.length > 200 && !line.includes('"'));
    expect(wide.map(({ place }) => place)).toEqual([]);
  });
});

/** A comment of words: no directive, and no path that is wider than a line by itself. */
function isComment(line: string): boolean {
  return /^\s*(\/\/|\/?\*)/.test(line) && !/oxlint-|\S{100}/.test(line);
}

describe('workflows', () => {
  const workflows = tracked.filter((path) => /^\.github\/workflows\/|^examples\/ci\/.*\.yaml$/.test(path));

  it('pin every action by commit', () => {
    const actions = workflows.flatMap((path) =>
      [...read(path).matchAll(/^\s*(?:- )?uses: (\S+)/gm)].map(([, action = '']) => `${path} ${action}`),
    );
    expect(actions.length).toBeGreaterThan(10);
    const unpinned = actions.filter((action) => !/ \.\/|@[0-9a-f]{40}$/.test(action));
    expect(unpinned).toEqual([]);
  });

  it('never download a package by a name that a lockfile does not pin', () => {
    const loose = [...workflows, 'examples/ci/Jenkinsfile', 'README.md'].filter((path) =>
      /npx (--yes |-y )?mi-patterns/.test(read(path)),
    );
    expect(loose).toEqual([]);
  });
});

describe('the documents', () => {
  // What lies in scripts/ is part of a page elsewhere, where it is checked.
  const documents = tracked.filter(
    (path) => path.endsWith('.md') && !isGenerated(path) && !path.startsWith('scripts/'),
  );

  it.each(documents)('%s links to files that exist', (path) => {
    const text = read(path).replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^(https?:|mailto:)/.test(target));
    const broken = targets.filter((target) => {
      const [file = '', anchor] = target.split('#');
      const resolved = file === '' ? path : relative(repository, join(repository, dirname(path), file));
      if (!existsSync(join(repository, resolved))) return true;
      return anchor !== undefined && resolved.endsWith('.md') && !anchorsOf(read(resolved)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(documents)('%s names files of this repository that exist', (path) => {
    // With a star or a placeholder it is a pattern; the build makes what is in dist/.
    const named = [...read(path).matchAll(/`((?:bench|charts|docs|examples|fuzz|packages|scripts|test)\/[\w./-]+)`/g)]
      .map(([, name = '']) => name)
      .filter((name) => !name.includes('/dist/'));
    expect(named.filter((name) => !existsSync(join(repository, name)))).toEqual([]);
  });

  it('all have a place in the menu of the site', () => {
    const menu = read('scripts/docs/mkdocs.yml');
    const pages = documents.filter((path) => path.startsWith('docs/')).map((path) => path.slice('docs/'.length));
    const outside = pages.filter((page) => !/^decisions\/0/.test(page) && !menu.includes(`: ${page}\n`));
    expect(outside).toEqual([]);
  });

  it('the README names commands that exist', async () => {
    const section = /^## Commands\n([\s\S]*?)^## /m.exec(read('README.md'))?.[1] ?? '';
    const table = [...section.matchAll(/^\| ((?:`[^`]+`(?:, )?)+)[^|]*\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z]+)[^`]*`/g)].map(([, name = '']) => name),
    );
    const invoked = [...read('README.md').matchAll(/npm run mi-patterns -- ([a-z]+)/g)].map(([, name = '']) => name);
    const scripts = [...read('README.md').matchAll(/npm (?:run )?(?!run\b)([a-z-]+) /g)].map(([, name = '']) => name);
    const { stdout } = await miPatterns(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
    expect(commands.length).toBeGreaterThan(5);
    expect([...new Set([...table, ...invoked])].filter((name) => !commands.includes(name))).toEqual([]);
    const declared = Object.keys((JSON.parse(read('package.json')) as { readonly scripts: object }).scripts);
    expect(scripts.filter((name) => !declared.includes(name))).toEqual([]);
  });
});

/** Anchors as GitHub makes them of headings, and those written as HTML. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)]);
}

describe('licences', () => {
  it('are Apache-2.0 for every package of ours', () => {
    expect(read('LICENSE')).toContain('Apache License');
    for (const path of tracked.filter((file) => /(^|\/)package\.json$/.test(file) && !isGenerated(file)))
      expect([path, (JSON.parse(read(path)) as { readonly license?: string }).license]).toEqual([path, 'Apache-2.0']);
  });

  it('of everything in the published command are permissive', () => {
    const permissive =
      /^\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)( OR [\w.-]+)*\)?$/;
    const seen = new Map<string, string>();
    for (const folder of readdirSync(join(repository, 'packages'))) {
      const { dependencies = {}, devDependencies = {} } = manifest(`packages/${folder}`);
      const bundled =
        folder === 'cli'
          ? { ...dependencies, commander: devDependencies.commander ?? '', yaml: devDependencies.yaml ?? '' }
          : dependencies;
      for (const name of Object.keys(bundled)) collectLicences(name, join(repository, 'packages', folder), seen);
    }
    expect(seen.size).toBeGreaterThan(4);
    expect([...seen].filter(([, licence]) => !permissive.test(licence))).toEqual([]);
  });
});

/** Licence of a package and of all it depends on, found as Node finds them. */
function collectLicences(name: string, from: string, seen: Map<string, string>): void {
  if (name.startsWith('@mi-patterns/') || seen.has(name)) return;
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const file = places.map((place) => join(place, name, 'package.json')).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name}, a dependency of ${from}, is not installed.`);
  const content = JSON.parse(readFileSync(file, 'utf8')) as Manifest & { readonly license?: string };
  seen.set(name, content.license ?? 'none');
  for (const dependency of Object.keys(content.dependencies ?? {}))
    collectLicences(dependency, dirname(realFile(file)), seen);
}

function realFile(file: string): string {
  return createRequire(file).resolve(file);
}

/** Every number that a pattern finds in a file, in order. */
const numbersIn = (path: string, pattern: RegExp): readonly number[] =>
  [...read(path).matchAll(pattern)].flatMap(([, ...found]) => found.map(Number));

describe('times that several programs have to know', () => {
  const templates = 'charts/micro-integrator/templates';

  it('are the same in the plan and in the chart: a node is lost, and its pod leaves it', () => {
    const [lost, leaves] = ['nodeDetection', 'toleration'].flatMap((name) =>
      numbersIn('packages/planner/src/cost/cost.ts', new RegExp(`${name}: (\\d+),`, 'g')),
    );
    expect(numbersIn(`${templates}/NOTES.txt`, /\(add (\d+) \(include "mi\.stays" \./g)).toEqual([lost, lost]);
    expect(numbersIn(`${templates}/_pod.tpl`, /\.values\.recoverySeconds (\d+)/g)).toEqual([leaves]);
    expect(numbersIn(`${templates}/deployment.yaml`, /\.values\.recoverySeconds (\d+)/g)).toEqual([leaves]);
  });

  it('are the same in lease-guard and in the chart: renewal, limit and duration of a Lease', () => {
    const flags = ['renew', 'limit', 'duration'].flatMap((name) =>
      numbersIn('packages/lease-guard/main.go', new RegExp(`"${name}", (\\d+)\\*time\\.Second`, 'g')),
    );
    const given = ['renew', 'limit', 'lease'].flatMap((name) =>
      numbersIn(`${templates}/_fencing.tpl`, new RegExp(`${name}Seconds \\(ternary \\d+ (\\d+)`, 'g')),
    );
    expect(given).toEqual(flags);
    expect(flags).toHaveLength(3);
  });
});
