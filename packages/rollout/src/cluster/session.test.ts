import { describe, expect, it } from 'vitest';
import { InputError } from '@mi-patterns/inventory';
import type { KubernetesObject } from '@mi-patterns/helm';
import { inNamespace } from './session.ts';

const deployment = (namespace: string | undefined, labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'orders-night', ...(namespace === undefined ? {} : { namespace }), labels },
});
const ofChart = { 'mi-patterns.io/workload-type': 'stateful' };

describe('inNamespace', () => {
  it('refuses a workload in another namespace, whose pods no step of a rollout would see', () => {
    const place = (): unknown => inNamespace({ namespace: 'shop' }, [deployment('other', ofChart)]);
    expect(place).toThrow(InputError);
    expect(place).toThrow(/Deployment\/orders-night is in the namespace other, and the environment's is shop/);
  });

  it('lets pass what is in the namespace, names none, or is of no workload of the chart', () => {
    const objects = [
      deployment('shop', ofChart),
      deployment(undefined, ofChart),
      deployment('', ofChart),
      deployment('other', {}),
    ];
    expect(inNamespace({ namespace: 'shop' }, objects).map(({ metadata }) => metadata.namespace)).toEqual([
      'shop',
      'shop',
      'shop',
      'other',
    ]);
  });
});
