import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChartSource, chartSourceOf } from '@mi-patterns/rollout';
import type { JudgeOptions } from '@mi-patterns/helm';
import type { Context } from './context/context.ts';
import { display } from './context/files.ts';
import { build } from './context/version.ts';
import type { LoadedConfiguration } from '@mi-patterns/values';
import { shellWord } from './output/shell.ts';

/**
 * The chart that comes with the command: the one of the checkout while developing, else the copy in the package.
 * A checkout is recognised by the chart lying three folders above the bundle.
 */
export function chartFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const checkout = join(here, '../../../charts/micro-integrator');
  return existsSync(join(checkout, 'Chart.yaml')) ? checkout : join(here, 'chart');
}

/** The chart as judge of values. The built command keeps what it accepts. */
export function chartAsJudge({ askHelm }: Pick<Context, 'askHelm'>): Pick<JudgeOptions, 'chart' | 'keptFor' | 'ask'> {
  return { chart: chartFolder(), keptFor: build, ask: askHelm };
}

/** Where the chart comes from: as the configuration says, else the one of the command. A version given here wins. */
export function chartSource(loaded: LoadedConfiguration | undefined, wanted?: string): ChartSource {
  return chartSourceOf(loaded, chartFolder(), wanted);
}

/** The same as words of a helm command; helm takes a bare name for the alias of a repository. */
export function chartWords(source: ChartSource, context: Context): string {
  if (source.type === 'path') {
    const path = display(source.path, context);
    return shellWord(path.includes('/') ? path : `./${path}`);
  }
  const version = source.version === undefined ? '' : ` --version ${shellWord(source.version)}`;
  return source.type === 'oci'
    ? `${source.reference}${version}`
    : `${source.name} --repo ${source.repository}${version}`;
}
