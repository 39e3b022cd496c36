import { describe, expect, it } from 'vitest';
import { chartSource, chartWords } from './chart.ts';
import type { Context } from './context/context.ts';
import type { LoadedConfiguration } from '@mi-patterns/values';

const context = { cwd: '/project' } as Context;
const words = (chart: object, wanted?: string): string =>
  chartWords(
    chartSource({ folder: '/project/deploy', configuration: { chart } } as unknown as LoadedConfiguration, wanted),
    context,
  );

describe('the chart as words of a helm command', () => {
  it('is where the configuration says', () => {
    expect(words({ path: '../chart' })).toBe('./chart');
    expect(words({ path: 'chart.tgz' })).toBe('deploy/chart.tgz');
    expect(words({ path: '/elsewhere/chart' })).toBe('/elsewhere/chart');
    expect(words({ repository: 'https://charts.example.com', version: '1.2.0' })).toBe(
      'micro-integrator --repo https://charts.example.com --version 1.2.0',
    );
    expect(words({ oci: 'oci://registry.example.com/charts/mi', version: '1.2.0' }, '1.3.0')).toBe(
      'oci://registry.example.com/charts/mi --version 1.3.0',
    );
  });

  it('is the one of the command where it says nothing', () => {
    expect(chartSource(undefined)).toMatchObject({
      type: 'path',
      path: expect.stringMatching(/charts\/micro-integrator$/),
    });
  });
});
