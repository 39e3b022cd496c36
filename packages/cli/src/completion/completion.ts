import type { Command } from 'commander';
import tab from '@bomb.sh/tab/commander';
import { bashScript, zshScript } from './completion-scripts.ts';
import type { Context, GlobalOptions } from '../context/context.ts';

type Root = ReturnType<typeof tab>;
type Candidates = () => Promise<readonly string[]>;

/** The shells that the library knows, as `complete SHELL` takes them. */
const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** Where the words of a project come from. */
interface Project {
  readonly context: Context;
  /** Configuration that the line names. */
  readonly config: string | undefined;
}

/** Options whose words come from the project, by name. */
const optionWords = (project: Project): Readonly<Record<string, Candidates>> => ({
  env: () => environmentNames(project),
  promote: () => environmentNames(project),
  accept: diagnosticCodes,
});

/**
 * Adds the command that shells call for completion: `complete SHELL` prints the script to source, `complete -- WORDS`
 * prints what can follow. Besides commands and options it knows environments, artifacts and codes. Words that need the
 * project are read only when they are asked for; a project that cannot be read has none.
 */
export async function addCompletion(program: Command, words: readonly string[], context: Context): Promise<void> {
  const root = tab(program);
  const asked = words.slice(words.indexOf('--') + 1);
  const project = { context, config: namedConfiguration(asked) };
  const directive = namesFile(program, asked, project) ? directives.files : directives.noFiles;
  // The library keeps shells from completing files whatever comes.
  Object.defineProperty(root, 'directive', { get: () => directive, set: () => {} });
  const setup = root.setup.bind(root);
  root.setup = (name, executable, shell) => {
    const script = scripts[shell];
    if (script === undefined) setup(name, executable, shell);
    else context.stdout(script(name));
  };
  await completeOptions(root, asked, project);
  if (asked[0] === 'explain') await completeArtifacts(root, project);
  completeArgument(root, 'help', 'command', [...root.commands.keys()]);
  completeArgument(root, 'complete', 'shell', shells);
}

/**
 * The words of `complete -- WORDS` as the library understands them: the command first, since global options may stand
 * before its name and mean the same behind it, and `--option=value` as two words. The last word is unfinished and stays
 * as it is.
 */
export function orderedWords(program: Command, words: readonly string[]): readonly string[] {
  const start = words.indexOf('--') + 1;
  if (start === 0) return words;
  const finished = words.slice(start, -1).flatMap((word) => /^(--[^=]+)=(.*)$/s.exec(word)?.slice(1) ?? word);
  let at = 0;
  while (finished[at]?.startsWith('-') === true) at += takesNextWord(program, finished[at] ?? '') ? 2 : 1;
  const command = finished.slice(at, at + 1);
  return [
    ...words.slice(0, start),
    ...command,
    ...finished.slice(0, at),
    ...finished.slice(at + 1),
    ...words.slice(-1),
  ];
}

function takesNextWord(program: Command, word: string): boolean {
  return program.options.some(({ long, required }) => long === word && required);
}

/** The file of `--config` among finished words. */
function namedConfiguration(asked: readonly string[]): string | undefined {
  const at = asked.lastIndexOf('--config') + 1;
  return at === 0 || at >= asked.length - 1 ? undefined : asked[at];
}

/**
 * Scripts of our own: the library's for bash runs commands that stand in candidates, and its one for zsh ends a
 * candidate at a colon.
 */
const scripts: Readonly<Record<string, (name: string) => string>> = { bash: bashScript, zsh: zshScript };

/** What a shell does where no words are printed, as in the scripts of cobra. */
const directives = { files: 0, noFiles: 4 } as const;

/** Whether a file can stand where the last word does: after a command or an option that takes no words of its own. */
function namesFile(program: Command, asked: readonly string[], project: Project): boolean {
  if ((asked.length < 2 && !asked[0]?.includes('=')) || asked[0] === 'complete') return false;
  const command = program.commands.find((one) => one.name() === asked[0]);
  const [joined = ''] = /^--[^=]+(?==)/.exec(asked.at(-1) ?? '') ?? [];
  const before = joined === '' ? asked.at(-2) : joined;
  const options = (command ?? program).options;
  const option = options.find(({ long, short }) => before !== undefined && [long, short].includes(before));
  if (option === undefined || option.isBoolean()) return command !== undefined;
  return option.argChoices === undefined && !Object.hasOwn(optionWords(project), option.name());
}

async function completeOptions(root: Root, asked: readonly string[], project: Project): Promise<void> {
  const command = root.commands.get(asked[0] ?? '');
  if (command === undefined) return;
  for (const [name, candidates] of Object.entries(optionWords(project))) {
    const option = command.options.get(name);
    if (option === undefined || !asked.some((word) => word.startsWith(`--${name}`))) continue;
    const found = await candidates();
    option.handler = (complete) => found.filter(isPlainWord).forEach((word) => complete(word, ''));
  }
}

async function completeArtifacts(root: Root, project: Project): Promise<void> {
  completeArgument(root, 'explain', 'name', [...(await artifactIds(project)), ...(await diagnosticCodes())]);
}

function completeArgument(root: Root, command: string, name: string, found: readonly string[]): void {
  const argument = root.commands.get(command)?.arguments.get(name);
  if (argument !== undefined)
    argument.handler = (complete) => found.filter(isPlainWord).forEach((word) => complete(word, ''));
}

/**
 * Whether every shell takes a word for nothing but itself. A name with a space, a quote or `$(…)` is not offered:
 * shells put candidates into the line as they are, and would split or run them.
 */
function isPlainWord(word: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.:/@%+-]*$/u.test(word);
}

async function environmentNames({ context, config }: Project): Promise<readonly string[]> {
  const [{ loadConfiguration }, { environmentsOf }] = await Promise.all([
    import('../inputs/load.ts'),
    import('@mi-patterns/values'),
  ]);
  const loaded = await quietly(() => loadConfiguration(optionsWith(config), context));
  return loaded === undefined ? [] : environmentsOf(loaded.configuration).map(({ name }) => name);
}

async function artifactIds({ context, config }: Project): Promise<readonly string[]> {
  const { loadConfiguration, loadInventory } = await import('../inputs/load.ts');
  const inventory = await quietly(async () =>
    loadInventory([], await loadConfiguration(optionsWith(config), context), optionsWith(config), context),
  );
  // A person types the beginning of an id or of a name.
  return [...new Set(inventory?.artifacts.flatMap(({ id, name }) => [id, name]))];
}

async function diagnosticCodes(): Promise<readonly string[]> {
  const { documentedCodes } = await import('../codes/documented-codes.ts');
  return documentedCodes().map(({ code }) => code);
}

const optionsWith = (config: string | undefined): GlobalOptions => ({
  json: false,
  quiet: true,
  verbose: false,
  ...(config === undefined ? {} : { config }),
});

/** A person who presses Tab must not read about faults of the project. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
