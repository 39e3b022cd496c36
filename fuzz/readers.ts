import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readDeploymentToml } from '../packages/inventory/src/containers/deployment-toml.ts';
import { openZip } from '../packages/inventory/src/containers/zip.ts';
import { decodeXml, defaultLimits, readRegularFile, readXmlTree, redact } from '../packages/inventory/src/index.ts';
import { askJava, each, filesBelow, type FuzzClass, root } from './harness.ts';
import { archiveOf, mutate } from './mutate.ts';

export const zip: FuzzClass = async (next, count) => {
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
};

/** Of entries with one name MI unpacks one over the other, so the last one counts. */
function lastOfEach(line: string): string {
  const [read = '', ...entries] = line.split(' ');
  const byName = new Map(entries.map((entry) => [entry.split('=')[0], entry]));
  return [read, ...byName.values()].join(' ');
}

export const xml: FuzzClass = async (next, count) => {
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
};

export const toml: FuzzClass = async (next, count) => {
  const seed = Buffer.from(
    '[server]\nhostname = "a"\noffset = 1\n[transport.jms]\nlistener_enable = true\n[[transport.jms.listener]]\nname = "a"\nparameter.x = "topic"\n[cluster_config]\nnode_id = "n"\n[[datasource]]\nid = "WSO2_COORDINATION_DB"\n[mediation]\ninbound.port_offset_enable = true\n[custom_transport]\nlistener = [{ protocol = "x", class = "y" }]\n',
  );
  const inputs = Array.from({ length: count }, () => mutate(Buffer.from(seed), next));
  const { crashes, slow } = await each(inputs, (input) =>
    JSON.stringify(readDeploymentToml(input.toString('utf8'), 'd.toml')),
  );
  return { crashes, slow, differences: [], oracle: 'no oracle' };
};

export const text: FuzzClass = async (next, count) => {
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
};
