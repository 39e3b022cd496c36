import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { imageRoles, lostRoles } from './role-check.ts';
import type { Tools } from './tools.ts';

function workload(name: string, container: object): KubernetesObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'n' }, spec: { template: { metadata: {}, spec: { containers: [container] } } } } as unknown as KubernetesObject;
}
const image = { roles: ['A', 'B'], artifacts: { A: ['task/a'], B: ['task/b', 'task/c'] } };

describe('roles of an image', () => {
  it('that no workload carries are named with their artifacts', () => {
    const workloads = [workload('one', { name: 'mi', args: ['-DserverRoles=EnterpriseIntegrator'] }), workload('two', { name: 'mi', args: ['-DserverRoles=EnterpriseIntegrator,A'] })];
    expect(lostRoles(image, workloads)).toEqual(['the image has artifacts of the server role B (task/b, task/c), which no workload carries: they are deployed nowhere']);
  });

  it('may be carried by arguments or by JAVA_OPTS, and are all carried where none are named', () => {
    const one = workload('one', { name: 'mi', args: ['-DserverRoles=A'] });
    expect(lostRoles(image, [one, workload('two', { name: 'mi', env: [{ name: 'JAVA_OPTS', value: '-Xmx1g -DserverRoles=B' }] })])).toEqual([]);
    expect(lostRoles(image, [one, workload('all', { name: 'mi' })])).toEqual([]);
    expect(lostRoles(undefined, [one])).toEqual([]);
  });

  it('are read in a pod; an image of another making has none', async () => {
    const words: string[][] = [];
    const tools = { kubectl: async (command: readonly string[]) => (words.push([...command]), { exitCode: 0, stdout: JSON.stringify(image), stderr: '' }) } as unknown as Tools;
    expect(await imageRoles({ namespace: 'n', context: 'c', tools }, 'pod-1')).toEqual(image);
    expect(words[0]?.slice(-4)).toEqual(['pod-1', '--', 'cat', '/home/wso2carbon/mi-patterns/roles.json']);
    const none = { kubectl: async () => Promise.reject(new Error('cat: No such file')) } as unknown as Tools;
    expect(await imageRoles({ namespace: 'n', context: 'c', tools: none }, 'pod-1')).toBeUndefined();
  });
});
