import { readFileSync } from 'node:fs';
import { renderChart } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { resident } from '../chart/support.ts';
import { chart, miPatterns, orders } from '../support/command.ts';
import { generateWay, type Way, ways } from '../delivery/ways.ts';

/** Kinds of the objects that run the stateful artifacts of the sample. */
const kindOf = ({ pattern, coordination, recovery }: Way): string =>
  pattern === 'coordinated' && coordination === 'isolate' && recovery === 'at-most-one' ? 'StatefulSet' : 'Deployment';

// The API-level tests apply the same ways to an API server.
describe('each way of delivery', () => {
  it.concurrent.each(ways)('$pattern, $delivery from $source, $coordination, $recovery', async (way) => {
    const { exitCode, document, file } = await generateWay(way);
    // generate has asked the chart, as validate does.
    expect(exitCode, JSON.stringify(document)).toBe(0);
    const values = readFileSync(file, 'utf8');
    const rendered = await renderChart({ ...resident, chart, values: [file] });
    if (rendered.state === 'refused') throw new Error(JSON.stringify(rendered.diagnostics));
    const kinds = rendered.objects.map(({ object }) => object.kind);
    expect(kinds).toContain(kindOf(way));
    const isFenced = way.recovery === 'fenced';
    expect(/^ *recovery: fenced/m.test(values)).toBe(isFenced);
    expect(rendered.manifest.includes('leases')).toBe(isFenced);
  });
});

describe('plan --json', () => {
  it('tells the server role of each stateful entry point', async () => {
    const { stdout } = await miPatterns(['plan', orders, '--json']);
    const { roles } = JSON.parse(stdout) as { readonly roles: Readonly<Record<string, string>> };
    expect(roles).toEqual({
      'task/recurringOrder_Task': 'MiIsolatedRecurringOrderTask',
      'task/schedulOrder_Task': 'MiIsolatedSchedulOrderTask',
    });
  });
});
