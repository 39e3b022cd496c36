import {
  compareDiagnostics,
  compareText,
  type Diagnostic,
  distinctBy,
  hiddenValue,
  isSecretName,
  type Source,
  withoutTrailingSlashes,
} from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';

/** How to turn names in helm's messages into files of the reader. */
export interface HelmErrorContext {
  /** Folder of the chart, for places in its templates; undefined for a packed or remote chart. */
  readonly chartFolder: string | undefined;
  /** Files made for this call → what to call them in messages. */
  readonly fileNames?: ReadonlyMap<string, string>;
}

const place = '([^\\s():"<>]+\\.(?:yaml|yml|tpl|txt|json)):(\\d+)(?::(\\d+))?';

/**
 * Reads why helm refused to render or install a chart. Returns undefined when the text is none of the known refusals:
 * then helm itself failed, which is a ToolFailure. Seen with helm 3.22 and 4.3.
 */
export function parseHelmError(stderr: string, context: HelmErrorContext): Diagnostic[] | undefined {
  const text = errorText(stderr);
  if (text === undefined) return undefined;
  return (
    parseSchemaErrors(text) ??
    parseRefusal(text, context) ??
    parseValuesError(text, context) ??
    parseOther(text) ??
    parseTemplateError(text, context)
  );
}

/** What stands after `Error:`, without helm's prefixes and its advice on `--debug`. */
function errorText(stderr: string): string | undefined {
  const start = /^Error: /m.exec(stderr);
  if (start === null) return undefined;
  return stderr
    .slice(start.index + start[0].length)
    .replace(/(?<!\n)\n*Use --debug flag to render out invalid YAML\s*$/, '')
    .replace(/^(?:(?:INSTALLATION|UPGRADE|ROLLBACK) FAILED: )+/, '')
    .trim();
}

interface SchemaLine {
  readonly path: string;
  readonly message: string;
  readonly children: SchemaLine[];
}

