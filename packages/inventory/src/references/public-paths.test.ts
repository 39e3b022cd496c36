import { describe, expect, it } from 'vitest';
import type { ArtifactFacts } from '../model/inventory.ts';
import { publicPaths } from './public-paths.ts';

describe('the paths that clients call', () => {
  it.each<[string, ArtifactFacts, readonly string[]]>([
    ['an API', { kind: 'api', context: '/orders/', bindsTo: [] }, ['/orders']],
    ['an API at the root', { kind: 'api', context: '/', bindsTo: [] }, ['/']],
    [
      'an API with its version in the path',
      { kind: 'api', context: '/orders', apiVersion: '1.0', versionType: 'url', bindsTo: [] },
      ['/orders/1.0'],
    ],
    ['an API that a server names', { kind: 'api', context: '$FILE:context', bindsTo: [] }, []],
    ['a data service', { kind: 'data-service', boxcarring: false }, ['/services/N']],
    ['a service that could not be read', { kind: 'axis2-service' }, []],
  ])('of %s', (_, facts, expected) => expect(publicPaths({ name: 'N', facts })).toEqual(expected));
});
