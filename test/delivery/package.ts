import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '../../packages/cli/src/command-line.ts';
import { residentHelm } from '../../packages/helm/test/resident.ts';
import { defaultRoles, everyRole, readAsServer, type ReadArtifact } from './reader.ts';

export interface Packaged {
  readonly exitCode: number;
  readonly diagnostics: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly roles: readonly string[];
}

/** Runs a command in this process and reads the document that it prints. */
export async function command<Document>(
  cwd: string,
  ...args: string[]
): Promise<{ readonly exitCode: number; readonly document: Document }> {
  let output = '';
  const exitCode = await runCommandLine([...args, '--json'], {
    cwd,
    environment: { ...process.env, HOME: '/nonexistent' },
    stdout: (text) => void (output += text),
    stderr: () => undefined,
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
  return { exitCode, document: JSON.parse(output) as Document };
}

export interface PlannedWorkload {
  readonly name: string;
  readonly type: string;
  readonly roles: readonly string[];
  readonly stateful: readonly string[];
  readonly artifacts: readonly string[];
}

export async function packageInput(
  cwd: string,
  input: string,
  out: string,
  mode: string,
): Promise<{ readonly packaged: Packaged; readonly workloads: readonly PlannedWorkload[] }> {
  const { exitCode, document } = await command<Omit<Packaged, 'exitCode'>>(
    cwd,
    'package',
    input,
    '--out',
    out,
    '--delivery',
    mode,
  );
  const { document: planned } = await command<{ readonly workloads?: readonly PlannedWorkload[] }>(
    cwd,
    'plan',
    input,
    '--delivery',
    mode,
  );
  return { packaged: { ...document, exitCode }, workloads: planned.workloads ?? [] };
}

/** What each workload's servers would deploy, read from the archives that reach them. */
export function deployedBy(
  out: string,
  mode: string,
  workloads: readonly PlannedWorkload[],
): Map<string, ReadArtifact[]> {
  // Each archive is unpacked once; what a server takes of it follows from the role that was read with each artifact.
  const read = new Map<string, ReadArtifact[]>();
  const readOnce = (path: string): ReadArtifact[] => {
    const artifacts = read.get(path) ?? readAsServer(path, everyRole);
    read.set(path, artifacts);
    return artifacts;
  };
  return new Map(
    workloads.map(({ name, roles }) => {
      const folder =
        mode === 'roles' ? join(out, 'image', 'carbonapps') : join(out, 'workloads', name, 'image', 'carbonapps');
      const own = mode === 'roles' ? roles : [];
      const accepted = [...defaultRoles, ...own].map((role) => new RegExp(`^(?:${role})$`));
      return [
        name,
        readdirSync(folder)
          .sort()
          .flatMap((file) => readOnce(join(folder, file)))
          .filter(({ role }) => accepted.some((pattern) => pattern.test(role))),
      ];
    }),
  );
}

/** Digests of the files below a folder, by path. A package holds 13 MB of programs; a difference should be short. */
export function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [file.slice(folder.length), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}
