import type { Flow } from '@mi-patterns/planner';
import { readXml } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { drawFlow } from './diagram.ts';
import { fitText, textWidth, wrapText } from './fit.ts';
import { layoutFlow, podRow } from './layout.ts';
import type { Point } from './placed.ts';
import { honestWords, readFlow } from './text.ts';

const artifact = (
  workload: string,
  label: string,
  more: Partial<Flow['nodes'][number]> = {},
): Flow['nodes'][number] => ({
  id: `${workload}/${label}`,
  kind: 'artifact',
  label,
  note: 'Task',
  workload,
  artifacts: [label],
  ...more,
});

const flow: Flow = {
  detail: 'full',
  workloads: [
    { name: 'integration', type: 'stateless', replicas: 3, count: 1 },
    { name: 'task', type: 'stateful', replicas: 1, standby: 'cold', count: 1 },
  ],
  nodes: [
    { id: 'clients', kind: 'clients', label: 'Clients', note: '', artifacts: [] },
    { id: 'service:integration', kind: 'service', label: 'integration', note: 'Service', artifacts: [] },
    artifact('integration', 'A<b>&"c"'),
    artifact('task', `A_very_long_name_of_a_task_that_synchronises_all_invoices`),
    artifact('task', 'store', { danger: { level: 'risk', word: 'in memory: lost on restart' } }),
    { id: 'queue:Q', kind: 'queue', label: 'Q', note: 'Queue', artifacts: [] },
  ],
  edges: [
    { from: 'clients', to: 'service:integration', label: '' },
    { from: 'service:integration', to: 'integration/A<b>&"c"', label: '' },
    { from: 'integration/A<b>&"c"', to: 'task/store', label: '', danger: { level: 'broken', word: 'fails' } },
    { from: 'task/A_very_long_name_of_a_task_that_synchronises_all_invoices', to: 'task/store', label: 'stores' },
    { from: 'task/store', to: 'queue:Q', label: '' },
  ],
};
/** Places on a line as it is drawn: curves that leave and arrive sideways. */
function between(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to;
    const reach = Math.max(10, Math.abs(to.x - from.x) / 2) * (to.x < from.x ? -1 : 1);
    return Array.from({ length: 40 }, (_, step) => {
      const [t, left] = [step / 40, 1 - step / 40];
      const mix = (a: number, b: number, c: number, d: number): number =>
        a * left ** 3 + 3 * b * left ** 2 * t + 3 * c * left * t ** 2 + d * t ** 3;
      return { x: mix(from.x, from.x + reach, to.x - reach, to.x), y: mix(from.y, from.y, to.y, to.y) };
    });
  });
}

const heading = { title: 'A <title>', because: 'Chosen: <a> & "b".' };
const draw = (file: string): string => drawFlow(flow, heading, file) ?? '';

