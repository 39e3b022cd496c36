import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The chart that comes with the command: the one of the checkout while developing, else the copy in the package.
 * A checkout is recognised by the chart lying three folders above the bundle.
 */
export function chartFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const checkout = join(here, '../../../charts/micro-integrator');
  return existsSync(join(checkout, 'Chart.yaml')) ? checkout : join(here, 'chart');
}
