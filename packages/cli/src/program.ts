import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context, GlobalOptions } from './context/context.ts';
import type { ExitCode } from './context/exit-codes.ts';
import { outputFormats } from './reporters/index.ts';
import { openOutput, takeOutputFormat } from './reporters/output.ts';
import { version } from './context/version.ts';

/** A command as it is called: commander has checked the options, so each command declares the ones it reads. */
// oxlint-disable-next-line typescript/no-explicit-any -- the options differ from command to command
type Action = (operands: readonly string[], options: any, context: Context) => Promise<ExitCode>;

/** Adds a command by its synopsis and description; its code is loaded when it runs. */
type Add = (synopsis: string, description: string, load: () => Promise<Action>) => Command;

/**
 * The command line: every command with its options. `finish` gets the exit code of the command that ran.
 * `withCompletion: false` leaves room for the command that a completion library adds under the same name.
 */
export function createProgram(
  context: Context,
  finish: (code: ExitCode) => void,
  { withCompletion = true }: { readonly withCompletion?: boolean } = {},
): Command {
  const program = new Command('mi-patterns')
    .description('Plans, packages and rolls out deployment patterns for WSO2 Micro Integrator on Kubernetes.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      // What commander would write here, runCommandLine reports: for people, or as JSON.
      outputError: () => {},
    });

  const add: Add = (synopsis, description, load) => {
    const command = program.command(synopsis).description(description);
    command.action(async (...received: unknown[]) => {
      const operands = received
        .slice(0, -2)
        .flat()
        .filter((operand) => operand !== undefined) as string[];
      const given = command.optsWithGlobals<Partial<GlobalOptions> & { readonly color?: boolean }>();
      const { format, options } = takeOutputFormat(withDefaults(given));
      const coloured = given.color === false ? withoutColour(context) : context;
      const output = openOutput(format, { command: command.name(), version, context: coloured });
      await checkNamedConfiguration(command.name(), given.config, context);
      const action = await load();
      const code = await action(operands, { ...options, json: output.asJson }, output.context);
      await output.finish();
      finish(code);
    });
    return withGlobalOptions(command);
  };
  addSourceCommands(add);
  addValuesCommands(add);
  addFirstLookCommands(add);
  addRolloutCommands(add);

  if (withCompletion)
    program.command('complete <shell>').description('print a completion script for bash, zsh, fish or powershell');

  // `package` and `generate` have the option already: it names files to write as well.
  for (const command of program.commands) {
    if (command.name() !== 'complete' && !command.options.some(({ long }) => long === '--format'))
      command.addOption(oneOf('--format <format>', 'how to print findings', outputFormats));
  }
  return withGlobalOptions(program);
}

/** For commands that read images, or push to a registry. */
const plainHttp = ['--plain-http', 'allow registries without TLS on other machines too'] as const;

/** For commands that plan pods; archives are the same for any number of them. */
const replicas = ['--replicas <number>', 'number of pods of the workload that scales'] as const;

/** For an option that may be repeated: what it names, in its order. */
const everyOne = (name: string, before: readonly string[] = []): readonly string[] => [...before, name];

/** For an option that names the one place where a command works: of two, the first would be left out silently. */
function onlyOne(name: string, before: string | undefined): string {
  if (before === undefined || before === name) return name;
  throw new InvalidArgumentError(`It was '${before}' before: pass only one, and run the command for each.`);
}

/** An option that takes one of the words: of two, the first would be left out silently. */
function oneOf(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices(words);
  const { parseArg: checked } = option;
  return option.argParser((word, before: string | undefined) => onlyOne(checked?.(word, before) ?? word, before));
}

/** For commands that judge values: what a values file lies over. */
function withBase(command: Command): Command {
  return command.option(
    '--base <file>',
    'values file below each given one, as with `helm -f BASE -f FILE`; repeat for more, the lowest first',
    everyOne,
  );
}

