import { resolve } from 'node:path';
import type { LoadedConfiguration } from '@mi-patterns/values';
import type { ChartSource } from './chart-source.ts';

/** Where the chart comes from: as the configuration says, else the folder `own`. A version given here wins. */
export function chartSourceOf(
  loaded: Pick<LoadedConfiguration, 'configuration' | 'folder'> | undefined,
  own: string,
  wanted?: string,
): ChartSource {
  const chart = loaded?.configuration.chart;
  const version = wanted ?? chart?.version;
  const versioned = version === undefined ? {} : { version };
  if (chart?.oci !== undefined) return { type: 'oci', reference: chart.oci, ...versioned };
  if (chart?.repository !== undefined)
    return { type: 'repository', repository: chart.repository, name: chart.name ?? 'micro-integrator', ...versioned };
  return { type: 'path', path: chart?.path === undefined ? own : resolve(loaded?.folder ?? '.', chart.path) };
}
