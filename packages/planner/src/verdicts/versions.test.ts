import type { ArtifactFacts } from '@mi-patterns/inventory';
import { expect, test } from 'vitest';
import { inventory, polls, source } from '../../test/builder.ts';
import type { Verdict } from '../model/plan.ts';
import { findVerdicts } from './index.ts';

function verdictOf(first: string, second: string): Verdict | undefined {
  const made = inventory({
    'proxy-service/P': { facts: { transports: [first] }, parameters: polls, applications: ['pay_1', 'pay_2'] },
  });
  const facts: ArtifactFacts = {
    kind: 'proxy-service',
    transports: [second],
    pinnedServers: [],
    startOnLoad: true,
    parameters: Object.entries(polls).map(([name, value]) => ({ name, value, source: source('two/P.xml', 8) })),
  };
  const artifacts = made.artifacts.map((artifact) => ({
    ...artifact,
    variants: [{ source: source('two/P.xml', 7), applications: ['pay_2'], facts }],
  }));
  return findVerdicts({ ...made, artifacts }).get('proxy-service/P');
}

test('two files with one name in one application are no two versions of it', () => {
  const made = inventory({ 'api/A': { applications: ['pay_1'] } });
  const artifacts = made.artifacts.map((artifact) => ({
    ...artifact,
    variants: [
      {
        source: source('two/A.xml', 7),
        applications: ['pay_1'],
        facts: { kind: 'api' as const, context: '/b', bindsTo: [] },
      },
    ],
  }));
  expect(findVerdicts({ ...made, artifacts }).get('api/A')?.because).toBe('API A only answers requests: any pod can.');
});

test('of two versions that run side by side the one that allows less decides, whichever is read first', () => {
  expect(verdictOf('http', 'vfs')).toMatchObject({
    class: 'isolate',
    because: expect.stringMatching(
      /^Proxy service P polls a directory .*\. This is the version in pay_2; pay_1 brings another one, which is stateless, and the strictest verdict counts\.$/,
    ),
    evidence: { path: 'two/P.xml', line: 7 },
  });
  expect(verdictOf('vfs', 'http')).toMatchObject({
    class: 'isolate',
    because: expect.stringContaining('This is the version in pay_1; pay_2 brings another one, which is stateless'),
    evidence: { path: 'src/proxy-service/P.xml' },
  });
  expect(verdictOf('http', 'https')?.class).toBe('stateless');
});
