import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInventory } from '../packages/inventory/src/index.ts';
import { plan } from '../packages/planner/src/index.ts';
import { options } from '../packages/planner/test/builder.ts';
import { car, type TestArtifact } from '../test/runtime/car.ts';
import { type Outcome, outcomeIn, typeOf } from '../test/runtime/outcome.ts';
import { findRuntime, startServer } from '../test/runtime/server.ts';
import { artifacts, values, words } from './artifacts.ts';
import { checkTold, type Difference, each, type FuzzClass, reasonFor } from './harness.ts';
import type { Random } from './mutate.ts';

/** Most archives that one server gets: it deploys a hundred in about ten seconds. */
const atOnce = 250;

const misspelt = (name: string): string => name.slice(0, -2) + name.slice(-1);

/** A text with one change, as people make them: something left out, twice, misspelt, or another value. */
function changed(text: string, next: Random): string {
  const pieces = text.split(/(<[^>]+>)/).filter((piece) => piece.trim() !== '');
  // The end tag of the root cannot change alone.
  const at = next.below(pieces.length - 1);
  const piece = pieces[at] ?? '';
  const among = (from: number, to: number, ...instead: readonly string[]): string =>
    [...pieces.slice(0, from), ...instead, ...pieces.slice(to)].join('');
  if (!piece.startsWith('<')) return among(at, at + 1, next.pick(valuesOf(nameBefore(pieces, at))));
  const attributes = [...piece.matchAll(/ (?!xmlns)([\w:-]+)="([^"]*)"/g)];
  if (attributes.length > 0 && next.below(4) > 0) {
    const [whole, name = '', value = ''] = next.pick(attributes);
    const kind = next.below(12);
    const instead =
      kind === 0
        ? ''
        : kind === 1
          ? ` ${misspelt(name)}="${value}"`
          : kind === 2
            ? ` ${name}=" ${value} "`
            : ` ${name}="${next.pick(valuesOf(/ name="([^"]*)"/.exec(name === 'name' ? '' : piece)?.[1] ?? name, name))}"`;
    return among(
      at,
      at + 1,
      piece.replace(whole, () => instead),
    );
  }
  const [from, to] = elementAround(pieces, at);
  const element = pieces.slice(from, to).join('');
  const kind = next.below(from === 0 ? 1 : 4);
  if (kind === 0) return among(from, to, element.replace(/^<\w+/, misspelt).replace(/<\/\w+(?=>$)/, misspelt));
  if (kind === 1) return among(from, to);
  return kind === 2 ? among(from, to, element, element) : among(from, to, element.replace(/>[^]*$/, '/>'));
}

/** The name of a parameter, or else of the element, whose text is at an index. */
function nameBefore(pieces: readonly string[], at: number): string {
  const tag = pieces[at - 1] ?? '';
  return / name="([^"]*)"/.exec(tag)?.[1] ?? /^<([\w-]+)/.exec(tag)?.[1] ?? '';
}

const valuesOf = (...names: readonly string[]): readonly string[] =>
  names.map((name) => values.get(name)).find((some) => some !== undefined) ?? words;

/** From where to where the element of the tag at an index goes; the one that it ends, for an end tag. */
function elementAround(pieces: readonly string[], at: number): readonly [from: number, to: number] {
  const isEnd = pieces[at]?.startsWith('</') === true;
  const step = isEnd ? -1 : 1;
  let depth = 0;
  for (let index = at; index >= 0 && index < pieces.length; index += step) {
    const piece = pieces[index] ?? '';
    if (piece.startsWith('</')) depth -= step;
    else if (piece.startsWith('<') && !piece.endsWith('/>')) depth += step;
    if (depth === 0) return isEnd ? [index, at + 1] : [at, index + 1];
  }
  return [0, pieces.length];
}

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

/** The archive of an input: with its artifact, what most of them refer to. */
function archiveOf(name: string, content: string): Promise<Buffer> {
  const support = [
    `<sequence ${SYN} name="${name}s"><log/></sequence>`,
    `<endpoint ${SYN} name="${name}e"><address uri="http://localhost:1/"/></endpoint>`,
    `<messageStore ${SYN} name="${name}m"/>`,
    `<localEntry ${SYN} key="${name}p"><Policy xmlns="http://schemas.xmlsoap.org/ws/2004/09/policy"/></localEntry>`,
  ].map((text, index): TestArtifact => ({ name: `${name}${index}`, type: typeOf(text), content: text }));
  return car(name, [...support, { name, type: typeOf(content), content }]);
}

/** Sentences by which a finding says that MI does not deploy the archive. */
const refusal =
  /undeploys the whole archive|refuses (?:it|to deploy)|drops the (?:whole )?archive|does not deploy the archive|fails to deploy/;

interface Case {
  readonly text: string;
  /** What is told of it that says that MI does not deploy it. */
  readonly refused: readonly string[];
  readonly outcome: Outcome;
  /** The last exception of the server. */
  readonly cause: string;
}

const refusedFor =
  (cause: RegExp) =>
  (one: Case): boolean =>
    one.outcome !== 'deployed' && cause.test(one.cause);

