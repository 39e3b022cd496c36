import { createProgram } from '../../packages/cli/src/program.ts';
import { exitCodes } from '../../packages/cli/src/exit-codes.ts';
import { code, generatedNote, markdownTable } from './markdown.ts';

type Command = ReturnType<typeof createProgram>;
type Option = Command['options'][number];

/** One line each that shows a command at work. */
const examples: Readonly<Record<string, readonly string[]>> = {
  scan: ['mi-patterns scan ../my-integrations', 'mi-patterns scan orders.car --json'],
  explain: [
    'mi-patterns explain task/recurringOrder_Task examples/orders',
    'mi-patterns explain OrderBackendEP examples/orders --diagram -',
    'mi-patterns explain broker-safe',
    'mi-patterns explain MI-ISO-STATE-PVC examples/orders',
  ],
  plan: [
    'mi-patterns plan examples/orders --diagram plan.svg --report plan.html',
    'mi-patterns plan examples/orders --diagram -',
    'mi-patterns plan examples/orders --isolate examples/orders/groups.yaml',
  ],
  package: ['mi-patterns package examples/orders --out build/package'],
  generate: ['mi-patterns generate --config examples/orders/mi-patterns.yaml --out deploy'],
  validate: ['mi-patterns validate deploy/values-prod.yaml'],
  test: ['mi-patterns test --values deploy/values-staging.yaml deploy/values-prod.yaml'],
  diff: ['mi-patterns diff --env staging', 'mi-patterns diff --env prod --against git:HEAD~1'],
  rollout: ['mi-patterns rollout --env staging'],
  status: ['mi-patterns status'],
  rollback: ['mi-patterns rollback --env staging'],
  complete: ['source <(mi-patterns complete bash)', 'mi-patterns complete fish | source'],
};

const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  fine: 'All is well.',
  findings: 'The work was done and the answer is no: there are findings of severity error.',
  usage: 'Wrong use, or input that cannot be read.',
  tool: 'An outside tool or the cluster failed.',
};

/** docs/commands.md, from the definitions the command itself parses with. */
export function commandsPage(): string {
  const program = createProgram(
    {
      cwd: '/',
      environment: {},
      stdout: () => {},
      stderr: () => {},
      columns: undefined,
      colour: false,
      interactive: false,
    },
    () => {},
  );
  const global = program.options.filter(({ long }) => long !== '--version');
  const isGlobal = (option: Option): boolean => global.some(({ flags }) => flags === option.flags);
  return `${generatedNote('the command itself')}
# Commands

${program.commands.map((command) => `- [\`${command.name()}\`](#${command.name()}): ${command.description()}`).join('\n')}

Every command takes these options, before or after its name:

${optionTable(global)}

Exit codes:

${markdownTable(
  ['Code', 'Meaning'],
  Object.entries(exitCodes).map(([name, number]) => [`\`${number}\``, exitMeanings[name as keyof typeof exitCodes]]),
)}

A command that a signal ends leaves nothing half done, prints no document, and exits with 130 (Ctrl-C), 143 (SIGTERM) or 129 (a closed
terminal). Only a \`rollout\` or \`rollback\` that has begun to talk to the cluster first stops helm and gives up its lock, then says so
(\`MI-ROLLOUT-CANCELLED\`) and exits with 1, or with 3 where something was changed by then.

With \`--json\` stdout holds exactly one [JSON document](json-output.md), also when the command fails; \`--help\` and
\`--version\` print text always. Results go to stdout, progress and findings of commands that write files to stderr. Nothing is
written in part: a file is the old one or the new one, and values files and package of one run are written all or none.

What \`package\` and \`generate\` have written is not read as input: a folder with a \`delivery.json\` of theirs below a given path
is passed over, with a note. Name it, or a file in it, to read it.

\`test\` runs the unit tests of a checkout's chart once: where the cache has that the same files have passed them with the
same helm-unittest, they are not run again, and the row says "passed before". A published command brings its chart
without them. Those of a chart that \`--chart\` names run each time.

${program.commands
  .map((command) =>
    section(
      command,
      command.options.filter((option) => !isGlobal(option)),
    ),
  )
  .join('\n')}`;
}

function section(command: Command, options: readonly Option[]): string {
  const example = examples[command.name()];
  const words = command.description();
  return `## ${command.name()}

${words.charAt(0).toUpperCase()}${words.slice(1)}.

    ${['mi-patterns', command.name(), ...command.registeredArguments.map(operand), ...(options.length > 0 ? ['[options]'] : [])].join(' ')}
${options.length > 0 ? `\n${optionTable(options)}\n` : ''}${example === undefined ? '' : `\n${example.map((line) => `    ${line}`).join('\n')}\n`}`;
}

function operand(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function optionTable(options: readonly Option[]): string {
  return markdownTable(
    ['Option', 'Meaning'],
    options.map((option) => {
      const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.map(code).join(', ')})`;
      const value =
        option.defaultValue === undefined || option.defaultValue === true
          ? ''
          : `; default ${code(String(option.defaultValue))}`;
      return [code(option.flags), `${option.description}${choices}${value}${option.mandatory ? '; required' : ''}`];
    }),
  );
}
