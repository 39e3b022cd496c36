import { parseArgs } from 'node:util';
import { endOnFailure } from './failure.ts';

/** An option of a script: `value` names what follows it, and without it the option is a switch. */
interface ScriptOption {
  readonly type: 'string' | 'boolean';
  readonly value?: string;
  readonly default?: string;
  /** Says what the option does; a line break goes on in the column of the descriptions. */
  readonly description: string;
}

/** What a script says of itself. */
interface Script<Options> {
  /** How it is started, without its options: `npm run fuzz --`. */
  readonly run: string;
  /** What it does, in whole sentences. */
  readonly summary: string;
  /** The words that it takes beside its options, as the usage names them: `[CLASS...]`. Without it there are none. */
  readonly operands?: string;
  readonly options?: Options;
  /** Lines below the options. */
  readonly more?: string;
}

interface ScriptArguments<Options> {
  readonly values: {
    readonly [Name in keyof Options]: Options[Name] extends { readonly type: 'boolean' }
      ? boolean
      : Options[Name] extends { readonly default: string }
        ? string
        : string | undefined;
  };
  readonly operands: readonly string[];
}

/**
 * The options and other words of the command line of a script. With `--help` it prints the usage and ends the process
 * with 0, and with an option that there is not, a value too few or a word too many it says so and ends it with 2. From
 * here on an error that nothing catches ends the process with 3 and its reason, without a stack trace.
 */
export function readArguments<const Options extends Readonly<Record<string, ScriptOption>> = Record<never, never>>(
  script: Script<Options>,
  args: readonly string[] = process.argv.slice(2),
): ScriptArguments<Options> {
  endOnFailure();
  const options: Readonly<Record<string, ScriptOption>> = script.options ?? {};
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: script.operands !== undefined,
    });
    if (values.help === true) {
      process.stdout.write(usageOf(script));
      process.exit(0);
    }
    const given: Readonly<Record<string, unknown>> = values;
    const whole = Object.entries(options).map(([name, { type, default: fallback }]) => [
      name,
      given[name] ?? (type === 'boolean' ? false : fallback),
    ]);
    return { values: Object.fromEntries(whole), operands: positionals } as ScriptArguments<Options>;
  } catch (error) {
    return wrongUse(script, reasonOf(error));
  }
}

/** The whole number from 1 on that an option holds; ends the process with 2 when it is something else. */
export function wholeNumber(script: Pick<Script<unknown>, 'run'>, option: string, text: string): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 && /^\d+$/.test(text)
    ? number
    : wrongUse(script, `${option} needs a whole number, not '${text}'.`);
}

/** Ends the process with 2 and one sentence that says what is wrong with the command line of a script. */
export function wrongUse({ run }: Pick<Script<unknown>, 'run'>, reason: string): never {
  process.stderr.write(`${reason} Run "${run} --help" to see the usage.\n`);
  process.exit(2);
}

/** What is wrong in the words of Node.js, whose first sentence says it; the others are advice on its own rules. */
function reasonOf(error: unknown): string {
  if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) throw error;
  const [first = error.message] = error.message.split(/\.\s/);
  const [, option] = /^Option '(--[\w-]+).* argument (?:missing|is ambiguous)/.exec(first) ?? [];
  return option === undefined ? `${first.replace(/\.$/, '')}.` : `Option '${option}' needs a value.`;
}

function usageOf<Options extends Readonly<Record<string, ScriptOption>>>(script: Script<Options>): string {
  const options = Object.entries<ScriptOption>({
    ...script.options,
    help: { type: 'boolean', description: 'print this text' },
  }).map(([name, { value, description, default: fallback }]) => ({
    flag: `  --${name}${value === undefined ? '' : ` ${value}`}`,
    description: `${description}${fallback === undefined ? '' : ` (default ${fallback})`}`,
  }));
  const width = Math.max(...options.map(({ flag }) => flag.length)) + 2;
  return [
    `usage: ${[script.run, script.operands, script.options && '[options]'].filter(Boolean).join(' ').replace(/ --$/, '')}`,
    '',
    script.summary,
    '',
    ...options.map(
      ({ flag, description }) => `${flag.padEnd(width)}${description.replaceAll('\n', `\n${' '.repeat(width)}`)}`,
    ),
    ...(script.more === undefined ? [] : ['', script.more]),
    '',
  ].join('\n');
}