function parseSchemaErrors(text: string): Diagnostic[] | undefined {
  if (!/values don't meet the specifications of the schema/.test(text)) return undefined;
  const leaves = schemaLines(text).flatMap(schemaLeaves);
  const diagnostics = leaves
    .flatMap(({ path, message }) => schemaSentences(path, message))
    .map((sentence) =>
      finding('MI-CHART-SCHEMA', sentence, 'Correct the value; mi-patterns validate FILE shows its line.'),
    );
  if (diagnostics.length === 0)
    return [finding('MI-CHART-SCHEMA', text, "Compare the values with the chart's values.schema.json.")];
  return distinctBy(diagnostics, ({ message }) => message).sort(compareDiagnostics);
}

/** The lines `- at '/replicas': got string, want integer`, nested by their indentation. */
function schemaLines(text: string): SchemaLine[] {
  const roots: SchemaLine[] = [];
  const open: { readonly indent: number; readonly line: SchemaLine }[] = [];
  for (const row of text.split('\n')) {
    const match = /^(\s*)- at '(.*?)': (.*)$/s.exec(row);
    if (match === null) continue;
    const indent = match[1]?.length ?? 0;
    const line: SchemaLine = {
      path: match[2] ?? '',
      message: withoutValue(match[2] ?? '', inOrder(match[3] ?? '')),
      children: [],
    };
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    (open.at(-1)?.line.children ?? roots).push(line);
    open.push({ indent, line });
  }
  return roots;
}

/** Without the value of a key that names a secret, or is below one. */
function withoutValue(pointer: string, message: string): string {
  return pointer.split('/').some(isSecretName)
    ? message.replace(/^'.*'(?= (?:does not match pattern|is not valid) )/s, hiddenValue)
    : message;
}

const unknownKeys = /^additional properties '(.+)' not allowed$/;

/** With the unknown keys by name: helm lists them in another order each time. */
function inOrder(message: string): string {
  return message.replace(unknownKeys, (_, keys: string) => {
    const ordered = keys.split("', '").sort(compareText).join("', '");
    return `additional properties '${ordered}' not allowed`;
  });
}

function schemaLeaves(line: SchemaLine): SchemaLine[] {
  if (line.children.length === 0) return [line];
  if (!/'(?:anyOf|oneOf)' failed/.test(line.message)) return line.children.flatMap(schemaLeaves);
  const choices = [
    ...new Set(
      line.children
        .flatMap(schemaLeaves)
        .map((leaf) => (leaf.path === line.path ? leaf.message : `${pointerToPath(leaf.path)}: ${leaf.message}`)),
    ),
  ].sort(compareText);
  return [{ path: line.path, message: choices.join('; or '), children: [] }];
}

/** One sentence, or one for each unknown key, which has a line of its own in the file. */
function schemaSentences(pointer: string, message: string): string[] {
  const path = pointerToPath(pointer);
  const keys = unknownKeys.exec(message)?.[1]?.split("', '");
  if (keys !== undefined) return keys.map((key) => `\`${[path, key].filter(Boolean).join('.')}\`: unknown key.`);
  return [schemaSentence(path, message)];
}

function schemaSentence(path: string, message: string): string {
  const missing = /^missing propert(?:y|ies) (.+)$/.exec(message)?.[1];
  if (missing !== undefined)
    return `${path === '' ? 'The values' : `\`${path}\``}: ${missing.replaceAll("'", '`')} ${missing.includes(',') ? 'are' : 'is'} missing.`;
  // Null stands for a key that is left out, which nobody writes to correct a value.
  const said = /^value must be one of |^got .*, want null or /.test(message)
    ? message.replace(/, <nil>$/, '').replace(', want null or ', ', want ')
    : message;
  return `${path === '' ? 'The values' : `\`${path}\``}: ${said}.`;
}

function pointerToPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

/** A sentence the chart itself says with `fail` or `required`. */
function parseRefusal(text: string, context: HelmErrorContext): Diagnostic[] | undefined {
  const found = lastMatch(new RegExp(`execution error at \\(${place}\\): `, 'g'), text);
  if (found === undefined) return undefined;
  const source = templateSource(found.match, context);
  const sentence = text.slice(found.end).trim();
  // A chart may refuse several things at once, as a list.
  const lines = sentence
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const isList = lines.length > 1 && lines.every((line) => line.startsWith('- '));
  const single = lines.every(isFault) ? lines : [sentence];
  const sentences = isList ? lines.map((line) => line.slice(2)) : single;
  return sentences.map((message) => ({
    ...finding('MI-CHART-REFUSED', message, 'Change the values the sentence names; the chart refuses to render them.'),
    ...(source === undefined ? {} : { related: [source] }),
  }));
}

/** A name in the path begins after a dot: without one, a long name could be taken apart in very many ways. */
const fault =
  /^(MI-[A-Z0-9-]+) ((?:[A-Za-z_][\w-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])(?:\.[A-Za-z_][\w-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): (.*)$/;

function isFault(line: string): boolean {
  return fault.test(line);
}

/** What our chart says of values as `CODE path: sentence`, taken apart. */
export interface ChartFinding {
  readonly code: string;
  readonly path: readonly string[];
  readonly sentence: string;
}

/** The parts of a fault that our chart reports as `CODE path: sentence`; undefined for any other sentence. */
export function readFault(message: string): ChartFinding | undefined {
  const [, code, path, sentence] = fault.exec(message) ?? [];
  if (code === undefined || path === undefined || sentence === undefined) return undefined;
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([A-Za-z_][\w-]*)/g)];
  return {
    code,
    path: keys.map(([, quoted, index, word]) => (quoted === undefined ? (index ?? word ?? '') : unquoted(quoted))),
    sentence,
  };
}

/** A key as Go quotes it; one with an escape that JSON does not have stays as it is. */
function unquoted(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function parseValuesError(text: string, context: HelmErrorContext): Diagnostic[] | undefined {
  const match = /^failed to parse (.+?): ([^]+)$/.exec(text);
  if (match === null) return undefined;
  const file = match[1] ?? '';
  const reason = (match[2] ?? '').replace(
    /^(?:cannot unmarshal yaml document: )?(?:error converting YAML to JSON: )?(?:yaml: )?/,
    '',
  );
  const line = /^line (\d+): /.exec(reason);
  return [
    finding(
      'MI-CHART-VALUES',
      `${context.fileNames?.get(file) ?? file} is not valid YAML: ${reason.slice(line?.[0].length ?? 0)}.`,
      'Correct the file; mi-patterns validate FILE lists all its faults.',
      { path: context.fileNames?.get(file) ?? file, line: Number(line?.[1] ?? 1), column: 1 },
    ),
  ];
}

function parseOther(text: string): Diagnostic[] | undefined {
  const version = /chart requires kubeVersion: ([^:\n]+) which is incompatible with Kubernetes (.+)$/m.exec(text);
  if (version !== null) {
    return [
      finding(
        'MI-CHART-KUBERNETES',
        `The chart needs Kubernetes ${version[1]}, not ${version[2]}.`,
        'Choose another cluster, or a release of the chart that supports this version.',
      ),
    ];
  }
  const release =
    /release name "([^"]*)": invalid release name/.exec(text) ??
    /^[^"\n]*"([^"\n]*)"/.exec(text.split(/(?=invalid release name)/)[1] ?? '');
  if (release === null) return undefined;
  return [
    finding(
      'MI-CHART-REFUSED',
      `"${release[1]}" is not a valid release name: lower-case letters, digits and hyphens, at most 53 characters.`,
      'Choose another release name.',
    ),
  ];
}

/** A fault in a template, or in the YAML a template wrote. Helm 3 prints one line, helm 4 a line for each step. */
function parseTemplateError(text: string, context: HelmErrorContext): Diagnostic[] | undefined {
  const yaml =
    /YAML parse error on (\S+?): (?:error converting YAML to JSON: )?(?:yaml: )?(?:line (\d+): )?([^]*)$/.exec(text);
  if (yaml !== null) {
    const at = yaml[2] === undefined ? '' : `, line ${yaml[2]} of what it writes`;
    return [
      templateFault(
        `${yaml[1]} writes invalid YAML${at}: ${flat(yaml[3] ?? '')}.`,
        fileSource(yaml[1] ?? '', 1, 1, context),
      ),
    ];
  }
  const ofValues = parseTemplateOfValues(text);
  if (ofValues !== undefined) return [ofValues];
  const last = lastMatch(new RegExp(`(?:template: |parse error at \\(|^)${place}`, 'gm'), text);
  if (last === undefined) return undefined;
  const rest = text.slice(last.end).replace(/^[):\s]+/, '');
  const found = lastMatch(/executing "[^"]*" at <((?:(?!executing ")[^\n])*?)>:\s*/g, rest);
  const step = found?.match[1];
  const reason = flat(rest.slice(found?.end ?? 0));
  const message = step === undefined ? `The template is broken: ${reason}.` : `\`${step}\` ${failure(reason)}`;
  return [templateFault(message, templateSource(last.match, context))];
}

/** How a step of a template failed, as the end of a sentence. */
function failure(reason: string): string {
  const nil = /^nil pointer evaluating interface \{\}\.(\S+)$/.exec(reason);
  return nil === null ? `fails: ${reason}.` : `cannot be read: what should hold \`${nil[1]}\` is null or absent.`;
}

/** A template that stands in the values, which the chart expands with `tpl`. */
function parseTemplateOfValues(text: string): Diagnostic | undefined {
  const broken = /error calling tpl: cannot parse template ("(?:[^"\\\n]|\\.)*"): template: gotpl:(\d+): ([^\n]*)/.exec(
    text,
  );
  const failed = /executing "gotpl" at <((?:(?!executing ")[^\n])*?)>:\s*/.exec(text);
  const line = unquoted(broken?.[1]?.slice(1, -1) ?? '').split('\n')[Number(broken?.[2] ?? 1) - 1] ?? '';
  const step = broken === null ? failed?.[1] : (/\{\{.*?(?:\}\}|(?=["']?$))/.exec(line)?.[0] ?? line);
  if (step === undefined) return undefined;
  const reason = flat(broken?.[3] ?? text.slice((failed?.index ?? 0) + (failed?.[0].length ?? 0)));
  return finding(
    'MI-CHART-TEMPLATE',
    `\`${step}\` in a template of the values ${failure(reason)}`,
    'Correct the template, or set what it reads.',
  );
}

function templateFault(message: string, source: Source | undefined): Diagnostic {
  return finding(
    'MI-CHART-TEMPLATE',
    message,
    'A template of the chart failed on these values. Look for a key set to null; otherwise this is a bug in the chart; please report it.',
    source,
  );
}

function templateSource(match: RegExpExecArray, context: HelmErrorContext): Source | undefined {
  return fileSource(match[1] ?? '', Number(match[2] ?? 1), Number(match[3] ?? 1), context);
}

/** `micro-integrator/templates/x.yaml` in the reader's chart folder. */
function fileSource(file: string, line: number, column: number, context: HelmErrorContext): Source | undefined {
  if (file === '') return undefined;
  const path =
    context.chartFolder === undefined
      ? file
      : `${withoutTrailingSlashes(context.chartFolder)}/${file.slice(file.indexOf('/') + 1)}`;
  return { path, line, column };
}

function lastMatch(
  pattern: RegExp,
  text: string,
): { readonly match: RegExpExecArray; readonly end: number } | undefined {
  const match = [...text.matchAll(pattern)].at(-1);
  return match === undefined ? undefined : { match, end: match.index + match[0].length };
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
