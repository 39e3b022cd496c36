import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planToSvg } from '../packages/cli/src/diagrams/svg.ts';
import { readInventory } from '../packages/inventory/src/index.ts';
import { planWithWrittenPods } from '../packages/cli/src/inputs/plan-with-written-pods.ts';
import { flowOf, type Pattern } from '../packages/planner/src/index.ts';
import { generateFiles } from '../packages/values/generate.ts';
import { commandsPage } from './documents/commands.ts';
import { configurationPage } from './documents/configuration.ts';
import { diagnosticsPage } from './documents/diagnostics.ts';
import { glossaryPage } from './documents/glossary.ts';
import { miFeaturesTemplate } from './documents/mi-features.ts';
import { jsonOutputPage } from './documents/json-output.ts';
import { jsonSchemas } from './documents/json-schemas.ts';
import { plainSecretsTemplate } from './documents/plain-secrets.ts';
import { valuesPage } from './documents/values.ts';
import { verdictsPage } from './documents/verdicts.ts';
import { readArguments } from './lib/arguments.ts';
import { chartFiles } from './lib/chart-docs.ts';
import { measuredFile } from './lib/measured.ts';

const root = join(import.meta.dirname, '..');

/** Content of every generated file, by its path from the top of the repository. Writes nothing. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const ofValues = [...(await generateFiles())].map(
    ([url, text]) => [relative(root, fileURLToPath(url)).replaceAll('\\', '/'), text] as const,
  );
  return new Map([
    ...ofValues,
    ...templates(),
    ['packages/planner/src/generated/measured.ts', measuredFile()],
    ['docs/diagnostics.md', diagnosticsPage()],
    ['docs/commands.md', commandsPage()],
    ['docs/values.md', valuesPage()],
    ['docs/verdicts.md', verdictsPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/glossary.md', glossaryPage()],
    ['docs/json-output.md', jsonOutputPage()],
    ['docs/images/orders.svg', await picture('examples/orders')],
    ['docs/images/single-replica.svg', await picture('examples/orders', 'single-replica')],
    ['docs/images/refused.svg', await picture('examples/orders', 'multiple-replicas')],
    ['docs/images/shop.svg', await picture('examples/shop')],
    ...Object.entries(jsonSchemas).map(
      ([name, { schema }]) => [`docs/json/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
  ]);
}

/** Templates of the chart that are made from tables of the command. */
function templates(): ReadonlyMap<string, string> {
  return new Map([
    ['charts/micro-integrator/templates/_mi-features.tpl', miFeaturesTemplate()],
    ['charts/micro-integrator/templates/_plain-secrets.tpl', plainSecretsTemplate()],
  ]);
}

/** What `mi-patterns plan PATH --diagram` draws, with the pattern that the planner chooses or the one given. */
async function picture(path: string, pattern?: Pattern): Promise<string> {
  const inventory = await readInventory([path], { cwd: root });
  const options = {
    isolate: 'each',
    coordination: 'isolate',
    verdicts: new Map(),
    replicas: 3,
    ...(pattern === undefined ? {} : { pattern }),
  } as const;
  // The pictures are the same whether or not lease-guard is built here.
  const made = await planWithWrittenPods(inventory, options, {
    loaded: undefined,
    context: { cwd: root },
    guard: 'in-image',
  });
  return planToSvg(flowOf(inventory, made), made);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  readArguments({
    run: 'npm run generate --',
    summary:
      'Writes every file that is made from others: reference pages, schemas, types, pictures and parts of the chart.',
  });
  let changed = 0;
  // Templates first, since the chart is rendered; then the chart, since the other files are made from its values.
  for (const files of [templates, chartFiles, generatedFiles]) {
    for (const [path, text] of await files()) {
      const file = join(root, path);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      process.stdout.write(`wrote ${path}\n`);
      changed += 1;
    }
  }
  process.stdout.write(changed === 0 ? 'Every generated file is up to date.\n' : '');
}
