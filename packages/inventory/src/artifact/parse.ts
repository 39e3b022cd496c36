import type { Source } from '../model/diagnostic.ts';
import type { ArtifactKind } from '../model/inventory.ts';
import { mayUseRegistry } from './values.ts';
import { createLocator } from '../xml/locator.ts';
import type { XmlOptions } from '../xml/read.ts';
import { attributeValue, child, readXmlTree, type XmlNode } from '../xml/tree.ts';
import {
  type FactsReader,
  readApi,
  readInboundEndpoint,
  readMessageProcessor,
  readMessageStore,
  readProxy,
  readTask,
} from './kinds-entry.ts';
import {
  readDataService,
  readDataSource,
  readEndpoint,
  readEventSource,
  readLocalEntry,
  readPriorityExecutor,
  readSequence,
  readTemplate,
} from './kinds-resource.ts';
import { readMediation, readRegistryUses } from './mediation.ts';
import type { NamedArtifact, ParsedArtifact, ParsedFile } from './parsed.ts';
import { compact, own, type Reading, report, synapseNamespace } from './reading.ts';
import { declaredBy } from './template-parameters.ts';
import { readSettings } from './settings.ts';

interface RootRule {
  readonly kind: ArtifactKind;
  readonly facts: FactsReader;
  /** Missing: MI does not ask for the namespace of the root. */
  readonly namespaces?: readonly string[];
  /** What MI does with a root in another namespace; it takes back the whole archive when missing. */
  readonly otherwise?: 'skips';
  /** Whether mediators, endpoints and so on may stand below the root. */
  readonly mediation: boolean;
}

const synapse = (kind: ArtifactKind, facts: FactsReader, below: 'mediators' | 'settings'): RootRule => ({
  kind,
  facts,
  namespaces: [synapseNamespace],
  mediation: below === 'mediators',
});

/** Kinds whose factories look for parameters by their full name, and for nothing else of the namespace. */
const inAnyNamespace = (kind: ArtifactKind, facts: FactsReader, below: 'mediators' | 'settings'): RootRule => ({
  kind,
  facts,
  mediation: below === 'mediators',
});

/**
 * Roots and what they are, as the deployers of wso2/product-integrator-mi and the factories of wso2/wso2-synapse know
 * them. What MI does with other namespaces was seen on MI 4.3.0.
 */
const roots: ReadonlyMap<string, RootRule> = new Map([
  ['api', synapse('api', readApi, 'mediators')],
  ['proxy', synapse('proxy-service', readProxy, 'mediators')],
  ['sequence', synapse('sequence', readSequence, 'mediators')],
  ['endpoint', synapse('endpoint', readEndpoint, 'mediators')],
  ['template', { ...synapse('template', readTemplate, 'mediators'), otherwise: 'skips' }],
  ['localEntry', inAnyNamespace('local-entry', readLocalEntry, 'settings')],
  ['task', synapse('task', readTask, 'settings')],
  ['messageProcessor', inAnyNamespace('message-processor', readMessageProcessor, 'settings')],
  ['messageStore', inAnyNamespace('message-store', readMessageStore, 'settings')],
  ['inboundEndpoint', inAnyNamespace('inbound-endpoint', readInboundEndpoint, 'mediators')],
  ['eventSource', synapse('event-source', readEventSource, 'mediators')],
  ['priorityExecutor', synapse('unsupported', readPriorityExecutor, 'settings')],
  [
    'data',
    {
      kind: 'data-service',
      facts: readDataService,
      namespaces: ['', 'http://ws.wso2.org/dataservice'],
      otherwise: 'skips',
      mediation: false,
    },
  ],
  ['datasource', { kind: 'data-source', facts: readDataSource, namespaces: [''], mediation: false }],
]);

/** Children of `<definitions>` that are settings of the server, not mediators of its main sequence. */
const settings: ReadonlySet<string> = new Set(['registry', 'taskManager', 'import', 'description', 'parameter']);

export interface ParseOptions extends XmlOptions {
  /** Whether the file is a server's own, in no archive. */
  readonly inServer?: boolean;
  /** Whether only kind, name and version of each artifact are asked for: the rest of it is then left empty. */
  readonly namesOnly?: boolean;
}

/**
 * Reads one artifact file: an API, proxy service, task and so on, or a whole `<definitions>` document. Never throws: a
 * file that is broken, or of no known kind, has no artifacts, and diagnostics when something is wrong.
 *
 * @param text the file, decoded; nothing of it is kept alive by the result.
 * @param path how the file is called in sources.
 */
