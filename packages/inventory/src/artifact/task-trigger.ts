import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { type Reading, report } from './reading.ts';
import { isDynamic } from './values.ts';

/** Seconds that Java can count in milliseconds and add to the time of day. */
const mostSeconds = 9e15;

/** Bounds of Java's `int` and `long`, one above the greatest. */
const [int, long] = [2n ** 31n, 2n ** 63n];

/**
 * What MI makes of the trigger of a task, as far as its values are written out: `TaskDescriptionFactory` of
 * wso2/wso2-synapse refuses it, or `TaskBuilder` and the registry of wso2/product-integrator-mi do not schedule it.
 * Each was seen on MI 4.3.0; the classes are the same in 4.6.0.
 */
export function checkTrigger(reading: Reading, root: XmlNode, trigger: XmlNode | undefined, name: string): void {
  const [count, interval, cron, once] = ['count', 'interval', 'cron', 'once'].map((attributeName) =>
    trigger === undefined ? undefined : attributeValue(trigger, attributeName),
  );
  const place = trigger?.offset ?? root.offset;
  const tell = (severity: 'error' | 'warning', message: string, hint: string, offset = place): void =>
    report(reading, offset, { code: 'MI-TASK-TRIGGER', severity, message, hint });
  const refuse = (what: string, hint: string): void =>
    tell('error', `The trigger of the task "${name}" ${what}; Micro Integrator refuses to deploy it.`, hint);
  for (const [label, value, most] of [
    ['count', count, int],
    ['interval', interval, long],
  ] as const) {
    if (isWritten(value) && !fits(value, most))
      refuse(
        `has the ${label} "${value}", which is not a whole number that Java can hold`,
        label === 'interval' ? 'Write the interval in seconds, without a unit.' : 'Write a whole number.',
      );
  }
  if (overflows(interval))
    tell(
      'error',
      `The trigger of the task "${name}" has the interval "${interval}", which is more than Java can count in milliseconds; Micro Integrator deploys it, but it never runs, or no task of the server runs after it has.`,
      'Write the interval in seconds, without a unit.',
    );
  if (cron !== undefined && interval !== undefined && (!isWritten(interval) || Number(interval) > 0))
    refuse('has both an interval and a cron expression', 'Keep one of the two.');
  else if (cron !== undefined && once === 'true')
    refuse('has both once="true" and a cron expression', 'Keep one of the two.');
  if (interval === undefined && once !== 'true' && isWritten(count) && Number(count) > 1)
    refuse(`has a count of ${count} and no interval`, 'Add an interval in seconds, or remove the count.');
  else if (cron === undefined && neverDue(interval, once))
    // Only a look at the list of tasks tells that it was not scheduled: MI logs nothing.
    tell(
      'warning',
      `The ${trigger === undefined ? `task "${name}" has no trigger` : `trigger of the task "${name}" has ${interval === undefined ? 'neither an interval nor a cron expression' : `the interval ${interval}`}`}; Micro Integrator deploys the task, but it never runs.`,
      'Write an interval of at least one second, a cron expression, or once="true" to run it once at each start of its pod.',
    );
  if (name.includes('/'))
    tell(
      'warning',
      `The name of the task "${name}" has a "/"; Micro Integrator deploys the task, but it never runs.`,
      'Rename it: MI writes a file with its name.',
      attribute(root, 'name')?.offset,
    );
}

/** True for a whole number that Java's `parseInt` or `parseLong` takes. */
function fits(value: string, most: bigint): boolean {
  const [, sign, digits = ''] = /^([+-]?)(\d{1,40})$/.exec(value) ?? [];
  if (digits === '') return false;
  const size = BigInt(digits);
  return sign === '-' ? size <= most : size < most;
}

/** A number of seconds that Java holds, and cannot count in milliseconds. */
function overflows(interval: string | undefined): boolean {
  return isWritten(interval) && fits(interval, long) && Math.abs(Number(interval)) >= mostSeconds;
}

const isWritten = (value: string | undefined): value is string => value !== undefined && !isDynamic(value);

/** Less than a second, which `TaskBuilder` takes for no schedule; `once` stands for one second. */
function neverDue(interval: string | undefined, once: string | undefined): boolean {
  if (interval === undefined) return once !== 'true' && !(once !== undefined && isDynamic(once));
  return /^[+-]?\d+$/.test(interval) && Number(interval) < 1;
}
