import type { NeededSetting, Readiness } from '@mi-patterns/planner';
import { expect, test } from 'vitest';
import { settingRows } from './readiness.ts';

const source = { path: 'deployment/deployment.toml', line: 4, column: 1 };
const setting = (from: NeededSetting['from'], without: NeededSetting['without']): NeededSetting => ({
  from,
  name: 'MQ_URL',
  secret: false,
  without,
  artifacts: [],
  sources: [source],
  environments: [],
});

test.each([
  ['environment', 'archive-fails', '$SYSTEM:MQ_URL'],
  ['environment', 'server-fails', '$env{MQ_URL}'],
  ['vault', 'flow-fails', 'vault MQ_URL'],
  ['vault', 'server-fails', '$secret{MQ_URL}'],
] as const)('a setting from %s without which %s is called as where it is read', (from, without, name) => {
  const [row] = settingRows({ settings: [setting(from, without)] } as unknown as Readiness);
  expect(row?.[0]).toBe(name);
  expect(row?.at(-1)).toBe('deployment/deployment.toml:4:1');
});