/** What reads sources alone. */
function addSourceCommands(add: Add): void {
  add(
    'scan [paths...]',
    'list artifacts, and report which are stateful and why',
    async () => (await import('./commands/scan.ts')).scan,
  ).option(...plainHttp);
  add(
    'explain <name> [paths...]',
    'explain a verdict, what an artifact needs and what needs it, or what a code or word means',
    async () => (await import('./commands/explain.ts')).explainCommand,
  )
    .option(
      '--diagram <file>',
      'draw the artifact and its neighbors to a .svg, .mmd, .dot or .txt file, or - for stdout',
    )
    .option(...plainHttp);
  withPlanOptions(
    add(
      'plan [paths...]',
      'choose the pattern and the workloads',
      async () => (await import('./commands/plan.ts')).planCommand,
    ),
  )
    .option(...replicas)
    .option('--diagram <file>', 'draw what feeds what to a .svg, .mmd, .dot or .txt file, or - for stdout')
    .option('--report <file>', 'write the plan as a self-contained HTML page, or - for stdout')
    .option(...plainHttp);
  withPlanOptions(
    add(
      'package [paths...]',
      'write archives and image build contexts that deliver the plan',
      async () => (await import('./commands/package.ts')).packageCommand,
    ),
  )
    .option('--out <dir>', 'folder to write to: a new one, or one that an earlier run wrote', 'build/package')
    .option(
      '--from <image>',
      'add one layer to an image that already has the archives, so that it serves every pattern',
    )
    .addOption(
      new Option('--format <format...>', 'what to write besides archives, or how to print findings').choices([
        'image',
        'volume',
        'configmap',
        ...outputFormats,
      ]),
    )
    .option(
      '--push <destination>',
      'push the archives as an image volume to REGISTRY/REPOSITORY[:TAG]; with --delivery archives, one for each workload',
    )
    .option(...plainHttp)
    .option('--runtime <version>', 'MI version of the base image (default: the one that the projects name)');
}

/** What writes, checks and tests values of the chart. */
function addValuesCommands(add: Add): void {
  withPlanOptions(
    add(
      'generate [paths...]',
      'write a validated values file for each environment, and the package that it deploys',
      async () => (await import('./commands/generate.ts')).generate,
    ),
  )
    .option(...replicas)
    .option('--out <dir>', 'folder to write to', '.')
    .option('--env <name>', 'only this environment', onlyOne)
    .option('--force', 'overwrite files that were edited by hand')
    .option('--check', 'write nothing; list what would change, and exit with 1 if anything would')
    .option('--no-package', 'write values files only, without archives and image build context')
    .option('--push', 'push the package to the repositories of the image volumes that the environments name')
    .option(...plainHttp)
    .addOption(
      oneOf('--format <format>', 'also write manifests for GitOps, or how to print findings', [
        'argocd',
        'flux',
        ...outputFormats,
      ]),
    )
    .option(
      '--git-repository <url>',
      'with --format argocd or flux: repository of the values files (default: the remote origin)',
    )
    .option('--git-revision <name>', 'with --format argocd or flux: branch, commit or refs/tags/NAME (default: main)');
  withBase(
    add(
      'validate <values...>',
      "check values files against the chart's schema and rules, and against the artifacts",
      async () => (await import('./commands/validate.ts')).validate,
    ),
  );
  withBase(
    add(
      'test',
      'test the chart with values files: lint, unit tests, schemas and rules',
      async () => (await import('./commands/test.ts')).testCommand,
    ).option('--values <file...>', 'values files to test with, each on its own'),
  )
    .option('--chart <dir>', 'the chart (default: the one that comes with this command)')
    .option('--against <dir>', 'an older chart: report what an upgrade from it would break');
}

/** What starts from a cluster that runs MI already. */
function addFirstLookCommands(add: Add): void {
  add(
    'audit',
    'report what runs twice in a cluster now, and what would during an update (read-only)',
    async () => (await import('./commands/audit.ts')).auditCommand,
  )
    .option('--context <name>', 'context of the kubeconfig (default: the current one)', onlyOne)
    .option('--namespace <name>', 'namespace to audit (default: the namespace of the context)', onlyOne)
    .option('--all-namespaces', 'audit every namespace')
    .option('--image <reference=path...>', 'read an image from a file: acme/orders:1.2.0=docker-archive:orders.tar')
    .addOption(
      new Option(
        '--by <source>',
        'where to read which artifacts are deployed: from the images, or from the servers themselves',
      )
        .choices(['images', 'management-api'])
        .default('images'),
    )
    .option('--report <file>', 'write the audit as an HTML page')
    .option(...plainHttp);
  add(
    'init',
    'write a commented mi-patterns.yaml for the artifacts in the current folder',
    async () => (await import('./commands/init.ts')).initCommand,
  )
    .option(
      '--from-helm-mi <values>',
      "translate a values file of WSO2's own chart, helm-mi; if the folder has no artifacts, read the image that it names; repeat for the files over it",
      everyOne,
    )
    .option('--from-release <name...>', 'translate live releases of helm-mi, and read the images that they run')
    .option('--context <name>', 'with --from-release: context of the kubeconfig (default: the current one)', onlyOne)
    .option(
      '--namespace <name>',
      'with --from-release: namespace of the release (default: the namespace of the context)',
      onlyOne,
    )
    .option('--image <reference=path...>', 'with --from-release or --from-helm-mi: read an image from a file')
    .option(...plainHttp);
}

