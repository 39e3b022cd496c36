import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { fieldChanges } from './field-diff.ts';

const object = (kind: string, rest: Record<string, unknown>): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x' },
  ...rest,
});

describe('fieldChanges', () => {
  it('tells lists apart by the names in them, and leaves out what the server writes', () => {
    const written: object = { resourceVersion: 'x', managedFields: ['x'] };
    const pod = (image: string, order: readonly string[]): KubernetesObject => ({
      ...object('Pod', {
        spec: {
          containers: [
            { name: 'mi', image, env: order.map((name) => ({ name, value: name === 'B' ? image : 'same' })) },
          ],
        },
        status: { phase: image },
      }),
      metadata: { name: 'x', annotations: { 'deployment.kubernetes.io/revision': image }, ...written },
    });
    expect(fieldChanges(pod('a', ['A', 'B']), pod('b', ['B', 'A', 'C']))).toEqual([
      { path: 'spec.containers[mi].env[B].value', before: 'a', after: 'b' },
      { path: 'spec.containers[mi].env[C]', after: { name: 'C', value: 'same' } },
      { path: 'spec.containers[mi].image', before: 'a', after: 'b' },
    ]);
  });

  it('shows changed lines of long text, without what looks secret', () => {
    const map = (line: string): KubernetesObject =>
      object('ConfigMap', { data: { 'deployment.toml': `[a]\nb = 1\n${line}\nc = 2\nd = 3\n` } });
    expect(fieldChanges(map('offset = 10'), map('password = "hunter22"'))).toEqual([
      { path: 'data."deployment.toml"', lines: [' b = 1', '-offset = 10', '+password = [hidden]', ' c = 2'] },
    ]);
    expect(fieldChanges(map('password = "a-b-c"'), map('password = "hunter22"'))).toEqual([
      { path: 'data."deployment.toml"', lines: ['~ a hidden value differs'] },
    ]);
  });

  it('hides the value that follows an option in a list', () => {
    const pod = (value: string): KubernetesObject =>
      object('Pod', { spec: { containers: [{ name: 'c', args: ['run', '--db-password', value, value] }] } });
    expect(fieldChanges(pod('one'), pod('other'))).toEqual([
      { path: 'spec.containers[c].args[2]', before: '[hidden] 3 characters', after: '[hidden] 5 characters' },
      { path: 'spec.containers[c].args[3]', before: 'one', after: 'other' },
    ]);
    expect(fieldChanges(object('Pod', {}), pod('one'))).toEqual([
      {
        path: 'spec',
        after: { containers: [{ name: 'c', args: ['run', '--db-password', '[hidden]', 'one'] }] },
      },
    ]);
  });

  it('hides values of Secrets and of variables with telling names', () => {
    const secret = (value: string): KubernetesObject => object('Secret', { type: 'Opaque', data: { key: value } });
    expect(fieldChanges(secret('aGVsbG8='), secret('aGVsbG8gd29ybGQ='))).toEqual([
      { path: 'data.key', before: '[hidden] 8 characters', after: '[hidden] 16 characters' },
    ]);
    expect(JSON.stringify(fieldChanges(object('Secret', {}), secret('aGVsbG8=')))).not.toContain('aGVs');
    const deployment = (value: string): KubernetesObject =>
      object('Deployment', {
        spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'DB_PASSWORD', value }] }] } } },
      });
    expect(JSON.stringify(fieldChanges(deployment('one-secret'), deployment('another-one')))).not.toMatch(
      /one-secret|another-one/,
    );
    expect(JSON.stringify(fieldChanges(object('Deployment', { spec: {} }), deployment('hunter22')))).not.toContain(
      'hunter22',
    );
  });

  it('sees no difference between an empty value and none', () => {
    expect(
      fieldChanges(object('A', { spec: { list: [], map: {}, nothing: null } }), object('A', { spec: {} })),
    ).toEqual([]);
  });
});
