import { describe, expect, it } from 'vitest';
import type { Inventory } from '@mi-patterns/inventory';
import { inventory, jdbcStore, options, orders, type Part } from '../../test/builder.ts';
import type { Plan, PlanOptions } from '../model/plan.ts';
import { plan } from '../plan.ts';
import { type FlowOptions, flowOf } from './flow-of.ts';
import type { Flow } from './model.ts';

function flow(parts: Record<string, Part>, changes: Partial<PlanOptions> = {}, more: FlowOptions = {}): Flow {
  const read = inventory(parts);
  return flowOf(read, plan(read, options(changes)), more);
}

/** `from > to`, with the word of a danger behind it. */
function ways({ edges }: Flow): string[] {
  return edges.map(({ from, to, danger }) => `${from} > ${to}${danger === undefined ? '' : ` (${danger.word})`}`);
}

const danger = ({ nodes }: Flow, id: string): string | undefined => nodes.find((node) => node.id === id)?.danger?.word;
const endpoint = (...addresses: string[]): Part => ({
  facts: { addresses: addresses.map((uri) => ({ uri, source: { path: 'a', line: 1, column: 1 } })) },
});
const files: Part = {
  facts: { transports: ['vfs'] },
  parameters: {
    'transport.vfs.FileURI': 'file:///in',
    'transport.PollInterval': '5',
    'transport.vfs.ContentType': 'text/plain',
  },
};
const tasks = (number: number): Record<string, Part> =>
  Object.fromEntries(
    Array.from({ length: number }, (_, index) => [`task/T${index}`, { refs: { 'injects-into': ['sequence/S'] } }]),
  );

describe('the flow of a plan', () => {
  it('leads from clients over the Service to the API, and from task over sequence and endpoint to the host', () => {
    const drawn = flow({ ...orders, 'endpoint/OrderBackend': endpoint('http://user:geheim@Backend:8080/orders') });
    expect(ways(drawn)).toEqual(
      expect.arrayContaining([
        'clients > gateway',
        'gateway > service:integration',
        'service:integration > integration/api/OrderAPI',
        'integration/api/OrderAPI > integration/sequence/processOrder',
        'recurring-order-task/task/recurringOrder_Task > recurring-order-task/sequence/processOrder',
        'recurring-order-task/sequence/processOrder > recurring-order-task/endpoint/OrderBackend',
        'recurring-order-task/endpoint/OrderBackend > host:backend:8080',
      ]),
    );
    expect(JSON.stringify(drawn)).not.toContain('geheim');
    expect(drawn.nodes.find(({ label }) => label === 'schedulOrder_Task')?.note).toBe('Task, cron 0 0 2 * * ?');
    expect(drawn.workloads.map(({ name, type, replicas }) => `${name} ${type} ${replicas}`)).toEqual([
      'integration stateless 3',
      'recurring-order-task stateful 1',
      'schedul-order-task stateful 1',
    ]);
  });

  it('leads clients of an isolated workload to its Service, where no public path leads by itself', () => {
    const drawn = flow(
      { 'api/A': {}, 'api/B': {} },
      { verdicts: new Map([['api/A', { class: 'isolate', reason: 'counts' }]]) },
    );
    expect(ways(drawn)).toContain('clients > service:a-api');
    expect(ways(drawn)).toContain('gateway > service:integration');
    expect(ways(drawn)).not.toContain('gateway > service:a-api');
  });

  it('joins who writes and who reads one queue, whatever names it', () => {
    const drawn = flow({
      'api/A': { refs: { uses: ['endpoint/E'] } },
      'endpoint/E': endpoint('jms:/dynamicQueues/Orders?transport.jms.DestinationType=queue'),
      'inbound-endpoint/I': { facts: { protocol: 'jms' }, parameters: { 'transport.jms.Destination': 'Orders' } },
    });
    expect(ways(drawn)).toEqual(
      expect.arrayContaining(['integration/endpoint/E > queue:Orders', 'queue:Orders > i-inbound/inbound-endpoint/I']),
    );
  });

  it('draws a store outside of the pods between its writers and its processor', () => {
    const drawn = flow({
      'api/A': { refs: { 'stores-into': ['message-store/M'] } },
      'message-store/M': {
        facts: { class: 'org.apache.synapse.message.store.impl.jms.JmsStore' },
        parameters: { 'store.jms.destination': 'Q' },
      },
      'message-processor/P': { refs: { 'consumes-from': ['message-store/M'], uses: ['endpoint/E'] } },
      'endpoint/E': endpoint('https://bank.example/pay'),
    });
    expect(ways(drawn)).toEqual(
      expect.arrayContaining([
        'integration/api/A > queue:Q',
        'queue:Q > p-processor/message-processor/P',
        'p-processor/message-processor/P > p-processor/endpoint/E',
        'p-processor/endpoint/E > host:bank.example',
      ]),
    );
  });

  it('leaves out plumbing between two drawn artifacts', () => {
    const drawn = flow({
      'api/A': { refs: { uses: ['template/T'] } },
      'template/T': { refs: { uses: ['sequence/S'] } },
      'sequence/S': {},
    });
    expect(ways(drawn)).toContain('integration/api/A > integration/sequence/S');
    expect(drawn.nodes.map(({ label }) => label)).not.toContain('T');
  });
});

