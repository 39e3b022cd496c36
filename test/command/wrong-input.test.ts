import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  contentOf,
  copyOfOrders,
  miPatterns,
  orders,
  program,
  repository,
  temporaryFolder,
  type RunOptions,
} from '../support/command.ts';
import { runHere } from '../support/projects.ts';
import { zip } from '../support/zip.ts';

interface Said {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly source?: { readonly path: string; readonly line: number; readonly column: number };
}

/** Files of a test's folder, by path; text or bytes. */
type Files = Readonly<Record<string, string | Uint8Array>>;

function folderWith(files: Files): string {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (path.endsWith('/')) mkdirSync(join(folder, path), { recursive: true });
    else writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Errors as `CODE path:line:column message`, from the text for people and from JSON, which must say the same. */
async function refused(
  args: readonly string[],
  folder: string,
  options: RunOptions = {},
): Promise<{ readonly exitCode: number; readonly errors: readonly string[] }> {
  const before = contentOf(folder);
  const [text, json] = await Promise.all([
    miPatterns(args, { cwd: folder, ...options }),
    // How a process starts and ends, the text for people shows: without one, half of the time goes.
    Object.keys(options).length === 0
      ? runHere([...args, '--json'], folder)
      : miPatterns([...args, '--json'], { cwd: folder, ...options }),
  ]);
  expect(contentOf(folder), 'nothing may be written').toEqual(before);
  const { diagnostics } = JSON.parse(json.stdout) as {
    readonly diagnostics: readonly (Said & { readonly severity: string })[];
  };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.length).toBeGreaterThan(0);
  for (const { code, message, hint } of errors) {
    const shown = `${text.stdout}${text.stderr}`;
    for (const part of [`error ${code}`, message, `→ ${hint}`]) expect(shown).toContain(part);
    expect(shown).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(message).toMatch(/[.?]$/);
    expect(hint.length).toBeGreaterThan(10);
  }
  expect(json.exitCode).toBe(text.exitCode);
  return {
    exitCode: text.exitCode,
    errors: errors.map(
      ({ code, message, source }) =>
        `${code}${source === undefined ? '' : ` ${source.path}:${source.line}:${source.column}`} ${message}`,
    ),
  };
}

const sequence = (content: string): string =>
  `<sequence name="x" xmlns="http://ws.apache.org/ns/synapse">${content}</sequence>`;
const archive = zip({ 'metadata.xml': '<artifacts/>', 'artifacts.xml': '<artifacts/>' });

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly args: readonly string[];
  readonly exitCode: number;
  readonly errors: readonly string[];
}

const input: readonly Case[] = [
  {
    name: 'an empty folder',
    files: { 'empty/': '' },
    args: ['scan', 'empty'],
    exitCode: 2,
    errors: ['MI-INPUT-EMPTY No Micro Integrator content was found in empty.'],
  },
  {
    name: 'a path that does not exist',
    files: {},
    args: ['scan', 'nowhere'],
    exitCode: 2,
    errors: ['MI-INPUT-MISSING nowhere does not exist.'],
  },
  {
    name: 'a truncated archive',
    files: { 'orders.car': archive.subarray(0, archive.length - 30) },
    args: ['scan', 'orders.car'],
    exitCode: 2,
    errors: [
      'MI-ZIP-BROKEN orders.car:1:1 orders.car is skipped: it has no end record; it is not a ZIP file, or a part of it is missing.',
    ],
  },
  {
    name: 'a text file that is called an archive',
    files: { 'text.car': 'hello\n' },
    args: ['plan', 'text.car'],
    exitCode: 2,
    errors: [
      'MI-ZIP-BROKEN text.car:1:1 text.car is skipped: it has no end record; it is not a ZIP file, or a part of it is missing.',
    ],
  },
  {
    name: 'an XML bomb',
    files: {
      'bomb.xml': `<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n${sequence('<log>&b;</log>')}`,
    },
    args: ['scan', 'bomb.xml'],
    exitCode: 2,
    errors: [
      'MI-XML-DTD bomb.xml:2:1 The file has a document type with declarations of its own; they are not read, because entities can be used to attack the parser.',
    ],
  },
  {
    name: 'elements nested too deep',
    files: { 'deep.xml': sequence(`\n${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`) },
    args: ['scan', 'deep.xml'],
    exitCode: 2,
    errors: ['MI-XML-LIMIT deep.xml:2:766 Elements are nested deeper than 256.'],
  },
  {
    name: 'a path out of the archive',
    files: { 'evil.car': zip({ '../evil.xml': 'x' }) },
    args: ['scan', 'evil.car'],
    exitCode: 2,
    errors: [
      'MI-ZIP-PATH evil.car!/../evil.xml:1:1 evil.car!/../evil.xml is skipped: its name is not allowed (it leaves the archive).',
    ],
  },
  {
    name: 'an absolute path in an archive',
    files: { 'evil.car': zip({ '/etc/evil.xml': 'x' }) },
    args: ['scan', 'evil.car'],
    exitCode: 2,
    errors: [
      'MI-ZIP-PATH evil.car!//etc/evil.xml:1:1 evil.car!//etc/evil.xml is skipped: its name is not allowed (absolute path).',
    ],
  },
];

