import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, type Api } from '../harness/api.ts';
import { documentFaults } from '../../support/json-documents.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** What a run of the command brought. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project with a configuration, and the command run on it as a user would. */
export interface Project {
  readonly folder: string;
  readonly configure: (changes: object) => void;
  readonly run: (
    words: readonly string[],
    options?: {
      readonly environment?: NodeJS.ProcessEnv;
      readonly onStderr?: (text: string, child: ChildProcess) => void;
    },
  ) => Promise<Finished>;
}

const folders: string[] = [];

/** Removes what {@link makeProject} has made. */
export function removeProjects(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** @param tell gets a line about each run: tests with many say nothing for minutes otherwise. */
export function makeProject(
  kubeconfig: string,
  helm: string,
  kubectl: readonly [string, string],
  tell?: (line: string) => void,
): Project {
  const folder = mkdtempSync(join(tmpdir(), 'rollout-project-'));
  folders.push(folder);
  cpSync(join(root, 'examples', 'orders'), folder, { recursive: true });
  const base = {
    artifacts: ['.'],
    release: 'orders',
    context: 'test',
    chart: { path: join(root, 'charts', 'micro-integrator') },
    image: { registry: 'registry.example', repository: 'acme/orders', tag: '1.0.0' },
    runtime: { version: '4.4.0' },
    timeout: '3m',
    // Simulated pods are ready at once; waiting longer proves nothing here.
    values: { workloadDefaults: { minReadySeconds: 0 } },
  };
  const configure = (changes: object): void =>
    writeFileSync(join(folder, 'mi-patterns.yaml'), JSON.stringify({ ...base, ...changes }));
  // The cluster brings its own kubectl, a word of a larger program.
  const program = join(folder, '.kubectl');
  writeFileSync(program, `#!/bin/sh\nexec '${kubectl[0]}' ${kubectl[1]} "$@"\n`, { mode: 0o755 });
  const run: Project['run'] = (words, options = {}) =>
    new Promise((resolve, reject) => {
      const began = Date.now();
      const child = spawn(
        process.execPath,
        ['--import', import.meta.resolve('tsx'), join(root, 'packages/cli/src/main.ts'), ...words],
        {
          cwd: folder,
          env: {
            ...process.env,
            KUBECONFIG: kubeconfig,
            MI_PATTERNS_HELM: helm,
            MI_PATTERNS_KUBECTL: program,
            NO_COLOR: '1',
            MI_PATTERNS_LOCK_SECONDS: '20',
            ...options.environment,
          },
        },
      );
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        options.onStderr?.(stderr, child);
      });
      child.once('error', reject);
      child.once('close', (exitCode) => {
        tell?.(`${words.join(' ')}: ${exitCode ?? 'killed'} after ${Math.round((Date.now() - began) / 1000)} s`);
        const faults = words.includes('--json') && exitCode !== null ? faultsOf(words[0] ?? '', stdout) : [];
        if (faults.length > 0)
          reject(new Error(`${words.join(' ')} printed a document that is not as described: ${faults.join('; ')}`));
        else resolve({ exitCode, stdout, stderr });
      });
    });
  return { folder, configure, run };
}

/** A command that ends before its work is done prints a document of its own. */
function faultsOf(command: string, text: string): string[] {
  const document = JSON.parse(text) as object;
  return Object.keys(document).join() === 'diagnostics'
    ? documentFaults('failure', document)
    : documentFaults(command, document);
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What was seen of a namespace's pods over some time. */
export interface Watched {
  /** Most pods at one time that ran a stateful artifact, ending ones included, by artifact. */
  readonly most: ReadonlyMap<string, number>;
  /** Fewest ready pods of each component at one time, after it was first seen ready. */
  readonly fewestReady: ReadonlyMap<string, number>;
  readonly looks: number;
}

/**
 * Looks at the pods of a namespace all the time until stopped. A pod counts as running an artifact from its creation
 * until it is gone.
 */
export function watchPods(api: Api, namespace: string): () => Promise<Watched> {
  const most = new Map<string, number>();
  const fewestReady = new Map<string, number>();
  let looks = 0;
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      const pods = (await read<{ items: Pod[] }>(api, `/api/v1/namespaces/${namespace}/pods`))?.items ?? [];
      looks += 1;
      const running = new Map<string, number>();
      const ready = new Map<string, number>([...fewestReady.keys()].map((component) => [component, 0]));
      for (const pod of pods) {
        if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
        for (const artifact of (pod.metadata.annotations?.['mi-patterns.io/stateful-artifacts'] ?? '')
          .split(',')
          .filter(Boolean))
          running.set(artifact, (running.get(artifact) ?? 0) + 1);
        const component = pod.metadata.labels?.['app.kubernetes.io/component'] ?? '';
        if (
          pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') &&
          pod.metadata.deletionTimestamp === undefined
        )
          ready.set(component, (ready.get(component) ?? 0) + 1);
      }
      for (const [artifact, count] of running) most.set(artifact, Math.max(most.get(artifact) ?? 0, count));
      for (const [component, count] of ready)
        fewestReady.set(component, Math.min(fewestReady.get(component) ?? count, count));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  })();
  return async () => {
    stopped.abort();
    await loop;
    return { most, fewestReady, looks };
  };
}
