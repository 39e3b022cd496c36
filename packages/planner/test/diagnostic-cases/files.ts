import type { PlannerCode } from '../../src/findings/catalogue.ts';
import type { Part } from '../builder.ts';
import { vfs, inbound, database, type Case } from './parts.ts';

/** Two consumers of one directory of a file server, by the names that they take. */
const takers = (...patterns: readonly string[]): Record<string, Part> =>
  Object.fromEntries(
    patterns.map((pattern, index) => [
      `inbound-endpoint/I${index}`,
      inbound('file', { 'transport.vfs.FileURI': 'sftp://files/in', 'transport.vfs.FileNamePattern': pattern }),
    ]),
  );
/** A consumer of file:///in that does this with what it has handled. */
const consumer = (
  kind: 'proxy' | 'inbound',
  action: string,
  more: Part['parameters'] = {},
  refs?: Part['refs'],
): Part => {
  const parameters = {
    'transport.vfs.FileURI': 'vfs:file:///in/',
    'transport.vfs.ActionAfterProcess': action,
    ...more,
  };
  const own = kind === 'proxy' ? vfs() : inbound('file');
  return { ...own, parameters: { ...own.parameters, ...parameters }, ...(refs && { refs }) };
};
const into = (uri: string): Part['parameters'] => ({ 'transport.vfs.MoveAfterProcess': uri });

