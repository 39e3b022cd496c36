import type { Command } from 'commander';
import tab from '@bomb.sh/tab/commander';
import { bashScript, zshScript } from './completion-scripts.ts';
import type { Context } from './context.ts';

type Root = ReturnType<typeof tab>;
type Candidates = () => Promise<readonly string[]>;

/** Options whose words come from the project, by name. */
const optionWords = (context: Context): Readonly<Record<string, Candidates>> => ({
  env: () => environmentNames(context),
  promote: () => environmentNames(context),
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
  const directive = namesFile(program, asked, context) ? directives.files : directives.noFiles;
  // The library keeps shells from completing files whatever comes.
  Object.defineProperty(root, 'directive', { get: () => directive, set: () => {} });
  const setup = root.setup.bind(root);
  root.setup = (name, executable, shell) => {
    const script = scripts[shell];
    if (script === undefined) setup(name, executable, shell);
    else context.stdout(script(name));
  };
  await completeOptions(root, asked, context);
  if (asked[0] === 'explain') await completeArtifacts(root, context);
}

/**
 * Scripts of our own: the library's for bash runs commands that stand in candidates, and its one for zsh ends a
 * candidate at a colon.
 */
const scripts: Readonly<Record<string, (name: string) => string>> = { bash: bashScript, zsh: zshScript };

/** What a shell does where no words are printed, as in the scripts of cobra. */
const directives = { files: 0, noFiles: 4 } as const;

/**
 * Whether a file can stand where the last word does: after a command, but not where an option takes words of its own.
 */
function namesFile(program: Command, asked: readonly string[], context: Context): boolean {
  const [name, ...rest] = asked;
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined || rest.length === 0) return false;
  const [joined = ''] = /^--[^=]+(?==)/.exec(rest.at(-1) ?? '') ?? [];
  const before = joined === '' ? rest.at(-2) : joined;
  const option = command.options.find(({ long, short }) => before !== undefined && [long, short].includes(before));
  if (option === undefined || option.isBoolean()) return true;
  return option.argChoices === undefined && !Object.hasOwn(optionWords(context), option.name());
}

async function completeOptions(root: Root, asked: readonly string[], context: Context): Promise<void> {
  const command = root.commands.get(asked[0] ?? '');
  if (command === undefined) return;
  for (const [name, candidates] of Object.entries(optionWords(context))) {
    const option = command.options.get(name);
    if (option === undefined || !asked.some((word) => word.startsWith(`--${name}`))) continue;
    const found = await candidates();
    option.handler = (complete) => found.filter(isPlainWord).forEach((word) => complete(word, ''));
  }
}

async function completeArtifacts(root: Root, context: Context): Promise<void> {
  const argument = root.commands.get('explain')?.arguments.get('name');
  if (argument === undefined) return;
  const found = [...(await artifactIds(context)), ...(await diagnosticCodes())];
  argument.handler = (complete) => found.filter(isPlainWord).forEach((word) => complete(word, ''));
}

/**
 * Whether every shell takes a word for nothing but itself. A name with a space, a quote or `$(…)` is not offered:
 * shells put candidates into the line as they are, and would split or run them.
 */
function isPlainWord(word: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.:/@%+-]*$/u.test(word);
}

async function environmentNames(context: Context): Promise<readonly string[]> {
  const [{ loadConfiguration }, { environmentsOf }] = await Promise.all([
    import('./load.ts'),
    import('@mi-patterns/values'),
  ]);
  const loaded = await quietly(() => loadConfiguration(quiet, context));
  return loaded === undefined ? [] : environmentsOf(loaded.configuration).map(({ name }) => name);
}

async function artifactIds(context: Context): Promise<readonly string[]> {
  const { loadConfiguration, loadInventory } = await import('./load.ts');
  const inventory = await quietly(async () =>
    loadInventory([], await loadConfiguration(quiet, context), quiet, context),
  );
  // A person types the beginning of an id or of a name.
  return [...new Set(inventory?.artifacts.flatMap(({ id, name }) => [id, name]))];
}

async function diagnosticCodes(): Promise<readonly string[]> {
  const { documentedCodes } = await import('./documented-codes.ts');
  return documentedCodes().map(({ code }) => code);
}

const quiet = { json: false, quiet: true, verbose: false };

/** A person who presses Tab must not read about faults of the project. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
