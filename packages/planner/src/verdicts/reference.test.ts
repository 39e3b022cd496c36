import { expect, test } from 'vitest';
import { inboundClasses } from './inbound-classes.ts';
import { inboundProtocols } from './inbound-protocols.ts';
import { proxyTransports } from './proxy-transports.ts';
import { verdictReference } from './reference.ts';

const { protocols, classes, transports } = verdictReference();

test('has every row of the tables, each with its place in the source of MI', () => {
  expect(protocols.map(({ name }) => name)).toEqual([...inboundProtocols.keys()]);
  expect(classes.map(({ name }) => name)).toEqual([...inboundClasses.keys()]);
  expect(transports.map(({ name }) => name)).toEqual([...proxyTransports.keys()]);
  for (const { origin } of [...protocols, ...classes, ...transports]) expect(origin).toMatch(/\.(java|j2)/);
});

test('each parameter that is shown changes the answer', () => {
  for (const { name, answers } of [...protocols, ...classes, ...transports]) {
    const said = answers.map(({ class: found, why, keeps }) => JSON.stringify([found, why, keeps]));
    expect([name, new Set(said.slice(1)).has(said[0] ?? '')]).toEqual([name, false]);
  }
});
