import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { packageFor, pointAtPackage, waitsForPackage } from '@mi-patterns/delivery';
import {
  createFilesRead,
  type Diagnostic,
  type FilesRead,
  type Inventory,
  inventoryDigest,
  temporaryFolder,
} from '@mi-patterns/inventory';
import {
  compareRenders,
  type KubernetesObject,
  parseManifest,
  renderChart,
  run as runProgram,
  withChartFaults,
} from '@mi-patterns/helm';
import { changesBetween, fetchChart } from '@mi-patterns/rollout';
import {
  type Environment,
  environmentsOf,
  type EnvironmentValues,
  type LoadedConfiguration,
} from '@mi-patterns/values';
import { parse } from 'yaml';
import { chartAsJudge, chartSource } from '../chart.ts';
import type { Context } from '../context/context.ts';
import { locatedFindings, valuesOfEnvironment } from '../inputs/environment.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../context/exit-codes.ts';
import { CommandFailure, inputFailure, wrongUse } from '../context/failure.ts';
import { readText } from '../context/files.ts';
import { loadConfiguration, loadInventory } from '../inputs/load.ts';
import { packagesRequest } from '../inputs/package-options.ts';
import { faultOfGit, repositoryOfFolder } from '../generate/deployed.ts';
import { formatDiagnostics } from '../output/diagnostics.ts';
import { createStyle } from '../output/style.ts';
import { createView } from '../output/view.ts';
import { chosenEnvironment, commandTools, type EnvironmentOptions } from '../rollout/place.ts';
import { formatChanges } from '../rollout/print.ts';
import { printJson } from '../output/json.ts';

/** What an environment is compared with when no cluster is asked. */
type Opponent =
  | { readonly type: 'git'; readonly revision: string }
  | { readonly type: 'environment'; readonly name: string }
  | { readonly type: 'file'; readonly path: string };

/** `git:HEAD~1`, `env:staging`, or a file of rendered manifests. */
function opponentOf(text: string): Opponent {
  if (text.startsWith('git:')) return { type: 'git', revision: text.slice('git:'.length) };
  if (text.startsWith('env:')) return { type: 'environment', name: text.slice('env:'.length) };
  return { type: 'file', path: text };
}

/**
 * `mi-patterns diff --env NAME --against WHAT`: what changes between WHAT and what the environment would get now. Asks
 * no cluster and changes nothing. Objects are compared as the chart renders them, and the upgrade from one to the other
 * is judged as a rollout does.
 */
export async function diffAgainst(
  options: EnvironmentOptions & { readonly against: string },
  context: Context,
): Promise<ExitCode> {
  const loaded = await loadConfiguration(options, context);
  const environment = chosenEnvironment(loaded, options.env);
  const before = await opponentObjects(opponentOf(options.against), environment, { loaded, options, context });
  const after = await environmentObjects(environment, loaded, options, context);
  const changes = changesBetween(before.objects, after.objects);
  const diagnostics = compareRenders(before.objects, after.objects);
  const artifactsDiffer = before.digest === undefined ? undefined : before.digest !== after.digest;
  if (options.json) {
    const document = { environment: environment.name, against: options.against, artifactsDiffer, changes, diagnostics };
    printJson(document, context.stdout);
  } else {
    const lines = [
      `${environment.name} compared with ${options.against}`,
      '',
      ...formatChanges(changes, createStyle(context.colour), context),
      ...(artifactsDiffer === true ? ['The artifacts differ too: the image has to be built again.', ''] : []),
      ...formatDiagnostics(diagnostics, createView(context, options)),
    ];
    context.stdout(`${lines.join('\n').trimEnd()}\n`);
  }
  return exitCodeOf(diagnostics);
}

/**
 * What the chart renders for an environment, and the digest of the artifacts that it is rendered for, if it is known.
 */
interface Rendered {
  readonly objects: readonly KubernetesObject[];
  readonly digest: string | undefined;
}

interface Run {
  readonly loaded: LoadedConfiguration | undefined;
  readonly options: EnvironmentOptions;
  readonly context: Context;
}

function opponentObjects(opponent: Opponent, environment: Environment, run: Run): Promise<Rendered> | Rendered {
  switch (opponent.type) {
    case 'file':
      refuseNameOfEnvironment(opponent.path, run);
      return fileObjects(opponent.path, run.context);
    case 'environment': {
      // Under one name and namespace, so that only what differs in substance is shown.
      const other = chosenEnvironment(run.loaded, opponent.name);
      const named = { ...other, release: environment.release, ...namespaceOf(environment) };
      return environmentObjects(named, run.loaded, run.options, run.context);
    }
    case 'git':
      return revisionObjects(opponent.revision, environment.name, run);
  }
}

const namespaceOf = ({ namespace }: Environment): { readonly namespace?: string } =>
  namespace === undefined ? {} : { namespace };