/** Findings about directories that several pods use, and about files that are taken again. */
export const fileCases = {
  'MI-PLAN-FILE-DELETED': [
    ['a move to nowhere', 'warning', { 'inbound-endpoint/I': consumer('inbound', 'MOVE') }],
    ['that of a proxy', 'warning', { 'proxy-service/P': consumer('proxy', 'MOVE') }],
    [
      'an action in small letters',
      'warning',
      { 'inbound-endpoint/I': consumer('inbound', 'move', into('file:///done')) },
    ],
    [
      'a move after failure to nowhere',
      'warning',
      {
        'inbound-endpoint/I': consumer('inbound', 'DELETE', { 'transport.vfs.ActionAfterFailure': 'MOVE' }),
      },
    ],
    [
      'a directory and no action',
      'warning',
      { 'inbound-endpoint/I': consumer('inbound', 'DELETE', { 'transport.vfs.MoveAfterFailure': 'file:///failed' }) },
    ],
    ['nothing to do, as an inbound endpoint', 'warning', { 'inbound-endpoint/I': consumer('inbound', 'NONE') }],
    ['nothing to do, as a proxy', 'none', { 'proxy-service/P': consumer('proxy', 'NONE') }],
    ['a move', 'none', { 'inbound-endpoint/I': consumer('inbound', 'MOVE', into('file:///done')) }],
    ['a move to where the server says', 'none', { 'proxy-service/P': consumer('proxy', 'MOVE', into('$SYSTEM:DONE')) }],
    [
      'an action that the server knows',
      'none',
      { 'proxy-service/P': consumer('proxy', '$SYSTEM:ACTION', into('file:///done')) },
    ],
    ['one that deletes', 'none', { 'inbound-endpoint/I': consumer('inbound', 'DELETE', into('file:///done')) }],
    [
      'a proxy without files',
      'none',
      {
        'proxy-service/P': {
          facts: { transports: ['http'] },
          parameters: { 'transport.vfs.FileURI': 'file:///in', 'transport.vfs.ActionAfterProcess': 'MOVE' },
        },
      },
    ],
  ],
  'MI-PLAN-FILE-AGAIN': [
    [
      'a proxy that moves into its own directory',
      'warning',
      { 'proxy-service/P': consumer('proxy', 'MOVE', into('file:///in')) },
    ],
    [
      'an inbound endpoint that does',
      'warning',
      { 'inbound-endpoint/I': consumer('inbound', 'MOVE', into('file:///in')) },
    ],
    ['one that moves elsewhere', 'none', { 'inbound-endpoint/I': consumer('inbound', 'MOVE', into('file:///done')) }],
    ['one that deletes', 'none', { 'inbound-endpoint/I': consumer('inbound', 'DELETE', into('file:///in')) }],
    [
      'one whose files get another name',
      'none',
      {
        'inbound-endpoint/I': consumer('inbound', 'MOVE', {
          ...into('file:///in'),
          'transport.vfs.MoveTimestampFormat': 'yyyyMMdd',
        }),
      },
    ],
    [
      'a file server',
      'none',
      {
        'proxy-service/P': consumer('proxy', 'MOVE', {
          ...into('sftp://h/in'),
          'transport.vfs.FileURI': 'sftp://h/in',
        }),
      },
    ],
    ['a proxy that leaves its files', 'warning', { 'proxy-service/P': consumer('proxy', 'NONE') }],
    ['an inbound endpoint, which deletes them then', 'none', { 'inbound-endpoint/I': consumer('inbound', 'NONE') }],
    [
      'a proxy whose flow may remove them',
      'none',
      {
        'proxy-service/P': consumer('proxy', 'NONE', {}, { uses: ['connector/mi-connector-file'] }),
        'connector/mi-connector-file': {},
      },
    ],
    [
      'a proxy that no longer polls',
      'none',
      { 'proxy-service/P': { ...consumer('proxy', 'NONE'), facts: { transports: ['http'] } } },
    ],
  ],
  'MI-ISO-FILES': [
    [
      'two that poll one directory',
      'warning',
      {
        'proxy-service/P': vfs('vfs:file:///in/'),
        'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': 'file:///in' }),
      },
    ],
    [
      'an API that writes where a proxy polls',
      'warning',
      {
        'proxy-service/P': vfs(),
        'api/A': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'directory', subject: 'vfs:file:///in' }] },
      },
    ],
    [
      'an API that writes to an SFTP server',
      'none',
      {
        'api/A': { refs: { uses: ['endpoint/E'] } },
        'endpoint/E': { effects: [{ type: 'directory', subject: 'vfs:sftp://u:p@host/in' }] },
      },
    ],
    ['two that take the same names', 'warning', takers('.*\\.csv', 'orders.*\\.csv')],
    ['two that take other names', 'none', takers('.*\\.csv', '.*\\.xml')],
    ['two that take names that begin otherwise', 'none', takers('orders_.*\\.csv', 'stock_[0-9]+\\.csv')],
    ['two whose names may begin alike', 'warning', takers('order.*\\.csv', 'orders_.*\\.csv')],
    ['a beginning that may be missing', 'warning', takers('a*.csv', 'b.csv')],
    ['one that takes any', 'warning', takers('.*\\.csv', '.*')],
    [
      'one expression, whatever it gives',
      'warning',
      {
        'proxy-service/P': vfs('${configs.in}'),
        'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': '${configs.in}' }),
      },
    ],
    [
      'two ways to write a directory',
      'warning',
      {
        'proxy-service/P': vfs('file:///in'),
        'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': '/in/' }),
      },
    ],
    ['one that takes other names too', 'warning', takers('.*\\.csv', '.*\\.(csv|xml)')],
    ['a class of characters', 'warning', takers('.*\\d', '.*\\.x7')],
    ['two directories', 'none', { 'proxy-service/P': vfs('file:///a'), 'proxy-service/Q': vfs('file:///b') }],
    [
      'a server, under a database that gives the consumer to one pod',
      'none',
      { 'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': 'sftp://files/in' }) },
      database,
    ],
    [
      'two consumers of one server, under a database',
      'warning',
      {
        'inbound-endpoint/I': inbound('file', { 'transport.vfs.FileURI': 'sftp://files/in' }),
        'inbound-endpoint/J': inbound('file', { 'transport.vfs.FileURI': 'sftp://files/in' }),
      },
      database,
    ],
  ],
} as const satisfies Partial<Record<PlannerCode, readonly Case[]>>;
