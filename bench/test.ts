import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../scripts/lib/arguments.ts';
import { cacheFolder } from '../scripts/lib/cache.ts';
import { provideKubernetesSchemas } from '../scripts/lib/kubernetes-schemas.ts';
import { pins, provideTool } from '../scripts/lib/tools.ts';
import { alternating, measure, printTable, shown } from './lib/measure.ts';

readArguments({
  run: 'npx tsx bench/test.ts',
  summary: `Measures mi-patterns test with the values of three environments, beside helm lint, helm unittest, helm template and
kubeconform by hand for the same; and helm unittest of the chart alone.`,
});
const root = join(import.meta.dirname, '..');
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const helm = await provideTool('helm', say);
const unittest = await provideTool('helm-unittest', say);
const kubeconform = await provideTool('kubeconform', say);
const schemas = await provideKubernetesSchemas(say);
const chart = join(root, 'charts/micro-integrator');
const command = join(root, 'packages/cli/bin/mi-patterns.js');
const environment = {
  ...process.env,
  MI_PATTERNS_HELM: helm,
  MI_PATTERNS_HELM_UNITTEST: unittest,
  MI_PATTERNS_KUBECONFORM: kubeconform,
  MI_PATTERNS_KUBERNETES_SCHEMAS: schemas,
};
Object.assign(process.env, environment);
const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
try {
  const made = await measure(process.execPath, [
    command,
    'generate',
    '--config',
    join(root, 'examples/orders/mi-patterns.yaml'),
    '--out',
    folder,
    '--no-package',
    '--quiet',
  ]);
  if (made.exitCode > 1) throw new Error('the values were not generated');
  const values = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file));
  // Made from the schemas by the first run of our command: both sides compare with the same files.
  await measure(process.execPath, [command, 'test', '--values', ...values]);
  const prepared = join(cacheFolder(), 'kubeconform-schemas');
  const location = join(
    prepared,
    readdirSync(prepared).toSorted().at(-1) ?? '',
    '{{ .NormalizedKubernetesVersion }}-local{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json',
  );
  const byHand = [
    `${unittest} ${chart}`,
    ...values.flatMap((file) => [
      `${helm} lint ${chart} -f ${file}`,
      ...pins.kubernetesVersions.map(
        (version) =>
          `${helm} template r ${chart} -f ${file} --kube-version ${version} | ${kubeconform} -strict -ignore-missing-schemas -kubernetes-version ${version}.0 -schema-location '${location}'`,
      ),
    ]),
  ].join(' && ');
  const [ours, theirs, suite] = await alternating(3, [
    () => measure(process.execPath, [command, 'test', '--values', ...values]),
    () => measure('sh', ['-c', byHand]),
    () => measure(unittest, [chart]),
  ]);
  if (ours === undefined || theirs === undefined || suite === undefined) throw new Error('nothing was measured');
  printTable([
    ['what', 'median (shortest–longest)', 'ratio'],
    [`mi-patterns test, ${values.length} environments`, shown(ours), `${(ours.median / theirs.median).toFixed(2)} ×`],
    ['lint, unittest, template and kubeconform by hand', shown(theirs), '1.00 ×'],
    ['helm unittest of the chart alone', shown(suite), ''],
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
