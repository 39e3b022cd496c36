import { $ } from 'zx/core';
import { readArguments } from './lib/arguments.ts';
import { provideKubernetesSchemas } from './lib/kubernetes-schemas.ts';
import { provideTool } from './lib/tools.ts';

/** Set-up of a checkout: tools into the cache, the command built. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const { values } = readArguments({
  run: 'npm run setup --',
  summary: 'Brings the tools that the tests need into the cache, and builds the command.',
  options: {
    tools: {
      type: 'string',
      value: 'NAME,NAME',
      default: 'helm,helm-unittest,kubeconform,publication',
      description: 'only these tools',
    },
  },
});
const wanted = values.tools.split(',').filter(Boolean);

for (const name of wanted) say(`${name}: ${await provideTool(name, say)}`);
if (wanted.includes('kubeconform')) say(`Kubernetes schemas: ${await provideKubernetesSchemas(say)}`);
await $({ stdio: 'inherit' })`turbo run build --output-logs=errors-only --log-order=grouped`;
