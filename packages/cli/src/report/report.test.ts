import { type Inventory, readInventory } from '@mi-patterns/inventory';
import { choicesOf, type Plan, plan, type PlanOptions } from '@mi-patterns/planner';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../context/context.ts';
import { reportData } from './data.ts';
import { planWithWrittenPods } from '../inputs/plan-with-written-pods.ts';
import { planToHtml } from './html.ts';
import { reportSubject } from './subject.ts';

const root = join(import.meta.dirname, '../../../..');
const context: Context = {
  cwd: root,
  environment: {},
  stdout: () => {},
  stderr: () => {},
  columns: undefined,
  colour: false,
  interactive: false,
};
const inventory = await readInventory(['examples/orders'], { cwd: root });
const options: PlanOptions = { isolate: 'each', coordination: 'isolate', verdicts: new Map(), replicas: 3 };
const planned = (changes: Partial<PlanOptions> = {}): ReturnType<typeof plan> =>
  plan(inventory, { ...options, ...changes });
const subject = reportSubject(inventory, planned(), { paths: ['examples/orders'], loaded: undefined, context });

describe('the data of the report', () => {
  const data = reportData(inventory, planned(), subject);

  it('has every artifact, reference and workload, texts written once', () => {
    expect(data.artifacts.map(([id]) => id)).toEqual(inventory.artifacts.map(({ id }) => id));
    expect(data.references).toHaveLength(inventory.references.length);
    expect(new Set(data.texts).size).toBe(data.texts.length);
    expect(data.workloads.map(({ values }) => values?.split('\n')[1])).toEqual([
      '  integration:',
      '  recurring-order-task:',
      '  schedul-order-task:',
    ]);
  });

  it('has the lines around what decides', () => {
    const index = data.artifacts.findIndex(([id]) => id === 'task/recurringOrder_Task');
    const excerpt = data.verdicts[index]?.[5];
    if (excerpt === undefined || excerpt === 0) throw new Error('There is no excerpt.');
    const [first, marked, , lines] = excerpt;
    expect([first + marked, lines[marked]?.trim()]).toEqual([3, '<trigger interval="60"/>']);
  });
});

describe('the page', () => {
  it('is the same for the same input and holds no markup of its data', () => {
    const page = planToHtml(inventory, planned(), subject);
    expect(planToHtml(inventory, planned(), subject)).toBe(page);
    expect(page).toContain('<code>mi-patterns generate examples/orders --out deploy</code>');
    const [, json = ''] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page) ?? [];
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toMatchObject({ kinds: expect.arrayContaining(['task']) });
  });
});

describe('the overview', () => {
  it('shows each way out of findings of one code', () => {
    const hints = ['Is it task/A?', 'Add the JAR.'];
    const diagnostics = [...hints, 'Is it task/B?'].map((hint) => ({
      code: 'MI-REF-MISSING' as const,
      severity: 'warning' as const,
      message: hint,
      hint,
      artifacts: [],
    }));
    const page = planToHtml(inventory, { ...planned(), diagnostics }, subject);
    for (const hint of hints) expect(page.split(`→ ${hint}`)).toHaveLength(2);
    expect(page).not.toContain('→ Is it task/B?');
  });

  it('counts what the plan finds, and nothing that was read a second time', () => {
    const unread: Inventory = {
      ...inventory,
      diagnostics: [
        { code: 'MI-XML-MALFORMED', severity: 'error', message: 'Never closed.', hint: 'Close it.' },
        { code: 'MI-CAR-NO-ROLE', severity: 'error', message: 'No role.', hint: 'Add one.' },
      ],
    };
    const page = planToHtml(unread, plan(unread, options), subject);
    expect(/<p class="status[^]*?<\/p>/.exec(page)?.[0]).toContain('<span>1 error</span>');
    expect(page.split('→ Close it.')).toHaveLength(2);
  });
});

describe('the patterns side by side', () => {
  it('count the pods that stand by', async () => {
    const page = async (pattern?: Plan['pattern']): Promise<string> => {
      const chosen = { ...options, ...(pattern && { pattern }) };
      return planToHtml(
        inventory,
        await planWithWrittenPods(inventory, chosen, { loaded: undefined, context }),
        subject,
      );
    };
    expect((await page()).match(/7 pods \(2 on standby\)/g)?.length).toBeGreaterThan(2);
    expect(await page('single-replica')).not.toContain(
      'this plan</span></th><td data-name="Cost"><span class="whole">1 pod (',
    );
  });

  const chosen = (changes: Partial<PlanOptions>): string[] =>
    choicesOf(inventory, planned(changes)).flatMap(({ name, isChosen }) => (isChosen ? [name] : []));

  it('mark what the plan does', () => {
    expect(chosen({})).toEqual(['coordinated, isolate each']);
    expect(chosen({ isolate: 'one' })).toEqual(['coordinated, isolate one']);
    expect(chosen({ coordination: 'database' })).toEqual(['coordinated, database']);
    expect(chosen({ pattern: 'single-replica' })).toEqual(['single-replica']);
    expect(chosen({ pattern: 'multiple-replicas' })).toEqual(['multiple-replicas']);
  });

  it('tell pause and risk of each, and promise no more than holds', () => {
    const [each, , database, single] = choicesOf(inventory, planned());
    expect(each?.pause).toEqual({ podLoss: 10, nodeLoss: 90 });
    expect(database?.pause).toEqual({ podLoss: 15, nodeLoss: 15 });
    for (const { risk } of [each!, database!, single!]) expect(risk).toContain('may be done twice');
    expect(choicesOf(inventory, planned({ pattern: 'multiple-replicas' }))[0]?.risk).toMatch(/^Refused/);
  });
});
