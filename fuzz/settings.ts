import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { malformedEscape, readPropertyNames } from '../packages/inventory/src/containers/java-properties.ts';
import { type Diagnostic, readInventory } from '../packages/inventory/src/index.ts';
import { runHere } from '../test/support/projects.ts';
import { askJava, type Difference, each, type FuzzClass, raw } from './harness.ts';
import { mutate, type Random } from './mutate.ts';
import { api, artifacts } from './project.ts';

const propertyPieces = [
  'a', 'db.password', 'Größe', '=', ':', ' ', '\t', '\f', '\\', '\\\\', '\\:', '\\=', '\\ ', '\\\n', '\\\r\n  ', '\n', '\r', '\r\n', '#', '!',
  '\\u0041', '\\u00e4', '\\uD83D', '\\u12', '\\t', '\\n', 'string', 'cert', 'C:\\users', '\u2028', '\u0085', '\u00a0', '\ufeff', '=\\', '\n\n',
  '  b = c', '\nx=y', '\n#c\\\nd=1',
] as const; // prettier-ignore

const propertyText = (next: Random): string =>
  Array.from({ length: next.below(14) }, () => next.pick(propertyPieces)).join('');

const inHex = (names: Iterable<string>): string =>
  [...new Set(names)]
    .toSorted()
    .map(
      (name) =>
        ` ${name
          .split('')
          .map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
          .join('')}`,
    )
    .join('');

/** Files of properties: which names they set. */
export const properties: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => propertyText(next));
  const { answers, faults } = await each(inputs, (text) => {
    const names = readPropertyNames(text);
    const lines = text.split(/\r\n?|\n/);
    const wrong = names.find(({ line, column }) => column < 1 || (lines[line - 1] ?? '').length < column);
    if (wrong !== undefined) throw new Error(`${wrong.name} is at ${wrong.line}:${wrong.column}`);
    if (malformedEscape(text) !== undefined) return 'refused';
    return `read${inHex(names.map(({ name }) => name).filter((name) => name !== ''))}`;
  });
  const java = askJava(
    'PropertiesOracle.java',
    inputs.map((text) => Buffer.from(text)),
    [],
  );
  const differences = (java ?? []).flatMap((answer, index): Difference[] => {
    const text = Buffer.from(inputs[index] ?? '').toString();
    const theirs = answer.replace(/^read (?= |$)/, 'read').replace(/^refused.*/s, 'refused');
    if (answers[index] === undefined || answers[index] === theirs) return [];
    return [
      {
        shown: `input ${index}: ${answers[index]} for ${theirs}: ${JSON.stringify(text)}`,
      },
    ];
  });
  return { faults, differences, oracle: java === undefined ? 'no Java' : 'java.util.Properties' };
};

const secret = 'geheim7geheim';

/** A Dockerfile that starts from an image of MI of this version, in one of the ways in which people write it. */
function dockerfileOf(version: string, next: Random): string {
  const image = next.pick([
    'wso2/wso2mi',
    'registry.example.com:5000/acme/wso2mi',
    'docker.wso2.com/wso2mi-rhel',
    'wso2/wso2-mi',
  ]);
  const tail = next.pick(['', '', '-alpine', `@sha256:${'a'.repeat(64)}`, '.12', '-rocky']);
  const reference = `${image}:${version}${tail}`;
  const quote = next.pick(['', '"', "'"]);
  const from = next.pick([
    `FROM ${reference}`,
    `from   ${reference} AS base`,
    `FROM --platform=linux/amd64 ${reference}`,
    `FROM --platform=$BUILDPLATFORM ${reference} as b`,
    `FROM \\\n  ${reference}`,
    `FROM \\\n# a comment between\n  ${reference} \\\n  AS base`,
    `ARG BASE=${quote}${reference}${quote}\nFROM \${BASE}`,
    `ARG BASE\nFROM \${BASE:-${reference}}`,
    `ARG MI_VERSION=${quote}${version}${quote}\nFROM ${image}:$MI_VERSION`,
    `ARG REGISTRY=x MI_VERSION=${version}\nFROM ${image}:\${MI_VERSION}${tail}`,
    `ARG OTHER=1\nARG MI_VERSION=${version}\nARG TAG=\${MI_VERSION}${tail}\nFROM ${image}:\${TAG}`,
    `FROM maven:3.9.1 AS build\nRUN mvn package\nFROM ${reference}\nCOPY --from=build /a /b`,
    `FROM ${reference} AS base\nFROM base`,
  ]);
  const before = next.pick(['', '# FROM wso2/wso2mi:9.9.9\n', '# syntax=docker/dockerfile:1\n', '\ufeff', '\n\n  \n']);
  const after = next.pick([
    '',
    `\nENV DB_PASSWORD=${secret}\n`,
    '\nRUN <<EOF\nFROM wso2/wso2mi:9.9.9\nEOF\n',
    '\nRUN echo a && \\\nFROM wso2/wso2mi:9.9.9\n',
    "\nRUN echo 'a \\\n# b\nFROM wso2/wso2mi:9.9.9'\n",
    '\nCOPY <<-"X" /f\n\tFROM wso2/wso2mi:9.9.9\n\tX\nRUN x\n',
  ]);
  const text = before + from + after;
  return next.below(4) === 0 ? text.replaceAll('\n', '\r\n') : text;
}

const spaced = (text: string, next: Random): string =>
  next.pick([text, ` ${text} `, `\n  ${text}\n`, `<!-- 9.9.9 -->${text}`, `<![CDATA[${text}]]>`]);