const commandLine: readonly Case[] = [
  {
    name: 'an unknown option',
    files: {},
    args: ['scan', '.', '--frob'],
    exitCode: 2,
    errors: ["MI-CLI-USAGE Unknown option '--frob'."],
  },
  {
    name: 'an option misspelt',
    files: {},
    args: ['plan', '.', '--isolat', 'one'],
    exitCode: 2,
    errors: ["MI-CLI-USAGE Unknown option '--isolat'. Did you mean --isolate?"],
  },
  {
    name: 'an unknown command',
    files: {},
    args: ['scna'],
    exitCode: 2,
    errors: ["MI-CLI-USAGE Unknown command 'scna'. Did you mean scan?"],
  },
  {
    name: 'help on an unknown command',
    files: {},
    args: ['help', 'scna'],
    exitCode: 2,
    errors: ["MI-CLI-USAGE Unknown command 'scna'. Did you mean scan?"],
  },
  {
    name: 'an empty path',
    files: {},
    args: ['scan', ''],
    exitCode: 2,
    errors: ["MI-CLI-USAGE The argument 'paths' has an empty value."],
  },
  {
    name: 'an empty values file',
    files: {},
    args: ['validate', 'values.yaml', ''],
    exitCode: 2,
    errors: ["MI-CLI-USAGE The argument 'values' has an empty value."],
  },
  {
    name: 'an empty name',
    files: {},
    args: ['explain', ''],
    exitCode: 2,
    errors: ["MI-CLI-USAGE The argument 'name' has an empty value."],
  },
  {
    name: 'an environment without a configuration',
    files: {},
    args: ['generate', orders, '--env', 'dev'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE There is no mi-patterns.yaml here or above, so there is no environment dev.'],
  },
  ...['diff', 'rollback', 'rollout', 'status'].flatMap((command): Case[] => [
    {
      name: `${command} in a folder without a configuration`,
      files: {},
      args: [command],
      exitCode: 2,
      errors: ['MI-CLI-USAGE There is no mi-patterns.yaml here or above.'],
    },
    {
      name: `${command} to an environment in a folder without a configuration`,
      files: {},
      args: [command, '--env', 'prod'],
      exitCode: 2,
      errors: ['MI-CLI-USAGE There is no mi-patterns.yaml here or above, so there is no environment prod.'],
    },
  ]),
  ...['rollback', 'rollout'].map((command): Case => ({
    name: `${command} without an environment, and without anybody who confirms it`,
    files: { 'mi-patterns.yaml': 'environments: {dev: {namespace: dev}, prod: {namespace: prod}}\n' },
    args: [command],
    exitCode: 2,
    errors: [
      'MI-CLI-USAGE Which environment? There is more than one.',
      `MI-CLI-USAGE No terminal can confirm the ${command}.`,
    ],
  })),
  // No kubeconfig has the context: a name that is wrong is told before one is read.
  ...['diff', 'rollout'].flatMap((command) =>
    [
      ['--promote', 'pord', 'MI-CONFIG-NO-ENVIRONMENT mi-patterns.yaml:2:1 There is no environment `pord`.'],
      ['--promote', 'dev', 'MI-PROMOTE-SELF dev cannot be promoted to itself.'],
      ['--only', 'nowhere', 'MI-CLI-USAGE There is no workload `nowhere` in the plan.'],
    ].map(([option = '', name = '', error = '']): Case => ({
      name: `${command} ${option} ${name}`,
      files: {
        'mi-patterns.yaml':
          'image: {repository: acme/x, tag: "1"}\nenvironments: {dev: {context: none, namespace: dev}, prod: {context: none, namespace: prod}}\nartifacts: [project]\n',
        'project/pom.xml': '<project/>',
        'project/src/main/wso2mi/artifacts/apis/x.xml':
          '<api name="x" context="/x" xmlns="http://ws.apache.org/ns/synapse"><resource><inSequence/></resource></api>',
      },
      args: [command, '--env', 'dev', option, name, ...(command === 'rollout' ? ['--dry-run'] : [])],
      exitCode: 2,
      errors: [error],
    })),
  ),
  {
    name: 'values to test with that are missing',
    files: {},
    args: ['test', '--values', 'none.yaml'],
    exitCode: 2,
    errors: ['MI-FILE none.yaml:1:1 none.yaml does not exist.'],
  },
  {
    name: 'values to test with that are not YAML',
    files: { 'no.yaml': 'a: [\n' },
    args: ['test', '--values', 'no.yaml', '--chart', join(repository, 'packages/helm/test/fixtures/tiny')],
    exitCode: 1,
    errors: ['MI-CHART-VALUES no.yaml:1:1 no.yaml is not valid YAML: did not find expected node content.'],
  },
  {
    name: 'a chart that is missing',
    files: {},
    args: ['test', '--chart', 'none'],
    exitCode: 2,
    errors: ['MI-FILE none:1:1 none does not exist.'],
  },
  {
    name: 'a missing name',
    files: {},
    args: ['explain'],
    exitCode: 2,
    errors: ["MI-CLI-USAGE Missing required argument 'name'."],
  },
  {
    name: 'no path, in a folder without artifacts',
    files: {},
    args: ['scan'],
    exitCode: 2,
    errors: ['MI-INPUT-EMPTY No Micro Integrator content was found in the current folder.'],
  },
  {
    name: 'a choice that is none',
    files: {},
    args: ['plan', '.', '--pattern', 'two'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --pattern takes single-replica, multiple-replicas or coordinated, not "two".'],
  },
  {
    name: 'a number that is none',
    files: {},
    args: ['plan', orders, '--replicas', 'many'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --replicas takes a whole number from 1 to 1000, not "many".'],
  },
  {
    name: 'more pods than the pattern runs',
    files: {},
    args: ['plan', orders, '--pattern', 'single-replica', '--replicas', '3'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --replicas is 3, but --pattern single-replica runs one pod.'],
  },
  {
    name: 'fewer pods than the pattern runs',
    files: {},
    args: ['plan', orders, '--pattern', 'multiple-replicas', '--replicas', '1'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --replicas is 1, but --pattern multiple-replicas needs at least 2.'],
  },
  {
    name: 'more pods than the pattern of the configuration runs',
    files: { 'mi-patterns.yaml': 'pattern: single-replica\n' },
    args: ['plan', orders, '--replicas', '3'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --replicas is 3, but the pattern of the configuration, single-replica, runs one pod.'],
  },
  {
    name: 'more pods than any environment runs',
    files: {
      'mi-patterns.yaml':
        'pattern: single-replica\nenvironments: {dev: {}, prod: {pattern: coordinated, namespace: p}}\n',
    },
    args: ['generate', orders, '--env', 'dev', '--replicas', '3'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --replicas is 3, but the pattern of the configuration, single-replica, runs one pod.'],
  },
  {
    name: 'groups for a pattern that isolates nothing',
    files: {},
    args: ['plan', orders, '--pattern', 'multiple-replicas', '--isolate', 'one'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --isolate is one, but --pattern multiple-replicas isolates nothing.'],
  },
  {
    name: 'a version for an image that has its own',
    files: {},
    args: ['package', '--from', 'oci-layout:made', '--out', 'out', '--runtime', '4.4.0'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --from adds a layer to an image as it is, so --runtime would have no effect.'],
  },
  {
    name: 'a volume beside the layer of an image',
    files: {},
    args: ['package', '--from', 'oci-layout:made', '--out', 'out', '--format', 'volume'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --from adds a layer to an image as it is, so --format would have no effect.'],
  },
  {
    name: 'a picture of a word',
    files: {},
    args: ['explain', 'stateless', '--diagram', 'x.svg'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --diagram draws an artifact, and stateless is a word or a code.'],
  },
  {
    name: 'a revision of manifests that are not written',
    files: {},
    args: ['generate', orders, '--git-revision', 'main'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --git-revision is for the manifests of --format argocd or flux.'],
  },
  {
    name: 'a picture in a format we do not draw',
    files: {},
    args: ['plan', orders, '--diagram', 'plan.png'],
    exitCode: 2,
    errors: ['MI-CLI-USAGE --diagram cannot draw plan.png.'],
  },
  {
    name: 'a group file that is missing',
    files: {},
    args: ['plan', orders, '--isolate', 'groups.yaml'],
    exitCode: 2,
    errors: ['MI-FILE groups.yaml:1:1 groups.yaml does not exist.'],
  },
  {
    name: 'a configuration that is missing',
    files: {},
    args: ['plan', orders, '--config', 'other.yaml'],
    exitCode: 2,
    errors: ['MI-FILE other.yaml:1:1 other.yaml does not exist.'],
  },
  ...[
    ['audit'],
    ['diff', '--env', 'dev'],
    ['explain', 'broker-safe'],
    ['generate'],
    ['package'],
    ['rollback', '--env', 'dev'],
    ['rollout', '--env', 'dev'],
    ['scan', orders],
    ['status'],
    ['test'],
    ['validate', 'values.yaml'],
  ].map((args): Case => ({
    name: `a configuration that is missing, for ${args[0]}`,
    files: { 'values.yaml': 'pattern: single-replica\n' },
    args: [...args, '--config', 'other.yaml'],
    exitCode: 2,
    errors: ['MI-FILE other.yaml:1:1 other.yaml does not exist.'],
  })),
  {
    name: 'a name that no artifact has',
    files: {},
    args: ['explain', 'recuringOrder_Task', orders],
    exitCode: 2,
    errors: ['MI-EXPLAIN-UNKNOWN No artifact is named recuringOrder_Task.'],
  },
];

const yaml: readonly Case[] = [
  {
    name: 'values with a key twice',
    files: { 'values.yaml': 'pattern: coordinated\nimage: {}\npattern: single-replica\n' },
    args: ['validate', 'values.yaml'],
    exitCode: 1,
    errors: [
      'MI-VALUES-DUPLICATE-KEY values.yaml:3:1 This key appears twice in the same mapping; only one of the two can take effect.',
    ],
  },
  {
    name: 'values indented by a tab',
    files: { 'values.yaml': 'workloads:\n\ta: {}\n' },
    args: ['validate', 'values.yaml'],
    exitCode: 1,
    errors: ['MI-VALUES-SYNTAX values.yaml:2:1 A tab indents this line; YAML allows spaces only.'],
  },
  {
    name: 'values that are a list',
    files: { 'values.yaml': '- a\n' },
    args: ['validate', 'values.yaml'],
    exitCode: 1,
    errors: ['MI-VALUES-ROOT values.yaml:1:1 The file holds a list; it must be a mapping of keys to values.'],
  },
  {
    name: 'values that are a folder',
    files: { 'values/': '' },
    args: ['validate', 'values'],
    exitCode: 2,
    errors: ['MI-FILE values:1:1 values is a folder, not a file.'],
  },
  {
    name: 'values in UTF-16, as Windows PowerShell writes them',
    files: { 'values.yaml': Buffer.from('\ufeffimage: {}\n', 'utf16le') },
    args: ['validate', 'values.yaml'],
    exitCode: 2,
    errors: ['MI-FILE values.yaml:1:1 values.yaml is not text in UTF-8.'],
  },
  {
    name: 'values with letters of an old Windows',
    files: { 'values.yaml': Buffer.from('env: {A: Größe}\n', 'latin1') },
    args: ['validate', 'values.yaml'],
    exitCode: 2,
    errors: ['MI-FILE values.yaml:1:1 values.yaml is not text in UTF-8.'],
  },
  {
    name: 'values that are missing',
    files: {},
    args: ['validate', 'values.yaml'],
    exitCode: 2,
    errors: ['MI-FILE values.yaml:1:1 values.yaml does not exist.'],
  },
  {
    name: 'a configuration with a key twice',
    files: { 'mi-patterns.yaml': 'release: a\nrelease: b\n' },
    args: ['plan', orders],
    exitCode: 2,
    errors: [
      'MI-CONFIG-DUPLICATE-KEY mi-patterns.yaml:2:1 This key appears twice in the same mapping; only one of the two can take effect.',
    ],
  },
  {
    name: 'a configuration indented by a tab',
    files: { 'mi-patterns.yaml': 'artifacts:\n\t- .\n' },
    args: ['scan', orders],
    exitCode: 2,
    errors: ['MI-CONFIG-SYNTAX mi-patterns.yaml:2:1 A tab indents this line; YAML allows spaces only.'],
  },
  {
    name: 'an alias of nothing',
    files: { 'mi-patterns.yaml': 'release: a\nartifacts: *nope\n' },
    args: ['scan'],
    exitCode: 2,
    errors: [
      'MI-CONFIG-SYNTAX mi-patterns.yaml:2:12 The alias `*nope` has no target: no anchor `&nope` comes before it.',
    ],
  },
  {
    name: 'a number that cannot be kept',
    files: { 'values.yaml': 'env:\n  A: 9007199254740993\n  B: 9007199254740991\n  C: "9007199254740993"\n' },
    args: ['validate', 'values.yaml'],
    exitCode: 1,
    errors: ['MI-VALUES-RANGE values.yaml:2:6 The number 9007199254740993 is too large to be kept exactly.'],
  },
  {
    name: 'artifacts that are missing',
    files: { 'in/mi-patterns.yaml': 'artifacts:\n  - ./one\n  - two.car\n' },
    args: ['plan', '--config', 'in/mi-patterns.yaml'],
    exitCode: 2,
    errors: [
      'MI-INPUT-MISSING in/mi-patterns.yaml:2:5 ./one does not exist.',
      'MI-INPUT-MISSING in/mi-patterns.yaml:3:5 two.car does not exist.',
    ],
  },
  {
    name: 'text where a mapping belongs',
    files: { 'mi-patterns.yaml': 'artifacts: [.]\nchart: charts/micro-integrator\n' },
    args: ['plan'],
    exitCode: 2,
    errors: ['MI-CONFIG-TYPE mi-patterns.yaml:2:8 `chart` is the text `charts/micro-integrator`; expected: a mapping.'],
  },
  {
    name: 'a table with a word of JavaScript where text belongs',
    files: { 'mi-patterns.yaml': 'artifacts: [.]\nrelease: {toString: {}}\nnamespace: {valueOf: []}\n' },
    args: ['plan'],
    exitCode: 2,
    errors: [
      'MI-CONFIG-TYPE mi-patterns.yaml:2:10 `release` is a mapping (`toString`); expected: text.',
      'MI-CONFIG-TYPE mi-patterns.yaml:3:12 `namespace` is a mapping (`valueOf`); expected: text.',
    ],
  },
  {
    name: 'a configuration with an unknown key',
    files: { 'mi-patterns.yaml': 'artifcts: [.]\n' },
    args: ['generate', '--out', 'new'],
    exitCode: 2,
    errors: ['MI-CONFIG-UNKNOWN-KEY mi-patterns.yaml:1:1 There is no key `artifcts` at the top of the file.'],
  },
  {
    name: 'images that are written wrongly',
    files: {
      'mi-patterns.yaml':
        'image:\n  registry: docker.io/\n  repository: acme/orders:1.2\nenvironments:\n  dev:\n    image: {repository: Acme/orders}\n',
    },
    args: ['generate', orders, '--out', 'new'],
    exitCode: 2,
    errors: [
      'MI-CONFIG-FORMAT mi-patterns.yaml:2:13 `image.registry` is the text `docker.io/`, which is not a registry: a host, with a port if needed.',
      'MI-CONFIG-FORMAT mi-patterns.yaml:3:15 `image.repository` is the text `acme/orders:1.2`, which is not a repository of an image: lower-case letters, digits, dots, hyphens and underscores, with slashes between.',
      'MI-CONFIG-FORMAT mi-patterns.yaml:6:25 `environments.dev.image.repository` is the text `Acme/orders`, which is not a repository of an image: lower-case letters, digits, dots, hyphens and underscores, with slashes between.',
    ],
  },
  {
    name: 'a values file that is missing',
    files: {
      'mi-patterns.yaml': `artifacts: [${JSON.stringify(orders)}]\nvaluesFiles: [common.yaml]\nenvironments:\n  dev:\n    valuesFiles:\n      - dev.yaml\n`,
      'common.yaml': '',
    },
    args: ['generate', '--out', 'new'],
    exitCode: 2,
    errors: ['MI-FILE mi-patterns.yaml:6:9 dev.yaml does not exist.'],
  },
  {
    name: 'a values file that is a list',
    files: {
      'mi-patterns.yaml': `artifacts: [${JSON.stringify(orders)}]\nvaluesFiles: [common.yaml]\n`,
      'common.yaml': '\n- a\n',
    },
    args: ['generate', '--out', 'new'],
    exitCode: 2,
    errors: ['MI-VALUES-ROOT common.yaml:2:1 The file holds a list; it must be a mapping of keys to values.'],
  },
  {
    name: 'a values file with a wrong indent',
    files: {
      'mi-patterns.yaml': `artifacts: [${JSON.stringify(orders)}]\nvaluesFiles: [common.yaml]\n`,
      'common.yaml': 'env:\n\tA: 1\n',
    },
    args: ['generate', '--out', 'new'],
    exitCode: 2,
    errors: ['MI-VALUES-SYNTAX common.yaml:2:1 A tab indents this line; YAML allows spaces only.'],
  },
  {
    name: 'an environment that is not there',
    files: { 'mi-patterns.yaml': `artifacts: [${JSON.stringify(orders)}]\nenvironments:\n  dev: {}\n` },
    args: ['generate', '--env', 'prod', '--out', 'new'],
    exitCode: 2,
    errors: ['MI-CONFIG-NO-ENVIRONMENT mi-patterns.yaml:2:1 There is no environment `prod`.'],
  },
];

describe.each([
  ['input', input],
  ['the command line', commandLine],
  ['YAML', yaml],
] as const)('wrong: %s', (_title, cases) => {
  it.each(cases)('$name', async ({ files, args, exitCode, errors }) => {
    expect(await refused(args, folderWith(files))).toEqual({ exitCode, errors });
  });
});

test('text where a mapping belongs is told with the first key that takes text', async () => {
  const cwd = folderWith({ 'mi-patterns.yaml': 'chart: charts/micro-integrator\n' });
  const { stderr } = await miPatterns(['plan'], { cwd });
  expect(stderr).toContain('→ Write a mapping, for example `chart: {path: charts/micro-integrator}`.');
});

describe('a fault in one file', () => {
  it('leaves the rest of the inventory readable', async () => {
    const project = copyOfOrders();
    writeFileSync(join(project, 'deployment/deployment.toml'), '[server]\nhostname =\n');
    writeFileSync(
      join(project, 'src/main/wso2mi/artifacts/sequences/PlaceOrderSeq.xml'),
      '<sequence name="PlaceOrderSeq"',
    );
    const { exitCode, stdout } = await miPatterns(['scan', 'orders', '--json'], { cwd: dirname(project) });
    const document = JSON.parse(stdout) as {
      readonly artifacts: readonly unknown[];
      readonly diagnostics: readonly Said[];
    };
    expect({ exitCode, artifacts: document.artifacts.length }).toEqual({ exitCode: 1, artifacts: 7 });
    expect(document.diagnostics.map(({ code, source }) => `${code} ${source?.path}:${source?.line}`)).toEqual([
      'MI-TOML-MALFORMED orders/deployment/deployment.toml:2',
      'MI-REF-MISSING orders/src/main/wso2mi/artifacts/apis/OrderAPI.xml:3',
      'MI-XML-MALFORMED orders/src/main/wso2mi/artifacts/sequences/PlaceOrderSeq.xml:1',
    ]);
  });

  // Root reads everything, unless it gives that right away.
  const isRoot = process.getuid?.() === 0;
  const withoutSetpriv = isRoot && spawnSync('setpriv', ['--version']).status !== 0;
  it.skipIf(process.platform === 'win32' || withoutSetpriv)(
    `names a file that may not be read${withoutSetpriv ? ' (skipped: root reads everything, and there is no setpriv)' : ''}`,
    async () => {
      const folder = folderWith({ 'orders.car': archive, 'sequences/x.xml': sequence('') });
      chmodSync(join(folder, 'orders.car'), 0);
      const answer = await miPatterns(['scan', 'orders.car', 'sequences/x.xml', '--json'], {
        cwd: folder,
        obeysModes: isRoot,
      });
      const document = JSON.parse(answer.stdout) as {
        readonly artifacts: readonly unknown[];
        readonly diagnostics: readonly Said[];
      };
      expect({ exitCode: answer.exitCode, artifacts: document.artifacts.length }).toEqual({
        exitCode: 1,
        artifacts: 1,
      });
      expect(document.diagnostics.map(({ code, source }) => `${code} ${source?.path}`)).toContain(
        'MI-READ-DENIED orders.car',
      );
    },
  );
});

describe('output that cannot be written', () => {
  it.each([
    { name: 'below a file', out: 'taken/values', files: { taken: '' } },
    { name: 'to a file', out: 'taken', files: { taken: '' } },
  ])('$name: generate writes nothing', async ({ out, files }) => {
    const { exitCode, errors } = await refused(['generate', orders, '--out', out, '--no-package'], folderWith(files));
    expect(exitCode).toBe(2);
    expect(errors[0]).toMatch(
      /^MI-WRITE-FAILED taken.*\/values\.yaml:1:1 taken.*\/values\.yaml cannot be written: a part of its path is a file, not a folder/,
    );
  });

  it('package below a file writes nothing', async () => {
    const made = await refused(['package', orders, '--out', 'taken/package'], folderWith({ taken: '' }));
    expect(made).toEqual({ exitCode: 2, errors: [expect.stringMatching(/^MI-WRITE-FAILED taken\/package:1:1 /)] });
  });

  it('plan does not leave a part of a report behind', async () => {
    expect(await refused(['plan', orders, '--report', 'folder'], folderWith({ 'folder/': '' }))).toEqual({
      exitCode: 2,
      errors: ['MI-WRITE-FAILED folder:1:1 folder cannot be written: it is a folder.'],
    });
    expect(await refused(['plan', orders, '--report', 'file/plan.html'], folderWith({ file: '' }))).toEqual({
      exitCode: 2,
      errors: [
        'MI-WRITE-FAILED file/plan.html:1:1 file/plan.html cannot be written: a part of its path is a file, not a folder.',
      ],
    });
  });

  it('puts no file in the place of a device', async () => {
    expect(await refused(['plan', orders, '--report', '/dev/null'], temporaryFolder())).toEqual({
      exitCode: 2,
      errors: ['MI-WRITE-FAILED /dev/null:1:1 /dev/null cannot be written: it is not a regular file.'],
    });
  });

  it.each([
    ['plan', orders, '--report', ''],
    ['package', orders, '--out='],
    ['plan', orders, '--config', ''],
  ])('is not written where an empty variable names it: %j', async (...args) => {
    const option = (args.at(-1) || args.at(-2) || '').replace('=', '');
    expect(await refused(args, temporaryFolder())).toEqual({
      exitCode: 2,
      errors: [`MI-CLI-USAGE ${option} has an empty value.`],
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'is told when the output itself takes nothing (skipped except on Linux)',
    () => {
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [program, 'scan', orders, '--json'], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr:
          'error MI-FILE\n    The output cannot be written: ENOSPC.\n    → Check where it is redirected to, and that there is free space.\n',
      });
    },
  );

  it.skipIf(process.platform === 'win32')(
    'a reader that goes away leaves the exit code as it is (skipped on Windows)',
    () => {
      const { stdout } = spawnSync(
        'bash',
        [
          '-c',
          '"$0" "$1" plan "$2" --pattern multiple-replicas --json | head -c 1 > /dev/null; echo "${PIPESTATUS[0]}"',
          process.execPath,
          program,
          orders,
        ],
        { encoding: 'utf8' },
      );
      expect(stdout).toBe('1\n');
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'generate returns where the file system makes no folders (skipped except on Linux)',
    async () => {
      const { exitCode, errors } = await refused(
        ['generate', orders, '--out', '/proc/values', '--no-package'],
        temporaryFolder(),
      );
      expect({ exitCode, code: errors[0]?.split(' ')[0] }).toEqual({ exitCode: 2, code: 'MI-WRITE-FAILED' });
    },
  );

  it('generate keeps all files when one of them was edited, until it is forced', async () => {
    const folder = temporaryFolder();
    const generate = ['generate', '--config', join(orders, 'mi-patterns.yaml'), '--out', folder, '--no-package'];
    await miPatterns(generate, { cwd: orders });
    const staging = join(folder, 'values-staging.yaml');
    writeFileSync(staging, readFileSync(staging, 'utf8').replace('replicas: 2', 'replicas: 4'));
    // Another plan changes every file, but the edited one holds them all back.
    const { exitCode, errors } = await refused([...generate, '--isolate', 'one'], folder, { cwd: orders });
    expect({ exitCode, errors: errors.map((error) => error.replaceAll(folder, '')) }).toEqual({
      exitCode: 1,
      errors: [
        'MI-WRITE-EDITED /values-staging.yaml:1:1 /values-staging.yaml was edited since it was generated; it was not changed.',
      ],
    });
    expect((await miPatterns([...generate, '--force'], { cwd: orders })).exitCode).toBe(0);
    expect(readFileSync(staging, 'utf8')).not.toContain('replicas: 4');
    writeFileSync(staging, 'mine: true\n');
    expect((await refused(generate, folder, { cwd: orders })).errors[0]).toContain('MI-WRITE-FOREIGN');
  });
});

describe('test --against', () => {
  it('says that the older chart does not take the values, which are no worse for that', async () => {
    const folder = temporaryFolder();
    for (const name of ['old', 'new']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'Chart.yaml'), 'apiVersion: v2\nname: x\nversion: 1.0.0\n');
    }
    writeFileSync(join(folder, 'old/values.schema.json'), '{"type":"object","properties":{"b":{"type":"string"}}}');
    writeFileSync(join(folder, 'values.yaml'), 'b: 1\n');
    const words = ['test', '--chart', 'new', '--against', 'old', '--values', 'values.yaml', '--json'];
    const { exitCode, stdout } = await miPatterns(words, { cwd: folder });
    expect(exitCode).toBe(1);
    expect((JSON.parse(stdout) as { upgrade: unknown }).upgrade).toEqual([
      expect.objectContaining({
        code: 'MI-UPGRADE-NOT-COMPARED',
        message: expect.stringMatching(/^The chart old does not take values\.yaml, so the upgrade was not compared: /),
      }),
    ]);
  });
});

describe('global options', () => {
  it('are the same before and after the command', async () => {
    const folder = temporaryFolder();
    for (const option of [
      ['--json'],
      ['--quiet'],
      ['--verbose'],
      ['--no-color'],
      ['--config', join(orders, 'mi-patterns.yaml')],
    ]) {
      const [before, after] = await Promise.all([
        miPatterns([...option, 'plan', orders], { cwd: folder }),
        miPatterns(['plan', orders, ...option], { cwd: folder }),
      ]);
      expect(before).toEqual(after);
      expect(before.exitCode).toBe(0);
    }
    const [before, after] = await Promise.all([
      miPatterns(['--config', 'none.yaml', '--json', 'scan', orders], { cwd: folder }),
      miPatterns(['scan', orders, '--json', '--config', 'none.yaml'], { cwd: folder }),
    ]);
    expect(before).toEqual(after);
    expect(before.exitCode).toBe(2);
  });

  it('--quiet prints results and errors alone', async () => {
    const out = temporaryFolder();
    const generate = ['generate', '--config', join(orders, 'mi-patterns.yaml'), '--out', out, '--no-package'];
    const loud = await miPatterns(generate);
    expect(loud.stderr).toContain('warning MI-VALUES-DEMONSTRATION');
    expect(await miPatterns([...generate, '--quiet'])).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^(unchanged .*\n)+$/),
      stderr: '',
    });
    writeFileSync(join(out, 'values-dev.yaml'), 'mine: true\n');
    const failed = await miPatterns([...generate, '--quiet']);
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringMatching(/^error MI-WRITE-FOREIGN/)]);
  });

  it('print no stack trace of a mistake that is not ours', async () => {
    const { exitCode, stderr } = await miPatterns(['scan', 'nowhere', '--verbose']);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/^error MI-INPUT-MISSING\n {4}nowhere does not exist\.\n {4}→ .*\n$/),
    ]);
  });

  it('print a code for a cluster that cannot be asked', async () => {
    const environment = { KUBECONFIG: '/nonexistent' };
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'mi-patterns.yaml'), 'release: orders\n');
    const { exitCode, stdout, stderr } = await miPatterns(['status'], { cwd, environment });
    expect([exitCode, stdout]).toEqual([3, expect.stringMatching(/^default +unreachable$/m)]);
    expect(stderr).toMatch(/^error MI-TOOL-[A-Z]+\n {4}default: .*\n {4}→ /);
  });

  it('without a command print the help as a wrong use', async () => {
    const plain = await miPatterns([]);
    expect(plain.exitCode).toBe(2);
    expect(plain.stderr).toContain('Usage: mi-patterns [options] [command]');
    const json = await miPatterns(['--json']);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      diagnostics: [{ code: 'MI-CLI-USAGE', message: 'No command is given.' }],
    });
    for (const wanted of ['--help', '--version']) expect((await miPatterns([wanted])).exitCode).toBe(0);
  });
});
