import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseManifest } from '../packages/helm/src/index.ts';
import { readYaml } from '../packages/values/src/index.ts';
import { each, type FuzzClass, raw, root } from './harness.ts';
import type { Random } from './mutate.ts';

const program = join(root, 'packages/cli/bin/mi-patterns.js');

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the built command with a bound on its memory and time, and throws for what no input may bring about. */
async function run(args: readonly string[], cwd: string): Promise<Answer> {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=400', program, ...args.map((word) => word.replaceAll('\0', ''))],
    {
      cwd,
      env: { ...process.env, NO_COLOR: '1', HOME: cwd, DOCKER_CONFIG: cwd },
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString()));
  const code = await new Promise<number | null>((done) => void child.once('close', done));
  const told = `${JSON.stringify(args)} ended with ${code}: ${JSON.stringify(output.slice(0, 400))}`;
  if (code === null || code < 0 || code > 3) throw new Error(told);
  if (output.includes('MI-INTERNAL') || /^\s+at .*:\d+:\d+\)?$/m.test(output)) throw new Error(`it crashed: ${told}`);
  if (code !== 0 && !/\bMI-[A-Z]|^Usage: /.test(output)) throw new Error(`no code: ${told}`);
  if (raw.test(output)) throw new Error(`raw characters: ${told}`);
  return { code, output };
}

const leftOver = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\.[^/]*\.(tmp|old)$/.test(name));

/** Runs `use` with a folder of its own, which must hold nothing half-written afterwards. */
async function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const result = await use(folder);
    const left = leftOver(folder);
    if (left.length > 0) throw new Error(`left over: ${left.join(', ')}`);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const words = [
  'scan',
  'plan',
  'generate',
  'package',
  'explain',
  'validate',
  'init',
  'test',
  'diff',
  'status',
  'docs',
  'p',
  'v.yaml',
  '.',
  '..',
  '',
  '-',
  '--',
  '--json',
  '--verbose',
  '--quiet',
  '--help',
  '--version',
  '--out',
  'o',
  '--config',
  'c.yaml',
  '--pattern',
  'coordinated',
  '--isolate',
  'one',
  'each',
  '--replicas',
  '0',
  '9999999999',
  '--coordination',
  'database',
  '--delivery',
  'archives',
  '--format',
  'volume',
  '--report',
  'r.html',
  '--diagram',
  'd.svg',
  '-',
  '--env',
  'prod',
  '--runtime',
  '4.4.0',
  '--force',
  '--dry-run',
  'task/A',
  'MI-PKG-NO-IMAGE',
  '__proto__',
  'constructor',
  '\u001b[31m',
  'a\n::error::x',
  '\u202e',
  'x'.repeat(3000),
  '--out=',
  '--x',
  '-abc',
  '%s',
] as const;

const pom = (name = 'p', version = '1.0.0'): string =>
  `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>${name}</artifactId><version>${version}</version><properties><projectType>integration-project</projectType></properties></project>`;
const escaped = (text: string): string => text.replace(/[&<>"\r\n\t]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const task = (name: string): string =>
  `<task xmlns="http://ws.apache.org/ns/synapse" name="${escaped(name)}" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="5"/></task>`;
const api = (name: string): string =>
  `<api xmlns="http://ws.apache.org/ns/synapse" name="${escaped(name)}" context="/a"><resource methods="GET"><inSequence/></resource></api>`;
const artifacts = 'p/src/main/wso2mi/artifacts';
const project = { 'p/pom.xml': pom(), [`${artifacts}/tasks/A.xml`]: task('A'), [`${artifacts}/apis/B.xml`]: api('B') };

/** Words of a command line in any order. Commands that would speak to a cluster are left out. */
export const commands: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => Array.from({ length: 1 + next.below(6) }, () => next.pick(words)));
  const { crashes, slow } = await each(inputs, (args) =>
    inFolder({ ...project, 'v.yaml': 'pattern: coordinated\n', 'c.yaml': 'artifacts: [p]\n' }, (folder) =>
      run(args, folder),
    ),
  );
  return { crashes, slow, differences: [], oracle: 'no oracle' };
};

const pieces = [
  'a',
  'B',
  '/',
  '\\',
  '..',
  '../',
  '.',
  ' ',
  '\n',
  '\r',
  '\t',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u009b31m',
  '::error::',
  ': ',
  ' #',
  '- ',
  '{{',
  '}}',
  '$(id)',
  '`id`',
  '"',
  "'",
  '&',
  '<',
  '>',
  '|',
  '*',
  '?',
  '%',
  '=',
  ',',
  '@',
  '!',
  'Größe',
  '日本',
  '😀',
  'constructor',
  '__proto__',
  'null',
  '\nRUN id\n',
  '\nFROM x',
  '-->',
  ']]>',
  'x'.repeat(120),
  '~',
  '[',
  ']',
  'META-INF',
  'con',
  '-rf',
  '--help',
] as const;
const wild = (next: Random): string =>
  Array.from({ length: 1 + next.below(5) }, () => next.pick(pieces))
    .join('')
    .trim() || 'n';

