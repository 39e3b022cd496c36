import { accessSync, constants, type Dirent, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { compareText, homeFolder } from '@mi-patterns/inventory';
import { coerce, compare, satisfies, type SemVer } from 'semver';
import pins from '../../../../scripts/tools.json' with { type: 'json' };
import { run } from './run.ts';
import { ToolFailure, isToolFailure } from './tool-failure.ts';

export type ToolName = 'helm' | 'helm-unittest' | 'kubeconform' | 'kubectl';

/** A semantic version, in its parts and as text. */
interface ToolVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly version: string;
}

export interface Tool {
  readonly name: ToolName;
  /** Program and leading arguments: `[/usr/bin/helm]`, or `[/usr/bin/helm, unittest]` for a helm plugin. */
  readonly command: readonly string[];
  /** Undefined for a tool that does not tell its version. */
  readonly version: ToolVersion | undefined;
  readonly origin: 'environment' | 'path' | 'cache' | 'helm-plugin';
}

interface ToolFacts {
  /** File names it goes by. */
  readonly files: readonly string[];
  /** Accepted range on PATH and in the cache; undefined when the tool cannot tell its version. */
  readonly accepts: string | undefined;
  readonly versionArguments: readonly string[];
  /** Text that the answer to `versionArguments` holds when the file is this tool. */
  readonly identity?: string;
  readonly hint: string;
}

// kubectl is never built, so it has no pin; a client three minor versions older than the oldest supported server still
// applies.
const kubectlAccepts = '>=1.27.0';

const facts: Readonly<Record<ToolName, ToolFacts>> = {
  helm: {
    files: ['helm'],
    accepts: pins.tools.helm.accepts,
    versionArguments: pins.tools.helm.versionArguments,
    hint: `Put helm ${pins.tools.helm.accepts} on PATH (https://helm.sh/docs/intro/install/), or name the file in MI_PATTERNS_HELM.`,
  },
  'helm-unittest': {
    files: ['helm-unittest', 'untt'],
    accepts: undefined,
    versionArguments: ['--help'],
    identity: '--skip-schema-validation',
    hint: `Install it as a helm plugin (helm plugin install https://github.com/helm-unittest/helm-unittest --version v${pins.tools['helm-unittest'].version} --verify=false), or name the file in MI_PATTERNS_HELM_UNITTEST.`,
  },
  kubeconform: {
    files: ['kubeconform'],
    accepts: pins.tools.kubeconform.accepts,
    versionArguments: pins.tools.kubeconform.versionArguments,
    hint: `Put kubeconform ${pins.tools.kubeconform.accepts} on PATH (https://github.com/yannh/kubeconform/releases), or name the file in MI_PATTERNS_KUBECONFORM.`,
  },
  kubectl: {
    files: ['kubectl'],
    accepts: kubectlAccepts,
    versionArguments: ['version', '--client', '--output=json'],
    hint: `Put kubectl ${kubectlAccepts} on PATH (https://kubernetes.io/docs/tasks/tools/), or name the file in MI_PATTERNS_KUBECTL.`,
  },
};

