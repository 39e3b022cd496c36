import type { Inventory } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../configuration/environments.ts';
import { runtimeVersions } from '../generated/runtime-versions.ts';
import { runtimeVersionFindings, runtimeVersionOf, unknownRuntimeVersion } from './runtime-version.ts';

const written = (...versions: readonly string[]): Inventory =>
  ({
    artifacts: [],
    applications: versions.map((runtimeVersion) => ({ name: `for-${runtimeVersion}`, runtimeVersion })),
  }) as never;
const environment = (version?: string): Environment => ({ values: {}, runtime: { version } }) as never;

describe('the version that an environment runs', () => {
  it.each([
    [['4.3.0', '4.4.0'], '4.4.0'],
    // Images are tagged with three numbers.
    [['4.4'], '4.4.0'],
    [['4.4', '4.4.1'], '4.4.1'],
    [['4.2.0-alpha'], '4.2.0-alpha'],
    [['latest'], runtimeVersions.default],
    [[], runtimeVersions.default],
  ])('of projects for %j is %s', (versions, expected) =>
    expect(runtimeVersionOf(written(...versions), environment(), [])).toBe(expected),
  );

  it('is assumed, and said to be, only where no project names one', () => {
    const codes = (...versions: readonly string[]): readonly string[] =>
      runtimeVersionFindings(written(...versions), environment(), []).map(({ code }) => code);
    expect(codes('4.4')).toEqual([]);
    expect(codes()).toEqual(['MI-PKG-RUNTIME-ASSUMED']);
  });

  it('names the project that is written for a newer one', () => {
    const [finding] = runtimeVersionFindings(written('4.4'), environment('4.3.0'), []);
    expect(finding?.message).toBe('for-4.4 is written for Micro Integrator 4.4.0, but `runtime.version` is 4.3.0.');
  });

  it.each([
    ['9.9.9', 1],
    ['4.0.0', 1],
    ['4.8.0-beta', 1],
    ['4.1.0', 0],
    ['4.7.0.15', 0],
    [undefined, 0],
  ])('%s is one that the chart may not know: %i finding', (version, findings) => {
    expect(unknownRuntimeVersion({ runtime: version === undefined ? {} : { version } })).toHaveLength(findings);
  });
});
