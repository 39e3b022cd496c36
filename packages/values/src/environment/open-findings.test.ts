import type { Inventory } from '@mi-patterns/inventory';
import type { PlanDiagnostic } from '@mi-patterns/planner';
import { expect, it } from 'vitest';
import { plan, workload } from '../../test/plans.ts';
import type { Values } from '../mapping/merge.ts';
import { isAnswered } from './open-findings.ts';

const source = { path: 'Policy.xml', line: 2, column: 1 };
const location = (uri: string): Pick<Inventory, 'artifacts'> =>
  ({
    artifacts: [{ id: 'local-entry/Policy', facts: { kind: 'local-entry', location: { uri, source } }, effects: [] }],
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

const shares: PlanDiagnostic = {
  code: 'MI-ISO-FILES',
  severity: 'warning',
  message: 'Two workloads use /data/in.',
  hint: 'Mount a volume.',
  artifacts: [],
  volume: { path: '/data/in', workloads: ['integration', 'poll'] },
};
const claimed = (existingClaim: string, mountPath = '/data', more: Values = {}): Values => ({
  persistence: { files: { existingClaim, mountPath, ...more } },
});
const mounted = (volume: Values, mount: Values = {}): Values => ({
  extraVolumes: { files: volume },
  extraVolumeMounts: { '/data/': { name: 'files', ...mount } },
});
const inBoth = (integration: Values, poll: Values): Values => ({ workloads: { integration, poll } });
const nfs = { nfs: { server: 's', path: '/x' } };

it.each<[string, Values, boolean]>([
  ['no volume', {}, false],
  ['one claim', { workloadDefaults: claimed('c') }, true],
  ['one claim, named twice', inBoth(claimed('c'), claimed('c')), true],
  ['one claim, in two ways', inBoth(claimed('c'), mounted({ persistentVolumeClaim: { claimName: 'c' } })), true],
  ['one claim, at two folders of it', inBoth(claimed('c'), claimed('c', '/data/in', { subPath: 'in' })), true],
  ['one claim, at other folders of it', inBoth(claimed('c'), claimed('c', '/data/in')), false],
  ['two claims', inBoth(claimed('c'), claimed('d')), false],
  ['a claim of each workload', { workloadDefaults: claimed('') }, false],
  ['a claim in one workload only', { workloads: { integration: claimed('c') } }, false],
  ['a claim that one removes', { workloadDefaults: claimed('c'), workloads: { poll: { persistence: null } } }, false],
  ['a claim elsewhere', { workloadDefaults: claimed('c', '/dat') }, false],
  ['one over which another is mounted', inBoth(claimed('c'), { ...claimed('c'), ...mounted({ emptyDir: {} }) }), false],
  ['a folder of a file server', { workloadDefaults: mounted(nfs) }, true],
  ['a folder for each pod', { workloadDefaults: mounted(nfs, { subPathExpr: '$(POD)' }) }, false],
  ['the disk of each pod', { workloadDefaults: mounted({ emptyDir: {} }) }, false],
])('a directory of several pods is on one volume: %s', (_what, values, answered) => {
  expect(isAnswered(both, values, { artifacts: [] }, shares)).toBe(answered);
});

it('one workload has one claim for all its pods', () => {
  const alone = { ...shares, volume: { path: '/data/in', workloads: ['integration'] } };
  expect(isAnswered(both, { workloadDefaults: claimed('') }, { artifacts: [] }, alone)).toBe(true);
});

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

it('a key store that MI loads at deployment is there', () => {
  const parameters = [{ name: 'wss.ssl.key.store.file', value: key, source }];
  const inbound = {
    artifacts: [
      { id: 'inbound-endpoint/I', facts: { kind: 'inbound-endpoint', protocol: 'wss', parameters }, effects: [] },
    ],
  } as unknown as Pick<Inventory, 'artifacts'>;
  const told = { ...loads, artifacts: ['inbound-endpoint/I' as const] };
  expect(isAnswered(both, { files: { [key]: file } }, inbound, told)).toBe(true);
  expect(isAnswered(both, {}, inbound, told)).toBe(false);
});

it.each<[string, readonly string[], boolean]>([
  ['the file of one endpoint', [policy], true],
  ['an address as well', [policy, 'http://example.com/s?wsdl'], false],
  ['none', [], false],
])('a flow whose endpoints read WSDLs at deployment: %s', (_what, uris, answered) => {
  const flow = {
    artifacts: [
      { id: 'api/A', facts: { kind: 'api' }, effects: uris.map((subject) => ({ type: 'wsdl', subject, source })) },
    ],
  } as unknown as Pick<Inventory, 'artifacts'>;
  expect(isAnswered(both, { files: { [key]: file } }, flow, { ...loads, artifacts: ['api/A'] })).toBe(answered);
});
