import type { NeededSetting, Readiness } from '@mi-patterns/planner';
import type { Context } from '../context.ts';
import { formatSource } from './diagnostics.ts';
import { createStyle } from './style.ts';
import { formatTable } from './table.ts';

/** Rows of the section "Will each pod become ready?": what is read, where, and which environments give it. */
export function settingRows({ settings }: Readiness): readonly (readonly string[])[] {
  return settings.map((setting) => [nameOf(setting), statesOf(setting), placesOf(setting)]);
}

/** The section as text with a blank line behind it; empty when no artifact reads anything. */
export function readinessLines(readiness: Readiness, { columns, colour }: Context): readonly string[] {
  const rows = settingRows(readiness);
  if (rows.length === 0) return [];
  return [
    createStyle(colour).bold('Will each pod become ready?'),
    '  Settings that artifacts read',
    ...formatTable(rows, columns, '    '),
    '',
  ];
}

function nameOf({ from, name }: NeededSetting): string {
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
  if (environments.length === 0) return 'not known: there is no mi-patterns.yaml';
  return environments.map(({ environment, state }) => `${environment}: ${words[state]}`).join(', ');
}

const words = { given: 'set', missing: 'NOT SET', unknown: 'cannot be seen' } as const;

function placesOf({ sources }: NeededSetting): string {
  const [first, ...others] = sources;
  if (first === undefined) return '';
  return `${formatSource(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
