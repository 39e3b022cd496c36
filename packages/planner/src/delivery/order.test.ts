import { describe, expect, test } from 'vitest';
import { inventory, options, type Part } from '../../test/builder.ts';
import { plan } from '../plan.ts';
import { deliveryOf } from './delivery-of.ts';

/** Two archives: `zz` holds what `aa` names. */
const archives = (parts: Readonly<Record<string, Part>>, descriptors = false) => {
  const read = inventory(
    { 'api/A': { applications: ['aa_1'] }, ...parts },
    {
      applications: ['aa', 'zz'].map((name) => ({
        id: `${name}_1`,
        name,
        version: '1',
        type: 'archive' as const,
        source: { path: `in/${name}_1.car`, line: 1, column: 1 },
        ...(descriptors ? { descriptorId: `g__${name}__1` } : {}),
      })),
    },
  );
  const made = plan(read, options({}));
  const [set] = deliveryOf(read, made).sets;
  return {
    files: set?.archives.map(({ file }) => file),
    descriptors: set?.archives.map(({ descriptor }) => descriptor?.dependencies),
    orders: made.readiness.archives.map(({ archive, after, order }) => `${after} < ${archive}: ${order}`),
    severities: made.diagnostics.filter(({ code }) => code === 'MI-READY-ORDER').map(({ severity }) => severity),
  };
};
const library = (name: string, application: string): Record<string, Part> => ({
  [`library/${name}`]: { applications: [application], facts: { classes: [`org.acme.${name}`] } },
});

describe('order of archives', () => {
  test('an archive whose class comes in a later one is deployed after it', () => {
    const { files, orders, severities } = archives({
      ...library('Audit', 'zz_1'),
      'sequence/S': { applications: ['aa_1'], refs: { 'needs-class': ['library/Audit'] } },
    });
    expect(files).toEqual(['01-zz_1.car', '02-aa_1.car']);
    expect(orders).toEqual(['zz_1.car < aa_1.car: wrong']);
    expect(severities).toEqual(['warning']);
  });

  test.each([
    ['connector', 'uses', { connectorName: 'http' }],
    ['library', 'needs-class', { classes: ['org.acme.Audit'] }],
  ])('an archive that brings the %s itself, in a file of another name, waits for none', (kind, relation, facts) => {
    const flow = { 'sequence/S': { applications: ['aa_1'], refs: { [relation]: [`${kind}/one`] } } };
    const other = { [`${kind}/one`]: { applications: ['zz_1'], facts } };
    const own = { [`${kind}/two`]: { applications: ['aa_1'], facts } };
    expect(archives({ ...flow, ...other }).orders).toEqual(['zz_1.car < aa_1.car: wrong']);
    expect(archives({ ...flow, ...other, ...own }).orders).toEqual([]);
  });

  test('names that sort right stay, and so do those of archives that call each other only when messages come', () => {
    const right = archives({
      ...library('Audit', 'aa_1'),
      'sequence/S': { applications: ['zz_1'], refs: { 'needs-class': ['library/Audit'] } },
    });
    expect([right.files, right.orders, right.severities]).toEqual([
      ['aa_1.car', 'zz_1.car'],
      ['aa_1.car < zz_1.car: right'],
      [],
    ]);
    const called = archives({
      'sequence/S': { applications: ['zz_1'] },
      'endpoint/E': { applications: ['zz_1'] },
      'sequence/T': { applications: ['aa_1'], refs: { uses: ['sequence/S', 'endpoint/E'] } },
    });
    expect([called.files, called.orders]).toEqual([['aa_1.car', 'zz_1.car'], []]);
  });

  test.each([
    ['a connector', 'sequence/S', 'connector/mail', true],
    ['a data source of a data service', 'data-service/D', 'data-source/DS', true],
    ['a data source of a flow, which looks it up when a message comes', 'sequence/S', 'data-source/DS', false],
  ])('%s', (_what, from, to, needed) => {
    const { files } = archives({
      [to]: { applications: ['zz_1'] },
      [from]: { applications: ['aa_1'], refs: { uses: [to] } },
    });
    expect(files?.[0]).toBe(needed ? '01-zz_1.car' : 'aa_1.car');
  });

  test('archives that need each other are an error and keep their names', () => {
    const { files, severities } = archives({
      ...library('One', 'zz_1'),
      ...library('Two', 'aa_1'),
      'sequence/S': { applications: ['aa_1'], refs: { 'needs-class': ['library/One'] } },
      'sequence/T': { applications: ['zz_1'], refs: { 'needs-class': ['library/Two'] } },
    });
    expect(files).toEqual(['aa_1.car', 'zz_1.car']);
    expect(severities).toEqual(['error', 'error']);
  });

  test('descriptors, which win over file names, get the dependency too', () => {
    const { descriptors } = archives(
      {
        ...library('Audit', 'zz_1'),
        'sequence/S': { applications: ['aa_1'], refs: { 'needs-class': ['library/Audit'] } },
      },
      true,
    );
    expect(descriptors).toEqual([undefined, ['g__zz__1']]);
  });
});
