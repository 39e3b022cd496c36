import { readInventory } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { choicesOf } from './choices.ts';
import { plan } from '../plan.ts';
import type { Plan } from '../model/plan.ts';
import { measured } from '../generated/measured.ts';
import { withWritten, type WrittenWorkload } from './written.ts';

const root = join(import.meta.dirname, '../../../..');
const inventory = await readInventory(['examples/orders'], { cwd: root });
const planned = plan(inventory, { isolate: 'each', coordination: 'isolate', verdicts: new Map(), replicas: 3 });
const guarded: WrittenWorkload = { replicas: 1, recovery: 'fenced', standby: 'cold' };
const written = (workloads: Readonly<Record<string, WrittenWorkload>>): Plan =>
  withWritten(planned, inventory, { written: new Map(Object.entries(workloads)), mayStandBy: true });
const podsOf = ({ alternatives }: Plan, name: string): number | undefined =>
  alternatives.find((one) => one.name === name)?.pods;

describe('a plan with its values', () => {
  it('counts what stands by, in the plan and in the alternative that it is', () => {
    const both = written({ 'recurring-order-task': guarded, 'schedul-order-task': guarded });
    expect(both.cost).toMatchObject({ pods: 7, standbys: 2, memory: 7168, serverStarts: 5 });
    expect(podsOf(both, 'coordinated, isolate each')).toBe(7);
    expect(podsOf(both, 'coordinated, isolate one')).toBe(5);
    expect(choicesOf(inventory, both).find(({ isChosen }) => isChosen)?.name).toBe('coordinated, isolate each');
  });

  it('keeps why an alternative is refused', () => {
    const refused = { ...planned, alternatives: planned.alternatives.map((one) => ({ ...one, refused: 'of it' })) };
    const after = withWritten(refused, inventory, { written: new Map(), mayStandBy: true });
    expect(new Set(after.alternatives.map((one) => one.refused))).toEqual(new Set(['of it']));
    expect(choicesOf(inventory, after).map(({ risk }) => risk)).toContain('Refused: of it.');
  });

  it('has no standby in an alternative for what can have none in the plan', () => {
    const one = written({ 'recurring-order-task': guarded, 'schedul-order-task': { replicas: 1, recovery: 'fenced' } });
    expect(one.cost).toMatchObject({ pods: 6, standbys: 1 });
    expect(podsOf(one, 'coordinated, isolate each')).toBe(6);
    expect(podsOf(one, 'coordinated, isolate one')).toBe(4);
  });

  it('promises nothing of a workload that is paused', () => {
    const paused = written({ 'recurring-order-task': { replicas: 0 } });
    expect(paused.cost).toMatchObject({ pods: 4, serverStarts: 4 });
    expect(paused.cost.downtime.map(({ workload }) => workload)).toEqual(['integration', 'schedul-order-task']);
  });

  it('says how long each recovery is away', () => {
    const pauseOf = (event: string): number => measured['fenced-cold']?.[event]?.pause ?? Number.NaN;
    const away = (recovery: Omit<WrittenWorkload, 'replicas'>): object | undefined =>
      written({ 'recurring-order-task': { replicas: 1, ...recovery } }).cost.downtime.find(
        ({ workload }) => workload === 'recurring-order-task',
      );
    expect(away({ recovery: 'respawn' })).toMatchObject({ nodeLoss: 90, cutOff: expect.stringContaining('ran twice') });
    expect(away({ recovery: 'fenced', standby: 'cold' })).toMatchObject({
      podLoss: 10,
      nodeLoss: 10 + pauseOf('node lost') - pauseOf('server killed'),
    });
    expect(away({ recovery: 'fenced' })).toMatchObject({ nodeLoss: 127 });
    const persistence = [{ artifact: 'task/T', what: 'registry', because: 'It keeps state.' }] as const;
    const kept = { ...planned, workloads: planned.workloads.map((workload) => ({ ...workload, persistence })) };
    const fenced = new Map([['recurring-order-task', { replicas: 1, recovery: 'fenced' } as const]]);
    expect(withWritten(kept, inventory, { written: fenced, mayStandBy: true }).cost.downtime).toContainEqual(
      expect.objectContaining({ nodeLoss: 487, because: expect.stringContaining('free after 360 s more') }),
    );
    expect(away({ recovery: 'at-most-one' })).toMatchObject({ waitsForNode: true });
  });
});
