import { describe, expect, it } from 'vitest';
import { isMapping } from '../merge.ts';
import { formOf } from './forms.ts';
import { valuesSchema } from './schemas.ts';

function patternsOf(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(patternsOf);
  if (!isMapping(node)) return [];
  const { pattern } = node;
  return [...(typeof pattern === 'string' ? [pattern] : []), ...Object.values(node).flatMap(patternsOf)];
}

const definition = (name: string): string =>
  patternsOf((valuesSchema as { readonly definitions?: Readonly<Record<string, unknown>> }).definitions?.[name])[0] ??
  '';

describe('what a text has to be', () => {
  it.each([
    ['Labels', 'a value of a label'],
    ['ImageTag', 'a tag of an image'],
    ['Address', 'an IP address'],
    ['AddressRange', 'a range of addresses'],
    ['Tolerations', 'an operator of a toleration'],
  ])('of the definition %s is %s', (name, words) => expect(formOf(definition(name)).words).toContain(words));
});
