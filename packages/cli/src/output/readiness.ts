import type { NeededSetting, Readiness } from '@mi-patterns/planner';
import type { Context } from '../context/context.ts';
import { formatSource } from './diagnostics.ts';
import { createStyle } from './style.ts';
import { formatTable } from './table.ts';

/** What the parts of the section are called, in text and in the report. */
export const readinessTitles = {
  settings: 'Settings that artifacts and deployment.toml read',
  archives: 'Order of archives',
  schedules: 'Time zone of cron expressions',
  addresses: 'Address in WSDLs',
} as const;

/** Rows of the section "Will each pod become ready?": what is read, where, and which environments give it. */
export function settingRows({ settings }: Readiness): readonly (readonly string[])[] {
  return settings.map((setting) => [nameOf(setting), statesOf(setting), placesOf(setting)]);
}

/** Which archive must be deployed before which, why, and whether the names they have do that. */
export function archiveRows({ archives }: Readiness): readonly (readonly string[])[] {
  return archives.map(({ archive, after, artifact, needs, order }) => [
    `${after} before ${archive}`,
    `${artifact} needs ${needs}`,
    orders[order],
  ]);
}

/** Cron expressions with the time zone in which each environment reads them. */
export function scheduleRows({ schedules }: Readiness): readonly (readonly string[])[] {
  return schedules.map(({ artifact, cron, environments }) => [
    artifact,
    cron,
    environments.length === 0
      ? 'UTC, unless runtime.timezone is set'
      : environments.map(({ environment, timezone }) => `${environment}: ${timezone}`).join(', '),
  ]);
}

/** Services with a WSDL, and whose address each environment has in it. */
export function addressRows({ addresses }: Readiness): readonly (readonly string[])[] {
  return addresses.map(({ artifact, environments }) => [
    artifact,
    environments
      .map(({ environment, podNames }) => {
        const address = podNames.length === 0 ? 'set' : `NAME OF THE POD (${podNames.join(', ')})`;
        return environment === undefined ? address : `${environment}: ${address}`;
      })
      .join(', '),
  ]);
}

const orders = {
  right: 'their names sort correctly',
  wrong: 'WRONG by their names; `package` writes names that sort correctly',
  circular: 'IMPOSSIBLE: they need each other',
} as const;

/** The section as text with a blank line behind it; empty when no artifact reads anything. */
export function readinessLines(readiness: Readiness, { columns, colour }: Context): readonly string[] {
  const settings = settingRows(readiness);
  const archives = archiveRows(readiness);
  const schedules = scheduleRows(readiness);
  const addresses = addressRows(readiness);
  if (settings.length + archives.length + schedules.length + addresses.length === 0) return [];
  return [
    createStyle(colour).bold('Will each pod become ready?'),
    ...part(readinessTitles.settings, settings, columns),
    ...part(readinessTitles.archives, archives, columns),
    ...part(readinessTitles.schedules, schedules, columns),
    ...part(readinessTitles.addresses, addresses, columns),
    '',
  ];
}

function part(title: string, rows: readonly (readonly string[])[], columns: number | undefined): readonly string[] {
  return rows.length === 0 ? [] : [`  ${title}`, ...formatTable(rows, columns, '    ')];
}

function nameOf({ from, name, without }: NeededSetting): string {
  // Without what deployment.toml reads the server does not start; artifacts write the same in other words.
  if (without === 'server-fails') return from === 'vault' ? `$secret{${name}}` : `$env{${name}}`;
  const prefixes: Readonly<Record<NeededSetting['from'], string>> = {
    environment: '$SYSTEM:',
    file: '$FILE:',
    configurable: 'configs.',
    vault: 'vault ',
    'hashicorp-vault': 'HashiCorp Vault ',
  };
  return `${prefixes[from]}${name}`;
}

function statesOf({ environments }: NeededSetting): string {
  if (environments.length === 0) return 'unknown: there is no mi-patterns.yaml';
  return environments.map(({ environment, state }) => `${environment}: ${words[state]}`).join(', ');
}

const words = { given: 'set', missing: 'NOT SET', unknown: 'unknown' } as const;

function placesOf({ sources }: NeededSetting): string {
  const [first, ...others] = sources;
  if (first === undefined) return '';
  return `${formatSource(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
