import { describe, expect, it } from 'vitest';
import { countDiagnostics, formatDiagnostics } from './diagnostics.ts';
import { escapeMarkup } from './markup.ts';
import { createStyle } from './style.ts';
import { formatTable, wrap } from './table.ts';

describe('formatTable', () => {
  it('aligns columns and wraps the last one under its heading', () => {
    expect(
      formatTable(
        [
          ['a', 'one two three four five six seven eight'],
          ['longer', 'x'],
        ],
        40,
        '  ',
      ),
    ).toEqual(['  a       one two three four five six', '          seven eight', '  longer  x']);
  });

  it('counts text, not the colour codes around it', () => {
    const [first, second] = formatTable(
      [
        [{ text: 'a', style: (text) => `<${text}>` }, 'x'],
        ['bb', 'y'],
      ],
      undefined,
    );
    expect([first, second]).toEqual(['<a >  x', 'bb  y']);
  });

  it('puts the last column below the others where they leave it no room', () => {
    expect(
      formatTable([['a'.repeat(30), 'b'.repeat(20), 'one two three four five six seven eight nine ten eleven']], 60),
    ).toEqual([`${'a'.repeat(30)}  ${'b'.repeat(20)}`, '    one two three four five six seven eight nine ten eleven']);
  });

  it('makes nothing of nothing', () => {
    expect(formatTable([], 80)).toEqual([]);
  });
});

describe('wrap', () => {
  it('never breaks a word', () => {
    expect(wrap('a verylongwordindeed b', 5)).toEqual(['a', 'verylongwordindeed', 'b']);
  });
});

describe('formatDiagnostics', () => {
  const source = { path: 'a.xml', line: 3, column: 7 };
  const diagnostics = [
    { code: 'MI-A', severity: 'error', message: 'Wrong.', hint: 'Mend it.', source, related: [{ ...source, line: 9 }] },
    { code: 'MI-B', severity: 'info', message: 'By the way.', hint: 'Nothing.' },
  ] as const;

  it('says what, where and what to do next, and counts notes', () => {
    expect(formatDiagnostics(diagnostics, createStyle(false), undefined, false)).toEqual([
      'error MI-A  a.xml:3:7',
      '    Wrong.',
      '    see a.xml:9:7',
      '    → Mend it.',
      '1 note not shown (--verbose shows them)',
    ]);
    expect(formatDiagnostics(diagnostics, createStyle(false), undefined, true)).toContain('info MI-B');
  });

  it('is counted by severity', () => {
    expect([
      countDiagnostics(diagnostics),
      countDiagnostics([diagnostics[0], diagnostics[0]]),
      countDiagnostics([]),
    ]).toEqual(['1 error', '2 errors', '']);
  });
});

describe('escapeMarkup', () => {
  it('leaves nothing that a browser would read as markup', () => {
    expect(escapeMarkup(`<a href='x'>"&`)).toBe('&#60;a href=&#39;x&#39;&#62;&#34;&#38;');
  });
});
