import type { Diagnostic } from '@mi-patterns/inventory';
import { expect, it } from 'vitest';
import { noLinks } from '../output/links.ts';
import { createStyle } from '../output/style.ts';
import type { View } from '../output/view.ts';
import { formatEnd } from './print.ts';

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
