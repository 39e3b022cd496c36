import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { orders, type Part, planOf } from '../../test/builder.ts';
import type { Cost, PlanOptions } from '../model/plan.ts';

const downtime = (
  parts: Readonly<Record<string, Part>>,
  changes: Partial<PlanOptions> = {},
): Record<string, Cost['downtime'][number]> =>
  Object.fromEntries(planOf(parts, changes).cost.downtime.map((row) => [row.workload, row]));

test('a pod costs what the chart asks for by default', () => {
  const chart = readFileSync(join(import.meta.dirname, '../../../../charts/micro-integrator/values.yaml'), 'utf8');
  const defaults = (expression: RegExp): number[] => (expression.exec(chart)?.slice(1) ?? []).map(Number);
  const [cpu = 0] = defaults(/^ {2}resources:\n.*\n {4}requests:\n {6}cpu: (\d+)m$/m);
  const [max = 0, overhead = 0] = defaults(/^ {2}heap:\n(?:.*\n)*? {4}max: (\d+)Mi\n(?:.*\n)*? {4}overhead: (\d+)Mi$/m);
  const { pods, ...cost } = planOf(orders).cost;
  expect(cost).toMatchObject({ cpu: pods * cpu, memory: pods * (max + overhead) });
});

test('replicas are never away, but a lost node takes its share of the requests along', () => {
  expect(downtime(orders)['integration']).toMatchObject({
    podLoss: 0,
    nodeLoss: 0,
    requestsFail: { oneOf: 3, seconds: 50 },
  });
  expect(downtime(orders, { replicas: 5 })['integration']?.requestsFail?.oneOf).toBe(5);
});

test('a stateful workload promises no more than its recovery keeps', () => {
  const task = downtime(orders)['recurring-order-task'];
  expect(task).toMatchObject({ podLoss: 10, nodeLoss: 90, cutOff: expect.stringContaining('ran twice for 14 s') });
  expect(task?.requestsFail).toBeUndefined();
  expect(downtime(orders, { coordination: 'database' })['integration']?.cutOff).toContain('they ran twice');
});

test('a volume that one node alone can mount makes the loss of a node minutes long', () => {
  const captured = (parameters: NonNullable<Part['parameters']>): Cost['downtime'][number] | undefined =>
    Object.values(
      downtime({
        'inbound-endpoint/I': { facts: { class: 'org.wso2.carbon.inbound.cdc.CDCPollingConsumer' }, parameters },
      }),
    )[0];
  expect(captured({})).toMatchObject({ nodeLoss: 450, because: expect.stringContaining('its volume') });
  expect(captured({ 'offset.storage': 'a.B', 'schema.history.internal': 'a.C' })).toMatchObject({ nodeLoss: 90 });
});

test('a single pod that runs nothing stateful stays on a lost node as long as Kubernetes lets it', () => {
  expect(downtime({ 'api/A': {} }, { pattern: 'single-replica' })['integration']).toMatchObject({ nodeLoss: 360 });
  expect(downtime({ 'task/A': {} }, { pattern: 'single-replica' })['integration']).toMatchObject({ nodeLoss: 90 });
});

test('a database that does not coordinate everything is no choice', () => {
  const refused = (parts: Readonly<Record<string, Part>>, changes: Partial<PlanOptions> = {}): string | undefined =>
    planOf(parts, changes).alternatives.find(({ name }) => name === 'coordinated, database')?.refused;
  const polling: Part = {
    facts: { transports: ['vfs'] },
    parameters: { 'transport.vfs.FileURI': 'file:///in', 'transport.vfs.ContentType': 'text/plain' },
  };
  const parts = { 'task/T': {}, 'proxy-service/P': polling };
  expect(refused(parts)).toBe('it does not coordinate proxy-service/P (MI-DB-PROXY)');
  expect(refused({ 'task/T': {} })).toBeUndefined();
  expect(planOf(parts, { coordination: 'database' }).diagnostics.map(({ code }) => code)).toContain('MI-DB-PROXY');
});