describe('the picture', () => {
  const svg = draw('plan.SVG');

  it('is well-formed XML whatever names hold', () => {
    expect(readXml(svg, 'plan.svg', { open: () => {}, close: () => {}, text: () => {} })).toBeUndefined();
    expect(svg).toContain('A&#60;b&#62;&#38;&#34;c&#34;');
  });

  it('draws each pod, and leaves nothing of a long name out', () => {
    expect(svg.match(/>POD \d</g)).toEqual(['>POD 1<', '>POD 2<', '>POD 3<', '>POD 1<']);
    expect(svg.match(/>POD 2 waits</g)).toHaveLength(1);
    expect(readFlow(flow)).toContain('Workload task: one pod works, one is a standby.');
    expect(svg).not.toContain('…');
    expect(podRow({ name: '', type: 'stateless', replicas: 20, count: 1 }).map(({ text }) => text)).toEqual([
      'POD 1',
      'POD 2',
      'POD 3',
      '…',
      'POD 20',
    ]);
  });

  it('says what is dangerous in a sign and a word, not by colour alone', () => {
    expect(svg).toContain('✗ fails<');
    expect(svg).toMatch(/▲ in memory: lost on\s?</);
    expect(svg).toContain('✗ fails in this plan');
  });

  it('does not promise that a cut-off node never runs a second pod', () => {
    const respawning = {
      ...flow,
      workloads: flow.workloads.map(({ name, type, replicas, count }) => ({ name, type, replicas, count })),
    };
    for (const file of ['a.svg', 'a.txt', 'a.dot', 'a.mmd']) {
      const words = (drawn: string | undefined): string => (drawn ?? '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
      expect(words(draw(file)), file).toContain('be done twice, for a few moments,');
      expect(words(drawFlow(respawning, heading, file)), file).toContain('may be done twice until the node is back');
    }
    expect(svg).not.toContain('never two at work');
  });

  it.each([
    ['respawn', 'may be done twice until the node is back'],
    ['fenced', 'the next one starts when the Lease of the other has ended'],
    ['at-most-one', 'no other starts before the node is back'],
  ] as const)('says what recovery: %s does, and nothing of the others', (recovery, words) => {
    const said = honestWords({
      workloads: [{ name: 'task', type: 'stateful', replicas: 1, count: 1, recovery }],
    });
    expect(said).toEqual([expect.stringContaining(words)]);
    expect(said[0]).toContain(`ith recovery: ${recovery}`);
    expect(said[0]?.includes('respawn')).toBe(recovery === 'respawn');
  });

  it('draws what fails in another colour than what may lose messages, and says what each sign means', () => {
    expect(svg).toMatch(/<path class="mi-broken"[^>]* stroke="#b3261e"/);
    expect(svg).toMatch(/<rect [^>]*class="mi-card mi-risk" stroke="#855800"/);
    expect(svg.match(/>✗ fails in this plan<|>▲ works, but may lose messages or do work twice</g)).toHaveLength(2);
  });

  it('tells a paused workload from artifacts that nothing deploys', () => {
    const paused = { name: 'task', type: 'stateful', replicas: 0, count: 1 } as const;
    const nowhere = { name: 'in no workload', type: 'stateless', replicas: 0, count: 1 } as const;
    for (const file of ['plan.svg', 'plan.txt']) {
      const drawn = (workload: Flow['workloads'][number]): string =>
        drawFlow({ ...flow, workloads: [...flow.workloads.slice(0, 1), workload] }, heading, file) ?? '';
      expect(drawn(paused)).toContain('paused, without a pod');
      expect(drawn(nowhere)).toContain('nothing deploys it');
    }
  });

  it('is the same at each drawing, and reads itself to those who cannot see it', () => {
    expect(draw('plan.svg')).toBe(svg);
    expect(readFlow(flow)).toContain('leads to Task store (▲ in memory: lost on restart), fails.');
  });
});

describe('the layout', () => {
  const { nodes, workloads, width, height } = layoutFlow(flow);

  it('keeps what runs in a workload inside of its frame, and everything inside of the picture', () => {
    for (const { node, x, y, width: wide, height: high } of nodes) {
      const frame = workloads.find(({ workload }) => workload.name === node.workload) ?? { x: 0, y: 0, width, height };
      expect(x >= frame.x && y >= frame.y, node.id).toBe(true);
      expect(x + wide <= frame.x + frame.width && y + high <= frame.y + frame.height, node.id).toBe(true);
    }
  });

  it('keeps a workload that reads what another writes in the column of workloads', () => {
    const fed: Flow = {
      ...flow,
      nodes: [...flow.nodes, artifact('reader', 'R')],
      workloads: [...flow.workloads, { name: 'reader', type: 'stateful', replicas: 1, count: 1 }],
      edges: [...flow.edges, { from: 'queue:Q', to: 'reader/R', label: 'takes' }],
    };
    const placed = layoutFlow(fed);
    expect(new Set(placed.workloads.map(({ x }) => x)).size).toBe(1);
    expect(placed.edges.filter(({ turnsBack }) => turnsBack).map(({ edge }) => edge.to)).toEqual([
      'task/store',
      'reader/R',
    ]);
  });

  it('leads no line over a workload that it does not touch, nor over the pods of its own', () => {
    const chain = ['A', 'B', 'C', 'D'];
    const wide = Array.from({ length: 5 }, (_, index) => `wide${index}`);
    const placed = layoutFlow({
      detail: 'full',
      workloads: [...wide, 'narrow'].map((name) => ({ name, type: 'stateful', replicas: 1, count: 1 })),
      nodes: [
        ...wide.flatMap((name) => chain.map((one) => artifact(name, one))),
        artifact('narrow', 'T'),
        { id: 'host:h', kind: 'host', label: 'h', note: '', artifacts: [] },
      ],
      edges: [
        ...wide.flatMap((name) =>
          chain.slice(1).map((one, index) => ({ from: `${name}/${chain[index]}`, to: `${name}/${one}`, label: '' })),
        ),
        ...[...wide.flatMap((name) => chain.map((one) => `${name}/${one}`)), 'narrow/T'].map((from) => ({
          from,
          to: 'host:h',
          label: '',
        })),
      ],
    });
    for (const { edge, points } of placed.edges)
      for (const { workload, x, y, width: across, height: high } of placed.workloads) {
        const isOwn = edge.from.startsWith(`${workload.name}/`);
        // Of its own workload the name and the pods, of another all.
        const bottom = isOwn ? y + 80 : y + high;
        const over = between(points).filter((at) => at.x > x && at.x < x + across && at.y > y && at.y < bottom);
        expect({ edge: `${edge.from} > ${edge.to}`, workload: workload.name, over: over[0] }).toEqual({
          edge: `${edge.from} > ${edge.to}`,
          workload: workload.name,
          over: undefined,
        });
      }
  });

  it('stands what feeds one workload in the order of the artifacts there', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const fed = (order: readonly string[]): Flow => ({
      detail: 'groups',
      workloads: [{ name: 'all', type: 'stateful', replicas: 1, count: 1 }],
      nodes: [
        ...order.map((name): Flow['nodes'][number] => ({
          id: `queue:${name}`,
          kind: 'queue',
          label: name,
          note: '',
          artifacts: [],
        })),
        ...names.map((name) => artifact('all', name)),
      ],
      edges: order.map((name) => ({ from: `queue:${name}`, to: `all/${name}`, label: '' })),
    });
    for (const order of [names, names.toReversed(), ['C', 'A', 'E', 'B', 'D']]) {
      const queues = layoutFlow(fed(order)).nodes.filter(({ node }) => node.kind === 'queue');
      expect(queues.toSorted((one, other) => one.y - other.y).map(({ label }) => label[0])).toEqual(names);
    }
  });

  it('lays no box over another', () => {
    const boxes = [...workloads, ...nodes.filter(({ node }) => node.kind !== 'artifact')];
    for (const [index, one] of boxes.entries())
      for (const other of boxes.slice(index + 1))
        expect(
          one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y,
        ).toBe(true);
  });
});