describe('what is broken or dangerous', () => {
  it('is a call to what runs in another workload', () => {
    const drawn = flow({
      'api/A': { refs: { 'calls-loopback': ['proxy-service/P'] } },
      'proxy-service/P': files,
    });
    expect(ways(drawn)).toContain('integration/api/A > p-proxy/proxy-service/P (calls what runs in another workload)');
  });

  it('is a message store in memory: lost on restart, and never processed where the processor is not', () => {
    const chain: Record<string, Part> = {
      'api/A': { refs: { 'stores-into': ['message-store/M'] } },
      'message-store/M': {},
      'message-processor/P': { refs: { 'consumes-from': ['message-store/M'] } },
    };
    const drawn = flow(chain);
    expect(danger(drawn, 'integration/message-store/M')).toBe('never processed in these pods');
    expect(danger(drawn, 'p-processor/message-store/M')).toBe('in memory: lost on restart');
    expect(danger(flow(chain, { pattern: 'single-replica' }), 'integration/message-store/M')).toBe(
      'in memory: lost on restart',
    );
  });

  it('is a table that two processors take from', () => {
    const drawn = flow({
      'message-store/M': { facts: { class: jdbcStore } },
      'message-processor/P': { refs: { 'consumes-from': ['message-store/M'] } },
      'message-processor/Q': { refs: { 'consumes-from': ['message-store/M'] } },
    });
    expect(drawn.nodes.find(({ kind }) => kind === 'database')?.danger?.word).toBe('messages may be taken twice');
  });

  it('is a directory of several pods, a missing artifact, and a task in every replica', () => {
    expect(danger(flow({ 'proxy-service/P': files, 'proxy-service/Q': files }), 'directory:file:///in')).toContain(
      'shared volume',
    );
    expect(danger(flow({ 'proxy-service/P': files }), 'directory:file:///in')).toBeUndefined();
    expect(ways(flow({ 'api/A': { refs: { uses: ['!endpoint/E'] } } }))).toContain(
      'integration/api/A > missing:endpoint/E (missing)',
    );
    expect(danger(flow({ 'task/T': {} }, { pattern: 'multiple-replicas' }), 'integration/task/T')).toBe('runs 3 times');
    expect(danger(flow({ 'task/T': {} }, { coordination: 'database' }), 'integration/task/T')).toBeUndefined();
  });

  it('is an address of its own pod, unless an artifact there answers', () => {
    const local = endpoint('http://localhost:9000/x');
    expect(
      danger(flow({ 'api/A': { refs: { uses: ['endpoint/E'] } }, 'endpoint/E': local }), 'host:localhost:9000'),
    ).toBe('only if it runs in the same pod');
    const answered = flow({
      'api/A': { refs: { uses: ['endpoint/E'] } },
      'endpoint/E': { ...local, refs: { 'calls-loopback': ['api/B'] } },
      'api/B': {},
    });
    expect(ways(answered)).toContain('integration/endpoint/E > integration/api/B');
    expect(answered.nodes.some(({ kind }) => kind === 'host')).toBe(false);
  });
});

