import { expect, it } from 'vitest';
import type { KubernetesObject } from '@mi-patterns/helm';
import { archivesUsed, bringArchives, pruneArchives } from './archive-maps.ts';
import type { Place } from '../tools/kubectl.ts';

const map = (name: string, labels: Record<string, string> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels, resourceVersion: '7' } as KubernetesObject['metadata'],
});
const mounting = (name: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { template: { spec: { volumes: [{ name: 'v', projected: { sources: [{ configMap: { name } }] } }] } } },
});

/** A namespace whose ConfigMaps are listed; what is done to it is kept. */
function namespaceWith(maps: readonly KubernetesObject[]): { place: Place; done: string[] } {
  const done: string[] = [];
  const answer = { exitCode: 0, stderr: '', stdout: JSON.stringify({ kind: 'List', items: maps }) };
  const kubectl: NonNullable<Place['tools']>['kubectl'] = async (words, options = {}) => {
    const verb = words.slice(5).join(' ');
    if (!verb.startsWith('get ')) done.push(`${verb} ${options.input ?? ''}`.trim());
    return answer;
  };
  return { place: { namespace: 'n', context: 'c', tools: { kubectl, helm: kubectl, helmMajor: async () => 4 } }, done };
}

it('removes what no kept revision mounts, and only the mark where another release uses it', async () => {
  const own = 'archives.mi-patterns.io/orders';
  const { place, done } = namespaceWith([
    map('kept', { [own]: 'used' }),
    map('old', { [own]: 'used' }),
    map('shared', { [own]: 'used', 'archives.mi-patterns.io/bills': 'used' }),
  ]);
  expect(await pruneArchives(place, 'orders', async () => [mounting('kept')])).toEqual(['old', 'shared']);
  expect(done).toEqual([
    // Not when somebody has changed it since: another release may have begun to use it.
    'delete --raw=/api/v1/namespaces/n/configmaps/old --filename=- {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"resourceVersion":"7"}}',
    'label configmap shared archives.mi-patterns.io/orders-',
  ]);
});

it('brings only what the wanted pods mount, marked by a manager of its own', async () => {
  const { place, done } = namespaceWith([]);
  await bringArchives(place, 'orders', archivesUsed([map('a'), map('b')], [mounting('b')]));
  expect(done).toHaveLength(1);
  expect(done[0]).toMatch(
    /^apply --server-side --field-manager=mi-patterns-orders --filename=- .*"name":"b".*"archives.mi-patterns.io\/orders":"used"/,
  );
});