export function parseArtifactFile(
  text: string,
  path: string,
  { inServer = false, namesOnly = false, ...options }: ParseOptions = {},
): ParsedFile {
  const tree = readXmlTree(text, path, options);
  const rootName = tree.rootName === undefined ? {} : { root: own(tree.rootName) };
  if (tree.root === undefined)
    return { artifacts: [], ...rootName, diagnostics: tree.diagnostic === undefined ? [] : [tree.diagnostic] };
  const file: FileReading = {
    text,
    locate: createLocator(text, path),
    mentionsRegistry: mayUseRegistry(text),
    diagnostics: [],
    afterwards: inServer ? 'goes on without the artifact' : 'undeploys the whole archive',
    namesOnly,
  };
  const artifacts =
    tree.root.local === 'definitions' ? readDefinitions(file, tree.root) : asList(readArtifact(file, tree.root));
  return { artifacts, ...rootName, diagnostics: file.diagnostics };
}

/** What is read of a flow that has no name of its own. */
export type FlowContents = Pick<ParsedArtifact, 'effects' | 'references' | 'settings'>;

/**
 * Reads what a sequence, endpoint or template of the registry refers to and does. Unlike an artifact it needs no name:
 * flows know it by its path. Nothing for any other root, and for a file that cannot be read.
 */
export function parseFlow(text: string, path: string): FlowContents {
  const { root } = readXmlTree(text, path, {});
  if (root === undefined) return { effects: [], references: [] };
  if (root.local === 'definitions' || root.local === 'localEntry') {
    const { artifacts } = parseArtifactFile(text, path);
    return {
      effects: artifacts.flatMap((artifact) => artifact.effects),
      references: artifacts.flatMap((artifact) => artifact.references),
      settings: artifacts.flatMap((artifact) => artifact.settings ?? []),
    };
  }
  const reading = readingOf({
    text,
    locate: createLocator(text, path),
    mentionsRegistry: mayUseRegistry(text),
    diagnostics: [],
    afterwards: 'undeploys the whole archive',
    namesOnly: false,
  });
  if (!['sequence', 'endpoint', 'template'].includes(root.local)) return { effects: [], references: [] };
  readMediation(reading, root, root.namespace);
  readRegistryUses(reading, root);
  return {
    effects: compact(reading.effects),
    references: compact(reading.references),
    settings: compact(readSettings(reading, root, root.local === 'endpoint' ? 'endpoint' : 'sequence')),
  };
}

interface FileReading extends Omit<Reading, 'references' | 'effects' | 'sets' | 'always' | 'hasExpressions' | 'newer'> {
  readonly namesOnly: boolean;
}

/** An artifact of which only the name is asked for: it says nothing. */
export function unreadArtifact({ kind, name, version }: NamedArtifact, source: Source): ParsedArtifact {
  return {
    kind,
    name,
    ...(version === undefined ? {} : { version }),
    source,
    facts: { kind: 'unsupported', type: 'unread' },
    effects: [],
    references: [],
  };
}

/** Written out, since a spread for each artifact took more time than its attributes. */
function readingOf({ text, locate, mentionsRegistry, diagnostics, afterwards }: FileReading): Reading {
  return {
    text,
    locate,
    references: [],
    effects: [],
    sets: [],
    diagnostics,
    always: false,
    mentionsRegistry,
    // `&#36;` is `$` too.
    hasExpressions: text.includes('${') || text.includes('&#'),
    newer: 'nothing',
    afterwards,
  };
}

function asList(artifact: ParsedArtifact | undefined): ParsedArtifact[] {
  return artifact === undefined ? [] : [artifact];
}

/** What names an artifact of a kind that has no attribute "name". */
const namedBy: Partial<Record<ArtifactKind, string>> = {
  'local-entry': 'attribute "key"',
  'data-source': 'element "name"',
};

function readArtifact(file: FileReading, root: XmlNode): ParsedArtifact | undefined {
  const rule = roots.get(root.local);
  if (rule === undefined) return undefined;
  const reading = readingOf(file);
  const written = nameOf(root, rule.kind);
  const name = written?.trim() ?? '';
  checkNamespaces(reading, root, rule, name);
  if (name === '') {
    const what = namedBy[rule.kind] ?? 'attribute "name"';
    report(reading, root.offset, {
      code: 'MI-ARTIFACT-NAME',
      message: `The ${rule.kind} in this file has ${written === undefined || written === '' ? 'no name; Micro Integrator refuses to deploy it' : 'a blank name, by which nothing finds it'}, so it is skipped here.`,
      hint: `Add the ${what}.`,
    });
    return undefined;
  }
  if (written !== name && rule.kind !== 'data-source')
    report(reading, root.offset, {
      code: 'MI-ARTIFACT-NAME',
      severity: 'warning',
      message: `The ${rule.kind} "${name}" has blanks around its name, which Micro Integrator keeps: nothing finds it as "${name}".`,
      hint: 'Remove the blanks.',
    });
  const version = attributeValue(root, 'version');
  const source = reading.locate(root.offset);
  if (file.namesOnly)
    return unreadArtifact(
      { kind: rule.kind, name: own(name), ...(version === undefined ? {} : { version: own(version) }) },
      source,
    );
  const facts = rule.facts(reading, root, name);
  if (rule.mediation) readMediation(reading, root, root.namespace);
  readRegistryUses(reading, root);
  const taken = readSettings(reading, root, rule.kind);
  const declared = rule.kind === 'template' ? declaredBy(reading, root) : [];
  return {
    kind: rule.kind,
    name: own(name),
    ...(version === undefined ? {} : { version: own(version) }),
    source,
    facts,
    effects: compact(reading.effects),
    references: compact(reading.references),
    ...(taken.length === 0 ? {} : { settings: compact(taken) }),
    ...(reading.sets.length === 0 ? {} : { sets: compact(reading.sets) }),
    ...(declared.length === 0 ? {} : { parameters: declared }),
    ...(rule.kind === 'endpoint' || rule.kind === 'template' ? { written: sumOf(file.text) } : {}),
  };
}

