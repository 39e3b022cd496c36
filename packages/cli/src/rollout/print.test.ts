import type { Diagnostic } from '@mi-patterns/inventory';
import { expect, it } from 'vitest';
import { noLinks } from '../output/links.ts';
import { createStyle } from '../output/style.ts';
import type { View } from '../output/view.ts';
import { formatEnd, stepPrinter } from './print.ts';
import type { Context } from '../context/context.ts';

const view: View = { style: createStyle(false), columns: 200, verbose: false, links: noLinks, textOf: () => undefined };
const refused: Diagnostic = { code: 'MI-UPGRADE-REFUSED', severity: 'error', message: 'It is refused.', hint: 'h' };
const failed: Diagnostic = { code: 'MI-ROLLOUT-FAILED', severity: 'error', message: 'It failed.', hint: 'h' };

it('says once what a rollout is refused for', () => {
  expect(formatEnd([refused], [refused], view)).toEqual(['Nothing was rolled out because of the errors above.']);
  expect(formatEnd([refused], [], view).join('\n')).toContain('It is refused.');
  const both = formatEnd([failed, refused], [refused], view).join('\n');
  expect(both).toContain('It failed.');
  expect(both).not.toContain('It is refused.');
});

it('says once while nobody watches that the cluster is away, and shows it as long as it lasts on a terminal', () => {
  for (const [interactive, expected] of [
    [false, '✓ lock\n  … waiting up to 40 s\n'],
    [true, '… waiting up to 40 s'],
  ] as const) {
    let told = '';
    const context = { interactive, columns: 80, colour: false, stderr: (text: string) => (told += text) };
    const { report } = stepPrinter({} as never, context as unknown as Context);
    report({ type: 'step', step: 'lock', state: 'done', detail: '' });
    for (let look = 0; look < 3; look += 1) report({ type: 'away', detail: 'waiting up to 40 s' });
    expect(told).toContain(expected);
    expect(interactive || told.split('waiting').length === 2).toBe(true);
  }
});