/**
 * Folder for what is fetched or built once for a machine: `$MI_PATTERNS_CACHE`, `$XDG_CACHE_HOME/mi-patterns` or
 * `~/.cache/mi-patterns`. Undefined for a user without a home.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment.MI_PATTERNS_CACHE) return environment.MI_PATTERNS_CACHE;
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'mi-patterns');
  const home = homeFolder(environment);
  return home === undefined ? undefined : join(home, '.cache', 'mi-patterns');
}

/** The variable that names a tool's file, for example `MI_PATTERNS_HELM_UNITTEST`. */
function toolVariable(name: ToolName): string {
  return `MI_PATTERNS_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Milliseconds that a program has to tell its version. */
const patience = 10_000;

const found = new Map<string, Promise<Tool>>();

/**
 * Finds a tool: the file its variable names, else PATH where the version fits, else the cache, else (helm-unittest) a
 * helm plugin. Throws a ToolFailure with the code MI-TOOL-MISSING that says how to get it. The answer is kept for the
 * life of the process.
 */
export function findTool(name: ToolName, environment: NodeJS.ProcessEnv = process.env): Promise<Tool> {
  const key = JSON.stringify([
    name,
    environment[toolVariable(name)],
    environment[toolVariable('helm')],
    environment.PATH,
    cacheFolder(environment),
  ]);
  let search = found.get(key);
  if (search === undefined) {
    search = searchTool(name, environment);
    // A failure is not kept: the user may put the tool in place and try again.
    search.catch(() => found.delete(key));
    found.set(key, search);
  }
  return search;
}

async function searchTool(name: ToolName, environment: NodeJS.ProcessEnv): Promise<Tool> {
  const explicit = environment[toolVariable(name)];
  if (explicit) return explicitTool(name, explicit, environment);

  const rejected: string[] = [];
  const accept = async (files: readonly string[], origin: Tool['origin']): Promise<Tool | undefined> => {
    let best: Tool | undefined;
    for (const file of files) {
      const version = await probe(name, file, environment);
      if (version === 'silent') rejected.push(`${file} ${silent}`);
      else if (version === 'not-this-tool') rejected.push(`${file} is not ${name}`);
      else if (!fits(name, version)) rejected.push(`${file} is version ${version?.version ?? 'unknown'}`);
      else if (
        best?.version === undefined ||
        (version !== undefined && compare(version.version, best.version.version) > 0)
      )
        best = { name, command: [file], version, origin };
      if (best !== undefined && origin === 'path') return best;
    }
    return best;
  };

  const tool =
    (await accept(filesOnPath(name, environment), 'path')) ??
    (await accept(filesInCache(name, environment), 'cache')) ??
    (name === 'helm-unittest' ? await findPlugin(environment) : undefined);
  if (tool !== undefined) return tool;
  const accepts = facts[name].accepts;
  throw new ToolFailure({
    reason: rejected.length > 0 ? 'unfit' : 'missing',
    message: `${name}${accepts === undefined ? '' : ` ${accepts}`} was not found${rejected.length > 0 ? `: ${rejected.join('; ')}` : ' on PATH or in the cache'}.`,
    hint: facts[name].hint,
  });
}

async function explicitTool(name: ToolName, file: string, environment: NodeJS.ProcessEnv): Promise<Tool> {
  const version = isExecutable(file) ? await probe(name, file, environment) : 'not-this-tool';
  if (version !== 'not-this-tool' && version !== 'silent')
    return { name, command: [file], version, origin: 'environment' };
  const fault = version === 'silent' ? silent : `is not ${name} or cannot be executed`;
  throw new ToolFailure({
    reason: 'unfit',
    message: `${toolVariable(name)} names ${file}, which ${fault}.`,
    hint: facts[name].hint,
  });
}

const silent = `did not tell its version within ${patience / 1000} s`;

/** The version a file tells; undefined when it tells none, as a build without linker flags does. */
async function probe(
  name: ToolName,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<SemVer | undefined | 'not-this-tool' | 'silent'> {
  try {
    const answer = await run([file, ...facts[name].versionArguments], {
      environment,
      timeout: patience,
      maximumOutput: 1024 * 1024,
    });
    const identity = facts[name].identity;
    if (identity !== undefined) return answer.stdout.includes(identity) ? undefined : 'not-this-tool';
    const text = name === 'kubectl' ? (/"gitVersion":\s*"([^"]+)"/.exec(answer.stdout)?.[1] ?? '') : answer.stdout;
    return coerce(text) ?? 'not-this-tool';
  } catch (error) {
    if (isToolFailure(error)) return error.reason === 'timeout' ? 'silent' : 'not-this-tool';
    throw error;
  }
}

function fits(name: ToolName, version: SemVer | undefined): boolean {
  const accepts = facts[name].accepts;
  return accepts === undefined || (version !== undefined && satisfies(version, accepts));
}

function filesOnPath(name: ToolName, environment: NodeJS.ProcessEnv): string[] {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  // Packages of npm put programs of the same names there that are not these tools.
  const folders = (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.includes('node_modules'));
  const candidates = folders.flatMap((folder) =>
    facts[name].files.flatMap((file) => suffixes.map((suffix) => join(folder, file + suffix))),
  );
  return [...new Set(candidates)].filter(isExecutable);
}

function filesInCache(name: ToolName, environment: NodeJS.ProcessEnv): string[] {
  const cache = cacheFolder(environment);
  if (cache === undefined) return [];
  const folder = join(cache, 'tools');
  const builds = entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort(compareText);
  return builds.flatMap((build) => facts[name].files.map((file) => join(folder, build, file))).filter(isExecutable);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function findPlugin(environment: NodeJS.ProcessEnv): Promise<Tool | undefined> {
  try {
    const helm = await findTool('helm', environment);
    const list = await run([...helm.command, 'plugin', 'list'], { environment, timeout: 20_000 });
    const line = list.stdout.split('\n').find((row) => row.startsWith('unittest'));
    return line === undefined
      ? undefined
      : {
          name: 'helm-unittest',
          command: [...helm.command, 'unittest'],
          version: coerce(line) ?? undefined,
          origin: 'helm-plugin',
        };
  } catch (error) {
    if (isToolFailure(error)) return undefined;
    throw error;
  }
}

/** Without waiting: who looks for a tool and works on meanwhile wants its program started at once. */
function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
