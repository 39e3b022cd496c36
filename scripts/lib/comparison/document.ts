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
    'Both charts rendered side by side by `npx tsx scripts/compare.ts`: [wso2/helm-mi](https://github.com/wso2/helm-mi), chart `mi` 4.6.0-0, and',
    '`charts/micro-integrator`. A cell is *yes* when the objects of a render with these values hold what the row names, *no*',
    'when they do not, or when the chart does not render. The official chart fails with its own values (W1), so it gets',
    '`wso2.config.icp.enabled=false` throughout. A test renders every row again.',
    '',
    `Official: ${count('theirs')} rows. Ours: ${count('ours')}.`,
    ...features.flatMap(({ group }) => [
      '',
      `## ${group}`,
      '',
      '| Feature | helm-mi | here | values that switch it on |',
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
    `The third column is the chart of another product, ${peer.about}. It was read, not rendered.`,
    'Its own kinds (alerts, TLSRoute, CiliumNetworkPolicy) have no keys here, because `extraObjects` takes any kind.',
    'Three of its settings are missing here on purpose: Grafana dashboards (a ConfigMap in `extraObjects`), `resizePolicy` (the heap is fixed when the JVM starts, and Kubernetes resizes CPU in place without it), and `publishNotReadyAddresses` (MI servers do not find each other by DNS).',
    '',
    `| Feature | helm-mi | here | ${peer.name} | values that switch it on |`,
    '|---|---|---|---|---|',
    ...general.map(
      (row) =>
        `| ${row.feature} | ${row.theirs ?? kept.get(row.feature) ?? ''} | ${row.ours} | ${row.peer} | ${cell(row.values)} |`,
    ),
    '',
    '## Known faults of the official chart, and ours free of them',
    '',
    'The commands run at the top of this project with helm on PATH; a test runs them, and their counterparts on the official chart.',
    '',
    '| | Here | helm-mi | here | shown by |',
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

const cell = (text: string): string => text.replaceAll('|', '\\|');
const shortened = (command: string): string => command.replace(/r{53}/, '$(printf %053d 0 | tr 0 r)');
