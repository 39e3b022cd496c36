import { resolve } from 'node:path';
import { $ } from 'zx';
import { kubeconfigOf } from './harness/access.ts';
import { provideProgram } from './harness/binaries.ts';
import { clusterDown, clusterStatus, clusterUp } from './harness/cluster.ts';
import { cutNode, importImage, joinNode, killNode, missingPackages, startNode } from './harness/node.ts';
import { clusterFolder, nodePackages, readSettings } from './harness/settings.ts';

const usage = `usage: npm run cluster -- COMMAND [--name NAME]
  up [--nodes 2] [--fake 0] [--node-grace 50] [--toleration 300] [--proxy nftables]
                       starts a cluster; --nodes 0 needs no root and no packages
  down                 ends it and removes all it made, also after a crash
  status               what runs, and what is left over
  install              installs the Debian packages that real nodes need (root)
  build                builds the programs into the tool cache
  load IMAGE.tar       imports an image archive into every running node
  cut N | join N       takes node N's network away, or gives it back
  kill N | start N     cuts node N's power, or boots it again
Settings are also read from NODES, FAKE, NODE_GRACE, TOLERATION, PROXY_MODE and CLUSTER_NAME.`;

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
      const nodes = clusterStatus(settings.name).state?.settings.nodes ?? 0;
      if (!Number.isInteger(node) || node < 1 || node > nodes)
        throw new Error(`${command} ${operands[0] ?? ''}: the cluster "${settings.name}" has nodes 1 to ${nodes}.`);
      if (command === 'cut') await cutNode(node);
      else if (command === 'join') await joinNode(node);
      else if (command === 'kill') await killNode(folder, node);
      else startNode(folder, node, await provideProgram('kube', say));
      return 0;
    }
  }
  say(usage);
  return 2;
}

function runningNodes(name: string): number[] {
  return clusterStatus(name).processes.flatMap((record) =>
    record.running && /^node\d$/.test(record.name) ? [Number(record.name.slice(4))] : [],
  );
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

const flags = new Map<string, string>();
const operands: string[] = [];
const words = process.argv.slice(2);
for (let index = 0; index < words.length; index += 1) {
  const word = words[index] ?? '';
  if (!word.startsWith('--')) operands.push(word);
  else if (word.includes('=')) flags.set(word.slice(2, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  else flags.set(word.slice(2), words[(index += 1)] ?? '');
}
const [command, ...rest] = operands;
try {
  process.exitCode = await run(command, rest, flags);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 3;
}
