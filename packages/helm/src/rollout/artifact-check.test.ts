import { describe, expect, it } from 'vitest';
import { checkThroughKubectl, compareServer, namesOf } from './artifact-check.ts';

const answers: Readonly<Record<string, unknown>> = {
  '/management/apis': { count: 2, list: [{ name: 'OrderAPI', context: '/orders' }, { name: 'Bill', version: '1.0', versionType: 'context' }] },
  '/management/tasks': { count: 1, list: [{ name: 'report' }] },
  '/management/inbound-endpoints': { count: 0, list: [] },
};
const get = async (path: string): Promise<unknown> => answers[path];

describe('compareServer', () => {
  it('finds nothing where the server has what the plan says', async () => {
    expect(await compareServer('p', { component: 'i', present: ['api/OrderAPI', 'api/Bill:v1.0', 'task/report', 'sequence/S'], absent: ['inbound-endpoint/I', 'event-source/E'] }, get)).toEqual([]);
  });

  it('names what is missing and what belongs elsewhere', async () => {
    expect(await compareServer('p', { component: 'i', present: ['api/Other'], absent: ['task/report'] }, get)).toEqual(['p has not deployed api/Other', 'p has deployed task/report, which belongs to another workload']);
  });

  it('does not take an error for an empty list', () => {
    expect(() => namesOf({ Error: 'unauthorised' })).toThrow('no list');
  });
});

it('says that nothing was checked where no login is given', async () => {
  expect(await checkThroughKubectl({ namespace: 'n', context: 'c' }, { workloads: [], pods: [] }, [{ component: 'i', present: ['api/A'], absent: [] }], undefined)).toMatchObject({ state: 'not-checked', because: expect.stringContaining('MI_PATTERNS_MANAGEMENT_USER') });
});
