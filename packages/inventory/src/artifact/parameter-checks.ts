import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report } from './reading.ts';
import { type Check, checkAll, holds, isInteger, lacks, named, ownChildren, type Refusal, short } from './refused.ts';
import { isDynamic } from './values.ts';

/** Parameters of stores and processors have a name (`MessageStoreFactory`, `MessageProcessorFactory`). */
export function checkParameterNames(reading: Reading, root: XmlNode, subject: string): void {
  for (const parameter of ownChildren(root, 'parameter'))
    checkAll(reading, parameter, subject, [named('parameter', 'name')]);
}

/** The last parameter of a name, which is the one that counts. */
export type FindParameter = (name: string) => XmlNode | undefined;

export const findIn =
  (parameters: readonly XmlNode[]): FindParameter =>
  (name) =>
    parameters.findLast((parameter) => attributeValue(parameter, 'name') === name);

/** What is said of a consumer that does not pause. */
export const polling = (subject: string, interval: string): Parameters<typeof report>[2] => ({
  code: 'MI-POLLING-INTERVAL',
  message: `${subject} has the interval ${interval}; Micro Integrator polls without a pause, which takes the processor of its pod.`,
  hint: 'Write the pause in milliseconds, such as 1000.',
});

/** A parameter is missing. */
export const missing =
  (wanted: string): Check =>
  () =>
    lacks(`has no parameter "${wanted}"`, `Add the parameter "${wanted}".`);

/**
 * Parameters that MI takes as they stand: blanks and line ends are a part of the value. Seen on MI 4.3.0: a folder is
 * not found, no name of a file matches, MOVE does not move, and a processor does not find its sequence and loses the
 * message. What is wrong with a number is told of already.
 */
export function checkBlanks(
  reading: Reading,
  parameters: readonly XmlNode[],
  subject: string,
  leftOut: readonly { readonly name: string }[] = [],
): void {
  for (const parameter of parameters) {
    const written = parameter.text.trim();
    const name = attributeValue(parameter, 'name');
    if (written === '' || written === parameter.text || name === undefined) continue;
    if (parameter.children.length > 0 || isKept(parameter) || leftOut.some((number) => number.name === name)) continue;
    report(reading, parameter.offset, {
      code: 'MI-ARTIFACT-VALUE',
      severity: 'warning',
      message: `${subject} has blanks or line ends around the value of ${short(name)}; Micro Integrator keeps them, and takes it for another value.`,
      hint: 'Write the value between the tags without blanks and line ends.',
    });
  }
}

/** `initConnectionFactory` of `RabbitMQConnectionFactory` and of `RabbitMQStore`: a port for each host. */
export function brokers(hosts: XmlNode | undefined, portsOfHosts: XmlNode | undefined): Refusal | undefined {
  const host = hosts?.text.trim() || 'localhost';
  const list = portsOfHosts?.text.trim() || '5672';
  if (isDynamic(host) || isDynamic(list) || [hosts, portsOfHosts].some((node) => node !== undefined && isKept(node)))
    return undefined;
  const at = portsOfHosts?.offset ?? hosts?.offset;
  if (splitAsJava(host).length !== splitAsJava(list).length)
    return holds(
      `has the hosts "${short(host)}" and the ports "${short(list)}"`,
      'Write a port for each host, separated by commas.',
      at,
    );
  const odd = splitAsJava(list).find((one) => !isInteger(one.trim()));
  return odd === undefined
    ? undefined
    : holds(`has the port "${short(odd)}", which is not a whole number`, 'Write digits only.', at);
}

/** Splits at commas, without what is empty at the end. */
function splitAsJava(text: string): readonly string[] {
  const parts = text.split(',');
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

/** True for a parameter whose value is in the registry. */
export function isKept(node: XmlNode): boolean {
  return attributeValue(node, 'key') !== undefined;
}
