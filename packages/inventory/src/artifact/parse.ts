import type { ArtifactKind } from '../model.ts';
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
import type { ParsedArtifact, ParsedFile } from './parsed.ts';
import { compact, own, type Reading, report, synapseNamespace } from './reading.ts';
import { readSettings } from './settings.ts';

interface RootRule {
  readonly kind: ArtifactKind;
  readonly facts: FactsReader;
  readonly namespaces: readonly string[];
  /** Whether mediators, endpoints and so on may stand below the root. */
  readonly mediation: boolean;
}

const synapse = (kind: ArtifactKind, facts: FactsReader, mediation: boolean): RootRule => ({
  kind,
  facts,
  namespaces: [synapseNamespace],
  mediation,
});

/** Roots and what they are, as the deployers of wso2/product-integrator-mi and the factories of wso2/wso2-synapse know them. */
const roots: ReadonlyMap<string, RootRule> = new Map([
  ['api', synapse('api', readApi, true)],
  ['proxy', synapse('proxy-service', readProxy, true)],
  ['sequence', synapse('sequence', readSequence, true)],
  ['endpoint', synapse('endpoint', readEndpoint, true)],
  ['template', synapse('template', readTemplate, true)],
  ['localEntry', synapse('local-entry', readLocalEntry, false)],
  ['task', synapse('task', readTask, false)],
  ['messageProcessor', synapse('message-processor', readMessageProcessor, false)],
  ['messageStore', synapse('message-store', readMessageStore, false)],
  // WSO2's own pages show the inbound endpoint's root without a namespace, and its factory does not ask for one.
  [
    'inboundEndpoint',
    { kind: 'inbound-endpoint', facts: readInboundEndpoint, namespaces: [synapseNamespace, ''], mediation: true },
  ],
  ['eventSource', synapse('event-source', readEventSource, true)],
  ['priorityExecutor', synapse('unsupported', readPriorityExecutor, false)],
  [
    'data',
    {
      kind: 'data-service',
      facts: readDataService,
      namespaces: ['', 'http://ws.wso2.org/dataservice'],
      mediation: false,
    },
  ],
  ['datasource', { kind: 'data-source', facts: readDataSource, namespaces: [''], mediation: false }],
]);

/** Children of `<definitions>` that are settings of the server, not mediators of its main sequence. */
const settings: ReadonlySet<string> = new Set(['registry', 'taskManager', 'import', 'description', 'parameter']);

/**
 * Reads one artifact file: an API, proxy service, task and so on, or a whole `<definitions>` document. Never throws: a file that is
 * broken, or of no known kind, has no artifacts, and diagnostics when something is wrong.
 *
 * @param text the file, decoded; nothing of it is kept alive by the result.
 * @param path how the file is called in sources.
 */
export function parseArtifactFile(text: string, path: string, options: XmlOptions = {}): ParsedFile {
  const tree = readXmlTree(text, path, options);
  const rootName = tree.rootName === undefined ? {} : { root: own(tree.rootName) };
  if (tree.root === undefined)
    return { artifacts: [], ...rootName, diagnostics: tree.diagnostic === undefined ? [] : [tree.diagnostic] };
  const file: FileReading = {
    text,
    locate: createLocator(text, path),
    mentionsRegistry: text.includes('registry'),
    diagnostics: [],
  };
  const artifacts =
    tree.root.local === 'definitions' ? readDefinitions(file, tree.root) : asList(readArtifact(file, tree.root));
  return { artifacts, ...rootName, diagnostics: file.diagnostics };
}

/** What is read of a flow that has no name of its own. */
export type FlowContents = Pick<ParsedArtifact, 'effects' | 'references' | 'settings'>;

/**
 * Reads what a sequence, endpoint or template of the registry refers to and does. Unlike an artifact it needs no name: flows know
 * it by its path. Nothing for any other root, and for a file that cannot be read.
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
    mentionsRegistry: text.includes('registry'),
    diagnostics: [],
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

type FileReading = Omit<Reading, 'references' | 'effects'>;

/** Written out, since a spread for each artifact took more time than its attributes. */
function readingOf({ text, locate, mentionsRegistry, diagnostics }: FileReading): Reading {
  return { text, locate, references: [], effects: [], diagnostics, mentionsRegistry };
}

function asList(artifact: ParsedArtifact | undefined): ParsedArtifact[] {
  return artifact === undefined ? [] : [artifact];
}

function readArtifact(file: FileReading, root: XmlNode): ParsedArtifact | undefined {
  const rule = roots.get(root.local);
  if (rule === undefined) return undefined;
  const reading = readingOf(file);
  const name = nameOf(root, rule.kind)?.trim() ?? '';
  if (!rule.namespaces.includes(root.namespace)) {
    const expected = rule.namespaces[0] === '' ? 'none' : `"${rule.namespaces[0]}"`;
    report(
      reading,
      'MI-XML-NAMESPACE',
      'warning',
      `The element "${root.local}" ("${name}") is in the namespace "${root.namespace}", so Micro Integrator does not deploy it as what it looks like; it is read all the same.`,
      `Its namespace must be ${expected}.`,
      root.offset,
    );
  }
  if (name === '') {
    const what =
      rule.kind === 'local-entry'
        ? 'attribute "key"'
        : rule.kind === 'data-source'
          ? 'element "name"'
          : 'attribute "name"';
    report(
      reading,
      'MI-ARTIFACT-NAME',
      'error',
      `The ${rule.kind} in this file has no name; Micro Integrator refuses to deploy it, and it is left out.`,
      `Add the ${what}.`,
      root.offset,
    );
    return undefined;
  }
  const facts = rule.facts(reading, root, name);
  if (rule.mediation) readMediation(reading, root, root.namespace);
  readRegistryUses(reading, root);
  const version = attributeValue(root, 'version');
  const taken = readSettings(reading, root, rule.kind);
  return {
    kind: rule.kind,
    name: own(name),
    ...(version === undefined ? {} : { version: own(version) }),
    source: reading.locate(root.offset),
    facts,
    effects: compact(reading.effects),
    references: compact(reading.references),
    ...(taken.length === 0 ? {} : { settings: compact(taken) }),
  };
}

function nameOf(root: XmlNode, kind: ArtifactKind): string | undefined {
  if (kind === 'local-entry') return attributeValue(root, 'key');
  if (kind === 'data-source') return child(root, 'name')?.text;
  return attributeValue(root, 'name');
}

/**
 * A `<definitions>` document holds artifacts, settings, and mediators that make up the main sequence when no sequence is called
 * `main`. Source: `SynapseXMLConfigurationFactory` of wso2/wso2-synapse.
 */
function readDefinitions(file: FileReading, root: XmlNode): ParsedArtifact[] {
  const artifacts = root.children
    .filter((node) => roots.has(node.local))
    .flatMap((node) => asList(readArtifact(file, node)));
  const mediators = root.children.filter((node) => !roots.has(node.local) && !settings.has(node.local));
  if (mediators.length === 0 || artifacts.some(({ kind, name }) => kind === 'sequence' && name === 'main'))
    return artifacts;
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
      settings: compact(readSettings(reading, main, 'sequence')),
    },
  ];
}