/** A pom with these names, in one of the ways in which people write it. */
function pomOf({ name, version, runtime }: Known, next: Random): ReadonlyMap<string, string> {
  const own = next.pick(['own', 'property', 'parent'] as const);
  const set = [
    '<projectType>integration-project</projectType>',
    `<db.password>${secret}</db.password>`,
    ...(own === 'property' ? [`<my.version>${spaced(version, next)}</my.version>`] : []),
    ...(runtime === undefined ? [] : [`<project.runtime.version>${spaced(runtime, next)}</project.runtime.version>`]),
  ];
  const written = { own: version, property: '${my.version}', parent: '${project.parent.version}' }[own];
  const parent =
    own === 'parent'
      ? `<parent><groupId>g</groupId><artifactId>above</artifactId><version>${version}</version></parent>`
      : '';
  const inherits = own === 'parent' && next.below(2) === 0;
  const body = [
    parent,
    '<groupId>g</groupId>',
    `<artifactId>${spaced(name, next)}</artifactId>`,
    inherits ? '' : `<version>${spaced(written, next)}</version>`,
    `<properties>${set.join('')}</properties>`,
    next.pick([
      '',
      '<dependencies><dependency><groupId>x</groupId><artifactId>d</artifactId><version>${no.such}</version></dependency></dependencies>',
    ]),
    next.pick([
      '',
      '<build><plugins><plugin><artifactId>other</artifactId><version>9.9.9</version></plugin></plugins></build>',
    ]),
  ].join('\n');
  const head = next.pick(['', '<?xml version="1.0" encoding="UTF-8"?>\n', '\ufeff']);
  const schema = next.pick(['', ' xmlns="http://maven.apache.org/POM/4.0.0"']);
  return new Map([
    ['p/pom.xml', `${head}<project${schema}>${body}</project>`],
    ...(own === 'parent'
      ? ([
          [
            'pom.xml',
            `<project><groupId>g</groupId><artifactId>above</artifactId><version>${version}</version><packaging>pom</packaging></project>`,
          ],
        ] as const)
      : []),
  ]);
}

/** What is to be read. */
interface Known {
  readonly name: string;
  readonly version: string;
  /** Of the pom; undefined: the Dockerfile says it. */
  readonly runtime: string | undefined;
  readonly image: string;
}

interface Input {
  readonly known: Known;
  readonly files: ReadonlyMap<string, string>;
  /** The file that was changed, so that what is to be read is not known. */
  readonly changed: string | undefined;
}

function inputOf(next: Random): Input {
  const known: Known = {
    name: next.pick(['orders', 'Größe', 'a.b-c_d', '1']),
    version: next.pick(['1.0.0', '2.3.4-SNAPSHOT', '1.0', 'v7']),
    runtime: next.below(2) === 0 ? undefined : next.pick(['4.3.0', '4.4.0']),
    image: next.pick(['4.1.0', '4.2.0']),
  };
  const files = new Map([
    ...pomOf(known, next),
    [`${artifacts}/apis/A.xml`, api('A')],
    ['p/deployment/docker/Dockerfile', dockerfileOf(known.image, next)],
    ['p/src/main/wso2mi/resources/conf/config.properties', `db.password:${secret}\nurl:string\n${propertyText(next)}`],
    ['p/.env', `DB_PASSWORD=${secret}\n`],
  ]);
  if (next.below(2) === 0) return { known, files, changed: undefined };
  const [changed, text] = next.pick([...files]);
  files.set(changed, mutate(Buffer.from(text), next).toString('utf8'));
  return { known, files, changed };
}

/** Poms, Dockerfiles and settings of projects: names and versions as they are written, and no secret is shown. */
export const settings: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => inputOf(next));
  const { faults } = await each(inputs, async ({ known, files, changed }) => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
    try {
      for (const [path, text] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      if (changed === undefined) await checkRead(known, folder);
      for (const words of [
        ['plan', 'p', '--json'],
        ['plan', 'p', '--verbose'],
        ['generate', 'p', '--dry-run'],
      ]) {
        const { exitCode, stdout, stderr } = await runHere(words, folder);
        const said = `${stdout}${stderr}`;
        const told = `${words.join(' ')} ended with ${exitCode}: ${said.slice(0, 400)}`;
        if (exitCode > 2 || said.includes('MI-INTERNAL')) throw new Error(told);
        if (raw.test(said)) throw new Error(`raw characters: ${told}`);
        // Without its separator, what was a value is a name.
        if (said.includes(secret) && changed?.endsWith('.properties') !== true)
          throw new Error(
            `a secret is shown: ${told} … ${said.slice(Math.max(0, said.indexOf(secret) - 300), said.indexOf(secret) + 60)}`,
          );
        if (words.includes('--json')) checkPlaces(JSON.parse(stdout) as never, files);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  return { faults, differences: [], oracle: 'what was written' };
};

async function checkRead(known: Known, cwd: string): Promise<void> {
  const { applications } = await readInventory(['p'], { cwd });
  const [found] = applications;
  const read = [found?.name, found?.version, found?.runtimeVersion].join(' ');
  const wanted = [known.name, known.version, known.runtime ?? known.image].join(' ');
  if (read !== wanted) throw new Error(`read ${read} for ${wanted}`);
}

/** Throws for a finding whose place is not there. */
function checkPlaces({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }, files: Input['files']): void {
  for (const { code, source } of diagnostics) {
    const text = source === undefined ? undefined : files.get(source.path);
    if (source === undefined || text === undefined) continue;
    const lines = text.split(/\r\n?|\n/);
    if (source.line > lines.length || source.column < 1)
      throw new Error(`${code} is at ${source.path}:${source.line}:${source.column} of ${lines.length} lines`);
  }
}
