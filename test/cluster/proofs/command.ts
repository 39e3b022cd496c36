import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideTool } from '../../../scripts/lib/tools.ts';
import type { Target } from './target.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What a run of `mi-patterns` ended with. */
export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mi-patterns` with some words; `onLine` gets each line of messages. */
export type CommandRun = (words: readonly string[], onLine?: (line: string) => void) => Promise<Answer>;

/** Runs `mi-patterns` from source against the cluster, in a folder of its own. */
export async function commandIn(folder: string, { kubectlCommand, environment }: Target): Promise<CommandRun> {
  const kubectl = join(folder, 'kubectl');
  writeFileSync(kubectl, `#!/bin/sh\nexec ${kubectlCommand.map((word) => `'${word}'`).join(' ')} "$@"\n`, {
    mode: 0o755,
  });
  const env = {
    ...environment,
    NO_COLOR: '1',
    MI_PATTERNS_KUBECTL: kubectl,
    MI_PATTERNS_HELM: await provideTool('helm', () => undefined),
    MI_PATTERNS_MANAGEMENT_USER: 'admin',
    MI_PATTERNS_MANAGEMENT_PASSWORD: 'admin',
  };
  const program = ['--import', import.meta.resolve('tsx'), join(root, 'packages/cli/src/main.ts')];
  return (words, onLine = () => undefined) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...program, ...words], { cwd: folder, env });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
      child.stderr.on('data', (part: Buffer) => {
        stderr += part.toString();
        for (const line of part.toString().split('\n')) if (line.trim() !== '') onLine(line.trim());
      });
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    });
}
