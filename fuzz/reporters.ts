import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentedCodes } from '../packages/cli/src/codes/documented-codes.ts';
import { formatDiagnostics } from '../packages/cli/src/output/diagnostics.ts';
import { printJson } from '../packages/cli/src/output/json.ts';
import { noLinks } from '../packages/cli/src/output/links.ts';
import { withSafeOutput } from '../packages/cli/src/output/sink.ts';
import { createStyle } from '../packages/cli/src/output/style.ts';
import { openOutput } from '../packages/cli/src/reporters/output.ts';
import { compareText, type Diagnostic, printableLines, type Source } from '../packages/inventory/src/index.ts';
import { readXml } from '../test/support/pictures.ts';
import { type ProjectText, projectFiles, readProjectText, runHere, writeProject } from '../test/support/projects.ts';
import { each, type FuzzClass, raw } from './harness.ts';
import { mutate, type Random } from './mutate.ts';

const pieces = [
  '\u001b[31m', '\u009b31m', '\n', '\r', '\r\n', '\t', '\u0000', '\u0007', '\u0085', '\u2028', '\u202e', '\u00ad', '\ufeff', '\ufffe', '\ud800',
  '\udc00', '::error::', '::', '::set-output name=x::', '##[error]', '%', '%0A', '%25', ',', ':', '=', ';', '"', "'", '<', '>', '&', '&amp;',
  ']]>', '<![CDATA[', '</failure>', '{', '}', '\\', '\\u0041', '/', '//', '../', '!/', '!', '?', '#', '[', ']', ' ', '  ', 'a', 'B', 'Größe',
  '日本', '😀', 'https://x.example/a', 'C:\\a', '__proto__', '~', '`', '$(id)', '|', '→', 'w'.repeat(200),
] as const; // prettier-ignore

const wild = (next: Random): string =>
  Array.from({ length: 1 + next.below(5) }, () => next.pick(pieces)).join('') || 'n';

function sourceOf(next: Random): Source {
  const inside = next.below(4) === 0 ? '.car!/f/a.xml' : '';
  return { path: `${wild(next)}${inside}`, line: 1 + next.below(3000), column: 1 + next.below(200) };
}

function findingOf(next: Random): Diagnostic {
  const { code, severity } = next.pick(documentedCodes());
  return {
    code: code as Diagnostic['code'],
    severity: next.pick([severity, 'error', 'warning', 'info'] as const),
    message: wild(next),
    hint: wild(next),
    ...(next.below(4) === 0 ? {} : { source: sourceOf(next) }),
    ...(next.below(4) === 0 ? { related: Array.from({ length: next.below(8) }, () => sourceOf(next)) } : {}),
  };
}

/** What every format has to tell of a finding. Text of a terminal: unsafe characters are spelled out. */
interface Told {
  readonly code: string;
  readonly severity: string;
  readonly text: string;
  readonly place: string;
}

/** What no line feed, no escape and no broken pair of UTF-16 makes different. */
const plain = (text: string): string =>
  printableLines(text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\s\ufffd\ufffe]|\\u[0-9a-f]{4}/g, '');
const placeOf = (source: Source | undefined): string =>
  source === undefined ? '' : `${plain(source.path)}:${source.line}:${source.column}`;
const told = ({ code, severity, message, hint, source }: Diagnostic): Told => ({
  code,
  severity,
  text: plain(`${message}\n${hint}`),
  place: placeOf(source),
});

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations?: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region?: { readonly startLine: number; readonly startColumn: number };
        };
        readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

