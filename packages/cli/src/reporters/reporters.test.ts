import type { Diagnostic } from '@mi-patterns/inventory';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import { github } from './github.ts';
import { reporters } from './index.ts';
import { junit } from './junit.ts';
import { outputFormatIn, takeOutputFormat } from './output.ts';
import { findingsOf, type Report } from './reporter.ts';
import { sarif } from './sarif.ts';

const missing: Diagnostic = {
  code: 'MI-REF-MISSING',
  severity: 'error',
  message: 'api Orders needs endpoint Backend, which does not exist.',
  hint: 'Add it.',
  source: { path: 'src/a b/Orders.xml', line: 7, column: 3 },
  related: [{ path: 'orders.car!/Orders_1.0.0/Orders.xml', line: 2, column: 1 }],
};
const hostile: Diagnostic = {
  code: 'MI-INPUT-MISSING',
  severity: 'warning',
  message: 'x\n::error::injected\r\u0001 <&"> 100%',
  hint: 'None.',
  source: { path: 'a,b:c\n::error::.xml', line: 1, column: 1 },
};
const report = (...diagnostics: readonly Diagnostic[]): Report => ({
  command: 'scan',
  version: '1.2.3',
  cwd: '/',
  diagnostics,
});

describe.each(Object.entries(reporters))('%s', (_, load) => {
  it('names code, place and sentence of every finding, in the same bytes each time', async () => {
    const reporter = await load();
    const text = reporter(report(missing, hostile));
    expect(reporter(report(missing, hostile))).toBe(text);
    for (const part of [missing.code, missing.message, 'Orders.xml', hostile.code]) expect(text).toContain(part);
  });
});

describe('sarif', () => {
  const log = JSON.parse(sarif(report(missing, hostile, missing))) as {
    runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
  };
  const [run] = log.runs;

  it('has one rule for each code, and each result points at its rule', () => {
    const rules = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(rules).toEqual(['MI-INPUT-MISSING', 'MI-REF-MISSING']);
    expect(run?.results.map(({ ruleId, ruleIndex }) => rules[Number(ruleIndex)] === ruleId)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('encodes paths as URI references', () => {
    expect(run?.results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'src/a%20b/Orders.xml' },
          region: { startLine: 7, startColumn: 3 },
        },
      },
    ]);
  });

  it('names the archive as file of a place inside it', () => {
    expect(run?.results[0]?.relatedLocations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: 'orders.car' } },
        logicalLocations: [{ fullyQualifiedName: 'orders.car!/Orders_1.0.0/Orders.xml:2:1' }],
      },
    ]);
  });

  it('encodes a path with half of a pair of UTF-16', () => {
    const text = sarif(report({ ...missing, source: { path: 'a/\ud800x.xml', line: 1, column: 1 } }));
    expect(text).toContain('"uri": "a/%EF%BF%BDx.xml"');
  });

  it('takes levels from severities', () => {
    expect(run?.results.map(({ level }) => level)).toEqual(['error', 'warning', 'error']);
  });
});

describe('github', () => {
  it('writes one command a finding, at its place', () => {
    expect(github(report(missing))).toBe(
      '::error file=src/a b/Orders.xml,line=7,col=3,title=MI-REF-MISSING::api Orders needs endpoint Backend, which does not exist.%0AAdd it.\n',
    );
  });

  it('lets no finding start a command of its own', () => {
    const lines = github(report(hostile)).trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3A.xml,');
    expect(lines[0]).toContain('100%25');
  });
});

