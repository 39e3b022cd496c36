import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { flowToDot } from '../packages/cli/src/diagrams/dot.ts';
import { flowToMermaid } from '../packages/cli/src/diagrams/mermaid.ts';
import { flowToSvg } from '../packages/cli/src/diagrams/svg.ts';
import { podsInWords } from '../packages/cli/src/diagrams/text.ts';
import { planToHtml } from '../packages/cli/src/report/html.ts';
import { printable, readInventory } from '../packages/inventory/src/index.ts';
import { type Flow, flowOf, plan } from '../packages/planner/src/index.ts';
import { options } from '../packages/planner/test/builder.ts';
import { inOneLine, mermaidFrom, readDot, readHtml, readXml, type Seen } from '../test/support/pictures.ts';
import { each, type FuzzClass, raw } from './harness.ts';
import type { Random } from './mutate.ts';
import { artifacts, escaped, pom } from './project.ts';

/** What one of the formats reads as something else than text. */
const pieces = [
  '%%{init: {"theme":"dark"}}%%', '%%', '%', 'style:"x"', 'classDef x:"#', 'linkStyle 0', 'end', 'subgraph', 'click n0 href "x"', ':::alarm',
  '-->', '---', '|', '"', "'", '`', '`**b**`', '#quot;', '#35;', '#', ';', ':', '[', ']', '(', ')', '{', '}', '{{', '}}', '<', '>', '<br/>',
  '<b>', '</b>', '<script>alert(1)</script>', '</script>', '<!--', '-->', '<![CDATA[', ']]>', '&', '&amp;', '&lt;', '&#60;', '\\', '\\n', '\\N',
  '\\l', '\\"', '\\', '$$x$$', '~', '\u0085', '\u2028', '\u202e', '\u00ad', '\ufeff', '\n', '\t', '  ', ' ', 'Größe', '日本', '😀', 'א', 'a', 'B',
  '__proto__', 'constructor', '@{ shape: x }', 'fa:fa-car', 'http://x/?a=b&c=d', 'w'.repeat(80), '=', ',', '*', '_', '/', '../', '?',
] as const; // prettier-ignore

const wild = (next: Random): string =>
  Array.from({ length: 1 + next.below(4) }, () => next.pick(pieces))
    .join('')
    .trim() || 'n';

const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';

/** A project with a few odd names, and what is outside of it. */
function filesOf(next: Random): ReadonlyMap<string, string> {
  const [api, task, sequence, store, host] = [0, 1, 2, 3, 4].map(() => escaped(wild(next)));
  return new Map([
    ['p/pom.xml', pom(escaped(wild(next)))],
    [
      `${artifacts}/apis/A.xml`,
      `<api ${namespace} name="${api}" context="/a"><resource methods="GET"><inSequence><sequence key="${sequence}"/><store messageStore="${store}"/></inSequence></resource></api>`,
    ],
    [
      `${artifacts}/sequences/S.xml`,
      `<sequence ${namespace} name="${sequence}"><call><endpoint><address uri="https://${host}/x"/></endpoint></call><sequence key="${escaped(wild(next))}"/></sequence>`,
    ],
    [
      `${artifacts}/tasks/T.xml`,
      `<task ${namespace} name="${task}" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="${escaped(next.pick(['5', wild(next)]))}"/><property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="sequenceName" value="${sequence}"/></task>`,
    ],
    [
      `${artifacts}/message-stores/M.xml`,
      `<messageStore ${namespace} name="${store}" class="org.apache.synapse.message.store.impl.jms.JmsStore"><parameter name="store.jms.destination">${escaped(wild(next))}</parameter></messageStore>`,
    ],
    [
      `${artifacts}/inbound-endpoints/I.xml`,
      `<inboundEndpoint ${namespace} name="${escaped(wild(next))}" protocol="kafka" sequence="${sequence}" onError="none" suspend="false"><parameters><parameter name="topic.name">${escaped(wild(next))}</parameter><parameter name="bootstrap.servers">${host}</parameter></parameters></inboundEndpoint>`,
    ],
  ]);
}

/** Throws where a reader sees something else than the flow holds. */
function compare(format: string, flow: Flow, seen: Seen): void {
  const words = (text: string): string => inOneLine(printable(text));
  const nodes = flow.nodes.map(({ label, note, danger }) => [label, note, danger?.word ?? ''].map(words));
  if (seen.nodes.size !== nodes.length) throw new Error(`${format}: ${seen.nodes.size} of ${nodes.length} nodes`);
  for (const [index, parts] of nodes.entries()) {
    const shown = seen.nodes.get(`n${index}`) ?? '';
    const lost = parts.find((part) => !shown.includes(part));
    if (lost !== undefined) throw new Error(`${format}: ${JSON.stringify(shown)} for ${JSON.stringify(lost)}`);
    // Labels stand between nothing but what else is known of the node.
    const rest = parts.reduce((left, part) => left.replace(part, ''), shown).replace(/[✗▲\s]/g, '');
    if (rest !== '') throw new Error(`${format}: ${JSON.stringify(shown)} says ${JSON.stringify(rest)} too`);
  }
  const number = new Map(flow.nodes.map(({ id }, index) => [id, `n${index}`]));
  const wanted = flow.edges.map(({ from, to, label, danger }) =>
    JSON.stringify([number.get(from), number.get(to), words(danger?.word ?? label)]),
  );
  const found = seen.edges.map(([from, to, text]) => JSON.stringify([from, to, inOneLine(text.replace(/^[✗▲]/, ''))]));
  if (wanted.toSorted().join('\n') !== found.toSorted().join('\n'))
    throw new Error(`${format}: edges ${found.join(' ')} for ${wanted.join(' ')}`);
  for (const workload of flow.workloads)
    for (const part of [workload.name, podsInWords(workload)])
      if (!seen.title.includes(words(part))) throw new Error(`${format}: ${seen.title} says nothing of ${part}`);
}

