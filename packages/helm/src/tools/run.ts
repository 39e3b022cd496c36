import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { homeFolder, isEnding, redact, redactCommand, startWithUs } from '@mi-patterns/inventory';
import { ToolFailure, type ToolFailureReason } from './tool-failure.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; undefined takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Text for stdin; without it stdin is closed. */
  readonly input?: string;
  /** Milliseconds; 120,000 when absent. */
  readonly timeout?: number;
  /** Bytes of stdout and stderr together; 64 MiB when absent. */
  readonly maximumOutput?: number;
  /** Takes stdout as it arrives; none of it is kept, so `maximumOutput` does not count it. */
  readonly onOutput?: (text: string) => void;
  /** Called once the program runs: from then on it needs nothing of this process until it writes. */
  readonly onStart?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Exit codes that are an answer and no failure; only 0 when absent. */
  readonly expectedExitCodes?: readonly number[];
  /** Literal texts that must never be echoed. */
  readonly secrets?: readonly string[];
  /**
   * The program must not outlive this process, even when this process is killed: a helm that goes on alone would work
   * on a release that the next rollout believes to be its own. It gets no stdin then.
   */
  readonly diesWithUs?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  /** As the tool wrote it; it may hold secrets. */
  readonly stdout: string;
  /** Secrets and control characters taken out. */
  readonly stderr: string;
}

const defaultTimeout = 120_000;
const defaultMaximumOutput = 64 * 1024 * 1024;
const stderrTail = 4_000;
/**
 * helm, helm-unittest and kubeconform live for seconds. With Go's default, their garbage collector takes a quarter of
 * the processor to save some 50 MiB. A GOGC of the user's wins.
 */
export const collectorOfGo = { GOGC: '400' } as const;
/** Milliseconds of its time that a program surely gets with this process listening. */
const listeningTime = 1_000;
/** Time between the polite and the final signal, in milliseconds. */
const graceOfKill = 2_000;

/**
 * Runs the program of its arguments and kills it when stdin closes, as it does when the process that holds the pipe
 * dies.
 */
const watchdog = `
const [program, ...words] = process.argv.slice(1);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
const child = require('node:child_process').spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
process.stdin.on('close', () => { child.kill('SIGKILL'); process.exit(1); }).on('error', () => {}).resume();
child.on('error', (error) => { process.stderr.write(error.message + '\\n'); process.exit(127); });
child.on('exit', (code, signal) => { if (signal) { process.removeAllListeners(signal); process.kill(process.pid, signal); } else process.exit(code); });
`;

/** Why a program was ended by us. */
type Ended = Extract<ToolFailureReason, 'timeout' | 'aborted' | 'too-much-output'>;

/** What a failure says besides its reason. */
interface Words {
  readonly what: string;
  readonly hint: string;
}

/**
 * Runs a program with an argument array, never through a shell, and returns what it wrote.
 * Throws a ToolFailure when it cannot be started, ends with an unexpected exit code or a signal, takes longer than the
 * timeout, writes more than allowed, or is aborted. Never comes back once this process was told to end.
 */
export function run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const fail = (reason: ToolFailureReason, words: Words, exitCode?: number): void =>
      reject(failureOf(command, options, { reason, words, exitCode, stderr }));
    if (options.signal?.aborted) {
      fail('aborted', { what: 'was not started, because the command was cancelled.', hint: 'Run the command again.' });
      return;
    }
    const notStarted = (error: unknown): void => {
      const what = `could not be started: ${redact(error instanceof Error ? error.message : String(error), options.secrets)}.`;
      fail('not-started', { what, hint: 'Check that the file exists and may be executed.' });
    };
    let child: ChildProcessWithoutNullStreams;
    try {
      child = start(command, options);
    } catch (error) {
      // What Node does not even try to start, such as a command line that is too long.
      notStarted(error);
      return;
    }
    const { ended, end, settle } = endings(child, options);
    collect(child, options, { stdout, stderr, tooMuch: () => end('too-much-output') });
    child.once('spawn', () => options.onStart?.());
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      settle();
      notStarted(error);
    });
    child.once('close', (exitCode, signal) => {
      settle();
      if (isEnding()) return;
      const reason = ended();
      if (reason !== undefined) fail(reason, wordsOfEnding(reason, options));
      else if (exitCode === null) fail('signal', wordsOfSignal(signal));
      else if (!(options.expectedExitCodes ?? [0]).includes(exitCode)) fail('exit', wordsOfExit(exitCode), exitCode);
      else
        resolve({
          exitCode,
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: redact(Buffer.concat(stderr).toString('utf8'), options.secrets),
        });
    });
  });
}

function start(command: readonly string[], options: RunOptions): ChildProcessWithoutNullStreams {
  const [program = '', ...programArguments] =
    options.diesWithUs === true ? [process.execPath, '--eval', watchdog, '--', ...command] : command;
  const environment = environmentOfTools({ ...process.env, ...options.environment });
  return startWithUs(() =>
    spawn(program, programArguments, {
      cwd: options.cwd,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    }),
  );
}

/**
 * Variables of helm that change what it prints, or lead it to another server, user or namespace than the context that
 * kubectl is given too.
 */
const ofHelm = /^HELM_(?:DEBUG$|NAMESPACE$|KUBE)/;
/**
 * kubectl takes defaults of options from the user's `kuberc` otherwise. With the one that its documentation suggests,
 * each `delete` asks first, and ends with exit code 0 when nobody answers (seen on kubectl 1.37).
 */
