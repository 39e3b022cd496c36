import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { until } from '../harness/processes.ts';
import type { Target } from './target.ts';

/** A GitOps controller that keeps a namespace as the files of a git repository say. */
export interface GitOpsAgent {
  /** Commits the objects as the only ones, and waits until the controller has applied them and deleted what is gone. */
  readonly sync: (manifests: string, seconds: number) => Promise<void>;
  /** Commits the objects and lets the controller begin; the answer tells whether it is done, and waits for that. */
  readonly begin: (manifests: string) => Promise<RunningSync>;
  readonly stop: () => void;
}

interface RunningSync {
  readonly isDone: () => Promise<boolean>;
  readonly done: (seconds: number) => Promise<void>;
}

const port = 19_001;

/**
 * Starts the agent of Argo CD's gitops-engine (github.com/argoproj/gitops-engine/agent), built beforehand, on a new
 * repository in `folder`: it applies, waits and prunes by the code that Argo CD uses, without helm, hooks or a look at
 * the cluster by a template.
 */
export async function startAgent(
  program: string,
  target: Target,
  namespace: string,
  folder: string,
): Promise<GitOpsAgent> {
  const { repository, commit } = await makeRepository(folder);
  let [child, said]: [ReturnType<typeof spawn> | undefined, string] = [undefined, ''];
  const log = createWriteStream(join(folder, 'agent.log'), { flags: 'a' });
  /** How often the agent has printed what became of the objects. */
  const syncs = (): number => said.split('RESOURCE').length - 1;
  const start = (): void => {
    child = spawn(program, [repository, '--default-namespace', namespace, '--port', String(port)], {
      env: target.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        log.write(chunk);
      });
  };
  const begin = async (manifests: string): Promise<RunningSync> => {
    const before = syncs();
    await commit(manifests);
    if (child === undefined) start();
    else await fetch(`http://127.0.0.1:${port}/api/v1/sync`);
    const isDone = async (): Promise<boolean> => syncs() > before;
    const done = (seconds: number): Promise<void> =>
      until(seconds, `the GitOps agent to be done; it said:\n${said.slice(-2000)}`, isDone);
    return { isDone, done };
  };
  return {
    begin,
    sync: async (manifests, seconds) => (await begin(manifests)).done(seconds),
    stop: () => {
      child?.kill('SIGTERM');
      log.end();
    },
  };
}

/** A new git repository, and how the objects of a release become its only file. Answers the commit's name. */
export async function makeRepository(
  folder: string,
): Promise<{ readonly repository: string; readonly commit: (manifests: string) => Promise<string> }> {
  const repository = join(folder, 'repository');
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository, { recursive: true });
  const git = $({ cwd: repository, quiet: true });
  await git`git init --quiet`;
  const commit = async (manifests: string): Promise<string> => {
    writeFileSync(join(repository, 'release.yaml'), manifests);
    await git`git add --all`;
    await git`git -c user.name=proof -c user.email=proof@example.com commit --quiet --allow-empty --message ${'Change the release'}`;
    return (await git`git rev-parse HEAD`).stdout.trim();
  };
  return { repository, commit };
}