describe('junit', () => {
  it('fails the case of a code that has an error', () => {
    const xml = junit(report(missing, hostile));
    expect(xml).toContain('<testsuites name="mi-patterns" tests="2" failures="1">');
    expect(xml).toMatch(/name="MI-REF-MISSING"><failure message="api Orders needs endpoint Backend, which/);
    expect(xml).toMatch(/name="MI-INPUT-MISSING"><system-out>/);
  });

  it('escapes what XML does not take', () => {
    const xml = junit(report(hostile));
    expect(xml).toContain('\\u0001 &lt;&amp;"&gt; 100%');
    expect(xml).not.toContain('\u0001');
    expect(xml).not.toMatch(/^::error/m);
  });

  it('begins no line with the name of a file', () => {
    const named = { ...hostile, source: { path: '::error::x', line: 1, column: 1 } };
    expect(junit(report(hostile, named))).not.toMatch(/^::/m);
  });

  it('holds no half of a pair of UTF-16', () => {
    const xml = junit(report({ ...missing, message: 'a\ud800b\udc00c😀' }));
    expect(xml).toContain('a\ufffdb\ufffdc😀');
  });

  it('reports a run without findings as one case that passed', () => {
    expect(junit(report())).toContain('tests="1" failures="0"');
  });
});

describe('findingsOf', () => {
  it('takes each finding of every list once', () => {
    expect(findingsOf({ diagnostics: [missing], findings: [missing, hostile], upgrade: 'none', rows: [1] })).toEqual([
      missing,
      hostile,
    ]);
  });
});

describe('--format', () => {
  it('is split into the output format and the files to write', () => {
    const options = { json: false, quiet: false, verbose: false };
    expect(takeOutputFormat({ ...options, format: ['volume', 'sarif'] })).toEqual({
      format: 'sarif',
      options: { ...options, format: ['volume'] },
    });
    expect(takeOutputFormat({ ...options, format: 'argocd' }).options.format).toBe('argocd');
    expect(takeOutputFormat({ ...options, json: true }).format).toBe('json');
  });

  it.each([
    [['--json', '--format', 'sarif'], 'json and sarif', /"version": ?"2.1.0"/],
    [['--json', '--format', 'text'], 'json and text', /^error MI-CLI-USAGE/],
  ])('is one only: %j', async (argv, formats, form) => {
    for (const command of ['scan', 'package', 'generate']) {
      const { code, out, err } = await runIn([command, ...argv]);
      expect([code, `${out}${err}`]).toEqual([2, expect.stringMatching(form)]);
      expect(`${out}${err}`).toContain(`The output can have only one format, not ${formats}.`);
    }
  });

  it.each([
    ['scan', '--format', 'junit', 'sarif'],
    ['generate', '--format', 'argocd', 'flux'],
    ['plan', '--pattern', 'coordinated', 'single-replica'],
    ['plan', '--coordination', 'isolate', 'database'],
    ['package', '--delivery', 'roles', 'archives'],
  ])('leaves no first word out silently: %s %s %s %s', async (command, option, first, second) => {
    const { code, out, err } = await runIn([command, option, first, option, second]);
    expect([code, `${out}${err}`]).toEqual([2, expect.stringContaining('MI-CLI-USAGE')]);
    expect(`${out}${err}`).toMatch(new RegExp(`It was .{1,6}${first}.{1,6} before: pass only one`));
  });

  it('json may be named twice', async () => {
    const { code, out } = await runIn(['scan', 'is-not-there', '--json', '--format', 'json']);
    expect([code, JSON.parse(out)]).toEqual([2, expect.objectContaining({ formatVersion: 1 })]);
  });

  it('is found where the arguments cannot be parsed', () => {
    expect(outputFormatIn(['scan', '--format', 'junit', '--nonsense'])).toBe('junit');
    expect(outputFormatIn(['scan', '--format=github'])).toBe('github');
    expect(outputFormatIn(['scan', '--format', 'nonsense'])).toBe('text');
  });

  it.each(['sarif', 'github', 'junit'])('%s tells a failure too, with its exit code', async (format) => {
    const { code, out, err } = await runIn(['scan', 'is-not-there', '--format', format]);
    expect(code).toBe(2);
    expect(out).toContain('MI-INPUT-MISSING');
    expect(err).toBe('');
  });
});

async function runIn(argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCommandLine(argv, {
    cwd: import.meta.dirname,
    environment: {},
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    columns: undefined,
    colour: false,
    interactive: false,
  });
  return { code, out, err };
}
