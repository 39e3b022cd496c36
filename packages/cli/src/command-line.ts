import { Command, CommanderError, Option } from 'commander';
import type { Context, GlobalOptions } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { reportFailure } from './report-failure.ts';

declare const MI_PATTERNS_VERSION: string | undefined;

/** The version in package.json; the bundler writes it in. */
export const version = typeof MI_PATTERNS_VERSION === 'string' ? MI_PATTERNS_VERSION : '0.0.0-development';

/**
 * Parses the arguments, runs one command and answers the exit code. Never throws: a user's mistake is told in a
 * sentence with its code, a mistake of ours as one too, with the stack trace under `--verbose`.
 */
export async function runCommandLine(argv: readonly string[], context: Context): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.fine;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = createProgram(context, finish);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    return reportFailure(error, context, { json: argv.includes('--json'), verbose: argv.includes('--verbose') });
  }
}

/** A command as it is called: commander has checked the options, so each command declares the ones it reads. */
// oxlint-disable-next-line typescript/no-explicit-any -- the options differ from command to command
type Action = (operands: readonly string[], options: any, context: Context) => Promise<ExitCode>;

function createProgram(context: Context, finish: (code: ExitCode) => void): Command {
  const program = new Command('mi-patterns')
    .description('Plans, packages and rolls out deployment patterns for WSO2 Micro Integrator on Kubernetes.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(`error MI-CLI-USAGE\n    ${text.replace(/^error: /, '').trim()}\n    → mi-patterns --help lists the commands, mi-patterns COMMAND --help their options\n`),
    });

  const add = (usage: string, description: string, load: () => Promise<Action>): Command => {
    const command = program.command(usage).description(description);
    command.action(async (...received: unknown[]) => {
      const operands = received.slice(0, -2).flat().filter((operand) => operand !== undefined) as string[];
      const options = withDefaults(command.optsWithGlobals<Partial<GlobalOptions> & { readonly color?: boolean }>());
      const action = await load();
      finish(await action(operands, options, options.color === false ? { ...context, colour: false } : context));
    });
    return withGlobalOptions(command);
  };

  const planOptions = (command: Command): Command =>
    command
      .addOption(new Option('--pattern <pattern>', 'the pattern, instead of the one the artifacts call for').choices(['single-replica', 'multiple-replicas', 'coordinated']))
      .option('--isolate <each|one|FILE>', 'a workload for each stateful artifact (default), one for all, or the groups of a file')
      .addOption(new Option('--coordination <how>', 'isolate stateful artifacts, or coordinate replicas through a database').choices(['isolate', 'database']))
      .addOption(new Option('--delivery <how>', 'one image with server roles (default), or an archive for each workload').choices(['roles', 'archives']))
      .option('--replicas <number>', 'pods of the workload that scales');

  add('scan [paths...]', 'read artifacts; tell what is stateful and why', async () => (await import('./commands/scan.ts')).scan);
  add('explain <name> [paths...]', 'why an artifact got its verdict, what it needs and who needs it', async () => (await import('./commands/explain.ts')).explainCommand);
  planOptions(add('plan [paths...]', 'choose the pattern and the workloads', async () => (await import('./commands/plan.ts')).planCommand))
    .option('--diagram <file>', 'draw the plan into a .svg, .mmd or .dot file')
    .option('--report <file>', 'write the plan as an HTML page');
  planOptions(add('generate [paths...]', 'write validated values files, one for each environment', async () => (await import('./commands/generate.ts')).generate))
    .option('--out <dir>', 'folder to write into', '.')
    .option('--env <name>', 'only this environment')
    .option('--force', 'overwrite files that were edited by hand');
  add('validate <values...>', "check values files against the chart's schema and the plan's rules", async () => (await import('./commands/validate.ts')).validate);
  add('test', 'test the chart with values files: lint, unit tests, schemas, rules', async () => (await import('./commands/test.ts')).testCommand)
    .option('--values <file...>', 'values files to test with')
    .option('--chart <dir>', 'the chart (default: the one that comes with this command)')
    .option('--against <dir>', 'an older chart: report what an upgrade from it would break');

  return withGlobalOptions(program);
}

/** The same options before and after the command's name. */
function withGlobalOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout')
    .option('--config <file>', 'configuration file (default: mi-patterns.yaml, found upward)')
    .option('--quiet', 'print results only')
    .option('--verbose', 'print notes and the commands that are run')
    .option('--no-color', 'no colours');
}

/** Commander leaves a flag out when it is not given. */
function withDefaults<T extends Partial<GlobalOptions>>(options: T): T & GlobalOptions {
  return { ...options, json: options.json ?? false, quiet: options.quiet ?? false, verbose: options.verbose ?? false };
}
