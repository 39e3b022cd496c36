import { attribute, attributeValue, child, type XmlNode } from '../xml/tree.ts';
import { effect, own, type Reading, refer, referAttribute, share } from './reading.ts';
import { isDynamic } from './values.ts';

/**
 * Reads `<prefix.operation configKey>`: the connector, the local entry with its connection, and in its parameters
 * literal URLs, further connections (`…ConfigKey`) and tools (an AI agent's tool is a sequence template, wso2/docs-mi
 * en/docs/reference/connectors/ai-module/ai-module-reference.md).
 */
export function readConnectorOperation(reading: Reading, node: XmlNode): void {
  const prefix = node.local.slice(0, node.local.indexOf('.'));
  refer(reading, { via: share(node.local), relation: 'uses', kind: 'connector', value: prefix, offset: node.offset });
  referAttribute(reading, node, 'configKey', { kind: 'local-entry' });
  const connection = attributeValue(node, 'configKey');
  if (prefix === 'http' && connection !== undefined && !isDynamic(connection))
    readHttpPath(reading, node, connection.trim());
  if (node.local === 'file.init') readWorkingDirectory(reading, node);
  if (node.local === 'ai.init') readAiState(reading, node);
  for (const parameter of node.children) readConnectorParameter(reading, parameter);
}

function readConnectorParameter(reading: Reading, node: XmlNode): void {
  if (/[cC]onfigKey$/.test(node.local))
    refer(reading, {
      via: share(`${node.local}/text()`),
      relation: 'uses',
      kind: 'local-entry',
      value: node.text,
      offset: node.offset,
    });
  else if (/^\s*(?:https?:\/\/|local:)/i.test(node.text))
    refer(reading, {
      via: share(`${node.local}/text()`),
      relation: 'uses',
      kind: 'address',
      value: node.text,
      offset: node.offset,
    });
  if (node.local === 'tool') referAttribute(reading, node, 'template', { kind: 'template' });
  for (const inner of node.children) readConnectorParameter(reading, inner);
}

/**
 * The file connector of WSO2 works below the directory of its connection, on the disk of the pod unless the connection
 * is to a file server (wso2/docs-mi en/docs/reference/connectors/file-connector).
 */
function readWorkingDirectory(reading: Reading, node: XmlNode): void {
  const directory = child(node, 'workingDir');
  const type = child(node, 'connectionType')?.text.trim().toUpperCase() ?? '';
  if (directory !== undefined && directory.text.trim() !== '' && (type === '' || type === 'LOCAL'))
    effect(reading, 'directory', directory.text.trim(), directory.offset);
}

/**
 * Connections of the AI module whose state is in the JVM and the registry of one pod
 * (wso2-extensions/mi-module-generative-ai).
 */
const aiStates: ReadonlyMap<string, 'chat-memory' | 'vector-store'> = new Map([
  ['FILE_MEMORY', 'chat-memory'],
  ['MI_VECTOR_STORE', 'vector-store'],
]);

function readAiState(reading: Reading, node: XmlNode): void {
  const type = child(node, 'connectionType');
  const state = aiStates.get(type?.text.trim() ?? '');
  if (state !== undefined) effect(reading, state, child(node, 'name')?.text.trim() ?? '', type?.offset ?? node.offset);
}

/** The HTTP connector calls the address of its connection plus `relativePath`. */
function readHttpPath(reading: Reading, node: XmlNode, connection: string): void {
  if (connection === '') return;
  const path = child(node, 'relativePath');
  reading.references.push({
    via: share(`${node.local}/relativePath`),
    relation: 'calls-loopback',
    source: reading.locate(path?.offset ?? attribute(node, 'configKey')?.offset ?? node.offset),
    target: { type: 'address', uri: own(path?.text.trim() ?? ''), connection: own(connection) },
  });
}
