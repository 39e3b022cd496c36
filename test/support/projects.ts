import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runCommandLine } from '../../packages/cli/src/command-line.ts';
import { residentHelm } from '../../packages/helm/test/resident.ts';
import type { Answer } from './command.ts';
import { zip } from './zip.ts';

/**
 * The projects of `test/projects`, each a text file: lines that start with `#` say what it is about, `-- PATH --`
 * starts a file. `# KEY: TEXT` says what becomes of it. `lib/a.jar//com/example/A.java` is a file inside of an archive,
 * and a Java source there stands for its class.
 */
export const projectFiles: readonly string[] = readdirSync(join(import.meta.dirname, '../projects'))
  .filter((name) => name.endsWith('.txt'))
  .toSorted();

export interface ProjectText {
  readonly name: string;
  readonly about: string;
  /** Names of the applications whose archives a Micro Integrator takes back (`# faulty: a b`), sorted. */
  readonly faulty: readonly string[];
  /** Codes of findings that its plan has to have (`# says: CODE`). */
  readonly says: readonly string[];
  /** Why the server that is built from source cannot tell (`# unlike: REASON`). */
  readonly unlike: string | undefined;
  readonly files: ReadonlyMap<string, string>;
}

export function readProjectText(file: string): ProjectText {
  const text = readFileSync(join(import.meta.dirname, '../projects', file), 'utf8');
  const [head = '', ...parts] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let index = 0; index < parts.length; index += 2) files.set(parts[index] ?? '', parts[index + 1] ?? '');
  const told = (key: string): string | undefined => new RegExp(`^# ${key}: (.+)$`, 'm').exec(head)?.[1];
  return {
    name: basename(file, '.txt'),
    about: /^# (.*)/.exec(head)?.[1] ?? '',
    faulty: (told('faulty')?.split(' ') ?? []).toSorted(),
    says: told('says')?.split(' ') ?? [],
    unlike: told('unlike'),
    files,
  };
}

/** Java sources → classes; undefined: no classes are needed, and each is an empty file. */
export type Compile = (sources: ReadonlyMap<string, string>) => ReadonlyMap<string, Buffer>;

/** Writes a project into a folder. */
export function writeProject({ files }: ProjectText, folder: string, compile?: Compile): void {
  const archives = new Map<string, Map<string, string>>();
  for (const [path, text] of files) {
    const [outer = '', inner] = path.split('//');
    if (inner === undefined) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    } else archives.set(outer, (archives.get(outer) ?? new Map<string, string>()).set(inner, text));
  }
  for (const [path, entries] of archives) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), archiveOf(entries, compile));
  }
}

function archiveOf(entries: ReadonlyMap<string, string>, compile: Compile | undefined): Buffer {
  const sources = new Map([...entries].filter(([name]) => name.endsWith('.java')));
  const classes = sources.size > 0 ? compile?.(sources) : undefined;
  const folders = new Set([...entries.keys()].flatMap((name) => (name.includes('/') ? [`${dirname(name)}/`] : [])));
  const packed: Record<string, string | Buffer> = Object.fromEntries([...folders].map((name) => [name, '']));
  for (const [name, text] of entries) {
    const own = name.replace(/\.java$/, '.class');
    packed[own] = name.endsWith('.java') ? (classes?.get(own) ?? '') : text;
  }
  return zip(packed);
}

/** Compiles with the JDK's own compiler against the JARs and class folders of a class path. */
export function compiler(classPath: string): Compile {
  return (sources) => {
    const work = mkdtempSync(join(tmpdir(), 'mi-classes-'));
    try {
      for (const [name, text] of sources) {
        mkdirSync(dirname(join(work, name)), { recursive: true });
        writeFileSync(join(work, name), text);
      }
      execFileSync('javac', ['-nowarn', '-proc:none', '--release', '11', '-cp', classPath, ...sources.keys()], {
        cwd: work,
        stdio: 'pipe',
      });
      return new Map(
        [...sources.keys()].map((name) => {
          const own = name.replace(/\.java$/, '.class');
          return [own, readFileSync(join(work, own))];
        }),
      );
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  };
}

/** Flags for the configuration of a project that has one. */
export function configurationOf({ files }: ProjectText): readonly string[] {
  const file = [...files.keys()].find((path) => path.endsWith('mi-patterns.yaml'));
  return file === undefined ? [] : ['--config', file];
}

/** Runs the command in this process, which spares the start of another one. */
export async function runHere(args: readonly string[], cwd: string): Promise<Answer> {
  const said = { stdout: '', stderr: '' };
  const exitCode = await runCommandLine(args, {
    cwd,
    environment: process.env,
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
    columns: undefined,
    colour: false,
    interactive: false,
    ...residentHelm,
  });
  return { exitCode, ...said };
}