function readSarif(text: string): Told[] {
  const [run, ...more] = (JSON.parse(text) as Log).runs;
  if (run === undefined || more.length > 0) throw new Error('sarif: not one run');
  const { rules } = run.tool.driver;
  if (new Set(rules.map(({ id }) => id)).size !== rules.length) throw new Error('sarif: a rule stands twice');
  return run.results.map(({ ruleId, ruleIndex, level, message, locations }) => {
    if (rules[ruleIndex]?.id !== ruleId) throw new Error(`sarif: rule ${ruleIndex} is not ${ruleId}`);
    const location = locations?.[0];
    const { uri = '' } = location?.physicalLocation.artifactLocation ?? {};
    // RFC 3986: signs that no URI has, or a first part that reads as a scheme.
    if (/[^\w\-.~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-F]{2})/.test(uri) || (/^[^/]*:/.test(uri) && !uri.startsWith('file:')))
      throw new Error(`sarif: no URI ${uri}`);
    const region = location?.physicalLocation.region;
    const path = decodeURIComponent(uri.replace(/^file:\/\//, ''));
    const place = location?.logicalLocations?.[0]?.fullyQualifiedName;
    return {
      code: ruleId,
      severity: { note: 'info' }[level] ?? level,
      text: plain(message.text),
      place:
        place === undefined
          ? ((region && `${plain(path)}:${region.startLine}:${region.startColumn}`) ?? '')
          : plain(place),
    };
  });
}

/** As GitHub's runner reads a line (actions/runner, ActionCommand.cs, TryParseV2). */
function readAnnotations(text: string): Told[] {
  return text.split(/\r\n|\r|\n/).flatMap((line): Told[] => {
    if (line === '') return [];
    const trimmed = line.trimStart();
    const end = trimmed.indexOf('::', 2);
    if (!trimmed.startsWith('::') || end < 0) throw new Error(`github: no command: ${JSON.stringify(line)}`);
    const [, command = '', properties = ''] = /^(\S*)(?: (.*))?$/s.exec(trimmed.slice(2, end)) ?? [];
    if (!['error', 'warning', 'notice'].includes(command)) throw new Error(`github: a command ${command}`);
    const unescape = (part: string): string =>
      part.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%'); // prettier-ignore
    const read = new Map(
      properties
        .trim()
        .split(',')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1))]),
    );
    const file = read.get('file');
    const data = trimmed
      .slice(end + 2)
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
    return [
      {
        code: read.get('title') ?? '',
        severity: command === 'notice' ? 'info' : command,
        text: plain(data),
        place: file === undefined ? '' : `${plain(file)}:${read.get('line')}:${read.get('col')}`,
      },
    ];
  });
}

/** Codes of test cases, whether each failed, and all that is said. */
function checkJunit(text: string, findings: readonly Diagnostic[]): void {
  const elements = readXml(text);
  const cases = elements.filter(({ name }) => name === 'testcase');
  const codes = [...new Set(findings.map(({ code }) => code))].toSorted(compareText);
  const names = cases.map(({ attributes }) => attributes['name']);
  if (names.join() !== (codes.length === 0 ? 'no findings' : codes.join())) throw new Error(`junit: ${names.join()}`);
  const failed = new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).size;
  const suite = elements.find(({ name }) => name === 'testsuite');
  const found = elements.filter(({ name }) => name === 'failure').length;
  if (
    found !== failed ||
    suite?.attributes['failures'] !== String(failed) ||
    suite.attributes['tests'] !== String(cases.length)
  )
    throw new Error(`junit: ${found} of ${failed} failures, ${JSON.stringify(suite?.attributes)}`);
  for (const finding of findings) {
    const said = plain(cases.find(({ attributes }) => attributes['name'] === finding.code)?.text ?? '');
    for (const part of [plain(finding.message), plain(finding.hint), placeOf(finding.source), finding.severity])
      if (!said.includes(part)) throw new Error(`junit: ${finding.code} lacks ${JSON.stringify(part)}: ${said}`);
  }
}

function checkText(text: string, findings: readonly Diagnostic[]): void {
  // Before each further line of what a tool said there is a `|`.
  const withoutSign = (one: string): string => one.replaceAll('|', '');
  const said = withoutSign(plain(text));
  for (const finding of findings)
    for (const part of [finding.code, plain(finding.message), plain(finding.hint), placeOf(finding.source)])
      if (!said.includes(withoutSign(part)))
        throw new Error(`text: ${finding.code} lacks ${JSON.stringify(part)}: ${said}`);
}

