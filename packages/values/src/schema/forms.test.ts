import { describe, expect, it } from 'vitest';
import { isMapping } from '../mapping/merge.ts';
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
    ['ImageRegistry', 'a registry'],
    ['ImageRepository', 'a repository of an image'],
    ['ImageReference', 'a reference of an image'],
    ['ObjectName', 'a name of a Kubernetes object'],
    ['HostName', 'a host name'],
  ])('of the definition %s is %s', (name, words) => expect(formOf(definition(name)).words).toContain(words));
});

// What the reference grammar of registries takes and refuses (distribution/reference: domain, path-component).
describe('a registry', () => {
  const expression = new RegExp(definition('ImageRegistry'), 'u');
  it.each(['my_org', 'my_org/sub__x', 'localhost:5000', '[fd00::1]:5000', 'Registry.example.com/a-b', 'ghcr.io/acme/'])(
    'may be %s',
    (registry) => expect(registry).toMatch(expression),
  );
  it.each(['my_org.example.com', 'my_org:5000', '-a', 'a..b', 'a.example.com/B', 'a.example.com/b___c', 'https://a'])(
    'may not be %s',
    (registry) => expect(registry).not.toMatch(expression),
  );
});
