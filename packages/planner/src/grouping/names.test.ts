import { describe, expect, test } from 'vitest';
import { longestName, longestRelease, releaseName, workloadName } from './names.ts';

const label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

describe('release names', () => {
  test.each([
    ['orders', 'orders'],
    ['OrderService', 'order-service'],
    ['shipping-exporter', 'shipping'],
    ['05-synapseConfigCompositeApplication', 'mi-05-synapse-config'],
    ['hello-worldCompositeExporter', 'hello-world'],
    ['capp', 'capp'],
  ])('%s is %s', (name, expected) => {
    expect(releaseName(name)).toBe(expected);
  });

  test('keep whole words, have any hash at the end, and differ for names that differ', () => {
    const names = [
      'CustomerRelationshipManagementIntegration',
      'CustomerRelationshipManagementReporting',
      'Gr\u00f6\u00dfe',
      'Gr\u00f6sse',
      '\u6ce8\u6587',
      '04-synapseConfig',
      '05-synapseConfig',
      'averyveryverylongwordthatneverends',
      '--',
    ];
    const releases = names.map(releaseName);
    expect(new Set(releases).size).toBe(names.length);
    for (const release of releases) {
      expect(release).toMatch(label);
      expect(release.length).toBeLessThanOrEqual(longestRelease);
    }
    expect(releases[0]).toMatch(/^customer-[a-z0-9]{6}$/);
  });
});

test('a workload name that is too long keeps whole words and has the hash at the end', () => {
  const name = 'SynchronizeCustomerInvoicesWithTheLedgerOfTheHolding';
  expect(workloadName({ id: `task/${name}`, kind: 'task', name })).toMatch(
    /^synchronize-customer-invoices-[a-z0-9]{6}$/,
  );
});

test('a proposed release and a workload of the planner make names that Kubernetes takes', () => {
  expect(longestRelease + 1 + longestName).toBeLessThanOrEqual(63);
});
