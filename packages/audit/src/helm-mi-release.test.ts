import { ToolFailure } from '@mi-patterns/helm';
import type { Tools } from '@mi-patterns/rollout';
import { expect, test } from 'vitest';
import { readHelmMiRelease } from './helm-mi-release.ts';

const deployment = (image: string, volume: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cloud-mi', namespace: 'n' },
  spec: {
    template: { spec: { containers: [{ name: 'wso2mi', image }], volumes: [{ name: volume, configMap: {} }] } },
  },
});

/** A cluster with one Deployment, whose image was changed after helm made it; the words of each command are kept. */
function toolsFor(volume: string, commands: string[]): Tools {
  const answer = (stdout: string) => ({ stdout, stderr: '', exitCode: 0 });
  return {
    helm: async (words) => {
      commands.push(`helm ${words.join(' ')}`);
      return answer(words[1] === 'manifest' ? JSON.stringify(deployment('acme/orders:1', volume)) : 'wso2: {}\n');
    },
    kubectl: async (words) => {
      commands.push(`kubectl ${words.join(' ')}`);
      return answer(JSON.stringify(deployment('acme/orders:2', volume)));
    },
    helmMajor: async () => 4,
  };
}

test('a release of helm-mi has the image that runs now, not the one that helm installed', async () => {
  const commands: string[] = [];
  const target = { release: 'old', context: 'c', namespace: 'n', tools: toolsFor('wso2mi-toml', commands) };
  expect(await readHelmMiRelease(target)).toEqual({ image: 'acme/orders:2', values: 'wso2: {}\n' });
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    expect(command).toMatch(/--namespace n\b/);
    expect(command).toMatch(/--(kube-)?context c\b/);
  }
});

test('a release of another chart, and none, are told apart', async () => {
  const target = { release: 'old', context: 'c', namespace: 'n', tools: toolsFor('of-another-chart', []) };
  expect(await readHelmMiRelease(target)).toBe('other-chart');
  const helm = (): Promise<never> =>
    Promise.reject(
      new ToolFailure({ reason: 'exit', message: '', hint: '', exitCode: 1, stderr: 'Error: release: not found' }),
    );
  expect(await readHelmMiRelease({ ...target, tools: { ...target.tools, helm } })).toBe('no-release');
});