/** Differences that are meant or too rare to be told, by their reason. */
const known: ReadonlyMap<string, (one: Case) => boolean> = new Map([
  [
    'an artifact with a blank name is skipped with an error; MI deploys it under that name',
    ({ refused }: Case) => refused.some((sentence) => sentence.includes('a blank name')),
  ],
  [
    'an expression or variable with ${…} is left alone: later versions know it, MI 4.3.0 refuses it',
    ({ outcome, text }: Case) => outcome !== 'deployed' && text.includes('${'),
  ],
  [
    'a text as the format of XML is left alone: later versions take it, MI 4.3.0 refuses it',
    refusedFor(/OMElement\.getFirstElement/),
  ],
  [
    'a value is left to the server that starts with $SYSTEM:, where MI takes no variable',
    ({ outcome, text }: Case) => outcome !== 'deployed' && text.includes('$SYSTEM:'),
  ],
  [
    'whether a class exists, and is of the right kind, is not looked up',
    refusedFor(/ClassNotFound|ClassCast|while creating Message processor|setter method|NoSuchMethod/),
  ],
  [
    'a key with blanks or of the registry is a reference that leads nowhere; MI refuses some of them',
    refusedFor(
      /URISyntax|Duplicate \w+ definition|Cannot locate|entry key is empty|already exists|OMTextImpl|StreamSource|not in proper format/,
    ),
  ],
  [
    'scripts other than JavaScript are not read, and a filter of a JSONPath is looked at in part',
    refusedFor(/script engine|InvalidPath/),
  ],
  [
    'a number that is too large for Java is taken for one',
    refusedFor(/For input string: "\d{10,}"|timeout value|duration/),
  ],
  [
    'a part of an artifact that is rarely written: parameters of templates, policies, targets',
    refusedFor(/For input string|parameter (?:name|value) should|parameters should have|policy type|Unexpected target/),
  ],
  ['the server was built without some inbound endpoints', refusedFor(/not in this build/)],
]);

/** What a server does with each of the archives. */
async function outcomesOf(
  runtime: { readonly folder: string },
  archives: readonly { readonly name: string; readonly path: string }[],
): Promise<readonly Pick<Case, 'outcome' | 'cause'>[]> {
  const server = await startServer(runtime, { archives: archives.map(({ path }) => path) });
  const log = server.log();
  await server.stop();
  return archives.map(({ name }) => {
    const outcome = outcomeIn(log, name);
    const at = log.indexOf(`while deploying the Carbon application: ${name}.car`);
    const trace = at === -1 ? '' : (log.slice(at, at + 20_000).split(/\n\[20/)[0] ?? '');
    return { outcome, cause: trace.match(/^(?:Caused by: )?[\w.$]+(?:Exception|Error|Fault)\b.*$/gm)?.at(-1) ?? '' };
  });
}

/** Artifacts as people get them wrong: what is told of them, against what a real Micro Integrator 4.3.0 does. */
export const servers: FuzzClass = async (next, count) => {
  const runtime = findRuntime();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-servers-'));
  const inputs = Array.from({ length: count }, (_, index) => {
    const name = `f${index}x`;
    const base = artifacts[index % artifacts.length] ?? '';
    const text = index < artifacts.length ? base : changed(base, next);
    return { name, text: text.replaceAll('@', name).replaceAll('PORT', String(31_000 + (index % atOnce))) };
  });
  const pathOf = (name: string): string => join(folder, `${name}.car`);
  const { answers, faults } = await each(inputs, async ({ name, text }) => {
    writeFileSync(pathOf(name), await archiveOf(name, text));
    const inventory = await readInventory([pathOf(name)], { cwd: folder });
    const diagnostics = [...inventory.diagnostics, ...plan(inventory, options()).diagnostics];
    checkTold(diagnostics);
    return diagnostics.map(({ code, message }) => `${code} ${message}`);
  });
  const cases = inputs.flatMap((input, index) => {
    const told = answers[index];
    return told === undefined ? [] : [{ ...input, told, path: pathOf(input.name) }];
  });
  const differences: Difference[] = [];
  for (let start = 0; start < cases.length; start += atOnce) {
    if ('missing' in runtime) break;
    const some = cases.slice(start, start + atOnce);
    const outcomes = await outcomesOf(runtime, some);
    for (const [index, { name, text, told }] of some.entries()) {
      const refused = told.filter((sentence) => refusal.test(sentence) || /^MI-XML-(?!MEDIATOR)/.test(sentence));
      const { outcome, cause } = outcomes[index] ?? { outcome: 'absent', cause: '' };
      if ((outcome === 'deployed') === (refused.length === 0)) continue;
      const why = outcome === 'deployed' ? refused.join(' + ') : cause;
      differences.push({
        shown: `${name} is ${outcome}: ${why.slice(0, 300)}\n    ${text}`,
        reason: reasonFor(known, { text, refused, outcome, cause }),
      });
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    faults,
    differences,
    oracle: 'missing' in runtime ? `without a server (${runtime.missing})` : 'against Micro Integrator 4.3.0',
  };
};
