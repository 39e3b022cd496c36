import { describe, expect, it } from 'vitest';
import { parseDocument, parseObjects } from './kubectl.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n', labels: null } };

describe('what kubectl prints', () => {
  it('is an object, a list of some, or nothing', () => {
    expect(parseObjects(JSON.stringify(pod))).toEqual([pod]);
    expect(parseObjects(JSON.stringify({ kind: 'List', items: [pod, pod] }))).toEqual([pod, pod]);
    expect(parseObjects('\n')).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['an object without a name', { ...pod, metadata: {} }],
    ['an object without metadata', { items: [{ apiVersion: 'v1', kind: 'Pod' }] }],
    ['an object without an API version', { items: [{ ...pod, apiVersion: undefined }] }],
    ['nothing in a list', { items: [null] }],
    ['a label that is a number', { ...pod, metadata: { name: 'a', labels: { b: 1 } } }],
  ])('fails when it is %s', (_, answer) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    expect(() => parseObjects(text)).toThrow('kubectl wrote no object as JSON.');
  });
});

it('a document that is none is told with the name of the tool', () =>
  expect(() => parseDocument('orders', 'helm')).toThrow('helm wrote no document as JSON.'));
