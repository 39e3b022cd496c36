import { createSupportsHyperlinks } from 'supports-hyperlinks';
import { runCommandLine } from './command-line.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { reportFailure } from './report-failure.ts';

/** Whether the output takes nothing any more, and whether that is a failure. */
let isCut = false;
let failed = false;

/** A terminal that knows no colours and cannot go back on a line. */
const isDumb = process.env.TERM === 'dumb';

/** FORCE_COLOR wins over everything, as in Node.js itself: continuous integration colours logs with it. */
function isColoured(stream: NodeJS.WriteStream): boolean {
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return stream.isTTY && !process.env.NO_COLOR && !isDumb;
}

const context: Context = {
  cwd: process.cwd(),
  environment: process.env,
  stdout: (text) => void (isCut || process.stdout.write(text)),
  stderr: (text) => void process.stderr.write(text),
  // Some terminals say 0 when they do not know.
  columns: (process.stdout.isTTY && process.stdout.columns) || undefined,
  colour: isColoured(process.stdout),
  errorColour: isColoured(process.stderr),
  links: process.stdout.isTTY && process.stderr.isTTY && !isDumb && createSupportsHyperlinks(process.stdout),
  interactive: process.stderr.isTTY && !isDumb,
  // Asking stderr first: stdin costs 2 ms when it is looked at.
  ...(process.stderr.isTTY && process.stdin.isTTY ? { ask } : {}),
};

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } catch (error) {
    // Ctrl-C or Ctrl-D at a question is no answer.
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    lines.close();
  }
}

// A rollout goes on and the exit code stays what it is when nobody reads any more, as with `mi-patterns scan | head`.
// Output that cannot be written otherwise is told once.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (!isCut && error.code !== 'EPIPE') {
    process.stderr.write(
      `error MI-FILE\n    The output cannot be written: ${error.code ?? error.message}.\n    → Check where it is redirected to, and that there is free space.\n`,
    );
    failed = true;
    process.exitCode = exitCodes.usage;
  }
  isCut = true;
});
process.stderr.on('error', () => {});

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
void runCommandLine(process.argv.slice(2), context).then((code) => {
  isAnswered = true;
  process.exitCode = failed ? exitCodes.usage : code;
});
