import type { Plan, Workload } from '@mi-patterns/planner';
import { readXml } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { drawPlan } from './diagram.ts';
import { fitText } from './fit.ts';

const workload = (name: string, entryPoints: readonly string[], more: Partial<Workload> = {}): Workload => ({
  name,
  type: 'stateless',
  replicas: 3,
  roles: [],
  entryPoints,
  stateful: [],
  artifacts: [],
  because: 'It "scales" & <works>.',
  ports: [],
  affinity: [],
  persistence: [],
  ...more,
});

const plan: Plan = {
  pattern: 'coordinated',
  patternBecause: 'Chosen: <a> & "b".',
  coordination: 'isolate',
  delivery: 'roles',
  workloads: [
    workload('integration', ['api/A<b>&"c"', ...Array.from({ length: 9 }, (_, index) => `api/B${index}`)]),
    workload('task', ['task/T'], { type: 'stateful', replicas: 1 }),
    workload('listener', ['inbound-endpoint/I'], {
      replicas: 20,
      ports: [{ name: 'i', number: 9000, protocol: 'http', artifact: 'inbound-endpoint/I' }],
    }),
  ],
  cost: { pods: 24, memory: 1, cpu: 1, serverStarts: 24, downtime: [] },
  alternatives: [],
  verdicts: new Map(),
  roles: new Map(),
  readiness: { settings: [] },
  diagnostics: [],
};

describe('the picture of a plan', () => {
  const svg = drawPlan(plan, 'plan.SVG') ?? '';

  it('is well-formed XML whatever names hold', () => {
    const fault = readXml(svg, 'plan.svg', { open: () => {}, close: () => {}, text: () => {} });
    expect(fault).toBeUndefined();
    expect(svg).toContain('api/A&#60;b&#62;&#38;&#34;c&#34;');
  });

  it('draws a square for each pod up to six, then the number', () => {
    expect(svg.match(/class="mi-pod-stateless"[^>]*width="20"/g)).toHaveLength(3 + 6);
    expect(svg.match(/class="mi-pod-stateful"[^>]*width="20"/g)).toHaveLength(1);
    expect(svg).toContain('× 20');
    expect(svg).toContain('one at a time');
  });

  it('folds a long list and marks what requests reach', () => {
    expect(svg).toContain('and 2 more');
    expect(svg.match(/◂ requests/g)).toHaveLength(2);
  });
});

describe('the other formats', () => {
  it('escape names as each of them needs', () => {
    expect(drawPlan(plan, 'plan.mmd')).toContain('api/A#60;b#62;#38;#34;c#34;');
    expect(drawPlan(plan, 'plan.dot')).toContain('api/A<b>&\\"c\\"');
  });

  it('are three: nothing is drawn for another ending', () => {
    expect(['plan.png', 'plan', 'svg'].map((file) => drawPlan(plan, file))).toEqual([undefined, undefined, undefined]);
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
