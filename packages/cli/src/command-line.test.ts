import { describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';
import type { Context } from './context/context.ts';

/** Runs the command inside this process and keeps what it writes. */
async function run(
  argv: readonly string[],
  more: Partial<Context> = {},
): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const context: Context = {
    cwd: import.meta.dirname,
    environment: {},
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    columns: undefined,
    colour: false,
    interactive: false,
    ...more,
  } as Context;
  const exitCode = await runCommandLine(argv, context);
  return { exitCode, out, err };
}

describe('a wrong use', () => {
  it('is told in a sentence with its code and what to do', async () => {
    expect(await run(['scan', '--frob'])).toEqual({
      exitCode: 2,
      out: '',
      err: "error MI-CLI-USAGE\n    Unknown option '--frob'.\n    → mi-patterns --help lists the commands, mi-patterns COMMAND --help their options.\n",
    });
  });

  it('names the commands that take an option which was given to another', async () => {
    const { err } = await run(['plan', '--env', 'dev']);
    expect(err).toContain(
      "Unknown option '--env'.\n    → --env is an option of generate, diff, rollout, status, rollback;",
    );
  });

  it('suggests the nearest word', async () => {
    expect((await run(['plna'])).err).toContain("Unknown command 'plna'. Did you mean plan?");
  });

  it.each([
    [['status', '--env', ' ']],
    [['rollout', '--env', 'prod', '--yes', '--approve', ' ']],
    [['rollout', '--env', 'prod', '--yes', '--accept', '']],
    [['init', '--from-helm-mi', '']],
  ])('is an option without a value: %j', async (argv) => {
    expect((await run(argv)).err).toMatch(/^error MI-CLI-USAGE\n {4}--[\w-]+ has an empty value\./);
  });

  it.each([
    [['plan', '--pattern', 'single'], '--pattern takes', 'Did you mean `single-replica`?'],
    [['plan', '--isolate', 'eahc'], 'eahc does not exist.', 'Did you mean `each`?'],
    [['scan', '--format', 'jsn'], '--format takes text, json, sarif, github or junit, not "jsn".', 'mean `json`?'],
    [['package', '--format', 'imgae'], '--format takes image, volume, ', 'Did you mean `image`?'],
    [['complete', 'tcsh'], 'SHELL takes zsh, bash, fish or powershell, not "tcsh".', 'lists the options of a command'],
  ])('is a word that an option does not take, with what is meant: %j', async (argv, message, hint) => {
    const { err, exitCode } = await run(argv);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  it('is told as text where --json stands behind the end of the options', async () => {
    expect((await run(['scan', '--', '--json'])).err).toMatch(/^error MI-INPUT-MISSING/);
  });

  it('is an option of one place that is given twice, with two of them', async () => {
    for (const command of ['rollout', 'rollback', 'status', 'diff', 'generate'])
      expect((await run([command, '--env', 'dev', '--env', 'prod'])).err).toContain(
        "Option '--env <name>' argument 'prod' is invalid. It was 'dev' before: pass only one, and run the command for each.",
      );
    expect((await run(['status', '--env', 'dev', '--env', 'dev'])).err).toContain('There is no mi-patterns.yaml');
  });

  it('is one JSON document with --json, wherever it stands', async () => {
    const [before, after] = [await run(['--json', 'scan', '--frob']), await run(['scan', '--frob', '--json'])];
    expect(before).toEqual(after);
    expect(JSON.parse(before.out)).toMatchObject({
      diagnostics: [{ code: 'MI-CLI-USAGE', message: "Unknown option '--frob'." }],
    });
    expect(before.err).toBe('');
  });
});

describe('help and version', () => {
  it('go to stdout and are fine', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, out: '0.0.0-development\n', err: '' });
    const help = await run(['plan', '--help']);
    expect(help).toMatchObject({ exitCode: 0, err: '' });
    for (const option of ['--pattern', '--isolate', '--diagram', '--report', '--json', '--config'])
      expect(help.out).toContain(option);
  });
});

describe('colour', () => {
  // oxlint-disable-next-line no-control-regex -- colours are control characters
  const colours = /\u001b\[\d+m/;

  it('is used where asked for, and never with --no-color', async () => {
    const coloured = await run(['scan', 'nowhere'], { colour: true, interactive: true });
    const plain = await run(['scan', 'nowhere', '--no-color'], { colour: true, interactive: true });
    expect(coloured.err).toContain('\u001b[31merror');
    expect(plain.err).not.toMatch(colours);
    expect(plain.exitCode).toBe(2);
    // A log that takes stderr gets none either.
    expect((await run(['scan', 'nowhere'], { colour: true, interactive: false })).err).not.toMatch(colours);
  });
});
