import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { officialFolder, root } from './charts.ts';
import { weaknessResults, type WeaknessResult } from './prove.ts';
import { peer } from './features-general.ts';
import { features, generalRows, rows, type GeneralRow, type Row } from './table.ts';

export const comparisonFile = join(root, 'docs', 'comparison.md');

/**
 * The text of docs/comparison.md, from both charts rendered now. Without the official chart beside the project its
 * column stays as it is in the file. Throws an Error when neither the chart nor the file is there.
 */
export async function comparison(): Promise<string> {
  const official = officialFolder();
  const committed = existsSync(comparisonFile) ? readFileSync(comparisonFile, 'utf8') : undefined;
  if (official === undefined && committed === undefined)
    throw new Error(
      'The official chart is not beside this project and docs/comparison.md is missing: nothing to compare with.',
    );
  const officialChart = official === undefined ? undefined : join(official, 'mi');
  const table = await rows(officialChart);
  const general = await generalRows(officialChart);
  return document(
    { table, general, found: await weaknessResults() },
    official === undefined ? theirCells(committed ?? '') : new Map(),
  );
}

/** The official chart's column of a written document, by the cell before it. */
function theirCells(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | '))
      .map(([first, theirs]) => [(first ?? '').replace(/^\| /, ''), theirs ?? '']),
  );
}

interface Found {
  readonly table: readonly Row[];
  readonly general: readonly GeneralRow[];
  readonly found: readonly WeaknessResult[];
}

function document({ table, general, found }: Found, kept: ReadonlyMap<string, string>): string {
  const count = (column: 'theirs' | 'ours'): string =>
    `${table.filter((row) => (column === 'theirs' ? (row.theirs ?? kept.get(row.feature) ?? '') : row.ours).startsWith('yes')).length} of ${table.length}`;
  return [
    '# Compared with the official chart',
    '',
    '`npx tsx scripts/compare.ts` renders both charts and writes this page: [wso2/helm-mi](https://github.com/wso2/helm-mi), chart `mi` 4.6.0-0, and',
    '`charts/micro-integrator`. A cell is *yes* if the rendered objects contain what the row names, and *no* if they do not or if the',
    'chart does not render. The last column lists the values for this chart; helm-mi gets its own, if it has any for the feature. helm-mi',
    'does not render with its default values (W1), so `wso2.config.icp.enabled=false` is set throughout. A test renders every row again.',
    '',
    `helm-mi has ${count('theirs')} features, this chart ${count('ours')}.`,
    ...features.flatMap(({ group }) => [
      '',
      `## ${group}`,
      '',
      '| Feature | helm-mi | this chart | values of this chart |',
      '|---|---|---|---|',
      ...table
        .filter((row) => row.group === group)
        .map(
          (row) =>
            `| ${row.feature} | ${row.theirs ?? kept.get(row.feature) ?? ''} | ${row.ours} | ${cell(row.values)} |`,
        ),
    ]),
    '',
    '## What users ask of any chart',
    '',
    `The third column is a chart of another product, ${peer.about}. It was read, not rendered.`,
    'The kinds that it has keys for (alerts, TLSRoute, CiliumNetworkPolicy) have no keys in this chart, because `extraObjects` takes any kind.',
    'Three of its settings are left out of this chart on purpose: Grafana dashboards (a ConfigMap in `extraObjects`), `resizePolicy` (the heap is fixed when the JVM starts, and Kubernetes resizes CPU in place without it), and `publishNotReadyAddresses` (MI servers do not find each other by DNS).',
    '',
    `| Feature | helm-mi | this chart | ${peer.name} | values of this chart |`,
    '|---|---|---|---|---|',
    ...general.map(
      (row) =>
        `| ${row.feature} | ${row.theirs ?? kept.get(row.feature) ?? ''} | ${row.ours} | ${row.peer} | ${cell(row.values)} |`,
    ),
    ...leftSection(),
    '',
    '## Known faults of the official chart',
    '',
    'Each row is a property that this chart has and helm-mi lacks. Run the commands in the root of the repository, with helm on PATH. A test runs them, and their counterparts on helm-mi.',
    '',
    '| | Property | helm-mi | this chart | shown by |',
    '|---|---|---|---|---|',
    ...found.map(
      ({ id, title, command, ours, theirs }) =>
        `| ${id} | ${title} | ${theirs ?? theirWeakness(id)} | ${ours} | \`${cell(shortened(command))}\` |`,
    ),
    '',
  ].join('\n');

  function theirWeakness(id: string): string {
    const line = readFileSync(comparisonFile, 'utf8')
      .split('\n')
      .find((candidate) => candidate.startsWith(`| ${id} | `));
    return line?.split(' | ')[2] ?? '';
  }
}

function leftSection(): readonly string[] {
  return [
    '',
    '## What helm-mi does, and this chart leaves to you',
    '',
    '| helm-mi makes | here |',
    '|---|---|',
    ...leftToYou.map(([theirs, ours]) => `| ${theirs} | ${ours} |`),
  ];
}

/** Objects of the official chart (mi/templates) that this one has no key for, each with the way to get it. */
const leftToYou = [
  [
    'a self-signed certificate for the Gateway',
    'a Secret of your own, for example made by cert-manager, named in the listeners of `gateway.create`',
  ],
  ['ReferenceGrants, for a Gateway in another namespace', '`extraObjects`'],
  [
    'a rate limit, as a snippet of the NGINX Ingress or a policy of Envoy Gateway',
    '`ingress.annotations`, or the policy in `extraObjects`',
  ],
  [
    'a pull Secret, from a user name and password in the values',
    'a Secret of your own in `image.pullSecrets`; passwords are never values',
  ],
  [
    'a storage class and a volume for archives, on AWS EFS or GCP Filestore',
    'a claim of your own in `artifacts.persistentVolumeClaim`',
  ],
  ['an Ingress for `/healthz`', 'nothing: probes and metrics stay inside the cluster'],
] as const;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const shortened = (command: string): string => command.replace(/r{53}/, '$(printf %053d 0 | tr 0 r)');
