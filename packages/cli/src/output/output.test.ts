import { describe, expect, it } from 'vitest';
import { countDiagnostics, formatDiagnostics } from './diagnostics.ts';
import { noLinks } from './links.ts';
import { escapeMarkup } from './markup.ts';
import { codeFrame } from './frame.ts';
import { createStyle } from './style.ts';
import { formatTable, wrap } from './table.ts';
import { cores, coresInWords, duration, gibibytes } from './units.ts';
import { counted, type Diagnostic, type DiagnosticCode, grouped } from '@mi-patterns/inventory';
import type { View } from './view.ts';

/** A code that no catalogue has: the printer knows none. */
const anyCode = (code: string): DiagnosticCode => code as DiagnosticCode;

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

  it('lets one long name move no other row', () => {
    const lines = formatTable(
      [
        ['short', 'isolate', 'because of this'],
        ['n'.repeat(60), 'isolate', 'because of that'],
      ],
      80,
    );
    expect(lines).toEqual(['short  isolate  because of this', 'n'.repeat(60), '       isolate  because of that']);
  });

  it('never breaks what stands below the last cell', () => {
    expect(formatTable([['a', { text: 'b', below: { text: 'some file with blanks.xml:3:7' } }]], 34)).toEqual([
      'a  b',
      '   some file with blanks.xml:3:7',
    ]);
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
    {
      code: anyCode('MI-A'),
      severity: 'error',
      message: 'Wrong.',
      hint: 'Mend it.',
      source,
      related: [{ ...source, line: 9 }],
    },
    { code: anyCode('MI-B'), severity: 'info', message: 'By the way.', hint: 'Nothing.' },
  ] as const;

  const view: View = {
    style: createStyle(false),
    columns: undefined,
    verbose: false,
    links: noLinks,
    textOf: () => undefined,
  };

  it('says what, where and what to do next, and counts notes', () => {
    expect(formatDiagnostics(diagnostics, view)).toEqual([
      'error MI-A  a.xml:3:7',
      '    Wrong.',
      '    see a.xml:9:7',
      '    → Mend it.',
      '1 note is hidden (--verbose shows it)',
    ]);
    expect(formatDiagnostics(diagnostics, { ...view, verbose: true })).toContain('info MI-B');
  });

  it('shows the lines of a tool as such, and no line that a name brings', () => {
    const message = 'helm ended with exit code 1.\n::error::no such chart';
    const finding = { severity: 'error', message, hint: 'Mend it.' } as const;
    expect(formatDiagnostics([{ ...finding, code: 'MI-TOOL-FAILED' }], view)).toEqual([
      'error MI-TOOL-FAILED',
      '    helm ended with exit code 1.',
      '    | ::error::no such chart',
      '    → Mend it.',
    ]);
    expect(formatDiagnostics([{ ...finding, code: anyCode('MI-A') }], view)[1]).toContain(String.raw`1.\u000a::error`);
  });

  it('is counted by severity', () => {
    expect([
      countDiagnostics(diagnostics),
      countDiagnostics([diagnostics[0], diagnostics[0]]),
      countDiagnostics([]),
    ]).toEqual(['1 error', '2 errors', '']);
  });
});