const withoutPreferences = { KUBERC: 'off' } as const;

/**
 * The environment that a program gets; a variable that is undefined is left out. It always has a home: without one,
 * kubectl and helm make `.kube/cache` in the current folder, and read `.kube/config` from it.
 */
export function environmentOfTools(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = Object.entries({ ...collectorOfGo, ...environment, ...withoutPreferences }).filter(
    ([name, value]) => value !== undefined && !ofHelm.test(name),
  );
  // On Windows they find it by other variables.
  const hasHome = Boolean(environment['HOME']) || process.platform === 'win32';
  return Object.fromEntries(hasHome ? given : [...given, ['HOME', homeFolder(environment) ?? noHome]]);
}

/** Where nothing is found and nothing can be written. */
const noHome = '/nonexistent';

/** Ends a program politely, then for good, when it takes too long or is not wanted any more. */
function endings(
  child: ChildProcessWithoutNullStreams,
  { timeout = defaultTimeout, signal, diesWithUs }: RunOptions,
): { readonly ended: () => Ended | undefined; readonly end: (reason: Ended) => void; readonly settle: () => void } {
  let ended: Ended | undefined;
  const end = (reason: Ended): void => {
    if (ended !== undefined) return;
    ended = reason;
    child.kill('SIGTERM');
    setTimeout(() => {
      // The watchdog must be the one to end its program; it does so when its stdin closes.
      if (diesWithUs === true) child.stdin.destroy();
      else child.kill('SIGKILL');
      // A grandchild may hold the pipes open after its parent is gone; nothing is read from it any more.
      child.stdout.destroy();
      child.stderr.destroy();
    }, graceOfKill).unref();
  };
  const abort = (): void => end('aborted');
  // The last part counts only while this process listens: it may have been busy itself, and have missed the end.
  const last = Math.min(timeout / 2, listeningTime);
  let timer = setTimeout(() => (timer = setTimeout(() => end('timeout'), last)), timeout - last);
  signal?.addEventListener('abort', abort, { once: true });
  return {
    ended: () => ended,
    end,
    settle: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Keeps what the program writes, within its bounds, and gives it its input. */
function collect(
  child: ChildProcessWithoutNullStreams,
  { maximumOutput = defaultMaximumOutput, onOutput, diesWithUs, input }: RunOptions,
  into: { readonly stdout: Buffer[]; readonly stderr: Buffer[]; readonly tooMuch: () => void },
): void {
  let size = 0;
  const keep =
    (chunks: Buffer[]) =>
    (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maximumOutput) chunks.push(chunk);
      else into.tooMuch();
    };
  if (onOutput === undefined) child.stdout.on('data', keep(into.stdout));
  else child.stdout.setEncoding('utf8').on('data', onOutput);
  child.stderr.on('data', keep(into.stderr));
  // The tool may stop reading early; what it says on stderr is the better explanation.
  child.stdin.on('error', () => {});
  // The watchdog ends its program when this pipe closes, whatever closed it.
  if (diesWithUs !== true) child.stdin.end(input ?? '');
}

function failureOf(
  command: readonly string[],
  { secrets }: RunOptions,
  failure: {
    readonly reason: ToolFailureReason;
    readonly words: Words;
    readonly exitCode: number | undefined;
    readonly stderr: readonly Buffer[];
  },
): ToolFailure {
  const shown = redactCommand(command, secrets);
  const text = redact(Buffer.concat(failure.stderr).toString('utf8'), secrets).trim();
  return new ToolFailure({
    reason: failure.reason,
    message: `${calledName(shown)} ${failure.words.what}`,
    hint: failure.words.hint,
    command: shown,
    exitCode: failure.exitCode,
    stderr: text.slice(-stderrTail),
  });
}

/** Options that say where kubectl works, before what it does there. */
const placeWithValue = /^--(?:context|namespace)$/;
const placeOption = /^--(?:context$|namespace$|all-namespaces$|request-timeout=)/;

/** What was called, `helm upgrade` or `kubectl get pods`: of kubectl's words those after its place. */
function calledName(command: readonly string[]): string {
  const [program = '', ...words] = command;
  const verb = words.findIndex(
    (word, index) => !placeOption.test(word) && !placeWithValue.test(words[index - 1] ?? ''),
  );
  if (verb <= 0) return command.slice(0, 2).join(' ');
  return [program, ...words.slice(verb, verb + 2).filter((word) => !word.startsWith('-'))].join(' ');
}

function wordsOfEnding(reason: Ended, options: RunOptions): Words {
  const { timeout = defaultTimeout, maximumOutput = defaultMaximumOutput } = options;
  switch (reason) {
    case 'timeout':
      return {
        what: `took longer than ${timeout / 1000} s and was stopped.`,
        hint: 'Check that the cluster or registry answers, or give it more time.',
      };
    case 'aborted':
      return { what: 'was stopped, because the command was cancelled.', hint: 'Run the command again.' };
    case 'too-much-output':
      return {
        what: `wrote more than ${maximumOutput} bytes and was stopped.`,
        hint: 'Split the input into smaller parts.',
      };
  }
}

function wordsOfSignal(signal: NodeJS.Signals | null): Words {
  return {
    what: `was ended by the signal ${signal}.`,
    hint: 'Check the memory of the machine, then run the command again.',
  };
}

function wordsOfExit(exitCode: number): Words {
  return {
    what: `ended with exit code ${exitCode}.`,
    hint: 'The tool says why above; correct that and run the command again.',
  };
}
