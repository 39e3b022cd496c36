import type { Flow } from '@mi-patterns/planner';
import { readXml } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { drawFlow } from './diagram.ts';
import { fitText, textWidth, wrapText } from './fit.ts';
import { layoutFlow, podRow } from './layout.ts';
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
    expect(readFlow(flow)).toContain('Workload task: one pod works, one stands by.');
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
      expect(words(draw(file)), file).toContain('be done twice for moments');
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
