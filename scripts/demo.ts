import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx/core';
import { readArguments } from './lib/arguments.ts';
import { provideTool } from './lib/tools.ts';

/**
 * The main job on the bundled sample: what is stateful, the plan, the values files, the rendered chart, and what to run
 * next.
 */
readArguments({
  run: 'npm run demo --',
  summary: 'Scans, plans, generates, validates and renders examples/orders, and shows what each step prints.',
});
const root = join(import.meta.dirname, '..');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const out = 'out/demo';

const helm = await provideTool('helm', (text) => process.stderr.write(`${text}\n`));
await $({ cwd: root, quiet: true })`turbo run build --output-logs=none`;
rmSync(join(root, out), { recursive: true, force: true });
await step('What is in examples/orders, and what is stateful?', ['scan', 'examples/orders']);
await step('Which pattern, which workloads?', [
  'plan',
  'examples/orders',
  '--diagram',
  `${out}/plan.svg`,
  '--report',
  `${out}/plan.html`,
]);
await step('Values files for dev, staging and prod', [
  'generate',
  '--config',
  'examples/orders/mi-patterns.yaml',
  '--out',
  out,
]);
await step('Are they valid?', [
  'validate',
  '--config',
  'examples/orders/mi-patterns.yaml',
  ...['dev', 'staging', 'prod'].map((environment) => `${out}/values-${environment}.yaml`),
]);
say('\n━━ What the chart renders for prod\n');
const rendered = await $({
  cwd: root,
  quiet: true,
})`${helm} template orders charts/micro-integrator --namespace orders --values ${out}/values-prod.yaml`;
for (const [, kind, name] of rendered.stdout.matchAll(/^kind: (\w+)\nmetadata:\n {2}name: "?([^\s"]+)/gm))
  say(`  ${kind}/${name}`);
say(`\nThe plan as a picture is in ${out}/plan.svg, the report in ${out}/plan.html.`);
say('With a cluster, build the image and install:\n');
say(`  docker build --tag acme/orders:1.2.0 ${out}/package/image`);
say(
  `  helm upgrade --install orders charts/micro-integrator --namespace orders --create-namespace --values ${out}/values-prod.yaml`,
);

/** Runs the command as a user would and shows what it prints. */
async function step(title: string, args: readonly string[]): Promise<void> {
  say(`\n━━ ${title}\n   mi-patterns ${args.join(' ')}\n`);
  await $({ cwd: root, stdio: 'inherit' })`${process.execPath} packages/cli/bin/mi-patterns.js ${args}`;
}
