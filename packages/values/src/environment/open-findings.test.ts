import type { Inventory } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '@mi-patterns/planner';
import { expect, it } from 'vitest';
import { plan, workload } from '../../test/plans.ts';
import type { Values } from '../mapping/merge.ts';
import { isAnswered } from './open-findings.ts';

const source = { path: 'Policy.xml', line: 2, column: 1 };
const location = (uri: string): Pick<Inventory, 'artifacts'> =>
  ({
    artifacts: [{ id: 'local-entry/Policy', facts: { kind: 'local-entry', location: { uri, source } } }],
  }) as unknown as Pick<Inventory, 'artifacts'>;
const loads: PlanDiagnostic = {
  code: 'MI-READY-LOCATION',
  severity: 'warning',
  message: 'MI loads the local entry Policy.',
  hint: 'Add the file.',
  source,
  artifacts: ['local-entry/Policy'],
};
const both = plan({
  workloads: [workload({ name: 'integration' }), workload({ name: 'poll', type: 'stateful' })],
  diagnostics: [loads],
});
const file = { configMap: { name: 'c', key: 'k' } };
const policy = 'file:repository/resources/policy.xml';
const key = 'repository/resources/policy.xml';

it.each<[string, string, Values, boolean]>([
  ['no file', policy, {}, false],
  ['the file in all pods', policy, { files: { [key]: file } }, true],
  ['the file by its whole path', `file:///home/wso2carbon/wso2mi-4.3.0/${key}`, { files: { [key]: file } }, true],
  ['another file', policy, { files: { 'repository/policy.xml': file } }, false],
  ['a file that only ends alike', policy, { files: { 'policy.xm': file } }, false],
  ['the file in one workload only', policy, { workloads: { integration: { files: { [key]: file } } } }, false],
  [
    'the file, but not in one workload',
    policy,
    { files: { [key]: file }, workloads: { poll: { files: { [key]: null } } } },
    false,
  ],
  ['an address that no file answers', 'http://repository/resources/policy.xml', { files: { [key]: file } }, false],
])('a file that MI loads at deployment is there: %s', (_what, uri, values, answered) => {
  expect(isAnswered(both, values, location(uri), loads)).toBe(answered);
});
