import { afterEach, describe, expect, it, vi } from 'vitest';
import { network } from './harness/settings.ts';

afterEach(() => vi.unstubAllEnvs());

/** Names of everything that a cluster of a folder puts on the machine. */
function namesIn(folder: string): string[] {
  vi.stubEnv('MI_PATTERNS_CLUSTERS', folder);
  return [network.bridge, network.hostLink(1), network.namespace(1), network.controlGroup(9)];
}

describe('names that a cluster puts on the machine', () => {
  it('differ between folders of clusters, and are the same for one folder', () => {
    const [first, second] = [namesIn('/tmp/a'), namesIn('/tmp/b')];
    expect(first.filter((name) => second.includes(name))).toEqual([]);
    expect(namesIn('/tmp/a/')).toEqual(first);
  });

  it('fit the 15 characters of an interface', () => {
    const [bridge = '', link = ''] = namesIn('/tmp/a');
    expect([bridge.length, link.length].every((length) => length <= 15)).toBe(true);
  });

  it('are recognised as the bridge of somebody else', () => {
    expect(namesIn('/tmp/a')[0]).toMatch(network.anyBridge);
  });
});
