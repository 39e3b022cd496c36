import { describe, expect, it } from 'vitest';
import { podTemplate } from './kubernetes-object.ts';
import { parseManifest } from './manifest.ts';

describe('parseManifest', () => {
  it('reads YAML as Kubernetes does and keeps the template', () => {
    const { objects, faults } = parseManifest(
      '---\n# Source: a/templates/x.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: yes\n  b: 12:30:45\n  c: 2020-01-01\n  d: 0755\n  e: "no"\n  f: |-\n    text\n',
    );
    expect(faults).toEqual([]);
    expect(objects).toEqual([
      {
        template: 'a/templates/x.yaml',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'x' },
          data: { a: true, b: '12:30:45', c: '2020-01-01', d: 493, e: 'no', f: 'text' },
        },
      },
    ]);
  });

  it('finds no pods in a kind that is called as what every object inherits', () => {
    const metadata = { name: 'a' };
    expect(podTemplate({ apiVersion: 'v1', kind: 'constructor', metadata })).toBeUndefined();
  });

  it('opens lists and passes by empty parts', () => {
    const { objects } = parseManifest(
      '---\n# only a comment\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n',
    );
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a', 'b']);
  });

  it('reports what is no object', () => {
    expect(parseManifest('---\n# Source: t.yaml\nkind: ConfigMap\n').faults).toEqual([
      {
        template: 't.yaml',
        line: 1,
        message: 'This is not a Kubernetes object: apiVersion, kind or metadata.name is missing.',
      },
    ]);
  });

  it('does not take dashes inside a text for a new part', () => {
    const { objects } = parseManifest(
      '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ---\n    a: b\n',
    );
    expect(objects[0]?.object.data).toEqual({ x: '---\na: b\n' });
  });
});
