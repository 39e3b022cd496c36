import { expect, test } from 'vitest';
import { type Part, planOf, polls } from '../../test/builder.ts';

const needed = (parts: Readonly<Record<string, Part>>): readonly string[] =>
  planOf(parts).workloads.flatMap(({ directories }) =>
    directories.map(({ artifact, path, way }) => `${artifact} ${way} ${path}`),
  );
const uri = 'transport.vfs.FileURI';
const proxy = (parameters: Part['parameters'] = {}, refs: Part['refs'] = {}): Part => ({
  facts: { transports: ['vfs'] },
  parameters: { ...polls, [uri]: 'file:///mnt/bank/in', ...parameters },
  refs,
});
const into = (subject: string, more: object = {}): Part => ({ effects: [{ type: 'directory', subject, ...more }] });
const connection = (subject: string | undefined, ...operations: readonly string[]): Readonly<Record<string, Part>> => ({
  'local-entry/C': {
    ...(subject === undefined ? {} : into(subject)),
    refs: { uses: ['connector/file'] },
    as: { via: 'file.init' },
  },
  ...Object.fromEntries(
    operations.map((via, index) => [`sequence/S${index}`, { refs: { uses: ['connector/file'] }, as: { via } }]),
  ),
  'connector/file': {},
});

test.each([
  ['file:///mnt/bank/in', '/mnt/bank/in'],
  ['vfs:file:///mnt//bank/in/?transport.vfs.Append=true', '/mnt/bank/in'],
  ['/mnt/bank/in', '/mnt/bank/in'],
])('a consumer of %s takes files from a directory of the pod', (written, path) => {
  expect(needed({ 'proxy-service/P': proxy({ [uri]: written }) })).toEqual([`proxy-service/P takes ${path}`]);
  const inbound = { facts: { protocol: 'file' }, parameters: { [uri]: written } };
  expect(needed({ 'inbound-endpoint/I': inbound })).toEqual([`inbound-endpoint/I takes ${path}`]);
});

test.each([
  'sftp://user@host/in',
  '$SYSTEM:BANK_IN',
  'file:///${BANK}/in',
  'file://{$ctx:folder}',
  'file:///',
  'zip:file:///mnt/in.zip',
])('nothing is known of %s', (written) => {
  expect(needed({ 'proxy-service/P': proxy({ [uri]: written }) })).toEqual([]);
});

test('a consumer that moves its files puts them somewhere, and a service that does not poll does neither', () => {
  const moves = { 'transport.vfs.ActionAfterProcess': 'MOVE', 'transport.vfs.MoveAfterProcess': 'file:///archive' };
  expect(needed({ 'proxy-service/P': proxy(moves) })).toEqual([
    'proxy-service/P takes /mnt/bank/in',
    'proxy-service/P puts /archive',
  ]);
  expect(needed({ 'proxy-service/P': { ...proxy(moves), facts: { transports: ['http'] } } })).toEqual([]);
});

test.each([
  ['vfs:file:///reports', ['endpoint/E puts /reports', 'proxy-service/P takes /mnt/bank/in']],
  // What the same pod fills and empties needs no volume.
  ['vfs:file:///mnt/bank/in', []],
  ['vfs:file:///mnt/bank/in/next.xml', []],
  ['vfs:file:///tmp/next.xml', ['proxy-service/P takes /mnt/bank/in']],
])('a sender into %s', (subject, expected) => {
  const parts = { 'proxy-service/P': proxy({}, { uses: ['endpoint/E'] }), 'endpoint/E': into(subject) };
  expect(needed(parts)).toEqual(expected);
});

test('a sender whose directory only the server knows may fill any', () => {
  const sender = into('vfs:file:///{uri}', { dynamic: true });
  expect(needed({ 'proxy-service/P': proxy({}, { uses: ['endpoint/E'] }), 'endpoint/E': sender })).toEqual([]);
});

test.each([
  ['/mnt/out', ['file.write'], ['local-entry/C puts /mnt/out']],
  ['/tmp/out', ['file.write'], []],
  ['/mnt/out', ['file.read', 'file.listFiles'], ['local-entry/C takes /mnt/out']],
  ['/mnt/out', ['file.read', 'file.write'], []],
  ['/mnt/out', ['file.move'], []],
  ['/mnt/out', [], []],
] as const)('a connection of the file connector to %s with %j', (subject, operations, expected) => {
  expect(needed(reached(connection(subject, ...operations)))).toEqual(expected);
});

test.each([
  ['/mnt/bank', []],
  [undefined, []],
  ['/mnt/other', ['proxy-service/P takes /mnt/bank/in']],
])('a connection to %s may fill the directory of a consumer', (subject, expected) => {
  const parts = reached(connection(subject, 'file.read', 'file.write'), proxy());
  expect(needed(parts)).toEqual(expected);
});

function reached(parts: Readonly<Record<string, Part>>, start: Part = { facts: { transports: ['http'] } }) {
  return { ...parts, 'proxy-service/P': { ...start, refs: { uses: Object.keys(parts) } } };
}
