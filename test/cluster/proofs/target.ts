import { spawnSync } from 'node:child_process';
import { $, which } from 'zx';
import { provideTool } from '../../../scripts/lib/tools.ts';
import { kubeconfigOf } from '../harness/access.ts';
import { ownApi, proxiedApi, type Api } from '../harness/api.ts';
import { provideProgram } from '../harness/binaries.ts';
import { runningCluster } from '../harness/cluster.ts';
import { endKubelet, freezeNode, pauseApiServer, thawNode } from '../harness/faults.ts';
import { cutNode, importImage, joinNode, killNode, nodeIsUp, startNode } from '../harness/node.ts';
import type { BuiltImage } from '../images/servers.ts';

/** What only a cluster of this harness can do: its nodes can be lost. Nodes are named node1, node2, …. */
export interface OwnMachine {
  readonly folder: string;
  readonly cut: (node: string) => Promise<void>;
  readonly join: (node: string) => Promise<void>;
  readonly kill: (node: string) => Promise<void>;
  readonly start: (node: string) => void;
  readonly endKubelet: (node: string) => Promise<void>;
  readonly freeze: (node: string) => Promise<void>;
  readonly thaw: (node: string) => Promise<void>;
  readonly pauseApiServer: (seconds: number) => Promise<void>;
}

/** A cluster that proofs run on: one of this harness, or any other that KUBECONFIG names. */
export interface Target {
  readonly api: Api;
  /** Runs kubectl or helm and returns what it prints; throws with its error text when it fails. */
  readonly kubectl: (...words: readonly string[]) => Promise<string>;
  readonly helm: (...words: readonly string[]) => Promise<string>;
  /** Program and first words of the kubectl above, and the environment in which it reaches the cluster. */
  readonly kubectlCommand: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly machine: OwnMachine | undefined;
  /**
   * Brings an image to every node. On another cluster the command of `--load-command` does it, `{}` standing for the
   * archive.
   */
  readonly loadImage: (image: BuiltImage) => Promise<void>;
  readonly close: () => void;
}

/** The cluster of this harness with the given name, which has to be up. */
export async function ownTarget(name: string): Promise<Target> {
  const { folder, state } = runningCluster(name);
  const kube = await provideProgram('kube', () => undefined);
  const number = (node: string): number => Number(node.replace('node', ''));
  const machine: OwnMachine = {
    folder,
    cut: (node) => cutNode(number(node)),
    join: (node) => joinNode(number(node)),
    kill: (node) => killNode(folder, number(node)),
    start: (node) => startNode(folder, number(node), kube),
    endKubelet: (node) => endKubelet(folder, number(node)),
    freeze: (node) => freezeNode(folder, number(node)),
    thaw: (node) => thawNode(folder, number(node)),
    pauseApiServer: (seconds) => pauseApiServer(folder, seconds),
  };
  const api = ownApi(folder);
  return {
    api,
    ...commands([kube, 'kubectl'], { ...process.env, KUBECONFIG: kubeconfigOf(folder, 'admin') }),
    machine: state.settings.nodes > 0 ? machine : undefined,
    loadImage: async ({ archive }) => {
      for (let node = 1; node <= state.settings.nodes; node += 1)
        if (nodeIsUp(folder, node)) await importImage(folder, node, archive);
    },
    close: () => api.close(),
  };
}

/** The cluster that kubectl reaches by itself. `loadCommand` is a shell command with `{}` for the archive. */
export async function givenTarget(loadCommand: string | undefined): Promise<Target> {
  const own = await which('kubectl', { nothrow: true });
  const kubectl = own === null ? [await provideProgram('kube', () => undefined), 'kubectl'] : [own];
  const api = await proxiedApi(kubectl, process.env);
  return {
    api,
    ...commands(kubectl, process.env),
    machine: undefined,
    loadImage: async ({ name, archive }) => {
      if (loadCommand === undefined)
        throw new Error(
          `${name} has to be brought to the nodes of this cluster: give --load-command, for example --load-command "kind load image-archive {}".`,
        );
      const run = spawnSync('sh', ['-c', loadCommand.replaceAll('{}', archive)], { encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`${loadCommand} failed for ${archive}:\n${run.stderr}`);
    },
    close: () => api.close(),
  };
}

function commands(
  kubectl: readonly string[],
  environment: NodeJS.ProcessEnv,
): Pick<Target, 'kubectl' | 'helm' | 'kubectlCommand' | 'environment'> {
  const run = async (command: readonly string[]): Promise<string> => {
    const done = await $({ quiet: true, nothrow: true, env: environment })`${command}`;
    if (done.exitCode !== 0)
      throw new Error(`${command.slice(1).join(' ')}: ${done.stderr.trim() || done.stdout.trim()}`);
    return done.stdout;
  };
  return {
    kubectlCommand: kubectl,
    environment,
    kubectl: (...words) => run([...kubectl, ...words]),
    helm: async (...words) => run([await provideTool('helm', () => undefined), ...words]),
  };
}
