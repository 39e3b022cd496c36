import { type Command, CommanderError } from 'commander';
import type { Context } from './context/context.ts';
import { type ExitCode, exitCodes } from './context/exit-codes.ts';
import { type CommandFailure, wrongUse } from './context/failure.ts';
import { reportFailure } from './output/report-failure.ts';
import { openOutput, outputFormatIn } from './reporters/output.ts';
import { withSafeOutput } from './output/sink.ts';
import { createProgram, withoutColour } from './program.ts';
import { version } from './context/version.ts';

/**
 * Parses the arguments, runs one command and answers the exit code. Never throws: a user's mistake is told in a
 * sentence with its code, a mistake of ours as one too, with the stack trace under `--verbose`.
 */
export async function runCommandLine(argv: readonly string[], outside: Context): Promise<ExitCode> {
  const context = withSafeOutput(outside);
  let exitCode: ExitCode = exitCodes.fine;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const completes = argv[0] === 'complete';
  const program = createProgram(context, finish, { withCompletion: !completes });
  if (!completes) program.hook('preAction', (_, command) => mustHaveValues(command));
  try {
    const words = completes ? await completing(program, argv, context) : withoutUnknownHelp(argv, program);
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help that was asked for is printed already.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.fine;
    return reportInFormat(error, { argv, program, context });
  }
}

/** Adds the command that completes the words of a shell, loaded for them alone, and orders them for it. */
async function completing(program: Command, argv: readonly string[], context: Context): Promise<readonly string[]> {
  const { addCompletion, orderedWords } = await import('./completion/completion.ts');
  const words = orderedWords(program, argv);
  await addCompletion(program, words, context);
  return words;
}

/** An empty value, often of a variable that is not set, would name the current folder or nothing at all. */
function mustHaveValues(command: Command): void {
  const operands = command.registeredArguments;
  const operand = operands[Math.min(command.args.indexOf(''), operands.length - 1)]?.name();
  if (operand !== undefined)
    throw wrongUse(`The argument '${operand}' has an empty value.`, 'Set it; the current folder is `.`.');
  const commands = [command, command.parent].filter((one) => one !== null);
  const empty = commands
    .flatMap((one) => one.options.map((option) => ({ option, value: one.getOptionValue(option.attributeName()) })))
    .find(({ value }) => [value].flat().some((text) => typeof text === 'string' && text.trim() === ''))?.option;
  if (empty !== undefined) throw wrongUse(`${empty.long ?? empty.flags} has an empty value.`, `Set it: ${empty.flags}`);
}

interface CommandRun {
  readonly argv: readonly string[];
  readonly program: Command;
  readonly context: Context;
}

/** Reports what ended a command, also when its options could not be parsed. */
async function reportInFormat(error: unknown, { argv, program, context }: CommandRun): Promise<ExitCode> {
  const coloured = argv.includes('--no-color') ? withoutColour(context) : context;
  const command = argv.find((word) => !word.startsWith('-')) ?? 'mi-patterns';
  const output = openOutput(outputFormatIn(argv), { command, version, context: coloured });
  // Without a command the help is printed already; only a machine is told more.
  if (error instanceof CommanderError && error.code === 'commander.help' && !output.asJson) return exitCodes.usage;
  const failure = error instanceof CommanderError ? await parseFailure(error, program) : error;
  const code = reportFailure(failure, output.context, { json: output.asJson, verbose: argv.includes('--verbose') });
  await output.finish();
  return code;
}

/** `help foo` is told like `foo`: commander would print the help as if nothing had been asked. */
function withoutUnknownHelp(argv: readonly string[], program: Command): readonly string[] {
  const [first, name] = argv.filter((word) => !word.startsWith('-'));
  const isUnknown =
    first === 'help' &&
    name !== undefined &&
    name !== 'help' &&
    !program.commands.some((command) => command.name() === name);
  return isUnknown ? argv.filter((word) => word !== 'help') : argv;
}

/** What commander found wrong, as a sentence: it starts with `error: ` and puts a suggestion on a line of its own. */
async function parseFailure(error: CommanderError, program: Command): Promise<CommandFailure> {
  const choice = await choiceFailure(error);
  if (choice !== undefined) return choice;
  const [problem = '', suggestion] = (
    error.code === 'commander.help' ? 'no command is given' : error.message.replace(/^error: /, '')
  ).split('\n');
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1).replace(/\.$/, '')}.`;
  return wrongUse(
    suggestion === undefined ? sentence : `${sentence} ${suggestion.replace(/^\((.*)\)$/, '$1')}`,
    takersHint(error, program) ?? 'mi-patterns --help lists the commands, mi-patterns COMMAND --help their options.',
  );
}

/** For a word that is none of those an option or argument takes; undefined for any other mistake. */
async function choiceFailure({ code, message }: CommanderError): Promise<CommandFailure | undefined> {
  const [, option, given = '', argument = '', list = ''] =
    /(?:option '(--[\w-]+)(?:[ =,[][^']*)?' argument|argument value) '(.*)' is invalid(?: for argument '(.*)')?\. Allowed choices are (.*)\.$/s.exec(
      message,
    ) ?? [];
  if (code !== 'commander.invalidArgument' || list === '') return undefined;
  const { didYouMean } = await import('@mi-patterns/planner');
  const choices = list.split(', ');
  const taken = choices.length === 1 ? list : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return wrongUse(
    `${option ?? argument.toUpperCase()} takes ${taken}, not "${given}".`,
    `${didYouMean(given, choices)}mi-patterns COMMAND --help lists the options of a command.`,
  );
}

/** Which commands take an option that was given to another; undefined where none does. */
function takersHint({ code, message }: CommanderError, program: Command): string | undefined {
  const option = code === 'commander.unknownOption' ? /'(--[\w-]+)/.exec(message)?.[1] : undefined;
  const takers = program.commands
    .filter(({ options }) => options.some(({ long }) => long === option))
    .map((command) => command.name());
  return option === undefined || takers.length === 0
    ? undefined
    : `${option} is an option of ${takers.join(', ')}; mi-patterns COMMAND --help lists those of a command.`;
}
