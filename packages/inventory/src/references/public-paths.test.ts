import { describe, expect, it } from 'vitest';
import type { ArtifactFacts, Inventory, ServerConfiguration } from '../model/inventory.ts';
import { publicPaths } from './public-paths.ts';

type Configurations = readonly Partial<ServerConfiguration>[];
const api: ArtifactFacts = { kind: 'api', context: '/orders/', bindsTo: [] };
const proxy = { kind: 'proxy-service', transports: ['http'] } as unknown as ArtifactFacts;
const exposing = { exposesVersionedServices: true } as const;
const application = { id: 'pay_1.0.1', versionedDeployment: true, descriptorId: 'com.acme__pay__1.0.1' };

function pathsOn(configurations: Configurations, facts: ArtifactFacts): readonly string[] {
  const { applications } = { applications: [application] } as unknown as Inventory;
  return publicPaths(
    { name: 'N', kind: facts.kind, facts, applications: ['pay_1.0.1'] },
    { applications, configurations: configurations as readonly ServerConfiguration[] },
  );
}

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
  ])('of %s', (_, facts, expected) => {
    expect(pathsOn([], facts)).toEqual(expected);
  });

  it.each<[string, ArtifactFacts, Configurations, readonly string[]]>([
    ['an API', api, [exposing], ['/com.acme/pay/1.0.1/orders']],
    ['a proxy service', proxy, [exposing], ['/services/com.acme__pay__1.0.1/N']],
    ['a data service', { kind: 'data-service', boxcarring: false }, [exposing], ['/services/com.acme__pay__1.0.1/N']],
    ['an API, where one server does not', api, [exposing, {}], ['/orders']],
    ['an API, where the file that the chart writes does not', api, [exposing, { environment: 'prod' }], ['/orders']],
    ['an API, where nothing is known of servers', api, [], ['/orders']],
    ['an Axis2 service', { kind: 'axis2-service', services: [] }, [exposing], []],
  ])('of %s of a versioned application on servers that expose versions', (_, facts, configurations, expected) => {
    expect(pathsOn(configurations, facts)).toEqual(expected);
  });
});