describe('what feeds a service', () => {
  it('is broken where its listener does not load it', () => {
    const source = { path: 'deployment.toml', line: 1, column: 1 };
    const read = inventory(
      { 'proxy-service/P': { facts: { transports: ['jms'] }, parameters: { 'transport.jms.Destination': 'orders' } } },
      { configurations: [{ listeners: [{ transport: 'jms', enabled: true, factories: ['other'], source }] }] },
    );
    const drawn = flowOf(read, plan(read, options({})));
    expect(ways(drawn)).toContain('queue:orders > integration/proxy-service/P (the listener does not load it)');
  });

  it('is all transports, or the clients of a port, in words', () => {
    const drawn = flow({
      'proxy-service/All': { facts: { transports: ['all'] } },
      'proxy-service/Tcp': { facts: { transports: ['tcp'] }, parameters: { 'transport.tcp.port': '6060' } },
    });
    expect(drawn.nodes.filter(({ kind }) => kind === 'system').map(({ label, note }) => [label, note])).toEqual([
      ['all transports', ''],
      ['TCP clients, port 6060', ''],
    ]);
  });

  it('is a folder that the standby needs too, also where many workloads are drawn as one', () => {
    const standby = (read: Inventory): Plan => {
      const planned = plan(read, options({}));
      return {
        ...planned,
        workloads: planned.workloads.map((one) => ({ ...one, recovery: 'fenced', standby: 'cold' })),
      };
    };
    const proxies = Object.fromEntries(
      Array.from({ length: 11 }, (_, index): [string, Part] => [
        `proxy-service/P${index}`,
        {
          ...files,
          parameters: { ...files.parameters, 'transport.vfs.FileURI': index === 0 ? 'file:///in' : 'smb://a' },
        },
      ]),
    );
    for (const parts of [{ 'proxy-service/P': files }, proxies]) {
      const read = inventory(parts);
      const drawn = flowOf(read, standby(read));
      expect(danger(drawn, 'directory:file:///in')).toBe('the standby needs the same folder');
      expect(drawn.workloads.map(({ recovery }) => recovery)).toEqual(['fenced']);
    }
  });
});

describe('how much is drawn', () => {
  const large = {
    ...tasks(30),
    'api/A': {},
    'sequence/S': { refs: { uses: ['endpoint/E'] } },
    'endpoint/E': endpoint('http://h'),
  };

  it('is groups for a plan that nobody could read otherwise', () => {
    const drawn = flow(large);
    expect(drawn.detail).toBe('groups');
    expect(drawn.workloads.map(({ name, count }) => `${name} ${count}`)).toEqual([
      'integration 1',
      '30 workloads, one task each 30',
    ]);
    expect(ways(drawn)).toContain('30 workloads, one task each/task > host:h');
    expect(drawn.nodes.find(({ label }) => label === '30 tasks')?.artifacts).toHaveLength(30);
  });

  it('keeps every danger, also where many are drawn as one', () => {
    expect(danger(flow(large, { pattern: 'multiple-replicas' }), 'integration/task')).toBe('runs 3 times');
    const memory = Object.fromEntries(
      Array.from({ length: 30 }, (_, index): [string, Part][] => [
        [`message-store/M${index}`, {}],
        [`message-processor/P${index}`, { refs: { 'consumes-from': [`message-store/M${index}`] } }],
        [`api/A${index}`, { refs: { 'stores-into': index < 10 ? [`message-store/M${index}`] : [] } }],
      ]).flat(),
    );
    const drawn = flow(memory);
    expect(drawn.nodes.filter(({ kind }) => kind === 'artifact').map(({ label }) => label)).toEqual([
      '30 APIs',
      '30 message processors',
      '10 message stores',
      '30 message stores',
    ]);
    expect(danger(drawn, 'integration/message-store')).toBe('never processed in these pods');
    expect(danger(drawn, '30 workloads, one message processor each/message-store')).toBe('in memory: lost on restart');
  });

  it('can be asked for', () => {
    expect(flow(orders).detail).toBe('full');
    expect(flow(large, {}, { detail: 'entries' }).nodes.filter(({ kind }) => kind === 'artifact')).toHaveLength(31);
  });

  it('is the neighbourhood of one artifact', () => {
    const around = (id: string): string[] =>
      flow(large, {}, { around: id }).nodes.flatMap(({ kind, label }) => (kind === 'artifact' ? [label] : []));
    expect(around('task/T3')).toEqual(['T3', 'S', 'E']);
    const drawn = flow({ 'api/A': {}, 'sequence/lost': { applications: [] } }, {}, { around: 'sequence/lost' });
    expect(drawn.workloads).toEqual([{ name: 'in no workload', type: 'stateless', replicas: 0, count: 1 }]);
  });

  it('is the same for the same input', () => {
    expect(flow(large)).toEqual(flow(large));
  });
});
