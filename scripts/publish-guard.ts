import { join } from 'node:path';
import { parseDestination } from '../packages/delivery/src/index.ts';
import { readArguments } from './lib/arguments.ts';
import { pushGuardImage, writeGuardImage } from './lib/guard-image.ts';

/** Builds the image of lease-guard, and pushes it. */
const { values } = readArguments({
  run: 'npx tsx scripts/publish-guard.ts',
  summary:
    'Builds the image of lease-guard for linux/amd64 and arm64, and pushes it with the logins that docker and podman keep.',
  options: {
    out: { type: 'string', value: 'DIR', description: 'where the image is built (default out/lease-guard)' },
    push: { type: 'string', value: 'REGISTRY/NAME:TAG', description: 'push the image there' },
    'plain-http': { type: 'boolean', description: 'push without TLS' },
  },
});
const layouts = writeGuardImage(values.out ?? join(import.meta.dirname, '..', 'out', 'lease-guard'));
for (const { architecture, manifest } of layouts) process.stdout.write(`linux/${architecture} ${manifest.digest}\n`);
if (values.push !== undefined) {
  const plainHttp = values['plain-http'];
  const destination = parseDestination(values.push, plainHttp);
  const digest = await pushGuardImage(layouts, destination, { environment: process.env, plainHttp });
  process.stdout.write(`Pushed ${digest}\n`);
}
