import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { brokers, checkBlanks, checkParameterNames, findIn, isKept, missing } from './parameter-checks.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import {
  type Check,
  checkAll,
  holds,
  isInteger,
  lacks,
  namesClass,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { isDynamic, isNoUri } from './values.ts';

/** What a store by a database cannot be without: a connection, of a data source or of its own (`JDBCConfiguration`). */
const hasDatabase = ['store.jdbc.dsName', 'store.jdbc.driver'];

const noDatabase = (): Refusal =>
  lacks(
    `has neither the parameter "${hasDatabase.join('" nor "')}"`,
    'Name a data source in store.jdbc.dsName, or write store.jdbc.driver with its URL and user.',
  );

/** `ResequenceMessageStore` reads how long it waits for a gap as it stands (seen on MI 4.3.0). */
function waitsFor(name: string, node: XmlNode | undefined): Check {
  return (store) => {
    if (node === undefined) return missing(name)(store);
    return isKept(node) || isDynamic(node.text) || isInteger(node.text)
      ? undefined
      : holds(
          `has the ${name} "${short(node.text)}", which is not a whole number`,
          'Write seconds, in digits only, or -1 to wait for ever.',
          node.offset,
        );
  };
}

/** What the stores of wso2/wso2-synapse cannot be without. */
export function checkStore(reading: Reading, root: XmlNode, name: string): void {
  const subject = `The message store "${name}"`;
  checkParameterNames(reading, root, subject);
  checkAll(reading, root, subject, [namesClass]);
  if (root.namespace !== synapseNamespace) return;
  const parameters = ownChildren(root, 'parameter');
  const find = findIn(parameters);
  // A class of one's own may have the same last name.
  const store = attributeValue(root, 'class')
    ?.trim()
    .replace(/^org\.apache\.synapse\.message\.store\.impl\./, '');
  const isConnected = hasDatabase.some((wanted) => find(wanted) !== undefined);
  switch (store) {
    case 'jms.JmsStore':
      checkBlanks(reading, parameters, subject);
      if (parameters.length === 0)
        checkAll(reading, root, subject, [() => lacks('has no parameters', 'Say where its broker is.')]);
      return;
    case 'rabbitmq.RabbitMQStore':
      for (const wanted of ['store.rabbitmq.username', 'store.rabbitmq.password'])
        if (find(wanted) === undefined) checkAll(reading, root, subject, [missing(wanted)]);
      checkAll(reading, root, subject, [
        () => brokers(find('store.rabbitmq.host.name'), find('store.rabbitmq.host.port')),
      ]);
      return;
    case 'resequencer.ResequenceMessageStore': {
      const wait = 'store.resequence.timeout';
      checkBlanks(reading, parameters, subject, [{ name: wait }]);
      checkAll(reading, root, subject, [waitsFor(wait, find(wait)), () => (isConnected ? undefined : noDatabase())]);
      return;
    }
    case 'jdbc.JDBCMessageStore':
      checkBlanks(reading, parameters, subject);
      if (!isConnected)
        report(reading, root.offset, {
          code: 'MI-ARTIFACT-INCOMPLETE',
          severity: 'warning',
          message: `${subject} ${noDatabase().what}; Micro Integrator deploys it, but no flow can put a message into it.`,
          hint: noDatabase().hint,
        });
  }
}

/** A message processor keeps its state in the registry, in a file with its name (seen on MI 4.3.0). */
export function checkProcessorName(reading: Reading, root: XmlNode): void {
  const name = attribute(root, 'name');
  if (name === undefined || !isNoUri(name.value)) return;
  checkAll(reading, root, `The message processor "${short(name.value)}"`, [
    () => holds('has a name with blanks or signs that no URI has', 'Rename it.', name.offset),
  ]);
}