/** Throws where a picture is not well-formed, loses a name or holds what could act. */
function checkSvg(svg: string, flow: Flow): void {
  const elements = readXml(svg);
  const titles = elements.filter(({ name }) => name === 'title').map(({ text }) => inOneLine(text));
  for (const { label } of flow.nodes)
    if (!titles.some((title) => title.includes(inOneLine(printable(label)))))
      throw new Error(`svg: nothing says ${JSON.stringify(label)}`);
  const known = [
    'svg',
    'title',
    'desc',
    'style',
    'defs',
    'marker',
    'path',
    'rect',
    'g',
    'text',
    'a',
    'circle',
    'tspan',
  ];
  const foreign = elements.find(({ name }) => !known.includes(name));
  if (foreign !== undefined) throw new Error(`svg: an element ${foreign.name}`);
  checkPassive(
    'svg',
    elements.flatMap(({ attributes }) => Object.entries(attributes)),
  );
}

function checkHtml(html: string, names: readonly string[]): void {
  const { faults, elements } = readHtml(html);
  if (faults.length > 0) throw new Error(`html: ${faults[0]}`);
  const scripts = elements.filter(({ name }) => name === 'script');
  const data = scripts.filter(({ attributes }) => attributes.get('type') === 'application/json');
  if (scripts.length !== 2 || data.length !== 1) throw new Error(`html: ${scripts.length} scripts`);
  const texts = JSON.stringify(JSON.parse(data[0]?.text ?? ''));
  for (const name of names)
    if (!texts.includes(JSON.stringify(name).slice(1, -1)))
      throw new Error(`html: ${JSON.stringify(name)} is not in it`);
  const foreign = elements.find(({ name }) => /^(?:iframe|object|embed|img|form|base)$/.test(name));
  if (foreign !== undefined) throw new Error(`html: an element ${foreign.name}`);
  checkPassive(
    'html',
    elements.flatMap(({ attributes }) => [...attributes]),
  );
}

function checkPassive(format: string, attributes: readonly (readonly [string, string])[]): void {
  const active = attributes.find(
    ([name, value]) => /^on/i.test(name) || (/^(?:href|src|xlink:href)$/i.test(name) && !value.startsWith('#')),
  );
  if (active !== undefined) throw new Error(`${format}: ${active.join('=')}`);
}

/** Pictures and reports of projects with odd names: readers of their own see each name, and nothing that acts. */
export const pictures: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({ files: filesOf(next), read: wild(next) }));
  const mermaidFolder = process.env['MI_MERMAID'];
  const readMermaid = mermaidFolder === undefined ? undefined : await mermaidFrom(mermaidFolder);
  // Graphviz is loaded once.
  await readDot('digraph {}');
  const { faults } = await each(inputs, async ({ files, read }) => {
    const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
    try {
      for (const [path, content] of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      const inventory = await readInventory(['p'], { cwd: folder });
      const made = plan(inventory, options({ isolate: 'each', coordination: 'isolate', replicas: 2 }));
      const flow = flowOf(inventory, made);
      const drawn = {
        svg: flowToSvg(flow, made.pattern, made.patternBecause),
        mermaid: flowToMermaid(flow, made.pattern),
        dot: flowToDot(flow, made.pattern),
        html: planToHtml(inventory, made, {
          environments: [],
          digest: 'd',
          inputs: read,
          generate: 'mi-patterns generate p --out deploy',
          version: '1',
          values: new Map(),
          textOf: ({ path }) => files.get(path),
        }),
      };
      for (const [format, text] of Object.entries(drawn)) {
        const at = raw.exec(text)?.index;
        if (at !== undefined)
          throw new Error(`raw characters in ${format}: ${JSON.stringify(text.slice(Math.max(0, at - 80), at + 80))}`);
      }
      checkSvg(drawn.svg, flow);
      compare('dot', flow, await readDot(drawn.dot));
      if (readMermaid !== undefined) compare('mermaid', flow, await readMermaid(drawn.mermaid));
      checkHtml(
        drawn.html,
        inventory.artifacts.map(({ name }) => name),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  const readers = ['saxes', 'parse5', 'Graphviz', ...(readMermaid === undefined ? [] : ['Mermaid'])];
  return { faults, differences: [], oracle: readers.join(', ') };
};
