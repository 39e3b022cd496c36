import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readInventory, readXmlTree } from '../packages/inventory/src/index.ts';
import { plan } from '../packages/planner/src/index.ts';
import { options } from '../packages/planner/test/builder.ts';
import { projectFiles, readProjectText } from '../test/support/projects.ts';
import { each, type FuzzClass } from './harness.ts';
import { exampleProjects } from './long.ts';
import type { Random } from './mutate.ts';

type Files = ReadonlyMap<string, string | Buffer>;

/** Tags, and what stands between them: comments, CDATA sections, instructions, declarations and texts. */
const pieceForm =
  /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<![^>]*>|<\/?[\w.:-]+(?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?>/g;
const attributeForm = /\s+([\w.:-]+)\s*=\s*("[^"]*"|'[^']*')/g;

/** A rewrite of an XML document after which it says the same. */
type Rewrite = (text: string, next: Random) => string;

/** Changes some start tags. */
const inTags =
  (change: (tag: string, next: Random) => string): Rewrite =>
  (text, next) =>
    text.replace(pieceForm, (piece) => (/^<[\w]/.test(piece) && next.below(3) === 0 ? change(piece, next) : piece));

/** Puts something between two tags that have only white space between them: no text is divided. */
const between =
  (...some: readonly string[]): Rewrite =>
  (text, next) =>
    text.replace(/>(?=\s*<[\w/!])/g, (sign, at: number) => {
      const before = text.lastIndexOf('<', at);
      // Not inside of a comment or section that holds markup.
      return isPlainTag(text.slice(before, at + 1)) && next.below(4) === 0 ? sign + next.pick(some) : sign;
    });
const isPlainTag = (tag: string): boolean => /^<\/?[\w.:-]+(?:\s[^<>]*)?>$/.test(tag);

/** Changes some texts that stand alone in their element. */
const inTexts =
  (change: (text: string, next: Random) => string): Rewrite =>
  (text, next) =>
    text.replace(
      /(<[\w.:-]+(?:\s[^<>]*[^/<>])?>)([^<>&\]]*[^\s<>&\]][^<>&\]]*)(?=<\/)/g,
      (whole, tag: string, content: string) => (next.below(3) === 0 ? tag + change(content, next) : whole),
    );

