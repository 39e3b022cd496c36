import { type ReferenceAnswer, type ReferenceRule, verdictReference } from '../../packages/planner/src/index.ts';
import { code, generatedNote, markdownTable } from './markdown.ts';

const suspends: Readonly<Record<NonNullable<ReferenceRule['suspend']>, string>> = {
  asleep: 'starts asleep in each new pod',
  never: 'never starts, cannot be activated',
  ignored: 'starts all the same',
};

/**
 * docs/verdicts.md: every inbound endpoint and transport that is known, with the parameters that change its verdict.
 */
export function verdictsPage(): string {
  const { protocols, classes, transports } = verdictReference();
  return `${generatedNote('packages/planner/src/verdicts')}
# Verdicts, row by row

What ${code('mi-patterns scan')} says of each inbound endpoint and transport, and the parameters that change the answer. The tables are
made by asking the rules themselves, so they say what the command says. Each row names the place in the source of Micro Integrator
(MI) that decides; paths without a repository are below the inbound endpoints of product-integrator-mi v4.6.0, or in
wso2-axis2-transports for transports.

- **stateless**: any number of pods may run it. **affinity**: so may they, if a client comes back to the same pod.
- **isolate**: exactly one pod may run it. **broker-safe**: one pod by default; the broker would share the messages, out of order.
- **opaque**: a value that only the server knows decides, so one pod runs it.

## Inbound endpoints by protocol

${inboundTable(protocols)}

## Inbound endpoints by class

MI takes a class of your own for a listener only when its parameter ${code('inbound.behavior')} is exactly ${code('listening')}. Any other class
that is not in this table is opaque.

${inboundTable(classes)}

## Transports of proxy services, data services and Axis2 services

A service is on the transports that it names, or on every enabled one when it names none. It counts for a verdict only where the
listener would load it: otherwise MI writes a warning to the log, the service gets nothing that way, and the plan says so
(${code('MI-PLAN-NOT-SERVED')}). A ${code('[[custom_transport.listener]]')} is judged by its class.

${transportTable(transports)}

## What is switched on and off

| State | Where MI keeps it | In a new pod without a volume for the registry |
| --- | --- | --- |
| Inbound endpoint switched off or on (management API, MI 4.5 and later) | ${code('/repository/components/org.apache.synapse.inbound/')} of the pod's registry | as ${code('suspend')} says; from MI 4.4 on the attribute is read, before it is not |
| Task switched off or on (management API, MI 4.6 and later) | ${code('/repository/components/org.apache.synapse.startup/')} | on |
| Message processor that switched itself off after failed deliveries | ${code('/repository/components/org.apache.synapse.message.processor/')} | on: it tries the message again |
| Message processor with ${code('is.active')} false that somebody activated | the same | off |

A volume is proposed for what starts switched off, since without it the next pod does nothing and nobody is told. None is proposed
for a processor that switches itself off: the next pod tries again, which is what most people want, while a kept state leaves it off
after every restart; and a volume that one node alone can mount makes the move to another node take minutes.
`;
}

const suspendedWord = (suspend: ReferenceRule['suspend']): string =>
  suspend === undefined ? 'the class decides' : suspends[suspend];

function inboundTable(rules: readonly ReferenceRule[]): string {
  const rows = rules.flatMap(({ name, answers, behavior, suspend, origin }) =>
    answers.map((answer, index) => [
      index === 0 ? code(name) : '',
      parameters(answer),
      `**${answer.class}**`,
      `It ${answer.why}.`,
      kept(answer),
      index === 0 ? (behavior ?? '') : '',
      index === 0 ? suspendedWord(suspend) : '',
      index === 0 ? origin : '',
    ]),
  );
  return markdownTable(
    ['Endpoint', 'Parameters', 'Verdict', 'Because', 'Kept in the pod', 'Behavior', 'suspend="true"', 'Source'],
    rows,
  );
}

function transportTable(rules: readonly ReferenceRule[]): string {
  const rows = rules.flatMap(({ name, answers, needs = [], expects = [], factory, origin }) =>
    answers.map((answer, index) => [
      index === 0 ? code(name) : '',
      parameters(answer),
      `**${answer.class}**`,
      `It ${answer.why}.`,
      index === 0
        ? [
            ...needs.map((names) => names.map(code).join(' or ')),
            ...expects.map((expected) => `${code(expected)} (faulty without it)`),
            ...(factory === undefined
              ? []
              : [
                  `the connection factory in ${code(factory.parameter)}${factory.byDefault === undefined ? '' : ` (${code(factory.byDefault)} without it)`}`,
                ]),
          ].join('; ')
        : '',
      index === 0 ? origin : '',
    ]),
  );
  return markdownTable(['Transport', 'Parameters', 'Verdict', 'Because', 'Loaded only with', 'Source'], rows);
}

function parameters({ parameters: values }: ReferenceAnswer): string {
  return Object.entries(values)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(', ');
}

function kept({ keeps }: ReferenceAnswer): string {
  if (keeps === undefined) return '';
  if (keeps.what === 'registry') return 'registry';
  return `files below ${keeps.folders.map((folder) => code(folder ?? 'a folder of the server')).join(', ')}`;
}
