import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { provideTool } from '../tools.ts';
import { officialFolder, root } from './charts.ts';
import { weaknesses, type Proof } from './weaknesses.ts';

/** What a proof's command did; `holds` when it printed and ended as it should. */
export interface Outcome {
  readonly holds: boolean;
  readonly exitCode: number;
  readonly printed: string;
}

const outcomes = new Map<string, Promise<Outcome>>();

/** Runs a proof with the project's helm first on PATH; once, however often it is asked for. */
export function prove(proof: Proof, folder: string): Promise<Outcome> {
  const key = JSON.stringify([proof.command, folder]);
  const outcome = outcomes.get(key) ?? runProof(proof, folder);
  outcomes.set(key, outcome);
  return outcome;
}

async function runProof(proof: Proof, folder: string): Promise<Outcome> {
  const helm = await provideTool('helm', () => {});
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', proof.command],
      {
        cwd: folder,
        env: { ...process.env, PATH: `${dirname(helm)}${delimiter}${process.env.PATH ?? ''}`, LC_ALL: 'C' },
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : Number(error.code);
        const printed = (stdout + stderr).trim();
        resolve({ holds: exitCode === (proof.exitCode ?? 0) && proof.prints.test(printed), exitCode, printed });
      },
    );
  });
}

export interface WeaknessResult {
  readonly id: string;
  readonly title: string;
  readonly command: string;
  /** `free`, `affected` or, for the official chart when it is not there, undefined. */
  readonly ours: 'free' | 'affected';
  readonly theirs: 'affected' | 'not reproduced' | undefined;
}

/** Runs both commands of every weakness. */
export async function weaknessResults(): Promise<WeaknessResult[]> {
  const official = officialFolder();
  const results: WeaknessResult[] = [];
  for (const { id, title, ours, theirs } of weaknesses) {
    const [own, other] = await Promise.all([
      prove(ours, root),
      official === undefined ? undefined : prove(theirs, official),
    ]);
    const affected = other?.holds === true ? 'affected' : 'not reproduced';
    results.push({
      id,
      title,
      command: ours.command,
      ours: own.holds ? 'free' : 'affected',
      theirs: other === undefined ? undefined : affected,
    });
  }
  return results;
}