function same(format: string, found: readonly Told[], wanted: readonly Told[]): void {
  const lines = (all: readonly Told[]): string =>
    [...new Set(all.map((one) => JSON.stringify([one.code, one.severity, one.place, one.text])))].toSorted().join('\n');
  if (lines(found) !== lines(wanted)) throw new Error(`${format}: ${lines(found)}\nfor ${lines(wanted)}`);
}

const formats = ['json', 'sarif', 'github', 'junit'] as const;

/** What a command that has these findings prints in a format. */
async function printed(format: (typeof formats)[number] | 'text', findings: readonly Diagnostic[]): Promise<string> {
  let text = '';
  const outside = {
    cwd: '/', environment: {}, stdout: (part: string) => void (text += part), stderr: () => {}, columns: undefined, colour: false,
    interactive: false,
  }; // prettier-ignore
  const context = withSafeOutput(outside);
  if (format === 'text') {
    const view = {
      style: createStyle(false),
      columns: undefined,
      verbose: true,
      links: noLinks,
      textOf: () => undefined,
    };
    context.stdout(`${formatDiagnostics(findings, view).join('\n')}\n`);
    return Buffer.from(text).toString();
  }
  const output = openOutput(format, { command: 'scan', version: '1.0.0', context });
  printJson({ diagnostics: findings }, output.context.stdout);
  await output.finish();
  return Buffer.from(text).toString();
}

/** Throws where a format does not tell the findings. */
function check(format: (typeof formats)[number] | 'text', text: string, findings: readonly Diagnostic[]): void {
  // Each line of GitHub's format is a command; none may come from a finding.
  const shown = format === 'github' ? text.replaceAll(/^::(?=(?:error|warning|notice) )/gm, '') : text;
  const at = raw.exec(shown)?.index;
  if (at !== undefined)
    throw new Error(`raw characters in ${format}: ${JSON.stringify(shown.slice(Math.max(0, at - 80), at + 80))}`);
  const wanted = findings.map(told);
  if (format === 'json')
    same('json', (JSON.parse(text) as { diagnostics: Diagnostic[] }).diagnostics.map(told), wanted);
  else if (format === 'sarif') same('sarif', readSarif(text), wanted);
  else if (format === 'github') same('github', readAnnotations(text), wanted);
  else if (format === 'junit') checkJunit(text, findings);
  else checkText(text, findings);
}

/** A command line on one of the projects of test/projects with some bytes changed. */
interface Whole {
  readonly command: string;
  readonly project: ProjectText;
}

function wholeOf(next: Random): Whole {
  const project = readProjectText(next.pick(projectFiles));
  const [path, content] = next.pick([...project.files]);
  const changed = mutate(Buffer.from(content), next).toString('utf8');
  return {
    command: next.pick(['scan', 'plan']),
    project: { ...project, files: new Map([...project.files, [path, changed]]) },
  };
}

/** Throws where the command itself does not tell the same in every format. */
async function checkCommand({ command, project }: Whole): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    writeProject(project, folder);
    const asked = await runHere([command, '.', '--json'], folder);
    const { diagnostics } = JSON.parse(asked.stdout) as { diagnostics: Diagnostic[] };
    for (const format of ['sarif', 'github', 'junit', 'text'] as const) {
      const words = format === 'text' ? ['--verbose'] : ['--format', format];
      const { exitCode, stdout, stderr } = await runHere([command, '.', ...words], folder);
      const line = `${project.name}: ${command} ${words.join(' ')}`;
      if (exitCode !== asked.exitCode) throw new Error(`${line} ends with ${exitCode}, with --json ${asked.exitCode}`);
      check(format, format === 'text' ? `${stdout}\n${stderr}` : stdout, diagnostics);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Findings in every format: each is read by a reader of its own, and all tell the same. */
export const reporters: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, (_, index) =>
    index % 5 === 4 ? wholeOf(next) : Array.from({ length: next.below(12) }, () => findingOf(next)),
  );
  const { faults } = await each(
    inputs,
    async (input) => {
      if ('project' in input) return checkCommand(input);
      for (const format of [...formats, 'text'] as const) check(format, await printed(format, input), input);
    },
    2,
  );
  return { faults, differences: [], oracle: 'JSON.parse, saxes, rules of SARIF and of the GitHub runner' };
};