describe('findings of one code', () => {
  const many = (severity: 'error' | 'warning', code: string, number: number): Diagnostic[] =>
    Array.from({ length: number }, (_, index) => ({
      code: anyCode(code),
      severity,
      message: `Message ${index}.`,
      hint: 'Mend it.',
      source: { path: `${code}-${index}.xml`, line: 2, column: 3 },
    }));
  const view: View = {
    style: createStyle(false),
    columns: 80,
    verbose: false,
    links: noLinks,
    textOf: () => undefined,
  };

  it('stand together with their number, the first five of them and one hint', () => {
    const lines = formatDiagnostics(many('warning', 'MI-A', 201), view);
    expect(lines[0]).toBe('warning MI-A ×201');
    expect(lines.filter((line) => line.includes('Message'))).toHaveLength(5);
    expect(lines).toContain('    and 196 more (--verbose shows them)');
    expect(lines.filter((line) => line.includes('Mend it'))).toHaveLength(1);
    expect(formatDiagnostics(many('warning', 'MI-A', 201), { ...view, verbose: true }).join('\n')).toContain(
      'Message 200.',
    );
  });

  it('come in the order of their weight, and from the fourth code on with one finding each', () => {
    const all = [
      ...many('warning', 'MI-B', 2),
      ...many('warning', 'MI-C', 3),
      ...many('error', 'MI-D', 1),
      ...many('warning', 'MI-E', 9),
    ];
    const lines = formatDiagnostics(all, view);
    expect(lines.filter((line) => /^(error|warning)/.test(line))).toEqual([
      'error MI-D  MI-D-0.xml:2:3',
      'warning MI-E ×9',
      'warning MI-C ×3',
      'warning MI-B ×2',
    ]);
    expect(lines.slice(lines.indexOf('warning MI-B ×2')).filter((line) => line.includes('Message'))).toHaveLength(1);
  });

  it('say once what is the same of no place', () => {
    const missing = {
      code: 'MI-TOOL-MISSING',
      severity: 'error',
      message: 'helm was not found.',
      hint: 'Install it.',
    } as const;
    expect(formatDiagnostics([missing, missing], view)).toEqual([
      'error MI-TOOL-MISSING ×2',
      '    helm was not found.',
      '    → Install it.',
    ]);
  });

  it('keep hints that differ with their findings', () => {
    const [first, second] = many('warning', 'MI-A', 2);
    const lines = formatDiagnostics([first!, { ...second!, hint: 'Remove it.' }], view);
    expect(lines.filter((line) => line.includes('→')).map((line) => line.trim())).toEqual([
      '→ Mend it.',
      '→ Remove it.',
    ]);
  });

  it('show the line of an error with a caret', () => {
    const lines = formatDiagnostics(many('error', 'MI-A', 1), { ...view, textOf: () => '<a>\n  <b/>\n</a>\n' });
    expect(lines.slice(2, 6)).toEqual(['      1 | <a>', '    > 2 |   <b/>', '        |   ^', '      3 | </a>']);
  });
});

describe('codeFrame', () => {
  const frame = (text: string, line: number, column = 1): string => codeFrame(text, { line, column }, 80).join('\n');

  it('hides secrets on the line and around it', () => {
    const xml = '<p>\n<parameter name="store.jms.password">geheim1</parameter>\n<x url="ftp://me:geheim2@host"/>\n</p>';
    expect(frame(xml, 2, 2)).not.toContain('geheim1');
    expect(frame(xml, 3)).not.toMatch(/geheim/);
    expect(frame('[a]\npassword = "geheim"\nuser = 1', 3, 3)).toContain('password = [hidden]');
    expect(frame('privateKey: |\n  line one geheim\n  line two geheim\nnext: 1', 3, 2)).not.toContain('geheim');
    expect(frame('<parameter name="token">\n  geheim\n</parameter>', 2, 3)).not.toContain('geheim');
    expect(frame('<a password="geheim" name="x"/>', 1, 5)).toContain('name="x"');
  });

  it('is nothing for a whole file and for a place outside of it', () => {
    expect([frame('<a/>', 1, 1), frame('<a/>', 9, 1)]).toEqual(['', '']);
  });

  it('shows the place of a long line, and no control characters', () => {
    const long = `${'x'.repeat(300)}<wrong/>${'y'.repeat(300)}`;
    const [, line = '', caret = ''] = codeFrame(`a\n${long}`, { line: 2, column: 301 }, 80);
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line.slice(caret.indexOf('^')).startsWith('<wrong/>')).toBe(true);
    expect(frame('a\n\u001b[31mred\tb', 2, 2)).not.toContain('\u001b');
  });
});

describe('units', () => {
  it('are those of people', () => {
    expect(counted(5001, 'pod')).toBe('5,001 pods');
    expect([gibibytes(620_544), gibibytes(1536), cores(303_000), coresInWords(1000), grouped(1_234_567)]).toEqual([
      '606 GiB',
      '1.5 GiB',
      '303',
      '1 core',
      '1,234,567',
    ]);
    expect([duration(90), duration(100), duration(3600)]).toEqual(['90 s', '1 min 40 s', '1 h']);
  });
});

describe('escapeMarkup', () => {
  it('leaves nothing that a browser would read as markup', () => {
    expect(escapeMarkup(`<a href='x'>"&`)).toBe('&#60;a href=&#39;x&#39;&#62;&#34;&#38;');
  });
});
