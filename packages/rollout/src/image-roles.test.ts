import { describe, expect, it } from 'vitest';
import { type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { askUncarriedRoles, parseImageRoles, uncarriedRoles } from './image-roles.ts';
import type { Tools } from './tools.ts';

const workload = (name: string, argument?: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'n' },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'micro-integrator', image: 'orders:1', ...(argument === undefined ? {} : { args: [argument] }) },
        ],
      },
    },
  },
});
const image = {
  roles: ['MiIsolatedA', 'MiIsolatedB'],
  artifacts: { MiIsolatedA: ['task/A'], MiIsolatedB: ['task/B'] },
};

describe('uncarriedRoles', () => {
  it('finds the role that no server starts with, and names what carries it', () => {
    expect(
      uncarriedRoles(image, [
        workload('a', '-DserverRoles=EnterpriseServiceBus,MiIsolatedA'),
        workload('b', '-DserverRoles=EnterpriseServiceBus'),
      ]),
    ).toEqual([
      'the image has task/B with the server role MiIsolatedB, which no workload has: it would be deployed nowhere',
    ]);
  });

  it('finds nothing where all are carried, by a pattern too, or a server has them all', () => {
    expect(
      uncarriedRoles(image, [workload('a', '-DserverRoles=MiIsolatedA'), workload('b', '-DserverRoles=X,MiIsolatedB')]),
    ).toEqual([]);
    expect(uncarriedRoles(image, [workload('a', '-DserverRoles=MiIsolated[A-Z]')])).toEqual([]);
    expect(uncarriedRoles(image, [workload('a')])).toEqual([]);
  });

  it('tells a role that only a pattern could carry which keeps a matcher busy for ever', () => {
    const role = `${'a'.repeat(40)}!`;
    const found = uncarriedRoles({ roles: [role], artifacts: {} }, [workload('a', '-DserverRoles=(a+)+')]);
    expect(found).toHaveLength(1);
  });

  it('reads them in JAVA_OPTS too', () => {
    const withOptions = (value: string): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'b', namespace: 'n' },
      spec: { template: { spec: { containers: [{ name: 'micro-integrator', env: [{ name: 'JAVA_OPTS', value }] }] } } },
    });
    expect(
      uncarriedRoles(image, [
        workload('a', '-DserverRoles=MiIsolatedA'),
        withOptions('-Xmx1g -DserverRoles=MiIsolatedB'),
      ]),
    ).toEqual([]);
    expect(
      uncarriedRoles(image, [workload('a', '-DserverRoles=MiIsolatedA'), withOptions('-Xmx1g -DserverRoles=Other')]),
    ).toHaveLength(1);
  });

  it('does not take a part of a role for the role', () => {
    expect(uncarriedRoles(image, [workload('a', '-DserverRoles=MiIsolated,MiIsolatedB')])).toHaveLength(1);
  });
});

describe('askUncarriedRoles', () => {
  const pod = {
    name: 'orders-1',
    node: 'n',
    workload: 'apps/Deployment/n/a',
    ready: true,
    ending: false,
    type: undefined,
    artifacts: [],
    coordination: 'isolate',
    imageDigests: [],
    trouble: '',
  } as const;
  const ask = (kubectl: Tools['kubectl']): Promise<string[]> =>
    askUncarriedRoles(
      { namespace: 'n', context: 'c', tools: { kubectl, helm: kubectl, helmMajor: async () => 4 } },
      { workloads: [workload('a', '-DserverRoles=MiIsolatedA')], pods: [pod] },
    );

  it('reads them out of a pod', async () => {
    const commands: string[] = [];
    const findings = await ask(async (words) => {
      commands.push(words.join(' '));
      return { exitCode: 0, stdout: JSON.stringify(image), stderr: '' };
    });
    expect(findings).toHaveLength(1);
    expect(commands).toEqual([expect.stringContaining('exec orders-1 -- cat /home/wso2carbon/mi-patterns/roles.json')]);
  });

  it('brings nothing where the image does not tell or nobody may look', async () => {
    expect(
      await ask(async () =>
        Promise.reject(
          new ToolFailure({ reason: 'exit', message: 'kubectl failed', hint: '', stderr: 'cat: no such file' }),
        ),
      ),
    ).toEqual([]);
    expect(parseImageRoles('{"roles": 1}')).toBeUndefined();
  });
});
