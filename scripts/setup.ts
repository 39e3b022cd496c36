import { $ } from 'zx';
import { provideKubernetesSchemas } from './lib/kubernetes-schemas.ts';
import { provideTool } from './lib/tools.ts';

/** Set-up of a checkout: tools into the cache, the command built. `--tools a,b` limits the tools. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const wanted = process.argv.includes('--tools')
  ? (process.argv[process.argv.indexOf('--tools') + 1] ?? '').split(',').filter(Boolean)
  : ['helm', 'helm-unittest', 'kubeconform'];

try {
  for (const name of wanted) say(`${name}: ${await provideTool(name, say)}`);
  if (wanted.includes('kubeconform')) say(`Kubernetes schemas: ${await provideKubernetesSchemas(say)}`);
  await $({ stdio: 'inherit' })`turbo run build --output-logs=errors-only --log-order=grouped`;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(3);
}