/** Number of characters and check sum (FNV-1a) of a text, whatever its indentation. */
function sumOf(text: string): string {
  let sum = 0x811c_9dc5;
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character <= 0x20) continue;
    sum = Math.imul(sum ^ character, 0x0100_0193);
    length += 1;
  }
  return `${length}:${sum}`;
}

function checkNamespaces(
  reading: Reading,
  root: XmlNode,
  { namespaces, otherwise, kind }: RootRule,
  name: string,
): void {
  const place = root.namespace === '' ? 'in no namespace' : `in the namespace "${root.namespace}"`;
  if (namespaces !== undefined && !namespaces.includes(root.namespace)) {
    const [expected = ''] = namespaces;
    report(reading, root.offset, {
      code: 'MI-XML-NAMESPACE',
      severity: otherwise === 'skips' ? 'warning' : 'error',
      message: `The element "${root.local}" ("${name}") is ${place}, so Micro Integrator ${otherwise === 'skips' ? 'does not deploy it' : `refuses it and ${reading.afterwards}`}.`,
      hint: expected === '' ? 'Remove its namespace.' : `Its namespace must be "${expected}".`,
    });
  }
  const parameters = foreignParameters(root, kind);
  const [first] = parameters;
  if (first === undefined) return;
  report(reading, first.offset, {
    code: 'MI-XML-PARAMETERS',
    severity: // MI refuses an inbound endpoint that lacks what its protocol needs.
      kind === 'inbound-endpoint' && root.namespace !== synapseNamespace ? 'error' : 'warning',
    message: `Micro Integrator does not read ${parameters.length === 1 ? 'a parameter' : `${parameters.length} parameters`} of "${root.local}" ("${name}"), because the namespace is not "${synapseNamespace}".`,
    hint: `Add xmlns="${synapseNamespace}" to the root.`,
  });
}

/** Parameters that MI passes over: it looks for those of its own namespace. */
function foreignParameters(root: XmlNode, kind: ArtifactKind): readonly XmlNode[] {
  if (kind !== 'message-store' && kind !== 'message-processor' && kind !== 'inbound-endpoint') return [];
  const groups = kind === 'inbound-endpoint' ? root.children.filter(({ local }) => local === 'parameters') : [root];
  return groups.flatMap((group) =>
    group.children.filter(
      ({ local, namespace }) =>
        local === 'parameter' &&
        (namespace !== synapseNamespace || (group !== root && group.namespace !== synapseNamespace)),
    ),
  );
}

function nameOf(root: XmlNode, kind: ArtifactKind): string | undefined {
  if (kind === 'local-entry') return attributeValue(root, 'key');
  if (kind === 'data-source') return child(root, 'name')?.text;
  return attributeValue(root, 'name');
}

/**
 * A `<definitions>` document holds artifacts, settings, and mediators that make up the main sequence when no sequence
 * is called `main`. Source: `SynapseXMLConfigurationFactory` of wso2/wso2-synapse.
 */
function readDefinitions(file: FileReading, root: XmlNode): ParsedArtifact[] {
  const artifacts = root.children
    .filter((node) => roots.has(node.local))
    .flatMap((node) => asList(readArtifact(file, node)));
  const mediators = root.children.filter((node) => !roots.has(node.local) && !settings.has(node.local));
  if (mediators.length === 0 || artifacts.some(({ kind, name }) => kind === 'sequence' && name === 'main'))
    return artifacts;
  if (file.namesOnly)
    return [...artifacts, unreadArtifact({ kind: 'sequence', name: 'main' }, file.locate(root.offset))];
  const reading = readingOf(file);
  const main: XmlNode = { ...root, local: 'sequence', attributes: [], children: mediators };
  readMediation(reading, main, root.namespace);
  readRegistryUses(reading, main);
  return [
    ...artifacts,
    {
      kind: 'sequence',
      name: 'main',
      source: reading.locate(root.offset),
      facts: { kind: 'sequence' },
      effects: compact(reading.effects),
      references: compact(reading.references),
      sets: compact(reading.sets),
      settings: compact(readSettings(reading, main, 'sequence')),
    },
  ];
}
