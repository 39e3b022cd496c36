import { describe, expect, it } from 'vitest';
import { chooseRecovery } from './recovery.ts';

const rows = {
  respawn: { 'node lost': { pause: 91, twice: 0 }, 'node cut off': { pause: 2, twice: 15 } },
  fenced: { 'node lost': { pause: 128, twice: 0 }, 'node cut off': { pause: 104, twice: 0 } },
  'fenced-cold': { 'node lost': { pause: 22, twice: 0 }, 'node cut off': { pause: 20, twice: 0 } },
};
const values = (workload: object, others: object = {}): Record<string, unknown> => ({
  pattern: 'coordinated',
  workloads: { api: { type: 'stateless' }, nightly: { type: 'stateful', ...workload } },
  ...others,
});
const chosen = (...given: Parameters<typeof values>): unknown => {
  return chooseRecovery(values(...given), 'in-image', rows).get('nightly')?.way;
};

describe('chooseRecovery', () => {
  it('takes the way that ran nothing twice and was back first, for stateful workloads alone', () => {
    const found = chooseRecovery(values({}), 'in-image', rows);
    expect([...found.keys()]).toEqual(['nightly']);
    expect(found.get('nightly')).toEqual({
      way: { recovery: 'fenced', standby: 'cold' },
      because:
        'Nothing ran twice when a node was lost or cut off (with respawn, 15 firings did). A second pod waits on another node and reserves the memory of a server. While the API server is away, the work stops.',
    });
  });

  it('says no other pause than the plan, and why there is no standby', () => {
    const volume = values({ persistence: { registry: { size: '1Gi' } } });
    expect(chooseRecovery(volume, 'in-image', rows).get('nightly')?.because).toBe(
      'Nothing ran twice when a node was lost or cut off (with respawn, 15 firings did). There is no standby: its registry volume mounts on one node only. While the API server is away, the work stops.',
    );
  });

  it('follows what was measured', () => {
    const worse = { ...rows, 'fenced-cold': { ...rows['fenced-cold'], 'node cut off': { pause: 20, twice: 1 } } };
    const unseen = { ...rows, 'fenced-cold': {} };
    for (const seen of [worse, unseen])
      expect(chooseRecovery(values({}), 'in-image', seen).get('nightly')?.way).toEqual({ recovery: 'fenced' });
    expect(chooseRecovery(values({}), 'in-image', { respawn: rows.respawn }).get('nightly')?.way).toEqual({
      recovery: 'respawn',
    });
  });

  it.each([
    [{ persistence: { registry: { size: '1Gi' } } }, {}, { recovery: 'fenced' }],
    [{ persistence: { registry: { accessModes: ['ReadWriteMany'] } } }, {}, { recovery: 'fenced', standby: 'cold' }],
    [{ persistence: { registry: { existingClaim: 'mine' } } }, {}, { recovery: 'fenced' }],
    [{ ports: { syslog: { port: 514, protocol: 'udp' } } }, {}, { recovery: 'fenced' }],
    [{ ports: { hl7: { port: 2575 } } }, {}, { recovery: 'fenced', standby: 'cold' }],
    [{ standby: 'none' }, {}, { recovery: 'fenced' }],
    [{}, { workloadDefaults: { standby: 'none' } }, { recovery: 'fenced' }],
    // Its requests would depend on the API server too.
    [{}, { pattern: 'single-replica' }, { recovery: 'respawn' }],
    // What somebody has said stays.
    [{ recovery: 'at-most-one' }, {}, undefined],
    [{}, { workloadDefaults: { recovery: 'respawn' } }, undefined],
    [{}, { coordination: { mode: 'database' } }, undefined],
  ])('with %j and %j it is %j', (workload, others, expected) => {
    expect(chosen(workload, others)).toEqual(expected);
  });

  it('says why it is respawn where the image has no guard, unless the values name one', () => {
    const missing = { missing: 'the image is one of your own' };
    expect(chooseRecovery(values({}), missing, rows).get('nightly')).toEqual({
      way: { recovery: 'respawn' },
      because:
        'A node that is cut off may still run the old pod: when that was measured, 15 firings happened twice. recovery: fenced prevents it; it needs lease-guard in the image, and the image is one of your own.',
    });
    const own = values({}, { fencing: { image: 'acme/guard@sha256:1' } });
    expect(chooseRecovery(own, missing, rows).get('nightly')).toMatchObject({
      way: { recovery: 'fenced', standby: 'cold' },
    });
  });
});
