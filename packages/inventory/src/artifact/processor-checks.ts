import { attributeValue, type XmlNode } from '../xml/tree.ts';
import { polling } from './parameter-checks.ts';
import { type Reading, report } from './reading.ts';
import { isInteger, ownChildren } from './refused.ts';

/** Classes that forward to an endpoint; the second is the deprecated name of the first. */
export const forwardingProcessors: ReadonlySet<string> = new Set([
  'org.apache.synapse.message.processor.impl.forwarder.ScheduledMessageForwardingProcessor',
  'org.apache.synapse.message.processors.forward.ScheduledMessageForwardingProcessor',
]);

const failoverProcessor =
  'org.apache.synapse.message.processor.impl.failover.FailoverScheduledMessageForwardingProcessor';

/** Parameters of processors that MI takes for a number as they stand, blanks and `$SYSTEM:` included. */
const processorNumbers = [
  { name: 'interval', code: 'MI-PROCESSOR-INTERVAL', severity: 'error' },
  { name: 'member.count', code: 'MI-PROCESSOR-NUMBER', severity: 'error' },
  ...['max.delivery.attempts', 'client.retry.interval'].map((name) => ({
    name,
    code: 'MI-PROCESSOR-NUMBER' as const,
    severity: 'warning' as const,
  })),
] as const;

/** Blanks around these are told of where their values are, or do not matter. */
export const blanksElsewhere = [...processorNumbers, { name: 'cronExpression' }];

const hasCron = (root: XmlNode): boolean =>
  ownChildren(root, 'parameter').some(
    (node) => attributeValue(node, 'name') === 'cronExpression' && node.text.trim() !== '',
  );

/** What MI does with a number that is none was seen on MI 4.3.0. */
export function checkNumbers(reading: Reading, root: XmlNode, name: string, className: string | undefined): void {
  const forwards = forwardingProcessors.has(className ?? '') || className === failoverProcessor;
  for (const number of processorNumbers) {
    const isDeployed = number.severity === 'warning';
    if (isDeployed && !forwards) continue;
    const node = ownChildren(root, 'parameter').findLast(
      (parameter) => attributeValue(parameter, 'name') === number.name,
    );
    if (node === undefined || node.children.length > 0 || node.text.includes('{')) continue;
    const written = node.text;
    const shown = written.slice(0, 80).replaceAll(/\s/g, ' ');
    if (!isInteger(written))
      report(reading, node.offset, {
        code: number.code,
        severity: number.severity,
        message: `The ${number.name} of the message processor "${name}" is "${shown}", which is not a whole number; Micro Integrator ${isDeployed ? 'deploys it, but it fails at every poll' : 'refuses to deploy it'}.`,
        hint: `Write ${number.name === 'interval' ? 'the interval in milliseconds, without a unit or blanks' : 'a whole number, without blanks'}; MI resolves no variable here.`,
      });
    // `ForwardingService` sleeps for an interval above 0 only; seen on MI 4.3.0, where a sampling one does not repeat.
    else if (number.name === 'interval' && Number(written) < 1 && forwards && !hasCron(root))
      report(reading, node.offset, polling(`The message processor "${name}"`, written));
    else if (number.name === 'member.count' && Number(written) < 1)
      report(reading, node.offset, {
        code: number.code,
        severity: 'warning',
        message: `The member.count of the message processor "${name}" is ${written}; Micro Integrator deploys it, but it never takes a message.`,
        hint: 'Write 1, or remove the parameter.',
      });
  }
}
