import { resolve } from 'node:path';
import { $ } from 'zx';
import { readArguments, wrongUse } from '../../scripts/lib/arguments.ts';
import { kubeconfigOf } from './harness/access.ts';
import { provideProgram } from './harness/binaries.ts';
import { clusterDown, clusterStatus, clusterUp, runningCluster } from './harness/cluster.ts';
import { cutNode, importImage, joinNode, killNode, missingPackages, startNode } from './harness/node.ts';
import { clusterFolder, nodePackages, readSettings } from './harness/settings.ts';

const number = { type: 'string', value: 'N' } as const;
const script = {
  run: 'npm run cluster --',
  summary: 'A throw-away Kubernetes on this machine.',
  operands: 'COMMAND',
  options: {
    name: { type: 'string', value: 'NAME', description: 'which cluster (default)' },
    nodes: { ...number, description: 'up: nodes with a kubelet (2); 0 needs no root and no packages' },
    fake: { ...number, description: 'up: nodes that are in the API only (0)' },
    'node-grace': { ...number, description: 'up: seconds of silence after which a node is NotReady (50)' },
    toleration: { ...number, description: 'up: seconds that a pod stays on a NotReady node (300)' },
    proxy: { type: 'string', value: 'MODE', description: 'up: nftables or iptables (nftables)' },
  },
  more: `Commands:
  up                 starts a cluster
  down               ends it and removes all it made, also after a crash
  status             what runs, and what is left over
  install            installs the Debian packages that real nodes need (root)
  build              builds the programs into the tool cache
  load IMAGE.tar     imports an image archive into every running node
  cut N | join N     takes node N's network away, or gives it back
  kill N | start N   cuts node N's power, or boots it again
The options are also read from CLUSTER_NAME, NODES, FAKE, NODE_GRACE, TOLERATION and PROXY_MODE.`,
} as const;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function run(
  command: string | undefined,
  operands: readonly string[],
  flags: ReadonlyMap<string, string>,
): Promise<number> {
  const settings = readSettings(flags);
  const folder = clusterFolder(settings.name);
  switch (command) {
    case 'up': {
      const kubeconfig = await clusterUp(settings, say);
      process.stdout.write(`export KUBECONFIG=${kubeconfig}\n`);
      return 0;
    }
    case 'down':
      await clusterDown(settings.name);
      return printStatus(settings.name);
    case 'status':
      return printStatus(settings.name);
    case 'install':
      return install();
    case 'build':
      for (const program of ['kube', 'coredns', 'kwok', 'metrics-server'] as const)
        say(`${program}: ${await provideProgram(program, say)}`);
      return 0;
    case 'load': {
      const [archive] = operands;
      if (archive === undefined) break;
      for (const node of runningNodes(settings.name)) await importImage(folder, node, resolve(archive));
      return 0;
    }
    case 'cut':
    case 'join':
    case 'kill':
    case 'start': {
      const node = Number(operands[0]);
      const { nodes } = runningCluster(settings.name).state.settings;
      if (!Number.isInteger(node) || node < 1 || node > nodes)
        throw new Error(
          `${command} ${operands[0] ?? ''}: the cluster "${settings.name}" has ${nodes === 0 ? 'no nodes' : `nodes 1 to ${nodes}`}.`,
        );
      if (command === 'cut') await cutNode(node);
      else if (command === 'join') await joinNode(node);
      else if (command === 'kill') await killNode(folder, node);
      else startNode(folder, node, await provideProgram('kube', say));
      return 0;
    }
  }
  return wrongUse(
    script,
    command === undefined ? 'A command is missing.' : `'${[command, ...operands].join(' ')}' is not a command.`,
  );
}

/** Throws an Error when there is none. */
function runningNodes(name: string): number[] {
  const nodes = runningCluster(name).processes.flatMap((record) =>
    record.running && /^node\d$/.test(record.name) ? [Number(record.name.slice(4))] : [],
  );
  if (nodes.length === 0) throw new Error(`No node of the cluster "${name}" runs.`);
  return nodes;
}

function printStatus(name: string): number {
  const { folder, state, processes, machineParts } = clusterStatus(name);
  const lines = [
    `cluster ${name} in ${folder}: ${state === undefined ? 'not there' : `${state.settings.nodes} nodes, ${state.settings.fakeNodes} fake nodes`}`,
    ...processes.map(
      (record) =>
        `  ${record.name.padEnd(24)} process ${String(record.pid).padEnd(8)} ${record.running ? 'running' : 'ended'}`,
    ),
    ...(machineParts.length === 0 ? [] : [`  on this machine: ${machineParts.join(', ')}`]),
    ...(state === undefined ? [] : [`  KUBECONFIG=${kubeconfigOf(folder, 'admin')}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return state !== undefined && processes.some((record) => !record.running) ? 1 : 0;
}

async function install(): Promise<number> {
  const missing = await missingPackages();
  if (missing.length === 0) {
    say(`All packages are installed: ${nodePackages.join(', ')}`);
    return 0;
  }
  const apt = $({ stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  await apt`apt-get update -qq`;
  await apt`apt-get install -y -qq --no-install-recommends ${missing}`;
  return 0;
}

const {
  values,
  operands: [command, ...rest],
} = readArguments(script);
const flags = new Map(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
process.exitCode = await run(command, rest, flags);
