import { createProgram } from '../../packages/cli/src/program.ts';
import { exitCodes } from '../../packages/cli/src/context/exit-codes.ts';
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
  validate: [
    'mi-patterns validate deploy/values-prod.yaml',
    'mi-patterns validate --base values.yaml --base values-eu.yaml overlay-dev.yaml overlay-prod.yaml',
  ],
  test: ['mi-patterns test --values deploy/values-staging.yaml deploy/values-prod.yaml'],
  diff: ['mi-patterns diff --env staging', 'mi-patterns diff --env prod --against git:HEAD~1'],
  rollout: ['mi-patterns rollout --env staging'],
  status: ['mi-patterns status'],
  rollback: ['mi-patterns rollback --env staging'],
  complete: ['source <(mi-patterns complete bash)', 'mi-patterns complete fish | source'],
};

const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  fine: 'Success.',
  findings: 'The command ran and reported at least one finding of severity error.',
  usage: 'Wrong use, or input that cannot be read.',
  tool: 'An external tool or the cluster failed.',
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

\`init\` exits with 0 once the file is written, even if it reports errors to correct in it, and \`status\` even if pods are not ready.

A command that is stopped by a signal leaves nothing half done, prints no document, and exits with 130 (Ctrl-C), 143 (SIGTERM)
or 129 (closed terminal). \`rollout\` and \`rollback\` differ once they have contacted the cluster: they stop helm, release their
lock, report \`MI-ROLLOUT-CANCELLED\`, and exit with 1, or with 3 if something had already changed.

With \`--json\`, stdout holds exactly one [JSON document](json-output.md), even when the command fails; \`--help\`,
\`--version\` and \`complete SHELL\` always print text. Results go to stdout. Progress, and the findings of commands that write
files, go to stderr.

With \`--quiet\`, a command prints only its result and errors: no progress, no next steps, and no warnings or notes on stderr.
Where the findings are the result (\`scan\`, \`plan\`, \`validate\`, \`test\`, \`audit\`), all of them stay. The JSON document and
the exit code are the same as without \`--quiet\`.

Writes are atomic: each file is either the old one or the new one, and a run writes all its values files and its package, or none
of them.

\`scan\`, \`plan\` and \`explain\` keep what they print, together with every file, folder, link and environment variable that they
asked for. The same command asks for all of it again; if nothing has changed, it prints the same again. That takes a third of the
time for 10,000 artifacts, and three quarters of it for eight. Up to 100 answers, of 256 MiB together, are in
\`~/.cache/mi-patterns/answers\`, readable for you alone. \`MI_PATTERNS_KEEP_ANSWERS=0\` switches this off. Values that the chart
has accepted are remembered there too, by digest: helm is not asked again about the same values, until the chart or helm changes.

The output of \`package\` and \`generate\` is not read as input: below a given path, a folder that holds their \`delivery.json\` is
skipped with a note. To read it, name it or a file in it.

\`validate\` and \`test\` check each values file on its own, over the defaults of the chart. If a file only adds to others, name those
with \`--base\`, in the order of Helm's \`-f\` or of the value files in Argo CD and Flux. What is checked then is what Helm merges:
mappings are merged key by key, lists are replaced, and \`null\` removes a key. Each finding names the file that sets the value.

\`test\` runs the unit tests of the chart in a checkout. If the cache records that the same files have passed with the same
helm-unittest, it skips them, and the row says "passed before". The unit tests of a chart given with \`--chart\` run every time.
The published command includes the chart without unit tests. Besides helm, \`test\` needs kubeconform and the JSON schemas of
Kubernetes; \`npm run setup\` gets both in a checkout, and elsewhere the error says where they are from.

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
