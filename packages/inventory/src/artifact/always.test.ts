import { describe, expect, test } from 'vitest';
import { parseArtifactFile } from './parse.ts';

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

/** The references of an artifact that each message takes. */
function always(text: string): string[] {
  const { artifacts } = parseArtifactFile(text, 'f.xml');
  return artifacts.flatMap(({ references }) =>
    references.flatMap(({ always: taken, target }) => {
      if (taken !== true) return [];
      return target.type === 'name' ? target.name : target.type === 'address' ? target.uri : [];
    }),
  );
}

const flow = (content: string): string => `<sequence ${SYN} name="S">${content}</sequence>`;
const next = '<sequence key="N"/>';

describe('what each message gets to', () => {
  test.each([
    ['at the start', next],
    ['behind mediators that go on', `<log/><call><endpoint key="E"/></call><payloadFactory/>${next}`, 'E', 'N'],
    ['behind an operation of a connector', `<file.read configKey="C"/>${next}`],
    ['behind a condition that ends nothing', `<filter><then><log/></then><else><property/></else></filter>${next}`],
    ['in a clone', `<clone><target sequence="A"/><target><sequence>${next}</sequence></target></clone>`, 'A', 'N'],
    [
      'the target of a call',
      '<call><endpoint><address uri="local:///services/P"/></endpoint></call>',
      'local:///services/P',
    ],
    [
      'a template, a store, and the flow of a response',
      '<store messageStore="M"/><send receive="R"/><call-template target="T"/>',
      'M',
      'R',
      'T',
    ],
  ])('%s', (_, content, ...names) => {
    expect(always(flow(content))).toEqual(names.length === 0 ? ['N'] : names);
  });

  test.each([
    ['in a condition', `<filter><then>${next}</then></filter>`],
    ['in one that is an attribute', '<filter><then sequence="N"/></filter>'],
    ['behind a condition that ends the flow', `<filter><then><respond/></then></filter>${next}`],
    ['behind a condition that hands over', `<switch><case sequence="X"/></switch>${next}`],
    ['behind the end', `<respond/>${next}`],
    ['behind a class, which may end it', `<class name="x.Y"/>${next}`],
    ['for each part', `<foreach><sequence>${next}</sequence></foreach><iterate><target sequence="N"/></iterate>`],
    ['once all parts are there', `<aggregate><onComplete>${next}</onComplete></aggregate>`],
    ['one of several endpoints', '<call><endpoint><failover><endpoint key="N"/></failover></endpoint></call>'],
  ])('not %s', (_, content) => {
    expect(always(flow(content))).toEqual([]);
  });

  test('not behind a flow elsewhere, which may end', () => {
    expect(always(flow(`<sequence key="A"/>${next}`))).toEqual(['A']);
  });

  test('of an API with one resource, and of no fault', () => {
    const resource = '<resource inSequence="I" outSequence="O" faultSequence="F"/>';
    expect(always(`<api ${SYN} name="A" context="/a">${resource}</api>`)).toEqual(['I']);
    expect(always(`<api ${SYN} name="A" context="/a">${resource}${resource}</api>`)).toEqual([]);
  });

  test('of a proxy service', () => {
    const target = `<target><inSequence>${next}</inSequence><faultSequence><sequence key="F"/></faultSequence></target>`;
    expect(always(`<proxy ${SYN} name="P">${target}</proxy>`)).toEqual(['N']);
  });
});

test('says of files and messages that are put elsewhere whether each message is', () => {
  const address = '<call><endpoint><address uri="vfs:file:///out"/></endpoint></call>';
  const [found] = parseArtifactFile(flow(`${address}<filter><then>${address}</then></filter>`), 'f.xml').artifacts;
  expect(found?.effects.map(({ always: taken }) => taken)).toEqual([true, undefined]);
});