/** Throws CommandFailure when a file is missing and an environment has its name: `prod` where `env:prod` is meant. */
function refuseNameOfEnvironment(path: string, { loaded, context }: Run): void {
  const isEnvironment = environmentsOf(loaded?.configuration ?? {}).some(({ name }) => name === path);
  if (!isEnvironment || existsSync(resolve(context.cwd, path))) return;
  throw wrongUse(
    `There is no file ${path}, but there is an environment of that name. Did you mean env:${path}?`,
    `Give --against env:${path} to compare with the environment, or the path of a file of rendered manifests.`,
  );
}

function fileObjects(path: string, context: Context): Rendered {
  const { objects, faults } = parseManifest(readText(resolve(context.cwd, path), path));
  const [fault] = faults;
  if (fault === undefined) return { objects: objects.map(({ object }) => object), digest: undefined };
  throw inputFailure(
    'MI-FILE',
    `${path} does not hold Kubernetes manifests: ${fault.message}`,
    'Name a file that helm template wrote, or use git:REVISION or env:NAME.',
    { path, line: fault.line, column: 1 },
  );
}

/**
 * What an environment would get: its plan and values, rendered by its chart. Throws CommandFailure when they have
 * errors.
 */
async function environmentObjects(
  environment: Environment,
  loaded: LoadedConfiguration | undefined,
  options: EnvironmentOptions,
  context: Context,
): Promise<Rendered> {
  const filesRead = createFilesRead();
  const inventory = await loadInventory([], loaded, { ...options, quiet: true, filesRead }, context);
  const file = join(context.cwd, `values-${environment.name}.yaml`);
  const run = { inputs: [], plans: new Map(), flags: {}, loaded, context };
  const planned = await valuesOfEnvironment(inventory, environment, file, run);
  const refuse = (found: EnvironmentValues): void =>
    refuseErrors(locatedFindings(found, inventory, { loaded, context }));
  refuse(planned);
  const pointed = waitsForPackage(planned)
    ? await pointedAtPackage(planned, inventory, { loaded, context, filesRead })
    : planned;
  const generated = await withChartFaults(pointed, inventory, chartAsJudge(context));
  refuse(generated);
  const chart = await fetchChart(chartSource(loaded), commandTools(options, context));
  try {
    const rendered = await renderChart({
      chart: chart.folder,
      values: [parse(generated.text)],
      release: environment.release,
      ...namespaceOf(environment),
    });
    if (rendered.state === 'refused') throw new CommandFailure(rendered.diagnostics, exitCodes.findings);
    return { objects: rendered.objects.map(({ object }) => object), digest: inventoryDigest(inventory) };
  } finally {
    chart.dispose();
  }
}

/** The values that point at the package of their plan, which is not written: its digests suffice. */
async function pointedAtPackage(
  planned: EnvironmentValues,
  inventory: Inventory,
  { loaded, context, filesRead }: Pick<Run, 'loaded' | 'context'> & { readonly filesRead: FilesRead },
): Promise<EnvironmentValues> {
  const work = temporaryFolder();
  try {
    const request = packagesRequest(join(work.path, 'package'), loaded, context, filesRead);
    const packaged = await packageFor([planned], inventory, { ...request, dryRun: true });
    refuseErrors(packaged.diagnostics);
    return pointAtPackage(planned, packaged);
  } finally {
    work.remove();
  }
}

function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new CommandFailure(errors, exitCodes.findings);
}

/** The same environment as a git revision has it: the whole work tree of then, in a temporary folder. */
async function revisionObjects(revision: string, name: string, run: Run): Promise<Rendered> {
  const { context } = run;
  const top = await git(['rev-parse', '--show-toplevel'], context, revision);
  const temporary = temporaryFolder();
  const folder = temporary.path;
  try {
    const commit = await git(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
      context,
      revision,
    );
    const archive = join(folder, '.archive.tar');
    await runProgram(['git', 'archive', '--output', archive, commit], { cwd: top, environment: repositoryOfFolder });
    await runProgram(['tar', '-xf', archive, '-C', folder]);
    const then: Context = { ...context, cwd: join(folder, relative(top, context.cwd)) };
    if (!existsSync(then.cwd))
      throw notThere(revision, `the folder ${relative(top, context.cwd)} does not exist there`);
    const loaded = await loadConfiguration({ ...run.options, quiet: true }, then);
    if (loaded === undefined && run.loaded !== undefined)
      throw notThere(revision, `it has no ${run.loaded.path}, so there is nothing to compare ${name} with`);
    return await environmentObjects(chosenEnvironment(loaded, name), loaded, run.options, then);
  } finally {
    temporary.remove();
  }
}

/** What git answers, in one line. Throws CommandFailure where it knows no such revision. */
async function git(words: readonly string[], { cwd }: Context, revision: string): Promise<string> {
  try {
    return (await runProgram(['git', ...words], { cwd, environment: repositoryOfFolder })).stdout.trim();
  } catch (error) {
    throw notThere(revision, faultOfGit(error) ?? 'git does not know it in this folder');
  }
}

function notThere(revision: string, because: string): CommandFailure {
  return wrongUse(
    `--against git:${revision} cannot be read: ${because}.`,
    'Name a commit, branch or tag of this repository that has the configuration of the environment; without git, a file of rendered manifests.',
  );
}
