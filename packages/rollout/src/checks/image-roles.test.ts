import { describe, expect, it } from 'vitest';
import { type KubernetesObject, ToolFailure } from '@mi-patterns/helm';
import { askUncarriedRoles, parseImageRoles, type RolesCheck, uncarriedRoles } from './image-roles.ts';
import type { Tools } from '../tools/tools.ts';
import { readyPod } from '../../test/ready-pod.ts';

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
      'the image has task/B with the server role MiIsolatedB, which no workload has: no server would deploy it',
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
  const pod = readyPod('apps/Deployment/n/a', { name: 'orders-1' });
  const ask = (kubectl: Tools['kubectl']): Promise<RolesCheck> =>
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
    expect(findings).toMatchObject({ lost: [expect.stringContaining('MiIsolatedB')], notChecked: [] });
    expect(commands).toEqual([expect.stringContaining('exec orders-1 -- cat /home/wso2carbon/mi-patterns/roles.json')]);
  });

  const failing = (stderr: string): Promise<RolesCheck> =>
    ask(async () => Promise.reject(new ToolFailure({ reason: 'exit', message: 'kubectl failed.', hint: '', stderr })));

  it('brings nothing where the image has no such file', async () => {
    const stderr =
      'Defaulted container "micro-integrator" out of: micro-integrator, wait (init)\ncat: /home/wso2carbon/mi-patterns/roles.json: No such file or directory\ncommand terminated with exit code 1\n';
    expect(await failing(stderr)).toEqual({ lost: [], notChecked: [] });
    expect(parseImageRoles('{"roles": 1}')).toBeUndefined();
  });

  it.each([
    [
      'Error from server (Forbidden): pods "orders-1" is forbidden: User "u" cannot create resource "pods/exec"\n',
      'User "u" cannot create resource "pods/exec"',
    ],
    [
      'OCI runtime exec failed: exec failed: exec: "cat": executable file not found in $PATH\ncommand terminated with exit code 127\n',
      'executable file not found',
    ],
    ['exec: "cat": stat cat: No such file or directory: unknown\ncommand terminated with exit code 126', 'stat cat'],
    ['', 'kubectl failed'],
  ])('says what was not checked where the pod cannot be asked', async (stderr, because) => {
    expect(await failing(stderr)).toEqual({
      lost: [],
      notChecked: [
        { what: 'the server roles of the image orders:1', because: expect.stringContaining(`could not be asked: `) },
      ],
    });
    expect((await failing(stderr)).notChecked[0]?.because).toContain(because);
  });

  it('says so where the file is something else', async () => {
    const found = await ask(async () => ({ exitCode: 0, stdout: '<html>', stderr: '' }));
    expect(found).toMatchObject({
      lost: [],
      notChecked: [{ because: expect.stringContaining('not a list of roles') }],
    });
  });
});
