import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeTables, nestDottedKeys } from './nest-dotted-keys.ts';

test('keys with dots nest, as in the documentation of MI', () => {
  expect(
    nestDottedKeys({
      mediation: { 'inbound.port_offset_enable': true, inbound: { x: 1 }, 'synapse.core_threads': 5 },
      'transport.vfs': { 'listener.enable': true },
      transport: {
        jms: { listener: [{ 'parameter.provider_url': 'tcp://x', 'parameter.transport.jms.Durable': 'd' }] },
      },
    }),
  ).toEqual({
    mediation: { inbound: { port_offset_enable: true, x: 1 }, synapse: { core_threads: 5 } },
    transport: {
      vfs: { listener: { enable: true } },
      jms: { listener: [{ parameter: { provider_url: 'tcp://x', 'transport.jms.Durable': 'd' } }] },
    },
  });
});

test('names of somebody else keep their dots', () => {
  const toml = {
    synapse_properties: { 'synapse.debugger': true },
    system: { parameter: { 'a.b': 'c' } },
    transport: { jndi: { connection_factories: { 'connectionfactory.Q': 'tcp://x' } } },
  };
  expect(nestDottedKeys(toml)).toEqual(toml);
});

test('the chart leaves the same tables alone', () => {
  const template = readFileSync(
    join(import.meta.dirname, '../../../../charts/micro-integrator/templates/_toml.tpl'),
    'utf8',
  );
  const list = /define "mi\.toml\.isFree" -\}\}\n.*?\(list ([^)]*)\)/.exec(template)?.[1];
  expect([...(list ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name)).toEqual([...freeTables]);
});