/** What brings environments to a cluster. */
function addRolloutCommands(add: Add): void {
  add(
    'diff',
    'show what a rollout would change in the cluster',
    async () => (await import('./commands/diff.ts')).diffCommand,
  )
    .option('--env <name>', 'the environment', onlyOne)
    .option('--against <what>', 'compare without a cluster: git:REVISION, env:NAME or a file of rendered manifests')
    .option('--promote <from>', 'show what promoting another environment to this one would change', onlyOne)
    .option('--only <workload>', 'show what rolling out one workload would change', onlyOne);
  add(
    'rollout',
    'deploy the current plan to an environment',
    async () => (await import('./commands/rollout.ts')).rolloutCommand,
  )
    .option('--env <name>', 'the environment', onlyOne)
    .option('--yes', 'do not ask for confirmation')
    .option('--dry-run', 'show what the rollout would do, change nothing')
    .option(
      '--promote <from>',
      'deploy exactly what another environment runs: its chart, image and artifacts, by digest',
      onlyOne,
    )
    .option('--only <workload>', 'change one workload; leave the image and the other workloads as they run', onlyOne)
    .option(
      '--approve <who>',
      'who or what approved the rollout, for environments with `approval: required`; recorded',
      onlyOne,
    )
    .option('--accept <code...>', 'continue despite findings with these codes');
  add(
    'status',
    'show pattern, pods, versions and drift of all environments',
    async () => (await import('./commands/status.ts')).statusCommand,
  ).option('--env <name>', 'only this environment', onlyOne);
  add(
    'rollback',
    'go back to the last good rollout before the current one',
    async () => (await import('./commands/rollback.ts')).rollbackCommand,
  )
    .option('--env <name>', 'the environment', onlyOne)
    .option('--yes', 'do not ask for confirmation');
}

/** The options that decide a plan. */
function withPlanOptions(command: Command): Command {
  return command
    .addOption(
      oneOf('--pattern <pattern>', 'use this pattern instead of the one that the artifacts call for', [
        'single-replica',
        'multiple-replicas',
        'coordinated',
      ]),
    )
    .option(
      '--isolate <each|one|FILE>',
      'one workload for each stateful artifact (default), one for all, or the groups in a file',
    )
    .addOption(
      oneOf('--coordination <how>', 'isolate stateful artifacts (default), or coordinate replicas through a database', [
        'isolate',
        'database',
      ]),
    )
    .addOption(
      oneOf('--delivery <how>', 'one image with server roles (default), or an archive for each workload', [
        'roles',
        'archives',
      ]),
    );
}

/** The same options before and after the command's name. */
function withGlobalOptions(command: Command): Command {
  return command
    .option(
      '--json',
      'print one JSON document on stdout, as --format json does; no other output format may be named with it',
    )
    .option('--config <file>', 'configuration file (default: mi-patterns.yaml, found upward)')
    .option('--quiet', 'print results and errors only')
    .option('--verbose', 'print notes and the commands that are run')
    .option('--no-color', 'disable colors');
}

/**
 * Whoever names a configuration wants it read: one that cannot be is told of by every command, those that have no use
 * for it included. `init` writes it. A pipe can be read once only, and is left to the command. Throws {@link
 * CommandFailure}.
 */
async function checkNamedConfiguration(command: string, file: string | undefined, context: Context): Promise<void> {
  if (file === undefined || command === 'init') return;
  const path = resolve(context.cwd, file);
  if (isPipe(path)) return;
  const { display, readText } = await import('./context/files.ts');
  readText(path, display(path, context));
}

function isPipe(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false;
  }
}

/** Commander leaves a flag out when it is not given. */
function withDefaults<T extends Partial<GlobalOptions>>(options: T): T & GlobalOptions {
  return { ...options, json: options.json ?? false, quiet: options.quiet ?? false, verbose: options.verbose ?? false };
}

/** The context of a command that writes no colours. */
export function withoutColour(context: Context): Context {
  return { ...context, colour: false, errorColour: false };
}
