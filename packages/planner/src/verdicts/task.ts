import {
  type Artifact,
  type ArtifactFacts,
  compareText,
  isDynamic,
  miHas,
  readCron,
  type ServerConfiguration,
} from '@mi-patterns/inventory';
import { listed } from '../findings/finding.ts';
import { evidence, isExpression, reasonOf, type Ruling } from './verdict.ts';

type TaskFacts = Extract<ArtifactFacts, { kind: 'task' }>;

/** When a task runs. `times` counts from each start of a pod: MI keeps no count without a database. */
export type Schedule =
  | {
      readonly type: 'never';
      /** A count of 0 may be meant; anything else is an error of the file. */
      readonly isMeant: boolean;
      readonly because: string;
      /** What would make it run. */
      readonly with: string;
    }
  | { readonly type: 'once' }
  | { readonly type: 'times'; readonly count: string; readonly interval: string }
  | { readonly type: 'repeatedly'; readonly every: string };

/**
 * Reads the trigger as MI does: without cron and without an interval of at least a second it never runs, but for
 * `once`, which stands for one; with `count="0"` neither (wso2-synapse TaskDescriptionFactory.java:129-190,
 * product-integrator-mi TaskBuilder.java:58, NTaskAdapter.java:99-101; seen on MI 4.3.0).
 */
export function scheduleOf(facts: TaskFacts): Schedule {
  const trigger = facts.trigger;
  if (trigger === undefined) return neverDue('it has no trigger');
  if (trigger.once === 'true' && (trigger.interval === undefined || !isBelowOne(trigger.interval)))
    return { type: 'once' };
  const never: Schedule | undefined =
    trigger.count !== undefined && isZero(trigger.count)
      ? { type: 'never', isMeant: true, because: 'its count is 0', with: 'any other count' }
      : undefined;
  if (trigger.cron !== undefined) {
    const fault = cronFault(trigger.cron);
    if (fault === undefined) return never ?? { type: 'repeatedly', every: `by the cron expression ${trigger.cron}` };
    const because = `its cron expression "${trigger.cron}" ${fault}`;
    return { type: 'never', isMeant: false, because, with: 'a valid one' };
  }
  if (trigger.interval === undefined) return neverDue('it has neither an interval nor a cron expression');
  if (isBelowOne(trigger.interval)) return neverDue(`its interval is ${trigger.interval}`);
  if (never !== undefined) return never;
  if (trigger.count === '1') return { type: 'once' };
  if (trigger.count !== undefined && trigger.count !== '-1') {
    return { type: 'times', count: trigger.count, interval: trigger.interval };
  }
  return {
    type: 'repeatedly',
    every: /^\d+$/.test(trigger.interval) ? `every ${trigger.interval} s` : `at the interval ${trigger.interval}`,
  };
}

/** Why a cron expression never fires; undefined when it does, or only the server knows it. */
export function cronFault(expression: string): string | undefined {
  if (isDynamic(expression)) return undefined;
  const found = readCron(expression);
  return 'fault' in found ? found.fault : undefined;
}

function neverDue(because: string): Schedule {
  return { type: 'never', isMeant: false, because, with: 'an interval of a second or more' };
}

function isBelowOne(number: string): boolean {
  return /^[+-]?\d+$/.test(number) && Number(number) < 1;
}

function isZero(number: string): boolean {
  return /^[+-]?0+$/.test(number);
}

function whyOnePod(schedule: ReturnType<typeof scheduleOf>): string {
  switch (schedule.type) {
    case 'never':
      return `never runs, because ${schedule.because}; with ${schedule.with} it would run in each pod that deploys it`;
    case 'once':
      return 'runs once at each start of each pod that deploys it: in two pods it would run twice';
    case 'times':
      return `fires ${schedule.count} times, every ${schedule.interval} s, at each start of each pod that deploys it: in two pods all of that would happen twice`;
    default:
      return `fires ${schedule.every} in each pod that deploys it: in two pods it would run twice`;
  }
}

/**
 * What `startOnLoad="false"` does to a task: `pauses` it until somebody activates it, `may pause` it, or is `ignored`;
 * undefined where the task does not say it. `versions` are those that the task is written for; MI 4.1 reads it in its
 * late updates only.
 */
export function startOnLoadOf(
  { startsPaused }: TaskFacts,
  versions: readonly string[],
): 'pauses' | 'may pause' | 'ignored' | undefined {
  if (startsPaused !== true) return undefined;
  const reads = versions.filter((version) => miHas(version, 'taskStartOnLoad'));
  if (reads.length > 0 && reads.length === versions.length) return 'pauses';
  return reads.length > 0 || versions.some((version) => /^4\.1(?:\.|$)/.test(version.trim())) ? 'may pause' : 'ignored';
}

const startWords = {
  pauses: '; its startOnLoad pauses it in each new pod until it is activated there',
  'may pause':
    '; its startOnLoad pauses it in each new pod until it is activated there, if its MI has the updates for it',
  ignored: '; its startOnLoad="false" has no effect before MI 4.7',
};

/** The name of a server without `[server] synapse_config_server_name` (MI's config-tool default.json:26). */
const defaultServerName = 'localhost';

/**
 * The names of all servers where none of them is one that an artifact is pinned to; undefined where one may be, or
 * where it is not pinned.
 */
export function otherServers(
  pinned: readonly string[],
  configurations: readonly ServerConfiguration[],
): readonly string[] | undefined {
  if (pinned.length === 0 || pinned.some(isExpression)) return undefined;
  const said = configurations.flatMap((configuration) => configuration.synapseServerName ?? []);
  const names = said.length === 0 ? [defaultServerName] : [...new Set(said)].toSorted(compareText);
  return names.some((name) => isExpression(name) || pinned.includes(name)) ? undefined : names;
}

/** Verdict of a task: always exactly one pod, because every pod that deploys a task fires it. */
export function taskVerdict(
  artifact: Artifact,
  facts: TaskFacts,
  configurations: readonly ServerConfiguration[],
  versions: readonly string[],
): Ruling {
  const schedule = scheduleOf(facts);
  const start = schedule.type === 'never' ? undefined : startOnLoadOf(facts, versions);
  const why =
    otherServers(facts.pinnedServers, configurations) === undefined
      ? whyOnePod(schedule) + (start === undefined ? '' : startWords[start])
      : `is pinned to ${listed(facts.pinnedServers)}; no server has that name, so it never runs`;
  const trigger = facts.trigger;
  const shown = trigger === undefined ? undefined : attributes(trigger);
  return {
    class: 'isolate',
    because: reasonOf(artifact, why),
    evidence:
      trigger === undefined || shown === undefined
        ? evidence(artifact.source, '<task> without <trigger>')
        : evidence(trigger.source, `<trigger${shown}/>`),
  };
}

function attributes(trigger: NonNullable<TaskFacts['trigger']>): string {
  return (['once', 'count', 'interval', 'cron'] as const)
    .map((name) => [name, trigger[name]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${value ?? ''}"`)
    .join('');
}
