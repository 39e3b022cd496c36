import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isRegistryFailure, parseDestination } from '../packages/delivery/src/index.ts';
import { pushGuardImage, writeGuardImage } from './lib/guard-image.ts';

/**
 * Builds the image of lease-guard for linux/amd64 and arm64, and pushes it with the logins that docker and podman keep.
 *
 *   npx tsx scripts/publish-guard.ts [--out DIR] [--push REGISTRY/NAME:TAG [--plain-http]]
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(import.meta.dirname, '..', 'out', 'lease-guard') },
    push: { type: 'string' },
    'plain-http': { type: 'boolean', default: false },
  },
});
try {
  const layouts = writeGuardImage(values.out);
  for (const { architecture, manifest } of layouts) process.stdout.write(`linux/${architecture} ${manifest.digest}\n`);
  if (values.push !== undefined) {
    const plainHttp = values['plain-http'];
    const options = { environment: process.env, plainHttp };
    process.stdout.write(
      `Pushed ${await pushGuardImage(layouts, parseDestination(values.push, plainHttp), options)}\n`,
    );
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const words = isRegistryFailure(error)
    ? error.diagnostics.map((diagnostic) => `${diagnostic.message} ${diagnostic.hint}`).join('\n')
    : message;
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