describe('the other formats', () => {
  it('escape names as each of them needs', () => {
    expect(draw('plan.mmd')).toContain('A#60;b#62;#38;#34;c#34;');
    // Graphviz reads `&amp;` as HTML does.
    expect(draw('plan.dot')).toContain('A<b>&amp;\\"c\\"');
  });

  it.each([
    ['%%{init: {"theme": "dark"}}%%', '#37;#37;#123;init#58; #123;#34;theme#34;#58; #34;dark#34;#125;#125;#37;#37;'],
    ['style:"b', 'style#58;#34;b'],
    ['Größe 1.0/a, b', 'Größe 1.0/a, b'],
  ])('Mermaid takes nothing out of %s', (label, written) => {
    const named = { ...flow, nodes: flow.nodes.map((node) => ({ ...node, label })), edges: [] };
    expect(drawFlow(named, heading, 'plan.mmd')).toContain(`<b>${written}</b>`);
  });

  it('have the ways and the dangers', () => {
    expect(draw('plan.mmd')).toMatch(/n\d -\.->\|"✗ fails"\| n\d/);
    expect(draw('plan.dot')).toMatch(/n\d -> n\d \[label="✗ fails", color="#b3261e"/);
    expect(draw('plan.dot')).toMatch(/▲ in memory: lost on restart", shape=box, color="#855800"/);
    expect(draw('plan.mmd')).toMatch(/▲ in memory\S* lost on restart"\]:::risk/);
    expect(draw('plan.txt')).toContain('clients → Service integration →\n  Task A<b>&"c"');
    expect(draw('plan.txt')).toContain('→ stores Task store (▲ in memory: lost on restart)\n      → Queue Q');
  });

  it('are four: nothing is drawn for another ending', () => {
    expect(['plan.png', 'plan', 'svg'].map((file) => drawFlow(flow, heading, file))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('fitText', () => {
  it('leaves alone what fits and cuts what does not', () => {
    expect(fitText('short', 200, 13)).toBe('short');
    expect(fitText('a'.repeat(50), 125, 12.5, 'mono')).toBe(`${'a'.repeat(15)}…`);
    expect(fitText('W'.repeat(50), 124, 12.5, 'bold').length).toBeLessThan(
      fitText('i'.repeat(50), 124, 12.5, 'bold').length,
    );
  });

  it('never cuts a character in two', () => {
    expect(fitText('😀'.repeat(20), 60, 12)).toMatch(/^(😀)+…$/u);
  });
});

describe('wrapText', () => {
  it.each(['OrderPaymentQueueInboundEP', 'a_long_name_with_underscores', 'W'.repeat(60), 'two words 日本語 😀'])(
    'breaks %s and leaves nothing out',
    (text) => {
      const lines = wrapText(text, 90, 12);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(Math.max(...lines.map((line) => textWidth(line, 12)))).toBeLessThanOrEqual(90);
    },
  );
});
