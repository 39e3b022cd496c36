import { expect, test } from 'vitest';
import { type Part, planOf } from '../../test/builder.ts';
import type { Workload } from '../model/plan.ts';
import { claimsOf } from './persistence.ts';

const kept = (facts: object, parameters: Part['parameters'] = {}): Workload['persistence'] =>
  planOf({ 'inbound-endpoint/I': { facts: facts as NonNullable<Part['facts']>, parameters } }).workloads.flatMap(
    ({ persistence }) => persistence,
  );
const needs = (name: string, parameters: Part['parameters']): unknown[] =>
  kept({ class: name }, parameters).map(({ what, folder }) => (folder === undefined ? what : `${what} ${folder}`));

const cdc = 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer';
const outside = { 'offset.storage': 'a.JdbcOffsets', 'schema.history.internal': 'a.JdbcHistory' };
test.each([
  [{}, ['offsets cdc']],
  [{ 'offset.storage': 'org.apache.kafka.connect.storage.FileOffsetBackingStore' }, ['offsets cdc']],
  [{ 'offset.storage.file.filename': 'cdc/mine.dat' }, ['offsets cdc']],
  [{ 'offset.storage.file.filename': '/data/cdc/offsets.dat' }, ['offsets /data/cdc', 'offsets cdc']],
  [{ 'offset.storage.file.filename': '/d/o.dat', 'schema.history.internal.file.filename': '/d/h.dat' }, ['offsets /d']],
  [{ 'offset.storage.file.filename': '$SYSTEM:FILE' }, ['offsets', 'offsets cdc']],
  [outside, []],
  [{ 'offset.storage': 'a.JdbcOffsets' }, ['offsets cdc']],
  [{ 'offset.storage': 'a.b.MemoryOffsetBackingStore', 'schema.history.internal': 'c.MemorySchemaHistory' }, []],
  // Directly in MI's home or in the root: no volume can be mounted there, so the folder is for the user to name.
  [{ 'offset.storage.file.filename': 'offsets.dat' }, ['offsets', 'offsets cdc']],
  [{ 'offset.storage.file.filename': './offsets.dat' }, ['offsets', 'offsets cdc']],
  [{ 'offset.storage.file.filename': '/offsets.dat' }, ['offsets', 'offsets cdc']],
])('change data capture with %j keeps %j', (parameters, expected) => {
  expect(needs(cdc, parameters)).toEqual(expected);
});

test.each([
  ['cdc/mine.dat', ['offsets']],
  ['/data/cdc/offsets.dat', ['offsets /data/cdc', 'offsets-2']],
  // A claim in the middle of MI's home would hide what the image has there.
  ['offsets.dat', []],
] as const)('offsets in %s get the claims %j', (file, expected) => {
  const persistence = kept({ class: cdc }, { 'offset.storage.file.filename': file });
  const claims = claimsOf({ type: 'stateful', persistence });
  expect(claims.map(({ name, mountPath }) => (mountPath === undefined ? name : `${name} ${mountPath}`))).toEqual(
    expected,
  );
  expect(claimsOf({ type: 'stateless', persistence })).toEqual([]);
});

const events = 'org.wso2.carbon.inbound.poll.dbeventlistener.DBEventPollingConsumer';
const stream = 'org.wso2.carbon.inbound.salesforce.poll.SalesforceStreamData';
const pubSub = 'org.wso2.carbon.inbound.sf.pubsub.SFPubSubInboundFactory';
test.each([
  [events, { filteringCriteria: 'byLastUpdatedTimestampColumn' }, ['registry']],
  [events, { filteringCriteria: 'deleteAfterPoll' }, []],
  [events, { filteringCriteria: 'byBooleanColumn' }, []],
  [events, { filteringCriteria: '$SYSTEM:CRITERIA' }, ['registry']],
  [stream, { 'connection.salesforce.replay': 'true' }, ['registry']],
  [stream, { 'connection.salesforce.replay': 'yes' }, []],
  [stream, { 'connection.salesforce.replay': 'false' }, []],
  [stream, {}, []],
  [stream, { 'connection.salesforce.replay': 'true', 'connection.salesforce.EventIDStoredFilePath': '/ids' }, []],
  [pubSub, { retrieveWithLastReplayId: 'true' }, ['registry']],
  [pubSub, { retrieveWithLastReplayId: 'true', rpcMethod: 'Manage Subscribes' }, []],
  [pubSub, {}, []],
] as const)('%s with %j keeps %j', (name, parameters, expected) => {
  expect(needs(name, parameters)).toEqual(expected);
});

test('a position in the table is not called one in the pod', () => {
  const made = planOf({
    'inbound-endpoint/I': { facts: { class: events }, parameters: { filteringCriteria: 'deleteAfterPoll' } },
  });
  expect(made.verdicts.get('inbound-endpoint/I')).toMatchObject({
    class: 'isolate',
    because: expect.stringContaining('without a lock'),
  });
});

test.each([
  [{ protocol: 'file', suspend: true }, ['registry']],
  [{ protocol: 'rabbitmq', suspend: true }, []],
  [{ protocol: 'http', suspend: true }, []],
  [{ protocol: 'file', suspend: false }, []],
])('the activation of %j is kept in %j', (facts, expected) => {
  expect(kept(facts).map(({ what }) => what)).toEqual(expected);
});

test('the activation of a processor is kept, that it switched itself off is not', () => {
  const of = (parameters: NonNullable<Part['parameters']>): string[] =>
    planOf({ 'message-processor/P': { parameters } }).workloads.flatMap(({ persistence }) =>
      persistence.map(({ what }) => what),
    );
  expect(of({ 'is.active': 'false' })).toEqual(['registry']);
  expect(of({ 'max.delivery.attempts': '4' })).toEqual([]);
});