/** Every line of a Dockerfile that docker would run, by its first word. */
function checkPackage(folder: string): void {
  const dockerfile = readFileSync(join(folder, 'image/Dockerfile'), 'utf8');
  const instructions = dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const foreign = instructions.find((line) => !/^(ARG|FROM|COPY|USER|ENTRYPOINT|ENV|LABEL|WORKDIR)\b/.test(line));
  if (foreign !== undefined) throw new Error(`the Dockerfile says ${foreign}`);
  const maps = join(folder, 'configmaps.yaml');
  if (!existsSync(maps)) return;
  const { objects, faults } = parseManifest(readFileSync(maps, 'utf8'));
  const wrong = objects.some(
    ({ object }) =>
      object.kind !== 'ConfigMap' ||
      Object.keys(object['binaryData'] ?? {}).some((key) => !/^[-._a-zA-Z0-9]+$/.test(key)),
  );
  if (wrong || faults.length > 0) throw new Error('a ConfigMap with a key that Kubernetes refuses');
}

function checkYaml(file: string): void {
  const { diagnostics } = readYaml(readFileSync(file, 'utf8'), file, 'MI-VALUES', 'helm');
  if (diagnostics.length > 0) throw new Error(`the values written are no YAML: ${diagnostics[0]?.message}`);
}

const idsOf = (output: string): string =>
  (JSON.parse(output) as { artifacts: { id: string }[] }).artifacts
    .map(({ id }) => id)
    .sort()
    .join('\n');

/**
 * Names of artifacts, files, projects and versions on their way through every command; a package holds what was read.
 */
export const names: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({
    'p/pom.xml': pom(
      next.below(3) === 0 ? escaped(wild(next)) : 'p',
      next.below(4) === 0 ? escaped(wild(next)) : '1.0.0',
    ),
    [`${artifacts}/tasks/A.xml`]: task(wild(next)),
    [`${artifacts}/apis/B.xml`]: api(wild(next)),
    [`${artifacts}/apis/${wild(next)
      .replace(/[/\\\0]/g, '_')
      .slice(0, 60)}.xml`]: api('C'),
  }));
  const { crashes, slow } = await each(
    inputs,
    (files) =>
      inFolder(files, async (folder) => {
        const before = await run(['scan', 'p', '--json'], folder);
        await run(['plan', 'p', '--report', 'o/r.html', '--diagram', 'o/d.mmd'], folder);
        const packed = await run(['package', 'p', '--out', 'o/p', '--format', 'image', 'configmap'], folder);
        const generated = await run(['generate', 'p', '--out', 'o/g'], folder);
        if (generated.code === 0) checkYaml(join(folder, 'o/g/values.yaml'));
        if (packed.code !== 0) return;
        checkPackage(join(folder, 'o/p'));
        const after = await run(['scan', 'o/p/image/carbonapps', '--json'], folder);
        if (idsOf(before.output) !== idsOf(after.output))
          throw new Error(`packed ${idsOf(before.output)} and read ${idsOf(after.output)}`);
      }),
    6,
  );
  return { crashes, slow, differences: [], oracle: 'its invariants' };
};

/** What a registry, or what stands before it, may answer to anything. */
function misbehave(next: Random): (response: ServerResponse) => void {
  const status = next.pick([200, 201, 202, 301, 307, 401, 403, 404, 429, 500, 503]);
  const headers = next.pick<Record<string, string>>([
    {},
    { location: next.pick(['', '/', 'http://[', 'file:///etc/passwd', '//127.0.0.1:9/', 'x'.repeat(5000)]) },
    {
      'www-authenticate': next.pick([
        '',
        'Basic',
        'Bearer',
        'Bearer realm="x"',
        'Bearer realm="http://127.0.0.1:9/t",service="s"',
        'Digest x',
        'Bearer realm="' + 'x'.repeat(4000) + '"',
      ]),
    },
    { 'docker-content-digest': next.pick(['sha256:0', 'x', '']), 'content-length': '5' },
    { 'content-type': 'text/html' },
  ]);
  const body = next.pick([
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"errors":[{"code":"X","message":"\\u001b[31m::error::"}]}',
    '{"token":1}',
    '<html>',
    'x'.repeat(200_000),
    '\u001b[2J\n::error::x',
  ]);
  const kind = next.below(8);
  return (response) => {
    if (kind === 0) response.socket?.destroy();
    else {
      response.writeHead(status, headers);
      if (kind === 1) response.write(body.slice(0, 10), () => response.socket?.destroy());
      else response.end(body);
    }
  };
}

/** Pushes to registries that answer nonsense: a code and a place, at once, and the package is whole. */
export const registries: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => Array.from({ length: 4 }, () => misbehave(next)));
  const { crashes, slow } = await each(inputs, async (answers) => {
    let request = 0;
    const server = createServer((_, response) => {
      response.on('error', () => {});
      answers[request++ % answers.length]?.(response);
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    try {
      await inFolder(project, async (folder) => {
        cpSync(join(folder, 'p'), join(folder, 'q'), { recursive: true });
        await run(
          [
            'package',
            'p',
            '--out',
            'o',
            '--format',
            'volume',
            '--push',
            `127.0.0.1:${(server.address() as AddressInfo).port}/a/b`,
          ],
          folder,
        );
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
  return { crashes, slow, differences: [], oracle: 'no oracle' };
};
