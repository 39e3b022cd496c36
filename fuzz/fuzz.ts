import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { redact } from '../packages/inventory/src/redact.ts';
import { readDeploymentToml } from '../packages/inventory/src/containers/deployment-toml.ts';
import { openZip } from '../packages/inventory/src/containers/zip.ts';
import { decodeXml, defaultLimits, readRegularFile, readXmlTree } from '../packages/inventory/src/index.ts';
import { archiveOf, mutate, random, type Random } from './mutate.ts';

/**
 * `npm run fuzz [CLASS] [-- --seed N --count N]`: feeds mutated inputs to the readers. Each must answer, without an exception and within
 * ten seconds. Archives and XML are also given to what MI reads them with (Java's ZipFile, and woodstox where its JARs are in
 * WOODSTOX_CLASSPATH), and every difference is counted and shown.
 */
const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1000' } },
  allowPositionals: true,
});
const count = Number(values.count);
const slowest = 10_000;

interface Outcome {
  readonly crashes: string[];
  readonly differences: string[];
  readonly slow: number;
  readonly oracle: string;
}

const classes: Readonly<Record<string, (next: Random) => Promise<Outcome>>> = { zip, xml, toml, text };
const wanted = positionals.length === 0 ? Object.keys(classes) : positionals;
let failed = false;
for (const name of wanted) {
  const run = classes[name];
  if (run === undefined) throw new Error(`There is no class ${name}; there are ${Object.keys(classes).join(', ')}.`);
  const { crashes, differences, slow, oracle } = await run(random(`${name}/${values.seed}`));
  failed ||= crashes.length > 0 || slow > 0;
  process.stdout.write(
    `${name}: ${count} inputs, seed ${values.seed}, ${crashes.length} crashes, ${slow} slow, ${oracle}: ${differences.length} differences\n`,
  );
  for (const line of [...crashes.slice(0, 5), ...differences.slice(0, 10)]) process.stdout.write(`  ${line}\n`);
}
process.exitCode = failed ? 1 : 0;

/** Answers for each input, with what failed and what took too long. */
async function each<T>(inputs: readonly Buffer[], read: (input: Buffer) => T | Promise<T>) {
  const answers: (T | undefined)[] = [];
  const crashes: string[] = [];
  let slow = 0;
  for (const [index, input] of inputs.entries()) {
    const start = performance.now();
    try {
      answers.push(await read(input));
    } catch (error) {
      answers.push(undefined);
      crashes.push(`input ${index}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (performance.now() - start > slowest) slow += 1;
  }
  return { answers, crashes, slow };
}

/** What a Java program says of each input, a line each; undefined where Java is not there. */
function askJava(program: string, inputs: readonly Buffer[], classpath: readonly string[]): string[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  mkdirSync(join(folder, 'in'));
  const paths = inputs.map((input, index) => {
    const path = join(folder, 'in', String(index));
    writeFileSync(path, input);
    return path;
  });
  const run = spawnSync('java', [...classpath, join(root, 'fuzz/oracles', program)], {
    input: `${paths.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  rmSync(folder, { recursive: true });
  return run.status === 0 ? run.stdout.trimEnd().split('\n') : undefined;
}

async function zip(next: Random): Promise<Outcome> {
  const inputs = Array.from({ length: count }, () => mutate(archiveOf(next), next));
  const read = async (input: Buffer): Promise<string> => {
    const archive = await openZip(input, defaultLimits);
    const [fault] = archive.faults.filter(({ entry }) => entry === undefined);
    if (fault !== undefined) return 'refused';
    const entries: string[] = [];
    for (const { name } of archive.entries) {
      const content = await archive.read(name, defaultLimits.nestedBytes).then(
        (bytes) => (crc32(bytes) >>> 0).toString(16),
        () => '!',
      );
      entries.push(`${Buffer.from(name).toString('hex')}=${content}`);
    }
    return ['read', ...entries].join(' ');
  };
  const { answers, crashes, slow } = await each(inputs, read);
  const java = askJava('ZipOracle.java', inputs, []);
  const differences = (java ?? []).flatMap((line, index) => {
    const theirs = line.startsWith('refused') ? 'refused' : lastOfEach(line);
    return theirs === answers[index]
      ? []
      : [`input ${index}: ${line.slice(0, 150)} | ${answers[index]?.slice(0, 150)}`];
  });
  return { crashes, slow, differences, oracle: java === undefined ? 'without Java' : "against Java's ZipFile" };
}

/** Of entries with one name MI unpacks one over the other, so the last one counts. */
function lastOfEach(line: string): string {
  const [read = '', ...entries] = line.split(' ');
  const byName = new Map(entries.map((entry) => [entry.split('=')[0], entry]));
  return [read, ...byName.values()].join(' ');
}

async function xml(next: Random): Promise<Outcome> {
  const seeds = filesBelow(join(root, 'examples'), '.xml').map((path) => readRegularFile(path));
  const inputs = Array.from({ length: count }, () => mutate(Buffer.from(next.pick(seeds)), next));
  const { answers, crashes, slow } = await each(inputs, (input) => {
    const decoded = decodeXml(input, 'x.xml');
    return 'text' in decoded && readXmlTree(decoded.text, 'x.xml').root !== undefined;
  });
  const path = process.env['WOODSTOX_CLASSPATH'];
  const java = path === undefined ? undefined : askJava('XmlOracle.java', inputs, ['-cp', path]);
  const differences = (java ?? []).flatMap((line, index) =>
    line.startsWith('read') === answers[index] ? [] : [`input ${index}: ${line.slice(0, 200)} | ${answers[index]}`],
  );
  return { crashes, slow, differences, oracle: java === undefined ? 'without woodstox' : 'against woodstox' };
}

async function toml(next: Random): Promise<Outcome> {
  const seed = Buffer.from(
    '[server]\nhostname = "a"\noffset = 1\n[transport.jms]\nlistener_enable = true\n[[transport.jms.listener]]\nname = "a"\nparameter.x = "topic"\n[cluster_config]\nnode_id = "n"\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\n[mediation]\ninbound.port_offset_enable = true\n[custom_transport]\nlistener = [{ protocol = "x", class = "y" }]\n',
  );
  const inputs = Array.from({ length: count }, () => mutate(Buffer.from(seed), next));
  const { crashes, slow } = await each(inputs, (input) =>
    JSON.stringify(readDeploymentToml(input.toString('utf8'), 'd.toml')),
  );
  return { crashes, slow, differences: [], oracle: 'no oracle' };
}

async function text(next: Random): Promise<Outcome> {
  const parts = [
    'password',
    '=',
    '"',
    ' ',
    '://',
    '@',
    'a-',
    'token',
    '<',
    '>',
    'name="',
    '\u001b[',
    '\n',
    'eyJ',
    'basic ',
    '\\"',
  ];
  const inputs = Array.from({ length: count }, () =>
    Buffer.from(Array.from({ length: next.below(2000) }, () => next.pick(parts)).join('')),
  );
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
  const { crashes, slow } = await each(inputs, (input) => {
    if (unsafe.test(redact(input.toString()))) throw new Error('a control character came out');
  });
  return { crashes, slow, differences: [], oracle: 'no oracle' };
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith(ending) && statSync(file).isFile())
    .sort();
}
