import { describe, expect, it } from 'vitest';
import { checkThroughKubectl, compareServer, namesOf } from './artifact-check.ts';

const answers: Readonly<Record<string, unknown>> = {
  '/management/apis': {
    count: 2,
    list: [
      { name: 'OrderAPI', context: '/orders' },
      { name: 'Bill:v1.0', url: 'http://localhost:8290/bill' },
    ],
  },
  '/management/tasks': { count: 1, list: [{ name: 'report' }] },
  '/management/inbound-endpoints': { count: 0, list: [] },
  '/management/applications': {
    totalCount: 1,
    activeCount: 1,
    activeList: [{ name: 'orders', version: '1.2.0' }],
    faultyCount: 0,
    faultyList: [],
  },
};
const get = async (path: string): Promise<unknown> => answers[path];

describe('compareServer', () => {
  it('finds nothing where the server has what the plan says', async () => {
    expect(
      await compareServer(
        'p',
        {
          component: 'i',
          present: ['api/OrderAPI', 'api/Bill:v1.0', 'task/report', 'sequence/S'],
          absent: ['inbound-endpoint/I', 'event-source/E'],
        },
        get,
      ),
    ).toEqual([]);
  });

  it('names what is missing and what belongs elsewhere', async () => {
    expect(await compareServer('p', { component: 'i', present: ['api/Other'], absent: ['task/report'] }, get)).toEqual([
      'p has not deployed api/Other',
      'p has deployed task/report, which belongs to another workload',
    ]);
  });

  it('names the archive that could not be deployed instead of all that was in it', async () => {
    const faulty = {
      ...answers,
      '/management/applications': { faultyCount: 1, faultyList: [{ name: 'orders', version: '1.2.0', artifacts: [] }] },
    };
    expect(
      await compareServer(
        'p',
        { component: 'i', present: ['api/A', 'api/B'], absent: [] },
        async (path) => faulty[path as keyof typeof faulty],
      ),
    ).toEqual([
      'p could not deploy the archive orders 1.2.0: one of its artifacts is faulty, so MI took back all of them',
    ]);
  });

  it('does not take an error for an empty list', () => {
    expect(() => namesOf({ Error: 'unauthorised' })).toThrow('no list');
  });
});

it('says that nothing was checked where no login is given', async () => {
  expect(
    await checkThroughKubectl(
      { namespace: 'n', context: 'c' },
      { workloads: [], pods: [] },
      [{ component: 'i', present: ['api/A'], absent: [] }],
      undefined,
    ),
  ).toMatchObject({ state: 'not-checked', because: expect.stringContaining('MI_PATTERNS_MANAGEMENT_USER') });
});