const reference = (character: string, next: Random): string => {
  const code = character.codePointAt(0) ?? 0;
  return next.pick([`&#${code};`, `&#x${code.toString(16)};`, `&#x${code.toString(16).toUpperCase()};`]);
};
const withReference = (text: string, next: Random): string => {
  const letters = [...text.matchAll(/[^\s<>"']/g)];
  if (letters.length === 0 || text.includes('&')) return text;
  const { 0: letter, index } = next.pick(letters);
  return text.slice(0, index) + reference(letter, next) + text.slice(index + 1);
};

const rewrites: readonly Rewrite[] = [
  (text) => text.replaceAll(/\r?\n/g, '\r\n'),
  (text, next) =>
    afterDeclaration(
      text,
      next.pick(['<?a b?>', '<?xml-stylesheet href="x"?>\n', '<!-- a -->', '\n\n', '<?a?><!--b-->']),
    ),
  (text) =>
    text.includes('<!DOCTYPE')
      ? text
      : afterDeclaration(text, `<!DOCTYPE ${/<([\w.:-]+)[\s/>]/.exec(text)?.[1] ?? 'a'}>`),
  (text, next) => text.trimEnd() + next.pick(['\n\n', '<!-- end -->', '<?a?>', '']),
  between('<!-- a -->', '<?a b?>', '\n\n', '<!---->', '<!-- <a b="c"/> -->'),
  inTexts((text) => `<![CDATA[${text}]]>`),
  inTexts((text, next) => {
    const at = next.pick([0, text.length]);
    return `${text.slice(0, at)}${next.pick(['<!-- a -->', '<![CDATA[]]>', '<?a?>'])}<![CDATA[${text.slice(at)}]]>`;
  }),
  inTexts(withReference),
  inTags((tag, next) =>
    tag.replace(attributeForm, (whole, name: string, value: string) =>
      name.startsWith('xmlns')
        ? whole
        : ` ${name}=${value.slice(0, 1)}${withReference(value.slice(1, -1), next)}${value.slice(-1)}`,
    ),
  ),
  inTags((tag) =>
    tag.replace(attributeForm, (whole, name: string, value: string) =>
      /['"&]/.test(value.slice(1, -1)) ? whole : ` ${name}='${value.slice(1, -1)}'`,
    ),
  ),
  inTags((tag) => tag.replace(attributeForm, (_whole, name: string, value: string) => `\n\t${name} =  ${value}`)),
  inTags((tag) => {
    const attributes = [...tag.matchAll(attributeForm)].map(([whole]) => whole);
    return tag.replace(
      /^(<[\w.:-]+)[^]*?(\s*\/?>)$/,
      (_whole, start: string, end: string) => start + attributes.toReversed().join('') + end,
    );
  }),
  inTags((tag) => tag.replace(/^<([\w.:-]+)([^]*?)\s*\/>$/, '<$1$2></$1>')),
  withPrefix,
];

function afterDeclaration(text: string, added: string): string {
  const [declaration = ''] = /^<\?xml[^>]*\?>/.exec(text) ?? [];
  return declaration + added + text.slice(declaration.length);
}

/** Elements without a prefix get one; only where one namespace is the default of the whole document. */
function withPrefix(text: string): string {
  const [, , namespace] = /<([\w.-]+)[^<>]*\sxmlns="([^"]+)"/.exec(text) ?? [];
  if (namespace === undefined || (text.match(/xmlns=/g) ?? []).length !== 1 || /<!|xmlns:q=/.test(text)) return text;
  return text.replace(pieceForm, (piece) =>
    piece.replace(/^(<\/?)([\w.-]+)(?=[\s/>])/, '$1q:$2').replace(' xmlns=', ' xmlns:q='),
  );
}

const encodings: readonly ((text: string) => Buffer | undefined)[] = [
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => encodedAs(text, 'UTF-16', (declared) => Buffer.from(`\ufeff${declared}`, 'utf16le')),
  (text) => encodedAs(text, 'UTF-16', (declared) => Buffer.from(`\ufeff${declared}`, 'utf16le').swap16()),
  (text) =>
    /^[\0-\u00ff]*$/.test(text)
      ? encodedAs(text, 'ISO-8859-1', (declared) => Buffer.from(declared, 'latin1'))
      : undefined,
];

function encodedAs(text: string, name: string, encode: (declared: string) => Buffer): Buffer | undefined {
  const rest = text.replace(/^<\?xml[^>]*\?>/, '');
  return encode(`<?xml version="1.0" encoding="${name}"?>${rest}`);
}

/** What systems, editors and tools leave beside files. */
const litter: Files = new Map<string, string | Buffer>([
  ['.DS_Store', Buffer.from('\0\0\0\u0001Bud1')],
  ['.gitkeep', ''],
  ['.gitignore', 'target/\n'],
  ['.A.xml.swp', Buffer.alloc(4096)],
]);

function rewritten(files: Files, next: Random): Files {
  const changed = new Map<string, string | Buffer>();
  for (const [path, content] of files)
    changed.set(
      path,
      /\.(?:xml|dbs)$/.test(path) ? rewrittenXml(String(content), next) : otherLines(path, String(content), next),
    );
  for (const path of files.keys())
    if (next.below(6) === 0) {
      const [name, content] = next.pick([...litter]);
      const beside = join(dirname(path), name);
      if (!changed.has(beside)) changed.set(beside, content);
    }
  return changed;
}

const otherLines = (path: string, text: string, next: Random): string =>
  /\.(?:properties|toml|yaml)$|Dockerfile$/.test(path) && next.below(2) === 0
    ? text.replaceAll(/\r?\n/g, '\r\n')
    : text;

function rewrittenXml(text: string, next: Random): string | Buffer {
  if (readXmlTree(text, 'x.xml').root === undefined) return text;
  let changed = text;
  for (let round = next.below(5); round > 0; round -= 1) changed = next.pick(rewrites)(changed, next);
  return (next.below(4) === 0 ? next.pick(encodings)(changed) : undefined) ?? changed;
}

/** What is read and planned, without places and digests, which follow the bytes. */
async function meaning(files: Files): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const home = join(folder, 'home');
    for (const [path, content] of files) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
    const read = await readInventory(['home'], { cwd: folder });
    const made = plan(read, options({ coordination: 'isolate', replicas: 2 }));
    return JSON.stringify(
      { read, made },
      (key, value: unknown) => {
        if (['line', 'column', 'digest', 'offset', 'bytes'].includes(key)) return undefined;
        if (value instanceof Map || value instanceof Set) return [...value];
        return typeof value === 'string' ? value.replaceAll(/(?<=[\w.]):\d+(?::\d+)?/g, '') : value;
      },
      1,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Projects whose files say the same in other bytes: what is read of them, and the plan, stay the same.
 */
export const rewrittenProjects: FuzzClass = async (next, count) => {
  const projects = [...projectFiles.map(readProjectText), ...exampleProjects()].filter(({ files }) =>
    [...files.keys()].every((path) => !path.includes('//')),
  );
  const meanings = new Map<string, Promise<string>>();
  const inputs = Array.from({ length: count }, () => {
    const project = next.pick(projects);
    return { project, files: rewritten(project.files, next) };
  });
  const { faults } = await each(inputs, async ({ project, files }) => {
    const known = meanings.get(project.name) ?? meaning(project.files);
    meanings.set(project.name, known);
    // What stands on one line may come in another order.
    const [before, after] = [await known, await meaning(files)].map((text) => text.split('\n').toSorted());
    const only = (some: readonly string[], others: readonly string[]): string => {
      const rest = new Set(others);
      return some
        .filter((line) => !rest.has(line))
        .slice(0, 12)
        .join('');
    };
    if (before?.join() !== after?.join())
      throw new Error(
        `${project.name}: only before: ${only(before ?? [], after ?? [])} only after: ${only(after ?? [], before ?? [])}`,
      );
  });
  return { faults, differences: [], oracle: 'what they say as they are' };
};
