import { runCommandLine } from './command-line.ts';
import type { Context } from './context/context.ts';
import { reportFailure } from './output/report-failure.ts';
import { openStandardOutput } from './standard-streams.ts';

const { stdout, stderr, exitCodeAfter, isDone } = openStandardOutput();

/** A terminal that knows no colours and cannot go back on a line. */
const isDumb = process.env.TERM === 'dumb';

/** FORCE_COLOR wins over everything, as in Node.js itself: continuous integration colours logs with it. */
function isColoured(stream: { readonly terminal: object | undefined }): boolean {
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return stream.terminal !== undefined && !process.env.NO_COLOR && !isDumb;
}

const context: Context = {
  cwd: process.cwd(),
  environment: process.env,
  stdout: stdout.write,
  stderr: stderr.write,
  // Some terminals say 0 when they do not know.
  columns: stdout.terminal?.columns || undefined,
  colour: isColoured(stdout),
  errorColour: isColoured(stderr),
  links: false,
  interactive: stderr.terminal !== undefined && !isDumb,
  // Asking stderr first: stdin costs 2 ms when it is looked at.
  ...(stderr.terminal !== undefined && process.stdin.isTTY ? { ask } : {}),
};

/** Whether what people see follows links. */
async function hasLinks(): Promise<boolean> {
  if (stdout.terminal === undefined || stderr.terminal === undefined || isDumb) return false;
  const { createSupportsHyperlinks } = await import('supports-hyperlinks');
  return createSupportsHyperlinks(stdout.terminal);
}

async function ask(question: string, signal?: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await (signal === undefined ? lines.question(question) : lines.question(question, { signal }));
  } catch (error) {
    // Ctrl-C or Ctrl-D at a question is no answer, nor is the end of the signal.
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    lines.close();
  }
}

// A command that waits for what never comes lets Node end with 0, as if all were well.
let isAnswered = false;
process.once('exit', (code) => {
  if (isAnswered || code !== 0) return;
  process.exitCode = reportFailure(new Error('it waits for something that never happens'), context, {
    json: false,
    verbose: false,
  });
});

// Setting exitCode instead of calling exit() lets a slow pipe take everything that was written.
void hasLinks()
  .then((links) => runCommandLine(process.argv.slice(2), { ...context, links }))
  .then((code) => {
    isAnswered = true;
    process.exitCode = exitCodeAfter(code);
    // With nothing left to wait for, V8 need not give its memory back piece by piece: more than 1 % of a scan.
    if (isDone() && process.getActiveResourcesInfo().length === 0) process.exit();
  });
